"""The figures as rows, ratios against aims, two Markdown tables and one JSON file."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from tests.bench.joins.compare import difference, digest, exact_answers
from tests.bench.joins.measure import CORES, Measured
from tests.bench.report import processor

OURS = "atlas"
NOTE = (
    "Medians in seconds; peak memory in MB of the process during the runs. Added and missed are rows beside the exact "
    "answer. Times include whatever else the machine was doing (see load_average). Aims are reported, not asserted."
)
Row = dict[str, Any]
Chosen = Callable[[Row], bool]


@dataclass(frozen=True)
class Aim:
    """A ratio of ours to a peer: `case` and `peer` begin the names meant ("" is every peer); `figure` is compared."""

    title: str
    case: str
    peer: str
    most: float
    figure: str = "median_s"
    cold: bool = False


AIMS = (
    Aim("Within 50 km, warm, to the fastest peer", "within", "", 0.5),
    Aim("Within 50 km, warm, to planar STRtree.dwithin", "within", "strtree", 0.5),
    Aim("Within 50 km, cold, to DuckDB on the same file", "within", "duckdb", 1.5, cold=True),
    Aim("Within 50 km, cold, to DuckDB on a projected file", "within", "duckdb-projected", 1.5, cold=True),
    Aim("Nearest, to SedonaDB in the plane", "nearest", "sedonadb", 1.0),
    Aim("Intersects, to SedonaDB", "intersects", "sedonadb", 1.1),
    Aim("Peak memory within 50 km, warm, to DuckDB", "within", "duckdb", 2.0, "peak_mb"),
    Aim("Peak memory within 50 km, cold, to DuckDB on the same file", "within", "duckdb", 2.0, "peak_mb", cold=True),
)


def rows(found: Sequence[Measured]) -> list[Row]:
    """One row per case and engine."""
    exact = exact_answers(found)
    made = []
    for each in found:
        answer = exact.get(each.case.question)
        added, missed = (None, None) if answer is None else difference(each.pairs, answer)
        made.append(
            {
                "case": each.case.name,
                "engine": each.engine.name,
                "model": each.engine.model,
                "median_s": round(each.median_s, 5),
                "peak_mb": round(each.peak_mb, 1),
                "pairs": len(each.pairs),
                "pairs_sha256": digest(each.pairs),
                "rows_added": added,
                "rows_missed": missed,
                "samples": [round(sample, 5) for sample in each.seconds],
                "load_s": round(each.load_s, 4),
                "load_peak_mb": round(each.load_peak_mb, 1),
            }
        )
    return made


def ratios(measured: Sequence[Row]) -> list[Row]:
    """Each aim whose case was measured, at its largest size: ours by the least of the peers meant."""
    found = []
    for aim in AIMS:
        names = [row["case"] for row in measured if meant(aim, row["case"])]
        here = [row for row in measured if names and row["case"] == names[-1]]
        ours = [row for row in here if row["engine"] == OURS]
        peers = [row for row in here if row["engine"] != OURS and aim.peer in ("", row["engine"])]
        if ours and peers:
            peer = min(peers, key=lambda row: row[aim.figure])
            ratio = ours[0][aim.figure] / peer[aim.figure]
            found.append(
                {
                    "title": aim.title,
                    "case": names[-1],
                    "peer": peer["engine"],
                    "figure": aim.figure,
                    "ratio": round(ratio, 3),
                    "aim": aim.most,
                    "met": ratio <= aim.most,
                }
            )
    return found


def meant(aim: Aim, case: str) -> bool:
    """Whether an aim is about this case; with distances is nobody's aim."""
    return case.startswith(aim.case) and case.endswith("-cold") == aim.cold and not case.endswith("-km")


def table(measured: Sequence[Row]) -> str:
    """The figures in Markdown, the fastest of each case first."""
    lines = [
        "| Case | Engine | Model | Median s | Peak MB | Pairs | Added | Missed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for case in dict.fromkeys(row["case"] for row in measured):
        for row in sorted((row for row in measured if row["case"] == case), key=lambda row: row["median_s"]):
            counts = (row["pairs"], row["rows_added"], row["rows_missed"])
            cells = " | ".join("" if count is None else f"{count:,}" for count in counts)
            figures = f"{row['median_s']:.3g} | {row['peak_mb']:,.0f}"
            lines.append(f"| {case} | {row['engine']} | {row['model']} | {figures} | {cells} |")
    return "\n".join(lines)


def aims_table(found: Sequence[Row]) -> str:
    """The ratios in Markdown."""
    lines = ["| Ratio | Case | Peer | Measured | Aim | |", "|---|---|---|---|---|---|"]
    for row in found:
        verdict = "met" if row["met"] else "missed"
        lines.append(
            f"| {row['title']} | {row['case']} | {row['peer']} | {row['ratio']:.2f} | {row['aim']:g} | {verdict} |"
        )
    return "\n".join(lines)


def document(found: Sequence[Measured], faults: Sequence[str], rounds: int) -> dict[str, Any]:
    """Everything that is written."""
    measured = rows(found)
    return {
        "machine": machine(),
        "note": NOTE,
        "rounds": rounds,
        "engines": {each.engine.name: each.about for each in found},
        "cases": measured,
        "ratios": ratios(measured),
        "disagreements": list(faults),
    }


def machine() -> dict[str, Any]:
    """What the figures depend on besides the engines."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores_used": min(CORES, len(os.sched_getaffinity(0))),
        "processor": processor(),
        "system": platform.platform(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def write(path: Path, content: dict[str, Any]) -> None:
    """One JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
