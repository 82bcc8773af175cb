"""The cells of a comparison, and in words whether those of a row differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from layers.site.model import SiteSheet
from layers.text import number, say

# AT_TOWN: measured from the point of the town that stands in; ABSENT: that kind of thing has no such fact.
KNOWN, UNKNOWN, AT_TOWN, ABSENT = "known", "unknown", "at_town", "absent"
SAME, DIFFER, LEAST_MOST, OVERLAP, GAPS = "same", "differ", "least_most", "overlap", "gaps"


@dataclass(frozen=True)
class Cell:
    """One site's answer; ``words`` are empty where it is UNKNOWN or ABSENT.

    ``low`` and ``high`` hold the true number, ``value`` is the stated or drawn one. All are None where there is none;
    for AT_TOWN ``town_value`` is the one number of the town that stands in, not the site's. ``why`` is the basis.
    ``loose`` says that ``high`` is no bound, since it counts what is not measured, or that others may be the answer.
    """

    words: str = ""
    state: str = KNOWN
    value: float | None = None
    low: float | None = None
    high: float | None = None
    town_value: float | None = None
    why: str = ""
    sources: tuple[str, ...] = ()
    loose: bool = False


@dataclass(frozen=True)
class Row:
    """One question put to every site. ``verdict`` says in words whether the answers differ, ``code`` which it is."""

    section: str
    key: str
    label: str
    unit: str
    cells: tuple[Cell, ...]
    code: str
    verdict: str


def labelled(sites: Sequence[SiteSheet]) -> list[str]:
    """What the sites are called, numbered in their order, so that no two are called the same."""
    return [f"{place}. {one.name}" for place, one in enumerate(sites, 1)]


def verdict_of(cells: Sequence[Cell], names: Sequence[str], language: str) -> tuple[str, str]:
    """Whether the answers differ, in words: of numbers which is surely least and most, or that ranges overlap."""
    asked = [(cell, name) for cell, name in zip(cells, names, strict=True) if cell.state != ABSENT]
    known = [(cell, name) for cell, name in asked if cell.state == KNOWN]
    lost = len(asked) - len(known)
    gaps = say(language, "site_verdict_gaps", count=number(lost, language)) if lost else ""
    if len(known) < 2:
        return (GAPS, gaps) if lost else ("", "")
    code, words = _of_known(known, language)
    if lost and code == LEAST_MOST:
        words = say(language, "site_verdict_of_known", verdict=words)
    return code, "; ".join(part for part in (words, gaps) if part)


def _of_known(known: Sequence[tuple[Cell, str]], language: str) -> tuple[str, str]:
    ranges = [(cell.low, inf if cell.loose else cell.high, name) for cell, name in known]
    if all(low is not None and high is not None for low, high, _ in ranges):
        return _of_ranges([(float(low or 0), float(high or 0), name) for low, high, name in ranges], language)
    if any(cell.loose for cell, _ in known):
        return OVERLAP, say(language, "site_verdict_unsure")
    same = len({cell.words for cell, _ in known}) == 1
    return (SAME, say(language, "site_verdict_same")) if same else (DIFFER, say(language, "site_verdict_differ"))


def _of_ranges(ranges: Sequence[tuple[float, float, str]], language: str) -> tuple[str, str]:
    if len({(low, high) for low, high, _ in ranges}) == 1 and ranges[0][0] == ranges[0][1]:
        return SAME, say(language, "site_verdict_same")
    places = range(len(ranges))
    least, most = min(places, key=lambda one: ranges[one][1]), max(places, key=lambda one: ranges[one][0])
    told = []
    if all(ranges[least][1] < ranges[one][0] for one in places if one != least):
        told.append(say(language, "site_verdict_least", name=ranges[least][2]))
    if all(ranges[most][0] > ranges[one][1] for one in places if one != most):
        told.append(say(language, "site_verdict_most", name=ranges[most][2]))
    return (LEAST_MOST, "; ".join(told)) if told else (OVERLAP, say(language, "site_verdict_overlap"))
