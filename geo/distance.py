"""Geodesic distances on WGS 84 between geometries of any type, edges being geodesics.

Two facts carry the computation. The ellipsoid is curved positively everywhere, so a shortest path that
meets two edges at right angles inside both can be shortened by moving its ends sideways the same way (the
second variation of its length is minus the integral of the curvature). Hence the least distance of two
edges is at an end of one of them unless they cross. The distance of
a point to an edge is found in `geo.foot`.

What must be measured is found by the bounds of `geo.bounds`, first on groups of edges, then on edges, then
on the chord of each edge; only edges that can be nearest are measured on the ellipsoid.

The inside of a polygon is bounded by geodesics too: a point between such an edge and the straight line in
degrees belongs to the side on which the geodesic leaves it (see `geo.inside`, exact to a
millimetre). Insides follow the even-odd rule ring by ring, so invalid rings neither fail nor are repaired
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.bounds import ROUNDING_M, Balls, Floats, Integers, lower_m, norm, upper_m
from geo.edges import (
    Edges,
    Geometries,
    check_degrees,
    combinations,
    edges_of,
    geometry_array,
    measure,
    used,
)
from geo.errors import GeoError
from geo.foot import Chords, to_chord, to_edge_m
from geo.inside import inside
from geo.planar import point_inside

Bools = NDArray[np.bool_]
Taken: TypeAlias = tuple[Geometries, Integers, Edges]
"""Geometries, positions among them, and the edges of all of them."""

TOUCHING_M = 1e-6
"""Distances below a micrometre are noise of the computation and count as touching."""


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
    if there.any():
        distance[there] = Apart.of(left, i[there], right, j[there]).km()
    return distance


@dataclass(frozen=True)
class Apart:
    """Pairs of geometries taken apart into edges: left[i] with right[j], none of them empty.

    may_hold: (n,) false where one surely does not lie in the other.
    """

    left: Geometries
    i: Integers
    right: Geometries
    j: Integers
    left_edges: Edges
    right_edges: Edges
    may_hold: Bools

    @classmethod
    def of(cls, left: Geometries, i: Integers, right: Geometries, j: Integers) -> Apart:
        """Take apart the geometries at positions i and j (n,), each once; GeoError where they are no degrees."""
        a, i = used(left, i)
        b, j = used(right, j)
        check_degrees(a)
        check_degrees(b)
        return cls.taken((a, i, edges_of(a)), (b, j, edges_of(b)))

    @classmethod
    def taken(cls, left: Taken, right: Taken) -> Apart:
        """Pairs of geometries that were taken apart before."""
        (a, i, left_edges), (b, j, right_edges) = left, right
        return cls(a, i, b, j, left_edges, right_edges, np.ones(len(i), dtype=bool))

    def __getitem__(self, n: Integers) -> Apart:
        """Some of the pairs, each once."""
        some = replace(self, i=self.i[n], j=self.j[n], may_hold=self.may_hold[n])
        if "_chords" in self.__dict__ and self._chords is not None:
            some.__dict__["_chords"] = self._chords[n]
        return some

    def bounds_m(self) -> tuple[Floats, Floats]:
        """Bounds (n,) in metres from straight lines, a few centimetres apart at 50 km where a side is all points.

        Elsewhere they tell nothing. Where one geometry may lie in the other the lower bound is 0.
        """
        if self._chords is None:
            return np.zeros(len(self.i)), np.full(len(self.i), np.inf)
        return np.where(self.may_hold, 0.0, self._chords.low_m), self._chords.high_m

    def km(self) -> Floats:
        """Distances (n,) in km, 0 where the geometries touch, cross or contain one another."""
        if len(self.i) == 0:
            return np.empty(0)
        if self._chords is None:
            metres = apart_m(self.left_edges, self.i, self.right_edges, self.j)
        else:
            points, p, edges, _ = self._points()
            metres = self._chords.metres(points.start[points.first[p]], edges)
            metres[metres < TOUCHING_M] = 0.0
        n = np.flatnonzero((metres > 0) & self.may_hold)
        metres[n[self._held(n, metres[n])]] = 0
        return metres / 1000

    @cached_property
    def _chords(self) -> Chords | None:
        if len(self.i) == 0 or not (self.left_edges.alone or self.right_edges.alone):
            return None
        points, p, edges, q = self._points()
        return Chords.of(points.u[points.first[p]], edges, q)

    def _points(self) -> tuple[Edges, Integers, Edges, Integers]:
        """The side that is all points first."""
        forth = self.left_edges, self.i, self.right_edges, self.j
        return forth if self.left_edges.alone else (*forth[2:], *forth[:2])

    def _held(self, n: Integers, metres: Floats) -> Bools:
        """Which of the pairs n, whose outlines are so far apart, have one geometry inside the other."""
        i, j = self.i[n], self.j[n]
        answer = np.zeros(len(n), dtype=bool)
        for left, p, right, q in ((self.left, i, self.right, j), (self.right, j, self.left, i)):
            held, known = point_inside(left[p], *used(right, q), metres)
            answer |= held
            rest = np.flatnonzero(~known)
            if len(rest):
                (a, at), (b, beside) = used(left, p[rest]), used(right, q[rest])
                answer[rest] |= inside(a, at, b, beside)
        return answer


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
        dot, other_dot = left.dot[e], right.dot[f]
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
        """Measure points (n, 2), with their places (n, 3) in space, to edges f, as far as they can be the nearest."""
        gap, along = to_chord(vectors, edges.u[f], edges.v[f])
        np.minimum.at(self.bound, pair, upper_m(gap + edges.departure[f]))
        kept = lower_m(gap - edges.departure[f]) <= self.bound[pair]
        found = to_edge_m(points[kept], gap[kept], edges, f[kept], along[kept])
        np.minimum.at(self.least, pair[kept], found)
        np.minimum.at(self.bound, pair[kept], found + ROUNDING_M)


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
    azimuth = measure(edges.start[e], edges.end[e])[0]
    sides = [np.sin(np.radians(measure(edges.start[e], points)[0] - azimuth)) for points in (one, other)]
    return np.asarray(sides[0] * sides[1] < 0)
