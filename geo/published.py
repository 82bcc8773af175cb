"""Operations to WGS 84 that the registry of systems has for datums beyond those that geo.operations fixes.

Of those whose accuracy is known, whose grids are at hand, and which are one step, the one for the area in question
that is the most accurate is taken, of equal ones that of the lowest number: a rule, so that two runs agree.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from pyproj.transformer import TransformerGroup

from geo.crs import WGS84

Box = tuple[float, float, float, float]
SAME_DEGREES = 1e-9  # a tenth of a millimetre: the operation by its number and as PROJ lists it
AUTHORITY = (WGS84.to_authority() or ("",))[0]
SMALL_STEPS = ("axis order change", "null geographic offset")


@dataclass(frozen=True)
class Published:
    """One operation: its number, published accuracy in metres, published area (west, south, east, north in degrees)."""

    number: int
    accuracy_m: float
    area: Box

    def holds(self, box: Box) -> bool:
        """Whether it is published for all of a box."""
        return holds(self.area, box)


@dataclass(frozen=True)
class Absent:
    """An operation that needs grid files which are not here."""

    name: str
    accuracy_m: float
    area: Box
    grids: tuple[str, ...]


def holds(area: Box, box: Box) -> bool:
    """Whether a box (west, south, east, north in degrees) lies in an area, which may cross the antimeridian."""
    west, south, east, north = area
    wide = (west <= box[0] and box[2] <= east) or (west > east and (box[0] >= west or box[2] <= east))
    return wide and south <= box[1] and box[3] <= north


def best(datum: int, box: Box) -> Published | None:
    """The operation for data in a box; one published for another area where none is for this one; None without any."""
    found = operations(datum)[0]
    return min(found, key=lambda one: (not one.holds(box), one.accuracy_m, one.number), default=None)


def better_absent(datum: int, box: Box, accuracy_m: float) -> Absent | None:
    """The best operation for a box that would be better than that accuracy, were its grids here."""
    found = [one for one in operations(datum)[1] if holds(one.area, box) and one.accuracy_m < accuracy_m]
    return min(found, key=lambda one: (one.accuracy_m, one.name), default=None)


@lru_cache(maxsize=64)
def operations(datum: int) -> tuple[tuple[Published, ...], tuple[Absent, ...]]:
    """All operations from the geographic system with this number to WGS 84: those at hand, and those without grids."""
    source = CRS.from_epsg(datum)
    if source.prime_meridian is None or source.prime_meridian.longitude != 0 or _units(source) != {"degree"}:
        return (), ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the best is not at hand is told by `better_absent`
        group = TransformerGroup(source, WGS84, always_xy=True, allow_ballpark=False)
    there = [one for transformer in group.transformers if (one := _published(transformer)) is not None]
    absent = [
        Absent(one.name, one.accuracy, _bounds(one), tuple(grid.short_name for grid in one.grids if not grid.available))
        for one in group.unavailable_operations
        if one.accuracy >= 0
    ]
    return tuple(there), tuple(absent)


def _published(transformer: Transformer) -> Published | None:
    """An operation of one registered step that gives the same by its number alone, else None."""
    told: dict[str, Any] = transformer.to_json_dict() or {}
    steps = [step for step in told.get("steps", [told]) if not str(step.get("name")).casefold().startswith(SMALL_STEPS)]
    if len(steps) != 1 or (steps[0].get("id") or {}).get("authority") != AUTHORITY:
        return None
    number = int(steps[0]["id"]["code"])
    area = _bounds(transformer)
    if transformer.accuracy < 0 or not _same(transformer, number, area):
        return None
    return Published(number, float(transformer.accuracy), area)


def _same(transformer: Transformer, number: int, area: Box) -> bool:
    west, south, east, north = area
    lon, lat = np.linspace(west, max(west, east), 5), np.linspace(max(south, -85), min(north, 85), 5)
    try:
        first = Transformer.from_pipeline(f"{AUTHORITY}:{number}").transform(lat, lon)[::-1]
    except ProjError:
        return False
    second = transformer.transform(lon, lat)
    return bool(np.allclose(first, second, rtol=0, atol=SAME_DEGREES))


def _bounds(told: Any) -> Box:
    west, south, east, north = told.area_of_use.bounds if told.area_of_use else (-180.0, -90.0, 180.0, 90.0)
    return float(west), float(south), float(east), float(north)


def _units(source: CRS) -> set[str]:
    return {axis.unit_name for axis in source.axis_info}
