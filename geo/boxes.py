"""Boxes of longitude and latitude that are sure to hold what geodesics between and around them reach.

A box is west, south, east, north in degrees; many are an array (n, 4). A row with a missing value stands
for something without a place: it meets nothing and has nothing around it.

Derivations, for a geodesic with azimuth alpha at latitude phi, parametrised by its length s, with the radii
of curvature M (meridian) and N (prime vertical) of the ellipsoid a, e^2:

    phi' = cos(alpha) / M        lambda' = sin(alpha) / (N cos(phi))        alpha' = sin(alpha) tan(phi) / N

Everywhere M >= a (1 - e^2), N >= a, and both are at most c = a / sqrt(1 - e^2), so that

    |phi'| <= 1 / (a (1 - e^2))        |lambda'| <= 1 / (a cos(phi))                                      (1)

Differentiating phi' once more, with M' / M = 3 e^2 sin(phi) cos(phi) / (1 - e^2 sin^2(phi)),

    phi'' = - sin^2(alpha) tan(phi) / (M N) - cos^2(alpha) M' / M^3

is a mean, weighted by sin^2 and cos^2, of two terms; with sin(phi) cos(phi) <= 1/2 the larger of them gives

    |phi''| <= max(tan|phi|, 3 e^2 / (2 (1 - e^2)^2)) / (a^2 (1 - e^2))                                   (2)

Over an edge of length L the latitude departs from its linear interpolation, which stays between the ends, by
at most L^2 / 8 max|phi''|. An edge inside a box of dphi by dlambda is no longer than the path on which both
grow evenly: L <= hypot(c dphi, c cos(least |phi|) dlambda). By (1) no point of an edge is farther than
L / (2 a (1 - e^2)) in latitude from the nearer end. That bounds phi in (2); the bulge that follows bounds it
again, and closer. On a shortest edge between longitudes less than 180 degrees apart the longitude runs one
way (by Clairaut sin(alpha) keeps its sign) and the short way round, so it stays between the ends.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import GEOD

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

ROUNDING = 1e-9
"""Degrees (0.1 mm) by which boxes are widened besides: far above rounding, far below what anyone measures."""
LEAST_M = GEOD.a * (1 - GEOD.es)  # of the radius M, at the equator
MOST_M = GEOD.a / np.sqrt(1 - GEOD.es)  # of both radii, at the poles
FLAT = 1.5 * GEOD.es / (1 - GEOD.es) ** 2
ROUNDS = 2
"""How often the bound on the bulge is put to use on itself."""
FEW = 64
"""Boxes up to this number are compared one by one, more by way of a tree."""
TURN = 360.0


def widened(bounds: Floats) -> Floats:
    """Boxes (n, 4) that hold every geodesic edge, and all they enclose, of shapes with these bounds (n, 4).

    The bounds are those of the vertices. A bulge beyond a pole ends at the pole. A shape 180 degrees wide or
    wider may have edges that run the other way round, across the antimeridian: its box is the whole earth.
    """
    west, south, east, north = np.asarray(bounds, dtype=np.float64).reshape(-1, 4).T
    far = np.maximum(np.abs(south), np.abs(north))
    least = np.where((south <= 0) & (north >= 0), 0.0, np.minimum(np.abs(south), np.abs(north)))
    length = MOST_M * np.radians(np.hypot(north - south, np.cos(np.radians(least)) * (east - west)))
    bulge = np.degrees(length / (2 * LEAST_M))
    for _ in range(ROUNDS):
        reach = np.radians(far + bulge)
        steep = np.where(reach < np.pi / 2, np.tan(np.minimum(reach, np.pi / 2)), np.inf)
        curved = np.maximum(steep, FLAT) / (GEOD.a * LEAST_M)
        with np.errstate(invalid="ignore"):  # a point near a pole: nothing times infinity
            bulge = np.fmin(bulge, np.degrees(length**2 / 8 * curved))
    made = np.column_stack(
        [
            west - ROUNDING,
            np.maximum(south - bulge - ROUNDING, -90.0),
            east + ROUNDING,
            np.minimum(north + bulge + ROUNDING, 90.0),
        ]
    )
    whole = np.minimum(west, -180.0), -90.0, np.maximum(east, 180.0), 90.0
    return np.where((east - west >= TURN / 2)[:, None], np.column_stack(np.broadcast_arrays(*whole)), made)


def around(bounds: Floats, km: float) -> Floats:
    """Boxes (m, 4) between -180 and 180 that hold every point within `km` of any point of the bounds (n, 4).

    A geodesic of that length leaves the band of latitudes by no more than (1) allows, and the longitudes by
    no more than it allows at the highest latitude of the band. A band that reaches a pole goes all round.
    What crosses the antimeridian becomes two boxes. Bounds with a missing value give none.
    """
    given = np.asarray(bounds, dtype=np.float64).reshape(-1, 4)
    west, south, east, north = given[~np.isnan(given).any(axis=1)].T
    step = np.degrees(km * 1000 / LEAST_M) + ROUNDING
    south, north = np.maximum(south - step, -90.0), np.minimum(north + step, 90.0)
    level = np.cos(np.radians(np.maximum(np.abs(south), np.abs(north))))
    polar = (south <= -90) | (north >= 90)
    aside = np.degrees(km * 1000 / (GEOD.a * np.where(polar, 1.0, level))) + ROUNDING
    west, east = west - aside, east + aside
    whole = polar | (east - west >= TURN)
    turns = np.floor((west + TURN / 2) / TURN) * TURN
    west, east = np.where(whole, -TURN / 2, west - turns), np.where(whole, TURN / 2, east - turns)
    made = np.column_stack([west, south, np.minimum(east, TURN / 2), north])
    over = east > TURN / 2
    rest = np.column_stack([np.full(over.sum(), -TURN / 2), south[over], east[over] - TURN, north[over]])
    return np.concatenate([made, rest])


def meeting(bounds: Floats, boxes: Floats) -> Truths:
    """Which of the bounds (n, 4) have a point in common with any of the boxes (m, 4), edges included.

    Longitudes a turn apart are the same.
    """
    bounds, boxes = (np.asarray(given, dtype=np.float64).reshape(-1, 4) for given in (bounds, boxes))
    boxes = boxes[~np.isnan(boxes).any(axis=1)]
    placed = ~np.isnan(bounds).any(axis=1)
    if not len(boxes) or not placed.any():
        return np.zeros(len(bounds), dtype=bool)
    all_round = _overlapping(bounds, boxes)
    least, most = bounds[placed, 0].min(), bounds[placed, 2].max()
    for turn in (-TURN, TURN):
        moved = boxes + np.array([turn, 0, turn, 0])
        if ((moved[:, 0] <= most) & (moved[:, 2] >= least)).any():
            all_round |= _overlapping(bounds, moved)
    return all_round


def _overlapping(bounds: Floats, boxes: Floats) -> Truths:
    """As `meeting`, with longitudes as they are; comparisons with a missing value are false."""
    found = np.zeros(len(bounds), dtype=bool)
    if len(boxes) <= FEW:
        columns = np.ascontiguousarray(bounds.T)
        for west, south, east, north in boxes:
            found |= (columns[0] <= east) & (columns[2] >= west) & (columns[1] <= north) & (columns[3] >= south)
        return found
    placed = np.flatnonzero(~np.isnan(bounds).any(axis=1))
    hits, _ = shapely.STRtree(shapely.box(*boxes.T)).query(shapely.box(*bounds[placed].T))
    found[placed[hits]] = True
    return found
