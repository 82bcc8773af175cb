"""The atlas's own joins: exact on the ellipsoid, both sides prepared before a warm run.

Cold: the left side is read, then the rows of the right file that boxes around it may need, then joined.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import join
from tests.bench.joins.worker import Pairs, serve, stacked

INDEX, BOXES, PARQUET = (
    import_module(name) if find_spec(name) else None for name in ("geo.index", "geo.boxes", "layers.parquet")
)
"""Prepared sides, and reading the rows near boxes; without the first both joins take arrays and prepare nothing."""
Geometries = NDArray[np.object_]


class Atlas:
    """Two prepared sides."""

    def load(self, task: dict[str, Any]) -> None:
        self.task = task
        if not task["cold"]:
            self.left, self.right = (prepared(read(task[side])) for side in ("left", "right"))

    def run(self) -> tuple[Any, Any]:
        if self.task["cold"]:
            return from_file(self.task)
        return joined(self.task, self.left, self.right)

    def pairs(self, found: tuple[Any, Any]) -> Pairs:
        return stacked(*found)


def from_file(task: dict[str, Any]) -> tuple[Any, Any]:
    """Read what is needed and join it: row numbers of the files."""
    left = read(task["left"])
    rows, right = near_rows(task["right"], left, task["max_km"])
    i, j = joined(task, prepared(left), prepared(right))
    return i, rows[j]


def near_rows(path: str, left: Geometries, max_km: float) -> tuple[NDArray[np.int64], Geometries]:
    """Row numbers and geometries of the rows of a file that can be near; all rows where no reader takes boxes."""
    if PARQUET is None or BOXES is None:
        geometries = read(path)
        return np.arange(len(geometries)), geometries
    frame = PARQUET.read(Path(path), columns=[], boxes=BOXES.around(shapely.bounds(left), max_km))
    return frame.index.to_numpy(dtype=np.int64), frame.geometry.to_numpy()


def read(path: str) -> Geometries:
    """All geometries of a file."""
    return gpd.read_parquet(path, columns=["geometry"]).geometry.to_numpy()


def prepared(geometries: Geometries) -> Any:
    """What a join takes again and again."""
    return geometries if INDEX is None else INDEX.Index.of(geometries)


def joined(task: dict[str, Any], left: Any, right: Any) -> tuple[Any, Any]:
    """Positions of the pairs; the distances are measured where the task or the predicate asks for them."""
    max_km = 0.0 if task["predicate"] == "intersects" else task["max_km"]
    if task["predicate"] == "nearest" and INDEX is not None:
        return join.pairs_nearest(left, right)[:2]
    if task["predicate"] != "nearest" and INDEX is not None and not task["distance"]:
        return join.pairs_within(left, right, max_km)
    frame = join.nearest(left, right) if task["predicate"] == "nearest" else join.within(left, right, max_km)
    return frame["left"].to_numpy(), frame["right"].to_numpy()


if __name__ == "__main__":
    serve(Atlas(), ("shapely", "geopandas", "numpy", "pyarrow", "pyproj"), __doc__)
