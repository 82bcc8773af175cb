"""Candidates, their measures, hard filters and the order: on the atlas's own data, against plain recounting."""

from __future__ import annotations

import csv
from math import isnan

import numpy as np
import pytest
from pyproj import Geod

from layers.block_choice import source_of_codes
from layers.errors import UnknownNameError, WordedError
from layers.relate import layer
from layers.screening.candidates import candidates, sources_of_candidates
from layers.screening.choice import Need, Screening, needs_of_text
from layers.screening.desk import screened, weights_of
from layers.screening.filters import answers, sieved
from layers.screening.measures import measured
from layers.screening.profiles import book, profile
from layers.screening.words import rows
from layers.spec import LANGUAGES, ROOT
from layers.vocabulary import vocabulary

GEOD = Geod(ellps="WGS84")
PROFILES = tuple(book().profiles)


def rows_of(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_four_profiles_are_there_and_say_why_in_each_language() -> None:
    assert PROFILES == ("copper_processing", "heavy_industry", "exploration_upside", "gas_ready")
    for one in book().profiles.values():
        assert set(one.title) == set(one.about) == set(LANGUAGES)
        assert sum(part.weight for part in one.parts) == 100
        assert one.candidates in list(sources_of_candidates())
        assert len({part.criterion for part in one.parts}) == len(one.parts)


def test_every_code_that_is_worth_something_is_one_of_the_data() -> None:
    points = book().criteria["status"].points
    assert set(points) == set(vocabulary("zone_status")) | set(vocabulary("stage"))
    assert all(0 <= worth <= 1 for worth in points.values())


def test_the_people_of_a_zone_are_those_of_its_town() -> None:
    heads = {row["id"]: float(row["population"]) for row in rows_of("towns.csv")}
    zones = candidates("industrial_zones")
    raw = measured(book().criteria["people"], zones, ())
    own = {row["id"]: row["town_id"] for row in rows_of("industrial_zones.csv")}
    for place, key in enumerate(zones.ids):
        if own[key]:
            assert raw.best[place] == heads[own[key]]
        else:  # Pavlodar is none of the 27 towns, so the zone has no place
            assert isnan(raw.best[place])


def test_the_distance_to_a_town_is_the_geodesic_between_the_points() -> None:
    """Karatau has too few people: its nearest town of 50,000, by an independent geodesic over all of them."""
    rows = {row["id"]: row for row in rows_of("towns.csv")}
    here = rows["karatau"]
    away = {
        key: GEOD.inv(float(here["lon"]), float(here["lat"]), float(row["lon"]), float(row["lat"]))[2] / 1000
        for key, row in rows.items()
        if float(row["population"]) >= 50_000
    }
    towns = candidates("towns")
    raw = measured(book().criteria["town_50k"], towns, ())
    at = towns.ids.index("karatau")
    nearest = min(away, key=away.__getitem__)
    off = float(here["accuracy_km"]) + float(rows[nearest]["accuracy_km"])
    assert raw.what[at] == nearest
    assert raw.best[at] == pytest.approx(away[nearest], abs=0.001)
    assert raw.low[at] == pytest.approx(away[nearest] - off, abs=0.001)
    assert raw.high[at] == pytest.approx(away[nearest] + off, abs=0.001)


def test_what_stands_at_its_town_has_the_distance_of_the_town_and_no_known_range() -> None:
    zones, towns = candidates("industrial_zones"), candidates("towns")
    criterion = book().criteria["gas_operating"]
    zone, town = measured(criterion, zones, ()), measured(criterion, towns, ())
    at, there = zones.ids.index("khromtau-park"), towns.ids.index("khromtau")
    assert zone.best[at] == town.best[there]
    assert np.isnan([zone.low[at], zone.high[at]]).all()
    assert town.low[there] <= town.best[there] <= town.high[there]
    assert zones.via_town[at]
    assert not towns.via_town[there]


@pytest.mark.parametrize("source", list(sources_of_candidates()))
def test_ranges_hold_the_best_value_and_unknown_is_unknown_throughout(source: str) -> None:
    found = candidates(source)
    for criterion in book().criteria.values():
        raw = measured(criterion, found, ("copper",))
        known = ~np.isnan(raw.best)
        bounded = ~np.isnan(raw.low)
        assert (np.isnan(raw.high) == ~bounded).all(), criterion.id
        assert not (bounded & ~known).any(), criterion.id
        assert (raw.low[bounded] <= raw.best[bounded]).all(), criterion.id
        assert (raw.best[bounded] <= raw.high[bounded]).all(), criterion.id
        if criterion.unit == "km":
            assert not (bounded & found.via_town).any(), criterion.id


def test_removed_because_counts_add_up_and_the_filter_that_removed_the_last_is_named() -> None:
    zones = candidates("industrial_zones")
    needs = needs_of_text("gas:100,town:50:100000,status:instructed")
    made = sieved(zones, needs, sure=False)
    assert sum(one.falling for one in made.removed) + int(made.kept.sum()) == len(zones.ids)
    assert all(one.failing >= one.falling for one in made.removed)
    assert made.removed[0].failing == made.removed[0].falling
    assert not made.kept.any() or made.last is None
    none = sieved(zones, needs_of_text("commodity:copper,status:expired"), sure=True)
    assert (int(none.kept.sum()), none.last) == (0, Need("commodity", codes=("copper",)))


def test_the_status_filter_keeps_the_zones_of_that_status() -> None:
    zones = candidates("industrial_zones")
    kept = sieved(zones, needs_of_text("status:instructed"), sure=False).kept
    asked = {row["id"] for row in rows_of("industrial_zones.csv") if row["status"] == "instructed"}
    assert {key for key, here in zip(zones.ids, kept, strict=True) if here} == asked == {"balkhash-iz", "kulsary-iz"}


def test_what_stands_at_its_town_is_never_surely_near_and_what_has_no_place_is_possible() -> None:
    zones = candidates("industrial_zones")
    answer = dict(zip(zones.ids, answers(zones, Need("plant", 50)), strict=True))
    assert set(answer.values()) == {0, 1}
    assert answer["sez-pavlodar"] == 1
    assert not sieved(zones, (Need("plant", 50),), sure=True).kept.any()
    areas = candidates("prospecting_areas")
    exact = dict(zip(areas.ids, answers(areas, Need("accuracy", 1)), strict=True))
    assert exact["besshoky"] == 2
    assert exact["upper-kairakty"] == exact["state-prospecting-abai"] == 0


@pytest.mark.parametrize("name", PROFILES)
def test_a_screening_is_whole(name: str) -> None:
    found = screened(Screening(profile=name), sure=False)
    count = len(found.ids)
    assert sorted(found.order) == list(range(count))
    assert [found.ranked[one] for one in found.order] == sorted(found.ranked)
    assert (found.stable.low <= found.ranked).all()
    assert (found.ranked <= found.stable.high).all()
    assert np.allclose(found.parts @ (found.weights / found.weights.sum()), found.scored, atol=1e-8)
    assert len(found.fits) == count


def test_a_reader_s_weights_replace_the_profile_s() -> None:
    asked = Screening(profile="gas_ready", weights=(("people", 0), ("plant_fuel", 100)))
    assert weights_of(asked).tolist() == [50, 20, 0, 100]


def test_copper_goes_to_balkhash_and_the_nearest_of_all_stands_beside_it() -> None:
    found = screened(Screening(profile="copper_processing"), sure=False)
    for fit in found.fits:
        assert fit.commodities == ("copper",)
        assert fit.place in ("balkhash-smelter", "")
        assert not fit.place or fit.nearest_km[0] <= fit.km[0] + 1e-9
    assert {row["id"] for row in rows_of("processing.csv") if "copper" in row["commodities"]} == {"balkhash-smelter"}


def test_every_place_that_processes_cites_what_its_town_cites() -> None:
    towns = layer("towns").frame.set_index("id")
    for row in rows_of("processing.csv"):
        assert set(row["sources"].split(";")) <= set(towns.loc[row["town_id"], "enterprise_sources"].split(";"))


def test_licence_blocks_of_a_notice_are_candidates_as_uncertain_as_their_numbering() -> None:
    source = source_of_codes("M-42-85-(10е-5в-2,3,4)")
    found = screened(Screening("exploration_upside", "blocks"), sure=False, blocks=source)
    assert found.ids == ["M-42-85-(10е-5в-2)", "M-42-85-(10е-5в-3)", "M-42-85-(10е-5в-4)"]
    assert (found.every.side.accuracy_km > 0).all()
    deposits = [part.criterion for part in found.parts_of].index("deposits_50")
    assert (found.raw[deposits].best >= 0).all()
    assert {row.name for row in rows(found, "kk")} == set(found.ids)
    with pytest.raises(WordedError, match="screening_no_blocks"):
        screened(Screening(source="blocks"), sure=False)


def test_a_layer_that_holds_no_candidates_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="layer of candidates"):
        candidates("gas_routes")
    with pytest.raises(UnknownNameError, match="profile"):
        profile("gold_rush")
