"""What a search answers: hits, how a text was understood, or what is wrong in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """One thing found: its name, the title of its layer and a note in words; no position where it has none."""

    layer: str
    id: str
    name: str
    kind: str
    note: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True)
class Example:
    """A way of writing that is understood: what it is called, and examples."""

    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """What a query found, best first.

    ``understood`` says in words how coordinates, a sheet or blocks were read; ``choose`` that several readings are
    equally possible, so that none is taken unasked. ``fault`` says what is wrong in a text that was meant as one of
    these, and ``patterns`` what would be understood.
    """

    hits: tuple[Hit, ...]
    understood: str = ""
    choose: bool = False
    fault: str = ""
    patterns: tuple[Example, ...] = ()
