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
        ("L-43-98", "prospecting_areas/qazgeology-3169"),
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
def test_a_position_is_one_hit_that_the_link_of_the_page_can_hold(language: str) -> None:
    found = search("48,5 67,2", language)
    (hit,) = found.hits
    assert (hit.layer, hit.id, hit.lat, hit.lon) == ("place", "48.5000,67.2000", 48.5, 67.2)
    assert found.understood == f"WGS 84 · {hit.name}"
    assert re.sub(r"[^\d]", "", hit.name) == "485000672000"
    assert read_position(hit.name) == read_position("48.5, 67.2")  # what we write we can read


def test_a_position_read_with_the_longitude_first_says_so() -> None:
    found = search("67.2 48.5", "en")
    assert found.understood.replace("\u00a0", " ") == "WGS 84 · 48.5000° N, 67.2000° E · read with the longitude first"
    assert search("0.00001S 0.00001W", "en").hits[0].id == "0.0000,0.0000"


def test_no_published_name_or_code_is_taken_for_a_position() -> None:
    assert [term.label for term in index().terms if read_position(term.label)] == []


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
    assert set(told) == {"hits", "understood"}
    assert set(told["hits"][0]) == {"layer", "id", "name", "kind", "note", "lat", "lon"}
    assert told["hits"][0]["id"] == "ridder"
    assert orjson.loads(answer({}).body) == {"hits": [], "understood": ""}
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


def test_a_block_that_no_published_area_holds_leads_to_its_middle() -> None:
    found = search("M-43-101-(10в-5г-7)", "en")
    assert [(hit.layer, hit.lat, hit.lon) for hit in found.hits] == [("place", 49.225, 74.4417)]
    assert "inferred" in found.understood
