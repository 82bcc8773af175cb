"""The legend tells how much of each layer is left, by which filters, and what a further choice would leave."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from layers.facets import codes_of, facets
from layers.legend import GROUPS, active, emptied, groups, options, symbols_key, usable
from layers.roles import roles
from layers.sieve import masks, sieve_of, sieved
from layers.spec import LANGUAGES, catalogue
from layers.view import AROUND, SEEN, Area, Selection, View, with_facet
from tests.layers import oracle

if TYPE_CHECKING:
    from tests.conftest import Extra

LEGEND = tuple(spec.id for spec in catalogue().values() if spec.legend)
BOX = Area(SEEN, (70.0, 48.5, 78.0, 51.5))
VIEWS = {
    "nothing chosen": View(),
    "ore and region": View(
        role="geologist", facets=(("commodity", ("copper", "gold")), ("region", ("karaganda", "-"))), radius_km=150
    ),
    "gas beside a box": View(facets=(("gas", ("connected", "planned")),), area=BOX, radius_km=50),
    "status beside a text": View(
        role="investor", facets=(("status", ("zone_status.operating", "stage.exploration")),), text="карагандинская"
    ),
    "around Balkhash": View(
        layers=("deposits", "plants", "prospecting_areas"),
        area=Area(AROUND),
        selected=Selection("towns", "balkhash"),
        facets=(("group", ("copper", "-")), ("listed", ("2024",))),
    ),
    "nothing left": View(text="zone_2", facets=(("position", ("schematic",)),)),
    "nothing shown": View(layers=()),
}


def rows_of(view: View) -> dict[str, dict[str, Any]]:
    """Legend rows by layer."""
    return {row["id"]: row for group in groups(view) for row in group["rows"]}


@pytest.mark.parametrize("role", roles())
def test_groups_stand_in_the_order_of_the_role_and_hold_every_layer_once(role: str) -> None:
    found = groups(View(role=role))
    assert [group["id"] for group in found] == [*roles()[role].groups]
    assert {group["id"] for group in found} <= set(GROUPS)
    listed = [row["id"] for group in found for row in group["rows"]]
    assert sorted(listed) == sorted(LEGEND)
    shown = [row["id"] for group in found for row in group["rows"] if row["on"]]
    assert sorted(shown) == sorted(roles()[role].layers)


def test_a_group_is_on_off_or_partly_on() -> None:
    found = {group["id"]: group["on"] for group in groups(View(layers=("deposits", "towns", "industrial_zones")))}
    assert found == {"towns": "all", "industry": "some", "geology": "some", "energy": "none"}


def test_a_row_tells_its_place_from_the_top_and_its_opacity() -> None:
    found = rows_of(View(layers=("deposits", "towns", "plants"), opacity=(("towns", 40),)))
    assert [(found[one]["order"], found[one]["last"]) for one in ("deposits", "towns", "plants")] == [
        (1, False),
        (2, False),
        (3, True),
    ]
    assert [found[one]["opacity"] for one in ("deposits", "towns", "plants")] == [100, 40, 100]
    assert (found["gas_planned"]["on"], found["gas_planned"]["order"], found["gas_planned"]["last"]) == (
        False,
        0,
        False,
    )


WORDS = {
    "en": ("position known: {0} · unknown: {1}", "no position published", "not filtered"),
    "ru": ("место известно: {0} · неизвестно: {1}", "место не опубликовано", "не фильтруется"),
    "kk": ("орны белгілі: {0} · белгісіз: {1}", "орны жарияланбаған", "сүзілмейді"),
}
TITLES = {
    "en": ("Single-industry towns", "Deposits", "Gas and heat"),
    "ru": ("Моногорода", "Месторождения", "Газ и тепло"),
    "kk": ("Моноқалалар", "Кен орындары", "Газ және жылу"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VIEWS)
def test_a_row_counts_what_is_left_what_there_is_and_what_has_a_place(name: str, language: str) -> None:
    view = replace(VIEWS[name], language=language)
    some, none, untouched = WORDS[language]
    for layer_id, row in rows_of(view).items():
        kept = oracle.ids(view, layer_id)
        placed = sum(bool(oracle.shape(layer_id, key)[0]) for key in kept)
        lost = len(kept) - placed
        notes = [some.format(placed, lost)] if placed and lost else [none] if lost else []
        used = {name for name, _ in view.facets}
        acting = {"region", "specialisation", "gas", "listed", "position"}
        acting -= {"position"} if layer_id in oracle.WITHOUT_KIND_OF_POSITION else set()
        acting |= {"status"} if layer_id in oracle.STATUS else set()
        acting |= {"commodity", "group"} if layer_id in oracle.ORE_LAYERS else set()
        if "status" in used and layer_id in oracle.STATUS:
            own = oracle.STATUS[layer_id][0]
            acting -= set() if any(code.startswith(f"{own}.") for code in dict(view.facets)["status"]) else {"status"}
        if used and not used & acting and not view.text and not view.area.kind:
            notes.append(untouched)
        least, total = oracle.bounds(view, layer_id)[0], len(oracle.rows(layer_id))
        assert (row["count"], row["total"]) == (oracle.counted(view, layer_id), str(total)), layer_id
        assert row["filtered"] == (least < total)
        assert row["note"] == " · ".join(notes), layer_id
        assert row["fault"] == ""


def test_a_filter_of_ore_says_that_it_leaves_the_towns_alone() -> None:
    found = rows_of(View(facets=(("commodity", ("gold",)),)))
    assert found["towns"]["note"] == "not filtered"
    assert found["industrial_zones"]["note"] == "no position published · not filtered"
    assert "not filtered" not in found["deposits"]["note"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_are_those_of_the_language(language: str) -> None:
    towns, deposits, energy = TITLES[language]
    found = rows_of(View(language=language))
    assert (found["towns"]["title"], found["deposits"]["title"]) == (towns, deposits)
    assert energy in [group["title"] for group in groups(View(language=language))]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "en",
            [
                "Commodity: copper, not stated",
                "List of single-industry towns: 2012",
                "Text: {x}",
                "Place: what the map shows",
            ],
        ),
        (
            "ru",
            [
                "Полезное ископаемое: медь, не указано",
                "Перечень моногородов: 2012",
                "Текст: {x}",
                "Место: что видно на карте",
            ],
        ),
        (
            "kk",
            ["Пайдалы қазба: мыс, көрсетілмеген", "Моноқалалар тізбесі: 2012", "Мәтін: {x}", "Орны: картада көрінгені"],
        ),
    ],
)
def test_filters_in_use_are_named_in_words(language: str, told: list[str]) -> None:
    view = View(language=language, facets=(("commodity", ("copper", "-")), ("listed", ("2012",))), text="{x}", area=BOX)
    assert [one["text"] for one in active(view)] == told
    assert [one["what"] for one in active(view)] == ["commodity", "listed", "q", "in"]
    assert active(View(language=language, area=Area(AROUND))) == []  # a radius around nothing


def test_what_is_not_stated_of_a_status_names_the_layer() -> None:
    view = View(facets=(("status", ("deposit_status.-", "stage.drilling")),))
    assert [one["text"] for one in active(view)] == ["Stage or status: not stated (Deposits), exploration drilling"]


@pytest.mark.parametrize(
    ("language", "text", "clear"),
    [
        ("en", "Deposits: no rows left; emptied by: Commodity.", "Clear: Commodity"),
        ("ru", "Месторождения: строк не осталось; причина: Полезное ископаемое.", "Снять: Полезное ископаемое"),
        ("kk", "Кен орындары: жол қалмады; себебі: Пайдалы қазба.", "Алып тастау: Пайдалы қазба"),
    ],
)
def test_an_emptied_layer_names_the_filter_that_did_it(language: str, text: str, clear: str) -> None:
    """No deposit of the file holds kaolin; the towns are in no way ores."""
    assert not [row for row in oracle.table("deposits") if "kaolin" in row["commodities"].split(";")]
    chosen = (("commodity", ("kaolin",)), ("position", ("published_point",)))
    view = View(language=language, layers=("deposits",), facets=chosen)
    assert emptied(view) == [{"layers": ["deposits"], "text": text, "what": "commodity", "clear": clear}]
    assert emptied(replace(view, layers=())) == []
    assert emptied(replace(view, layers=()), ("deposits",)) == emptied(view)


def test_the_filter_to_clear_brings_rows_back_or_else_it_is_all_of_them() -> None:
    """The only deposits said to be discovered and those of asbestos do not meet; clearing either is enough."""
    either = View(
        layers=("deposits",), facets=(("commodity", ("asbestos",)), ("status", ("deposit_status.discovered",)))
    )
    both = View(layers=("deposits",), facets=(("commodity", ("kaolin",)),), text="zone_2")
    (first,) = emptied(either)
    assert first["what"] == "commodity"
    assert first["text"] == "Deposits: no rows left; emptied by: Commodity + Stage or status."
    assert oracle.ids(with_facet(either, "commodity", ()), "deposits")
    (second,) = emptied(both)
    assert (second["what"], second["clear"]) == ("all", "Clear all filters")
    for less in (with_facet(both, "commodity", ()), replace(both, text="")):
        assert not oracle.ids(less, "deposits")


def left_by(view: View, name: str, code: str) -> int:
    """Rows of the visible layers that state this code, beside the other filters: line by line."""
    alone = with_facet(view, name, (code,))
    count = 0
    for layer_id in view.visible:
        for row in oracle.rows(layer_id):
            stated = oracle.codes(name, layer_id, row, view.radius_km)
            count += stated is not None and code in stated and oracle.keeps(alone, layer_id, row)
    return count


@pytest.mark.parametrize("name", VIEWS)
def test_an_options_count_is_what_is_left_after_choosing_it_alone_beside_the_other_filters(name: str) -> None:
    view = VIEWS[name]
    found = options(view)
    assert [one["id"] for one in found] == [*facets()]
    for facet in found:
        listed = {option["code"]: option["count"] for option in facet["options"]}
        assert listed == {code: str(left_by(view, facet["id"], code)) for code in listed}, facet["id"]
        chosen = dict(view.facets).get(facet["id"], ())
        assert set(chosen) <= set(listed) <= set(codes_of(facet["id"]))
        assert [option["code"] for option in facet["options"] if option["on"]] == [c for c in listed if c in chosen]
        assert facet["open"] == bool(chosen)
        for code in set(codes_of(facet["id"])) - set(listed):  # what is not offered would keep nothing in any case
            assert not left_by(View(layers=view.visible, radius_km=view.radius_km), facet["id"], code)


@pytest.mark.parametrize("name", ["nothing chosen", "ore and region"])
def test_choosing_an_option_leaves_its_count(name: str) -> None:
    """The same by way of the atlas itself: the rows that stay in the layers on which the chosen code acts."""
    view = VIEWS[name]
    for facet in options(view):
        for option in facet["options"]:
            alone = with_facet(view, facet["id"], (option["code"],))
            acting = [one for one in view.visible if facet["id"] in masks(one, sieve_of(alone))]
            left = sum(len(sieved(one, sieve_of(alone)).frame) for one in acting)
            assert option["count"] == str(left), (facet["id"], option["code"])


def test_options_begin_with_what_is_met_most_and_end_with_what_is_not_stated() -> None:
    found = {
        facet["id"]: [option["code"] for option in facet["options"]] for facet in options(View(layers=("deposits",)))
    }
    most = [ore for row in oracle.table("deposits") for ore in oracle.parts(row["commodities"])]
    assert found["commodity"][0] == max(set(most), key=most.count)
    assert found["status"][-1] == "deposit_status.-"
    assert found["listed"] == ["2012", "2024", "-"]


@pytest.mark.parametrize(
    ("language", "option", "note"),
    [
        ("en", "copper", "Acts on: Deposits."),
        ("ru", "медь", "Действует на слои: Месторождения."),
        ("kk", "мыс", "Әсер ететін қабаттар: Кен орындары."),
    ],
)
def test_options_and_notes_speak_the_language(language: str, option: str, note: str) -> None:
    found = {facet["id"]: facet for facet in options(View(language=language, layers=("deposits", "towns")))}
    assert option in [one["text"] for one in found["commodity"]["options"]]
    assert found["commodity"]["note"] == note
    assert found["region"]["title"] == {"en": "Region", "ru": "Область", "kk": "Облыс"}[language]
    assert all(one["text"].strip() for facet in found.values() for one in facet["options"])


def test_a_facet_that_acts_on_no_visible_layer_says_so_and_offers_nothing() -> None:
    found = {facet["id"]: facet for facet in options(View(layers=("towns",)))}
    assert found["commodity"]["note"] == "Acts on none of the visible layers."
    assert found["commodity"]["options"] == []
    assert found["region"]["note"] == (
        "Acts on: Single-industry towns. A row counts by the town that it names, else by the towns within the radius."
    )


def test_a_layer_that_cannot_be_read_says_why_and_the_others_are_there(extra: Extra) -> None:
    extra.layer("pits", "id,lon,lat\na,60,north", head="legend = true")
    view = View(layers=("pits", "towns"), text="balkhash")
    row = rows_of(view)["pits"]
    assert (row["count"], row["total"], row["filtered"]) == ("–", "–", False)
    assert row["fault"].startswith("pits cannot be shown: pits: column 'lat', row 'a', value 'north'")
    assert usable(view) == ("towns",)
    assert [one["layers"] for one in emptied(replace(view, text="zone_2"))] == [["towns"]]
    assert options(view)[0]["note"].startswith("Acts on: Single-industry towns.")
    assert groups(view)[-1]["id"] == "other"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_key_of_symbols_names_every_group_of_ores_once(language: str) -> None:
    told = ", ".join(one["text"] for one in symbols_key(language))
    for term in oracle.toml("vocabulary", "commodity_group").values():
        assert told.count(term[language]) >= 1  # type: ignore[index]
    assert len({one["swatch"] for one in symbols_key(language)}) == len(symbols_key(language))
