"""Relations of hand-made layers on the equator, where one degree of longitude is 111.3195 km on WGS 84."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from layers.relate import layer, ordered, pairs_nearest, pairs_within, reached, side, side_of_layer

if TYPE_CHECKING:
    from tests.conftest import Extra

GEOD = Geod(ellps="WGS84")
DEGREE_KM = 111.31949079
POINT = {"id": 'type = "text"', "lon": 'type = "lon"', "lat": 'type = "lat"'}
TOWN = POINT | {"accuracy_km": 'type = "number"', "people": 'type = "integer"'}
ZONE = POINT | {"accuracy_km": 'type = "number"', "town": 'type = "ref"\nref = "camps"'}
PLACED = 'type = "point"\nlon = "lon"\nlat = "lat"'
MEASURED = PLACED + '\naccuracy = "accuracy_km"'
AT_TOWN = MEASURED + '\ntown = "town"'
LINE = {"id": 'type = "text"', "shape": 'type = "text"', "accuracy_km": 'type = "number"'}


def near(extra: Extra, left: str, right: str, max_km: float, lines: str = "") -> pd.DataFrame:
    """The relation of two layers, declared in the catalogue as a user would."""
    name = extra.derived(f"{left}_{right}", [left, right], "near", f"max_km = {max_km!r}\n{lines}")
    return layer(name).frame


def camps(extra: Extra, *rows: str) -> str:
    """Towns with a position, an accuracy and people."""
    return extra.layer("camps", "\n".join(["id,lon,lat,accuracy_km,people", *rows]), TOWN, MEASURED)


def zones(extra: Extra, *rows: str) -> str:
    """Zones of which some have only a town."""
    return extra.layer("zones", "\n".join(["id,lon,lat,accuracy_km,town", *rows]), ZONE, AT_TOWN)


def springs(extra: Extra, *rows: str) -> str:
    """Points without any accuracy declared."""
    return extra.layer("springs", "\n".join(["id,lon,lat", *rows]), POINT, PLACED)


def test_a_degree_on_the_equator_is_what_the_ellipsoid_says(extra: Extra) -> None:
    assert pytest.approx(np.radians(1) * 6378.137, abs=1e-6) == DEGREE_KM
    (row,) = near(extra, camps(extra, "a,0,0,0,1"), springs(extra, "s,1,0"), 200).to_dict("records")
    assert row["distance_km"] == pytest.approx(DEGREE_KM, abs=1e-6)
    assert (row["basis"], row["method"], row["via"]) == ("computed", "geodesic_wgs84", "")


def test_a_distance_along_a_meridian_is_that_of_pyproj(extra: Extra) -> None:
    (row,) = near(extra, camps(extra, "a,70,45,0,1"), springs(extra, "s,70,46"), 200).to_dict("records")
    assert row["distance_km"] == pytest.approx(GEOD.inv(70, 45, 70, 46)[2] / 1000, abs=1e-6)


def test_the_threshold_is_included(extra: Extra) -> None:
    left, right = (side(layer(name)) for name in (camps(extra, "a,0,0,0,1"), springs(extra, "s,1,0")))
    exact = GEOD.inv(0, 0, 1, 0)[2] / 1000
    assert len(pairs_within(left, right, exact)) == 1
    assert len(pairs_within(left, right, exact - 1e-6)) == 0


def test_the_nearest_comes_even_from_beyond_the_radius_and_only_it(extra: Extra) -> None:
    found = near(extra, camps(extra, "a,0,0,0,1"), springs(extra, "far,5,0", "farther,6,0"), 100)
    assert [*found["right"]] == ["far"]


def test_within_the_radius_all_come_nearest_first_ranked_from_one(extra: Extra) -> None:
    found = near(extra, camps(extra, "a,0,0,0,1"), springs(extra, "two,0.2,0", "one,0.1,0", "three,-0.3,0"), 100)
    assert [*found["right"]] == ["one", "two", "three"]
    assert [*found["rank"]] == [1, 2, 3]


def test_of_two_equally_near_the_one_listed_first_is_the_nearest(extra: Extra) -> None:
    left = side(layer(camps(extra, "a,0,0,0,1")))
    for first, second in (("east,3,0", "west,-3,0"), ("west,-3,0", "east,3,0")):
        found = pairs_nearest(left, side(layer(springs(extra, first, second))), 1)
        assert [*found["right"]] == [first.partition(",")[0]]


def test_an_empty_layer_relates_to_nothing_in_either_direction(extra: Extra) -> None:
    left, right = camps(extra, "a,0,0,0,1"), springs(extra)
    assert len(near(extra, left, right, 100)) == 0
    assert len(near(extra, right, left, 100)) == 0


def test_the_range_is_the_distance_give_and_take_both_accuracies(extra: Extra) -> None:
    (row,) = near(extra, camps(extra, "a,0,0,5,1"), zones(extra, "z,1,0,7,"), 200).to_dict("records")
    assert row["distance_min_km"] == pytest.approx(DEGREE_KM - 12, abs=1e-6)
    assert row["distance_max_km"] == pytest.approx(DEGREE_KM + 12, abs=1e-6)


def test_the_least_distance_is_never_below_nothing(extra: Extra) -> None:
    (row,) = near(extra, camps(extra, "a,0,0,5,1"), zones(extra, "z,0.1,0,7,"), 200).to_dict("records")
    assert row["distance_min_km"] == 0
    assert row["distance_max_km"] == pytest.approx(DEGREE_KM / 10 + 12, abs=1e-6)


def test_a_position_of_unknown_accuracy_takes_no_part_in_a_computed_distance(extra: Extra) -> None:
    found = near(extra, camps(extra, "a,0,0,1,1"), zones(extra, "close,0.1,0,,", "known,1,0,2,"), 200)
    assert [*found["right"]] == ["known"]


def test_a_row_with_only_a_town_has_that_towns_relations_and_no_distance(extra: Extra) -> None:
    towns = camps(extra, "a,0,0,1,1", "b,1,0,1,1", "c,9,0,1,1")
    found = near(extra, zones(extra, "z,,,,a", "y,0,0,3,"), towns, 150)
    mine = found[found["left"] == "z"]
    placed = found[found["left"] == "y"]  # stands where town a is, so it has the same neighbours
    assert sorted(mine["right"]) == sorted(placed["right"]) == ["a", "b"]
    assert {*mine["basis"]} == {"via_town"}
    assert {*mine["via"]} == {"a"}
    assert mine[["distance_km", "distance_min_km", "distance_max_km", "rank"]].isna().all(axis=None)
    assert sorted(mine["via_km"]) == pytest.approx([0, DEGREE_KM], abs=1e-6)


def test_no_town_stands_in_for_a_place_that_is_published_without_an_accuracy(extra: Extra) -> None:
    assert len(near(extra, camps(extra, "a,0,0,1,1"), zones(extra, "z,0.5,0,,a"), 150)) == 0


def test_a_row_without_place_or_town_relates_to_nothing(extra: Extra) -> None:
    assert len(near(extra, zones(extra, "z,,,,"), camps(extra, "a,0,0,1,1"), 150)) == 0


def test_the_nearest_without_a_position_is_found_through_its_town_and_has_no_distance(extra: Extra) -> None:
    """Camp b lies 9 degrees of the equator, 1001.9 km, from camp a, at which z is somewhere."""
    towns = camps(extra, "a,0,0,1,1", "b,9,0,1,1")
    found = near(extra, towns, zones(extra, "z,,,,a"), 100)
    assert [(row.left, row.right, row.basis, row.via) for row in found.itertuples()] == [
        ("a", "z", "via_town", "a"),
        ("b", "z", "via_town", "a"),
    ]
    assert found[["distance_km", "distance_min_km", "distance_max_km", "rank"]].isna().all(axis=None)
    assert [round(km, 1) for km in found["via_km"]] == [0.0, 1001.9]


@pytest.mark.parametrize("direction", [("camps", "lines"), ("lines", "camps")])
def test_stated_pairs_follow_the_source_whatever_the_distance(extra: Extra, direction: tuple[str, str]) -> None:
    camps(extra, "a,0,0,1,1", "b,9,0,1,1")
    columns = LINE | {"serves": 'type = "refs"\nref = "camps"'}
    rows = 'id,shape,accuracy_km,serves\nq,"LINESTRING (0 1, 1 1)",2,b;a\np,"LINESTRING (0 2, 1 2)",2,'
    extra.layer("lines", rows, columns, 'type = "line"\nwkt = "shape"\naccuracy = "accuracy_km"')
    found = near(extra, *direction, 150, 'stated = "serves"')
    stated = found[found["basis"] == "stated"]
    pairs = {frozenset(pair) for pair in zip(stated["left"], stated["right"], strict=True)}
    assert pairs == {frozenset("aq"), frozenset("bq")}
    assert stated[["distance_km", "via_km", "rank"]].isna().all(axis=None)
    computed = found[found["basis"] == "computed"]
    assert len(computed) == 2  # each left's nearest; both camps' or both lines' own


def test_pairs_come_by_left_then_distance_then_right_and_without_distance_last(extra: Extra) -> None:
    left = camps(extra, "b,0,0,1,1", "a,0.01,0,1,1")
    right = zones(extra, "town-only,,,,b", "far,0.5,0,1,", "tie-one,0,0.2,1,", "tie-two,0,-0.2,1,")
    found = near(extra, left, right, 150)
    assert [*found["left"]] == ["b"] * 4 + ["a"] * 4
    assert [*found["right"]] == ["tie-one", "tie-two", "far", "town-only"] * 2
    assert [*found["rank"]] == [1, 2, 3, pd.NA] * 2


def test_ordering_does_not_depend_on_the_order_in_which_pairs_were_found(extra: Extra) -> None:
    left, right = camps(extra, "a,0,0,1,1", "b,1,0,1,1"), springs(extra, "s,0.5,0", "t,0.2,0", "u,2,0")
    pairs = pairs_within(side(layer(left)), side(layer(right)), 500)
    shuffled = pairs.sample(frac=1, random_state=7)
    pd.testing.assert_frame_equal(ordered(shuffled), ordered(pairs))


def test_relating_changes_neither_layer(extra: Extra) -> None:
    left, right = layer(camps(extra, "a,0,0,1,1")), layer(zones(extra, "z,,,,a"))
    before = left.frame.copy(deep=True), right.frame.copy(deep=True)
    near(extra, "camps", "zones", 150)
    pd.testing.assert_frame_equal(left.frame, before[0])
    pd.testing.assert_frame_equal(right.frame, before[1])


def reach(extra: Extra, towns: str, targets: str, radii: tuple[int, ...]) -> list[tuple[int | None, ...]]:
    """Least and greatest numbers of people and of towns, one tuple a radius; None where it is not known."""
    found = reached(layer(towns), layer(targets), "people", radii)
    assert [*found["radius_km"]] == [*radii]
    names = ["people_min", "people_max", "towns_min", "towns_max"]
    return [tuple(None if n is pd.NA else int(n) for n in row) for row in found[names].to_numpy()]


def test_a_town_between_two_lines_is_counted_once(extra: Extra) -> None:
    towns = camps(extra, "between,0,0,0,500", "beyond,0,5,0,70")
    rows = 'id,shape,accuracy_km\nn,"LINESTRING (-1 0.1, 1 0.1)",0\ns,"LINESTRING (-1 -0.1, 1 -0.1)",0'
    extra.layer("lines", rows, LINE, 'type = "line"\nwkt = "shape"\naccuracy = "accuracy_km"')
    assert reach(extra, towns, "lines", (10, 20, 200)) == [(0, 0, 0, 0), (500, 500, 1, 1), (500, 500, 1, 1)]


def test_a_town_that_may_be_within_counts_only_as_possible(extra: Extra) -> None:
    """At 111.3 km, with 1 and 2 km of doubt, it lies between 108.3 and 114.3 km."""
    towns = camps(extra, "a,0,0,1,500", "b,0,0.01,1,20")
    targets = zones(extra, "z,1,0,2,")
    assert reach(extra, towns, targets, (100, 110, 120)) == [(0, 0, 0, 0), (0, 520, 0, 2), (520, 520, 2, 2)]


def test_people_are_not_known_where_a_town_within_reach_tells_no_number(extra: Extra) -> None:
    towns = camps(extra, "a,0,0,0,500", "b,0,1,0,")
    targets = zones(extra, "z,0,0,0,")
    assert reach(extra, towns, targets, (100, 120)) == [(500, 500, 1, 1), (None, None, 2, 2)]


def test_doubt_may_bring_a_town_within_reach_that_lies_outside_by_its_distance(extra: Extra) -> None:
    """At 111.3 km with 30 km of doubt a town may lie within 90 km, beyond every radius asked for."""
    assert reach(extra, camps(extra, "a,0,0,0,5"), zones(extra, "z,1,0,30,"), (80, 90)) == [
        (0, 0, 0, 0),
        (0, 5, 0, 1),
    ]


def test_a_target_without_a_position_reaches_nobody(extra: Extra) -> None:
    towns = camps(extra, "a,0,0,1,500")
    assert reach(extra, towns, zones(extra, "z,,,,a", "y,0,0,,"), (10,)) == [(0, 0, 0, 0)]


def test_no_towns_or_no_targets_reach_nobody(extra: Extra) -> None:
    towns = camps(extra, "a,0,0,1,500")
    assert reach(extra, towns, zones(extra), (10, 200)) == [(0, 0, 0, 0)] * 2
    assert reach(extra, camps(extra), zones(extra, "z,0,0,1,"), (10,)) == [(0, 0, 0, 0)]


def test_an_index_is_made_once_per_content_and_anew_when_the_file_changes(extra: Extra) -> None:
    name = springs(extra, "a,66,49")
    first = side_of_layer(name)
    assert side_of_layer(name) is first
    assert side_of_layer(name).index is first.index
    extra.rows(name, "id,lon,lat\na,67,49")
    assert side_of_layer(name) is not first
    assert side_of_layer(name).index.geometries[0].x == 67
