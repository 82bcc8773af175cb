"""Joins: hand-drawn answers, brute force, and real files against the slow measure."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
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
from geo.join import nearest, ranges, verdict, within

GEOD = Geod(ellps="WGS84")
Oracle = Callable[[Any, Any], float]
TOWNS = {
    "stepnogorsk": (71.8855, 52.3501),
    "khromtau": (58.4382, 50.2503),
    "kulsary": (54.0141, 46.9587),
    "altai": (84.2745, 49.7254),
    "ridder": (83.5127, 50.3441),
    "kurchatov": (78.5426, 50.7560),
    "zhanatas": (69.7500, 43.5667),
    "aksai": (53.0100, 51.1700),
    "balkhash": (74.9950, 46.8481),
    "zhezkazgan": (67.7136, 47.7833),
    "saran": (72.8422, 49.8008),
    "temirtau": (72.9588, 50.0549),
    "arkalyk": (66.9114, 50.2486),
    "rudny": (63.1168, 52.9729),
    "zhanaozen": (52.8600, 43.3400),
    "ekibastuz": (75.3217, 51.7237),
    "kentau": (68.5047, 43.5169),
    "tekeli": (78.7600, 44.8300),
}


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


def test_towns_and_deposits_take_no_time() -> None:
    rng = np.random.default_rng(1)
    deposits = gpd.GeoSeries(gpd.points_from_xy(rng.uniform(47, 87, 408), rng.uniform(41, 55, 408)), crs=4326)
    towns = geo({name: Point(at) for name, at in TOWNS.items()})
    begin = time.perf_counter()
    within(towns, deposits, 200)
    nearest(towns, deposits, 5)
    assert time.perf_counter() - begin < 2


FILES = [
    "kazakhstan_outline_10m_geometry.json",
    "kazakhstan_admin1_pre2018.geojson",
    "gem_pipelines_kazakhstan_and_neighbours.geojson",
    "gas_routes_traced.geojson",
    "mining_contract_areas.geojson",
    "gem_coal_mine_boundaries.geojson",
    "wri_raw_kazakhstan.csv",
]


def read(path: Path) -> gpd.GeoSeries:
    """Geometries of a real file; a table gives points, most of them missing."""
    if path.suffix != ".csv":
        return gpd.read_file(path, columns=[]).geometry
    table = pd.read_csv(path)
    there = table["Latitude"].notna() & table["Longitude"].notna()
    points = [
        Point(lon, lat) if known else None
        for lon, lat, known in zip(table["Longitude"], table["Latitude"], there, strict=True)
    ]
    return gpd.GeoSeries(points, crs=4326)


@pytest.mark.filterwarnings("ignore:Several features with id:RuntimeWarning")
@pytest.mark.parametrize("name", FILES)
def test_real_files_agree_with_the_oracle(reference: Path, oracle_km: Oracle, name: str) -> None:
    towns = geo({town: Point(at) for town, at in TOWNS.items()})
    right = read(reference / name)
    begin = time.perf_counter()
    near, close = nearest(towns, right, 2), within(towns, right, 100)
    assert time.perf_counter() - begin < 10
    there = int((right.notna() & ~right.is_empty).sum())
    assert (near.groupby("left").size() == min(2, there)).all()
    assert near["left"].nunique() == len(towns)
    chosen = pd.concat([near, close]).drop_duplicates(["left", "right"])
    chosen = chosen.sample(min(12, len(chosen)), random_state=2)
    for left, label, distance in chosen.itertuples(index=False):
        assert abs(distance - oracle_km(towns[left], right[label])) <= 0.001
    every = [(town, label) for town in towns.index for label in right.index]
    every = [every[n] for n in np.random.default_rng(3).permutation(len(every))[:2000]]
    distance = pairwise_km([towns[town] for town, _ in every], [right[label] for _, label in every])
    expected = {pair for pair, km in zip(every, distance, strict=True) if km <= 100}
    assert set(rows(close)) & set(every) == expected
