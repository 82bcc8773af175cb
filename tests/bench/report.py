"""The figures: gathered by measure, printed as a table, written as JSON with the machine they come from."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import orjson

PACKAGES = ("streamlit", "streamlit-folium", "folium", "playwright")
CPU_INFO = Path("/proc/cpuinfo")
NOTE = (
    "Medians; repeat before you compare. Times include whatever else the machine was doing "
    "(see load_average). Aims are reported, not asserted."
)
Samples = dict[str, list[float]]  # by the measure's name


@dataclass(frozen=True)
class Measure:
    """What is measured; without an aim it only explains another measure."""

    name: str
    title: str
    unit: str
    aim: float | None = None


def summary(measure: Measure, samples: Sequence[float]) -> dict[str, object]:
    """One measure with its median and all its samples; a measure without samples raises."""
    if not samples or min(samples) <= 0:
        raise RuntimeError(f"{measure.title}: nothing was measured ({list(samples)}).")
    middle = median(samples)
    return {
        "name": measure.name,
        "title": measure.title,
        "unit": measure.unit,
        "aim": measure.aim,
        "median": round(middle, 4),
        "samples": [round(sample, 4) for sample in samples],
        "met": None if measure.aim is None else middle <= measure.aim,
    }


def machine(browser: str) -> dict[str, object]:
    """What the figures depend on besides the code."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": len(os.sched_getaffinity(0)),
        "processor": processor(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "browser": browser,
        "packages": {name: version(name) for name in PACKAGES},
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """The figures as lines of text under their headings."""
    lines = [f"{'':52}{'median':>9}{'least':>9}{'most':>9}{'aim':>7}       n"]
    for row in rows:
        samples, aim = row["samples"], row["aim"]
        assert isinstance(samples, list)
        figures = "".join(f"{value:>9.4g}" for value in (row["median"], min(samples), max(samples)))
        verdict = {True: "met", False: "missed", None: ""}[row["met"]]  # type: ignore[index]
        wanted = "" if aim is None else f"{aim:g}"
        lines.append(f"{row['title']!s:44} {row['unit']!s:7}{figures}{wanted:>7} {verdict:6} {len(samples):3}")
    return "\n".join(lines)


def write(path: Path, described: Mapping[str, object], rows: Sequence[Mapping[str, object]]) -> None:
    """One JSON file: the machine and the measures."""
    path.parent.mkdir(exist_ok=True)
    document = {"machine": described, "note": NOTE, "measures": rows}
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def processor() -> str:
    """The model of the processor, as Linux names it."""
    lines = CPU_INFO.read_text(encoding="utf-8").splitlines() if CPU_INFO.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
