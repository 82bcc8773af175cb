"""Distances between uncertain positions: how little and how much they can be, and what that answers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.bounds import Floats
from geo.errors import GeoError


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
