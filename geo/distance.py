"""Geodesic distances on WGS 84 between geometries of any type, edges being geodesics.

Two facts carry the computation. The ellipsoid is curved positively everywhere, so a shortest path that
meets two edges at right angles inside both can be shortened by moving its ends sideways the same way (the
second variation of its length is minus the integral of the curvature). Hence the least distance of two
edges is at an end of one of them unless they cross. And along an edge the distance to a point changes by
minus the cosine of the angle between the edge and the way to the point, which leads to the foot in a few
steps.

What must be measured is found by the bounds of `geo.bounds`, first on groups of edges, then on edges, then
on the chord of each edge; only edges that can be nearest are measured on the ellipsoid.

The inside of a polygon is bounded by geodesics too: a point between such an edge and the straight line in
degrees belongs to the side on which the geodesic leaves it (see `geo.inside`, exact to a
millimetre). Insides follow the even-odd rule ring by ring, so invalid rings neither fail nor are repaired
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.bounds import ROUNDING_M, Balls, Floats, Integers, lower_m, norm, unit_vectors, upper_m
from geo.crs import GEOD
from geo.edges import (
    Edges,
    Geometries,
    check_degrees,
    combinations,
    edges_between,
    edges_of,
    geometry_array,
    measure,
    used,
)
from geo.errors import GeoError
from geo.inside import inside

Bools = NDArray[np.bool_]

MEAN_RADIUS_M = (2 * GEOD.a + GEOD.b) / 3
STEPS = 3
"""Steps towards the foot, each of which leaves about 1/150 of the error along the edge."""
TOUCHING_M = 1e-6
"""Distances below a micrometre are noise of the computation and count as touching."""


def point_to_segment_km(points: Floats, starts: Floats, ends: Floats) -> Floats:
    """Geodesic distance in km from each point to the geodesic between `starts` and `ends`.

    All three are arrays (n, 2) of longitude and latitude in degrees on WGS 84; a segment may have no
    length.
    """
    points, starts, ends = (np.asarray(array, dtype=np.float64).reshape(-1, 2) for array in (points, starts, ends))
    edges = edges_between(starts, ends, np.arange(len(starts)), len(starts))
    owner = np.repeat(np.arange(len(points)), np.diff(edges.first))
    nearest = Nearest(len(points))
    nearest.measure(points[owner], unit_vectors(points)[owner], edges, np.arange(len(owner)), owner)
    return nearest.metres() / 1000


def pairwise_km(left: Sequence[Any] | Geometries, right: Sequence[Any] | Geometries) -> Floats:
    """Geodesic distance in km of left[0] to right[0], left[1] to right[1] and so on.

    Both are arrays of shapely geometries of any type in longitude and latitude on WGS 84, equally long.
    Returns an array (n,): 0 where they touch, cross or contain one another, NaN where one of them is
    missing or empty. Raises GeoError on unequal lengths and on coordinates that are no degrees.
    """
    a, b = geometry_array(left), geometry_array(right)
    if a.shape != b.shape:
        raise GeoError(f"Pairs need two arrays of one length; got {len(a)} and {len(b)}.")
    every = np.arange(len(a))
    return pairs_km(a, every, b, every)


def pairs_km(left: Geometries, i: Integers, right: Geometries, j: Integers) -> Floats:
    """Geodesic distance in km of left[i] to right[j] for arrays of positions i and j (n,); see `pairwise_km`.

    Each geometry is taken apart once however many pairs it is in.
    """
    distance = np.full(len(i), np.nan)
    there = present(left)[i] & present(right)[j]
    if not there.any():
        return distance
    a, i = used(left, i[there])
    b, j = used(right, j[there])
    check_degrees(a)
    check_degrees(b)
    within = inside(a, i, b, j) | inside(b, j, a, i)
    metres = np.zeros(len(i))
    metres[~within] = apart_m(edges_of(a), i[~within], edges_of(b), j[~within])
    distance[there] = metres / 1000
    return distance


def present(geometries: Geometries) -> Bools:
    """Which geometries are neither missing nor empty."""
    return np.asarray(~(shapely.is_missing(geometries) | shapely.is_empty(geometries)))


def apart_m(left: Edges, i: Integers, right: Edges, j: Integers) -> Floats:
    """Least geodesic distance in metres (n,) between the edges of left[i] and right[j]."""
    nearest = Nearest(len(i))
    coarse_left, left_edges, left_groups = left.groups()
    coarse_right, right_edges, right_groups = right.groups()
    fine_left, fine_right = left.balls(), right.balls()
    for pair, g, h in combinations(i, left_groups, j, right_groups):
        kept = nearest.sieve(coarse_left, g, coarse_right, h, pair)
        pair, g, h = pair[kept], g[kept], h[kept]
        for at, e, f in combinations(g, left_edges, h, right_edges):
            kept = nearest.sieve(fine_left, e, fine_right, f, pair[at])
            nearest.measure_edges(left, e[kept], right, f[kept], pair[at[kept]])
    return nearest.metres()


class Nearest:
    """The least distance found so far for each of a number of pairs, and a bound on what may still be less.

    `bound` is an upper bound from the sieve, `least` the least distance measured, both (pairs,) in metres.
    """

    def __init__(self, pairs: int) -> None:
        """Start with nothing known of any pair."""
        self.bound = np.full(pairs, np.inf)
        self.least = np.full(pairs, np.inf)

    def metres(self) -> Floats:
        """The least distances (pairs,) in metres, 0 where they touch."""
        return np.where(self.least < TOUCHING_M, 0.0, self.least)

    def sieve(self, left: Balls, a: Integers, right: Balls, b: Integers, pair: Integers) -> Bools:
        """Which combinations of left[a] and right[b] can hold the least distance of their pair."""
        np.minimum.at(self.bound, pair, upper_m(norm(left.vertex[a] - right.vertex[b])))
        gap = norm(left.centre[a] - right.centre[b]) - left.radius[a] - right.radius[b]
        return np.asarray(lower_m(gap) <= self.bound[pair])

    def measure_edges(self, left: Edges, e: Integers, right: Edges, f: Integers, pair: Integers) -> None:
        """Measure left edges e against right edges f: each end to the other edge, then crossings.

        An end where the next edge begins is left to that edge, which the sieve keeps as well.
        """
        dot, other_dot = left.length_m[e] == 0, right.length_m[f] == 0
        for kept, points, vectors in (
            (dot | ~other_dot, left.start, left.u),
            (~dot & ~other_dot & left.loose[e], left.end, left.v),
        ):
            self.measure(points[e[kept]], vectors[e[kept]], right, f[kept], pair[kept])
        for kept, points, vectors in (
            (~dot, right.start, right.u),
            (~dot & ~other_dot & right.loose[f], right.end, right.v),
        ):
            self.measure(points[f[kept]], vectors[f[kept]], left, e[kept], pair[kept])
        both = np.flatnonzero(~dot & ~other_dot & (self.least[pair] > 0))
        both = both[may_cross(left, e[both], right, f[both])]
        hit = pair[both[crossing(left, e[both], right, f[both])]]
        self.least[hit] = self.bound[hit] = 0.0

    def measure(self, points: Floats, vectors: Floats, edges: Edges, f: Integers, pair: Integers) -> None:
        """Measure points (n, 2), with their unit vectors, to edges f, as far as they can be the nearest."""
        gap, share = to_chord(vectors, edges.u[f], edges.v[f])
        np.minimum.at(self.bound, pair, upper_m(gap + edges.departure[f]))
        kept = lower_m(gap - edges.departure[f]) <= self.bound[pair]
        found = to_edge_m(points[kept], edges, f[kept], share[kept])
        np.minimum.at(self.least, pair[kept], found)
        np.minimum.at(self.bound, pair[kept], found + ROUNDING_M)


def to_chord(points: Floats, u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Distance of points (n, 3) to straight chords u-v, and the share of the chord before the foot (0 to 1).

    The arc over the chord runs along the whole of it, so some point of the arc is no farther from the foot
    than the bulge, and none of the arc is farther from the chord: the gap plus or minus the bulge bounds
    the distance.
    """
    along = v - u
    square = np.einsum("ij,ij->i", along, along)
    share = np.einsum("ij,ij->i", points - u, along) / np.where(square > 0, square, 1.0)
    share = np.clip(share, 0.0, 1.0)
    return norm(points - u - share[:, None] * along), share


