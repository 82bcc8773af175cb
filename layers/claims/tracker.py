"""The instructions of April 2024 with their due dates, later dates, evidence and state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from layers.about import about
from layers.columns import split
from layers.dated import said, surely
from layers.relate import content_of_all, layer
from layers.spec import Stamp, Words

INSTRUCTIONS, EVIDENCE = "instructions", "evidence"
NO_EVIDENCE, UNDER_WAY, DONE, DISPUTED = STATES = ("no_evidence", "under_way", "done", "disputed")
OWN = "atlas-compilation"
# What a state needs among the bearings of its evidence: one of these.
NEEDS = {UNDER_WAY: ("progress",), DONE: ("done",), DISPUTED: ("doubt",)}
MOVED = "moved"


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence; ``shows`` by language, ``moved_to`` a later date that it gives."""

    id: str
    date: str
    bearing: str
    moved_to: str
    shows: Words
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Instruction:
    """One instruction; ``due`` and ``moved_to`` as YYYY, YYYY-MM or YYYY-MM-DD: no more precise than is known."""

    id: str
    title: Words
    town: str
    theme: str
    given: str
    due: str
    moved_to: str
    state: str
    last_evidence: str
    last_evidence_date: str
    sources: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @property
    def deadline(self) -> str:
        """The date that holds now: the latest it was moved to, else the first."""
        return self.moved_to or self.due

    def overdue(self, as_of: str = "", today: date | None = None) -> bool:
        """Whether its last day had passed at a moment, or the date of the data, and no source says it is done."""
        when = today or (last_day(as_of) if as_of else about().as_of)
        return bool(self.deadline) and self.state != DONE and last_day(self.deadline) < when


def last_day(moment: str) -> date:
    """The last day of a year, a month or a day."""
    parts = [int(part) for part in moment.split("-")]
    if len(parts) == 3:
        return date(*parts)
    year, month = (parts[0], parts[1]) if len(parts) == 2 else (parts[0], 12)
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def instructions(as_of: str = "") -> tuple[Instruction, ...]:
    """Every instruction in the order of its table; with a month (YYYY-MM) as it stood by the evidence of that time.

    The rows are those of the layer, so that the table says what the map and the files say.
    """
    return _instructions(as_of, content_of_all())


def chosen(theme: str = "", town: str = "", missing: bool = False, as_of: str = "") -> tuple[Instruction, ...]:
    """Those of a theme and a town, or only those without any evidence of execution."""
    return tuple(
        one
        for one in instructions(as_of)
        if (not theme or one.theme == theme)
        and (not town or one.town == town)
        and (not missing or one.state == NO_EVIDENCE)
    )


def state_of(evidence: Sequence[Evidence]) -> str:
    """What evidence amounts to: a doubt outweighs what is reported, a report of the end outweighs one of work."""
    told = {piece.bearing for piece in evidence}
    return next((state for state in (DISPUTED, DONE, UNDER_WAY) if told & set(NEEDS[state])), NO_EVIDENCE)


def _evidence(as_of: str) -> list[dict[str, str]]:
    """Rows of the evidence that had surely been given by then: the same that the layer counts at a date."""
    rows = layer(EVIDENCE).frame
    found: list[dict[str, str]] = (rows[surely(EVIDENCE, as_of)] if as_of else rows).to_dict("records")
    return found


@lru_cache(maxsize=16)
def _instructions(as_of: str, _content: Stamp) -> tuple[Instruction, ...]:
    found: dict[str, list[Evidence]] = {}
    for row in _evidence(as_of):
        shows = {language: row[f"shows_{language}"] for language in ("kk", "ru", "en")}
        told = Evidence(row["id"], row["date"], row["bearing"], row["moved_to"], shows, tuple(split(row["sources"])))
        found.setdefault(row["instruction_id"], []).append(told)
    return tuple(
        Instruction(
            id=row["id"],
            title={language: row[f"title_{language}"] for language in ("kk", "ru", "en")},
            town=row["town_id"],
            **{name: row[name] for name in ("theme", "given", "due", "moved_to", "state")},
            last_evidence=row["last_evidence"],
            last_evidence_date=row["last_evidence_date"],
            sources=tuple(split(row["sources"])),
            evidence=tuple(sorted(found.get(row["id"], ()), key=lambda one: one.date)),
        )
        for row in said(INSTRUCTIONS, as_of).frame.to_dict("records")
    )


def faults(every: Sequence[Instruction]) -> Iterator[str]:
    """Sentences for what a state claims and the evidence does not bear; none for a table that can be shown."""
    for one in every:
        if one.state != state_of(one.evidence):
            yield f"{one.id} is {one.state}, its evidence makes it {state_of(one.evidence)}: change one of the two"
        told = [piece for piece in one.evidence if piece.bearing in NEEDS.get(one.state, ())]
        if one.state in NEEDS and not any(set(piece.sources) - {OWN} for piece in told):
            needed = " or ".join(NEEDS[one.state])
            yield f"{one.id} is {one.state} without evidence ({needed}) that has a source: add it or change the state"
        kept = [piece for piece in one.evidence if piece.bearing != MOVED]
        if one.last_evidence_date != max((piece.date for piece in kept), default=""):
            yield f"{one.id}: last_evidence_date is {one.last_evidence_date!r}, not the date of its newest evidence"
        if one.last_evidence not in {piece.id for piece in kept if piece.date == one.last_evidence_date} | {""}:
            yield f"{one.id}: last_evidence names {one.last_evidence!r}, which is not its newest evidence"
        if one.moved_to != max((piece.moved_to for piece in one.evidence), default=""):
            yield f"{one.id}: moved_to is {one.moved_to!r}, not the latest date that its evidence gives"
        if one.moved_to and one.due and last_day(one.moved_to) <= last_day(one.due):
            yield f"{one.id}: moved_to is {one.moved_to!r}, which is not after {one.due!r}, when it was due anyway"
