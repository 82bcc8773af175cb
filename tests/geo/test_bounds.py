"""The bounds of the sieve, attacked with random geodesics all over the earth."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString

from geo.bounds import balls, bulge, in_space, lower_m, norm, upper_m

GEOD = Geod(ellps="WGS84")
POSITION = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@settings(max_examples=500, deadline=None)
@given(a=POSITION, b=POSITION)
@example(a=(0.0, 0.0), b=(179.0, 0.0))
@example(a=(0.0, 0.0), b=(1e-5, 0.0))
@example(a=(0.0, 0.0), b=(0.0, 1e-5))
@example(a=(66.0, 49.0), b=(-114.0, -49.0))
def test_distance_lies_between_its_bounds(a: tuple[float, float], b: tuple[float, float]) -> None:
    chord = norm(in_space(np.array([a])) - in_space(np.array([b])))
    distance = GEOD.inv(*a, *b)[2]
    assert lower_m(chord)[0] <= distance <= upper_m(chord)[0]
    if distance <= 1e6:  # a few centimetres at 30 km, a kilometre at 1,000 km
        assert upper_m(chord)[0] - lower_m(chord)[0] <= 1.1e-15 * distance**3 + 1e-5


@settings(max_examples=300, deadline=None)
@given(a=POSITION, azimuth=st.floats(0, 360), length=st.floats(1, 20_003_000))
@example(a=(0.0, 0.0), azimuth=0.0, length=100_000.0)
@example(a=(0.0, -1.0), azimuth=0.0, length=200_000.0)
def test_geodesic_leaves_its_chord_by_no_more_than_the_bulge(
    a: tuple[float, float], azimuth: float, length: float
) -> None:
    lon, lat = np.full(101, a[0]), np.full(101, a[1])
    lon, lat, _ = GEOD.fwd(lon, lat, np.full(101, azimuth), np.linspace(0, length, 101))
    arc = in_space(np.column_stack([lon, lat]))
    along = arc[-1] - arc[0]
    share = np.clip((arc - arc[0]) @ along / max(along @ along, 1e-300), 0, 1)
    gap = norm(arc - arc[0] - share[:, None] * along).max()
    assert gap <= bulge(np.array([length]))[0] + 1e-6


def test_bulge_is_tight_where_the_earth_is_most_curved() -> None:
    lon, lat, _ = GEOD.fwd([0, 0], [0, 0], [0, 180], [50_000, 50_000])
    ends, middle = in_space(np.column_stack([lon, lat])), in_space(np.array([[0.0, 0.0]]))
    gap = norm(middle - ends.mean(axis=0))[0]
    assert gap <= bulge(np.array([100_000.0]))[0] <= 1.02 * gap


@settings(max_examples=200, deadline=None)
@given(points=st.lists(POSITION, min_size=2, max_size=4, unique=True))
def test_ball_holds_the_whole_line(points: list[tuple[float, float]]) -> None:
    ball, position = balls(np.array([None, LineString(points), LineString()], dtype=object))
    assert list(position) == [1]
    for (lon, lat), (lon2, lat2) in pairwise(points):
        arc = in_space(np.array([(lon, lat), *GEOD.npts(lon, lat, lon2, lat2, 50), (lon2, lat2)]))
        assert (norm(arc - ball.centre) <= ball.radius + 1e-6).all()
