"""The curve visits every cell once and steps to a neighbour each time."""

from __future__ import annotations

import numpy as np
import pytest

from geo import hilbert


@pytest.mark.parametrize("levels", [1, 2, 5])
def test_each_step_goes_to_a_neighbouring_cell(levels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hilbert, "LEVELS", levels)
    side = np.arange(2**levels, dtype=np.uint64)
    x, y = (grid.ravel() for grid in np.meshgrid(side, side))
    place = hilbert.along(x, y)
    assert sorted(place) == list(range(4**levels))
    order = np.argsort(place)
    steps = np.abs(np.diff(x[order].astype(int))) + np.abs(np.diff(y[order].astype(int)))
    assert set(steps) == {1}


def test_keys_do_not_depend_on_what_else_there_is_and_nothing_comes_last() -> None:
    bounds = np.array([[60, 50, 61, 51], [np.nan] * 4, [-360, -90, -360, -90], [400, 90, 400, 90]])
    together = hilbert.keys(bounds)
    assert [*together] == [int(hilbert.keys(bounds[[n]])[0]) for n in range(4)]
    assert together.argmax() == 1
    assert hilbert.keys(np.empty((0, 4))).shape == (0,)
