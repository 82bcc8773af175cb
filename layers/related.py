"""What a relation between two things is made of: as computed, and as a reader sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

STATED, VIA_TOWN = "stated", "via_town"
# Of pairs that are not measured: a position published without an accuracy, or no published place.
NO_ACCURACY, NO_PLACE = UNMEASURED = ("no_accuracy", "no_place")


@dataclass(frozen=True)
class Relation:
    """One related feature; ``reach`` is its distance or range in words, or why there is none.

    ``why`` says in words on what that rests: its basis, and for a range the accuracy of each position.
    ``doubt`` says so where it may be within the radius and may not. ``away_km`` sorts: the distance, or its town's; NaN
    where there is none. ``layer`` is the layer of the legend that shows
    it, or the layer itself where none does.
    """

    layer: str
    id: str
    name: str
    reach: str
    basis: str
    why: str
    doubt: str
    away_km: float


@dataclass(frozen=True)
class Nearby:
    """Related features of one layer that the filter keeps, and how many it hides that would be listed without it.

    ``more`` counts those that are further away than the MOST_LISTED that are listed.
    """

    rows: tuple[Relation, ...] = field(default_factory=tuple)
    left_out: int = 0
    more: int = 0


class End(NamedTuple):
    """The feature or bare position from which others are seen; ``accuracy_km`` is 0 where it is taken as exact.

    ``via`` is the town that stands in for its position, or nothing.
    """

    id: str
    name: str
    accuracy_km: float
    via: str = ""


class Pair(NamedTuple):
    """One pair of a relation as seen from one end; kilometres are NaN where nothing was computed."""

    id: str
    away_km: float
    low_km: float
    high_km: float
    basis: str
    via: str


@dataclass(frozen=True)
class Limit:
    """A radius, and whether only what is surely within it counts."""

    km: float
    sure: bool = False

    def allows(self, pair: Pair) -> bool:
        """Whether a pair belongs to the list: what a source states always does, what is not measured if it may."""
        if pair.basis == STATED:
            return True
        if pair.basis in UNMEASURED:
            return not self.sure
        if pair.basis == VIA_TOWN:
            return not self.sure and pair.away_km <= self.km
        return (pair.high_km if self.sure else pair.low_km) <= self.km

    def doubts(self, pair: Pair) -> bool:
        """Whether a pair may be within the radius, and may not."""
        unknown = pair.basis in UNMEASURED or (pair.basis == VIA_TOWN and pair.away_km <= self.km)
        return unknown or pair.low_km <= self.km < pair.high_km
