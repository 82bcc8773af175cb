"""Licence blocks that a line runs through.

Edge model as in `geo.block_cover`: what stands between two vertices is straight in degrees.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.block_cover import MOST_BLOCKS
from geo.blocks import GRID, GRID_MIN, ROUNDING_MIN, Block, block_at
from geo.errors import GeoError


def run_through(line: shapely.Geometry) -> list[Block]:
    """Blocks in which a LineString or MultiLineString in degrees on WGS 84 has a part, in the order of the line.

    A part along a side belongs to the block whose side that is: the one north or east of it. What only touches a
    corner is in no other block for it. Raises GeoError for any other geometry, outside the grid, and for more than
    MOST_BLOCKS.
    """
    if line.geom_type not in ("LineString", "MultiLineString", "LinearRing") or line.is_empty:
        raise GeoError(f"A {line.geom_type} is no line that runs through licence blocks.")
    west, south, east, north = GRID_MIN
    bounds = np.array(line.bounds) * 60
    if bounds[0] < west or bounds[1] < south or bounds[2] >= east or bounds[3] >= north:
        raise GeoError(f"The line leaves the grid: licence blocks lie from {GRID}.")
    found: dict[tuple[int, int], None] = {}
    for part in shapely.get_parts(line):
        vertices = shapely.get_coordinates(part) * 60
        for start, end in pairwise(vertices):
            found.update(dict.fromkeys(_crossed(start, end)))
            if len(found) > MOST_BLOCKS:
                raise GeoError(f"The line runs through more than {MOST_BLOCKS:,} licence blocks: cut it.")
    return [block_at(x, y) for x, y in found]


def _crossed(start: NDArray[np.float64], end: NDArray[np.float64]) -> list[tuple[int, int]]:
    """West and south of the blocks along one edge in minutes: those in the middle between two crossings of sides."""
    along = [np.array([0.0, 1.0])]
    for a, b in zip(start, end, strict=True):
        low, high = sorted((a, b))
        sides = np.arange(np.ceil(low), np.floor(high) + 1)
        along.append((sides - a) / (b - a) if b != a else np.empty(0))
    at = np.unique(np.clip(np.concatenate(along), 0.0, 1.0))
    middles = (
        ((at[:-1] + at[1:]) / 2)[np.diff(at) * np.hypot(*(end - start)) > ROUNDING_MIN] if len(at) > 1 else np.empty(0)
    )
    places = np.floor(start + middles[:, None] * (end - start) + ROUNDING_MIN).astype(np.intp)
    return [(int(x), int(y)) for x, y in places]
