"""A plain Python loop over all combinations, one shapely distance in the plane each: what an index is compared with."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np

from tests.bench.joins.worker import Pairs, serve


class Loop:
    """Two lists of geometries."""

    def load(self, task: dict[str, Any]) -> None:
        assert task["predicate"] == "within", "the loop knows distances only"
        self.limit_m = task["max_km"] * 1000
        self.left, self.right = (list(gpd.read_parquet(task[side]).geometry) for side in ("left", "right"))

    def run(self) -> list[tuple[int, int]]:
        return [
            (i, j)
            for i, one in enumerate(self.left)
            for j, other in enumerate(self.right)
            if one.distance(other) <= self.limit_m
        ]

    def pairs(self, found: list[tuple[int, int]]) -> Pairs:
        return np.array(found, dtype=np.int64).reshape(-1, 2)


if __name__ == "__main__":
    serve(Loop(), ("shapely", "geopandas", "numpy"), __doc__)
