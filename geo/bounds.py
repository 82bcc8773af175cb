"""Bounds on geodesic distances from straight lines in space, valid anywhere on earth.

Derivation. Stretch the ellipsoid along its axis by a/b: it becomes the sphere of radius a on which a point
lies at its reduced latitude. The stretch multiplies the length of any curve by a factor between 1 and a/b,
so for two points with the angle sigma between their images

    b * sigma <= geodesic distance <= a * sigma                                                       (1)

and sigma = 2 asin(chord / 2) in units of a. On WGS 84 the two bounds differ by 0.34 %.

A geodesic has no curvature but that of the surface, which nowhere exceeds a / b^2. By Schur's comparison
theorem an arc of length L then leaves its straight chord by at most a L^2 / (8 b^2), as long as L <= pi b^2
/ a. Longer arcs (19,903 to 20,004 km) join points whose chord passes close to the centre, so that nothing
is farther than 1.01 radii from it, while the formula gives 1.23. The stretch is linear: it takes the chord
to the chord, and the bulge grows by a/b at most. In units of a

    bulge = a L^2 / (8 b^3)                                                                           (2)

All vectors of this module are images on that sphere with radius 1 ("unit vectors"); chords, radii and
bulges are in the same unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import GEOD

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

ROUNDING_M = 1e-6
"""Taken off lower and added to upper bounds: far above rounding in (1), far below what anyone measures."""
WHOLE_EARTH = 2.0
"""A radius that reaches every point of the unit sphere from any centre inside it."""
LARGE = 0.7
"""Balls above this radius stand for shapes whose inside may leave the ball; they become WHOLE_EARTH."""


@dataclass(frozen=True)
class Balls:
    """Balls in space, each around one shape: centre (n, 3), radius (n,), and one vertex of it (n, 3)."""

    centre: Floats
    radius: Floats
    vertex: Floats


def unit_vectors(lonlat: Floats) -> Floats:
    """Images (n, 3) on the unit sphere of points (n, 2) given by longitude and latitude in degrees."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    level, height = np.cos(lat), np.sin(lat) * GEOD.b / GEOD.a
    stretched = np.column_stack([level * np.cos(lon), level * np.sin(lon), height])
    return np.asarray(stretched / np.hypot(level, height)[:, None])


def lower_m(chord: Floats) -> Floats:
    """Least geodesic distance in metres of two points whose images are at least `chord` apart."""
    angle = 2 * np.arcsin(np.clip(chord, 0.0, 2.0) / 2)
    return np.asarray(np.maximum(GEOD.b * angle - ROUNDING_M, 0.0))


def upper_m(chord: Floats) -> Floats:
    """Greatest geodesic distance in metres of two points whose images are at most `chord` apart."""
    return np.asarray(2 * GEOD.a * np.arcsin(np.clip(chord, 0.0, 2.0) / 2) + ROUNDING_M)


def bulge(length_m: Floats) -> Floats:
    """Greatest departure of geodesic arcs of these lengths (metres) from their chords: (2)."""
    return np.asarray(GEOD.a * length_m**2 / (8 * GEOD.b**3))


def norm(vectors: Floats) -> Floats:
    """Lengths (n,) of vectors (n, 3)."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)))


def enclose(vertices: Floats, departure: Floats, first: Integers) -> Balls:
    """One ball per run of vertices (n, 3); `first` holds where each run begins, none of them empty.

    `departure` (n,) is what the edge at each vertex may leave its chord by. A chord between two vertices of
    the run stays within the ball around them, so the radius is that of the vertices plus the largest
    departure.
    """
    low, high = np.minimum.reduceat(vertices, first), np.maximum.reduceat(vertices, first)
    centre = (low + high) / 2
    run = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(vertices))))
    radius = np.maximum.reduceat(norm(vertices - centre[run]), first) + np.maximum.reduceat(departure, first)
    return Balls(centre, radius, vertices[first])


def balls(geometries: NDArray[np.object_]) -> tuple[Balls, Integers]:
    """Balls around whole geometries in longitude and latitude, inside of polygons included.

    Returns the balls and the positions of the geometries they belong to: missing and empty ones have none.
    Consecutive vertices are treated as joined even where a new part begins, and an edge as long as (1)
    allows; both only widen the ball. The inside of a polygon whose boundary fits a ball of radius 0.7 lies
    in the ball: otherwise it would hold everything outside, a pole among it, and then that pole would be a
    vertex.
    """
    lonlat, owner = shapely.get_coordinates(geometries, return_index=True)
    if len(owner) == 0:
        return Balls(np.empty((0, 3)), np.empty(0), np.empty((0, 3))), np.empty(0, dtype=np.intp)
    vertices = unit_vectors(lonlat)
    departure = np.zeros(len(owner))
    joined = owner[1:] == owner[:-1]
    departure[1:] = np.where(joined, bulge(upper_m(norm(np.diff(vertices, axis=0)))), 0.0)
    position, first = np.unique(owner, return_index=True)
    found = enclose(vertices, departure, first)
    radius = np.where(found.radius > LARGE, WHOLE_EARTH, found.radius)
    return Balls(found.centre, radius, found.vertex), position
