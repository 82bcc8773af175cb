"""A place in the coordinate systems that geologists use beside WGS 84, in words."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import shapely

from geo.blocks import encode
from geo.errors import GeoError
from geo.formats import Written, map_sheet, written, written_in
from geo.operations import operation_of
from geo.systems import COUNTRY, PULKOVO_DEGREES, WGS84_DEGREES, Family, System
from layers.ground import ground
from layers.text import NO_BREAK, coordinates, number, say
from layers.view import PLACE, Selection

CALLED: dict[Family, str] = {
    "gk6": "system_gk",
    "gk6 truncated": "system_gk_short",
    "gk3": "system_gk3",
    "gk3 truncated": "system_gk3_short",
    "cs63": "system_cs63",
    "utm": "system_utm",
}


class Elsewhere(NamedTuple):
    """One line: the system, sheet or grid, and where the place is in it."""

    label: str
    value: str


class Spot(NamedTuple):
    """One position of a shape in the other systems: ``where`` says which, and is empty for a point."""

    where: str
    lines: tuple[Elsewhere, ...]


def spots(shape: shapely.Geometry | None, language: str) -> tuple[Spot, ...]:
    """A point in the other systems; of a line or area the corners of its box and a point of it, on WGS 84 too.

    The box is that of least and greatest longitude and latitude; its corners need not lie on the shape.
    """
    if shape is None or shape.is_empty:
        return ()
    if shape.geom_type == "Point":
        lines = elsewhere(shape.x, shape.y, language)
        return (Spot("", lines),) if lines else ()
    west, south, east, north = shape.bounds
    line = shape.geom_type == "LineString"
    within = shape.interpolate(0.5, normalized=True) if line else shape.representative_point()
    inside = "spot_middle" if line else "spot_inside" if shapely.get_dimensions(shape) == 2 else "spot_on"
    places = {"spot_south_west": (west, south), "spot_north_east": (east, north), inside: (within.x, within.y)}
    return tuple(Spot(say(language, where), _with_wgs84(lon, lat, language)) for where, (lon, lat) in places.items())


def _with_wgs84(lon: float, lat: float, language: str) -> tuple[Elsewhere, ...]:
    here = Elsewhere(say(language, "position_of"), coordinates(lat, lon, language))
    return (here, *elsewhere(lon, lat, language))


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
        told = shift(shifted[0].operation, shifted[0].accuracy_m, language)
        lines.append(Elsewhere(say(language, "system_operation"), told))
    return tuple(lines)


def _line(made: Written, language: str) -> Elsewhere:
    return Elsewhere(system_called(made.system, language), _numbers(made, language))


def _numbers(made: Written, language: str) -> str:
    return metres(made, language) if made.system.projected else coordinates(made.y, made.x, language)


def metres(made: Written, language: str) -> str:
    """Northing and easting of a place in whole metres."""
    easting, northing = (f"{number(round(value), language)}{NO_BREAK}" for value in (made.x, made.y))
    return say(language, "system_metres", easting=easting, northing=northing)


def shift(operation: str, accuracy_m: float, language: str) -> str:
    """A shift of datum by its code, with its published accuracy."""
    return say(language, "system_shift", code=operation, metres=number(accuracy_m, language, 1))


def system_called(system: System, language: str) -> str:
    """A system in words with its zone and its code; one that has no words here by its registered name."""
    if system == PULKOVO_DEGREES:
        return say(language, "system_pulkovo", code=system.code)
    if system.family not in CALLED:
        return f"{system.name} ({system.code})"
    return say(language, CALLED[system.family], zone=system.zone, code=system.code)


def name_of_ground(selected: Selection, language: str) -> str:
    """What selected ground is called: a position by its degrees, one block by its code, several by their number."""
    if selected.layer == PLACE:
        return ",".join(selected.id.split(",")[:2])
    blocks = ground(selected).blocks
    if len(blocks) > 1:
        return say(language, "ground_count", count=number(len(blocks), language))
    return blocks[0].code if blocks else selected.id


def read_as(selected: Selection, language: str) -> tuple[Elsewhere, ...]:
    """How selected ground was read: the system and its numbers, or the outline that names stand for."""
    here = ground(selected)
    if here.sheet:
        moved = shift(operation_of(PULKOVO_DEGREES.code).code, here.accuracy_km * 1000, language)
        return (_read(say(language, "ground_sheet", cut=say(language, "search_cut"), shift=moved), language),)
    if here.blocks:
        off = number(here.accuracy_km, language, 1)
        doubt = say(language, "ground_blocks", distance=off)
        told = doubt if here.accuracy_km else say(language, "ground_blocks_sure")
        return (Elsewhere(say(language, "ground_codes"), selected.id), _read(told, language))
    assert here.system is not None
    if here.system == WGS84_DEGREES:
        return ()  # nothing was done to it
    made = written_in(here.system, here.shape.x, here.shape.y)
    numbers = f"{system_called(here.system, language)}: {_numbers(made, language)}"
    if not made.accuracy_m:
        return (_read(numbers, language),)
    moved = shift(made.operation, made.accuracy_m, language)
    return (_read(numbers, language), Elsewhere(say(language, "ground_shift"), moved))


def _read(told: str, language: str) -> Elsewhere:
    return Elsewhere(say(language, "place_read"), told)
