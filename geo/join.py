"""Joins by geodesic distance: which features are within a radius, which are nearest, and who is served.

Common to both joins:

- `left` and `right` are GeoDataFrames or GeoSeries in WGS 84, or arrays of shapely geometries in longitude
  and latitude, whose labels are then 0, 1, 2 ... Inputs are not changed.
- The result is a new frame with the columns `left` and `right` (labels of the two indexes) and
  `distance_km`, in canonical order: order of the left input, then distance, then order of the right input.
- The distance is that of `geo.distance.pairwise_km`: geodesic on WGS 84 with geodesic edges, 0 where
  features touch.
- Misses: a left feature without a match has no row. Empty and missing geometries never match and never
  fail.
- GeoError is raised for another or no reference system, for a label that occurs twice in an index, for
  coordinates that are no degrees and for a radius or number that makes no sense.

- `left` or `right` may also be an `Index` that was prepared before: a layer's index is built once and
  reused, and knows how far each position may be off.

Candidates, thresholds and measuring are the kernel's: see `geo.match`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.errors import GeoError
from geo.index import Features, Index
from geo.match import Measured, Pairs, matches, measured
from geo.ranges import ranges, verdict


def within(left: Features, right: Features, max_km: float) -> pd.DataFrame:
    """All pairs of features at most `max_km` apart, the threshold included.

    A threshold of 0 keeps what touches. Where a side is an `Index` with accuracies, pairs that may be that near
    are kept too, and `distance_min_km`, `distance_max_km` and `within` ("yes" or "possibly") are added: see
    `ranges` and `verdict`. A pair of unknown accuracy is kept when its published positions are that near. See the
    module for inputs, order, misses and errors.
    """
    return _joined(left, right, None, max_km)


def nearest(left: Features, right: Features, k: int = 1, max_km: float | None = None) -> pd.DataFrame:
    """The `k` nearest right features of each left feature, if given within `max_km` (included).

    Exactly k rows per left feature where so many can match: of equally distant features those that come
    first in the right input are taken. Features that contain or cross the left one are all at distance 0.
    Positions are taken as published; accuracies only add `distance_min_km` and `distance_max_km`.
    See the module for inputs, order, misses and errors.
    """
    return _joined(left, right, _count(k), np.inf if max_km is None else max_km)


class Served(NamedTuple):
    """People and features within reach: surely, and at most. NaN where the people of a feature are not known."""

    people_min: float
    people_max: float
    features_min: int
    features_max: int


def served(people: Features, heads: ArrayLike, targets: Features, max_km: float) -> Served:
    """How many people live within `max_km` of any target, each counted once however many targets reach them.

    `heads` (n,) are the people of each feature of the left side. With accuracies (see `within`) the answer is a
    range: surely within reach, and possibly.
    """
    a = Index.of(people, "people")
    count = np.asarray(heads, dtype=np.float64)
    if count.shape != (len(a),):
        raise GeoError(f"People are given for {count.size} features; there are {len(a)}.")
    found = within(replace(a, labels=pd.RangeIndex(len(a))), targets, max_km)
    sure = found if "within" not in found else found[found["within"] == "yes"]
    few, many = (np.unique(rows["left"].to_numpy(dtype=np.intp)) for rows in (sure, found))
    return Served(float(count[few].sum()), float(count[many].sum()), len(few), len(many))


def pairs_within(left: Index, right: Index, max_km: float) -> Pairs:
    """Positions (i, j) of all features at most ``max_km`` apart, ordered by i, then j, without their distances.

    The predicate alone, faster than `within` because most pairs need not be measured to be sure of them. Positions are
    taken as published, whatever their accuracy.
    """
    return matches(left, right, _radius(max_km))


def pairs_nearest(left: Index, right: Index, k: int = 1) -> Measured:
    """Positions and distances in km of the k nearest, in canonical order; see `nearest`."""
    return measured(left, right, _count(k), np.inf)


def _joined(left: Features, right: Features, k: int | None, max_km: float) -> pd.DataFrame:
    """Check both inputs, match their geometries and put labels to the positions."""
    a, b = Index.of(left, "left"), Index.of(right, "right")
    i, j, distance_km = measured(a, b, k, _radius(max_km))
    found = pd.DataFrame({"left": a.labels.take(i), "right": b.labels.take(j), "distance_km": distance_km})
    if a.accuracy_km is None and b.accuracy_km is None:
        return found
    low, high = ranges(distance_km, a.accuracy_at(i), b.accuracy_at(j))
    found = found.assign(distance_min_km=low, distance_max_km=high)
    return found if k is not None else found.assign(within=verdict(low, high, max_km))


def _radius(max_km: float) -> float:
    if not max_km >= 0:
        raise GeoError(f"The radius is {max_km} km; 0 or more is needed.")
    return max_km


def _count(k: int) -> int:
    if k < 1:
        raise GeoError(f"The number of nearest features is {k}; at least 1 is needed.")
    return k
