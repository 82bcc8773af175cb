"""Distances against a slow measure that shares no code, and against geometry drawn by hand."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import (
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    box,
)
from shapely.geometry.base import BaseGeometry

from geo.distance import pairwise_km
from geo.errors import GeoError

GEOD = Geod(ellps="WGS84")
METRE = 0.001
MILLIMETRE = 1e-6
Oracle = Callable[[BaseGeometry, BaseGeometry], float]


def one(left: BaseGeometry, right: BaseGeometry) -> float:
    """Distance of one pair, the same both ways."""
    there, back = pairwise_km([left, right], [right, left])
    assert abs(there - back) <= MILLIMETRE
    return float(there)


def somewhere(west: float, south: float, east: float, north: float) -> st.SearchStrategy[tuple[float, float]]:
    """Positions in a window, on a grid of 1e-5 degrees as real files have them."""
    lon = st.integers(int(west * 1e5), int(east * 1e5)).map(lambda n: n / 1e5)
    lat = st.integers(int(south * 1e5), int(north * 1e5)).map(lambda n: n / 1e5)
    return st.tuples(lon, lat)


def shapes(position: st.SearchStrategy[tuple[float, float]]) -> st.SearchStrategy[BaseGeometry]:
    """Points, lines and triangles, alone and together."""
    point = position.map(Point)
    line = st.lists(position, min_size=2, max_size=4, unique=True).map(LineString)
    triangle = st.lists(position, min_size=3, max_size=3, unique=True).map(Polygon)
    simple = st.one_of(point, line, triangle)
    return st.one_of(simple, st.lists(simple, min_size=1, max_size=3).map(GeometryCollection))


COUNTRY = somewhere(46, 40, 88, 56)
NEIGHBOURHOOD = somewhere(66, 49, 67, 50)
EARTH = somewhere(-179, -85, 179, 85)
CALM = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@CALM
@given(point=COUNTRY, start=COUNTRY, end=COUNTRY)
@example(point=(66.0, 49.0), start=(46.0, 55.0), end=(88.0, 55.0))
@example(point=(66.0, 49.0), start=(66.0, 49.0), end=(66.0, 49.0))
def test_point_to_segment_agrees_within_a_millimetre(
    oracle_km: Oracle, point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]
) -> None:
    found = pairwise_km([Point(point)], [LineString([start, end])])
    assert found.shape == (1,)
    assert abs(found[0] - oracle_km(Point(point), LineString([start, end]))) <= MILLIMETRE


@CALM
@given(left=shapes(NEIGHBOURHOOD), right=shapes(NEIGHBOURHOOD))
def test_neighbours_agree_with_the_oracle(oracle_km: Oracle, left: BaseGeometry, right: BaseGeometry) -> None:
    assert abs(one(left, right) - oracle_km(left, right)) <= METRE


@settings(CALM, max_examples=20)
@given(left=shapes(COUNTRY), right=shapes(COUNTRY))
def test_edges_across_the_country_agree_with_the_oracle(
    oracle_km: Oracle, left: BaseGeometry, right: BaseGeometry
) -> None:
    assert abs(one(left, right) - oracle_km(left, right)) <= METRE


@CALM
@given(point=EARTH, start=EARTH, turn=st.tuples(st.floats(-5, 5), st.floats(-4, 4)))
@example(point=(-114.0, -49.0), start=(66.0, 49.0), turn=(1.0, 1.0))
@example(point=(-113.5, -49.5), start=(66.0, 49.0), turn=(1.0, 1.0))
@example(point=(-113.999, -48.999), start=(66.0, 49.0), turn=(0.0, 4.0))
@example(point=(156.5, 0.2), start=(66.0, 0.0), turn=(5.0, 0.1))
@example(point=(10.0, 1.0), start=(0.0, 0.0), turn=(4.7e-265, 0.0))
@example(point=(10.0, 1.0), start=(0.0, 0.0), turn=(1e-160, 1e-160))
def test_far_points_agree_with_the_oracle(
    oracle_km: Oracle, point: tuple[float, float], start: tuple[float, float], turn: tuple[float, float]
) -> None:
    line = LineString([start, (start[0] + turn[0], start[1] + turn[1])])
    distance = one(Point(point), line)
    assert distance <= 20004
    assert abs(distance - oracle_km(Point(point), line)) <= METRE


@settings(max_examples=200, deadline=None)
@given(a=EARTH, b=EARTH)
@example(a=(66.0, 49.0), b=(-114.0, -49.0))
def test_two_points_are_exactly_the_geodesic(a: tuple[float, float], b: tuple[float, float]) -> None:
    assert pairwise_km([Point(a)], [Point(b)])[0] == GEOD.inv(*a, *b)[2] / 1000


def test_long_edge_runs_along_the_geodesic_not_the_parallel() -> None:
    line = LineString([(60, 50), (70, 50)])
    north = GEOD.npts(60, 50, 70, 50, 1)[0]
    assert one(Point(north), line) == 0
    assert one(Point(65, 50), line) > 10


def test_sliver_between_geodesic_and_parallel_belongs_to_the_polygon_south_of_it() -> None:
    polygon = box(60, 40, 70, 50)
    middle = GEOD.npts(60, 50, 70, 50, 1)[0]
    assert one(Point(65, middle[1] - 1e-7), polygon) == 0
    assert one(Point(65, middle[1] + 1e-5), polygon) == pytest.approx(1.11e-3, abs=2e-5)
    bottom = GEOD.npts(60, 40, 70, 40, 1)[0]
    assert one(Point(65, 40.01), polygon) == pytest.approx(GEOD.inv(65, 40.01, *bottom)[2] / 1000, abs=MILLIMETRE)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Point(66, 49), Point(66, 49)),
        (LineString([(60, 50), (70, 50)]), LineString([(65, 45), (65, 55)])),
        (LineString([(66, 49), (67, 49)]), LineString([(67, 49), (68, 48)])),
        (box(66, 49, 67, 50), box(66.2, 49.2, 66.3, 49.3)),
        (box(66, 49, 67, 50), box(66.5, 48, 66.6, 52)),
        (box(66, 49, 67, 50), box(67, 50, 68, 51)),
        (box(66, 49, 67, 50), box(66, 49, 67, 50)),
        (box(66, 49, 67, 50), MultiPoint([(1, 1), (66.5, 49.5)])),
        (box(66, 49, 67, 50), LineString([(66.4, 49.4), (66.5, 49.5)])),
        (GeometryCollection([Point(1, 1), GeometryCollection([box(66, 49, 67, 50)])]), Point(66.5, 49.5)),
    ],
)
def test_what_touches_crosses_or_contains_is_at_zero(left: BaseGeometry, right: BaseGeometry) -> None:
    assert one(left, right) == 0


def test_point_in_a_hole_is_measured_to_its_rim() -> None:
    ring = Polygon(box(66, 49, 67, 50).exterior.coords, [box(66.4, 49.4, 66.6, 49.6).exterior.coords])
    rim = min(
        one(Point(66.5, 49.5), LineString(side))
        for side in ([(66.4, 49.4), (66.4, 49.6)], [(66.4, 49.6), (66.6, 49.6)], [(66.6, 49.6), (66.6, 49.4)])
    )
    assert one(Point(66.5, 49.5), ring) == pytest.approx(rim, abs=MILLIMETRE)
    assert one(box(66.45, 49.45, 66.55, 49.55), ring) > 1
    assert one(MultiPolygon([ring, box(66.49, 49.49, 66.51, 49.51)]), Point(66.5, 49.5)) == 0


def test_missing_and_empty_are_nan_and_inputs_stay() -> None:
    left = np.array([Point(1, 1), None, Point(), Polygon(), float("nan"), Point(2, 2)], dtype=object)
    right = np.array([None, Point(1, 1), Point(1, 1), Point(1, 1), Point(1, 1), Point(2, 2)], dtype=object)
    before = left.copy()
    found = pairwise_km(left, right)
    assert np.isnan(found[:5]).all()
    assert found[5] == 0
    assert all(a is b for a, b in zip(before, left, strict=True))
    assert pairwise_km([], []).shape == (0,)
    assert np.isnan(pairwise_km([None], [GeometryCollection([Point(), LineString()])])).all()


def test_antimeridian_is_no_border() -> None:
    expected = GEOD.inv(179.9, 10, -179.9, 10)[2] / 1000
    assert one(Point(179.9, 10), Point(-179.9, 10)) == expected
    assert one(LineString([(179, 0), (-179, 0)]), Point(180, 0)) == 0
    across = Polygon([(179, -1), (-179, -1), (-179, 1), (179, 1)])
    beyond = box(179, -1, 181, 1)
    for polygon in (across, beyond):
        assert one(polygon, Point(180, 0.5)) == 0
        assert one(polygon, Point(-179.5, 0)) == 0
        assert one(polygon, Point(0, 0)) > 19000


def test_a_hole_across_the_antimeridian_is_a_hole_however_it_is_written() -> None:
    hole = [(-179, -1), (-178, -1), (-178, 1), (-179, 1)]
    across = Polygon([(170, -10), (-170, -10), (-170, 10), (170, 10)], [hole])
    beyond = Polygon(box(170, -10, 190, 10).exterior.coords, [[(lon + 360, lat) for lon, lat in hole]])
    assert one(across, Point(-178.5, 0)) == one(beyond, Point(-178.5, 0)) > 50
    assert one(across, Point(-177, 0)) == one(across, Point(175, 0)) == 0


def test_poles() -> None:
    assert one(Point(10, 90), Point(-120, 90)) == 0
    assert one(box(-180, -90, 180, 90), Point(66, 49)) == 0
    antarctica = Polygon([(-180, -90), (-180, -70), (-90, -70), (0, -70), (90, -70), (180, -70), (180, -90)])
    assert one(antarctica, Point(33, -85)) == 0
    assert one(antarctica, Point(33, 49)) > 13000


@pytest.mark.parametrize("bad", [Point(7_400_000, 5_400_000), Point(66, 91), LineString([(0, 0), (np.inf, 1)])])
def test_metres_are_refused(bad: BaseGeometry) -> None:
    with pytest.raises(GeoError, match="degrees"):
        pairwise_km([bad], [Point(66, 49)])


def test_other_faults() -> None:
    with pytest.raises(GeoError, match="one length; got 1 and 2"):
        pairwise_km([Point(1, 1)], [Point(1, 1), Point(2, 2)])
    with pytest.raises(GeoError, match="Geometry 0 is 'POINT"):
        pairwise_km(["POINT (1 1)"], [Point(1, 1)])


def test_height_is_ignored_and_repeated_vertices_do_no_harm() -> None:
    assert one(Point(66, 49, 5000), Point(66, 49)) == 0
    line, twice = LineString([(66, 49), (67, 50)]), LineString([(66, 49), (66, 49), (67, 50), (67, 50)])
    assert one(twice, Point(66, 50)) == one(line, Point(66, 50))
    assert one(LineString([(66, 49), (66, 49)]), line) == 0


def test_bowtie_neither_fails_nor_is_repaired() -> None:
    bowtie = Polygon([(66, 49), (67, 50), (67, 49), (66, 50)])
    assert one(bowtie, Point(66.9, 49.5)) == 0
    assert one(bowtie, Point(66.5, 49.9)) > 1


def test_thousands_of_vertices_on_both_sides(oracle_km: Oracle) -> None:
    angle = np.linspace(0, 2 * np.pi, 5001)[:-1]
    rough = 1 + 0.05 * np.sin(97 * angle)
    left = Polygon(np.column_stack([66 + rough * np.cos(angle), 49 + 0.6 * rough * np.sin(angle)]))
    right = Polygon(np.column_stack([69 + rough * np.cos(angle), 49.7 + 0.6 * rough * np.sin(angle)]))
    begin = time.perf_counter()
    found = one(left, right)
    assert time.perf_counter() - begin < 10
    near_left, near_right = (
        shape.boundary.simplify(0).intersection(box(66.5, 48, 68.5, 51)) for shape in (left, right)
    )
    sample = MultiPoint(shapely.get_coordinates(near_left)), MultiPoint(shapely.get_coordinates(near_right))
    vertices = [MultiPoint(shapely.get_coordinates(part)) for part in sample]
    assert found <= one(*vertices) + MILLIMETRE
    assert found == pytest.approx(one(*vertices), abs=0.05)


@settings(CALM, max_examples=25)
@given(ring=st.lists(NEIGHBOURHOOD, min_size=3, max_size=6, unique=True), point=NEIGHBOURHOOD)
def test_polygon_and_its_boundary_agree(ring: list[tuple[float, float]], point: tuple[float, float]) -> None:
    polygon = Polygon(ring)
    to_area, to_line = one(polygon, Point(point)), one(LineString(polygon.exterior.coords), Point(point))
    assert to_area in (0, to_line) or abs(to_area - to_line) <= MILLIMETRE


@settings(CALM, max_examples=25)
@given(
    lines=st.lists(st.lists(COUNTRY, min_size=2, max_size=3, unique=True).map(LineString), min_size=1, max_size=4),
    other=shapes(COUNTRY),
)
def test_parts_give_the_least_of_their_distances(lines: list[LineString], other: BaseGeometry) -> None:
    assert one(MultiLineString(lines), other) == pytest.approx(min(one(line, other) for line in lines), abs=MILLIMETRE)


def test_any_point_of_a_geodesic_touches_it_and_its_polygon_to_the_centimetre() -> None:
    polygon, line = box(60, 40, 70, 50), LineString([(60, 50), (70, 50)])
    for lon, lat in GEOD.npts(60, 50, 70, 50, 15):
        assert one(Point(lon, lat), line) == 0
        assert one(Point(lon, lat - 1e-7), polygon) == 0
        assert one(Point(lon, lat + 1e-7), polygon) == pytest.approx(1.11e-5, abs=2e-7)


def test_distance_to_an_end_is_that_of_the_vertex_to_the_last_bit() -> None:
    line = LineString([(66.12345, 49.54321), (67.98765, 50.12345)])
    assert one(Point(65, 49), line) == GEOD.inv(66.12345, 49.54321, 65, 49)[2] / 1000
    assert one(Point(69, 51), line) == GEOD.inv(67.98765, 50.12345, 69, 51)[2] / 1000


def test_neighbouring_geometries_in_an_array_do_not_share_ends() -> None:
    lines = [LineString([(66, 49), (67, 49)]), LineString([(67, 49), (66, 48)])]
    other = LineString([(67.2, 48.5), (67.2, 49.5)])
    found = pairwise_km(lines, [other, other])
    assert found[0] == pytest.approx(one(Point(67, 49), LineString([(67.2, 48.5), (67.2, 49.5)])), abs=1e-9)
    assert found[0] == pytest.approx(found[1], abs=MILLIMETRE)


def test_very_large_polygon_and_ring_round_a_pole() -> None:
    west_to_east, south_to_north = np.arange(-150, 151, 10), np.arange(-60, 61, 10)
    sides = [
        [(lon, -60) for lon in west_to_east],
        [(150, lat) for lat in south_to_north],
        [(lon, 60) for lon in west_to_east[::-1]],
        [(-150, lat) for lat in south_to_north[::-1]],
    ]
    assert one(Polygon([point for side in sides for point in side]), Point(0, 0)) == 0
    ring = Polygon([(lon, 80) for lon in range(-180, 180, 10)])
    assert one(ring, Point(66, 49)) > 3000
    assert one(ring, Point(66, 89)) == pytest.approx(1000, rel=0.02)
    uneven = Polygon([(lon, 75 if lon < 0 else 80) for lon in range(-180, 180, 10)])
    assert one(uneven, Point(95, 79)) > 100
