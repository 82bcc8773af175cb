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
from layers.screening.notes import notes
from layers.screening.profiles import book, profile
from layers.screening.words import fallen, fit_in_words, rows, scale_in_words
from layers.spec import LANGUAGES, ROOT
from layers.text import say
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


# What a candidate is not measured by: itself, a town far away, a city that the atlas does not hold


def test_an_area_that_is_listed_as_a_deposit_too_is_none_beside_itself() -> None:
    """The oracle: the nearest deposit of one of the area's commodities with another record, by pyproj."""
    areas, deposits = rows_of("prospecting_areas.csv"), rows_of("deposits.csv")
    twins = {row["source_record"] for row in areas if row["source_record"]} & {row["source_record"] for row in deposits}
    raw = measured(book().criteria["deposit"], candidates("prospecting_areas"), ())
    found = dict(zip(candidates("prospecting_areas").ids, range(len(raw.best)), strict=True))
    alike = [row for row in areas if row["source_record"] in twins and row["lat"] and row["accuracy_km"]]
    assert {"besshoky", "severny-katpar", "karatas-copper", "gornostai"} <= {row["id"] for row in alike}
    for row in alike:
        own = set(row["commodities"].split(";"))
        others = [
            one
            for one in deposits
            if own & set(one["commodities"].split(";"))
            and one["accuracy_km"]
            and not (
                one["source_record"] == row["source_record"]
                and set(one["sources"].split(";")) & set(row["sources"].split(";"))
            )
        ]
        here = (float(row["lon"]), float(row["lat"]))
        km = min(GEOD.inv(*here, float(one["lon"]), float(one["lat"]))[2] for one in others) / 1000
        assert raw.best[found[row["id"]]] == pytest.approx(km, abs=0.01), row["id"]


def test_deposits_within_a_radius_leave_out_the_candidate_s_own_record() -> None:
    areas = candidates("prospecting_areas")
    raw = measured(book().criteria["deposits_50"], areas, ())
    at = areas.ids.index("besshoky")
    assert (raw.low[at], raw.best[at]) == (0, 0)  # it was its own only one


def test_people_come_from_the_named_town_or_from_one_within_a_hundred_kilometres() -> None:
    areas = candidates("prospecting_areas")
    raw = measured(book().criteria["people"], areas, ())
    towns = {row["id"]: (float(row["lon"]), float(row["lat"])) for row in rows_of("towns.csv")}
    for place, row in enumerate(rows_of("prospecting_areas.csv")):
        if row["town_id"]:
            assert raw.what[place] == row["town_id"]
        elif row["lat"] and row["accuracy_km"]:
            away = {key: GEOD.inv(float(row["lon"]), float(row["lat"]), *at)[2] / 1000 for key, at in towns.items()}
            nearest = min(away, key=away.__getitem__)
            assert raw.what[place] == (nearest if away[nearest] <= 100 else ""), row["id"]
            assert isnan(raw.best[place]) == (away[nearest] > 100)
        elif not row["block_codes"]:
            assert raw.what[place] == ""
    assert raw.what[areas.ids.index("besshoky")] == ""  # Balkhash is 182 km away


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_towns_and_the_plants_leave_out_is_said(language: str) -> None:
    plain = screened(Screening(profile="exploration_upside"), sure=False)
    asked = screened(
        Screening(profile="exploration_upside", needs=needs_of_text("town:50:100000,plant:50")), sure=False
    )
    keys = ("screening_towns_note", "screening_plants_note")
    for key in keys:
        assert say(language, key) not in notes(plain, language)
        assert say(language, key) in notes(asked, language)
    assert say(language, "screening_itself_note") in notes(plain, language)
    towns = screened(Screening(profile="gas_ready"), sure=False)
    assert say(language, "screening_itself_note") not in notes(towns, language)


def test_a_zone_at_its_town_is_removed_as_measured_from_there() -> None:
    found = screened(Screening(profile="copper_processing", needs=needs_of_text("gas:20")), sure=False)
    told = dict(fallen(found, "en"))
    assert told["Kentau industrial zone"].startswith("measured from its town's point, does not meet: within 20 km")
    towns = screened(Screening(profile="gas_ready", needs=needs_of_text("gas:20")), sure=False)
    assert dict(fallen(towns, "en"))["Ridder"].startswith("does not meet: within 20 km")


def test_the_fit_says_which_of_the_commodities_is_taken() -> None:
    found = screened(Screening(profile="exploration_upside"), sure=False)
    at = found.ids.index("severny-katpar")
    asked, able, _ = fit_in_words(found.fits[at], "en")
    assert asked == "tungsten, molybdenum, copper, bismuth"
    assert able.startswith("Balkhash copper smelter (Kazakhmys) (copper), ")


def test_a_scale_in_russian_counts_its_own_number() -> None:
    part = next(one for one in profile("heavy_industry").parts if one.criterion == "people")
    assert scale_in_words(part, "ru") == "линейная: 0 при 10\u202f000 человек, 1 при 150\u202f000 человек"
