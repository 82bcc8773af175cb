"""The measuring side: starts workers, has the engines of a case answer in turn, and keeps times, memory and pairs.

Warm: every engine of the case has its own fresh process, loads, and runs once unmeasured; then each round has every
engine run once, beginning with another one each time. Cold: every sample is a fresh process, one at a time; the files
have just been read, so that the page cache is warm for all alike. All processes share the same cores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Timer
from types import TracebackType
from typing import Any, Self

import numpy as np

from tests.bench.joins.cases import Case, Engine, task
from tests.bench.joins.compare import Pairs, canonical, digest
from tests.bench.joins.data import ROOT

CORES = 2
PATIENCE_S = 1800.0
"""How long an answer may take before its worker is ended."""
FAREWELL_S = 60.0


class WorkerError(RuntimeError):
    """A worker is missing, ended or took too long."""


@dataclass
class Measured:
    """What one engine did in one case."""

    case: Case
    engine: Engine
    seconds: list[float] = field(default_factory=list)
    load_s: float = 0.0
    load_peak_mb: float = 0.0
    peak_mb: float = 0.0
    pairs: Pairs = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    digests: set[str] = field(default_factory=set)
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def median_s(self) -> float:
        """The middle of the measured times."""
        return median(self.seconds)


class Worker:
    """A process of an engine, from its start to the end of the `with` block."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        """Start it and wait until its imports are done."""
        self.engine = engine
        self.target = folder / f"{engine.name}.npy"
        command = [str(python(engine)), "-m", f"tests.bench.joins.peers.{engine.module}"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.about = self._answer()

    def __enter__(self) -> Self:
        """The worker itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the worker; one that does not end by itself is stopped."""
        if kind is not None:
            self.process.kill()
        with self.process:  # closes its input, which ends it
            pass

    def load(self, case: Case, folder: Path | None) -> dict[str, float]:
        """Have it prepare a case."""
        return self._ask({"do": "load", "task": task(case, self.engine, folder)})

    def run(self) -> tuple[dict[str, float], Pairs]:
        """One join: time and memory, and its pairs in canonical order."""
        answer = self._ask({"do": "run", "pairs": str(self.target)})
        return answer, canonical(np.load(self.target))

    def _ask(self, question: dict[str, Any]) -> dict[str, float]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        limit = Timer(PATIENCE_S, self.process.kill)
        limit.start()
        line = self.process.stdout.readline()
        limit.cancel()
        if not line:
            self.process.wait(FAREWELL_S)  # it may still be telling why
            raise WorkerError(
                f"The engine {self.engine.name} gave no answer; its own messages are above "
                f"(none if it took over {PATIENCE_S:g} s). --without {self.engine.name} measures the others."
            )
        answer: dict[str, Any] = json.loads(line)
        return answer


def python(engine: Engine) -> Path:
    """The interpreter of an engine's environment; a missing one is an error that names the engine."""
    if not engine.environment:
        return Path(sys.executable)
    path = ROOT / ".bench" / "peers" / engine.environment / "bin" / "python"
    if not path.exists():
        raise WorkerError(
            f"The engine {engine.name} is not installed: {path} is missing. make bench-joins installs it; "
            f"--without {engine.name} measures the others."
        )
    return path


def pin() -> None:
    """Keep this process and all it starts to the same few cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def measure(case: Case, engines: Sequence[Engine], rounds: int, folder: Path | None = None) -> list[Measured]:
    """All samples of a case, one of every engine a round. `folder` holds the data of tests."""
    found = [Measured(case, engine) for engine in engines]
    with TemporaryDirectory() as pairs:
        (cold if case.cold else warm)(found, rounds, Path(pairs), folder)
    return found


def warm(found: Sequence[Measured], rounds: int, pairs: Path, folder: Path | None) -> None:
    """Runs of processes that have loaded everything and have run once before."""
    with ExitStack() as stack:
        workers = {}
        for each in found:
            worker = workers[each.engine.name] = stack.enter_context(Worker(each.engine, pairs))
            prepare(each, worker, folder)
            worker.run()
        for turn in range(rounds):
            for each in rotated(found, turn):
                keep(each, workers[each.engine.name])


def cold(found: Sequence[Measured], rounds: int, pairs: Path, folder: Path | None) -> None:
    """Runs of new processes that begin with the file."""
    for each in found:
        asked = task(each.case, each.engine, folder)
        for side in ("left", "right"):
            Path(asked[side]).read_bytes()
    for turn in range(rounds):
        for each in rotated(found, turn):
            with Worker(each.engine, pairs) as worker:
                prepare(each, worker, folder)
                keep(each, worker)


def prepare(each: Measured, worker: Worker, folder: Path | None) -> None:
    """Load, and note what that takes and what the worker is."""
    answer = worker.load(each.case, folder)
    each.load_s, each.load_peak_mb, each.about = answer["load_s"], answer["load_peak_mb"], worker.about


def keep(each: Measured, worker: Worker) -> None:
    """One sample."""
    answer, each.pairs = worker.run()
    each.seconds.append(answer["seconds"])
    each.peak_mb = max(each.peak_mb, answer["peak_mb"])
    each.digests.add(digest(each.pairs))


def rotated(found: Sequence[Measured], turn: int) -> list[Measured]:
    """The engines in their order, beginning with another one each turn."""
    first = turn % len(found) if found else 0
    return [*found[first:], *found[:first]]
