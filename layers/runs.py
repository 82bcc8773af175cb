"""Sorting more rows than memory holds: sorted runs on disk, merged a piece at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

KEY = "\0key"  # no file has a column of this name
RUN_BYTES = 16_000_000
"""Rows sorted in memory at a time."""
PIECE_BYTES = 500_000
"""What is held in memory of each run that is being merged."""
MOST_RUNS = 48
"""Merged at a time; more are first merged to longer ones."""


class Runs:
    """Tables go in, in any order of their column KEY (uint64), and come out sorted by it.

    Equal keys keep the order in which they came. Memory does not grow with the number of rows. The files
    ``run-*`` are written to a folder of the caller's, who removes it.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        """Nothing is written yet."""
        self.folder, self.schema = folder, schema
        self.paths: list[Path] = []
        self.held: list[pa.Table] = []
        self.held_bytes = 0
        self.made = 0

    def add(self, table: pa.Table) -> None:
        """Take a table of the schema."""
        self.held.append(table)
        self.held_bytes += table.nbytes
        if self.held_bytes >= RUN_BYTES:
            self._spill()

    def tables(self) -> Iterator[pa.Table]:
        """All rows in order; nothing may be added after this."""
        self._spill()
        while len(self.paths) > MOST_RUNS:
            groups = [self.paths[n : n + MOST_RUNS] for n in range(0, len(self.paths), MOST_RUNS)]
            self.paths = [self._write(merged(group)) for group in groups]
            for path in (path for group in groups for path in group):
                path.unlink()
        return merged(self.paths)

    def _spill(self) -> None:
        if self.held:
            table = pa.concat_tables(self.held).combine_chunks()
            self.held, self.held_bytes = [], 0
            self.paths.append(self._write(iter([in_order(table)])))

    def _write(self, tables: Iterator[pa.Table]) -> Path:
        path = self.folder / f"run-{self.made}"
        self.made += 1
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, self.schema, options=options) as writer:
            for table in tables:
                rows = max(1, table.num_rows * PIECE_BYTES // max(1, table.nbytes))
                writer.write_table(table, max_chunksize=rows)
        return path


def in_order(table: pa.Table) -> pa.Table:
    """The rows of a table by KEY, equal keys as they stood."""
    return table.take(np.argsort(_keys(table), kind="stable"))


def merged(paths: Sequence[Path]) -> Iterator[pa.Table]:
    """The rows of sorted runs in order; of equal keys those of the earlier run come first.

    Each round takes what cannot come after anything still unread: of the pieces in memory, the one whose last
    key is least is taken whole, and from the others what comes before that key.
    """
    runs = [run for run in map(_Run, paths) if run.left]
    while runs:
        last = min(range(len(runs)), key=lambda n: (runs[n].last, n))
        limit = runs[last].last
        taken = [run.take(limit, "right" if n <= last else "left") for n, run in enumerate(runs)]
        yield in_order(pa.concat_tables([table for table in taken if table.num_rows]).combine_chunks())
        runs = [run for run in runs if run.left]


class _Run:
    """A run on disk, of which one piece is in memory."""

    def __init__(self, path: Path) -> None:
        self.reader = pa.ipc.open_stream(pa.OSFile(str(path), "rb"))
        self.piece: Any = None
        self.keys: Any = np.empty(0, dtype=np.uint64)
        self._next()

    @property
    def left(self) -> bool:
        return self.piece is not None

    @property
    def last(self) -> np.uint64:
        return np.uint64(self.keys[-1])

    def take(self, limit: np.uint64, side: Any) -> pa.Table:
        """What of this piece comes before the limit, or with side right up to it."""
        end = int(np.searchsorted(self.keys, limit, side=side))
        taken, self.piece, self.keys = self.piece.slice(0, end), self.piece.slice(end), self.keys[end:]
        if not len(self.keys):
            self._next()
        return taken

    def _next(self) -> None:
        batch = next((batch for batch in self.reader if batch.num_rows), None)
        self.piece = None if batch is None else pa.Table.from_batches([batch])
        self.keys = np.empty(0, dtype=np.uint64) if batch is None else _keys(self.piece)


def _keys(table: pa.Table) -> Any:
    return table.column(KEY).to_numpy()
