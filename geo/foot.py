"""The least distance of a point to a geodesic edge.

Along an edge the distance to a point changes by minus the cosine of the angle between the edge and the way to
the point, which leads to the foot in a few steps. The straight chord in space gives the first guess, and
bounds on the distance that often make measuring needless.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.bounds import Floats, Integers, lower_m, norm, upper_m
from geo.crs import GEOD
from geo.edges import Edges, measure, members

MEAN_RADIUS_M = (2 * GEOD.a + GEOD.b) / 3
STEPS = 3
"""Steps towards the foot, each of which leaves about 1/150 of the error along the edge."""
FOOT_M = 1e-8
"""A foot is good enough when moving it would change the distance by less (metres)."""
END_SLACK = 4 / MEAN_RADIUS_M**2
"""Directions in space and on the surface differ by less than the product of two lengths over the radius squared;
four times that, times the distance, is how far beyond an end a chord's foot must be for the vertex to be nearest."""
HEMISPHERE_M = 9e6
"""Nearer than this a triangle on the sphere still tells how far the foot is."""


@dataclass(frozen=True)
class Chords:
    """Points beside the chords that can be nearest, by pair: edge f, gap and place of the foot as `to_chord` tells.

    pair, f, gap_m, along_m: (m,), pair rising; low_m, high_m: (pairs,) bounds on the distance of each pair's point to
    its edges. What lies inside a polygon is measured to its outline all the same.
    """

    pair: Integers
    f: Integers
    gap_m: Floats
    along_m: Floats
    low_m: Floats
    high_m: Floats

    @classmethod
    def of(cls, points: Floats, edges: Edges, j: Integers) -> Chords:
        """Points (n, 3) in space beside the edges of the owners j (n,), of which each has some."""
        low, high = np.full(len(j), np.inf), np.full(len(j), np.inf)
        found = []
        for pair, f in members(j, edges.first):
            gap, along = to_chord(points[pair], edges.u[f], edges.v[f])
            departure = edges.departure[f]
            begin = np.flatnonzero(np.append(True, pair[1:] != pair[:-1]))
            at, least = pair[begin], gap - departure
            low[at] = np.minimum(low[at], np.minimum.reduceat(least, begin))
            high[at] = np.minimum(high[at], np.minimum.reduceat(gap + departure, begin))
            kept = np.flatnonzero(lower_m(least) <= upper_m(high[at])[pair - pair[0]])
            found.append((pair[kept], f[kept], gap[kept], along[kept]))
        pair, f, gap, along = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return cls(pair, f, gap, along, lower_m(low), upper_m(high))

    def __getitem__(self, n: Integers) -> Chords:
        """Some of the pairs, each once."""
        place = np.full(len(self.low_m), -1)
        place[n] = np.arange(len(n))
        kept = np.flatnonzero(place[self.pair] >= 0)
        kept = kept[np.argsort(place[self.pair[kept]], kind="stable")]
        return Chords(
            place[self.pair[kept]], self.f[kept], self.gap_m[kept], self.along_m[kept], self.low_m[n], self.high_m[n]
        )

    def metres(self, points: Floats, edges: Edges) -> Floats:
        """Geodesic distances (pairs,) in metres of each pair's point (pairs, 2) to its edges."""
        kept = lower_m(self.gap_m - edges.departure[self.f]) <= self.high_m[self.pair]
        pair, f = self.pair[kept], self.f[kept]
        found = to_edge_m(points[pair], self.gap_m[kept], edges, f, self.along_m[kept])
        begin = np.flatnonzero(np.append(True, pair[1:] != pair[:-1]))
        return np.asarray(np.minimum.reduceat(found, begin))


def to_chord(points: Floats, u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Distance of points (n, 3) to straight chords u-v, and where the foot on the endless line is (metres from u).

    The arc over the chord runs along the whole of it, so some point of the arc is no farther from the foot
    than the bulge, and none of the arc is farther from the chord: the gap plus or minus the bulge bounds
    the distance.
    """
    chord, towards = v - u, points - u
    square = np.einsum("ij,ij->i", chord, chord)
    share = np.einsum("ij,ij->i", towards, chord) / np.where(square > 0, square, 1.0)
    towards -= np.clip(share, 0.0, 1.0)[:, None] * chord
    return norm(towards), share * np.sqrt(square)


def to_edge_m(points: Floats, gap_m: Floats, edges: Edges, f: Integers, along_m: Floats) -> Floats:
    """Geodesic distance in metres of points (n, 2) to edges f, given what `to_chord` tells of them.

    Where the foot is surely beyond an end, that vertex is the nearest. Elsewhere the foot moves by the base of
    the right-angled triangle on a sphere that the distance and its angle to the edge give, and stays on the
    edge. A foot that is `move` off is too far by move^2 / 2d at most as long as d is below HEMISPHERE_M, so
    steps end where that is below FOOT_M; beyond it an edge may bend towards the point, so that the nearest is
    one of its ends.
    """
    start, end = edges.start[f], edges.end[f]
    chord = norm(edges.v[f] - edges.u[f])
    far, slack = gap_m > HEMISPHERE_M, END_SLACK * chord * (gap_m**2 + chord**2)
    before, behind = along_m < -slack, along_m > chord + slack
    least = np.full(len(f), np.inf)
    for vertex, kept in ((start, far | (along_m <= 0) | edges.dot[f]), (end, far | (along_m >= chord))):
        least[kept] = np.minimum(least[kept], measure(vertex[kept], points[kept])[1])
    long = ~edges.dot[f] & (chord > 0)  # ends may differ by less than a number of metres can tell
    n = np.flatnonzero(long & (far | ~(before | behind)))
    azimuth, length = measure(start[n], end[n])
    position = np.clip(along_m[n], 0.0, chord[n]) / chord[n] * length
    for step in range(STEPS + 1):
        towards, back, distance = seen_from(start[n], azimuth, position, length, end[n], points[n])
        least[n] = np.minimum(least[n], distance)
        if step == STEPS:
            break
        move = MEAN_RADIUS_M * np.arctan(np.tan(distance / MEAN_RADIUS_M) * np.cos(np.radians(towards - back)))
        moved = np.clip(position + move, 0.0, length)
        more = ((moved - position) ** 2 > 2 * FOOT_M * distance) | (distance > HEMISPHERE_M)
        n, azimuth, length, position = n[more], azimuth[more], length[more], moved[more]
    return least


def seen_from(
    start: Floats, azimuth: Floats, position: Floats, length: Floats, end: Floats, points: Floats
) -> tuple[Floats, Floats, Floats]:
    """Azimuths from the feet at `position` metres along edges to points and onwards, and the distances."""
    lon, lat, back = GEOD.fwd(start[:, 0], start[:, 1], azimuth, position)
    foot = np.where((position < length)[:, None], np.column_stack([lon, lat]), end)
    foot = np.where((position > 0)[:, None], foot, start)
    towards, distance = measure(foot, points)
    return towards, np.asarray(back) + 180, distance