def to_edge_m(points: Floats, edges: Edges, f: Integers, share: Floats) -> Floats:
    """Geodesic distance in metres of points (n, 2) to edges f, from a first guess of the foot.

    The foot moves by the base of the right-angled triangle on a sphere that the distance and its angle to
    the edge give, and stays on the edge. Where it is at an end, the vertex itself is measured.
    """
    start, end, length = edges.start[f], edges.end[f], edges.length_m[f]
    least = measure(start, points)[1]
    n = np.flatnonzero(length > 0)
    points, start, end, length, azimuth = points[n], start[n], end[n], length[n], edges.azimuth[f[n]]
    position = share[n] * length
    for step in range(STEPS + 1):
        lon, lat, back = GEOD.fwd(start[:, 0], start[:, 1], azimuth, position)
        foot = np.where((position < length)[:, None], np.column_stack([lon, lat]), end)
        towards, distance = measure(foot, points)
        least[n] = np.minimum(least[n], distance)
        if step < STEPS:
            turn = np.radians(towards - np.asarray(back) - 180)
            move = MEAN_RADIUS_M * np.arctan(np.tan(distance / MEAN_RADIUS_M) * np.cos(turn))
            position = np.clip(position + move, 0.0, length)
    return least


def may_cross(left: Edges, e: Integers, right: Edges, f: Integers) -> Bools:
    """Which edges are close enough to cross: the balls around them overlap."""
    apart = norm((left.u[e] + left.v[e] - right.u[f] - right.v[f]) / 2)
    reach = (norm(left.u[e] - left.v[e]) + norm(right.u[f] - right.v[f])) / 2
    return np.asarray(apart <= reach + left.departure[e] + right.departure[f])


def crossing(left: Edges, e: Integers, right: Edges, f: Integers) -> Bools:
    """Which pairs of edges cross: the ends of each lie on opposite sides of the other.

    Geodesics from one point do not meet again within the length of an edge, so the azimuth at which an end
    is seen from the start of the other edge tells its side exactly. Touching ends are found as distances of
    0.
    """
    return opposite(left, e, right.start[f], right.end[f]) & opposite(right, f, left.start[e], left.end[e])


def opposite(edges: Edges, e: Integers, one: Floats, other: Floats) -> Bools:
    """Which edges, prolonged both ways, have the points `one` and `other` (n, 2) on opposite sides."""
    sides = [np.sin(np.radians(measure(edges.start[e], points)[0] - edges.azimuth[e])) for points in (one, other)]
    return np.asarray(sides[0] * sides[1] < 0)
