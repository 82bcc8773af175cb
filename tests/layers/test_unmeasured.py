"""What no distance can be computed to is told of wherever it may count: named, in open ranges, without a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from pyproj import Geod

from layers.nearby import nearby
from layers.passport.build import passport
from layers.passport.model import AROUND, LINES, UNKNOWN
from layers.passport.text import sentences
from layers.relate import layer, side_of_layer
from layers.screening import words
from layers.screening.choice import PLANT, TOWN, Need, Screening
from layers.screening.desk import screened
from layers.screening.notes import notes
from layers.site.cells import LEAST_MOST, OVERLAP, Row
from layers.site.compare import comparison
from layers.site.model import NO_ACCURACY as NO_ACCURACY_OF_SITE
from layers.site.sheet import site_sheet
from layers.spec import LANGUAGES, layer_spec
from layers.surroundings import surroundings
from layers.text import say
from layers.unmeasured import maybe_nearer, maybe_within, unmeasured
from layers.view import Selection, View
from tests.conftest import PLACED, POINT
from tests.layers import oracle

if TYPE_CHECKING:
    from tests.conftest import Extra

GEOD = Geod(ellps="WGS84")
SATELLITES = "karaganda-satellites"  # town networks under construction in four towns, no route published
AROUND_ZHANAOZEN = {"karamandybas", "tenge", "tepke", "uzen", "zhetybay"}  # published without an accuracy
RADIUS_KM = 100
ACCURATE = PLACED | {"accuracy_km": 'type = "number"'}
NAMING = ACCURATE | {"near": 'type = "refs"\nref = "towns"'}


def loose_deposits(town: str, radius_km: float) -> set[str]:
    """Deposits without an accuracy whose published point lies within the radius, measured by pyproj."""
    rows = layer("deposits").frame
    rows = rows[rows["accuracy_km"].isna()]
    at = layer("towns").frame.set_index("id").geometry[town]
    km = GEOD.inv([at.x] * len(rows), [at.y] * len(rows), rows.geometry.x, rows.geometry.y)[2] / 1000
    return set(rows["id"][km <= radius_km])


def row_of(key: str, *towns: str) -> Row:
    """One row of a comparison of towns."""
    found = comparison(tuple(Selection("towns", town) for town in towns), "en", RADIUS_KM)
    return next(row for row in found.rows if row.key == key)


def springs(extra: Extra) -> None:
    """Four springs: measured, published without an accuracy, at a named town, and nowhere."""
    rows = ("sure,75.1,46.9,1,", "loose,75.0,46.8,,", "named,,,,balkhash;abai", "lost,,,,")
    extra.layer(
        "springs", "id,lon,lat,accuracy_km,near\n" + "\n".join(rows), NAMING, POINT + '\naccuracy = "accuracy_km"'
    )


def test_rows_are_looked_for_at_their_published_point_at_the_towns_they_name_or_nowhere(extra: Extra) -> None:
    springs(extra)
    rows = unmeasured("springs")
    assert [*rows.ids] == ["loose", "named", "lost"]
    assert [*rows.basis] == ["no_accuracy", "no_place", "no_place"]
    assert [*rows.named] == ["", "balkhash;abai", ""]
    assert [*rows.anywhere] == [False, False, True]
    assert (rows.where[0].x, rows.where[0].y) == (75.0, 46.8)
    towns = layer("towns").frame.set_index("id").geometry
    assert {(at.x, at.y) for at in rows.where[1].geoms} == {
        (towns[one].x, towns[one].y) for one in ("balkhash", "abai")
    }


def test_only_the_published_position_decides_and_nothing_gets_a_distance(extra: Extra) -> None:
    springs(extra)
    towns, rows = side_of_layer("towns"), unmeasured("springs")
    here = towns.part((towns.ids == "balkhash").to_numpy())
    near = maybe_within(here, rows, 30)
    assert [*near["right"]] == ["named", "loose"]  # the one whose town is here, then the one 12 km away
    assert near[["distance_km", "distance_min_km", "distance_max_km", "via_km"]].isna().to_numpy().all()
    assert {*near["within"]} == {"possibly"}
    assert [*maybe_within(here, rows, 0.5)["right"]] == ["named"]  # its town is no way off
    assert [*maybe_nearer(here, rows, 0.5)["right"]] == ["named", "lost"]
    far = towns.part((towns.ids == "ridder").to_numpy())
    assert maybe_within(far, rows, 100).empty
    assert [*maybe_nearer(far, rows, 100)["right"]] == ["lost"]


def test_a_radius_may_differ_from_row_to_row(extra: Extra) -> None:
    springs(extra)
    towns, rows = side_of_layer("towns"), unmeasured("springs")
    at = {town: (40.0 if town == "balkhash" else 0.0) for town in towns.ids}
    near = maybe_within(towns, rows, np.array([*at.values()]))
    assert {*zip(near["left"], near["right"], strict=True)} == {
        ("balkhash", "loose"),
        ("balkhash", "named"),
        ("abai", "named"),
    }


def test_the_atlas_has_the_cases_that_these_tests_are_about() -> None:
    assert loose_deposits("zhanaozen", RADIUS_KM) == AROUND_ZHANAOZEN
    assert SATELLITES in set(unmeasured("gas_construction").ids)
    assert len(unmeasured("deposits").ids) == 32


@pytest.mark.parametrize("town", ["zhanaozen", "kulsary", "ekibastuz", "karazhal", "ridder"])
def test_a_passport_lists_deposits_without_an_accuracy_and_counts_them_as_possible(town: str) -> None:
    made = passport(town, "en", RADIUS_KM)
    wanted = loose_deposits(town, RADIUS_KM)
    listed = {one.id: one for one in made.sheet.neighbours["deposits"]}
    told = {key for key, one in listed.items() if one.relation.basis == "no_accuracy"}
    assert told == wanted
    count = made.sheet.counts["deposits"]
    assert count.high == len(listed)
    assert count.high - count.low >= len(wanted)
    for key in wanted:
        (row,) = [row for row in made.sections[AROUND].rows if row[1].text.startswith(listed[key].name)]
        assert row[2].text == "not measured"
        assert (row[3].number, row[4].number) == (None, None)
    gaps = " ".join(row[0].text for row in made.sections[UNKNOWN].rows)
    assert all(listed[key].name in gaps for key in wanted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentences_give_the_count_of_deposits_as_a_range(language: str) -> None:
    told = sentences(passport("zhanaozen", language, RADIUS_KM))
    assert any(say(language, "passport_count", low="1", high="6") in sentence for sentence in told)


def test_the_panel_of_a_town_and_its_list_name_the_same_deposits() -> None:
    panel = nearby(layer_spec("towns"), "zhanaozen", "en", RADIUS_KM)["deposits"]
    listed = surroundings(View(selected=Selection("towns", "zhanaozen"), radius_km=RADIUS_KM)).frame
    ids = set(listed.loc[listed["layer"] == "deposits", "id"])
    assert {one.id for one in panel.rows} == ids >= AROUND_ZHANAOZEN
    loose = listed[listed["id"].isin(AROUND_ZHANAOZEN)]
    assert {*loose["basis"]} == {"no_accuracy"}
    assert {*loose["method"]} == {"not_measured"}
    assert loose["distance_km"].isna().all()
    assert loose["lon"].notna().all()  # where it is published
    sure = nearby(layer_spec("towns"), "zhanaozen", "en", RADIUS_KM, sure=True)["deposits"]
    assert not {one.id for one in sure.rows} & AROUND_ZHANAOZEN


@pytest.mark.parametrize("town", ["temirtau", "shakhtinsk", "saran", "abai"])
def test_a_line_without_a_route_stands_before_the_nearest_one_in_the_passports_of_its_towns(town: str) -> None:
    made = passport(town, "en", RADIUS_KM)
    title = layer_spec("gas_construction").title["en"]
    first, second = [row for row in made.sections[LINES].rows if row[0].text == title]
    assert "Distribution from Saryarka" in first[1].text
    assert first[1].sources
    assert (first[2].text, first[3].number, first[4].number) == ("not measured", None, None)
    assert "Shakhtinsk" in first[5].text
    assert second[3].number is not None
    told = " ".join(sentences(made))
    assert f"{title}, may be nearer: Distribution from Saryarka" in told
    assert "Distribution from Saryarka" in " ".join(row[0].text for row in made.sections[UNKNOWN].rows)


def test_a_line_that_names_far_towns_is_not_told_of_but_one_that_names_none_always_is() -> None:
    found = passport("zhanaozen", "en", RADIUS_KM).sheet.unmeasured
    assert "gas_construction" not in found  # the nearest measured one is 7 km away at most
    assert {"esil-astana", "aktobe-kostanay"} <= {one.id for one in found["gas_planned"] if not one.tied}
    for town in layer("towns").frame["id"]:
        names = {one.id for one in passport(town, "en", RADIUS_KM).sheet.unmeasured["gas_planned"]}
        assert {"esil-astana", "aktobe-kostanay"} <= names, town


def test_a_line_that_may_be_nearer_opens_the_range_of_a_comparison() -> None:
    row = row_of("gas_construction_km", "zhanaozen", "shakhtinsk")
    assert row.code == OVERLAP
    near, far = row.cells
    assert (near.low, near.high) != (0.0, far.high)
    assert far.low == 0.0
    assert far.value is not None
    assert far.high is not None
    assert 0 < far.value < far.high
    assert "Distribution from Saryarka" in far.words
    assert "inkaraganda-satellites-2026-02" in far.sources


def test_a_comparison_calls_none_least_or_most_where_deposits_are_not_measured() -> None:
    row = row_of("deposits_within", "zhanaozen", "ridder")
    first = row.cells[0]
    assert (first.low, first.high) == (1, 6)
    assert row.code == OVERLAP
    assert row_of("deposits_within", "abai", "satpayev").code == LEAST_MOST  # all measured


def test_what_has_no_place_at_all_is_one_more_anywhere() -> None:
    lost = int(unmeasured("prospecting_areas").anywhere.sum())
    row = row_of("prospecting_areas_within", "zhanaozen", "arkalyk")
    sheet = passport("zhanaozen", "en", RADIUS_KM).sheet
    assert lost > 0
    assert sheet.counts["prospecting_areas"].nowhere == lost
    assert row.cells[0].high == sheet.counts["prospecting_areas"].high + lost
    assert f"{lost} more without a published position" in row.cells[0].words


def test_a_screening_opens_the_ranges_and_names_what_may_count() -> None:
    found = screened(Screening(profile="gas_ready"), False)
    column = [part.criterion for part in found.parts_of].index("gas_coming")
    raw = found.raw[column]
    assert {key for _, key in raw.anywhere} == {"esil-astana", "aktobe-kostanay"}
    assert (raw.low == 0.0).all()  # any of those two may be the nearest to any town
    assert (raw.best <= raw.high).all()
    at = found.ids.index("shakhtinsk")
    assert ("gas_construction", SATELLITES) in raw.besides[at]
    assert raw.best[at] > 100  # a line that is not measured is not taken as near
    row = next(row for row in words.rows(found, "en") if row.id == "shakhtinsk")
    assert "Distribution from Saryarka" in row.unknown
    assert any("Esil (Russian border)-Astana" in note for note in notes(found, "en"))


def test_a_count_of_deposits_includes_the_unmeasured_at_its_high_end_only() -> None:
    found = screened(Screening(profile="exploration_upside", source="towns"), False)
    column = [part.criterion for part in found.parts_of].index("deposits_50")
    raw = found.raw[column]
    for at, town in enumerate(found.ids):
        loose = loose_deposits(town, 50)
        assert {key for _, key in raw.besides[at]} == loose, town
        assert raw.high[at] >= raw.best[at] + len(loose)
    assert raw.high[found.ids.index("zhanaozen")] >= 4


def test_a_filter_keeps_as_possible_what_an_unmeasured_target_may_meet(extra: Extra) -> None:
    """A town whose people are counted twice meets a bound between the two counts only possibly."""
    between = Need(TOWN, km=10, people=8500)
    found = screened(Screening(profile="gas_ready", needs=(between,)), False)
    at = found.every.ids.index("serebryansk")
    counts = layer("population").frame.query("town_id == 'serebryansk' and scope == 'town' and year == 2020")
    assert min(counts["population"]) < between.people < max(counts["population"])
    assert found.sieve.kept[at]
    assert found.sieve.doubtful[at]
    assert not screened(Screening(profile="gas_ready", needs=(between,)), True).sieve.kept[at]


def test_the_nearest_of_several_that_may_be_it_takes_the_range_of_all() -> None:
    """From Balkhash several operating lines overlap: the nearest lies between the least of their ends."""
    own, at = oracle.off_km("towns", "balkhash") or 0.0, oracle.towns()["balkhash"]
    ends = []
    for one in oracle.rows("gas_operating"):
        km, off = oracle.km("gas_operating", one["id"], *at), (oracle.off_km("gas_operating", one["id"]) or 0.0) + own
        ends.append((km - off, km + off))
    row = row_of("gas_operating_km", "balkhash", "ridder")
    first = row.cells[0]
    assert first.low == pytest.approx(min(low for low, _ in ends), abs=0.01)
    assert first.high == pytest.approx(min(high for _, high in ends), abs=0.01)
    which = row_of("gas_operating", "balkhash", "ridder")
    assert "Saryarka, stage 1" in which.cells[0].words
    assert which.code == OVERLAP


@pytest.mark.parametrize(
    ("town", "state", "other"), [("rudny", "planned", "stage 2"), ("kulsary", "construction", "line II")]
)
def test_a_measured_line_that_may_be_nearer_is_named_whatever_its_state(town: str, state: str, other: str) -> None:
    made = passport(town, "en", 50)
    assert any(other in one.name for one in made.sheet.rivals[f"gas_{state}"])
    assert other in " ".join(row[0].text for row in made.sections[UNKNOWN].rows)


def test_a_town_surely_is_within_any_radius_of_itself() -> None:
    reached = passport("tekeli", "en", 10).sheet.reached
    assert reached is not None
    assert (reached.low, reached.towns.low) == (27_895, 1)


# What is known by its town alone, or by a point without an accuracy


def plant_km(town: str, *, fuel: bool = False) -> float:
    """The nearest existing plant with a position of a known accuracy, measured by pyproj."""
    at, rows = layer("towns").frame.set_index("id").geometry[town], layer("plants").frame
    rows = rows[rows["accuracy_km"].notna() & (rows["modernisation_status"] != "new_project")]
    rows = rows[~rows["fuel"].isin(["hydro", "wind"])] if fuel else rows
    return min(GEOD.inv([at.x] * len(rows), [at.y] * len(rows), rows.geometry.x, rows.geometry.y)[2]) / 1000


def test_a_plant_known_by_its_town_alone_adds_no_points_but_is_named() -> None:
    found = screened(Screening(profile="gas_ready"), False)
    column = [part.criterion for part in found.parts_of].index("plant_fuel")
    raw = found.raw[column]
    for at, town in enumerate(found.ids):
        assert raw.best[at] == pytest.approx(plant_km(town, fuel=True), abs=0.01), town
        assert raw.high[at] >= raw.best[at] >= raw.low[at]
    told = {row.id: row.unknown for row in words.rows(found, "en")}
    rudny = found.ids.index("rudny")
    assert found.parts[rudny, column] == 0
    assert raw.low[rudny] == 0  # it may be next door: the interval is as wide as that
    assert "Rudny CHP" in told["rudny"]
    assert "Zhanaozen hybrid" not in told["zhanaozen"]  # a project
    assert "wind farm" not in told["zhanatas"]  # nothing that gas would replace
    assert found.parts[found.ids.index("balkhash"), column] == 1


def test_a_plant_of_water_gives_power_but_burns_nothing() -> None:
    power = screened(Screening(profile="heavy_industry", source="towns"), False)
    column = [part.criterion for part in power.parts_of].index("plant")
    at = power.ids.index("serebryansk")
    assert power.raw[column].best[at] == pytest.approx(plant_km("serebryansk"), abs=0.01)
    assert plant_km("serebryansk") < 10 < plant_km("serebryansk", fuel=True)


def test_the_filter_for_plants_asks_for_existing_ones() -> None:
    found = screened(Screening(profile="gas_ready", needs=(Need(PLANT, km=20),)), False)
    kept = dict(zip(found.every.ids, found.sieve.kept, strict=True))
    assert (kept["zhanaozen"], kept["kurchatov"]) == (False, False)  # projects alone
    assert (kept["rudny"], kept["balkhash"]) == (True, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_point_without_an_accuracy_is_never_called_unknown(language: str) -> None:
    sheet = site_sheet(Selection("plants", "temirtau_chp2"), language, 50)
    assert sheet.position.kind == NO_ACCURACY_OF_SITE
    gaps = [one.words for one in sheet.unknown]
    assert say(language, "site_unknown_accuracy") in gaps
    assert say(language, "site_unknown_position") not in gaps
    around = passport("temirtau", language, RADIUS_KM).sheet.neighbours["plants"]
    (plant,) = [one for one in around if one.id == "temirtau_chp2"]
    assert plant.relation.reach == say(language, "reach_not_measured")
    assert plant.relation.why == say(language, "basis_no_accuracy")
    areas = screened(Screening(profile="exploration_upside"), False)
    told = {row.id: row.position for row in words.rows(areas, language)}
    assert told["revnyushinsky-kazzinc"] == say(language, "basis_no_accuracy")


def test_beside_a_plant_known_by_its_town_stands_the_nearest_measured_one_and_those_of_that_town() -> None:
    sheet = passport("ekibastuz", "en", RADIUS_KM).sheet
    assert sheet.plant is not None
    assert sheet.plant.km is None
    assert {one.id for one in sheet.rivals["plants"]} == {"ekibastuz_gres1", "ekibastuz_gres3"}
    cell = row_of("plant", "ekibastuz", "ridder").cells[0]
    assert "Ekibastuz GRES-1" in cell.words
    assert cell.loose


def test_a_few_rows_without_a_place_are_named_and_many_are_counted() -> None:
    told = [one.words for one in passport("saran", "en", 20).sheet.unknown]
    (zones,) = [one for one in told if one.startswith("Industrial zones:")]
    assert "1 more without a published position: SEZ Pavlodar" in zones
    (areas,) = [one for one in told if one.startswith("Prospecting and exploration areas:")]
    assert "Akbulak" not in areas
    assert "may be here" not in f"{zones}{areas}"
