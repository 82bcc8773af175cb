"""What straight lines in degrees can tell of geodesic edges: that shapes surely touch, or surely do not.

Between the same two ends a geodesic and a straight line in degrees part by about

    gap = s^2 tan(latitude) sin(azimuth) (1 + cos(azimuth)^2) / 8R,   the last two factors 1.09 at most

(the difference in heading of a great circle and such a line); for edges up to LONGEST_M and PLAIN_LATITUDE
twice that bounds it. Shapes of such edges that keep clear of the antimeridian are called plain. Let an edge move
evenly from its straight line to its geodesic, every place of which starts at the place of the line nearest to it:
its ends stay, and it never leaves the strip of places within the gap of the line. Of plain shapes it follows:

- Apart: shapes that are farther apart in degrees than both their gaps do not touch.
- Clear: where the box of one shape, its gap included, is farther than the gap of the other from every edge of the
  other, the other holds the whole box or none of it, and straight lines tell which.
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
OUTWARDS = np.array([-1.0, -1.0, 1.0, 1.0])
"""Signs by which west, south, east and north of a box grow."""
ALL_FOUR = np.uint32(0x01010101)
"""Four truths in a row, read as one number."""
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
        return cls(np.concatenate([start, end], axis=1), _below(sides), first)


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


def touching(left: Plane, i: Integers, right: Plane, j: Integers) -> tuple[Bools, Bools]:
    """Which pairs of plain shapes surely touch, and which surely do not."""
    yes, no = by_edges(left, i, right, j)
    n = np.flatnonzero(~yes & ~no)
    a, b = left.geometries[i[n]], right.geometries[j[n]]
    no[n] = ~shapely.dwithin(a, b, left.gap[i[n]] + right.gap[j[n]] + ROUNDING_DEG)
    for one, p, other, q in ((left, i, right, j), (right, j, left, i)):
        n = np.flatnonzero(~yes & ~no)
        yes[n] = deep(one, p[n], other, q[n])
    n = np.flatnonzero(~yes & ~no)
    yes[n] = sharing(left.geometries[i[n]], right.geometries[j[n]], left.gap[i[n]] + right.gap[j[n]])
    return yes, no


def by_edges(left: Plane, i: Integers, right: Plane, j: Integers) -> tuple[Bools, Bools]:
    """Which pairs of plain shapes their edges prove to touch, and which not to: see the module, Clear and Crossed."""
    (a, p), (b, q) = left.lines(i), right.lines(j)
    gap = left.gap[i] + right.gap[j] + ROUNDING_DEG
    e, e_count = _near(a, p, right.boxes[j] + gap[:, None] * OUTWARDS)
    f, f_count = _near(b, q, left.boxes[i] + gap[:, None] * OUTWARDS)
    yes, no = np.zeros(len(i), dtype=bool), np.zeros(len(i), dtype=bool)
    for count, whole, k, part, h in ((e_count, left, i, right, j), (f_count, right, j, left, i)):
        n = np.flatnonzero((count == 0) & whole.outlined[k] & ~yes & ~no)
        yes[n] = shapely.intersects_xy(whole.geometries[k[n]], *part.corner[h[n]].T)
        no[n] = ~yes[n]
    across = np.repeat(np.where(e_count * f_count > COMBINATIONS, 0, f_count), e_count)
    one = np.repeat(np.arange(len(e)), across)
    other = np.repeat(np.repeat(np.cumsum(f_count) - f_count, e_count), across) + running(across)
    meets = np.take(a.sides[e], one, axis=0) <= np.take(-np.roll(b.sides[f], 2, axis=1), other, axis=0)
    kept = _all_four(meets)
    one, other = one[kept], other[kept]
    pair = np.repeat(np.arange(len(i)), e_count)[one]
    yes[pair[_cross(a.ends[e[one]], b.ends[f[other]], gap[pair])]] = True
    return yes, no


def _cross(one: Floats, other: Floats, gap: Floats) -> Integers:
    """Where edges (n, 4) cross with each end farther than the gap from the line of the other."""
    n = np.flatnonzero(_parted(one, other, gap))
    return n[_parted(other[n], one[n], gap[n])]


def _near(lines: Lines, p: Integers, boxes: Floats) -> tuple[Integers, Integers]:
    """Edges of the shapes p whose boxes meet the box (n, 4) beside each, by shape, and how many each has."""
    count = np.diff(lines.first)[p]
    f = np.repeat(lines.first[p], count) + running(count)
    limits = -_below(np.concatenate([-boxes[:, 2:], boxes[:, :2]], axis=1))
    meets = np.take(lines.sides, f, axis=0) <= np.repeat(limits, count, axis=0)
    kept = _all_four(meets)
    return f[kept], np.diff(np.searchsorted(kept, np.concatenate([[0], np.cumsum(count)])))


def _all_four(true: Bools) -> Integers:
    """Rows (n, 4) that are true throughout."""
    return np.flatnonzero(true.view(np.uint32)[:, 0] == ALL_FOUR)


def _below(values: Floats) -> NDArray[np.float32]:
    """The next lower numbers in single precision."""
    return np.nextafter(values.astype(np.float32), np.float32(-np.inf))


def _parted(line: Floats, other: Floats, gap: Floats) -> Bools:
    """Which endless lines (n, 4) have the ends of the other edges on either side, both farther away than the gap."""
    x, y, to_x, to_y = line.T
    along_x, along_y = to_x - x, to_y - y
    one = along_x * (other[:, 1] - y) - along_y * (other[:, 0] - x)
    two = along_x * (other[:, 3] - y) - along_y * (other[:, 2] - x)
    least = gap * (np.abs(along_x) + np.abs(along_y))
    return np.asarray(((one > least) & (two < -least)) | ((one < -least) & (two > least)))


def deep(left: Plane, i: Integers, right: Plane, j: Integers) -> Bools:
    """Whether the first vertex of left i is inside right j, farther than its gap from the outline: see the module."""
    answer = np.zeros(len(i), dtype=bool)
    n = np.flatnonzero(np.isin(shapely.get_type_id(right.geometries[j]), (3, 6)))
    n = n[shapely.intersects_xy(right.geometries[j[n]], *left.corner[i[n]].T)]
    outline, corner = shapely.boundary(right.geometries[j[n]]), shapely.points(left.corner[i[n]])
    answer[n] = shapely.distance(outline, corner) > right.gap[j[n]] + ROUNDING_DEG
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


def point_inside(left: Geometries, right: Geometries, j: Integers, away_m: Floats) -> tuple[Bools, Bools]:
    """Which left[n] are points inside right[j[n]], and of which pairs that is known.

    ``away_m`` is how far each is from the geodesic outline. A moving outline stays within its gap of the straight one,
    and that within its gap of the geodesic, so a point farther away than both is never met: see the module, Deep.
    """
    plain = gaps_deg(right)[j] * 2 * DEGREE_M < away_m
    areal = np.isin(shapely.get_type_id(right), (3, 6))[j]
    point = shapely.get_type_id(left) == 0
    held = np.zeros(len(left), dtype=bool)
    n = np.flatnonzero(plain & areal & point)
    lon, lat = shapely.get_x(left[n]), shapely.get_y(left[n])
    n, lon, lat = (values[np.abs(lon) <= PLAIN_LONGITUDE] for values in (n, lon, lat))
    held[n] = shapely.intersects_xy(right[j[n]], lon, lat)
    known = np.isin(shapely.get_type_id(right), (0, 1, 2, 4, 5))[j]
    known[n] = True
    return held, known
