"""The Hilbert curve over longitude and latitude: an order in which what is near comes near.

Each level halves the square both ways, takes the quarters in the order lower left, upper left, upper right,
lower right, and turns or mirrors the two lower ones so that the curve hangs together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEVELS = 24
"""Halvings of the square: its cells are 720 / 2^24 degrees wide, some 5 m at the equator."""
LAST = np.uint64(4**LEVELS)
"""Comes after every place: the key of what has none."""
HALF_WIDTH = 360.0
"""The square reaches from -360 to 360 degrees both ways: longitudes may run on beyond 180."""

Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]


def keys(bounds: Floats) -> Keys:
    """Places along the curve (n,) of the centres of bounds (n, 4: west, south, east, north in degrees).

    The square does not depend on the data, so that keys of different parts compare. Bounds with a missing
    value come LAST.
    """
    west, south, east, north = np.asarray(bounds, dtype=np.float64).reshape(-1, 4).T
    lon, lat = (west + east) / 2, (south + north) / 2
    nowhere = np.isnan(lon) | np.isnan(lat)
    made = along(_cells(lon), _cells(lat))
    made[nowhere] = LAST
    return made


def along(x: Keys, y: Keys) -> Keys:
    """Places along the curve of cells given by column and row, 0 to 2^LEVELS - 1."""
    x, y = x.astype(np.uint64), y.astype(np.uint64)
    place = np.zeros(len(x), dtype=np.uint64)
    full, one = np.uint64(2**LEVELS - 1), np.uint64(1)
    for level in range(LEVELS - 1, -1, -1):
        shift = np.uint64(level)
        right, up = (x >> shift) & one, (y >> shift) & one
        place = (place << np.uint64(2)) | ((np.uint64(3) * right) ^ up)
        turned = (right & (up ^ one)).astype(bool)  # the lower right quarter is turned and mirrored
        lower = up == 0
        x, y = np.where(turned, full - x, x), np.where(turned, full - y, y)
        x, y = np.where(lower, y, x), np.where(lower, x, y)
    return place


def _cells(degrees: Floats) -> Keys:
    share = (np.nan_to_num(degrees) + HALF_WIDTH) / (2 * HALF_WIDTH)
    return np.asarray(np.clip(np.floor(share * 2**LEVELS), 0, 2**LEVELS - 1), dtype=np.uint64)
