"""A layer seen in degrees: how far its edges leave their straight lines, and boxes that hold all of it.

Between the same two ends a geodesic and a straight line in degrees part by about

    gap = s^2 tan(latitude) sin(azimuth) (1 + cos(azimuth)^2) / 8R,   the last two factors 1.09 at most

(the difference in heading of a great circle and such a line); for edges up to LONGEST_M and PLAIN_LATITUDE
twice that bounds it. Shapes of such edges that keep clear of the antimeridian are called plain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.bounds import Floats, Integers
from geo.crs import GEOD
from geo.edges import Geometries, outlines_of, used

Bools = NDArray[np.bool_]

LONGEST_M = 20_000.0
PLAIN_LATITUDE = 75.0
PLAIN_LONGITUDE = 179.9
DEGREE_M = 111_700.0
"""More than a degree of latitude or longitude is long anywhere; the least degree of latitude is 110,574 m."""
LEAST_DEGREE_M = 110_570.0
ROUNDING_DEG = 4e-11
"""Added to gaps: a micrometre of longitude at PLAIN_LATITUDE, below which distances count as touching."""
RUN = 16_000
"""Pairs that are tried at a time."""
MOST = 50_000_000
"""Pairs that may be found at a time, should all boxes meet."""
OUTWARDS = np.array([-1.0, -1.0, 1.0, 1.0])
"""Signs by which west, south, east and north of a box grow."""
CHUNK = 50_000
"""Shapes whose vertices are held in memory at a time."""
KEPT = 4_000_000
"""Layers of more vertices than this do not keep their edges (48 bytes each) but take them from the geometries."""


@dataclass(frozen=True)
class Lines:
    """Straight edges in degrees; those of geometry n are first[n] ... first[n + 1] - 1.

    ends: (m, 4) as x, y, x, y; sides: (m, 4) west, south, -east, -north of a box around each, in single precision.
    """

    ends: Floats
    sides: NDArray[np.float32]
    first: Integers

    @classmethod
    def of(cls, geometries: Geometries) -> Lines:
        """All edges of lines and rings; points have none."""
        outlines, owner = outlines_of(geometries)
        lonlat, line = shapely.get_coordinates(outlines, return_index=True)
        at = np.flatnonzero(line[1:] == line[:-1])
        first = np.searchsorted(owner[line[at]], np.arange(len(geometries) + 1))
        start, end = lonlat[at], lonlat[at + 1]
        sides = np.concatenate([np.minimum(start, end), -np.maximum(start, end)], axis=1)
        return cls(np.concatenate([start, end], axis=1), below(sides), first)


@dataclass(frozen=True)
class Plane:
    """A layer in degrees: geometries (n,), their gaps (n,) and first vertices (n, 2).

    The gap is infinite where a shape is not plain, missing or empty, the vertex NaN where there is none.
    """

    geometries: Geometries
    gap: Floats
    corner: Floats

    @classmethod
    def of(cls, geometries: Geometries) -> Plane:
        """Gaps and vertices now, the rest when it is needed."""
        chunks = [geometries[begin : begin + CHUNK] for begin in range(0, len(geometries), CHUNK)] or [geometries]
        gap, corner = ([measure(some) for some in chunks] for measure in (gaps_deg, corners))
        return cls(geometries, np.concatenate(gap), np.concatenate(corner))

    @cached_property
    def plain(self) -> Integers:
        """Positions of plain shapes."""
        return np.flatnonzero(np.isfinite(self.gap))

    @cached_property
    def boxes(self) -> Floats:
        """West, south, east and north (n, 4) of everything within the gap of each shape."""
        return np.asarray(shapely.bounds(self.geometries) + (self.gap[:, None] + ROUNDING_DEG) * OUTWARDS)

    @cached_property
    def outlined(self) -> Bools:
        """Which shapes are all lines or all polygons, so that they are nothing but edges and what these surround."""
        return np.isin(shapely.get_type_id(self.geometries), (1, 2, 3, 5, 6))

    @cached_property
    def diagonals(self) -> Geometries:
        """A line across the box of each plain shape."""
        corners = self.boxes[self.plain].reshape(-1, 2, 2)
        lines: Geometries = shapely.linestrings(corners)
        return lines

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The boxes of plain shapes."""
        return shapely.STRtree(self.diagonals)

    @cached_property
    def _lines(self) -> Lines | None:
        many = int(shapely.get_num_coordinates(self.geometries).sum()) > KEPT
        return None if many else Lines.of(self.geometries)

    def lines(self, i: Integers) -> tuple[Lines, Integers]:
        """Edges of some shapes, and the place of each of the positions i among them."""
        if self._lines is not None:
            return self._lines, i
        some, place = used(self.geometries, i)
        return Lines.of(some), place


def gaps_deg(geometries: Geometries) -> Floats:
    """Bounds (n,) in degrees on how far edges leave their straight lines; infinite where that is not known.

    The jump from one part or ring to the next counts as an edge, which only widens the bound.
    """
    lonlat, owner = shapely.get_coordinates(geometries, return_index=True)
    longest, steepest, widest = (np.full(len(geometries), np.inf) for _ in range(3))
    if len(owner) == 0:
        return longest
    first = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    step = np.zeros(len(owner))
    step[1:] = np.where(owner[1:] == owner[:-1], np.hypot(*np.diff(lonlat, axis=0).T), 0.0)
    at = owner[first]
    longest[at] = np.maximum.reduceat(step, first) * DEGREE_M
    steepest[at] = np.maximum.reduceat(np.abs(lonlat[:, 1]), first)
    widest[at] = np.maximum.reduceat(np.abs(lonlat[:, 0]), first)
    lat = np.radians(np.minimum(steepest + 0.1, PLAIN_LATITUDE))
    gap_m = 2 * 1.1 * longest**2 * np.tan(lat) / (8 * GEOD.b)
    known = (longest <= LONGEST_M) & (steepest < PLAIN_LATITUDE) & (widest <= PLAIN_LONGITUDE)
    return np.where(known, gap_m / (LEAST_DEGREE_M * np.cos(lat)), np.inf)


def corners(geometries: Geometries) -> Floats:
    """First vertices (n, 2) of geometries, NaN where there is none."""
    lonlat, owner = shapely.get_coordinates(geometries, return_index=True)
    found = np.full((len(geometries), 2), np.nan)
    at = np.flatnonzero(np.append(True, owner[1:] != owner[:-1])[: len(owner)])
    found[owner[at]] = lonlat[at]
    return found


def meeting(left: Plane, right: Plane) -> Iterator[tuple[Integers, Integers]]:
    """Positions of plain shapes whose boxes meet, in runs of about RUN pairs of rising position on the left."""
    if len(left.plain) == 0 or len(right.plain) == 0:
        return
    rows = max(1, MOST // len(right.plain))
    held, many = [], 0
    for begin in range(0, len(left.plain), rows):
        p, q = right.tree.query(left.diagonals[begin : begin + rows])
        held.append((left.plain[p + begin], right.plain[q]))
        many += len(p)
        if many >= RUN or begin + rows >= len(left.plain):
            i, j = (np.concatenate(parts) for parts in zip(*held, strict=True))
            yield from ((i[n : n + RUN], j[n : n + RUN]) for n in range(0, len(i), RUN))
            held, many = [], 0


def below(values: Floats) -> NDArray[np.float32]:
    """The next lower numbers in single precision."""
    return np.nextafter(values.astype(np.float32), np.float32(-np.inf))
