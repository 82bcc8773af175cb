"""What a printed map shows: a centre, how far it reaches, and the size of its drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.azimuthal import azimuthal_km

MM = 72 / 25.4  # points in a millimetre: drawings are measured in points


@dataclass(frozen=True)
class Frame:
    """What a map shows: its centre in WGS 84 degrees, km from there to the left and right edge, its size in mm."""

    lon: float
    lat: float
    half_width_km: float
    width_mm: float = 80.0
    height_mm: float = 60.0

    @property
    def width(self) -> float:
        """Width in points."""
        return self.width_mm * MM

    @property
    def height(self) -> float:
        """Height in points."""
        return self.height_mm * MM

    @property
    def points_per_km(self) -> float:
        """Scale of the drawing at its centre."""
        return self.width / 2 / self.half_width_km

    @property
    def reach_km(self) -> float:
        """How far from the centre something may lie and still be in the frame."""
        return math.hypot(self.width, self.height) / 2 / self.points_per_km


def around(lon: float, lat: float, radius_km: float, width_mm: float = 80.0, height_mm: float = 60.0) -> Frame:
    """The frame that holds a circle around a position (WGS 84 degrees) with a little room beside it."""
    least_mm = min(width_mm, height_mm)
    return Frame(lon, lat, radius_km * 1.08 * width_mm / least_mm, width_mm, height_mm)


def over(lonlat: Sequence[tuple[float, float]], width_mm: float = 80.0, height_mm: float = 60.0) -> Frame:
    """The frame that holds all of these positions (WGS 84 degrees); ValueError when there is none."""
    if not lonlat:
        raise ValueError("A map of no position at all was asked for.")
    every = np.asarray(lonlat, dtype=float)
    lon, lat = (every.min(axis=0) + every.max(axis=0)) / 2
    east, north = np.abs(azimuthal_km(every, (lon, lat))).max(axis=0)
    half_km = max(east, north * width_mm / height_mm, 10.0) * 1.12
    return Frame(float(lon), float(lat), float(half_km), width_mm, height_mm)
