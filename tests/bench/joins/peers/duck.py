"""DuckDB with its spatial extension: planar geometries in a table in memory, two threads, its SPATIAL_JOIN operator.

duckdb: no index, the join makes its own. duckdb-rtree: an RTREE index on the right side, which the operator uses for
ST_DWithin. Nearest: DuckDB has no such join; ST_DWithin with a radius of the mean spacing, min_by for the nearest and
lowest row, and twice the radius for what has found none (this tie-break is inside the time). Cold: the file in
degrees, boxes of the covering column first, then ST_Transform of what they let by (a third of the time of
projecting all); duckdb-projected reads a file that was projected beforehand, which the atlas does not get.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import duckdb_extension_spatial
import numpy as np

from tests.bench.joins.peers.sql import boxes_first, join, within
from tests.bench.joins.worker import Pairs, serve, stacked

FARTHEST_M = 1e8


class Duck:
    """One database in memory."""

    def __init__(self) -> None:
        self.installed = TemporaryDirectory()
        self.database = duckdb.connect(
            config={"threads": len(os.sched_getaffinity(0)), "extension_directory": self.installed.name}
        )
        kept = Path(duckdb_extension_spatial.__file__).parent
        extension = next(kept.glob(f"extensions/v{duckdb.__version__}/spatial.duckdb_extension"))
        self.database.execute(f"INSTALL '{extension}'")
        self.database.execute("LOAD spatial")

    def load(self, task: dict[str, Any]) -> None:
        self.task = task
        if task["cold"]:
            return
        for name, side in (("lefts", "left"), ("rights", "right")):
            self.database.execute(f"CREATE TABLE {name} AS SELECT id, geometry FROM '{task[side]}'")
        if task["engine"] == "duckdb-rtree":
            self.database.execute("CREATE INDEX boxes ON rights USING RTREE (geometry)")

    def run(self) -> Any:
        if self.task["predicate"] == "nearest":
            return self.nearest()
        return self.database.execute(self.query()).fetchnumpy()

    def query(self) -> str:
        """The SQL of a join by a predicate."""
        task = self.task
        if task["predicate"] == "intersects":
            return join("ST_Intersects(t.geometry, p.geometry)")
        if task["project"]:
            plane = f"'EPSG:4326', '{task['project']}', always_xy := true"
            return boxes_first(task, f"ST_Transform(ST_SetCRS(geometry, ''), {plane})")
        return join(within(task), f"'{task['left']}'", f"'{task['right']}'") if task["cold"] else join(within(task))

    def nearest(self) -> Any:
        """Nearest right rows: a radius that finds most, and a larger one for the rest."""
        self.database.execute("CREATE OR REPLACE TEMP TABLE found (l BIGINT, r BIGINT)")
        radius = self.number(
            "SELECT sqrt((max(ST_XMax(geometry)) - min(ST_XMin(geometry)))"
            " * (max(ST_YMax(geometry)) - min(ST_YMin(geometry))) / count(*)) FROM rights"
        )
        count = self.number("SELECT count(*) FROM lefts")
        while self.number("SELECT count(*) FROM found") < count and radius < FARTHEST_M:
            rest = "(SELECT * FROM lefts WHERE id NOT IN (SELECT l FROM found))"
            near = join(f"ST_DWithin(t.geometry, p.geometry, {radius})", rest)
            near = near.replace(" FROM", ", ST_Distance(t.geometry, p.geometry) AS d FROM", 1)
            self.database.execute(f"INSERT INTO found SELECT l, min_by(r, (d, r)) FROM ({near}) GROUP BY l")
            radius *= 2
        return self.database.execute("SELECT l, r FROM found").fetchnumpy()

    def number(self, query: str) -> float:
        """The one number that a query gives."""
        row = self.database.execute(query).fetchone()
        assert row is not None
        return float(row[0])

    def pairs(self, found: dict[str, np.ndarray[Any, Any]]) -> Pairs:
        return stacked(found["l"], found["r"])


if __name__ == "__main__":
    serve(Duck(), ("duckdb", "duckdb-extension-spatial", "numpy"), __doc__)
