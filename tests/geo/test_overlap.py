"""Shared areas: squares drawn by hand, the ellipsoid's own areas, and what must add up."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geo.errors import GeoError
from geo.join import within
from geo.overlap import overlap

GEOD = Geod(ellps="WGS84")


def area_km2(polygon: Polygon) -> float:
    """Area of a polygon with geodesic edges, by pyproj."""
    return abs(GEOD.polygon_area_perimeter(*polygon.exterior.xy)[0]) / 1e6


def test_squares_drawn_by_hand() -> None:
    left = gpd.GeoSeries([box(66, 49, 67, 50), None, Point(66.5, 49.5), Polygon()], index=list("abcd"), crs=4326)
    right = gpd.GeoSeries(
        [box(66.5, 49, 67.5, 50), box(67, 49, 68, 50), box(66.2, 49.2, 66.3, 49.3), LineString([(66, 49), (67, 50)])],
        index=[9, 8, 7, 6],
        crs=4326,
    )
    found = overlap(left, right)
    assert list(zip(found["left"], found["right"], strict=True)) == [("a", 9), ("a", 7)]
    assert list(found.columns) == ["left", "right", "shared_km2", "left_share", "right_share"]
    half, small = found["shared_km2"]
    assert half == pytest.approx(area_km2(box(66.5, 49, 67, 50)), rel=1e-3)  # the whole edge bulges more than half
    assert small == pytest.approx(area_km2(box(66.2, 49.2, 66.3, 49.3)), rel=1e-9)
    assert found["right_share"].iloc[1] == pytest.approx(1, abs=1e-9)
    assert found["left_share"].iloc[0] == pytest.approx(0.5, abs=1e-3)


def test_same_shape_shares_all_of_its_area_to_a_square_metre() -> None:
    shape = Polygon([(66, 49), (71, 49.5), (70, 53), (65, 52)])
    found = overlap([shape], [shape])
    assert found["shared_km2"].iloc[0] == pytest.approx(area_km2(shape), abs=1e-3)
    assert found["left_share"].iloc[0] == found["right_share"].iloc[0] == pytest.approx(1, abs=1e-12)


def test_edges_are_geodesics_not_parallels() -> None:
    belly = box(64.5, 50.02, 65.5, 50.08)  # north of the parallel, south of the geodesic between the same corners
    assert overlap([box(60, 40, 70, 50)], [belly])["shared_km2"].iloc[0] == pytest.approx(area_km2(belly), rel=1e-9)


def test_holes_parts_and_collections() -> None:
    ring = Polygon(box(66, 49, 67, 50).exterior.coords, [box(66.4, 49.4, 66.6, 49.6).exterior.coords])
    assert len(overlap([ring], [box(66.45, 49.45, 66.55, 49.55)])) == 0
    two = MultiPolygon([box(66, 49, 66.1, 49.1), box(66.5, 49, 66.6, 49.1)])
    both = GeometryCollection([two, Point(66.05, 49.05), LineString([(66, 49), (67, 49)])])
    whole = area_km2(box(66, 49, 66.1, 49.1)) + area_km2(box(66.5, 49, 66.6, 49.1))
    assert overlap([both], [box(65, 48, 68, 51)])["shared_km2"].iloc[0] == pytest.approx(whole, rel=1e-9)


def test_across_the_antimeridian() -> None:
    across, beyond = box(179, -1, 181, 1), Polygon([(179, -1), (-179, -1), (-179, 1), (179, 1)])
    for shape in (across, beyond):
        found = overlap([shape], [box(-180, 0, -179.5, 0.5)])
        assert found["shared_km2"].iloc[0] == pytest.approx(area_km2(box(-180, 0, -179.5, 0.5)), rel=1e-6)


SQUARE = st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 6), st.integers(1, 6)).map(
    lambda at: box(66 + at[0] / 10, 49 + at[1] / 10, 66 + (at[0] + at[2]) / 10, 49 + (at[1] + at[3]) / 10)
)


@settings(max_examples=60, deadline=None)
@given(left=st.lists(SQUARE, max_size=5), right=st.lists(SQUARE, max_size=5))
def test_overlap_is_symmetric_and_agrees_with_touching(left: list[Polygon], right: list[Polygon]) -> None:
    found, back = overlap(left, right), overlap(right, left)
    there = {(a, b): km2 for a, b, km2 in found[["left", "right", "shared_km2"]].itertuples(index=False)}
    assert there == pytest.approx(
        {(a, b): km2 for b, a, km2 in back[["left", "right", "shared_km2"]].itertuples(index=False)}, abs=1e-6
    )
    touching = set(map(tuple, within(left, right, 0)[["left", "right"]].to_numpy()))
    assert set(there) <= touching
    planar = {(a, b) for a, x in enumerate(left) for b, y in enumerate(right) if x.intersection(y).area > 1e-9}
    assert planar <= set(there)
    assert (found[["left_share", "right_share"]].to_numpy() <= 1).all()


def test_thousands_of_pairs_agree_with_one_at_a_time() -> None:
    rng = np.random.default_rng(4)
    corners = rng.uniform([66, 49], [67, 50], (60, 2))
    shapes = [box(x, y, x + 0.15, y + 0.1) for x, y in corners]
    found = overlap(shapes[:30], shapes[30:])
    assert len(found) > 20
    for a, b, km2, _, _ in found.sample(10, random_state=1).itertuples(index=False):
        assert overlap([shapes[a]], [shapes[30 + b]])["shared_km2"].iloc[0] == pytest.approx(km2, rel=1e-12)


def test_faults_are_those_of_the_joins() -> None:
    with pytest.raises(GeoError, match="right input has no coordinate reference system"):
        overlap([box(66, 49, 67, 50)], gpd.GeoSeries([box(66, 49, 67, 50)]))
