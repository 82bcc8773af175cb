"""Shapes across the antimeridian: cut, or dropped with the reason; never drawn round the wrong side of the earth."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.intake import antimeridian
from tests.intake.conftest import Judge
from tests.intake.test_readers import POINT, collection, feature, lost, only


def between(shape: shapely.Geometry) -> shapely.Geometry:
    """The shape as files have it that do not cut: every longitude between -180 and 180."""
    shift = np.array([180.0, 0.0])
    return shapely.transform(
        shape, lambda places: np.column_stack([((places + shift)[:, 0]) % 360 - 180, places[:, 1]])
    )


def judged(judge: Judge, tmp_path: Path, shape: shapely.Geometry) -> shapely.Geometry:
    told = judge(collection(feature(json.loads(shapely.to_geojson(shape)))))
    assert told.verdict == "accepted_with_report"
    assert any("antimeridian" in warning for warning in only(told).warnings)
    (made,) = gpd.read_parquet(tmp_path / "job0/0.parquet").geometry
    return made


def test_a_line_is_cut_at_180(judge: Judge, tmp_path: Path) -> None:
    made = judged(judge, tmp_path, shapely.LineString([(179, 60), (-179, 62)]))
    assert made.equals(shapely.MultiLineString([[(179, 60), (180, 61)], [(-180, 61), (-179, 62)]]))


def test_an_area_is_cut_with_its_hole(judge: Judge, tmp_path: Path) -> None:
    over = shapely.box(179, 60, 181, 62).difference(shapely.box(180.2, 60.5, 180.4, 61))
    drawn = between(over)
    made = judged(judge, tmp_path, drawn)
    assert made.area == pytest.approx(4 - 0.1)
    assert made.bounds == (-180, 60, 180, 62)
    assert not made.intersects(shapely.Point(0, 61))
    assert not made.intersects(shapely.Point(-179.7, 60.7))


def test_what_goes_round_a_pole_is_dropped_with_the_reason(judge: Judge) -> None:
    ring = shapely.Polygon([(-120, 80), (0, 80), (120, 80)])
    told = judge(collection(feature(POINT), feature(json.loads(shapely.to_geojson(ring)))))
    assert lost(told) == {antimeridian.POLE: 1}


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(-180, -90, 180, 90),
        shapely.Polygon([(-180, -90), (-180, -70), (-60, -65), (60, -70), (180, -70), (180, -90)]),
        shapely.box(60, 40, 89, 56),
        shapely.MultiPolygon([shapely.box(179, 60, 180, 61), shapely.box(-180, 60, -179, 61)]),
        shapely.LineString([(-100, 0), (0, 10), (100, 0)]),
    ],
)
def test_what_does_not_cross_stays(judge: Judge, tmp_path: Path, shape: shapely.Geometry) -> None:
    judge(collection(feature(json.loads(shapely.to_geojson(shape)))))
    (made,) = gpd.read_parquet(tmp_path / "job0/0.parquet").geometry
    assert made.equals(shape)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(100, 260), st.floats(-80, 80), st.floats(1, 60), st.floats(1, 9))
def test_a_box_anywhere_keeps_its_size(west: float, south: float, wide: float, high: float) -> None:
    """Written with longitudes between -180 and 180, read back: the same area, in place."""
    whole = shapely.box(west, south, west + wide, south + high)
    drawn = between(whole)
    (crosses,) = antimeridian._crosses(np.array([drawn]))
    if crosses:
        made = antimeridian.wrapped(antimeridian._unwrapped(drawn))
        assert made.area == pytest.approx(whole.area)
    else:
        assert drawn.area == pytest.approx(whole.area) or 180 in (west, west + wide)
