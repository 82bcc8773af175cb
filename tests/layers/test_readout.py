"""What the browser gets to compute coordinates from: every zone of the country, and the grid as geo has it."""

from __future__ import annotations

import orjson

from geo.blocks import GRID_MIN
from geo.proj4 import definition
from geo.systems import COUNTRY, system_of
from layers.readout import ZONED, readout


def test_the_zones_of_each_family_lie_side_by_side_over_the_whole_country() -> None:
    told = orjson.loads(readout())
    for family in ZONED:
        sides = [(zone["west"], zone["east"]) for zone in told[family]]
        assert sides == sorted(sides)
        assert [east for _, east in sides[:-1]] == [west for west, _ in sides[1:]]
        assert sides[0][0] <= COUNTRY[0] + 0.5  # the country itself begins at 46.5 E
        assert sides[-1][1] >= COUNTRY[2]
        assert all(zone["proj4"] == definition(system_of(zone["code"])) for zone in told[family])


def test_the_grid_is_that_of_the_blocks() -> None:
    grid = orjson.loads(readout())["grid"]
    west, south, east, north = grid["bounds_min"]
    assert tuple(grid["bounds_min"]) == GRID_MIN
    assert (north - south) == len(grid["rows"]) * grid["row_min"]
    assert (east - west) % grid["column_min"] == 0
    assert grid["row_min"] == grid["across"] * grid["sheet_min"][0]
