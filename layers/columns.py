"""Column types: how a cell is checked, and what plain values it becomes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal

import pandas as pd

from layers.spec import ColumnSpec
from layers.vocabulary import vocabulary

SEPARATOR = ";"
FIRST_YEAR, LAST_YEAR = 1850, 2100
LARGEST_INTEGER = 2**63 - 1
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
MOMENT = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
URL = re.compile(r"https?://\S+")
Fault = Callable[[str], str | None]
References = Mapping[str, Collection[str]]


def split(cell: object) -> list[str]:
    """The parts of a list cell; an empty or missing cell has none."""
    return [part for part in str(cell).split(SEPARATOR) if part] if isinstance(cell, str) else []


def fault_of(column: ColumnSpec, references: References) -> Fault:
    """A function that says what is wrong with one non-empty cell, or None.

    ``references`` gives for each layer id that a ref column names the ids that exist there.
    """
    if column.type in ("integer", "number", "year", "lon", "lat"):
        return lambda cell: _number_fault(cell, column)
    if column.type == "flag":
        return lambda cell: None if cell in ("yes", "no") else "is neither yes nor no"
    if column.type == "date":
        return _moment_fault
    if column.type == "url":
        return lambda cell: None if URL.fullmatch(cell) else "is not a web address"
    if column.type in ("code", "codes"):
        return _member_fault(column.type == "codes", vocabulary(column.vocabulary), f"vocabulary {column.vocabulary}")
    if column.type in ("ref", "refs", "sources"):
        target = "sources" if column.type == "sources" else column.ref
        return _member_fault(column.type != "ref", references[target], f"layer {target}")
    return lambda cell: None


def typed(cells: pd.Series[str], column: ColumnSpec) -> pd.Series:
    """Checked cells as values: Int64, float64, or text in which empty means not stated."""
    if column.type in ("integer", "year"):
        # By way of Decimal: a float would change whole numbers above 2**53.
        whole = [int(Decimal(cell.strip())) if cell else pd.NA for cell in cells]
        return pd.Series(whole, index=cells.index, dtype="Int64")
    if column.type in ("number", "lon", "lat"):
        return pd.to_numeric(cells.where(cells != "")).astype("float64")
    return cells.astype("str")


def is_moment(cell: str) -> bool:
    """Whether a text is a day, or the month or the year alone where no more is known."""
    try:
        return bool(MOMENT.fullmatch(cell)) and bool(date.fromisoformat(f"{cell}-01-01"[:10]))
    except ValueError:
        return False


def _moment_fault(cell: str) -> str | None:
    return None if is_moment(cell) else "is not a date (YYYY, YYYY-MM or YYYY-MM-DD)"


def _number_fault(cell: str, column: ColumnSpec) -> str | None:
    if not NUMBER.fullmatch(cell):
        return "is not a number"
    if math.isinf(float(cell)):
        return "is not a finite number"
    value = Decimal(cell.strip())
    if column.type in ("integer", "year") and value != value.to_integral_value():
        return "is not a whole number"
    low, high = _limits(column)
    return None if low <= value <= high else f"lies outside {low:g} to {high:g}"


def _limits(column: ColumnSpec) -> tuple[float, float]:
    natural: dict[str, tuple[float, float]] = {
        "integer": (-LARGEST_INTEGER, LARGEST_INTEGER),
        "year": (FIRST_YEAR, LAST_YEAR),
        "lon": (-180, 180),
        "lat": (-90, 90),
    }
    low, high = natural.get(column.type, (float("-inf"), float("inf")))
    return (low if column.min is None else column.min, high if column.max is None else column.max)


def _member_fault(many: bool, known: Collection[str], where: str) -> Fault:
    def fault(cell: str) -> str | None:
        unknown = [part for part in (cell.split(SEPARATOR) if many else [cell]) if part not in known]
        return f"names {unknown[0]!r}, which is not in {where}" if unknown else None

    return fault
