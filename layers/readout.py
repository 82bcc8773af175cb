"""What the map needs to tell the pointer's coordinates in the systems of the country, as plain data."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson

from geo import blocks, sheets
from geo.proj4 import definition
from geo.systems import PULKOVO_DEGREES, System, systems

ZONED = ("gk6", "gk3", "utm")  # families of which the map picks the zone in whose strip the pointer is


@cache
def readout() -> bytes:
    """Proj4 definitions of Pulkovo 1942 and of all zones, and the grid of map sheets and licence blocks, as JSON."""
    found: dict[str, Any] = {family: [_zone(one) for one in systems() if one.family == family] for family in ZONED}
    west, south, east, north = blocks.GRID_MIN
    grid = {
        "bounds_min": (west, south, east, north),
        "rows": blocks.ROWS,
        "first_zone": blocks.ZONES[0],
        "tens": blocks.TENS,
        "fives": blocks.FIVES,
        "row_min": sheets.ROW_MIN,
        "column_min": sheets.COLUMN_MIN,
        "sheet_min": sheets.SHEET_MIN,
        "across": sheets.ACROSS,
        "rounding_min": blocks.ROUNDING_MIN,
    }
    return orjson.dumps(found | {"pulkovo": definition(PULKOVO_DEGREES), "grid": grid})


def _zone(system: System) -> dict[str, Any]:
    """A zone with its strip in degrees of its own datum, the western side inside."""
    return {
        "zone": system.zone,
        "code": system.code,
        "west": system.west,
        "east": system.east,
        "proj4": definition(system),
    }
