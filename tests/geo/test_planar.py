"""What straight lines in degrees tell of geodesic shapes is never otherwise on the ellipsoid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, box

from geo import index, match, planar, plane
from geo.distance import pairwise_km
from geo.index import Index
from geo.join import pairs_nearest, pairs_within
from geo.planar import by_edges, deep, point_inside, touching
from geo.plane import Plane, gaps_deg

GEOD = Geod(ellps="WGS84")
TOP = GEOD.npts(66, 49.1, 66.2, 49.1, 3)
"""On the geodesic that bulges over the parallel between two grid points."""
GRID = st.tuples(st.integers(0, 10), st.integers(0, 8)).map(lambda at: (66 + at[0] / 50, 49 + at[1] / 50))
NUDGED = st.tuples(st.sampled_from(TOP), st.sampled_from([-1e-5, -1e-6, -1e-7, 0.0, 1e-7, 1e-6, 1e-5])).map(
    lambda at: (at[0][0], at[0][1] + at[1])
)
PLACE = st.one_of(GRID, NUDGED)
POLYGON = st.lists(PLACE, min_size=3, max_size=6, unique=True).map(Polygon)
HOLED = st.lists(PLACE, min_size=3, max_size=4, unique=True).map(
    lambda hole: Polygon([(66, 49), (66.2, 49), (66.2, 49.16), (66, 49.16)], [hole])
)
LINE = st.lists(PLACE, min_size=2, max_size=4, unique=True).map(LineString)
SHAPE = st.one_of(
    PLACE.map(Point),
    LINE,
    POLYGON,
    HOLED,
    st.lists(PLACE, min_size=1, max_size=3).map(MultiPoint),
    st.lists(LINE, min_size=1, max_size=2).map(MultiLineString),
    st.lists(POLYGON, min_size=1, max_size=2).map(MultiPolygon),
    st.tuples(PLACE.map(Point), POLYGON).map(GeometryCollection),
)
SHAPES = st.lists(SHAPE, min_size=1, max_size=5)


def every_pair(left: list[Any], right: list[Any]) -> tuple[Any, Any, Any, Any, Any]:
    """Both sides as planes, the positions of all pairs, and which of these touch on the ellipsoid."""
    a, b = np.array(left, dtype=object), np.array(right, dtype=object)
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(len(a)), np.arange(len(b)), indexing="ij"))
    return Plane.of(a), i, Plane.of(b), j, pairwise_km(a[i], b[j]) == 0


@settings(max_examples=300, deadline=None)
@given(left=SHAPES, right=SHAPES)
def test_no_proof_is_wrong(left: list[Any], right: list[Any]) -> None:
    a, i, b, j, truth = every_pair(left, right)
    plain = np.isfinite(a.gap[i]) & np.isfinite(b.gap[j])
    i, j, truth = i[plain], j[plain], truth[plain]
    for proof in (by_edges, touching):
        yes, no = proof(a, i, b, j)
        assert truth[yes].all()
        assert not truth[no].any()
    assert truth[deep(a, i, b, j)].all()


@settings(max_examples=150, deadline=None)
@given(left=SHAPES, right=SHAPES)
def test_touching_however_it_is_found_is_a_distance_of_nothing(left: list[Any], right: list[Any]) -> None:
    _, i, _, j, truth = every_pair(left, right)
    expected = list(zip(i[truth], j[truth], strict=True))
    assert list(zip(*pairs_within(Index.of(left), Index.of(right), 0), strict=True)) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plane, "RUN", 2)
        patch.setattr(plane, "MOST", 3)
        patch.setattr(plane, "KEPT", 0)
        patch.setattr(plane, "CHUNK", 2)
        patch.setattr(planar, "COMBINATIONS", 2)
        assert list(zip(*pairs_within(Index.of(left), Index.of(right), 0), strict=True)) == expected
        patch.setattr(match, "ALIKE", 0)
        assert list(zip(*pairs_within(Index.of(left), Index.of(right), 0), strict=True)) == expected


@settings(max_examples=200, deadline=None)
@given(points=st.lists(PLACE.map(Point), min_size=1, max_size=5), right=SHAPES)
def test_points_are_inside_what_holds_them(points: list[Any], right: list[Any]) -> None:
    a, i, b, j, truth = every_pair(points, right)
    away_m = 1000 * pairwise_km(a.geometries[i], outlines(b.geometries)[j])
    held, known = point_inside(a.geometries[i], b.geometries, j, away_m)
    known &= away_m > 0
    assert (held[known] == truth[known]).all()


def outlines(geometries: Any) -> Any:
    """The edges of shapes without what these surround."""
    return np.array([GeometryCollection(list(edges(shape))) for shape in geometries], dtype=object)


def edges(shape: Any) -> Iterator[Any]:
    for part in getattr(shape, "geoms", [shape]):
        yield part.boundary if part.geom_type == "Polygon" else part


def test_most_overlaps_are_proved_by_edges() -> None:
    lots = np.random.default_rng(1)
    at, size = lots.uniform((66, 49), (66.3, 49.3), (300, 2)), lots.uniform(0.01, 0.03, 300)
    discs = shapely.buffer(shapely.points(at), size)
    a, i, b, j, truth = every_pair(list(discs[:150]), list(discs[150:]))
    yes, no = by_edges(a, i, b, j)
    assert truth.sum() > 100
    assert yes[truth].mean() > 0.95
    assert no[~truth].mean() > 0.95


def test_pairs_of_too_many_combinations_leave_the_others_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    rough, straight = Point(66, 49).buffer(0.1), LineString([(66.3, 49), (66.4, 49.05)])
    left = [rough, straight, straight]
    right = [
        Point(66.05, 49).buffer(0.1),
        LineString([(66.3, 49.05), (66.4, 49.0)]),
        LineString([(66.3, 49.05), (66.31, 49.04)]),
    ]
    a, b, every = (*(Plane.of(np.array(side, dtype=object)) for side in (left, right)), np.arange(3))
    for most, expected in ((10_000, [True, True, False]), (10, [False, True, False])):
        monkeypatch.setattr(planar, "COMBINATIONS", most)
        assert list(by_edges(a, every, b, every)[0]) == expected


def test_the_antimeridian_is_one_place() -> None:
    left, right = [Point(180, 0), box(179.99, 0, 180, 0.01)], [Point(-180, 0), box(-180, 0, -179.99, 0.01)]
    assert np.isinf(gaps_deg(np.array([*left, *right, Polygon(), None], dtype=object))).all()
    assert list(zip(*pairs_within(Index.of(left), Index.of(right), 0), strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_far_shapes_and_plain_ones_meet_in_one_join() -> None:
    left = [box(66, 49, 66.01, 49.01), LineString([(60, 49), (70, 49)]), None, Polygon(), Point(66.005, 49.005)]
    right = [box(60, 40, 70, 48), box(66.005, 49.005, 66.02, 49.02), None, LineString([(66, 48), (66, 50)])]
    found = pairs_within(Index.of(left), Index.of(right), 0)
    assert list(zip(*found, strict=True)) == [(0, 1), (0, 3), (1, 3), (4, 1)]


@settings(max_examples=100, deadline=None)
@given(left=SHAPES, right=SHAPES)
def test_kept_edges_give_what_edges_taken_again_give(left: list[Any], right: list[Any]) -> None:
    kept = pairs_nearest(Index.of([*left, None]), Index.of([None, *right]), 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "KEPT", 0)
        again = pairs_nearest(Index.of([*left, None]), Index.of([None, *right]), 2)
    for one, other in zip(kept, again, strict=True):
        np.testing.assert_array_equal(one, other)
