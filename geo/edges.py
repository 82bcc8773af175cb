"""Geometries taken apart into geodesic edges.

Edge model: two neighbouring vertices are joined by the geodesic of WGS 84, the short way round. Where ends
are exactly opposite each other that is the one which pyproj picks. Heights are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.bounds import LARGE_M, WHOLE_EARTH_M, Balls, Floats, Integers, bulge, enclose, in_space, norm, upper_m
from geo.crs import GEOD
from geo.errors import GeoError

Geometries = NDArray[np.object_]

LONGEST_EDGE_M = 100_000.0
"""Longer edges are cut, at points of the same geodesic: shorter pieces bulge less (197 m at this length)."""
GROUP = 32
"""Neighbouring edges that share one ball in the first sieve."""
BATCH = 400_000
"""Combinations held in memory at a time."""


@dataclass(frozen=True)
class Edges:
    """Geodesic edges ordered by owner; a point is an edge of length zero.

    start, end: (n, 2) longitude and latitude; u, v: (n, 3) the ends in space, in metres; departure: (n,) bulge
    over the chord in metres, 0 for points; first: (owners + 1,) where the edges of each owner begin.
    """

    start: Floats
    end: Floats
    u: Floats
    v: Floats
    departure: Floats
    first: Integers

    def balls(self) -> Balls:
        """One ball per edge."""
        radius = norm(self.v - self.u) / 2 + self.departure
        return Balls((self.u + self.v) / 2, radius, self.u)

    @cached_property
    def dot(self) -> NDArray[np.bool_]:
        """Edges of no length."""
        return np.asarray((self.start == self.end).all(axis=1))

    @cached_property
    def loose(self) -> NDArray[np.bool_]:
        """Edges whose end is not the start of the next edge of the same owner."""
        loose = np.ones(len(self.start), dtype=bool)
        loose[:-1] = (self.end[:-1] != self.start[1:]).any(axis=1)
        loose[self.first[1:][np.diff(self.first) > 0] - 1] = True
        return loose

    @cached_property
    def alone(self) -> bool:
        """Whether every owner that has edges is a single point."""
        return bool(self.dot.all() and (np.diff(self.first) <= 1).all())

    @cached_property
    def hulls(self) -> Balls:
        """One ball around all edges of each owner, all of which must have some; insides as in `bounds.balls`."""
        both = np.stack([self.u, self.v], axis=1).reshape(-1, 3)
        found = enclose(both, np.repeat(self.departure, 2), 2 * self.first[:-1])
        return Balls(found.centre, np.where(found.radius > LARGE_M, WHOLE_EARTH_M, found.radius), found.vertex)

    def groups(self) -> tuple[Balls, Integers, Integers]:
        """Balls around runs of at most GROUP edges of one owner.

        Returns the balls, the first edge of each group (groups + 1,) and the first group of each owner
        (owners + 1,).
        """
        count = np.diff(self.first)
        groups = -(-count // GROUP)
        group_first = np.concatenate([[0], np.cumsum(groups)])
        begin = np.repeat(self.first[:-1], groups) + GROUP * running(groups)
        both = np.stack([self.u, self.v], axis=1).reshape(-1, 3)
        found = enclose(both, np.repeat(self.departure, 2), 2 * begin) if len(begin) else self.balls()
        return found, np.append(begin, len(self.start)), group_first


def running(count: Integers) -> Integers:
    """0, 1, ... count-1 for each entry, one after the other."""
    return np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)


def combinations(
    i: Integers, first: Integers, j: Integers, second: Integers
) -> Iterator[tuple[Integers, Integers, Integers]]:
    """All members of i[n] with all members of j[n], for each n, in batches.

    Members of k are first[k] ... first[k + 1] - 1, and likewise second. Yields n, member, member.
    """
    across = np.diff(second)[j]
    cost = np.diff(first)[i] * across
    end = np.cumsum(cost)
    total = int(end[-1]) if len(end) else 0
    for begin in range(0, total, BATCH):
        at = np.arange(begin, min(begin + BATCH, total))
        pair = np.searchsorted(end, at, side="right")
        rest = at - (end - cost)[pair]
        yield pair, first[i[pair]] + rest // across[pair], second[j[pair]] + rest % across[pair]


def members(j: Integers, first: Integers) -> Iterator[tuple[Integers, Integers]]:
    """All members of each j[n], in batches; yields n (rising) and the member."""
    every = np.arange(len(j) + 1)
    for n, _, member in combinations(every[:-1], every, j, first):
        yield n, member


def used(geometries: Geometries, positions: Integers) -> tuple[Geometries, Integers]:
    """The geometries at these positions, each once, and the positions among them."""
    unique, inverse = np.unique(positions, return_inverse=True)
    return geometries[unique], inverse


def geometry_array(geometries: Sequence[Any] | Geometries) -> Geometries:
    """The geometries as an array of their own, missing ones as None; raises GeoError on anything else."""
    array = np.empty(len(geometries), dtype=object)
    array[:] = list(geometries)
    array[pd.isna(array)] = None
    odd = ~(shapely.is_geometry(array) | shapely.is_missing(array))
    if odd.any():
        at = int(np.flatnonzero(odd)[0])
        raise GeoError(f"Geometry {at} is {array[at]!r}; a shapely geometry or None is needed.")
    return array


def simple_parts(geometries: Geometries) -> tuple[Geometries, Integers]:
    """Points, lines and polygons in the geometries, and the position each comes from; no empty ones."""
    parts, owner = geometries, np.arange(len(geometries))
    while (shapely.get_type_id(parts) > 3).any():
        parts, inner = shapely.get_parts(parts, return_index=True)
        owner = owner[inner]
    kept = ~(shapely.is_empty(parts) | shapely.is_missing(parts))
    return parts[kept], owner[kept]


def check_degrees(geometries: Geometries, first: int = 0) -> None:
    """Raise GeoError when a coordinate is not finite or cannot be a longitude and latitude in degrees.

    ``first`` is the number of the first geometry in the message.
    """
    lonlat, owner = shapely.get_coordinates(geometries, return_index=True)
    good = (np.abs(lonlat[:, 0]) <= 360) & (np.abs(lonlat[:, 1]) <= 90)
    if not good.all():
        at = int(np.flatnonzero(~good)[0])
        lon, lat = lonlat[at]
        raise GeoError(f"Geometry {first + owner[at]} has the coordinate ({lon}, {lat}); degrees are needed.")


def cut(start: Floats, end: Floats, pieces: Integers, azimuth: Floats, length_m: Floats) -> tuple[Floats, Floats]:
    """Starts and ends of `pieces` equal parts of each geodesic edge; original ends stay as they are.

    Longitudes come near those of the ends, beyond 180 where these are.
    """
    edge, step = np.repeat(np.arange(len(pieces)), pieces), running(pieces)
    starts = start[edge]
    inner = step > 0
    if inner.any():
        at = edge[inner]
        lon, lat, _ = GEOD.fwd(start[at, 0], start[at, 1], azimuth[at], length_m[at] * step[inner] / pieces[at])
        beside = (start[at, 0] + end[at, 0]) / 2
        starts[inner] = np.column_stack([lon + 360 * np.round((beside - lon) / 360), lat])
    ends = np.concatenate([starts[1:], end[-1:]])
    last = step == pieces[edge] - 1
    ends[last] = end[edge[last]]
    return starts, ends


def measure(start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Azimuth at the start (degrees) and length (metres) of geodesic edges."""
    azimuth, _, length = GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.asarray(azimuth, dtype=np.float64), np.asarray(length, dtype=np.float64)


