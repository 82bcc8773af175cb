"""What straight lines in degrees can tell of geodesic edges: that shapes surely touch, or surely do not.

Shapes are plain, and gaps bound how far their geodesics leave straight lines, as `geo.plane` says. Let an edge move
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

import numpy as np
import shapely

from geo.bounds import Floats, Integers
from geo.edges import Geometries, running
from geo.plane import DEGREE_M, OUTWARDS, PLAIN_LONGITUDE, ROUNDING_DEG, Bools, Lines, Plane, below, gaps_deg

COMBINATIONS = 4_000
"""Pairs with more combinations of edges than this are left to GEOS, which need not try them all."""
ALL_FOUR = np.uint32(0x01010101)
"""Four truths in a row, read as one number."""


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
    limits = -below(np.concatenate([-boxes[:, 2:], boxes[:, :2]], axis=1))
    meets = np.take(lines.sides, f, axis=0) <= np.repeat(limits, count, axis=0)
    kept = _all_four(meets)
    return f[kept], np.diff(np.searchsorted(kept, np.concatenate([[0], np.cumsum(count)])))


def _all_four(true: Bools) -> Integers:
    """Rows (n, 4) that are true throughout."""
    return np.flatnonzero(true.view(np.uint32)[:, 0] == ALL_FOUR)


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
