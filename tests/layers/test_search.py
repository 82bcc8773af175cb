"""The search: each name, code and position finds what it means, in any spelling, and quickly."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request

from geo.blocks import parse
from layers.columns import split
from layers.coordinates import read_position
from layers.errors import UnknownNameError
from layers.findable import CODE, index
from layers.load import load
from layers.names import names_by_id
from layers.query import from_query
from layers.search import LONGEST, Found, search
from layers.search_routes import search_routes, search_url
from layers.spec import LANGUAGES, layer_spec
from layers.spelling import plain, skeleton
from layers.text import pick
from layers.understand import Understood, understand
from tests.conftest import Extra

TOWNS = names_by_id("towns")
NAMES = [(town, language, name) for town, words in TOWNS.items() for language, name in words.items()]
FORMER = [(row["id"], part) for row in load("towns").frame.to_dict("records") for part in split(row["former_names"])]
LATIN, CYRILLIC = "abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі"


def first(query: str, language: str = "en") -> tuple[str, str]:
    """Layer and id of the first hit."""
    hits = search(query, language).hits
    return (hits[0].layer, hits[0].id) if hits else ("", "")


@pytest.mark.parametrize(("town", "language", "name"), NAMES)
def test_every_town_is_first_under_each_of_its_names(town: str, language: str, name: str) -> None:
    for spoken in LANGUAGES:
        found = search(name, spoken).hits[0]
        assert (found.layer, found.id, found.name) == ("towns", town, TOWNS[town][spoken])
    assert first(name.upper()) == first(f"  {name.lower()} ") == ("towns", town)


@pytest.mark.parametrize(("town", "former"), FORMER)
def test_every_town_is_first_under_each_former_name_and_the_note_says_so(town: str, former: str) -> None:
    called = re.sub(r"\s*\(.*\)", "", former)
    found = search(called, "en").hits[0]
    assert (found.layer, found.id) == ("towns", town)
    assert found.note == f"formerly: {former}"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Балхаш", "towns/balkhash"),
        ("Балқаш", "towns/balkhash"),
        ("Balqash", "towns/balkhash"),
        ("Balkash", "towns/balkhash"),
        ("Balqaş", "towns/balkhash"),
        ("Hromtau", "towns/khromtau"),
        ("Khromtaw", "towns/khromtau"),
        ("Kulsari", "towns/kulsary"),
        ("Qulsary", "towns/kulsary"),
        ("Жанаозен", "towns/zhanaozen"),
        ("Janaözen", "towns/zhanaozen"),
        ("Zhanatas", "towns/zhanatas"),
        ("Jezqazğan", "towns/zhezkazgan"),
        ("Джезказган", "towns/zhezkazgan"),
        ("Шахтинск", "towns/shakhtinsk"),
        ("Şahtinsk", "towns/shakhtinsk"),
        ("Satpaev", "towns/satpayev"),
        ("Ермак", "towns/aksu"),
        ("Лениногорск", "towns/ridder"),
        ("Зыряновск", "towns/altai"),
        ("Семипалатинск-21", "towns/kurchatov"),
        ("Новый Узень", "towns/zhanaozen"),
        ("Джетыгара", "towns/zhitikara"),
        ("Рид", "towns/ridder"),
        ("рид\u00adдер", "towns/ridder"),
        ("Екиб", "towns/ekibastuz"),
        ("Sa", "towns/satpayev"),
        ("Екибастус", "towns/ekibastuz"),
        ("Жезкаган", "towns/zhezkazgan"),
        ("Temitrau", "towns/temirtau"),
        ("East Kounrad", "deposits/kounrad-east"),
        ("Kounrad East", "deposits/kounrad-east"),
        ("Столбовуха", "prospecting_areas/stolbovukha"),
        ("балхашская тэц", "plants/balkhash_chp"),
        ("грэс темиртау", "plants/temirtau_gres1"),
        ("SEZ Saryarka", "industrial_zones/sez-saryarka"),
        ("СЭЗ Сарыарка", "industrial_zones/sez-saryarka"),
        ("Сарыарқа АЭА", "industrial_zones/sez-saryarka"),
        ("Бейнеу-Жаңаөзен", "gas_construction/beineu-zhanaozen-2"),
        ("Bukhara-Ural II", "gas_operating/bukhara-ural-2"),
        ("Бухара-Урал II", "gas_operating/bukhara-ural-2"),
        ("Бухара-Урал I", "gas_operating/bukhara-ural-1"),
        ("saryarka-2", "gas_planned/saryarka-2"),
        ("Branch to Balkhash", "gas_none_found/balkhash-branch"),
        ("351610000", "towns/balkhash"),
        ("2701-EL", "prospecting_areas/tyuretai"),
        ("2701", "prospecting_areas/tyuretai"),
        ("5519-TPI", "prospecting_areas/tellur-stepok"),
        ("M-45-73-(10v-5a-10)", "prospecting_areas/stolbovukha"),
        ("М-45-73-(10в-5б-1,2,6)", "prospecting_areas/stolbovukha"),
    ],
)
def test_spellings_words_and_codes(query: str, found: str) -> None:
    assert "/".join(first(query)) == found


def test_every_feature_the_legend_shows_is_found_by_its_id_in_the_layer_that_shows_it() -> None:
    known = index()
    assert len(known.entries) > 500
    for entry in known.entries:
        assert entry.layer.legend
        hits = {(hit.layer, hit.id) for hit in search(entry.id, "en", 40).hits}
        assert (entry.layer.id, entry.id) in hits, entry.id
    shown = {entry.layer.id for entry in known.entries}
    assert {"gas_operating", "gas_planned"} <= shown
    assert "gas_routes" not in shown


def test_every_published_block_finds_its_area() -> None:
    for row in load("prospecting_areas").frame.to_dict("records"):
        for block in parse(row["block_codes"] or ""):
            assert first(block.code) == ("prospecting_areas", row["id"])


def test_the_note_says_by_which_other_name_or_where() -> None:
    assert search("Балхаш", "en").hits[0].note == "also: Балхаш"
    assert search("Балхаш", "ru").hits[0].note == "Карагандинская область"
    assert search("balkhash-iz", "en").hits[0].note == "Id: balkhash-iz"
    assert search("Balkhash small", "en").hits[0].note == "Balkhash"
    assert search("1801-EL", "ru").hits[0].note == "Лицензия или контракт: 1801-EL"


def test_a_hit_tells_its_kind_and_its_place_if_it_has_one() -> None:
    town = search("Ridder", "ru").hits[0]
    assert (town.name, town.kind) == ("Риддер", "Моногорода")
    assert (town.lat, town.lon) == (pytest.approx(50.345, abs=0.01), pytest.approx(83.516, abs=0.01))
    zone = search("balkhash-iz", "ru").hits[0]
    assert (zone.lat, zone.lon) == (None, None)
    assert zone.kind == pick(layer_spec("industrial_zones").title, "ru")


def test_exact_comes_before_a_beginning_before_a_word_before_a_misspelling() -> None:
    names = [hit.name for hit in search("Karatas", "en", 20).hits]
    assert names[:2] == ["Karatas", "Karatas"]
    assert names.index("Karatau") == 2  # a town misspelt is among the first three
    assert [hit.id for hit in search("Ак", "ru").hits][:2] == ["aksu", "aksai"]  # towns first, the larger one first


@st.composite
def misspelt(draw: st.DrawFn) -> tuple[str, str, str]:
    """A town, a language and one of its names with one letter left out, changed or swapped with the next."""
    town, language, name = draw(st.sampled_from([known for known in NAMES if len(known[2]) >= 5]))
    at = draw(st.integers(0, len(name) - 2))
    letter = draw(st.sampled_from(LATIN if language == "en" else CYRILLIC))
    changed = {
        "left out": name[:at] + name[at + 1 :],
        "changed": name[:at] + letter + name[at + 1 :],
        "swapped": name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    }
    return town, language, changed[draw(st.sampled_from(sorted(changed)))]


@given(misspelt())
def test_a_town_with_one_letter_wrong_is_among_the_first_three(case: tuple[str, str, str]) -> None:
    town, language, typed = case
    assert ("towns", town) in [(hit.layer, hit.id) for hit in search(typed, language, 3).hits], typed


@pytest.mark.parametrize("query", ["351610001", "2702-EL", "Novo-7", "M-45-73-(10в-5а-99)", "Рид4ер 5"])
def test_another_number_is_another_thing(query: str) -> None:
    assert search(query, "en").hits == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_degrees_are_offered_on_both_datums_and_the_list_says_which_enter_takes(language: str) -> None:
    found = search("48,5 67,2", language)
    wgs84, pulkovo = found.hits
    assert (wgs84.layer, wgs84.id, wgs84.lat, wgs84.lon) == ("place", "48.5000,67.2000", 48.5, 67.2)
    assert (pulkovo.layer, pulkovo.id) == ("place", "48.500329,67.199053,4284")
    assert "Enter" in found.understood
    assert not found.choose
    where = wgs84.note.split(" · ")[0]
    assert re.sub(r"[^\d]", "", where) == "485000672000"
    assert read_position(where) == read_position("48.5, 67.2")  # what we write we can read
    assert "EPSG:15865" in pulkovo.note
    for hit in found.hits:
        assert from_query({"sel": f"{hit.layer}/{hit.id}"})[1] == ()


def test_a_position_read_with_the_longitude_first_says_so() -> None:
    assert all("read with the longitude first" in hit.note for hit in search("67.2 48.5", "en").hits)
    assert not any("longitude first" in hit.note for hit in search("48.5 67.2", "en").hits)
    assert search("67.2 48.5 WGS 84", "en").understood.endswith("read with the longitude first")
    assert search("0.00001S 0.00001W", "en").hits[0].id == "-0.000010,-0.000010"


def test_a_datum_that_is_named_leaves_nothing_to_choose() -> None:
    (only,) = search("48.5, 67.2 Pulkovo 1942", "en").hits
    assert only.id == "48.500329,67.199053,4284"


@pytest.mark.parametrize("language", LANGUAGES)
def test_metres_with_their_zone_are_one_hit_that_keeps_what_was_understood(language: str) -> None:
    found = search("13456789 5234567", language)
    (hit,) = found.hits
    assert (hit.layer, hit.id) == ("place", "47.243863,74.428549,28413")
    assert re.sub(r"\D", "", found.understood.split(" · ")[1]) == "523456713456789"
    assert "EPSG:28413" in hit.name
    assert not found.choose


def test_metres_without_a_zone_are_a_choice_that_enter_does_not_make() -> None:
    found = search("456789 5234567", "en")
    assert found.choose
    assert len(found.hits) == 21
    assert len({hit.id for hit in found.hits}) == 21
    assert all("km from" in hit.note for hit in found.hits)
    assert all(("4.5 m" in hit.note) == ("UTM" not in hit.name) for hit in found.hits)


def test_a_sheet_comes_before_what_is_known_on_it() -> None:
    hits = search("L-43-98", "en").hits
    assert [f"{hit.layer}/{hit.id}" for hit in hits[:2]] == ["sheet/L-43-98", "prospecting_areas/qazgeology-3169"]
    (sheet,) = search("М – 43 – 101", "ru").hits
    assert (sheet.layer, sheet.id) == ("sheet", "M-43-101")


def test_blocks_that_one_area_holds_lead_to_it_and_others_to_their_outline() -> None:
    held = search("М-45-73-(10в-5б-1,2,6)", "en")
    assert [hit.layer for hit in held.hits] == ["prospecting_areas", "blocks"]
    assert "inferred" in held.understood
    mixed = search("M-45-73-(10в-5б-1,2,6), L-43-98-(10г-5б-22), M-43-101-(10в-5г-7)", "en")
    assert [hit.layer for hit in mixed.hits] == ["blocks", "prospecting_areas", "prospecting_areas"]
    assert mixed.hits[0].id == "L-43-98-(10г-5б-22), M-43-101-(10в-5г-7), M-45-73-(10в-5б-1,2,6)"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("48 67", ""),
        ("M-42-85-(10е-5в-26)", "26"),
        ("M-42-85-(10ж-5в-2)", "ж"),
        ("M-43-101-(10в-5г", "M-43-101-(10в-5г"),
        ("(10е-5в-2)", "M-42-85"),
        ("M-43-145", "145"),
        ("Н-42-85", "Н"),
        ("M-37", "37"),
        ("6301000 5234567", "K2"),
        ("99456789 5234567", ""),
        ("456789 5234567 somewhere", ""),
    ],
)
def test_what_was_meant_as_a_position_but_is_wrong_says_why_and_what_would_do(
    query: str, told: str, language: str
) -> None:
    found = search(query, language)
    assert found.hits == ()
    assert told in found.fault
    assert found.fault
    for pattern in found.patterns:
        assert pattern.title
        for text in pattern.texts:
            assert search(text, language).hits, text


def test_numbers_that_do_not_fit_the_words_are_shown_where_they_would_fit() -> None:
    found = search("UTM 13 456789 5234567", "en")
    assert found.choose
    assert found.fault.startswith("The numbers do not fit")
    assert {hit.layer for hit in found.hits} == {"place"}


def test_no_published_name_or_code_is_taken_for_a_position() -> None:
    known = [understand(term.label) for term in index().terms]
    assert {found.kind for found in known if isinstance(found, Understood)} <= {"blocks"}


@pytest.mark.parametrize("query", ["", "   ", "xyzzyq", "()", "\0\1\2", "🙂", "ъ", "-", "___"])
def test_what_means_nothing_finds_nothing(query: str) -> None:
    assert search(query, "en") == Found(())


@pytest.mark.parametrize(
    "query",
    [
        *("я" * 100_000, "a " * 50_000, "(a+)+$" * 20_000, "\x00" * 100_000, "{{7*7}}{%x%}", "[[[[(((("),
        *("\u202e\u200b" * 50_000, "{0.__class__}", "<script>", "' OR 1=1 --", "ş" * 200, "1" * 200, "Ridder " * 40),
    ],
)
def test_a_hostile_query_is_answered_with_nothing(query: str) -> None:
    assert search(query, "en").hits == ()


@given(st.text(max_size=300), st.sampled_from(LANGUAGES), st.integers(0, 20))
def test_no_query_breaks_the_search(query: str, language: str, limit: int) -> None:
    found = search(query, language, limit)
    if not any(hit.layer == "place" for hit in found.hits):  # every reading of a position is offered
        assert len(found.hits) <= max(limit, 1)
    for hit in found.hits:
        assert hit.name
        assert hit.kind


@given(st.text())
def test_folding_any_text_leaves_words_with_single_spaces(text: str) -> None:
    for folded in (plain(text), skeleton(text)):
        assert folded == " ".join(folded.split())
        assert all(letter.isalnum() or letter == " " for letter in folded)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        search("Ridder", "de")


def test_every_hit_can_be_selected_by_the_address_of_the_page() -> None:
    entries = {entry.layer.id: entry.id for entry in index().entries}
    for layer_id, key in entries.items():
        assert from_query({"sel": f"{layer_id}/{key}"})[1] == ()


def test_a_layer_of_the_readers_own_is_found_and_a_broken_one_does_no_harm(extra: Extra) -> None:
    columns = {
        "id": 'type = "text"',
        "called": 'type = "text"',
        "former_names": 'type = "text"',
        "lon": 'type = "lon"',
        "lat": 'type = "lat"',
    }
    rows = "id,called,former_names,lon,lat\nw1,Borehole Қызыл,Staraya;Dalnyaya (until 1970),67,48\nw2,,,,\n"
    extra.layer("wells", rows, columns, head='legend = true\nname = { en = "called" }\ngroup = "other"')
    hits = search("dalnaya", "en").hits
    assert ("wells", "w1") in [(hit.layer, hit.id) for hit in hits]
    assert first("borehole kyzyl") == ("wells", "w1")
    assert [hit.name for hit in search("w2", "en").hits if hit.layer == "wells"] == ["w2"]
    extra.rows("wells", "id,called,former_names,lon,lat\nw1,Renamed well,,999,48")
    assert first("borehole kyzyl") == ("", "")
    assert first("Ridder") == ("towns", "ridder")


def answer(query: dict[str, str]) -> Any:
    """What the route answers, asked without a server."""
    (route,) = search_routes("/atlas")
    assert route.path == search_url("/atlas") == "/atlas/api/search"
    scope = {"type": "http", "method": "GET", "query_string": urlencode(query).encode(), "headers": []}
    return route.endpoint(Request({**scope, "app": Starlette(), "path": route.path}))


def test_the_route_answers_as_the_page_expects_and_is_not_kept() -> None:
    found = answer({"q": "Рид", "lang": "ru"})
    assert found.status_code == 200
    assert found.headers["cache-control"] == "no-store"
    assert found.media_type == "application/json"
    told = orjson.loads(found.body)
    assert set(told) == {"hits", "understood", "choose", "fault", "patterns"}
    assert set(told["hits"][0]) == {"layer", "id", "name", "kind", "note", "lat", "lon"}
    assert told["hits"][0]["id"] == "ridder"
    empty = {"hits": [], "understood": "", "choose": False, "fault": "", "patterns": []}
    assert orjson.loads(answer({}).body) == empty
    assert orjson.loads(answer({"q": f"{'я' * LONGEST} Риддер"}).body)["hits"] == []


def test_the_route_refuses_an_unknown_language_in_a_sentence() -> None:
    refused = answer({"q": "Ridder", "lang": "d" * 5000})
    assert refused.status_code == 400
    assert refused.headers["cache-control"] == "no-store"
    assert "language" in refused.body.decode()
    assert len(refused.body) < 200


def test_codes_are_known_as_a_whole_only() -> None:
    codes = [term for term in index().terms if term.kind == CODE]
    assert len(codes) > 100
    assert search("10е 85 42", "en").hits == ()


def test_a_block_that_no_published_area_holds_leads_to_its_outline() -> None:
    found = search("M-43-101-(10в-5г-7)", "en")
    assert [(hit.layer, hit.id, hit.lat, hit.lon) for hit in found.hits] == [
        ("blocks", "M-43-101-(10в-5г-7)", pytest.approx(49.225), pytest.approx(74.44167, abs=1e-5))
    ]
    assert "inferred" in found.understood
