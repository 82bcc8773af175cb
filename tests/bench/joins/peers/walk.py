"""The exact answer a second way: every edge walked along its geodesic with pyproj. A check of atlas, not a rival."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np

from tests.bench.joins.worker import Pairs, serve
from tests.geo.slow_points import Walked


class Walk:
    """Points on the left, walked shapes on the right."""

    def load(self, task: dict[str, Any]) -> None:
        assert task["predicate"] == "within", "the walk knows distances only"
        self.max_km = task["max_km"]
        self.left = gpd.read_parquet(task["left"]).geometry
        self.right = Walked(list(gpd.read_parquet(task["right"]).geometry))

    def run(self) -> list[Pairs]:
        return [np.flatnonzero(self.right.km_from(point.x, point.y) <= self.max_km) for point in self.left]

    def pairs(self, found: list[Pairs]) -> Pairs:
        rows = [np.column_stack([np.full(len(near), i), near]) for i, near in enumerate(found)]
        return np.concatenate(rows).astype(np.int64).reshape(-1, 2)


if __name__ == "__main__":
    serve(Walk(), ("pyproj", "shapely", "geopandas", "numpy"), __doc__)
