"""How far a long job is, on standard error: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import time
from typing import TextIO

REDRAW_S = 0.1
LINE_S = 10.0
WIDTH = 30


class Progress:
    """Told of every step; writes only as often as is of use.

    On a terminal each stage is one line, drawn anew; elsewhere a stage says when it begins and how far it is
    every ten seconds.
    """

    def __init__(self, stream: TextIO) -> None:
        """Nothing is written before the first step."""
        self.stream, self.terminal = stream, stream.isatty()
        self.stage, self.written = "", 0.0

    def step(self, stage: str, done: int, total: int | None) -> None:
        """A stage has done so many rows, of a total if that is known."""
        begins = stage != self.stage
        now = time.monotonic()
        finished = done == total and self.terminal
        if not (begins or finished or now - self.written >= (REDRAW_S if self.terminal else LINE_S)):
            return
        self.end() if begins else None
        self.stage, self.written = stage, now
        line = f"{stage} {done:,}" + (f" of {total:,} rows" if total is not None else " rows")
        if not self.terminal:
            self.stream.write(f"{line}\n")
        else:
            share = min(1.0, done / total) if total else 0.0
            bar = f"[{'#' * int(share * WIDTH):<{WIDTH}}] {share:4.0%}" if total else ""
            self.stream.write(f"\r{line} {bar}\x1b[K")
        self.stream.flush()

    def end(self) -> None:
        """The job is over or has failed: what is written next begins a line of its own."""
        if self.terminal and self.stage:
            self.stream.write("\n")
            self.stream.flush()
        self.stage = ""
