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
from numpy.typing import ArrayLike, NDArray

from geo.bounds import Floats
from geo.errors import GeoError
from geo.index import Features, Index
from geo.match import Measured, Pairs, matches, measured


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


def ranges(distance_km: ArrayLike, accuracy_left_km: ArrayLike, accuracy_right_km: ArrayLike) -> tuple[Floats, Floats]:
    """Least and greatest distance in km of features whose positions are known to within an accuracy each.

    Arrays or numbers; the result is max(0, d - a - b) and d + a + b. An accuracy that is NaN (not known)
    makes both NaN: what to do then is up to the caller. Raises GeoError on a negative accuracy.
    """
    distance, a, b = (
        np.asarray(value, dtype=np.float64) for value in (distance_km, accuracy_left_km, accuracy_right_km)
    )
    if (a < 0).any() or (b < 0).any():
        raise GeoError("An accuracy is negative; it is a distance in km, 0 or more.")
    return np.asarray(np.maximum(distance - a - b, 0.0)), np.asarray(distance + a + b)


def verdict(min_km: ArrayLike, max_km: ArrayLike, limit_km: ArrayLike) -> NDArray[np.str_]:
    """Whether features are within `limit_km` of one another, given the range of their distance.

    "yes" where the greatest distance is within the limit (included), "no" where the least is beyond it, and
    "possibly" otherwise; also where the range is NaN, since nothing is then excluded.
    """
    least, most, limit = (np.asarray(value, dtype=np.float64) for value in (min_km, max_km, limit_km))
    return np.where(most <= limit, "yes", np.where(least > limit, "no", "possibly"))


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

    The predicate alone, faster than `within` because most pairs need not be measured to be sure of them.
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
    accuracies = (0.0 if one.accuracy_km is None else one.accuracy_km[at] for one, at in ((a, i), (b, j)))
    low, high = ranges(distance_km, *accuracies)
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
