"""Selections that are no feature: what they name, and what is told of how they were read."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.blocks import outline, parse
from geo.formats import sheet_outline
from geo.operations import points_from_wgs84
from geo.sheets import parse_sheet
from geo.systems import System, registered, systems
from layers.elsewhere import name_of_ground, read_as
from layers.ground import ground, place_key
from layers.nearby import around
from layers.reach import centre_of
from layers.spec import LANGUAGES
from layers.vantage import vantage
from layers.view import BLOCKS, PLACE, SHEET, Selection

LAT, LON = st.floats(41.0, 55.0), st.floats(47.0, 87.0)


@given(LAT, LON, st.sampled_from(systems()))
def test_a_place_keeps_its_position_to_a_decimetre_and_its_system(lat: float, lon: float, system: System) -> None:
    here = ground(Selection(PLACE, place_key(lat, lon, system)))
    assert (here.shape.y, here.shape.x) == pytest.approx((lat, lon), abs=6e-7)
    assert here.system == system


def test_a_position_that_needs_no_more_is_written_with_four_decimals() -> None:
    assert place_key(48.5, 67.25) == "48.5000,67.2500"
    assert place_key(48.50001, 67.25) == "48.500010,67.250000"
    assert place_key(-1e-9, 0.0) == "0.0000,0.0000"


@pytest.mark.parametrize("language", LANGUAGES)
def test_metres_are_told_as_they_were_pasted(language: str) -> None:
    system = registered(28413)
    assert system is not None
    read, shifted = read_as(Selection(PLACE, "47.243863,74.428549,28413"), language)
    assert re.findall(r"\d+", re.sub(r"[\s,]", "", read.value))[-2:] == ["5234567", "13456789"]
    assert "EPSG:28413" in read.value
    assert "EPSG:15865" in shifted.value
    x, y = points_from_wgs84(np.array([74.428549]), np.array([47.243863]), system.code)
    assert (round(x[0]), round(y[0])) == (13456789, 5234567)


def test_a_sheet_and_blocks_are_their_outlines() -> None:
    assert ground(Selection(SHEET, "M-43-101")).shape.equals(sheet_outline(parse_sheet("M-43-101")))
    codes = "M-42-85-(10е-5в-2,3,4)"
    assert ground(Selection(BLOCKS, codes)).shape.equals(outline(parse(codes)))
    assert centre_of(Selection(BLOCKS, codes)).accuracy_km == pytest.approx(7.4, abs=0.05)  # type: ignore[union-attr]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outline_of_blocks_says_what_is_inferred(language: str) -> None:
    several, quarter = "M-42-85-(10е-5в-2,3,4)", f"M-42-85-(10е-5в-{','.join(map(str, range(1, 26)))})"
    told = read_as(Selection(BLOCKS, several), language)[1].value
    assert "7.4" in told.replace(",", ".")
    assert read_as(Selection(BLOCKS, quarter), language)[1].value != told
    assert "3" in name_of_ground(Selection(BLOCKS, several), language)
    assert name_of_ground(Selection(BLOCKS, "M-42-85-(10е-5в-2)"), language) == "M-42-85-(10е-5в-2)"


def test_what_lies_around_an_outline_is_measured_from_its_side_and_as_uncertain_as_it() -> None:
    here = vantage(Selection(BLOCKS, "M-42-85-(10е-5в-2,3,4)"), "en")
    assert here is not None
    (row,) = [row for row in around(here, "en", 20)["prospecting_areas"].rows if row.id == "aktyubinskoe-1801"]
    assert row.reach.startswith("0–")
    assert "3 licence blocks ± 7.4" in row.why.replace("\u00a0", " ")
