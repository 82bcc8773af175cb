"""Prepared layers: reuse, classes of size, chunks, uncertain positions, people counted once."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString, Point, Polygon, box

import geo.index
from geo.distance import pairwise_km
from geo.errors import GeoError
from geo.index import Index
from geo.join import nearest, pairs_nearest, pairs_within, served, within
from geo.ranges import ranges, verdict

GEOD = Geod(ellps="WGS84")


def scattered(n: int, seed: int = 1) -> np.ndarray:
    """Points, lines and polygons of very different size about Kazakhstan."""
    rng = np.random.default_rng(seed)
    at = rng.uniform([47, 41], [87, 55], (n, 2))
    size = 10 ** rng.uniform(-3, 0.8, n)
    made = [Point(p) if k % 3 == 0 else Point(p).buffer(s, 4) for k, (p, s) in enumerate(zip(at, size, strict=True))]
    lines = [LineString([p, p + s]) for p, s in zip(at[2::3], size[2::3], strict=True)]
    made[2::3] = lines
    return np.array(made, dtype=object)


@pytest.fixture(params=[3, 500_000], ids=["small chunks", "usual chunks"])
def chunked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Joins whose chunks hold next to nothing, and usual ones."""
    monkeypatch.setattr(geo.index, "CANDIDATES", request.param)
    monkeypatch.setattr(geo.index, "CHUNK", min(request.param, 50_000))


@pytest.mark.usefixtures("chunked")
@pytest.mark.parametrize("max_km", [0.0, 1.0, 50.0, 700.0])
def test_pairs_are_those_of_all_distances_whatever_the_chunks(max_km: float) -> None:
    left, right = scattered(40), scattered(70, 2)
    every = np.array([(i, j) for i in range(40) for j in range(70)])
    km = pairwise_km(left[every[:, 0]], right[every[:, 1]])
    a, b = Index.of(left), Index.of(right)
    i, j = pairs_within(a, b, max_km)
    assert [tuple(pair) for pair in every[km <= max_km]] == list(zip(i, j, strict=True))
    found = within(a, b, max_km)
    assert len(found) == len(i)
    order = np.lexsort((every[:, 1], km, every[:, 0]))
    best = pd.DataFrame(every[order], columns=["left", "right"]).assign(km=km[order]).groupby("left").head(2)
    i, j, away = pairs_nearest(a, b, 2)
    np.testing.assert_array_equal(np.column_stack([i, j]), best[["left", "right"]])
    np.testing.assert_array_equal(away, best["km"])


def test_an_index_is_reused_and_gives_what_its_features_give() -> None:
    left, right = gpd.GeoSeries(scattered(9), index=list("abcdefghi"), crs=4326), scattered(30, 3)
    ready = Index.of(left)
    assert Index.of(ready) is ready
    pd.testing.assert_frame_equal(within(ready, Index.of(right), 300), within(left, right, 300))
    pd.testing.assert_frame_equal(nearest(ready, right, 2), nearest(left, right, 2))


def test_one_large_feature_does_not_widen_the_search_for_small_ones() -> None:
    rng = np.random.default_rng(5)
    small = shapely.points(rng.uniform(47, 87, 5000), rng.uniform(41, 55, 5000))
    right = Index.of(np.append(small, box(47, 41, 87, 55)))
    left = Index.of([Point(66, 49)])
    p, q = zip(*left.close(right, np.array([50_000.0])), strict=True)
    near = pairwise_km([Point(66, 49)] * 5000, small) <= 51
    assert len(np.concatenate(q)) <= near.sum() + 1
    assert len(np.concatenate(p)) == len(np.concatenate(q))


SMALL = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda at: (66 + at[0] / 100, 49 + at[1] / 100))
SHAPE = st.one_of(
    SMALL.map(Point),
    st.lists(SMALL, min_size=2, max_size=4, unique=True).map(LineString),
    st.lists(SMALL, min_size=3, max_size=5, unique=True).map(Polygon),
    st.tuples(SMALL, SMALL).map(lambda at: Polygon([at[0], at[1], at[0]])),
)


@settings(max_examples=150, deadline=None)
@given(left=st.lists(SHAPE, min_size=1, max_size=6), right=st.lists(SHAPE, min_size=1, max_size=6))
def test_touching_is_a_distance_of_nothing(left: list[Any], right: list[Any]) -> None:
    """Straight lines in degrees settle most pairs, and none of them differently from the exact measure."""
    i, j = pairs_within(Index.of(left), Index.of(right), 0)
    every = [(a, b) for a in range(len(left)) for b in range(len(right))]
    km = pairwise_km([left[a] for a, _ in every], [right[b] for _, b in every])
    assert list(zip(i, j, strict=True)) == [pair for pair, away in zip(every, km, strict=True) if away == 0]


def test_sliver_is_left_to_the_exact_measure() -> None:
    polygon = box(66, 49, 66.2, 49.2)
    top = GEOD.npts(66, 49.2, 66.2, 49.2, 1)[0]
    assert top[1] > 49.2 + 1e-6
    inside, outside = Point(66.1, (49.2 + top[1]) / 2), Point(66.1, top[1] + 1e-7)
    for shape in (inside, inside.buffer(1e-8)):
        assert len(pairs_within(Index.of([polygon]), Index.of([shape]), 0)[0]) == 1
    assert len(pairs_within(Index.of([polygon]), Index.of([outside.buffer(1e-8)]), 0)[0]) == 0


