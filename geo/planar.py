"""What straight lines in degrees can tell of geodesic edges: that shapes surely touch, or surely do not.

Between the same two ends a geodesic and a straight line in degrees part by about

    gap = s^2 tan(latitude) sin(azimuth) (1 + cos(azimuth)^2) / 8R,   the last two factors 1.09 at most

(the difference in heading of a great circle and such a line); for edges up to LONGEST_M and PLAIN_LATITUDE
twice that bounds it. So two shapes that are farther apart in degrees than both their gaps do not touch, and two
polygons that share more area than two bands of that width along their outlines can hold do. Everything else is
for the exact measure.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.bounds import Floats
from geo.crs import GEOD
from geo.edges import Geometries

Bools = NDArray[np.bool_]

LONGEST_M = 20_000.0
PLAIN_LATITUDE = 75.0
DEGREE_M = 111_700.0
"""More than a degree of latitude or longitude is long anywhere; the least degree of latitude is 110,574 m."""
LEAST_DEGREE_M = 110_570.0


def gaps_deg(geometries: Geometries) -> Floats:
    """Bounds (n,) in degrees on how far edges leave their straight lines; infinite where that is not known.

    The jump from one part or ring to the next counts as an edge, which only widens the bound.
    """
    lonlat, owner = shapely.get_coordinates(geometries, return_index=True)
    longest, steepest, widest = (np.zeros(len(geometries)) for _ in range(3))
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
    known = (longest <= LONGEST_M) & (steepest < PLAIN_LATITUDE) & (widest <= 180)
    return np.where(known, gap_m / (LEAST_DEGREE_M * np.cos(lat)), np.inf)


def touching(left: Geometries, right: Geometries, gap_deg: Floats) -> tuple[Bools, Bools]:
    """Which pairs left[n], right[n] surely touch, and which surely do not, given the sum of their gaps (n,)."""
    yes, no = np.zeros(len(left), dtype=bool), np.zeros(len(left), dtype=bool)
    n = np.flatnonzero(np.isfinite(gap_deg))
    no[n] = ~shapely.dwithin(left[n], right[n], gap_deg[n] + 1e-12)
    n = n[~no[n]]
    for side in (left, right):
        n = n[shapely.get_dimensions(side[n]) == 2]
        n = n[shapely.is_valid(side[n])]
    shared = shapely.area(shapely.intersection(left[n], right[n]))
    bands = 2 * gap_deg[n] * (shapely.length(left[n]) + shapely.length(right[n])) + 8 * gap_deg[n] ** 2
    yes[n] = shared > bands * 1.01 + 1e-12
    return yes, no
