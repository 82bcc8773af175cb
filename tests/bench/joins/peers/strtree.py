"""shapely's STRtree over the right side, built before a warm run and asked with all left geometries at once.

One thread, as a query has; predicates dwithin and intersects, query_nearest with all ties. Cold: geopandas reads the
whole file and projects it, then the tree is built.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import shapely

from tests.bench.joins.worker import Pairs, first_of_each, serve, stacked


class Tree:
    """Arrays of geometries and a tree."""

    def load(self, task: dict[str, Any]) -> None:
        self.task = task
        if not task["cold"]:
            self.left, self.tree = read(task, "left"), shapely.STRtree(read(task, "right"))

    def run(self) -> Any:
        if self.task["cold"]:
            self.left, self.tree = read(self.task, "left"), shapely.STRtree(read(self.task, "right"))
        if self.task["predicate"] == "within":
            return self.tree.query(self.left, predicate="dwithin", distance=self.task["max_km"] * 1000)
        if self.task["predicate"] == "nearest":
            return self.tree.query_nearest(self.left, all_matches=True)
        return self.tree.query(self.left, predicate="intersects")

    def pairs(self, found: Any) -> Pairs:
        pairs = stacked(found[0], found[1])
        return first_of_each(pairs) if self.task["predicate"] == "nearest" else pairs


def read(task: dict[str, Any], side: str) -> Any:
    """Geometries of one side, in the plane where one is asked for."""
    series = gpd.read_parquet(task[side], columns=["geometry"]).geometry
    return (series.to_crs(task["project"]) if task["project"] else series).to_numpy()


if __name__ == "__main__":
    serve(Tree(), ("shapely", "geopandas", "numpy", "pyarrow", "pyproj"), __doc__)