def test_uncertain_positions_answer_yes_or_possibly_by_hand() -> None:
    east = [GEOD.fwd(66, 49, 90, km * 1000)[:2] for km in (10, 48, 52, 60, 80, 45)]
    right = Index.of([Point(at) for at in east], accuracy_km=[1, 3, 3, 12, 20, np.nan])
    found = within(Index.of([Point(66, 49)], accuracy_km=1), right, 50)
    assert list(found.columns) == ["left", "right", "distance_km", "distance_min_km", "distance_max_km", "within"]
    assert list(zip(found["right"], found["within"], strict=True)) == [
        (0, "yes"),
        (5, "possibly"),
        (1, "possibly"),
        (2, "possibly"),
        (3, "possibly"),
    ]
    np.testing.assert_allclose(found["distance_min_km"], [8, np.nan, 44, 48, 47], atol=1e-6)
    np.testing.assert_allclose(found["distance_max_km"], [12, np.nan, 52, 56, 73], atol=1e-6)
    plain = within([Point(66, 49)], right, 50)
    assert list(plain["right"]) == [0, 5, 1, 2, 3]
    assert list(plain["within"]) == ["yes", "possibly", "possibly", "possibly", "possibly"]


@settings(max_examples=100, deadline=None)
@given(
    accuracy=st.lists(st.one_of(st.floats(0, 200), st.just(float("nan"))), min_size=8, max_size=8),
    max_km=st.floats(0, 400),
)
def test_uncertain_joins_lose_nothing(accuracy: list[float], max_km: float) -> None:
    left, right = scattered(3, 6), scattered(5, 7)
    a, b = Index.of(left, accuracy_km=accuracy[:3]), Index.of(right, accuracy_km=accuracy[3:])
    found = within(a, b, max_km)
    km = {(i, j): float(pairwise_km([left[i]], [right[j]])[0]) for i in range(3) for j in range(5)}
    doubt = {(i, j): np.nan_to_num(accuracy[i]) + np.nan_to_num(accuracy[3 + j]) for i, j in km}
    sure = {pair for pair in km if km[pair] + doubt[pair] <= max_km}
    sure = {(i, j) for i, j in sure if not np.isnan(accuracy[i] + accuracy[3 + j])}
    assert {(i, j) for i, j in zip(found["left"], found["right"], strict=True)} == {
        pair for pair in km if km[pair] - doubt[pair] <= max_km
    }
    yes = found[found["within"] == "yes"]
    assert set(zip(yes["left"], yes["right"], strict=True)) == sure
    assert list(found["within"]) == list(verdict(found["distance_min_km"], found["distance_max_km"], max_km))
    assert set(found["within"]) <= {"yes", "possibly"}


@settings(max_examples=200, deadline=None)
@given(a=st.floats(0, 50), b=st.floats(0, 50), east=st.floats(0.01, 2))
def test_a_limit_at_the_least_distance_keeps_the_pair_and_the_number_below_does_not(
    a: float, b: float, east: float
) -> None:
    left, right = Index.of([Point(66, 49)], accuracy_km=a), Index.of([Point(66 + east, 49)], accuracy_km=b)
    (km,) = pairwise_km([Point(66, 49)], [Point(66 + east, 49)])
    low, high = (float(end) for end in ranges(km, a, b))
    assert list(within(left, right, low)["within"]) == ["yes" if high == low else "possibly"]
    assert list(within(left, right, high)["within"]) == ["yes"]
    if low > 0:
        assert within(left, right, float(np.nextafter(low, 0))).empty


def test_people_are_counted_once_and_as_a_range() -> None:
    towns = Index.of([Point(66, 49), Point(66.1, 49), Point(70, 49)], accuracy_km=[0, 5, 0])
    lines = [LineString([(66, 49.2), (66.3, 49.2)]), LineString([(65.9, 48.9), (66, 48.95)]), Point(75, 49)]
    found = served(towns, [1000, 200, 30], Index.of(lines), 12)
    assert found == (1000, 1200, 1, 2)
    assert served(towns.geometries, [1000, 200, 30], lines, 12) == (1200, 1200, 2, 2)
    assert np.isnan(served(towns, [np.nan, 200, 30], lines, 12).people_min)
    assert served(towns, [1, 1, 1], [], 12) == (0, 0, 0, 0)
    with pytest.raises(GeoError, match="for 2 features; there are 3"):
        served(towns, [1, 2], lines, 12)


def test_accuracies_that_make_no_sense_are_refused() -> None:
    with pytest.raises(GeoError, match=r"accuracy of the left input is -1.0 km"):
        Index.of([Point(66, 49)], "left", accuracy_km=-1)
    with pytest.raises(GeoError, match="is inf km"):
        Index.of([Point(66, 49)], accuracy_km=np.inf)
    with pytest.raises(GeoError, match="for 3 features of the given input; there are 1"):
        Index.of([Point(66, 49)], accuracy_km=[1, 2, 3])
    with pytest.raises(GeoError, match="prepared already"):
        Index.of(Index.of([Point(66, 49)]), accuracy_km=1)


def test_more_neighbours_may_be_asked_for_than_memory_would_hold() -> None:
    assert len(nearest([Point(66, 49)], [Point(66, 50), None, Point(66, 51)], 10**12)) == 2


def test_a_micrometre_apart_is_touching_in_every_way_to_ask() -> None:
    left, right = [Point(66, 49)], [Point(66 + 5e-12, 49)]
    assert pairwise_km(left, right)[0] == 0
    assert len(within(left, right, 0)) == len(pairs_within(Index.of(left), Index.of(right), 0)[0]) == 1
