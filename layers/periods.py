"""Dates as sources write them, as months: from when a statement can have been known, and from when it surely was.

A month is counted from year 0 (``12 * year + month - 1``), so that months are compared as whole numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

MONTHS = 12
LEAST_YEAR, MOST_YEAR = 1850, 2100
WRITTEN = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
MOMENT = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
ASIDE = re.compile(r"\s*\([^()]*\)$")  # "2024-04 (two weeks)"
LEADS = re.compile(r"(about|by|announced|end of)\s+", re.ASCII)
LAST_OF = "end of"
SPAN = re.compile(rf"({MOMENT})(?:-| to )(.+)", re.ASCII)
PRECISIONS = {4: "year", 7: "month", 10: "day"}  # by the letters of a moment


class Bounds(NamedTuple):
    """Months between which something became known: not before ``first``, surely from the end of ``last`` on."""

    first: int
    last: int


class Period(NamedTuple):
    """What a text covers, from month ``first`` to month ``last``, and when its last part began.

    ``known`` bounds when the whole can have been known: a figure over 1999-2024 not before 2024. ``precision`` is
    that of the last part: day, month or year.
    """

    first: int
    last: int
    since: int
    precision: str

    @property
    def known(self) -> Bounds:
        """Between which months the end of the period lies, and so when it can be spoken of."""
        return Bounds(self.since, self.last)


def meet(one: Period, other: Period) -> bool:
    """Whether two periods share a month, so that what is said of them may speak of the same time."""
    return one.first <= other.last and other.first <= one.last


def month_of(text: str) -> int:
    """The month that YYYY-MM names; ValueError for anything else."""
    found = WRITTEN.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= MONTHS or not LEAST_YEAR <= int(found[1]) <= MOST_YEAR:
        raise ValueError(f"{text!r} is no month written YYYY-MM")
    return MONTHS * int(found[1]) + int(found[2]) - 1


def written(month: int) -> str:
    """A month as YYYY-MM."""
    return f"{month // MONTHS:04d}-{month % MONTHS + 1:02d}"


def year_of(year: int) -> Period:
    """A whole year."""
    first = MONTHS * year
    return Period(first, first + MONTHS - 1, first, "year")


def parse(text: str) -> Period | None:
    """What a text covers; None where it states no date of its own ("future", "derived", nothing).

    Understood are moments (2024, 2024-04, 2024-04-02), spans of them (2023-2027, "1999 to 2012-2024", whose last
    part counts), the words about, by, announced and "end of" before them, and an aside in brackets after them.
    """
    plain = ASIDE.sub("", text.strip())
    lead = LEADS.match(plain)
    plain = plain[lead.end() :] if lead else plain
    found = _moment(plain) or _span(plain)
    if found and lead and lead[1] == LAST_OF:
        return found._replace(first=found.last, since=found.last)
    return found


def _moment(text: str) -> Period | None:
    if not re.fullmatch(MOMENT, text, re.ASCII):
        return None
    try:
        day = date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return None
    if not LEAST_YEAR <= day.year <= MOST_YEAR:
        return None
    if len(text) == 4:
        return year_of(day.year)
    month = MONTHS * day.year + day.month - 1
    return Period(month, month, month, PRECISIONS[len(text)])


def _span(text: str) -> Period | None:
    found = SPAN.fullmatch(text)
    if not found:
        return None
    start, end = _moment(found[1]), _moment(found[2]) or _span(found[2])
    if start is None or end is None or start.first > end.first:
        return None
    return end._replace(first=start.first)


def said_between(moments: Iterable[str]) -> Bounds | None:
    """When something was said by sources of these dates: not before the first, surely by the last; None without any.

    A source without a date (an empty text) tells nothing.
    """
    known = [found.known for found in map(parse, moments) if found]
    if not known:
        return None
    return Bounds(min(one.first for one in known), max(one.last for one in known))
