"""The periods of the tables as months, so that it can be told which statements speak of the same time."""

from __future__ import annotations

import re
from typing import NamedTuple

MOMENT = re.compile(r"(?<!\d)(\d{4})(?:-(0[1-9]|1[0-2])(?!\d)(?:-\d\d(?!\d))?)?")
END_OF = re.compile(r"end of (\d{4})")


class Span(NamedTuple):
    """First and last month of a period, counted from the year 0."""

    first: int
    last: int

    def meets(self, other: Span) -> bool:
        """Whether the two have a month in common."""
        return self.first <= other.last and other.first <= self.last


def span(period: str) -> Span | None:
    """The months that a period of the tables covers; None where it names no year (``future``, nothing)."""
    if found := END_OF.search(period):
        return Span(int(found[1]) * 12 + 11, int(found[1]) * 12 + 11)
    months = [_months(year, month) for year, month in MOMENT.findall(period)]
    return Span(min(first for first, _ in months), max(last for _, last in months)) if months else None


def _months(year: str, month: str) -> tuple[int, int]:
    start = int(year) * 12
    return (start + int(month) - 1, start + int(month) - 1) if month else (start, start + 11)
