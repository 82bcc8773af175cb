"""The filter keeps exactly the rows that a person finds who goes through the files line by line."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.details import details
from layers.export import export
from layers.facets import codes_of, facets
from layers.files import table_payload
from layers.ground import ground
from layers.legend import groups, options
from layers.nearby import around
from layers.overview import at_town, place_unknown
from layers.query import from_query
from layers.reach import centre_of
from layers.relate import layer
from layers.sieve import ALL, Sieve, culprits, drawn, masks, others, sieve_of, sieved
from layers.spec import catalogue
from layers.vantage import vantage
from layers.view import AROUND, PLACE, SEEN, SHAPE, Area, Selection, View, with_facet
from layers.wire import payload
from tests.layers import oracle

if TYPE_CHECKING:
    from tests.conftest import Extra

LEGEND = tuple(spec.id for spec in catalogue().values() if spec.legend)
FACETS = tuple(facets())
BALKHASH = Selection("towns", "balkhash")
KARAGANDA_BOX = (70.0, 48.5, 75.0, 51.0)
TRIANGLE = ((57.0, 49.0), (74.0, 55.5), (68.5, 46.0))
HOOK = ((66.0, 46.0), (78.0, 46.0), (78.0, 52.5), (76.0, 52.5), (76.0, 48.0), (66.0, 48.0))


def found(view: View, layer_id: str) -> list[str]:
    """Ids that the atlas keeps."""
    return [*sieved(layer_id, sieve_of(view)).frame["id"]]


def agrees(view: View) -> dict[str, list[str]]:
    """The ids kept of every layer of the legend, after comparing them with those found line by line."""
    kept = {layer_id: found(view, layer_id) for layer_id in LEGEND}
    for layer_id, given_ids in kept.items():
        assert given_ids == oracle.ids(view, layer_id), layer_id
    return kept


@pytest.mark.parametrize("name", FACETS)
@pytest.mark.parametrize("radius", [50, 150])
def test_each_code_of_a_facet_keeps_the_rows_that_state_it_or_whose_towns_do(name: str, radius: int) -> None:
    for code in codes_of(name):
        agrees(View(facets=((name, (code,)),), radius_km=radius))


@pytest.mark.parametrize("name", FACETS)
def test_several_codes_of_a_facet_keep_the_rows_with_any_of_them(name: str) -> None:
    some = codes_of(name)[::2]
    kept = agrees(with_facet(View(), name, some))
    for layer_id in LEGEND:
        each = [set(found(View(facets=((name, (code,)),)), layer_id)) for code in some]
        if name != "status":  # where codes of another vocabulary leave a layer whole
            assert set(kept[layer_id]) == set().union(*each)


@pytest.mark.parametrize("name", FACETS)
def test_every_facet_acts_on_a_layer_and_keeps_all_rows_when_all_its_codes_are_chosen(name: str) -> None:
    whole = sieve_of(with_facet(View(), name, codes_of(name)))
    acting = [layer_id for layer_id in LEGEND if name in masks(layer_id, whole)]
    assert acting
    for layer_id in LEGEND:
        assert len(sieved(layer_id, whole).frame) == len(oracle.rows(layer_id))


@pytest.mark.parametrize("layer_id", LEGEND)
def test_every_layer_of_the_legend_is_narrowed_by_some_facet(layer_id: str) -> None:
    total = len(oracle.rows(layer_id))
    one_code = [View(facets=((name, (code,)),)) for name in FACETS for code in codes_of(name)]
    assert any(len(found(view, layer_id)) < total for view in one_code)


def test_a_town_is_found_by_its_primary_and_by_its_secondary_specialisation() -> None:
    """Counted by hand in towns.csv: Stepnogorsk digs uranium first and makes chemicals second."""
    for code in ("uranium", "chemicals"):
        assert "stepnogorsk" in found(View(facets=(("specialisation", (code,)),)), "towns")
    assert "stepnogorsk" not in found(View(facets=(("specialisation", ("copper",)),)), "towns")


def test_the_lists_of_2012_and_2024_hold_27_and_20_towns() -> None:
    assert [len(found(View(facets=(("listed", (year,)),)), "towns")) for year in ("2012", "2024")] == [27, 20]


@pytest.mark.parametrize("layer_id", LEGEND)
def test_a_stage_of_areas_leaves_every_other_layer_whole(layer_id: str) -> None:
    sieve = sieve_of(View(facets=(("status", ("stage.exploration",)),)))
    touched = "status" in masks(layer_id, sieve)
    assert touched == (layer_id == "prospecting_areas")
    assert (sieved(layer_id, sieve) is layer(layer_id)) == (not touched)


def test_what_is_not_stated_is_a_choice_of_its_own() -> None:
    empty = [row["id"] for row in oracle.table("deposits") if not row["status"]]
    assert len(empty) == 365
    assert found(View(facets=(("status", ("deposit_status.-",)),)), "deposits") == empty
    unnamed = [row["id"] for row in oracle.table("industrial_zones") if not row["town_id"]]
    assert len(unnamed) == 1
    assert found(View(facets=(("region", ("-",)),)), "industrial_zones") == unnamed


def test_a_larger_radius_brings_rows_nearer_to_a_towns_region_and_a_named_town_does_not_depend_on_it() -> None:
    views = [View(facets=(("region", ("karaganda",)),), radius_km=radius) for radius in (10, 100, 200)]
    counts = [len(found(view, "deposits")) for view in views]
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[2]
    for layer_id in ("plants", "industrial_zones", "towns"):
        assert found(views[0], layer_id) == found(views[2], layer_id) != []


def test_the_radius_belongs_to_the_filter_only_where_it_changes_an_answer() -> None:
    for view in (View(facets=(("commodity", ("gold",)),)), View(text="ore"), View(area=Area(SEEN, KARAGANDA_BOX))):
        assert sieve_of(replace(view, radius_km=50)) == sieve_of(replace(view, radius_km=150))
    for view in (View(facets=(("gas", ("connected",)),)), View(area=Area(AROUND), selected=BALKHASH)):
        assert sieve_of(replace(view, radius_km=50)) != sieve_of(replace(view, radius_km=150))


@pytest.mark.parametrize(
    ("text", "layer_id", "key"),
    [
        ("Балхаш", "towns", "balkhash"),
        ("балқаш", "towns", "balkhash"),
        ("BALKHASH", "towns", "balkhash"),
        ("Темиртау", "towns", "temirtau"),
        ("Тёмиртау", "towns", "temirtau"),
        ("медь", "towns", "balkhash"),
        ("мыс", "towns", "balkhash"),
        ("Балхаш", "industrial_zones", "balkhash-iz"),
        ("Балқаш", "industrial_zones", "balkhash-iz"),
        ("1801-EL", "prospecting_areas", "aktyubinskoe-1801"),
        ("46401", "towns", "stepnogorsk"),
    ],
)
def test_a_text_is_found_in_every_language_whatever_its_case_and_with_e_for_yo(
    text: str, layer_id: str, key: str
) -> None:
    assert key in found(View(text=text), layer_id)


@pytest.mark.parametrize(
    "text",
    ["Карагандинская", "Қарағанды", "karaganda", "золот", "алтын", "жёлез", "желез", "kazakhmys", "дейст", "-EL"],
)
def test_a_text_keeps_the_rows_that_say_it_in_a_cell_a_code_or_a_towns_name(text: str) -> None:
    kept = agrees(View(text=text))
    assert any(kept.values())


@pytest.mark.parametrize("text", ["<NA>", "zone_2 {{7*191}}", ".*", "^", "\\", "\u2028"])
def test_a_text_is_no_pattern(text: str) -> None:
    assert not any(agrees(View(text=text)).values())


@pytest.mark.parametrize("text", ["nan", "none", "nat", "1.0", "["])
def test_a_missing_value_says_nothing_and_a_whole_number_has_no_decimals(text: str) -> None:
    """Some rows say these letters, as in financing: the others, with empty cells, are not found."""
    kept = agrees(View(text=text))
    assert sum(map(len, kept.values())) < sum(len(oracle.rows(layer_id)) for layer_id in LEGEND)


@pytest.mark.parametrize("text", ["kt-1377968594", "wri-gppd-1.3.0"])
def test_the_id_of_a_source_is_not_what_a_row_says(text: str) -> None:
    assert not found(View(text=text), "plants")


AREAS = {
    "box": Area(SEEN, KARAGANDA_BOX),
    "whole": Area(SEEN, (-180.0, -85.0, 180.0, 85.0)),
    "nowhere": Area(SEEN, (0.0, 0.0, 1.0, 1.0)),
    "triangle": Area(SHAPE, ring=TRIANGLE),
    "hook": Area(SHAPE, ring=HOOK),
}


@pytest.mark.parametrize("name", AREAS)
def test_an_area_keeps_what_meets_it_and_rows_without_a_place_by_their_towns(name: str) -> None:
    kept = agrees(View(area=AREAS[name]))
    if name == "nowhere":
        assert not any(kept.values())
    else:
        assert all(kept[layer_id] for layer_id in ("towns", "deposits", "plants", "gas_operating"))
    if name == "whole":
        lost = [
            row["id"]
            for row in oracle.table("prospecting_areas")
            if not oracle.area_keeps(View(area=AREAS[name]), "prospecting_areas", row)
        ]
        assert len(lost) == 18  # neither a place nor a town
        assert set(kept["prospecting_areas"]).isdisjoint(lost)


@pytest.mark.parametrize(
    "centre",
    [
        BALKHASH,
        Selection("deposits", "50-let-oktyabrya"),
        Selection("industrial_zones", "balkhash-iz"),
        Selection("industrial_zones", "badge:temirtau"),
        Selection(PLACE, "49.8000,73.1000"),
        Selection(PLACE, "-10.0000,20.0000"),
    ],
)
@pytest.mark.parametrize("radius", [50, 150])
@pytest.mark.parametrize("sure", [False, True])
def test_a_radius_keeps_what_lies_within_it_of_the_selection(centre: Selection, radius: int, sure: bool) -> None:
    kept = agrees(View(area=Area(AROUND), selected=centre, radius_km=radius, sure=sure))
    if sure and centre.layer == "industrial_zones":  # a zone is somewhere at its town: nothing is surely near it
        assert not any(kept.values())
        return
    assert any(kept.values()) == (centre.id != "-10.0000,20.0000")


@pytest.mark.parametrize("centre", [None, Selection("towns", "zone_2"), Selection("towns", "badge:zone_2")])
def test_a_radius_around_nothing_keeps_everything(centre: Selection | None) -> None:
    view = View(area=Area(AROUND), selected=centre)
    for layer_id in LEGEND:
        assert found(view, layer_id) == [row["id"] for row in oracle.rows(layer_id)]


def test_a_radius_around_nothing_is_no_filter_in_use() -> None:
    assert sieve_of(View(area=Area(AROUND), selected=Selection("towns", "zone_2"))) == ALL
    assert sieve_of(View(area=Area(AROUND), selected=BALKHASH)).names == ("in",)


def test_the_centre_moves_with_the_file_that_places_it_and_is_none_where_that_cannot_be_read(extra: Extra) -> None:
    extra.layer("pits", "id,lon,lat\na,75,46.8", head="legend = true")
    view = View(layers=("towns", "pits"), area=Area(AROUND), selected=Selection("pits", "a"), radius_km=50)
    assert found(view, "towns") == ["balkhash"]
    extra.rows("pits", "id,lon,lat\na,58.4,50.2")
    assert found(view, "towns") == ["khromtau"]
    extra.rows("pits", "id,lon,lat\na,58.4,north")
    assert found(view, "towns") == [*oracle.towns()]


def test_a_zone_with_neither_place_nor_town_is_no_centre() -> None:
    (lost,) = place_unknown("industrial_zones")
    assert centre_of(lost) is None
    assert found(View(area=Area(AROUND), selected=lost), "towns") == [*oracle.towns()]


def test_a_bare_position_is_read_latitude_first() -> None:
    point = ground(Selection(PLACE, "48.5,67.25")).shape
    assert (point.x, point.y) == (67.25, 48.5)


def test_the_map_is_not_drawn_anew_for_what_it_shows_and_the_other_areas_count_for_it() -> None:
    seen = sieve_of(View(text="a", area=Area(SEEN, KARAGANDA_BOX)))
    assert drawn(seen) == Sieve(text="a")
    for view in (View(area=Area(SHAPE, ring=TRIANGLE)), View(area=Area(AROUND), selected=BALKHASH)):
        assert drawn(sieve_of(view)) == sieve_of(view)


choices = st.fixed_dictionaries(
    {}, optional={name: st.sets(st.sampled_from(codes_of(name)), min_size=1, max_size=6) for name in FACETS}
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    choices,
    st.sampled_from(["", "", "gold", "Балхаш", "завод"]),
    st.sampled_from([Area(), Area(), *AREAS.values(), Area(AROUND)]),
    st.sampled_from([50, 150]),
)
def test_several_filters_together_keep_what_each_of_them_keeps(
    chosen: dict[str, set[str]], text: str, area: Area, radius: int
) -> None:
    used = tuple((name, tuple(sorted(chosen[name]))) for name in sorted(chosen))
    view = View(facets=used, text=text, area=area, radius_km=radius, selected=BALKHASH)
    alone = [replace(view, facets=(one,), text="", area=Area()) for one in used]
    alone += [replace(view, facets=(), area=Area()), replace(view, facets=(), text="")]
    kept = agrees(view)
    for layer_id in LEGEND:
        common = set.intersection(*(set(found(one, layer_id)) for one in alone))
        assert kept[layer_id] == [row["id"] for row in oracle.rows(layer_id) if row["id"] in common]
    assert sieve_of(view).names == (*chosen_names(used), *(["q"] if text else []), *(["in"] if area.kind else []))


def chosen_names(used: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str]:
    """Names of the facets in use."""
    return [name for name, _ in used]


def test_no_filter_is_the_layer_itself() -> None:
    for layer_id in (*LEGEND, "programme"):
        assert sieved(layer_id, ALL) is layer(layer_id)
        assert masks(layer_id, ALL) == {}


# Who empties a layer ------------------------------------------------------------------------------------------------

ORES = {
    "id": 'type = "text"',
    "ore": 'type = "codes"\nvocabulary = "commodity"',
    "stage": 'type = "code"\nvocabulary = "stage"',
    "lon": 'type = "lon"',
    "lat": 'type = "lat"',
}
GOLD, DRILLED = ("commodity", ("gold",)), ("status", ("stage.drilling",))


@pytest.mark.parametrize(
    ("rows", "guilty"),
    [
        ("a,gold,drilling,60,50", []),  # something is left
        ("a,copper,drilling,60,50\nb,copper;zinc,exploration,60,50", ["commodity"]),  # no gold at all, but drilling
        ("a,gold,exploration,60,50\nb,gold,,60,50", ["status"]),  # gold, but no drilling
        ("a,gold,exploration,60,50\nb,copper,drilling,60,50", ["commodity", "status"]),  # each alone leaves a row
        ("a,copper,exploration,60,50\nb,,,60,50", ["commodity", "status"]),  # both have to go
        ("", []),  # nothing was there before
    ],
)
def test_the_filter_is_named_that_empties_a_layer(extra: Extra, rows: str, guilty: list[str]) -> None:
    extra.layer("pits", f"id,ore,stage,lon,lat\n{rows}", ORES)
    sieve = Sieve(facets=(GOLD, DRILLED))
    assert culprits("pits", sieve) == guilty
    assert sieved("pits", sieve).frame.empty == (bool(guilty) or not rows)


ORES_OF_TOWNS = ORES | {"town_id": 'type = "ref"\nref = "towns"'}


@pytest.mark.parametrize("name", FACETS)
def test_a_layer_without_rows_stays_empty_under_every_filter(extra: Extra, name: str) -> None:
    extra.layer("pits", "id,ore,stage,lon,lat,town_id\n", ORES_OF_TOWNS, head="legend = true")
    view = View(layers=("pits", "towns"), text="a", area=Area(AROUND), selected=BALKHASH)
    view = with_facet(view, name, codes_of(name)[:1])
    assert sieved("pits", sieve_of(view)).frame.empty
    assert culprits("pits", sieve_of(view)) == []
    assert [one["id"] for one in options(view)] == [*FACETS]


def test_a_text_and_an_area_are_named_too_and_a_filter_that_leaves_the_rows_alone_is_not(extra: Extra) -> None:
    extra.layer("pits", "id,ore,stage,lon,lat\nnorth,gold,drilling,60,50\nsouth,gold,drilling,60,45", ORES)
    far = Area(SEEN, (0.0, 0.0, 1.0, 1.0))
    assert culprits("pits", Sieve(facets=(GOLD,), text="zone_2")) == ["q"]
    assert culprits("pits", Sieve(facets=(GOLD,), area=far)) == ["in"]
    assert culprits("pits", Sieve(facets=(GOLD,), text="south", area=Area(SEEN, (59.0, 49.0, 61.0, 51.0)))) == [
        "q",
        "in",
    ]
    assert culprits("pits", Sieve(facets=(GOLD,), text="zone_2", area=far)) == ["commodity", "q", "in"]


def test_the_rows_that_the_other_filters_keep_are_told_by_position(extra: Extra) -> None:
    extra.layer("pits", "id,ore,stage,lon,lat\na,gold,drilling,60,50\nb,copper,drilling,60,50\nc,gold,,60,50", ORES)
    sieve = Sieve(facets=(GOLD, DRILLED))
    assert others("pits", sieve, "commodity").tolist() == [True, True, False]
    assert others("pits", sieve, "status").tolist() == [True, False, True]
    assert others("pits", sieve, "q").tolist() == [True, False, False]


# One filter drives everything ---------------------------------------------------------------------------------------

DRIVERS = {
    "facets": View(facets=(("commodity", ("copper", "gold")), ("region", ("karaganda", "pavlodar", "kostanay")))),
    "gas": View(facets=(("gas", ("connected", "under_construction")),), radius_km=50),
    "text": View(text="карагандинская"),
    "shape": View(area=Area(SHAPE, ring=HOOK), facets=(("position", ("schematic", "published_point", "town_centre")),)),
    "radius": View(area=Area(AROUND), selected=BALKHASH, radius_km=150),
    "nothing left": View(text="zone_2"),
}


@pytest.mark.parametrize("layer_id", LEGEND)
@pytest.mark.parametrize("name", DRIVERS)
def test_map_table_file_and_legend_hold_the_same_rows(name: str, layer_id: str, tmp_path: Path) -> None:
    view = DRIVERS[name]
    sieve, expected = sieve_of(view), oracle.ids(view, layer_id)
    assert found(view, layer_id) == expected
    placed = [key for key in expected if oracle.shape(layer_id, key)[0]]
    by_id = {row["id"]: row for row in oracle.rows(layer_id)}

    sent = json.loads(gzip.decompress(payload(layer_id, "features", sieve).body))["features"]
    assert [*dict.fromkeys(feature["properties"]["id"] for feature in sent)] == placed
    badges = json.loads(gzip.decompress(payload(layer_id, "badges", sieve).body))["features"]
    counts = {feature["properties"]["id"]: feature["properties"]["count"] for feature in badges}
    lost = [by_id[key].get("town_id", "") for key in expected if key not in placed]
    assert counts == {town: lost.count(town) for town in lost if town}
    if layer(layer_id).spec.geometry.town:  # type: ignore[union-attr]
        for town in oracle.towns():
            assert len(at_town(layer_id, town, sieve)) == counts.get(town, 0)
    unknown = [key for key in expected if key not in placed and not by_id[key].get("town_id")]
    assert [one.id for one in place_unknown(layer_id, sieve)] == unknown

    table = json.loads(gzip.decompress(table_payload(layer_id, view).body))
    assert [row[0] for row in table["rows"]] == expected

    out = tmp_path / "out.geojson"
    assert export(layer_id, "geojson", "en", out, sieve, ["said in words"]) == len(expected)
    written = json.loads(out.read_text(encoding="utf-8"))
    assert [feature["properties"]["id"] for feature in written["features"]] == expected
    assert written["atlas"]["filters"] == ["said in words"]

    (row,) = [row for group in groups(view) for row in group["rows"] if row["id"] == layer_id]
    assert (row["count"], row["total"]) == (oracle.counted(view, layer_id), str(len(by_id)))
    assert row["filtered"] == (oracle.bounds(view, layer_id)[0] < len(by_id))


@pytest.mark.parametrize("name", DRIVERS)
@pytest.mark.parametrize("town", ["balkhash", "zhezkazgan", "rudny"])
def test_what_is_related_is_what_the_filter_keeps_and_the_rest_is_counted(name: str, town: str) -> None:
    view = DRIVERS[name]
    whole = details("towns", town, "en", view.radius_km).relations
    part = details("towns", town, "en", view.radius_km, sieve_of(view)).relations
    assert set(part) == set(whole)
    off = oracle.off_km("towns", town)
    assert off
    for layer_id, related in part.items():
        kept, near, measured = set(oracle.ids(view, layer_id)), set(), False
        for row in oracle.rows(layer_id):
            stated = layer_id.startswith("gas_") and town in oracle.named_towns(layer_id, row)
            within = oracle.listed_near(layer_id, row, oracle.towns()[town], view.radius_km, off)
            away = oracle.off_km(layer_id, row["id"]) is not None or bool(row.get("town_id"))
            measured |= within and away and (layer_id, row["id"]) != ("towns", town)
            if stated or within:
                near.add(row["id"])
        near -= {town} if layer_id == "towns" else set()
        assert {one.id for one in related.rows} <= kept, layer_id
        assert {one.id for one in related.rows} >= near & kept, layer_id
        # Where no distance is within the radius the nearest one is listed, and may be hidden in its turn.
        assert related.left_out - len(near - kept) in ((0,) if measured else (0, 1)), layer_id
        assert len({one.id for one in related.rows} - near) <= 1, layer_id  # the nearest one where there is none
        assert whole[layer_id].left_out == 0


@pytest.mark.parametrize("name", DRIVERS)
def test_around_a_bare_position_lies_what_the_filter_keeps(name: str) -> None:
    view, at = DRIVERS[name], Selection(PLACE, "46.9000,75.1000")
    here = vantage(at, "en")
    assert here is not None
    told = around(here, "en", view.radius_km, sieve_of(view))
    for layer_id in LEGEND:
        kept, near = set(oracle.ids(view, layer_id)), set()
        for row in oracle.rows(layer_id):
            if oracle.listed_near(layer_id, row, (75.1, 46.9), view.radius_km, 0.0):
                near.add(row["id"])
        if not near:
            assert layer_id not in told
            continue
        assert {one.id for one in told[layer_id].rows} == near & kept, layer_id
        assert told[layer_id].left_out == len(near - kept), layer_id
    assert "towns" in told


def test_a_line_that_the_filter_hides_is_counted_and_not_denied() -> None:
    view = from_query({"region": "abai"})[0]
    whole = details("towns", "stepnogorsk", "en", 100).relations["gas_operating"]
    part = details("towns", "stepnogorsk", "en", 100, sieve_of(view)).relations["gas_operating"]
    assert {row.id for row in whole.rows} == {"saryarka-1"}
    assert (part.left_out, "saryarka-1" in {row.id for row in part.rows}) == (1, False)
