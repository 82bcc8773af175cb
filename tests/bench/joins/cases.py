"""What is asked: the joins, their sizes, and which engines answer them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.joins import data

TOWNS = 30
SIZES = (1_000, 10_000, 100_000, 1_000_000)
BOTH_SIDES = 100_000
MAX_KM = 50.0
LOOP_UP_TO = 10_000
WALK_UP_TO = 1_000
WARM = ("atlas", "strtree", "geopandas", "sedonadb", "duckdb")
COLD = (*WARM, "sedonadb-projected", "duckdb-projected")


@dataclass(frozen=True)
class Engine:
    """A worker: its module below peers, its environment ("" is the atlas's own) and how it measures."""

    name: str
    module: str
    environment: str
    model: str = "planar"

    @property
    def reads_projected(self) -> bool:
        """Whether even the cold case begins at a file that was projected beforehand."""
        return self.name.endswith("-projected")


ENGINES = {
    engine.name: engine
    for engine in (
        Engine("atlas", "atlas", "", "geodesic"),
        Engine("walk", "walk", "", "geodesic"),
        Engine("strtree", "strtree", "shapely"),
        Engine("geopandas", "frames", "shapely"),
        Engine("loop", "loop", "shapely"),
        Engine("sedonadb", "sedona", "sedonadb"),
        Engine("sedonadb-projected", "sedona", "sedonadb"),
        Engine("duckdb", "duck", "duckdb"),
        Engine("duckdb-rtree", "duck", "duckdb"),
        Engine("duckdb-projected", "duck", "duckdb"),
    )
}


@dataclass(frozen=True)
class Case:
    """One join: `predicate` is within, nearest or intersects; left and right are data sets of `data`."""

    name: str
    predicate: str
    left: str
    right: str
    engines: tuple[str, ...]
    cold: bool = False
    distance: bool = False

    @property
    def question(self) -> str:
        """What must have one answer per model, however it is asked: warm, cold or with distances."""
        return f"{self.predicate} {self.left} {self.right}"


def cases(sizes: Sequence[int] = SIZES) -> Iterator[Case]:
    """All cases of these sizes; the cold one has the largest, two large sides have at most BOTH_SIDES rows."""
    towns = f"towns-{TOWNS}"
    for size in sizes:
        slow = [name for name, most in (("loop", LOOP_UP_TO), ("walk", WALK_UP_TO)) if size <= most]
        engines = (*WARM, "duckdb-rtree", *slow)
        yield Case(f"within-{TOWNS}x{short(size)}", "within", towns, f"polygons-{size}", engines)
    for size in sizes:
        name = f"within-{TOWNS}x{short(size)}-km"
        yield Case(name, "within", towns, f"polygons-{size}", ("atlas",), distance=True)
    most = max(sizes)
    yield Case(f"within-{TOWNS}x{short(most)}-cold", "within", towns, f"polygons-{most}", COLD, cold=True)
    many = min(most, BOTH_SIDES)
    sides = f"{short(many)}x{short(many)}"
    yield Case(f"nearest-{sides}", "nearest", f"points-{many}", f"polygons-{many}", WARM)
    yield Case(f"intersects-{sides}", "intersects", f"others-{many}", f"polygons-{many}", WARM)


def short(size: int) -> str:
    """1000 as 1e3; a number that is no power of ten as it is."""
    zeros = len(str(size)) - 1
    return f"1e{zeros}" if size == 10**zeros else str(size)


def task(case: Case, engine: Engine, folder: Path | None = None) -> dict[str, Any]:
    """What the worker is told: its files, and the plane to project to when they are in degrees and it needs one."""
    planar = engine.model == "planar" and case.predicate != "intersects"
    projected = planar and (engine.reads_projected or not case.cold)
    return {
        "engine": engine.name,
        "predicate": case.predicate,
        "left": str(data.file(case.left, projected, folder)),
        "right": str(data.file(case.right, projected, folder)),
        "max_km": MAX_KM,
        "cold": case.cold,
        "distance": case.distance,
        "project": data.LCC if planar and not projected else None,
    }
