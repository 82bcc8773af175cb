"""What can be selected without being a feature of a layer: a position, a map sheet, licence blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import shapely

from geo.blocks import Block, doubt_km, format_codes, outline, parse
from geo.formats import sheet_outline
from geo.operations import operation_of
from geo.sheets import Sheet, parse_sheet
from geo.systems import PULKOVO_DEGREES, WGS84_DEGREES, System, registered
from layers.view import GROUNDS, PLACE, SHEET, Selection

PLACE_ID = re.compile(r"(-?\d{1,2}(?:\.\d{1,6})?),(-?\d{1,3}(?:\.\d{1,6})?)(?:,(\d{4,5}))?", re.ASCII)
ROUGH, FINE = 4, 6  # decimals of degrees in a link: 11 m where that says all, else 0.1 m
LONGEST_CODES = 2000  # characters of a list of blocks in a link: some 500 blocks that lie together
MOST_BLOCKS = 1500  # in one such list


@dataclass(frozen=True)
class Ground:
    """A piece of ground in degrees on WGS 84, and how far it may be off at most.

    ``system``: the one in which a position was written. ``sheet`` or ``blocks``: what it is the outline of.
    """

    shape: shapely.Geometry
    accuracy_km: float
    system: System | None = None
    sheet: Sheet | None = None
    blocks: tuple[Block, ...] = ()


def ground(selected: Selection) -> Ground:
    """The ground that a selection names; ValueError (GeoError for sheets and blocks) where it names none."""
    return _grounds(selected.layer, selected.id)


@lru_cache(maxsize=256)
def _grounds(layer: str, key: str) -> Ground:
    if layer not in GROUNDS or len(key) > LONGEST_CODES:
        raise ValueError(f"{layer}/{key[:80]} names no ground")
    if layer == PLACE:
        return _position(key)
    if layer == SHEET:
        sheet = parse_sheet(key)
        return Ground(sheet_outline(sheet), operation_of(PULKOVO_DEGREES.code).accuracy_m / 1000, sheet=sheet)
    blocks = tuple(parse(key))
    if not 0 < len(blocks) <= MOST_BLOCKS:
        raise ValueError(f"{len(blocks)} blocks; a list has 1 to {MOST_BLOCKS}")
    return Ground(outline(blocks), doubt_km(blocks), blocks=blocks)


def _position(key: str) -> Ground:
    """Latitude and longitude, then the number of the system in which they were written, unless it is WGS 84."""
    found = PLACE_ID.fullmatch(key)
    if found is None:
        raise ValueError(f"{key[:80]!r} is no latitude and longitude")
    lat, lon = float(found[1]), float(found[2])
    system = registered(int(found[3])) if found[3] else WGS84_DEGREES
    if abs(lat) > 90 or abs(lon) > 180 or system is None:
        raise ValueError(f"{key[:80]!r} is no position in a known system")
    return Ground(shapely.Point(lon, lat), operation_of(system.code).accuracy_m / 1000, system=system)


def place_key(lat: float, lon: float, system: System = WGS84_DEGREES) -> str:
    """The id of a selected position in degrees on WGS 84; ``system`` is the one in which it was written."""
    fine = [round(degrees, FINE) + 0.0 for degrees in (lat, lon)]
    decimals = ROUGH if all(degrees == round(degrees, ROUGH) for degrees in fine) else FINE
    written = ",".join(f"{degrees:.{decimals}f}" for degrees in fine)
    return written if system == WGS84_DEGREES or not system.number else f"{written},{system.number}"


def blocks_key(blocks: Iterable[Block]) -> str:
    """The id of selected licence blocks: their codes as notices publish them."""
    return format_codes(blocks)
