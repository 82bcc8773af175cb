"""SedonaDB: planar geometries as tables in memory, two partitions, its spatial join; it has no index to build before.

Nearest: ST_KNN with all ties, of which the lowest row is taken afterwards. Cold: the file in degrees, boxes of the
covering column first, then ST_Transform of what they let by; sedonadb-projected reads a file that was projected
beforehand, which the atlas does not get.
"""

from __future__ import annotations

import os
from typing import Any

import pyarrow as pa
import sedonadb
from pyproj import CRS

from tests.bench.joins.peers.sql import boxes_first, join, within
from tests.bench.joins.worker import Pairs, first_of_each, serve, stacked


class Sedona:
    """One context."""

    def __init__(self) -> None:
        self.context = sedonadb.connect()
        for key, value in (
            ("datafusion.execution.target_partitions", len(os.sched_getaffinity(0))),
            ("sedona.spatial_join.knn_include_tie_breakers", "true"),
        ):
            self.context.sql(f"SET {key} = {value}").execute()

    def load(self, task: dict[str, Any]) -> None:
        self.task = task
        for name, side in (("lefts", "left"), ("rights", "right")):
            if not task["cold"]:
                self.context.read_parquet(task[side]).to_view("file", overwrite=True)
                self.context.sql("SELECT id, geometry FROM file").to_memtable().to_view(name)
        self.query = query(task)

    def run(self) -> pa.Table:
        return pa.table(self.context.sql(self.query))

    def pairs(self, found: pa.Table) -> Pairs:
        pairs = stacked(found["l"].to_numpy(), found["r"].to_numpy())
        return first_of_each(pairs) if self.task["predicate"] == "nearest" else pairs


def query(task: dict[str, Any]) -> str:
    """The SQL of a task."""
    if task["predicate"] == "nearest":
        return join("ST_KNN(t.geometry, p.geometry, 1, false)")
    if task["predicate"] == "intersects":
        return join("ST_Intersects(t.geometry, p.geometry)")
    if task["project"]:
        plane = CRS(task["project"]).to_json()
        return boxes_first(task, f"ST_Transform(geometry, 'OGC:CRS84', '{plane}')")
    return join(within(task), f"'{task['left']}'", f"'{task['right']}'") if task["cold"] else join(within(task))


if __name__ == "__main__":
    serve(Sedona(), ("sedonadb", "pyarrow", "numpy", "pyproj"), __doc__)
