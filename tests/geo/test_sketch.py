"""What meets a hand-drawn ring: worked out with pencil and paper, on a map where Mercator edges are straight."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString, MultiPoint, Point, Polygon

from geo.distance import pairwise_km
from geo.errors import GeoError
from geo.sketch import meets, ring_around, surroundings

GEOD = Geod(ellps="WGS84")
SQUARE = [(60.0, 48.0), (64.0, 48.0), (64.0, 52.0), (60.0, 52.0)]
BOW_TIE = [(60.0, 48.0), (64.0, 52.0), (64.0, 48.0), (60.0, 52.0)]  # its edges cross at longitude 62
STEPS = 360


def met(shapes: list[object], ring: list[tuple[float, float]]) -> list[bool]:
    """Answers in the order asked."""
    return [bool(one) for one in meets(gpd.GeoSeries(shapes, crs="EPSG:4326"), ring)]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Point(62, 50), True),  # inside
        (Point(60, 50), True),  # on an edge
        (Point(64, 52), True),  # on a corner
        (Point(64.0001, 50), False),
        (Point(62, 47.9999), False),
        (MultiPoint([(0, 0), (61, 49)]), True),  # one part is enough
        (LineString([(59, 50), (65, 50)]), True),  # crosses, with both ends outside
        (LineString([(61, 49), (61, 51)]), True),  # wholly inside
        (LineString([(59, 47), (59, 53)]), False),
        (LineString([(58, 52), (60, 54)]), False),
        (Polygon(SQUARE), True),  # the ring itself
        (Polygon([(50, 40), (80, 40), (80, 60), (50, 60)]), True),  # holds the ring
        (Polygon([(64, 48), (66, 48), (66, 52), (64, 52)]), True),  # shares an edge
        (Polygon([(64, 52), (66, 52), (66, 54)]), True),  # shares a corner
        (Polygon([(65, 48), (66, 48), (66, 52)]), False),
        (Polygon([(50, 40), (80, 40), (80, 60), (50, 60)], [[(55, 45), (70, 45), (70, 55), (55, 55)]]), False),
    ],
)
def test_a_shape_meets_a_square_when_it_touches_its_inside_or_its_edge(shape: object, expected: bool) -> None:
    assert met([shape], SQUARE) == [expected]
    assert met([shape], SQUARE[::-1]) == [expected]
    assert met([shape], [*SQUARE, SQUARE[0]]) == [expected]


def test_a_ring_that_crosses_itself_holds_both_of_its_wings_and_not_what_lies_between() -> None:
    wings = [Point(60.5, 50), Point(63.5, 50)]
    between = [Point(62, 48.5), Point(62, 51.5)]
    assert met([*wings, *between], BOW_TIE) == [True, True, False, False]


@pytest.mark.parametrize("ring", [[(60, 50)] * 3, [(60, 50), (61, 50), (62, 50)], [(60, 50), (61, 50), (60, 50)]])
def test_a_ring_without_an_inside_meets_at_most_what_lies_on_it(ring: list[tuple[float, float]]) -> None:
    assert met([Point(60.5, 50.2), Point(70, 50)], ring) == [False, False]


def test_what_is_missing_or_empty_meets_nothing_and_the_index_stays() -> None:
    features = gpd.GeoSeries([None, Point(), Point(62, 50), Polygon()], index=[7, 3, 5, 1], crs="EPSG:4326")
    found = meets(features, SQUARE)
    assert found.to_dict() == {7: False, 3: False, 5: True, 1: False}
    assert meets(features[[]], SQUARE).empty


def test_another_reference_system_and_too_few_vertices_are_sentences() -> None:
    for crs in ("EPSG:3857", None):
        with pytest.raises(GeoError, match="features"):
            meets(gpd.GeoSeries([Point(0, 0)], crs=crs), SQUARE)
    with pytest.raises(GeoError, match="at least three vertices; this one has 2"):
        meets(gpd.GeoSeries([Point(0, 0)], crs="EPSG:4326"), SQUARE[:2])


def test_beyond_the_edge_of_a_web_map_everything_lies_on_that_edge() -> None:
    ring = [(60.0, 80.0), (64.0, 80.0), (64.0, 90.0), (60.0, 90.0)]
    assert met([Point(62, 86), Point(62, 90), Point(62, 79.9), Point(65, 86)], ring) == [True, True, False, False]


def test_edges_are_straight_on_the_map_and_not_in_degrees() -> None:
    """Half-way along the edge from 40 to 60 degrees north a Mercator map has 51.1 degrees, not 50.

    The Mercator ordinate of a latitude is ln tan(45 + latitude / 2): 0.7629 for 40 degrees, 1.3170 for 60.
    """
    ordinates = [math.log(math.tan(math.radians(45 + lat / 2))) for lat in (40, 60)]
    middle = 2 * math.degrees(math.atan(math.exp(sum(ordinates) / 2))) - 90
    assert middle == pytest.approx(51.07, abs=0.01)
    ring = [(60.0, 40.0), (80.0, 60.0), (60.0, 60.0)]  # what lies north-west of that edge
    north, south = Point(70, middle + 0.01), Point(70, middle - 0.01)
    between = Point(70, 50.5)  # inside for edges straight in degrees, for 50.5 is more than 50
    assert met([north, south, between], ring) == [True, False, False]
    in_degrees = Polygon(ring)
    assert [in_degrees.intersects(point) for point in (north, south, between)] == [True, True, True]


def test_a_line_of_a_feature_is_straight_on_the_map_too() -> None:
    line = LineString([(60, 40), (80, 60)])
    around = [[(69.9, lat - 0.1), (70.1, lat - 0.1), (70.1, lat + 0.1), (69.9, lat + 0.1)] for lat in (50.0, 51.07)]
    assert [met([line], ring)[0] for ring in around] == [False, True]


@given(
    st.lists(st.tuples(st.floats(50, 80), st.floats(42, 55)), min_size=3, max_size=8),
    st.floats(50, 80),
    st.floats(42, 55),
)
def test_a_point_is_inside_a_simple_ring_exactly_when_a_ray_from_it_crosses_the_ring_an_odd_number_of_times(
    ring: list[tuple[float, float]], lon: float, lat: float
) -> None:
    """The classic count of crossings, in longitude and Mercator ordinate."""
    flat = [(x, math.degrees(math.asinh(math.tan(math.radians(y))))) for x, y in ring]
    at = lon, math.degrees(math.asinh(math.tan(math.radians(lat))))
    shape = Polygon(flat)
    assume(shape.is_valid and shape.area > 1e-6 and shape.exterior.distance(Point(at)) > 1e-9)
    crossings = 0
    for (x, y), (x2, y2) in zip(flat, [*flat[1:], flat[0]], strict=True):
        if (y > at[1]) != (y2 > at[1]):
            crossings += at[0] < x + (at[1] - y) / (y2 - y) * (x2 - x)
    assert met([Point(lon, lat)], ring) == [crossings % 2 == 1]


@given(st.floats(-160, 160), st.floats(-80, 80), st.floats(0, 200))
def test_the_box_around_a_point_holds_its_geodesic_circle_and_little_more(lon: float, lat: float, km: float) -> None:
    (south, west), (north, east) = surroundings(Point(lon, lat), km)
    many = np.full(STEPS, lon), np.full(STEPS, lat)
    x, y, _ = GEOD.fwd(*many, np.arange(STEPS), np.full(STEPS, km * 1000))
    hair = 1e-9
    assert (x >= west - hair).all()
    assert (x <= east + hair).all()
    assert (y >= south - hair).all()
    assert (y <= north + hair).all()
    reach = max(y.max() - lat, lat - y.min())
    assert north - south <= 2 * reach + 1e-3
    slack = math.cos(math.radians(lat)) / math.cos(math.radians(min(abs(lat) + reach, 89)))
    assert east - west <= (x.max() - x.min()) * slack * 1.02 + 1e-6


@given(
    st.lists(st.tuples(st.floats(46, 87), st.floats(40, 56)), min_size=2, max_size=5, unique=True), st.floats(0, 200)
)
def test_the_box_around_a_line_holds_the_circles_around_its_vertices(
    vertices: list[tuple[float, float]], km: float
) -> None:
    (south, west), (north, east) = surroundings(LineString(vertices), km)
    box = shapely.box(west - 1e-9, south - 1e-9, east + 1e-9, north + 1e-9)
    for lon, lat in vertices:
        many = np.full(STEPS, lon), np.full(STEPS, lat)
        x, y, _ = GEOD.fwd(*many, np.arange(STEPS), np.full(STEPS, km * 1000))
        assert box.covers(MultiPoint(np.column_stack([x, y])))


EDGE_KM = 0.1  # an edge of 36 km is straight in degrees here and a geodesic there


@pytest.mark.parametrize("km", [10, 50, 200])
def test_the_ring_around_a_shape_is_everywhere_that_far_from_it(km: int) -> None:
    for shape in (Point(67, 48), shapely.box(66.0, 49.33, 66.5, 49.67), LineString([(60, 50), (60.4, 50.2)])):
        ring = [Point(at) for at in ring_around(shape, km)]
        away = pairwise_km([shape] * len(ring), ring)
        assert away.max() <= km * 1.01 + EDGE_KM
        assert away.min() >= km * 0.99 - EDGE_KM
