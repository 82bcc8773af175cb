"""Joins: hand-drawn answers and brute force; real files are in test_join_files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString, Point, Polygon, box

from geo.distance import pairwise_km
from geo.errors import GeoError
from geo.join import nearest, within
from geo.ranges import ranges, verdict

GEOD = Geod(ellps="WGS84")


def geo(geometries: dict[Any, Any]) -> gpd.GeoSeries:
    """A GeoSeries in WGS 84 from label: geometry."""
    return gpd.GeoSeries(list(geometries.values()), index=list(geometries), crs=4326)


def rows(frame: pd.DataFrame) -> list[tuple[Any, Any]]:
    """The labels of the pairs in order."""
    return list(zip(frame["left"], frame["right"], strict=True))


LEFT = geo({"b": Point(66, 49), "a": Point(70, 49), "none": None, "empty": Polygon()})
RIGHT = geo(
    {
        30: Point(66.5, 49),
        10: box(65.9, 48.9, 66.1, 49.1),
        20: Point(65.5, 49),
        5: None,
        40: LineString([(70, 49.5), (71, 49.5)]),
        7: Point(),
    }
)


def test_within_by_hand_in_canonical_order() -> None:
    found = within(LEFT, RIGHT, 60)
    assert list(found.columns) == ["left", "right", "distance_km"]
    assert rows(found) == [("b", 10), ("b", 30), ("b", 20), ("a", 40)]
    assert found["distance_km"].iloc[0] == 0
    assert found["distance_km"].iloc[1] == found["distance_km"].iloc[2] == GEOD.inv(66, 49, 66.5, 49)[2] / 1000
    assert list(found.index) == [0, 1, 2, 3]


def test_inputs_are_not_changed() -> None:
    left, right = LEFT.copy(), RIGHT.copy()
    within(LEFT, RIGHT, 60)
    nearest(LEFT, RIGHT)
    assert LEFT.equals(left)
    assert RIGHT.equals(right)
    assert list(LEFT.index) == ["b", "a", "none", "empty"]


def test_nearest_breaks_ties_by_right_order_and_gives_exactly_k() -> None:
    assert rows(nearest(LEFT, RIGHT)) == [("b", 10), ("a", 40)]
    assert rows(nearest(LEFT, RIGHT, 2)) == [("b", 10), ("b", 30), ("a", 40), ("a", 30)]
    turned = RIGHT[::-1]
    assert rows(nearest(LEFT, turned, 2))[:2] == [("b", 10), ("b", 20)]
    same = geo({n: Point(66.5, 49) for n in (9, 3, 6, 1)})
    assert rows(nearest(LEFT[:1], same, 3)) == [("b", 9), ("b", 3), ("b", 6)]


def test_nearest_within_a_radius_and_with_more_asked_than_there_are() -> None:
    assert rows(nearest(LEFT, RIGHT, 9, max_km=40)) == [("b", 10), ("b", 30), ("b", 20)]
    assert len(nearest(LEFT, RIGHT, 9)) == 8
    assert rows(nearest(LEFT, RIGHT, 1, max_km=0)) == [("b", 10)]


def test_threshold_is_inclusive_to_the_last_bit() -> None:
    distance = GEOD.inv(66, 49, 66.5, 49)[2] / 1000
    assert rows(within(LEFT[:1], RIGHT, distance)) == [("b", 10), ("b", 30), ("b", 20)]
    assert rows(within(LEFT[:1], RIGHT, np.nextafter(distance, 0))) == [("b", 10)]
    assert len(nearest(LEFT[:1], RIGHT, 9, max_km=distance)) == 3
    for right, distance in within(LEFT, RIGHT, 500)[["right", "distance_km"]].itertuples(index=False):
        assert right in list(within(LEFT, RIGHT, distance)["right"])


@pytest.mark.parametrize("join", [lambda a, b: within(a, b, 100), lambda a, b: nearest(a, b, 3)])
def test_nothing_matches_nothing(join: Callable[[Any, Any], pd.DataFrame]) -> None:
    none = gpd.GeoSeries([], crs=4326)
    for left, right in ((none, RIGHT), (LEFT, none), (none, none), (LEFT[2:], RIGHT), (LEFT, RIGHT[[5, 7]])):
        found = join(left, right)
        assert list(found.columns) == ["left", "right", "distance_km"]
        assert len(found) == 0


def test_frames_arrays_and_other_indexes() -> None:
    frame = RIGHT.rename("shape").to_frame().assign(x=1)
    assert rows(within(LEFT, frame, 60)) == rows(within(LEFT, RIGHT, 60))
    assert rows(within(LEFT.to_numpy(), list(RIGHT), 60)) == [(0, 1), (0, 0), (0, 2), (1, 4)]
    many = LEFT.set_axis(pd.MultiIndex.from_product([["u"], LEFT.index]))
    assert within(many, RIGHT, 60)["left"].iloc[0] == ("u", "b")
    height = gpd.GeoSeries([Point(66, 49, 100)], crs=4979)
    assert len(within(height, RIGHT, 60)) == 3


def test_faults_are_named() -> None:
    with pytest.raises(GeoError, match=r"left input is in WGS 84 / Pseudo-Mercator \(EPSG:3857\)"):
        within(LEFT.to_crs(3857), RIGHT, 1)
    with pytest.raises(GeoError, match="right input is in Pulkovo 1942"):
        nearest(LEFT, RIGHT.to_crs(4284))
    with pytest.raises(GeoError, match="right input has no coordinate reference system"):
        within(LEFT, gpd.GeoSeries(list(RIGHT)), 1)
    with pytest.raises(GeoError, match="label 'b' more than once"):
        within(pd.concat([LEFT, LEFT]), RIGHT, 1)
    with pytest.raises(GeoError, match="radius is -1"):
        within(LEFT, RIGHT, -1)
    with pytest.raises(GeoError, match="radius is nan"):
        nearest(LEFT, RIGHT, 1, float("nan"))
    with pytest.raises(GeoError, match="number of nearest features is 0"):
        nearest(LEFT, RIGHT, 0)
    with pytest.raises(GeoError, match="degrees"):
        within(LEFT, gpd.GeoSeries([Point(7e6, 5e6)], crs=4326), 1)


POSITION = st.tuples(st.integers(-179, 179), st.integers(-89, 89))
SHAPE = st.one_of(
    st.none(),
    POSITION.map(Point),
    st.tuples(POSITION, st.integers(1, 9)).map(lambda a: Point(a[0]).buffer(min(a[1], 90 - abs(a[0][1])) / 9, 2)),
    st.lists(POSITION, min_size=2, max_size=3, unique=True).map(LineString),
)


@settings(max_examples=60, deadline=None)
@given(
    left=st.lists(SHAPE, max_size=6),
    right=st.lists(SHAPE, max_size=8),
    max_km=st.sampled_from([0.0, 50.0, 500.0, 5000.0, 19900.0, 20004.0]),
    k=st.integers(1, 4),
)
def test_joins_are_what_all_pairs_give(left: list[Any], right: list[Any], max_km: float, k: int) -> None:
    """Anywhere on earth the filter loses nothing and adds nothing."""
    every = [(i, j) for i in range(len(left)) for j in range(len(right))]
    distance = pairwise_km([left[i] for i, _ in every], [right[j] for _, j in every])
    table = pd.DataFrame(every, columns=["left", "right"]).assign(distance_km=distance).dropna()
    table = table.sort_values(["left", "distance_km", "right"], ignore_index=True)
    pd.testing.assert_frame_equal(
        within(left, right, max_km),
        table[table["distance_km"] <= max_km].reset_index(drop=True),
        check_dtype=False,
    )
    best = table.groupby("left").head(k)
    for limit in (None, max_km):
        expected = best if limit is None else best[best["distance_km"] <= limit]
        pd.testing.assert_frame_equal(
            nearest(left, right, k, limit), expected.reset_index(drop=True), check_dtype=False
        )


def test_ranges() -> None:
    least, most = ranges([10, 1, 5, np.nan], [2, 2, np.nan, 0], [0.5, 0.5, 0.5, 0])
    np.testing.assert_array_equal(least, [7.5, 0, np.nan, np.nan])
    np.testing.assert_array_equal(most, [12.5, 3.5, np.nan, np.nan])
    with pytest.raises(GeoError, match="accuracy is negative"):
        ranges(1, -1, 0)


def test_verdict() -> None:
    assert list(verdict([1, 1, 3, 2, np.nan], [2, 3, 4, 2, np.nan], 2)) == [
        "yes",
        "possibly",
        "no",
        "yes",
        "possibly",
    ]
    assert verdict(1, 2, [0.5, 1.5, 2.5]).tolist() == ["no", "possibly", "yes"]


@settings(max_examples=100)
@given(*[st.floats(0, 1000) for _ in range(4)])
def test_without_doubt_the_verdict_is_the_threshold(distance: float, a: float, b: float, limit: float) -> None:
    least, most = ranges(distance, 0, 0)
    assert verdict(least, most, limit) == ("yes" if distance <= limit else "no")
    least, most = ranges(distance, a, b)
    assert least <= distance <= most
    assert verdict(least, most, limit) in ("possibly", "yes" if distance <= limit else "no")
