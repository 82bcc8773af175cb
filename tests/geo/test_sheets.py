"""Names of map sheets and their bounds, against the published block codes and one another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.blocks import ROWS, SHEETS, TENS, ZONES, Block
from geo.errors import GeoError, SheetNameError
from geo.formats import map_sheet, written
from geo.operations import points_to_wgs84
from geo.sheets import Sheet, parse_sheet, sheet_at

any_sheet = st.builds(Sheet, st.sampled_from(ROWS), st.sampled_from(ZONES), st.none() | st.sampled_from(SHEETS))


def test_sheets_known_from_published_codes() -> None:
    """The worked example of the coding rule, and the sheets of two notices."""
    assert Sheet("M", 42, 85).bounds == (66.0, 49 + 20 / 60, 66.5, 49 + 40 / 60)
    assert Sheet("L", 43, 46).bounds == (76.5, 46 + 40 / 60, 77.0, 47.0)
    assert Sheet("K", 42, 18).bounds == (68.5, 43 + 20 / 60, 69.0, 43 + 40 / 60)
    assert Sheet("M", 43).bounds == (72.0, 48.0, 78.0, 52.0)
    assert (Sheet("M", 43).scale, Sheet("M", 43, 1).scale) == (1_000_000, 100_000)


@settings(deadline=None)
@given(sheet=any_sheet, ten=st.sampled_from(TENS), along=st.floats(0.001, 0.999), up=st.floats(0.001, 0.999))
def test_a_name_is_read_back_and_found_again_inside(sheet: Sheet, ten: str, along: float, up: float) -> None:
    assert parse_sheet(sheet.name) == sheet
    west, south, east, north = sheet.bounds
    assert sheet_at(west + along * (east - west), south + up * (north - south), sheet.scale) == sheet
    if sheet.number:
        block = Block(sheet.row, sheet.zone, sheet.number, ten, "а", 1)
        assert west <= block.bounds[0] < east
        assert south <= block.bounds[1] < north
        assert sheet_at((block.bounds[0] + block.bounds[2]) / 2, (block.bounds[1] + block.bounds[3]) / 2) == sheet


def test_sheets_tile_the_country_once() -> None:
    sheets = [Sheet(row, zone, number) for row in ROWS for zone in ZONES for number in SHEETS]
    bounds = {sheet.bounds_min for sheet in sheets}
    assert len(bounds) == len(sheets) == 4 * 8 * 144
    for west, south, east, north in bounds:
        assert (east - west, north - south) == (30, 20)
        assert (west % 30, south % 20) == (0, 0)
        assert 42 * 60 <= west < 90 * 60
        assert 40 * 60 <= south < 56 * 60


def test_southern_and_western_sides_belong_to_a_sheet() -> None:
    assert sheet_at(72.0, 48.0) == Sheet("M", 43, 133)
    assert sheet_at(72.0, 47.999) == Sheet("L", 43, 1)
    assert sheet_at(71.999, 48.0) == Sheet("M", 42, 144)
    assert sheet_at(42.0, 40.0) == Sheet("K", 38, 133)
    for lon, lat in ((41.99, 48.0), (90.0, 48.0), (72.0, 56.0), (72.0, 39.99), (float("nan"), 48.0)):
        assert sheet_at(lon, lat) is None


@pytest.mark.parametrize(
    "text", ["M-43-101", "m-43-101", "М-43-101", "м-43-101", " M - 43 - 101 ", "M–43—101", "M\u00a0-43-\t101"]
)
def test_spellings_of_one_sheet(text: str) -> None:
    assert parse_sheet(text) == Sheet("M", 43, 101)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Н-43-101", "row"),  # a Cyrillic letter that looks like H and sounds like N
        ("O-43", "row"),
        ("M-37-1", "column"),
        ("M-46", "column"),
        ("M-43-0", "number"),
        ("M-43-145", "number"),
        ("M-43-101-А", "spelling"),
        ("M-43-XX", "spelling"),
        ("M43", "spelling"),
        ("M-٤٣", "spelling"),
        ("", "spelling"),
        ("M-43-101" * 1000, "spelling"),
    ],
)
def test_other_names_are_refused(text: str, part: str) -> None:
    with pytest.raises(SheetNameError) as caught:
        parse_sheet(text)
    assert isinstance(caught.value, GeoError)
    assert caught.value.part == part
    assert caught.value.allowed in str(caught.value)
    assert len(str(caught.value)) < 200


@settings(deadline=None)
@given(st.text(max_size=30) | st.text(alphabet="KLMNКМ-0123456789 ", max_size=15))
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        found = parse_sheet(text)
    except SheetNameError:
        return
    assert parse_sheet(found.name) == found


@settings(deadline=None)
@given(lon=st.floats(46.1, 87.9), lat=st.floats(40.1, 55.9))
def test_a_place_is_the_same_in_each_system_it_is_written_in(lon: float, lat: float) -> None:
    found = written(lon, lat)
    assert [one.system.family for one in found] == ["geographic", "geographic", "gk6", "utm"]
    assert [one.operation for one in found] == ["none", "EPSG:15865", "EPSG:15865", "none"]
    assert [one.accuracy_m for one in found] == [0.0, 4.5, 4.5, 0.0]
    for one in found:
        x, y = points_to_wgs84(np.array([one.x]), np.array([one.y]), one.system.code)
        assert (x[0], y[0]) == pytest.approx((lon, lat), abs=1e-9)
    kruger = found[2]
    assert kruger.x // 1_000_000 == kruger.system.zone == int(found[1].x // 6) + 1
    assert kruger.numbers == (f"{kruger.x:.0f}", f"{kruger.y:.0f}")
    assert found[0].numbers == (f"{lon:.5f}", f"{lat:.5f}")


def test_a_place_near_the_edge_of_a_zone_is_in_the_zone_of_each_datum() -> None:
    kruger, utm = written(71.9999, 48.0)[2:]  # 72.0006 on Pulkovo 1942
    assert (kruger.system.code, utm.system.code) == ("EPSG:28413", "EPSG:32642")
    assert map_sheet(71.9999, 48.1) == Sheet("M", 43, 133)
    assert [one.system.code for one in written(10.0, 50.0)] == ["EPSG:4326", "EPSG:4284"]
    assert map_sheet(10.0, 50.0) is None
