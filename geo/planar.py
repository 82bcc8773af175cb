"""What straight lines in degrees can tell of geodesic edges: that shapes surely touch, or surely do not.

Between the same two ends a geodesic and a straight line in degrees part by about

    gap = s^2 tan(latitude) sin(azimuth) (1 + cos(azimuth)^2) / 8R,   the last two factors 1.09 at most

(the difference in heading of a great circle and such a line); for edges up to LONGEST_M and PLAIN_LATITUDE
twice that bounds it. Shapes of such edges that keep clear of the antimeridian are called plain. Let an edge move
evenly from its straight line to its geodesic, every place of which starts at the place of the line nearest to it:
its ends stay, and it never leaves the strip of places within the gap of the line. Of plain shapes it follows:

- Apart: shapes that are farther apart in degrees than both their gaps do not touch.
- Crossed: where two straight edges cross and each end of both is farther from the other's line than the gaps,
  no end meets the other edge while both move. How often two curves cross changes by two at a time unless an end of
  one meets the other, and at first it was once: so the geodesics cross.
- Deep: a place farther from the outline than its gap is never met by a ring while that moves, so the number of
  times that each ring goes around it stays: it is inside the geodesic polygon if it is inside the straight one. A
  vertex of another shape is a place of that shape.
- Shared: two valid polygons that share more area than two bands of the width of the gap along their outlines can
  hold do touch.

Everything else is for the exact measure.
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
from geo.edges import Geometries, outlines_of, running, used

Bools = NDArray[np.bool_]

LONGEST_M = 20_000.0
PLAIN_LATITUDE = 75.0
PLAIN_LONGITUDE = 179.9
DEGREE_M = 111_700.0
"""More than a degree of latitude or longitude is long anywhere; the least degree of latitude is 110,574 m."""
LEAST_DEGREE_M = 110_570.0
ROUNDING_DEG = 1e-12
"""Added to gaps: far above what rounding does to places in degrees, a tenth of a micrometre on the ground."""
COMBINATIONS = 4_000
"""Pairs with more combinations of edges than this are left to GEOS, which need not try them all."""
RUN = 16_000
"""Pairs that are tried at a time."""
MOST = 50_000_000
"""Pairs that may be found at a time, should all boxes meet."""
KEPT = 4_000_000
"""Layers of more vertices than this do not keep their edges (32 bytes each) but take them from the geometries."""


@dataclass(frozen=True)
class Lines:
    """Straight edges (m, 4) as x, y, x, y in degrees; those of geometry n are first[n] ... first[n + 1] - 1."""

    ends: Floats
    first: Integers

    @classmethod
    def of(cls, geometries: Geometries) -> Lines:
        """All edges of lines and rings; points have none."""
        outlines, owner = outlines_of(geometries)
        lonlat, line = shapely.get_coordinates(outlines, return_index=True)
        at = np.flatnonzero(line[1:] == line[:-1])
        first = np.searchsorted(owner[line[at]], np.arange(len(geometries) + 1))
        return cls(np.concatenate([lonlat[at], lonlat[at + 1]], axis=1), first)


@dataclass(frozen=True)
class Plane:
    """A layer in degrees: geometries and gap (n,), the latter infinite where a shape is not plain, missing or empty."""

    geometries: Geometries
    gap: Floats

    @classmethod
    def of(cls, geometries: Geometries) -> Plane:
        """Nothing is computed but the gaps until it is needed."""
        return cls(geometries, gaps_deg(geometries))

    @cached_property
    def plain(self) -> Integers:
        """Positions of plain shapes."""
        return np.flatnonzero(np.isfinite(self.gap))

    @cached_property
    def boxes(self) -> Floats:
        """West, south, east and north (n, 4) of everything within the gap of each shape."""
        wide = self.gap[:, None] + ROUNDING_DEG
        return np.asarray(shapely.bounds(self.geometries) + wide * np.array([-1.0, -1.0, 1.0, 1.0]))

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


def touching(left: Plane, i: Integers, right: Plane, j: Integers) -> tuple[Bools, Bools]:
    """Which pairs of plain shapes surely touch, and which surely do not."""
    yes, no = crossed(left, i, right, j), np.zeros(len(i), dtype=bool)
    n = np.flatnonzero(~yes)
    a, b = left.geometries[i[n]], right.geometries[j[n]]
    no[n] = ~shapely.dwithin(a, b, left.gap[i[n]] + right.gap[j[n]] + ROUNDING_DEG)
    for one, p, other, q in ((left, i, right, j), (right, j, left, i)):
        n = np.flatnonzero(~yes & ~no)
        yes[n] = deep(one.geometries[p[n]], other.geometries[q[n]], other.gap[q[n]])
    n = np.flatnonzero(~yes & ~no)
    yes[n] = sharing(left.geometries[i[n]], right.geometries[j[n]], left.gap[i[n]] + right.gap[j[n]])
    return yes, no


def crossed(left: Plane, i: Integers, right: Plane, j: Integers) -> Bools:
    """Which pairs have edges that cross so clearly that their geodesics do: see the module."""
    (a, p), (b, q) = left.lines(i), right.lines(j)
    gap = left.gap[i] + right.gap[j] + ROUNDING_DEG
    e, e_pair = _near(a, p, right.boxes[j])
    f, f_pair = _near(b, q, left.boxes[i])
    e_count, f_count = np.bincount(e_pair, minlength=len(i)), np.bincount(f_pair, minlength=len(i))
    f_count[e_count * f_count > COMBINATIONS] = 0
    across = f_count[e_pair]
    pair = np.repeat(e_pair, across)
    begin = np.searchsorted(f_pair, np.arange(len(i)))
    one, other = np.repeat(a.ends[e], across, axis=0), b.ends[f[begin[pair] + running(across)]]
    answer = np.zeros(len(i), dtype=bool)
    n = np.flatnonzero(_parted(one, other, gap[pair]))
    n = n[_parted(other[n], one[n], gap[pair[n]])]
    answer[pair[n]] = True
    return answer


def _near(lines: Lines, p: Integers, boxes: Floats) -> tuple[Integers, Integers]:
    """Edges of the shapes p whose boxes meet the box (n, 4) beside each, and the place n of each."""
    count = np.diff(lines.first)[p]
    pair = np.repeat(np.arange(len(p)), count)
    f = lines.first[p][pair] + running(count)
    x, y, to_x, to_y = lines.ends[f].T
    west, south, east, north = boxes[pair].T
    meets = (np.maximum(x, to_x) >= west) & (np.minimum(x, to_x) <= east)
    meets &= (np.maximum(y, to_y) >= south) & (np.minimum(y, to_y) <= north)
    kept = np.flatnonzero(meets)
    return f[kept], pair[kept]


def _parted(line: Floats, other: Floats, gap: Floats) -> Bools:
    """Which endless lines (n, 4) have the ends of the other edges on either side, both farther away than the gap."""
    x, y, to_x, to_y = line.T
    along_x, along_y = to_x - x, to_y - y
    one = along_x * (other[:, 1] - y) - along_y * (other[:, 0] - x)
    two = along_x * (other[:, 3] - y) - along_y * (other[:, 2] - x)
    least = gap * (np.abs(along_x) + np.abs(along_y))
    return np.asarray(((one > least) & (two < -least)) | ((one < -least) & (two > least)))


def deep(left: Geometries, right: Geometries, gap_deg: Floats) -> Bools:
    """Whether the first vertex of left[n] is inside right[n], farther than its gap from the outline: see the module."""
    answer = np.zeros(len(left), dtype=bool)
    n = np.flatnonzero(np.isin(shapely.get_type_id(right), (3, 6)))
    lonlat, owner = shapely.get_coordinates(left[n], return_index=True)
    corner = lonlat[np.searchsorted(owner, np.arange(len(n)))]
    held = shapely.intersects_xy(right[n], corner[:, 0], corner[:, 1])
    n, corner = n[held], corner[held]
    away = shapely.distance(shapely.boundary(right[n]), shapely.points(corner))
    answer[n] = away > gap_deg[n] + ROUNDING_DEG
    return answer


def sharing(left: Geometries, right: Geometries, gap_deg: Floats) -> Bools:
    """Which valid polygons share more area than bands along their outlines hold: see the module."""
    answer = np.zeros(len(left), dtype=bool)
    n = np.arange(len(left))
    for side in (left, right):
        n = n[shapely.get_dimensions(side[n]) == 2]
        n = n[shapely.is_valid(side[n])]
    shared = shapely.area(shapely.intersection(left[n], right[n]))
    bands = 2 * gap_deg[n] * (shapely.length(left[n]) + shapely.length(right[n])) + 8 * gap_deg[n] ** 2
    answer[n] = shared > bands * 1.01 + 1e-12
    return answer
