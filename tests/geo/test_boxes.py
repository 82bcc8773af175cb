"""Boxes hold what they promise: every point of densified geodesics, every point at a distance."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Geod

from geo import boxes
from geo.boxes import around, meeting, widened

GEOD = Geod(ellps="WGS84")
Floats = NDArray[np.float64]

lon = st.floats(-180, 180)
lat = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 90.0, 0.0, 89.9]))
span = st.one_of(st.floats(0, 1), st.floats(0, 179.9))
km = st.one_of(st.just(0.0), st.floats(0, 200), st.floats(0, 20_100))


def inside(box: Floats, at: Floats) -> NDArray[np.bool_]:
    """Which points (n, 2) lie in the box, a turn of the longitude allowed."""
    west, south, east, north = box
    level = (at[:, 1] >= south) & (at[:, 1] <= north)
    return level & np.any([(at[:, 0] + turn >= west) & (at[:, 0] + turn <= east) for turn in (-360, 0, 360)], axis=0)


@settings(max_examples=500, deadline=None)
@given(lon, lat, span, lat)
def test_a_widened_box_holds_the_geodesic_between_its_corners(
    west: float, lat: float, wide: float, other: float
) -> None:
    east = west + wide
    between = GEOD.npts(west, lat, east, other, 200)
    (box,) = widened(np.array([[west, min(lat, other), east, max(lat, other)]]))
    assert inside(box, np.array([(west, lat), *between, (east, other)])).all()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 30), st.floats(40, 80)), min_size=3, max_size=6))
def test_a_widened_box_holds_every_edge_of_a_shape(corners: list[tuple[float, float]]) -> None:
    (box,) = widened(shapely.bounds(np.array([shapely.LineString(corners)])))
    for (a, b), (c, d) in zip(corners, [*corners[1:], corners[0]], strict=True):
        assert inside(box, np.array(GEOD.npts(a, b, c, d, 50))).all()


def test_the_bulge_is_not_much_overstated_where_the_atlas_is() -> None:
    given = np.array([[60.0, 50.0, 61.0, 50.0], [60.0, 50.0, 60.0, 50.0], [60.0, 50.0, 60.1, 50.1]])
    top = max(at[1] for at in GEOD.npts(60, 50, 61, 50, 99))
    found = widened(given)
    assert top < found[0, 3] < 50 + 1.1 * (top - 50)
    assert np.abs(found[1] - given[1]).max() < 1e-8  # a point stays one
    assert np.abs(found[2] - given[2]).max() < 1e-4


def test_half_a_turn_wide_is_the_whole_earth_and_nothing_stays_nothing() -> None:
    found = widened(np.array([[-179.0, 60.0, 179.0, 70.0], [10.0, 5.0, 300.0, 6.0], [np.nan] * 4]))
    assert found[:2].tolist() == [[-180, -90, 180, 90], [-180, -90, 300, 90]]
    assert np.isnan(found[2]).all()


@settings(max_examples=500, deadline=None)
@given(lon, lat, span, st.floats(0, 20), km, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_what_lies_within_a_distance_lies_in_a_box_around(
    west: float, south: float, wide: float, high: float, km: float, x: float, y: float, share: float
) -> None:
    """From points of the bounds in every direction, up to the full distance."""
    bounds = np.array([[west, south, west + wide, min(south + high, 90)]])
    azimuth = np.arange(0, 360, 5.0)
    start = np.tile([west + x * wide, south + y * (bounds[0, 3] - south)], (len(azimuth), 1))
    for length in (km * 1000, km * 1000 * share):
        reached = np.column_stack(GEOD.fwd(*start.T, azimuth, np.full(len(azimuth), length))[:2])
        found = around(bounds, km)
        assert np.any([inside(box, reached) for box in found], axis=0).all()
        assert meeting(np.column_stack([reached, reached]), found).all()


def test_around_is_cut_at_the_antimeridian_and_goes_round_a_pole() -> None:
    at = np.array([[179.9, 0, 179.9, 0], [20, 89.5, 20, 89.5], [np.nan] * 4, [190, 0, 190, 0]])
    found = around(at, 100)
    assert (found[:, [0, 1]] >= [-180, -90]).all()
    assert (found[:, [2, 3]] <= [180, 90]).all()
    assert len(found) == 4  # two boxes, one all round, none, and one beyond 180 degrees
    assert found[1].tolist() == pytest.approx([-180, 88.6, 180, 90], abs=0.01)
    assert sorted(found[[0, 3], 0].tolist()) == pytest.approx([-180, 179.0], abs=0.01)
    assert found[2, 0] == pytest.approx(-170.9, abs=0.01)
    assert around(np.empty((0, 4)), 5).shape == (0, 4)


def test_boxes_that_touch_meet_a_turn_apart_too() -> None:
    box = np.array([[170.0, 0.0, 180.0, 10.0]])
    bounds = [
        [160, 5, 170, 6],
        [160, 5, 169.9, 6],
        [-190, 5, -185, 6],
        [180, 10, 190, 20],
        [np.nan] * 4,
        [530, 1, 531, 2],
    ]
    assert meeting(np.array(bounds), box).tolist() == [True, False, True, True, False, True]
    assert not meeting(np.array(bounds), np.empty((0, 4))).any()
    assert meeting(np.empty((0, 4)), box).shape == (0,)
    assert not meeting(np.array(bounds), np.full((1, 4), np.nan)).any()


def test_many_boxes_are_met_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    low = random.uniform(-200, 200, (400, 2)) * [1, 0.4]
    bounds = np.column_stack([low, low + random.exponential(3, (400, 2))])
    bounds[7] = np.nan
    other = np.column_stack([low[::-2], low[::-2] + 1])
    by_tree = meeting(bounds, other)
    monkeypatch.setattr(boxes, "FEW", 10_000)
    assert (by_tree == meeting(bounds, other)).all()
    assert 0 < by_tree.sum() < len(bounds)
