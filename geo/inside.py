"""What lies inside polygons whose edges are geodesics.

A planar test in degrees is wrong in the sliver between a geodesic edge and the straight line between its
ends (277 m wide at 100 km in Kazakhstan). So polygons first get more vertices, on their geodesics.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.bounds import Floats, Integers, balls, in_space, lower_m, norm
from geo.crs import GEOD
from geo.edges import LONGEST_EDGE_M, Geometries, combinations, cut, measure, simple_parts, used

SLIVER_M = 0.001
"""Greatest gap left between a geodesic edge and the straight lines in degrees that stand for it."""


def inside(left: Geometries, i: Integers, right: Geometries, j: Integers) -> NDArray[np.bool_]:
    """Which pairs have a part of left[i] that begins inside a polygon of right[j].

    Where outlines do not cross, a part lies inside as a whole or not at all, so its first vertex tells.
    """
    answer = np.zeros(len(i), dtype=bool)
    parts, part_of = simple_parts(left)
    polygons, polygon_of = simple_parts(right)
    areal = shapely.get_type_id(polygons) == 3
    polygons, polygon_of = polygons[areal], polygon_of[areal]
    if len(polygons) == 0:
        return answer
    lonlat, part = shapely.get_coordinates(parts, return_index=True)
    corner = lonlat[np.searchsorted(part, np.arange(len(parts)))]
    vector, (around, _) = in_space(corner), balls(polygons)
    parts_first = np.searchsorted(part_of, np.arange(len(left) + 1))
    polygons_first = np.searchsorted(polygon_of, np.arange(len(right) + 1))
    for pair, p, q in combinations(i, parts_first, j, polygons_first):
        near = lower_m(norm(vector[p] - around.centre[q]) - around.radius[q]) == 0
        pair, p, (flat, q) = pair[near], p[near], used(polygons, q[near])
        flat = flat_polygons(flat)
        shapely.prepare(flat)
        for turn in (-360, 0, 360):
            answer[pair[shapely.intersects_xy(flat[q], corner[p, 0] + turn, corner[p, 1])]] = True
    return answer


def flat_polygons(polygons: Geometries) -> Geometries:
    """Polygons whose straight lines in degrees follow the geodesic edges within SLIVER_M.

    So a planar test of what lies inside agrees with the geodesic outline but for points within a millimetre
    of it. The gap of a piece of length L is L^2 tan(latitude) sin(azimuth) (1 + cos(azimuth)^2) / 8R, from
    the difference in heading of a great circle and a straight line in degrees; the azimuth term is at most
    1.09. Longitudes run on past 180 where a ring crosses the antimeridian, but not along a pole, where a
    ring that follows the border of the map turns. A ring that runs round a pole without touching it has no
    inside in degrees: its polygon comes back empty. Within 11 km of a pole the gap may be larger.
    """
    rings, of = shapely.get_rings(polygons, return_index=True)
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    turn = turns(lonlat, ring)
    lonlat[:, 0] += 360 * (turn + beside_shell(lonlat[:, 0] + 360 * turn, ring, of)[ring])
    follows = np.flatnonzero(ring[1:] == ring[:-1])
    start, end, owner = lonlat[follows], lonlat[follows + 1], ring[follows]
    for longest in (every_edge, flat_edge_m):
        azimuth, length = measure(start, end)
        pieces = np.maximum(np.ceil(length / longest(start, end)), 1).astype(np.intp)
        start, end = cut(start, end, pieces, azimuth, length)
        owner = np.repeat(owner, pieces)
    flat: Geometries = shapely.polygons(shapely.linearrings(start, indices=owner), indices=of)
    last = np.append(ring[1:] != ring[:-1], True)
    flat[of[ring[last & (turn != 0)]]] = shapely.Polygon()
    return flat


def turns(lonlat: Floats, ring: Integers) -> Integers:
    """Whole turns to add to each longitude so that neighbours in a ring are less than half a turn apart."""
    step = np.zeros(len(ring), dtype=np.intp)
    polar = np.abs(lonlat[:, 1]) == 90
    joined = (ring[1:] == ring[:-1]) & ~(polar[1:] & polar[:-1])
    step[1:] = np.where(joined, -np.round(np.diff(lonlat[:, 0]) / 360), 0)
    total = np.cumsum(step)
    return np.asarray(total - total[np.searchsorted(ring, ring)])


def beside_shell(lon: Floats, ring: Integers, of: Integers) -> Integers:
    """Whole turns (rings,) to add to each ring so that holes lie beside their polygon's first ring, its shell."""
    first = np.searchsorted(ring, np.arange(len(of)))
    middle = (np.minimum.reduceat(lon, first) + np.maximum.reduceat(lon, first)) / 2 if len(of) else np.empty(0)
    shell = np.searchsorted(of, of)
    return np.asarray(np.round((middle[shell] - middle) / 360), dtype=np.intp)


def every_edge(start: Floats, end: Floats) -> Floats:
    """The length at which any edge is cut, whatever its latitude (metres)."""
    return np.full(len(start), LONGEST_EDGE_M)


def flat_edge_m(start: Floats, end: Floats) -> Floats:
    """Length in metres up to which an edge and its straight line in degrees stay within SLIVER_M.

    For edges of at most LONGEST_EDGE_M, which climb less than a degree above their ends.
    """
    latitude = np.minimum(np.maximum(np.abs(start[:, 1]), np.abs(end[:, 1])) + 1, 89.9)
    return np.asarray(np.sqrt(8 * GEOD.b * SLIVER_M / (1.1 * np.tan(np.radians(latitude)))))
