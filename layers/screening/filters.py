"""Hard filters of candidates: who fails which, who falls first by which, and which one removed the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from layers.linked import TOWNS
from layers.relate import layer, pairs_within, side_of_layer
from layers.screening.candidates import Candidates, cell_of
from layers.screening.choice import ACCURACY, COMMODITY, GAS, PLANT, STATUS, TOWN, Need
from layers.screening.measures import counting
from layers.screening.profiles import book
from layers.screening.scores import Flags, Whole
from layers.spread import ends
from layers.unmeasured import maybe_within, unmeasured

YES, POSSIBLY, NO = 2, 1, 0
STATES = ("status", "stage")  # columns that say how far a zone or an area has come
PLANTS = "plants"
TARGETS = {GAS: "gas_operating", TOWN: TOWNS, PLANT: PLANTS}


@dataclass(frozen=True)
class Removed:
    """What one filter did: how many fail it, and how many fall by it that no filter before it removed."""

    need: Need
    failing: int
    falling: int


@dataclass(frozen=True, eq=False)
class Sieved:
    """Which candidates are kept, which of them only possibly meet a filter, and what each filter did.

    ``last`` is the filter that removed the last candidate, where none is left; ``first_failed`` the place of the
    filter by which each candidate fell, -1 for those kept.
    """

    kept: Flags
    doubtful: Flags
    removed: tuple[Removed, ...]
    last: Need | None
    first_failed: tuple[int, ...]


def sieved(found: Candidates, needs: Sequence[Need], sure: bool) -> Sieved:
    """What the filters keep. What may meet a filter is kept, unless ``sure`` asks for what surely does."""
    kept, doubtful = np.ones(len(found.ids), dtype=bool), np.zeros(len(found.ids), dtype=bool)
    removed, last, first = [], None, np.full(len(found.ids), -1)
    for place, need in enumerate(needs):
        answer = answers(found, need)
        fails = answer < (YES if sure else POSSIBLY)
        falls = fails & kept
        removed.append(Removed(need, int(fails.sum()), int(falls.sum())))
        first[falls] = place
        kept = kept & ~fails
        doubtful |= answer == POSSIBLY
        last = need if falls.any() and not kept.any() else last
    return Sieved(kept, doubtful & kept, tuple(removed), last, tuple(int(one) for one in first))


def answers(found: Candidates, need: Need) -> Whole:
    """YES, POSSIBLY or NO for each candidate; what is not known is possible."""
    if need.kind in TARGETS:
        return _within(found, need)
    if need.kind == ACCURACY:
        return _accurate(found, need.km)
    if need.kind == COMMODITY:
        held: list[set[str]] = [set(own) for own in found.commodities]
    else:
        assert need.kind == STATUS
        held = [set() if pd.isna(cell) or cell == "" else {str(cell)} for cell in cell_of(found, STATES)]
    return np.array([POSSIBLY if not own else YES if own & set(need.codes) else NO for own in held], dtype=np.int64)


def _within(found: Candidates, need: Need) -> Whole:
    """By `layers.relate.pairs_within`: what stands at its town's point is never more than possibly within."""
    made: Whole = np.where(found.placed, NO, POSSIBLY).astype(np.int64)
    layer_id = TARGETS[need.kind]
    surely, perhaps = _counting(layer_id, need.people)
    if need.kind == PLANT:
        there = counting(book().criteria[PLANT], layer_id)
        surely, perhaps = surely & there, perhaps & there
    side, own = side_of_layer(layer_id), found.side
    loose = maybe_within(own, unmeasured(layer_id).of(perhaps), need.km)
    pairs = pd.concat([pairs_within(own, side.part(perhaps), need.km), loose])
    made[pairs["left_position"].to_numpy(dtype=np.int64)] = POSSIBLY
    pairs = pairs_within(own, side.part(surely), need.km)
    made[pairs.loc[pairs["within"] == "yes", "left_position"].to_numpy(dtype=np.int64)] = YES
    return made


def _counting(layer_id: str, people: int) -> tuple[Flags, Flags]:
    """Which rows of a layer surely have that many people, and which may, given the counts of all sources; all for 0."""
    made = layer(layer_id)
    if not people:
        return np.ones(len(made.frame), dtype=bool), np.ones(len(made.frame), dtype=bool)
    low, high = ends(made, "population")
    return (low >= people).to_numpy(), (high >= people).to_numpy()


def _accurate(found: Candidates, km: int) -> Whole:
    """A town's point is no position of the candidate's own, so it meets none; one that nobody tells is possible."""
    off = np.where(found.unsure, np.nan, found.side.accuracy_km.to_numpy(dtype=np.float64))
    own = found.placed & ~found.via_town
    return np.where(own & (off <= km), YES, np.where(own & np.isnan(off), POSSIBLY, NO)).astype(np.int64)
