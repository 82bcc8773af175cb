"""One place written in the systems of the country: degrees, Gauss-Kruger and UTM metres, and its map sheet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.operations import operation_of, points_from_wgs84, to_wgs84
from geo.sheets import Sheet, sheet_at
from geo.systems import PULKOVO_DEGREES, WGS84_DEGREES, Family, System, systems

DECIMALS_DEGREES = 5
"""A metre: finer than the shift of datum is known."""
SHEET_SIDE = 0.5
"""Degrees between the corners of a sheet's outline: sides along parallels are shifted unevenly."""


@dataclass(frozen=True)
class Written:
    """A place in one system: ``x`` is the easting or longitude, ``y`` the northing or latitude (metres or degrees).

    ``operation`` and ``accuracy_m`` say how it was brought there from WGS 84.
    """

    system: System
    x: float
    y: float
    operation: str
    accuracy_m: float

    @property
    def numbers(self) -> tuple[str, str]:
        """Both as plain digits: whole metres, or degrees with 5 decimals."""
        decimals = 0 if self.system.projected else DECIMALS_DEGREES
        return f"{self.x:.{decimals}f}", f"{self.y:.{decimals}f}"


def written(lon: float, lat: float) -> tuple[Written, ...]:
    """A place on WGS 84 in WGS 84, Pulkovo 1942, its Gauss-Kruger zone of six degrees with prefix, and its UTM zone.

    Zones are those in whose strip the longitude lies on their own datum (the western side is inside). Metres are left
    out where no zone of the country reaches.
    """
    found = [written_in(system, lon, lat) for system in (WGS84_DEGREES, PULKOVO_DEGREES)]
    families: tuple[tuple[Family, float], ...] = (("gk6", found[1].x), ("utm", found[0].x))
    for family, at in families:
        zones = [system for system in systems() if system.family == family and system.west <= at < system.east]
        found += [written_in(system, lon, lat) for system in zones]
    return tuple(found)


def map_sheet(lon: float, lat: float) -> Sheet | None:
    """The sheet 1:100,000 on which a place on WGS 84 lies: sheets are cut on Pulkovo 1942."""
    there = written_in(PULKOVO_DEGREES, lon, lat)
    return sheet_at(there.x, there.y)


def sheet_outline(sheet: Sheet) -> shapely.Polygon:
    """A sheet, which is cut on Pulkovo 1942, in degrees on WGS 84."""
    cut = shapely.segmentize(shapely.box(*sheet.bounds), SHEET_SIDE)
    moved: shapely.Polygon = to_wgs84(np.array([cut], dtype=object), PULKOVO_DEGREES.code)[0]
    return moved


def written_in(system: System, lon: float, lat: float) -> Written:
    """A place on WGS 84 in one system."""
    x, y = points_from_wgs84(np.array([lon]), np.array([lat]), system.code)
    operation = operation_of(system.code)
    return Written(system, float(x[0]), float(y[0]), operation.code, operation.accuracy_m)
