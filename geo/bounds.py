"""Bounds on geodesic distances from straight lines in space, valid anywhere on earth.

All vectors of this module are places in space in metres from the centre of the ellipsoid, the axis of the
earth being the third; chords, radii and bulges are in metres too.

Derivation. A geodesic has no curvature but that of the surface, which nowhere exceeds k = a / b^2. By
Schur's comparison theorem an arc of length s <= pi / k (19,903 km) has a chord c no shorter than that of an
arc of the circle of curvature k, so that

    c <= s <= (2 / k) asin(k c / 2)                                                                   (1)

At 50 km the two differ by 0.13 m. For points far apart: stretch the ellipsoid along its axis by a/b, and it
becomes the sphere of radius a. That multiplies the length of any curve, chords included, by a factor between
1 and a/b, so for two points with the angle sigma between their images

    b sigma <= s <= a sigma,   c / 2a <= sin(sigma / 2) <= c / 2b                                     (2)

(2) also gives s < 11,600 km wherever c <= 10,000 km, so that (1) holds there.

The same theorem bounds how far an arc leaves its chord: by at most

    bulge = k s^2 / 8   as long as s <= pi / k                                                        (3)

Longer arcs join points whose chord passes close to the centre, so that nothing is farther than 1.01 a from
it, while (3) gives 1.22 a.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import GEOD

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

CURVATURE = GEOD.a / GEOD.b**2
"""The greatest curvature of the ellipsoid in any direction, per metre: along the equator's meridians."""
FAR_M = 1e7
"""Chords above this length are bounded by (2) alone."""
ROUNDING_M = 1e-6
"""Taken off lower and added to upper bounds: far above rounding, far below what anyone measures."""
WHOLE_EARTH_M = 2 * GEOD.a
"""A radius that reaches every point of the ellipsoid from any centre inside it."""
LARGE_M = 0.7 * GEOD.b
"""Balls above this radius stand for shapes whose inside may leave the ball; they become WHOLE_EARTH_M."""


@dataclass(frozen=True)
class Balls:
    """Balls in space, each around one shape: centre (n, 3), radius (n,), and one vertex of it (n, 3)."""

    centre: Floats
    radius: Floats
    vertex: Floats


def in_space(lonlat: Floats) -> Floats:
    """Places (n, 3) in space of points (n, 2) given by longitude and latitude in degrees."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    sine, flat = np.sin(lat), (GEOD.b / GEOD.a) ** 2
    normal = GEOD.a / np.sqrt(1 - (1 - flat) * sine**2)
    level = normal * np.cos(lat)
    return np.column_stack([level * np.cos(lon), level * np.sin(lon), normal * flat * sine])


def lower_m(chord_m: Floats) -> Floats:
    """Least geodesic distance in metres of two points at least `chord_m` apart in space: (1), and (2) when far."""
    far = 2 * GEOD.b * np.arcsin(np.clip(chord_m / (2 * GEOD.a), 0.0, 1.0))
    return np.asarray(np.maximum(np.maximum(chord_m, far) - ROUNDING_M, 0.0))


def upper_m(chord_m: Floats) -> Floats:
    """Greatest geodesic distance in metres of two points at most `chord_m` apart in space: (1), or (2) when far."""
    near = 2 / CURVATURE * np.arcsin(np.minimum(chord_m, FAR_M) * CURVATURE / 2)
    far = 2 * GEOD.a * np.arcsin(np.clip(chord_m / (2 * GEOD.b), 0.0, 1.0))
    return np.asarray(np.where(chord_m <= FAR_M, near, far) + ROUNDING_M)


def bulge(length_m: Floats) -> Floats:
    """Greatest departure in metres of geodesic arcs of these lengths from their chords: (3)."""
    return np.asarray(CURVATURE / 8 * length_m**2)


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
    allows; both only widen the ball. The inside of a polygon whose boundary fits a ball of radius 0.7 b lies
    in the ball: otherwise it would hold everything outside, a pole among it, and then that pole would be a
    vertex.
    """
    lonlat, owner = shapely.get_coordinates(geometries, return_index=True)
    if len(owner) == 0:
        return Balls(np.empty((0, 3)), np.empty(0), np.empty((0, 3))), np.empty(0, dtype=np.intp)
    vertices = in_space(lonlat)
    departure = np.zeros(len(owner))
    joined = owner[1:] == owner[:-1]
    departure[1:] = np.where(joined, bulge(upper_m(norm(np.diff(vertices, axis=0)))), 0.0)
    first = np.flatnonzero(np.append(True, ~joined))
    found = enclose(vertices, departure, first)
    radius = np.where(found.radius > LARGE_M, WHOLE_EARTH_M, found.radius)
    return Balls(found.centre, radius, found.vertex), owner[first]
