"""The worker's side of the protocol: one JSON object a line, asked on stdin and answered on stdout.

    {"do": "load", "task": {...}}        -> {"load_s", "load_peak_mb"}   files, tables and indexes; nothing when cold
    {"do": "run", "pairs": "file.npy"}   -> {"seconds", "peak_mb"}       the join; the pairs are saved, not counted
    end of input                         the worker ends

The first line, unasked, tells the versions and the configuration. This module is read by the Python of every
environment, so it needs nothing but numpy.

`seconds` end when the row numbers of all pairs are in arrays of the engine. Sorting them and taking the first of
equally near ones is not counted. A cold run begins where the file is opened; imports are done and the process is new.
`peak_mb` is the high-water mark of the resident memory (VmHWM), which is reset before each run, with freed memory given
back first; where the system does not allow the reset it is that of the whole process.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Pairs = NDArray[np.int64]
STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")
RESET_PEAK = "5"


class Peer(Protocol):
    """An engine: what it keeps between runs is made by `load`; only `run` is timed."""

    def load(self, task: dict[str, Any]) -> None:
        """Read the files and build what a warm run finds ready; a cold task is only noted."""

    def run(self) -> Any:
        """The join, in whatever form the engine gives it."""

    def pairs(self, found: Any) -> Pairs:
        """The result of a run as row numbers (n, 2) in any order, one right row per left one for nearest."""


def serve(peer: Peer, packages: Sequence[str], configuration: str | None) -> None:
    """Answer until the input ends. What a library prints goes to stderr."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)

        def say(answer: dict[str, Any]) -> None:
            answers.write(json.dumps(answer) + "\n")
            answers.flush()

        versions = {name: version(name) for name in packages}
        say({"python": platform.python_version(), "packages": versions, "configuration": configuration})
        for line in sys.stdin:
            asked = json.loads(line)
            say(load(peer, asked["task"]) if asked["do"] == "load" else run(peer, Path(asked["pairs"])))


def load(peer: Peer, task: dict[str, Any]) -> dict[str, float]:
    """Prepare a case, and say what that took."""
    begin = time.perf_counter()
    peer.load(task)
    return {"load_s": time.perf_counter() - begin, "load_peak_mb": peak_mb()}


def run(peer: Peer, target: Path) -> dict[str, float]:
    """Time one join and save its pairs."""
    reset_peak()
    begin = time.perf_counter()
    found = peer.run()
    seconds = time.perf_counter() - begin
    peak = peak_mb()
    np.save(target, peer.pairs(found))
    return {"seconds": seconds, "peak_mb": peak}


def reset_peak() -> None:
    """Give freed memory back and let the high-water mark begin at what is left."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    if os.access(CLEAR, os.W_OK):
        CLEAR.write_text(RESET_PEAK, encoding="ascii")


def peak_mb() -> float:
    """High-water mark of the resident memory in MB (10^6 bytes)."""
    line = next(line for line in STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


def stacked(left: Any, right: Any) -> Pairs:
    """Two columns of row numbers side by side."""
    return np.column_stack([np.asarray(left, dtype=np.int64), np.asarray(right, dtype=np.int64)])


def first_of_each(pairs: Pairs) -> Pairs:
    """Of the pairs of each left row the one with the lowest right row: how ties of the nearest are decided."""
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    return pairs[np.append(True, pairs[1:, 0] != pairs[:-1, 0])] if len(pairs) else pairs
