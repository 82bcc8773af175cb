"""The filter's bound attacked: thresholds hit exactly, long edges, corners of the country, thousands of vertices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, MultiPolygon, Point, Polygon, affinity, box

from geo.distance import pairwise_km
from geo.index import Index
from geo.join import nearest, pairs_within, within

CORNERS = [(46.0, 40.0), (88.0, 40.0), (88.0, 56.0), (46.0, 56.0)]
CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

position = st.one_of(
    st.sampled_from(CORNERS),
    st.tuples(st.floats(46, 88), st.floats(40, 56)),
    st.tuples(st.floats(-179, 179), st.floats(-85, 85)),
)
step = st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3))


def walked(at: tuple[float, float], steps: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A chain of positions that starts at one and goes on by steps."""
    return [(float(x), float(y)) for x, y in np.cumsum([at, *steps], axis=0)]


near = st.tuples(position, st.lists(step, min_size=2, max_size=5)).map(lambda given: walked(*given))
shape = st.one_of(
    position.map(Point),
    near.map(LineString),
    near.map(Polygon),
    near.map(MultiPoint),
    st.lists(position, min_size=2, max_size=3, unique=True).map(LineString),  # edges of thousands of kilometres
    st.tuples(near, near).map(lambda two: MultiPolygon([Polygon(two[0]), Polygon(two[1])])),
)


def pairs(left: list[Any], right: list[Any], max_km: float) -> set[tuple[int, int]]:
    i, j = pairs_within(Index.of(left), Index.of(right), max_km)
    return set(zip(i.tolist(), j.tolist(), strict=True))


@CALM
@given(left=st.lists(shape, min_size=1, max_size=4), right=st.lists(shape, min_size=1, max_size=4), at=st.integers(0))
@example(left=[Point(c) for c in CORNERS], right=[LineString([CORNERS[3], CORNERS[2]]), box(46, 40, 88, 56)], at=2)
def test_a_threshold_hit_exactly_keeps_its_pair_and_the_next_number_below_does_not(
    left: list[Any], right: list[Any], at: int
) -> None:
    every = [(i, j) for i in range(len(left)) for j in range(len(right))]
    km = pairwise_km([left[i] for i, _ in every], [right[j] for _, j in every])
    chosen = km[at % len(km)]
    for max_km in {chosen, float(np.nextafter(chosen, 0)), float(np.nextafter(chosen, np.inf))}:
        wanted = {pair for pair, away in zip(every, km, strict=True) if away <= max_km}
        assert pairs(left, right, max_km) == wanted
        found = within(left, right, max_km)
        assert set(zip(found["left"], found["right"], strict=True)) == wanted


@CALM
@given(one=shape, other=shape)
def test_what_is_identical_touches_and_what_touches_is_nearest(one: Any, other: Any) -> None:
    assert pairs([one], [other, one], 0) >= {(0, 1)}
    assert nearest([one], [other, one], 1)["distance_km"].iloc[0] == 0


@pytest.mark.parametrize("vertices", [3000, 20_000])
def test_thousands_of_vertices_on_both_sides(vertices: int) -> None:
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    rough = 1 + 0.05 * np.sin(97 * angle)
    round_ = Polygon(np.column_stack([66 + rough * np.cos(angle), 49 + 0.6 * rough * np.sin(angle)]))
    beside = affinity.translate(round_, 3.0, 0.2)
    (km,) = pairwise_km([round_], [beside])
    assert 50 < km < 100
    for max_km, wanted in (
        (km, {(0, 0)}),
        (float(np.nextafter(km, 0)), set()),
        (km - 1e-6, set()),
        (km + 1e-6, {(0, 0)}),
    ):
        assert pairs([round_], [beside], max_km) == wanted
    centre = Point(69, 49.2)
    assert pairs([centre], [round_, beside], 0) == {(0, 1)}
