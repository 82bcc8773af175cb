"""The coordinates at the pointer: in every system what pyproj says, remembered, and told on a phone too."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Frame, expect
from pyproj import Geod, Transformer

from geo.blocks import encode
from geo.formats import map_sheet
from geo.operations import operation_of
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
GEOD = Geod(ellps="WGS84")
PLACES = [
    (46.85, 74.98),  # Balkhash
    (50.34, 83.51),  # Ridder
    (43.35, 52.86),  # Zhanaozen
    (54.9, 69.15),
    (49.0, 74.0),  # the corner of a sheet on Pulkovo 1942
    (47.123456, 78.0),  # between two zones
    (47.123456, 77.999),
    (40.6, 68.4),
    (49.4083333333, 66.35),  # the corner of a block
]
FAMILIES = {"gk6": (28400, 8), "utm": (32600, 38), "gk3": (2516, 16)}  # what is added to the zone, the first zone


@pytest.fixture
def frame(atlas: str, visit: Start) -> Frame:
    """A map that has what it needs for all systems."""
    here = visit(atlas)
    here.open("/?lang=en")
    made = here.map()
    made.evaluate("() => Atlas.readout.load()")
    return made


def told(frame: Frame, call: str, lat: float, lon: float) -> Any:
    return frame.evaluate(f"([lat, lng]) => {call}({{lat, lng}})", [lat, lon])


def test_every_zone_is_computed_as_pyproj_does(frame: Frame) -> None:
    for lat, lon in PLACES:
        for family, (base, first) in FAMILIES.items():
            found = frame.evaluate("([f, lat, lng]) => Atlas.readout.metres(f, {lat, lng})", [family, lat, lon])
            number = base + found["zone"]
            assert found["code"] == f"EPSG:{number}"
            assert found["zone"] >= first
            pulkovo = by_proj("EPSG:4284", lat, lon)
            x, y = by_proj(found["code"], lat, lon)
            assert abs(found["x"] - x) < 0.01, (family, lat, lon)
            assert abs(found["y"] - y) < 0.01, (family, lat, lon)
            width = 3 if family == "gk3" else 6
            middle = {"gk6": 6 * found["zone"] - 3, "gk3": 3 * found["zone"], "utm": 6 * (found["zone"] - 30) - 3}[
                family
            ]
            assert abs((lon if family == "utm" else pulkovo[0]) - middle) <= width / 2 + 1e-9


def by_proj(code: str, lat: float, lon: float) -> tuple[float, float]:
    """By PROJ's own pipeline: the fixed operation backwards, then the projection of the system."""
    if code.startswith("EPSG:326"):
        return Transformer.from_crs("EPSG:4326", code, always_xy=True).transform(lon, lat)
    shift = Transformer.from_pipeline(operation_of("EPSG:4284").code)
    there_lat, there_lon = shift.transform(lat, lon, direction="INVERSE")
    if code == "EPSG:4284":
        return there_lon, there_lat
    return Transformer.from_crs("EPSG:4284", code, always_xy=True).transform(there_lon, there_lat)


def test_pulkovo_sheet_and_block_are_those_of_geo(frame: Frame) -> None:
    for lat, lon in PLACES:
        there = told(frame, "Atlas.readout.pulkovo", lat, lon)
        x, y = by_proj("EPSG:4284", lat, lon)
        assert GEOD.inv(there["lng"], there["lat"], x, y)[2] < 0.01
        sheet = map_sheet(lon, lat)
        assert sheet is not None
        assert frame.evaluate("([lat, lng]) => Atlas.readout.tell('sheet', {lat, lng})", [lat, lon]) == sheet.name
        block = frame.evaluate("([lat, lng]) => Atlas.readout.tell('block', {lat, lng})", [lat, lon])
        assert block == f"{encode(lon, lat).code}, last level inferred"
    for kind in ("gk6", "gk3", "utm", "sheet", "block"):
        abroad = frame.evaluate("kind => Atlas.readout.tell(kind, {lat: 30, lng: 10})", kind)
        assert abroad == "outside the grid of Kazakhstan"


def test_seconds_carry_into_minutes_and_degrees(frame: Frame) -> None:
    text = frame.evaluate("() => Atlas.readout.tell('dms', {lat: 47.99999999, lng: -0.5125})")
    assert text.replace("\u00a0", " ") == "48\u00b000\u203200.0\u2033 N, 0\u00b030\u203245.0\u2033 W"


def test_the_system_chosen_is_remembered_for_the_session_and_followed_by_the_pointer(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=ru")
    frame = here.map()
    frame.get_by_label("Система координат").select_option("gk6")
    frame.locator(".leaflet-container").hover(position={"x": 300, "y": 250})
    shown = frame.locator(".atlas-readout-value")
    expect(shown).to_have_text(re.compile(r"зона \d+: X [\d\s]+, Y [\d\s]+ м"))
    before = shown.text_content()
    frame.locator(".leaflet-container").hover(position={"x": 320, "y": 250})
    expect(shown).not_to_have_text(before or "")
    here.page.reload()
    again = here.map()
    expect(again.locator(".atlas-readout-value")).to_have_text(re.compile(r"зона \d+: X"))
    assert "gk6" not in here.page.url
    assert here.left_host == []
    assert here.faults == []


def test_a_narrow_map_tells_where_it_was_touched(atlas: str, visit: Start) -> None:
    here = visit(atlas, width=375)
    here.open("/?lang=en")
    frame = here.map()
    frame.locator(".leaflet-container").click(position={"x": 180, "y": 200})  # folds the credits
    frame.locator(".atlas-readout").wait_for()
    box = frame.locator(".atlas-readout").bounding_box()
    assert box is not None
    assert box["width"] <= 355
    expect(frame.locator(".atlas-readout-value")).to_have_text(re.compile(r"\d\.\d{4}\u00b0\sN"))