def _edges(start: Floats, end: Floats, u: Floats, v: Floats, owner: Integers, owners: int) -> Edges:
    length_m = upper_m(norm(v - u))
    if (length_m > LONGEST_EDGE_M).any():
        azimuth, length_m = measure(start, end)
        pieces = np.maximum(np.ceil(length_m / LONGEST_EDGE_M), 1).astype(np.intp)
        start, end = cut(start, end, pieces, azimuth, length_m)
        owner = np.repeat(owner, pieces)
        u, v = in_space(start), in_space(end)
        length_m = upper_m(norm(v - u))
    first = np.searchsorted(owner, np.arange(owners + 1))
    departure = np.where((start == end).all(axis=1), 0.0, bulge(length_m))
    return Edges(start, end, u, v, departure, first)


def outlines_of(geometries: Geometries) -> tuple[Geometries, Integers]:
    """Points, lines and rings of the geometries, ordered by the position each comes from, and that position.

    A polygon without holes stands for its ring: the vertices are the same.
    """
    parts, owner = simple_parts(geometries)
    holed = shapely.get_num_interior_rings(parts) > 0
    if not holed.any():
        return parts, owner
    rings, of = shapely.get_rings(parts[holed], return_index=True)
    lines = np.concatenate([parts[~holed], rings])
    owner = np.concatenate([owner[~holed], owner[holed][of]])
    order = np.argsort(owner, kind="stable")
    return lines[order], owner[order]


def edges_of(geometries: Geometries) -> Edges:
    """All edges of the geometries: outlines and holes of polygons, lines, points as edges of no length."""
    lines, owner = outlines_of(geometries)
    lonlat, line = shapely.get_coordinates(lines, return_index=True)
    alone = shapely.get_type_id(lines) == 0
    follows = np.flatnonzero((line[1:] == line[:-1]) | alone[line[:-1]])
    a = np.append(follows, len(line) - 1) if len(line) and alone[line[-1]] else follows
    b = np.where(alone[line[a]], a, a + 1)
    place = in_space(lonlat)
    return _edges(lonlat[a], lonlat[b], place[a], place[b], owner[line[a]], len(geometries))
