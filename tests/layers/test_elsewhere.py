"""A place in the geologists' systems, in words."""

from __future__ import annotations

import re

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.blocks import outline, parse
from layers.details import details
from layers.elsewhere import elsewhere, spots
from layers.spec import LANGUAGES
from layers.understand import Understood, understand

LON, LAT = st.floats(46.5, 86.9), st.floats(41.0, 55.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_balkhash_in_every_system(language: str) -> None:
    """Zone 13 and UTM 43 have 75 E for their meridian; Pulkovo 1942 lies some 60 m away, published to 4.5 m."""
    lines = elsewhere(74.98, 46.85, language)
    values = [re.sub(r"[\s,]", "", line.value) for line in lines]
    assert len(lines) == 6
    assert all(digits in values[1] for digits in ("13498527", "5190622"))
    assert all(digits in values[2] for digits in ("498475", "5188496"))
    assert "zone 13" in lines[1].label or "зона 13" in lines[1].label or "13-зона" in lines[1].label
    assert values[3] == "L-43-42"
    assert "EPSG:15865" in values[5]


@given(LON, LAT)
def test_the_block_named_holds_the_place(lon: float, lat: float) -> None:
    code = next(line.value.split(";")[0] for line in elsewhere(lon, lat, "en") if line.value.count("-") > 3)
    west, south, east, north = parse(code)[0].bounds
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


@given(LON, LAT)
def test_what_is_told_is_understood_again(lon: float, lat: float) -> None:
    """Gauss-Kruger metres as told, pasted back, lead to the place, to the metre that is told."""
    told = next(line.value for line in elsewhere(lon, lat, "en") if line.value.startswith("X"))
    northing, easting = (part.replace(",", "") for part in re.findall(r"[\d,]+", told))
    found = understand(f"X={northing} Y={easting}")
    assert isinstance(found, Understood)
    boxes = [found.geometry.bounds] if found.geometry is not None else [one.falls_in for one in found.candidates]
    assert min(max(abs(box[0] - lon), abs(box[1] - lat)) for box in boxes) < 2e-5


def test_beyond_the_country_there_is_nothing() -> None:
    assert elsewhere(10.0, 50.0, "en") == ()
    assert elsewhere(75.0, -46.0, "en") == ()


def test_a_line_is_told_by_the_corners_of_its_box_and_its_middle() -> None:
    found = details("gas_operating", "saryarka-1", "en", 100).elsewhere
    assert [spot.where for spot in found] == [
        "south-west corner of its box",
        "north-east corner of its box",
        "a point on it near its middle",
    ]
    south_west, north_east, middle = (degrees(spot.lines[0].value) for spot in found)
    assert south_west[0] <= middle[0] <= north_east[0]
    assert south_west[1] <= middle[1] <= north_east[1]
    assert all(len(spot.lines) == 7 for spot in found)


def degrees(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"[\d.]+", text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_area_is_told_by_the_corners_of_its_box_and_a_point_inside(language: str) -> None:
    area = outline(parse("M-42-85-(10е-5в-2,3,4)"))
    south_west, north_east, inside = spots(area, language)
    assert south_west.lines[1:] == elsewhere(66.35, 49 + 24 / 60, language)
    assert north_east.lines[1:] == elsewhere(66.4, 49 + 25 / 60, language)
    assert "M-42-85-(10е-5в-" in next(line.value for line in inside.lines if line.value.count("-") > 3)
    assert spots(None, language) == ()


def test_a_point_is_told_once() -> None:
    assert spots(shapely.Point(74.98, 46.85), "en") == (("", elsewhere(74.98, 46.85, "en")),)
    assert spots(shapely.Point(10, 50), "en") == ()
