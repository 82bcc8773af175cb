"""A layer prepared for joins: a ball around each feature and trees over the balls, built once and reused.

Two features at most D apart have balls whose centres are at most D + r + R apart in space, since no chord is
longer than the geodesic over it. So candidates come from k-d trees over the centres (`scipy.spatial.cKDTree`),
one tree for each class of radii: one large feature does not widen the search for a million small ones. Space
has no antimeridian and no poles, so neither needs care.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from geo.bounds import ROUNDING_M, WHOLE_EARTH_M, Balls, Floats, Integers, balls, lower_m, norm, upper_m
from geo.crs import require_wgs84
from geo.distance import Taken
from geo.edges import Edges, Geometries, check_degrees, edges_of, geometry_array, used
from geo.errors import GeoError
from geo.plane import Plane

Features: TypeAlias = "gpd.GeoDataFrame | gpd.GeoSeries | Sequence[Any] | Geometries | Index"

CHUNK = 50_000
"""Features whose vertices are held in memory at a time while an index is built."""
CANDIDATES = 500_000
"""Pairs that are held in memory at a time; one feature may have more, up to the size of the other side."""
KEPT = 2_500_000
"""Layers of more vertices than this do not keep their edges, which take 88 bytes each."""
OFTEN = 4
"""Edges are kept from the first time that a join asks for one of this many features."""
CLASS = 4.0
"""Radii of one class differ by this factor at most, but for those below a metre."""


@dataclass(frozen=True)
class Sized:
    """Balls of one class: a tree over their centres, their places among all balls, the greatest radius (m)."""

    tree: cKDTree
    member: Integers
    radius_m: float


@dataclass(frozen=True)
class Index:
    """Features prepared for joins; do not change the geometries behind it.

    geometries: (n,) shapely objects in longitude and latitude on WGS 84, None where missing; labels: (n,);
    balls: one for each of the m geometries that are neither missing nor empty, `position` (m,) being theirs;
    sized: the balls by class of radius; accuracy_km: (n,) how far each position may be off, NaN where that is not
    known, or None for exact positions. Balls hold all places where a feature may be.
    """

    geometries: Geometries
    labels: pd.Index[Any]
    balls: Balls
    position: Integers
    sized: tuple[Sized, ...]
    accuracy_km: Floats | None = None

    @classmethod
    def of(cls, given: Features, side: str = "given", accuracy_km: ArrayLike | None = None) -> Index:
        """Prepare a GeoDataFrame or GeoSeries in WGS 84, or geometries whose labels are then 0, 1, 2 ...

        ``accuracy_km`` is one number or one for each feature. An Index comes back as it is. Raises GeoError for
        another or no reference system, for a label that occurs twice, for coordinates that are no degrees and
        for a negative accuracy; ``side`` names the input in the message.
        """
        if isinstance(given, Index):
            if accuracy_km is not None:
                raise GeoError(f"The {side} input is prepared already; give its accuracy when it is prepared.")
            return given
        geometries, labels = _features(given, side)
        accuracy = None if accuracy_km is None else _accuracy(accuracy_km, len(geometries), side)
        found = [_balls(geometries, begin) for begin in range(0, len(geometries), CHUNK)] or [_balls(geometries, 0)]
        position = np.concatenate([at for _, at in found])
        centre, radius, vertex = (
            np.concatenate(parts) for parts in zip(*(_fields(ball) for ball, _ in found), strict=True)
        )
        if accuracy is not None:
            radius = radius + 1000 * np.nan_to_num(accuracy[position])
        every = Balls(centre, radius, vertex)
        return cls(geometries, labels, every, position, _sized(every), accuracy)

    def __len__(self) -> int:
        """Number of features, missing ones included."""
        return len(self.geometries)

    def accuracy_at(self, i: Integers) -> Floats:
        """How far these features may be off, in km; 0 where positions are exact."""
        return np.zeros(len(i)) if self.accuracy_km is None else self.accuracy_km[i]

    def close(self, other: Index, reach_m: Floats) -> Iterator[tuple[Integers, Integers]]:
        """Balls of this index with those of the other one that features ``reach_m`` away can have.

        ``reach_m`` (m,) belongs to the balls of this index. Yields places among both sets of balls, in runs of
        rising place in this one, each run as long as CANDIDATES allows; no pair is lost, none comes twice.
        """
        widened = np.minimum(reach_m, WHOLE_EARTH_M) + self.balls.radius + ROUNDING_M
        for begin, end in _runs(self, other, widened):
            found = [_members(one, self.balls.centre[begin:end], widened[begin:end]) for one in other.sized]
            p, q = (np.concatenate(parts) for parts in zip(*found, strict=True)) if found else (_NONE, _NONE)
            p = p + begin
            near = self.least_m(other, p, q) <= reach_m[p]
            yield p[near], q[near]

    @cached_property
    def plane(self) -> Plane:
        """What is known of the features in degrees, where edges are short."""
        return Plane.of(self.geometries)

    def taken(self, i: Integers) -> Taken:
        """Features taken apart into edges, the positions i among them; all of them at once if many are asked for."""
        if "_edges" in self.__dict__ or (len(i) * OFTEN > len(self) and self._vertices <= KEPT):
            return self.geometries, i, self._edges
        some, at = used(self.geometries, i)
        return some, at, edges_of(some)

    @cached_property
    def _edges(self) -> Edges:
        return edges_of(self.geometries)

    @cached_property
    def _vertices(self) -> int:
        return int(shapely.get_num_coordinates(self.geometries).sum())

    @cached_property
    def odd(self) -> Index:
        """The features of which straight lines in degrees tell nothing; positions stay those of this index."""
        at = np.flatnonzero(~np.isfinite(self.plane.gap[self.position]))
        if len(at) == len(self.position):
            return self
        some = Balls(*(field[at] for field in _fields(self.balls)))
        return replace(self, balls=some, position=self.position[at], sized=_sized(some))

    def least_m(self, other: Index, p: Integers, q: Integers) -> Floats:
        """Least geodesic distance in metres that the features in these balls can have."""
        a, b = self.balls, other.balls
        return lower_m(norm(a.centre[p] - b.centre[q]) - a.radius[p] - b.radius[q])

    def most_m(self, other: Index, p: Integers, q: Integers) -> Floats:
        """Greatest geodesic distance in metres that the features in these balls can have."""
        a, b = self.balls, other.balls
        return upper_m(norm(a.centre[p] - b.centre[q]) + a.radius[p] + b.radius[q])

    def kth_most_m(self, other: Index, k: int) -> Floats:
        """Upper bounds (m,) in metres on how far each feature's k-th nearest of the other index is.

        Infinite where the other index has fewer than k; the k centres nearest in each class tell.
        """
        centre, own = self.balls.centre, self.balls.radius
        if k > len(other.position):
            return np.full(len(own), np.inf)
        most = np.full((len(own), k), np.inf)
        for one in other.sized:
            count = min(k, len(one.member))
            away, at = one.tree.query(centre, k=np.arange(1, count + 1), workers=-1)
            found = upper_m(away + own[:, None] + other.balls.radius[one.member[at]])
            most = np.sort(np.concatenate([most, found], axis=1), axis=1)[:, :k]
        return np.asarray(most[:, k - 1])


_NONE = np.empty(0, dtype=np.intp)


def _features(given: Any, side: str) -> tuple[Geometries, pd.Index[Any]]:
    """Geometries and labels of one input, after its reference system and labels have been checked."""
    series = given.geometry if isinstance(given, gpd.GeoDataFrame) else given
    if hasattr(series, "crs"):
        require_wgs84(series.crs, f"The {side} input")
    labels = series.index if isinstance(series, pd.Series) else pd.RangeIndex(len(series))
    if not labels.is_unique:
        twice = labels[labels.duplicated()][0]
        raise GeoError(f"The index of the {side} input has the label {twice!r} more than once; make it unique.")
    return geometry_array(series), labels.to_flat_index()


def _accuracy(accuracy_km: ArrayLike, features: int, side: str) -> Floats:
    given = np.asarray(accuracy_km, dtype=np.float64)
    if given.ndim and given.shape != (features,):
        raise GeoError(f"Accuracies are given for {given.size} features of the {side} input; there are {features}.")
    found = np.broadcast_to(given, features)
    bad = (found < 0) | np.isinf(found)
    if bad.any():
        raise GeoError(f"An accuracy of the {side} input is {found[bad][0]} km; it must be 0 or more, NaN if unknown.")
    return found


def _balls(geometries: Geometries, begin: int) -> tuple[Balls, Integers]:
    some = geometries[begin : begin + CHUNK]
    check_degrees(some, begin)
    found, position = balls(some)
    return found, position + begin


def _fields(ball: Balls) -> tuple[Floats, Floats, Floats]:
    return ball.centre, ball.radius, ball.vertex


def _sized(every: Balls) -> tuple[Sized, ...]:
    """Trees over the balls of each class of radii."""
    size = np.floor(np.log(np.maximum(every.radius, 1.0)) / np.log(CLASS)).astype(np.intp)
    found = []
    for one in np.unique(size):
        member = np.flatnonzero(size == one)
        tree = cKDTree(every.centre[member], balanced_tree=False)
        found.append(Sized(tree, member, float(every.radius[member].max())))
    return tuple(found)


def _members(one: Sized, centre: Floats, widened: Floats) -> tuple[Integers, Integers]:
    """Pairs of centres (their place in the array) with balls of one class."""
    lists = one.tree.query_ball_point(centre, widened + one.radius_m, workers=-1, return_sorted=False)
    counts = np.fromiter(map(len, lists), dtype=np.intp, count=len(lists))
    flat = np.fromiter(chain.from_iterable(lists), dtype=np.intp, count=int(counts.sum()))
    return np.repeat(np.arange(len(counts)), counts), one.member[flat]


def _runs(own: Index, other: Index, widened: Floats) -> Iterator[tuple[int, int]]:
    """Runs of balls of the own index whose candidates fit CANDIDATES together."""
    if len(widened) * len(other.position) <= CANDIDATES:
        yield 0, len(widened)
        return
    counts = np.zeros(len(widened), dtype=np.intp)
    for one in other.sized:
        counts += one.tree.query_ball_point(
            own.balls.centre, widened + one.radius_m, workers=-1, return_length=True
        ).astype(np.intp)
    total = np.concatenate([[0], np.cumsum(counts)])
    begin = 0
    while begin < len(counts):
        fits = int(np.searchsorted(total, total[begin] + CANDIDATES, side="right")) - 1
        end = max(begin + 1, fits)
        yield begin, end
        begin = end
