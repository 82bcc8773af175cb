"""A place in the coordinate systems that geologists use beside WGS 84, in words."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from geo.blocks import encode
from geo.errors import GeoError
from geo.formats import Written, map_sheet, written
from geo.systems import COUNTRY, WGS84_DEGREES
from layers.text import NO_BREAK, coordinates, number, say


class Elsewhere(NamedTuple):
    """One line: the system, sheet or grid, and where the place is in it."""

    label: str
    value: str


@lru_cache(maxsize=1024)
def elsewhere(lon: float, lat: float, language: str) -> tuple[Elsewhere, ...]:
    """A place on WGS 84 in Pulkovo 1942, in Gauss-Kruger and UTM metres, and its map sheet and licence block, if any.

    The operation that shifts the datum comes last, with its published accuracy. Beyond the country's box there is
    nothing.
    """
    west, south, east, north = COUNTRY
    if not (west <= lon <= east and south <= lat <= north):
        return ()
    found = [made for made in written(lon, lat) if made.system != WGS84_DEGREES]
    lines = [_line(made, language) for made in found]
    if sheet := map_sheet(lon, lat):
        lines.append(Elsewhere(say(language, "system_sheet"), sheet.name))
    try:
        block = encode(lon, lat).code
        lines.append(Elsewhere(say(language, "system_block"), say(language, "system_block_value", code=block)))
    except GeoError:
        pass  # outside the grid of blocks there is none to tell
    shifted = [made for made in found if made.accuracy_m > 0]
    if shifted:
        told = say(
            language, "system_shift", code=shifted[0].operation, metres=number(shifted[0].accuracy_m, language, 1)
        )
        lines.append(Elsewhere(say(language, "system_operation"), told))
    return tuple(lines)


def _line(made: Written, language: str) -> Elsewhere:
    system = made.system
    if not system.projected:
        return Elsewhere(say(language, "system_pulkovo", code=system.code), coordinates(made.y, made.x, language))
    easting, northing = (f"{number(round(value), language)}{NO_BREAK}" for value in (made.x, made.y))
    key = "system_utm" if system.family == "utm" else "system_gk"
    label = say(language, key, zone=system.zone, code=system.code)
    return Elsewhere(label, say(language, "system_metres", easting=easting, northing=northing))
