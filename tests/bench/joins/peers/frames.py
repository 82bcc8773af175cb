"""geopandas: sjoin with dwithin or intersects, sjoin_nearest.

The spatial index of both frames is built before a warm run. One thread. Cold: the whole file is read and
projected.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd

from tests.bench.joins.worker import Pairs, first_of_each, serve, stacked


class Frames:
    """Two frames whose labels are row numbers."""

    def load(self, task: dict[str, Any]) -> None:
        self.task = task
        if not task["cold"]:
            self.left, self.right = read(task, "left"), read(task, "right")
            assert self.left.sindex is not None
            assert self.right.sindex is not None

    def run(self) -> Any:
        left, right = (
            (read(self.task, "left"), read(self.task, "right")) if self.task["cold"] else (self.left, self.right)
        )
        if self.task["predicate"] == "within":
            return gpd.sjoin(left, right, predicate="dwithin", distance=self.task["max_km"] * 1000)
        if self.task["predicate"] == "nearest":
            return gpd.sjoin_nearest(left, right)
        return gpd.sjoin(left, right, predicate="intersects")

    def pairs(self, found: Any) -> Pairs:
        pairs = stacked(found.index, found["index_right"])
        return first_of_each(pairs) if self.task["predicate"] == "nearest" else pairs


def read(task: dict[str, Any], side: str) -> gpd.GeoDataFrame:
    """The geometries of one side, in the plane where one is asked for."""
    frame = gpd.read_parquet(task[side], columns=["geometry"])
    return frame.to_crs(task["project"]) if task["project"] else frame


if __name__ == "__main__":
    serve(Frames(), ("geopandas", "shapely", "pandas", "numpy", "pyarrow", "pyproj"), __doc__)
