"""What must be known before the order of a screening is used: how loose it is, what it leaves out, whose it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from layers.about import about
from layers.linked import TOWNS
from layers.screening.desk import Found
from layers.screening.filters import PLANTS, TARGETS
from layers.screening.itself import overlaps
from layers.screening.profiles import book
from layers.screening.words import called_rows, used
from layers.text import day, number, pick, say

DEPOSITS = "deposits"
FEWEST_ORDERED = 3  # candidates: of two, each interval is half of the ranks or all


def looseness(found: Found, language: str) -> str:
    """A sentence where the order hardly is one: half of the candidates may take more than half of the ranks.

    Another one where no criterion has a weight.
    """
    count = len(found.ids)
    if count and not found.weights.any():
        return say(language, "screening_no_weight")
    spans = sorted(int(high) - int(low) + 1 for low, high in zip(found.stable.low, found.stable.high, strict=True))
    middle = spans[count // 2] if spans else 0
    if 2 * middle <= count or count < FEWEST_ORDERED:
        return ""
    return say(language, "screening_loose", span=number(middle, language), count=number(count, language))


def notes(found: Found, language: str) -> list[str]:
    """What must be known before the order is used."""
    made = [pick(book().judgement, language), say(language, "screening_interval_note")]
    stood_in = any((np.isnan(raw.low) & ~np.isnan(raw.best)).any() for _, raw in used(found))
    if found.every.via_town.any() or stood_in:
        made.append(say(language, "screening_stand_in"))
    if any(raw.anywhere or any(raw.besides) for _, raw in used(found)):
        made.append(say(language, "screening_loose_note"))
    anywhere = dict.fromkeys(one for _, raw in used(found) for one in raw.anywhere)
    if anywhere:
        made.append(say(language, "screening_anywhere_note", names=called_rows(tuple(anywhere), language)))
    made += [say(language, key) for key in (*_of_layers(found), "screening_missing_note", "screening_places_note")]
    if (spec := found.every.made.spec).origin:
        made += [f"{pick(spec.title, language)}: {pick(spec.origin, language)}", say(language, "own_licence")]
    return made


def _of_layers(found: Found) -> Iterator[str]:
    """Keys of notes on what the layers that criteria and filters ask for do not hold."""
    criteria = [criterion for criterion, _ in used(found)]
    asked = {layer_id for one in criteria for layer_id in one.layers}
    asked |= {TARGETS[one.need.kind] for one in found.sieve.removed if one.need.kind in TARGETS}
    if TOWNS in asked:
        yield "screening_towns_note"
    if PLANTS in asked:
        yield "screening_plants_note"
    if DEPOSITS in asked and overlaps(found.every, DEPOSITS):
        yield "screening_itself_note"


def not_an_offer(language: str) -> str:
    """The sentence that no screening goes without, with the date of the data."""
    return say(language, "screening_not_offer", date=day(about().as_of, language))
