"""Joins by geodesic distance: which features are within a radius, and which are nearest.

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

Candidates come from balls around the features (see `geo.bounds`), which can be too many but never too few;
every candidate is then measured exactly. Both steps are functions of arrays and positions only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.bounds import Balls, Floats, Integers, balls, lower_m, norm, upper_m
from geo.crs import require_wgs84
from geo.distance import pairs_km
from geo.edges import Geometries, check_degrees, geometry_array
from geo.errors import GeoError

Features: TypeAlias = gpd.GeoDataFrame | gpd.GeoSeries | Sequence[Any] | Geometries

BATCH = 2_000_000
"""Combinations of a left and a right ball compared at a time."""


def within(left: Features, right: Features, max_km: float) -> pd.DataFrame:
    """All pairs of features at most `max_km` apart, the threshold included.

    A threshold of 0 keeps what touches. See the module for inputs, order, misses and errors.
    """
    return joined(left, right, None, max_km)


def nearest(left: Features, right: Features, k: int = 1, max_km: float | None = None) -> pd.DataFrame:
    """The `k` nearest right features of each left feature, if given within `max_km` (included).

    Exactly k rows per left feature where so many can match: of equally distant features those that come
    first in the right input are taken. Features that contain or cross the left one are all at distance 0.
    See the module for inputs, order, misses and errors.
    """
    if k < 1:
        raise GeoError(f"The number of nearest features is {k}; at least 1 is needed.")
    return joined(left, right, k, np.inf if max_km is None else max_km)


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


def joined(left: Features, right: Features, k: int | None, max_km: float) -> pd.DataFrame:
    """Check both inputs, match their geometries and put labels to the positions."""
    if not max_km >= 0:
        raise GeoError(f"The radius is {max_km} km; 0 or more is needed.")
    (a, a_labels), (b, b_labels) = features(left, "left"), features(right, "right")
    i, j, distance_km = match(a, b, k, max_km)
    columns = {"left": a_labels.take(i), "right": b_labels.take(j), "distance_km": distance_km}
    return pd.DataFrame(columns)


def features(given: Features, side: str) -> tuple[Geometries, pd.Index[Any]]:
    """Geometries and labels of one input, after its reference system and labels have been checked."""
    series = given.geometry if isinstance(given, gpd.GeoDataFrame) else given
    if hasattr(series, "crs"):
        require_wgs84(series.crs, f"The {side} input")
    labels = series.index if isinstance(series, pd.Series) else pd.RangeIndex(len(series))
    if not labels.is_unique:
        twice = labels[labels.duplicated()][0]
        raise GeoError(f"The index of the {side} input has the label {twice!r} more than once; make it unique.")
    geometries = geometry_array(series)
    check_degrees(geometries)
    return geometries, labels.to_flat_index()


def match(left: Geometries, right: Geometries, k: int | None, max_km: float) -> tuple[Integers, Integers, Floats]:
    """Positions i and j of matching geometries with their distance in km, in canonical order."""
    i, j = candidates(left, right, k, max_km)
    distance = pairs_km(left, i, right, j)
    kept = np.flatnonzero(distance <= max_km)
    kept = kept[np.lexsort((j[kept], distance[kept], i[kept]))]
    if k is not None:
        rank = np.arange(len(kept)) - np.searchsorted(i[kept], i[kept])
        kept = kept[rank < k]
    return i[kept], j[kept], distance[kept]


def candidates(left: Geometries, right: Geometries, k: int | None, max_km: float) -> tuple[Integers, Integers]:
    """Positions of pairs that can be within `max_km` and, with k, among the k nearest of the left one.

    With k the search goes as far as the k-th least of the upper bounds: at least k features are within it.
    """
    (a, a_position), (b, b_position) = balls(left), balls(right)
    found = [(np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp))]
    rows = max(1, BATCH // max(1, len(b_position)))
    for begin in range(0, len(a_position), rows):
        row = np.arange(begin, min(begin + rows, len(a_position)))
        p, q = np.repeat(row, len(b_position)), np.tile(np.arange(len(b_position)), len(row))
        shape = len(row), len(b_position)
        reach = np.full(len(row), max_km * 1000)
        if k is not None and k < len(b_position):
            farthest = upper_m(norm(a.vertex[p] - b.vertex[q])).reshape(shape)
            reach = np.minimum(reach, np.partition(farthest, k - 1, axis=1)[:, k - 1])
        near = least_m(a, p, b, q).reshape(shape) <= reach[:, None]
        found.append((a_position[p[near.ravel()]], b_position[q[near.ravel()]]))
    return np.concatenate([i for i, _ in found]), np.concatenate([j for _, j in found])


def least_m(a: Balls, p: Integers, b: Balls, q: Integers) -> Floats:
    """Least geodesic distance in metres that features in the balls a[p] and b[q] can have."""
    return lower_m(norm(a.centre[p] - b.centre[q]) - a.radius[p] - b.radius[q])
