"""Files on other datums: brought to WGS 84 by a published operation that the verdict names, or refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest

from geo import published
from tests.intake.conftest import Judge
from tests.intake.test_readers import collection, feature, only


def stated(code: int, x: float, y: float) -> str:
    named = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{code}"}}
    return collection(feature({"type": "Point", "coordinates": [x, y]}), crs=named)


@pytest.mark.parametrize(
    ("code", "x", "y", "operation", "accuracy_m", "lon", "lat"),
    [
        (4258, 10.0, 50.0, "EPSG:1149, ETRS89 to WGS 84 (1)", 1.0, 10.0, 50.0),
        (25832, 500_000.0, 5_538_630.703, "EPSG:1149, ETRS89 to WGS 84 (1)", 1.0, 9.0, 50.0),
        (4200, 68.0, 48.0, "EPSG:5043, Pulkovo 1995 to WGS 84 (2)", 1.0, 67.99831, 48.00004),
        (20012, 12_425_359.0, 5_319_140.0, "EPSG:5043, Pulkovo 1995 to WGS 84 (2)", 1.0, 68.0, 48.0),
        (28412, 12_425_359.0, 5_319_140.0, "EPSG:15865, Pulkovo 1942 to WGS 84 (16)", 4.5, 68.0, 48.0),
        (3857, 7_569_725.4, 6_106_854.8, "", None, 68.0, 48.0),
        (3395, 7_569_725.4, 6_074_991.3, "", None, 68.0, 48.0),
    ],
)
def test_the_operation_is_named_with_its_accuracy(
    judge: Judge,
    tmp_path: Path,
    code: int,
    x: float,
    y: float,
    operation: str,
    accuracy_m: float | None,
    lon: float,
    lat: float,
) -> None:
    told = judge(stated(code, x, y))
    assert told.verdict.startswith("accepted"), told.reason
    crs = only(told).crs
    assert (crs.value, crs.operation, crs.operation_accuracy_m) == (f"EPSG:{code}", operation, accuracy_m)
    assert json.loads(json.dumps(told.as_json()))["layers"][0]["crs"]["operation_accuracy_m"] == accuracy_m
    (place,) = gpd.read_parquet(tmp_path / "job0/0.parquet").geometry
    assert (place.x, place.y) == pytest.approx((lon, lat), abs=3e-3)


def test_a_missing_grid_is_named_and_the_next_best_taken(judge: Judge) -> None:
    told = judge(stated(4269, -100.0, 40.0))
    assert only(told).crs.operation.startswith("EPSG:1188,")
    if published.operations(4269)[1]:
        assert any(".tif is not here" in warning for warning in only(told).warnings)


def test_data_beyond_the_area_of_an_operation_is_told_so(judge: Judge) -> None:
    told = judge(stated(4258, 68.0, 48.0))
    assert only(told).crs.operation.startswith("EPSG:1149,")
    assert any("another area" in warning for warning in only(told).warnings)


def test_a_datum_without_any_operation_is_refused_by_name(judge: Judge) -> None:
    told = judge(stated(4490, 75.0, 44.0))
    assert told.verdict == "rejected"
    assert "China Geodetic Coordinate System 2000" in told.reason
    assert "no operation of known accuracy" in told.reason


def test_the_chosen_operation_is_the_most_accurate_for_the_place_and_the_same_each_time() -> None:
    area = (-100.0, 40.0, -99.0, 41.0)
    found = published.best(4267, area)
    assert found is not None
    assert found.holds(area)
    rivals = [one for one in published.operations(4267)[0] if one.holds(area)]
    assert found.accuracy_m == min(one.accuracy_m for one in rivals)
    published.operations.cache_clear()
    assert published.best(4267, area) == found
    assert published.best(4490, area) is None


def test_areas_may_cross_the_antimeridian() -> None:
    russia = (18.92, 39.87, -168.97, 85.19)
    assert published.holds(russia, (170.0, 50.0, 175.0, 60.0))
    assert published.holds(russia, (-175.0, 60.0, -170.0, 65.0))
    assert not published.holds(russia, (0.0, 50.0, 1.0, 51.0))


def test_web_mercator_is_thought_of_where_nothing_else_fits(judge: Judge) -> None:
    table = "id;X;Y\n1;7569725.4;6106854.8\n"
    told = judge(table)
    assert told.verdict == "asks"
    assert [candidate.code for candidate in only(told).crs.candidates] == ["EPSG:3857"]
    assert judge(table, crs="3857").verdict == "accepted"
