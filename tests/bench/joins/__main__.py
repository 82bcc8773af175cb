"""Measure the joins of the atlas beside those of its peers, print tables and write bench/joins.json.

Ends with 1 when engines of one model contradict each other, with 2 when a peer is missing or fails.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from tests.bench.joins.cases import ENGINES, SIZES, Case, Engine, cases
from tests.bench.joins.compare import disagreements
from tests.bench.joins.data import ROOT
from tests.bench.joins.measure import Measured, WorkerError, measure, pin, python
from tests.bench.joins.report import NOTE, aims_table, document, table, write

RESULT = ROOT / "bench" / "joins.json"
ROUNDS = 5
LEAVABLE = sorted({*ENGINES, *(engine.environment for engine in ENGINES.values())} - {""})
WITHOUT = f"an engine or environment to leave out, with all its variants: {', '.join(LEAVABLE)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for and judge it."""
    asked = options(arguments)
    chosen = [case for case in cases(asked.sizes) if any(fnmatch(case.name, name) for name in asked.cases)]
    if not chosen:
        print(f"No case is named {', '.join(asked.cases)}: there are {', '.join(c.name for c in cases(asked.sizes))}.")
        return 2
    try:
        for engine in (ENGINES[name] for case in chosen for name in case.engines):
            if included(engine, asked.without):
                python(engine)
        found = [each for case in chosen for each in measured(case, asked)]
    except WorkerError as error:
        print(error, file=sys.stderr)
        return 2
    return conclude(found, asked.rounds, asked.out)


def options(arguments: Sequence[str] | None) -> Namespace:
    """The command line."""
    parser = ArgumentParser(prog="python -m tests.bench.joins", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"samples of each engine, {ROUNDS} unless told")
    parser.add_argument("--sizes", type=numbers, default=SIZES, help="such as 1e3,1e4: polygons near 30 towns")
    parser.add_argument("--cases", type=names, default=["*"], help="such as within-*,nearest-*: names or patterns")
    parser.add_argument("--without", action="append", default=[], choices=LEAVABLE, metavar="NAME", help=WITHOUT)
    parser.add_argument("--out", type=Path, default=RESULT, help="where to write the figures")
    return parser.parse_args(arguments)


def numbers(given: str) -> list[int]:
    """Sizes in rising order."""
    return sorted(int(float(size)) for size in given.split(","))


def names(given: str) -> list[str]:
    """Names between commas."""
    return given.split(",")


def included(engine: Engine, without: Sequence[str]) -> bool:
    """Whether an engine takes part."""
    return not any(name in (engine.name, engine.environment) or engine.name.startswith(f"{name}-") for name in without)


def measured(case: Case, asked: Namespace) -> list[Measured]:
    """One case, with a word about it."""
    engines = [engine for name in case.engines if included(engine := ENGINES[name], asked.without)]
    found = measure(case, engines, asked.rounds) if engines else []
    times = ", ".join(f"{each.engine.name} {each.median_s:.3g} s" for each in found)
    print(f"{case.name}: {times}", flush=True)
    return found


def conclude(found: Sequence[Measured], rounds: int, out: Path) -> int:
    """Print and write the figures; 1 when engines of one model contradict each other."""
    faults = disagreements(found)
    content = document(found, faults, rounds)
    write(out, content)
    print(f"\n{table(content['cases'])}\n\n{aims_table(content['ratios'])}\n\n{NOTE}\nWritten to {out}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    pin()
    sys.exit(main())
