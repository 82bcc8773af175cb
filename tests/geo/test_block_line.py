"""Which blocks a line runs through: by hand, and against the blocks that a narrow strip around it covers."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.block_cover import cover
from geo.block_line import run_through
from geo.blocks import block_at, encode
from geo.errors import GeoError

# Thirds of minutes off the sides, so that no vertex stands on one.
minutes = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
    lambda at: (4000 + at[0] / 3 + 0.1, 2900 + at[1] / 3 + 0.1)
)
paths = st.lists(minutes, min_size=2, max_size=6, unique=True)


def places(line: list[tuple[float, float]]) -> list[tuple[int, int]]:
    """West and south in minutes of what a line in minutes runs through."""
    made = shapely.LineString([(x / 60, y / 60) for x, y in line])
    return [(block.west_min, block.south_min) for block in run_through(made)]


def test_a_line_to_the_east_runs_through_the_blocks_of_one_row() -> None:
    assert places([(4000.5, 2900.5), (4003.5, 2900.5)]) == [(4000 + n, 2900) for n in range(4)]


def test_a_diagonal_through_corners_is_in_the_blocks_on_it_alone() -> None:
    assert places([(4000.5, 2900.5), (4002.5, 2902.5)]) == [(4000, 2900), (4001, 2901), (4002, 2902)]


def test_a_line_along_a_side_is_in_the_blocks_that_own_it() -> None:
    assert places([(4000.5, 2900), (4002.5, 2900)]) == [(4000, 2900), (4001, 2900), (4002, 2900)]
    assert places([(4001, 2900.5), (4001, 2899.5)]) == [(4001, 2900), (4001, 2899)]


@settings(deadline=None)
@given(paths)
def test_the_blocks_of_a_line_are_those_of_a_strip_of_no_width_around_it(path: list[tuple[float, float]]) -> None:
    found = set(places(path))
    line = shapely.LineString(path)
    assert found >= {(encode(x / 60, y / 60).west_min, encode(x / 60, y / 60).south_min) for x, y in path}
    assert all(shapely.intersects(line, shapely.box(x, y, x + 1, y + 1)) for x, y in found)
    strip = shapely.transform(line.buffer(1e-4), lambda at: at / 60)
    around = {(block.west_min, block.south_min) for block in cover(strip, "any")}
    assert found <= around
    missed = around - found
    assert all(shapely.intersection(line, shapely.box(x, y, x + 1, y + 1)).length < 1e-9 for x, y in missed)


def test_what_is_no_line_or_leaves_the_grid_is_a_sentence() -> None:
    with pytest.raises(GeoError, match="Point is no line"):
        run_through(shapely.Point(67, 48))
    with pytest.raises(GeoError, match="leaves the grid"):
        run_through(shapely.LineString([(41, 48), (43, 48)]))


def test_parts_count_together_and_each_block_once() -> None:
    block = block_at(4000, 2900)
    west, south, east, north = block.bounds
    x, y = (west + east) / 2, (south + north) / 2
    both = shapely.MultiLineString([[(x, y), (x + 1e-4, y)], [(x, y), (x, y + 1e-4)]])
    assert run_through(both) == [block]
