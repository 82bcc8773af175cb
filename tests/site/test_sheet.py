"""The sheet of a site: its numbers worked out anew from the files, its ranges as the catalogue relates, its gaps."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from layers.errors import UnknownNameError, WordedError
from layers.ground import place_key
from layers.relate import layer
from layers.site.model import EXACT, ITSELF, NAMED, NEAREST, NOWHERE, VIA_TOWN, WITHIN, Near
from layers.site.page import unknown_lines
from layers.site.sheet import LINES, cited_by_sheet, site_sheet
from layers.spec import LANGUAGES, ROOT, layer_spec
from layers.surroundings import surroundings
from layers.view import BLOCKS, PLACE, SHEET, Selection, View
from tests.conftest import Extra

GEOD = Geod(ellps="WGS84")
ZONES, AREAS, TOWNS = "industrial_zones", "prospecting_areas", "towns"
GROUNDS = [(PLACE, "48.5000,67.2000"), (SHEET, "M-43-101"), (BLOCKS, "M-42-85-(10е-5в-2,3)")]


@cache
def table(name: str) -> list[dict[str, str]]:
    """A file of data/, read without the atlas."""
    with (ROOT / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ids(layer_id: str) -> list[str]:
    return [row["id"] for row in table(layer_id)]


SOME_TOWNS = ids(TOWNS)[::3]
RADIUS_KM = 100  # one for all tests: a sheet is made once


def numbers(near: Near) -> tuple[Any, ...]:
    return tuple(None if one is None else round(one, 3) for one in (near.km, near.low_km, near.high_km, near.via_km))


def counts(town: dict[str, str]) -> list[int]:
    """The counts of the town proper for the year of its figure, from the file."""
    rows = [row for row in table("population") if (row["town_id"], row["scope"]) == (town["id"], "town")]
    return [int(row["population"]) for row in rows if row["year"] == town["population_year"]]


@settings(max_examples=20, deadline=None)
@given(st.floats(43.0, 54.0), st.floats(50.0, 84.0), st.sampled_from((10, 50, 100, 200)))
def test_people_within_reach_and_the_nearest_town_are_those_of_the_file(lat: float, lon: float, radius: int) -> None:
    key = place_key(lat, lon)
    lat, lon = (float(part) for part in key.split(","))
    sheet = site_sheet(Selection(PLACE, key), "en", radius)
    rows = [
        (GEOD.inv(lon, lat, float(row["lon"]), float(row["lat"]))[2] / 1000, float(row["accuracy_km"]), row)
        for row in table(TOWNS)
    ]
    surely = [row for km, off, row in rows if km + off <= radius]
    maybe = [row for km, off, row in rows if km - off <= radius]
    found = sheet.reached
    assert found is not None
    assert (found.towns.low, found.towns.high) == (len(surely), len(maybe))
    assert found.low == sum(min(counts(row)) for row in surely)
    assert found.high == sum(max(counts(row)) for row in maybe)
    km, off, row = min(rows, key=lambda one: one[0])
    (town,) = sheet.towns
    assert (town.id, town.how) == (row["id"], NEAREST)
    assert town.near is not None
    assert town.near.km == pytest.approx(km, abs=1e-6)
    assert town.near.low_km == pytest.approx(max(0.0, km - off), abs=1e-6)
    assert town.near.high_km == pytest.approx(km + off, abs=1e-6)


@pytest.mark.parametrize("line", LINES)
def test_ranges_to_gas_lines_are_those_of_the_catalogue(line: str) -> None:
    pairs = layer(f"town_{line}").frame
    for town in SOME_TOWNS:
        first = pairs[pairs["left"] == town].sort_values("rank").iloc[0]
        near = site_sheet(Selection(TOWNS, town), "en", RADIUS_KM).lines[line]
        assert near.id == first["right"]
        assert near.km == pytest.approx(first["distance_km"])
        assert (near.low_km, near.high_km) == pytest.approx((first["distance_min_km"], first["distance_max_km"]))
        (row,) = [one for one in table("gas_routes") if one["id"] == near.id]
        assert near.status_code == row["status"]
        assert str(near.year or "") == row["year"]
        assert set(row["sources"].split(";")) <= set(near.sources)


def test_operating_lines_that_may_be_nearer_are_told() -> None:
    for town in SOME_TOWNS:
        sheet = site_sheet(Selection(TOWNS, town), "en", RADIUS_KM)
        pairs = layer("town_gas_operating").frame
        pairs = pairs[(pairs["left"] == town) & (pairs["right"] != sheet.lines["gas_operating"].id)]
        nearer = set(pairs.loc[pairs["distance_min_km"] < sheet.lines["gas_operating"].high_km, "right"])
        rivals = sheet.rivals.get("gas_operating", ())
        assert nearer <= {one.id for one in rivals}
        assert all(one.low_km < sheet.lines["gas_operating"].high_km for one in rivals)  # type: ignore[operator]
        assert bool(sheet.rivals) == any(one.about == "line_order" for one in sheet.unknown)


@pytest.mark.parametrize("selected", [(ZONES, "saran-iz"), (TOWNS, "ridder"), (AREAS, "aktyubinskoe-1801"), *GROUNDS])
def test_neighbours_have_the_numbers_of_the_table_of_surroundings(selected: tuple[str, str]) -> None:
    chosen = Selection(*selected)
    sheet = site_sheet(chosen, "en", RADIUS_KM)
    told = surroundings(View(selected=chosen, radius_km=RADIUS_KM)).frame
    expected = {
        (row["layer"], row["id"]): [
            None if row[name] != row[name] else pytest.approx(row[name], abs=6e-4)
            for name in ("distance_km", "distance_min_km", "distance_max_km", "via_km")
        ]
        for row in told.to_dict("records")
    }
    found = {(one.layer, one.id): [*numbers(one)] for rows in sheet.neighbours.values() for one in rows}
    assert found == expected
    for layer_id, count in sheet.counts.items():
        part = told[told["layer"] == layer_id]
        assert (count.low, count.high) == (int((part["within"] == "yes").sum()), len(part))


def test_a_zone_without_a_place_has_no_distance_of_its_own() -> None:
    towns = {row["id"]: row for row in table(TOWNS)}
    for row in table(ZONES):
        sheet = site_sheet(Selection(ZONES, row["id"]), "en", RADIUS_KM)
        if not row["town_id"]:
            assert sheet.position.kind == NOWHERE
            assert (sheet.lines, sheet.towns, sheet.plant, sheet.reached) == ({}, (), None, None)
            continue
        assert sheet.position.kind == VIA_TOWN
        assert [(town.id, town.how) for town in sheet.towns] == [(row["town_id"], NAMED)]
        town = towns[row["town_id"]]
        assert (sheet.position.lat, sheet.position.lon) == (float(town["lat"]), float(town["lon"]))
        assert all(one.km is None and one.via_km is not None for one in sheet.lines.values())
        assert sheet.reached is not None
        assert sheet.reached.at_town
        assert any(one.about == "position" for one in sheet.unknown)


@pytest.mark.parametrize("layer_id", [ZONES, AREAS, TOWNS, "plants", "deposits"])
def test_what_is_not_known_names_every_empty_fact_and_no_stated_one(layer_id: str) -> None:
    spec = layer_spec(layer_id)
    titles = {column.name: column.title["en"] for column in spec.columns}
    for row in table(layer_id)[:8]:
        sheet = site_sheet(Selection(layer_id, row["id"]), "en", RADIUS_KM)
        empty = {one.column for one in sheet.unknown if one.about == "fact"}
        assert {name for name in spec.facts if not row[name]} <= empty
        assert not {name for name in empty if row[name]}
        lines = " ".join(unknown_lines(sheet))
        assert all(titles[name] in lines for name in empty)


def test_a_state_without_a_year_is_told_and_one_with_a_year_is_not() -> None:
    for row in table(ZONES):
        sheet = site_sheet(Selection(ZONES, row["id"]), "en", RADIUS_KM)
        assert any(one.about == "undated" for one in sheet.unknown) == (not row["year"])


def test_gas_claims_are_those_of_the_file_with_their_year_and_order() -> None:
    for town in SOME_TOWNS:
        (told,) = site_sheet(Selection(TOWNS, town), "en", RADIUS_KM).towns
        rows = sorted((one for one in table("gas_status") if one["town_id"] == town), key=lambda one: one["claim"])
        assert [(one.status_code, str(one.year or "")) for one in told.gas] == [(r["status"], r["year"]) for r in rows]
        assert [one.confirmed for one in told.gas] == [row["confirmed"] == "yes" for row in rows]


def test_the_population_of_each_territory_is_the_newest_and_conflicting_ones_stand_beside_it() -> None:
    for town in SOME_TOWNS:
        (told,) = site_sheet(Selection(TOWNS, town), "en", RADIUS_KM).towns
        assert told.how == ITSELF
        rows = [one for one in table("population") if one["town_id"] == town]
        newest: dict[str, int] = {}
        for row in rows:
            newest[row["scope"]] = max(newest.get(row["scope"], 0), int(row["year"]))
        expected = sorted(
            (r["scope"], int(r["year"]), int(r["population"])) for r in rows if int(r["year"]) == newest[r["scope"]]
        )
        assert sorted((one.scope_code, one.year, one.people) for one in told.series) == expected


@pytest.mark.parametrize("selected", GROUNDS)
def test_ground_is_a_site_too(selected: tuple[str, str]) -> None:
    sheet = site_sheet(Selection(*selected), "en", RADIUS_KM)
    assert sheet.position.kind == (EXACT if selected[0] == PLACE else WITHIN)
    assert sheet.lines["gas_operating"].km
    assert bool(sheet.facts) == (selected[0] != PLACE)  # degrees on WGS 84 are read as they are


@pytest.mark.parametrize("selected", [(TOWNS, "atlantis"), ("atlantis", "x")])
def test_what_does_not_exist_is_no_site(selected: tuple[str, str]) -> None:
    with pytest.raises(UnknownNameError):
        site_sheet(Selection(*selected), "en", RADIUS_KM)


def test_a_mark_that_stands_for_several_rows_is_no_site() -> None:
    with pytest.raises(WordedError, match="file_badge"):
        site_sheet(Selection(ZONES, "badge:balkhash"), "en", RADIUS_KM)


@pytest.mark.parametrize("selected", [(ZONES, "saran-iz"), (AREAS, "aktyubinskoe-1801"), (TOWNS, "ridder")])
def test_the_numbers_do_not_depend_on_the_language(selected: tuple[str, str]) -> None:
    sheets = [site_sheet(Selection(*selected), language, RADIUS_KM) for language in LANGUAGES]
    assert len({one.reached for one in sheets}) == 1
    assert len({tuple(numbers(line) for line in one.lines.values()) for one in sheets}) == 1
    assert len({tuple((gap.about, gap.column) for gap in one.unknown) for one in sheets}) == 1
    assert len({cited_by_sheet(one) for one in sheets}) == 1
    assert len({one.position.words for one in sheets}) == len(LANGUAGES)


def test_every_cited_source_is_in_the_table_of_sources() -> None:
    known = set(ids("sources"))
    for layer_id in (ZONES, TOWNS, AREAS):
        for key in ids(layer_id)[:8]:
            cited = cited_by_sheet(site_sheet(Selection(layer_id, key), "en", RADIUS_KM))
            assert cited
            assert set(cited) <= known


def test_a_hostile_name_stays_as_it_is(extra: Extra) -> None:
    bad = "<img src=x onerror=alert(1)>{{7*191}}"
    extra.layer("plots", f"id,lon,lat\n{bad},70,50\n", head="legend = true")
    sheet = site_sheet(Selection("plots", bad), "en", RADIUS_KM)
    assert sheet.name == bad
    assert sheet.position.kind == EXACT
    assert not Path(bad).exists()


def test_of_two_things_known_by_their_towns_the_distance_is_that_between_the_towns() -> None:
    near = {
        one.id: one.relation for one in site_sheet(Selection(ZONES, "saran-iz"), "en", RADIUS_KM).neighbours["plants"]
    }
    rows = {row["id"]: (float(row["lon"]), float(row["lat"])) for row in table(TOWNS)}
    km = GEOD.inv(*rows["saran"], *rows["shakhtinsk"])[2] / 1000
    told = near["shakhtinsk_chp"]
    assert told.reach == f"positions unknown; {km:.0f} km between their towns, Saran, Shakhtinsk"
    assert told.why == "the towns Saran, Shakhtinsk stand in"
