"""The parameters of the Screening screen: what is asked as URL text, and what such text means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from layers.block_layer import BLOCKS
from layers.screening.candidates import COMMODITIES, sources_of_candidates
from layers.screening.choice import (
    COMMODITY,
    FIRST_SEED,
    MOST_SEED,
    STATUS,
    Need,
    Screening,
    need_text,
    needs_of_text,
    weights_of_text,
    weights_text,
    whole,
)
from layers.screening.profiles import book, profile
from layers.vocabulary import vocabulary

if TYPE_CHECKING:
    from layers.view import View

STATES = ("zone_status", "stage")  # vocabularies of the columns that the filter of states reads


def screening_query(asked: Screening) -> dict[str, str]:
    """The parameters that differ from the defaults."""
    query = {}
    if asked.profile:
        query["s_profile"] = asked.profile
    if asked.source:
        query["s_from"] = asked.source
    if asked.weights:
        query["s_w"] = weights_text(asked.weights)
    if asked.needs:
        query["s_need"] = ",".join(map(need_text, asked.needs))
    if asked.seed != FIRST_SEED:
        query["s_seed"] = str(asked.seed)
    return query


def _profile(asked: Screening, text: str) -> Screening:
    if text not in book().profiles:
        raise ValueError(text)
    return replace(asked, profile=text)


def _source(asked: Screening, text: str) -> Screening:
    if text not in (BLOCKS, *sources_of_candidates()):
        raise ValueError(text)
    return replace(asked, source=text)


def _weights(asked: Screening, text: str) -> Screening:
    """Weights of criteria of the profile, which is read before them."""
    weights = weights_of_text(text)
    if not {criterion for criterion, _ in weights} <= {part.criterion for part in profile(asked.profile).parts}:
        raise ValueError(text)
    return replace(asked, weights=weights)


def _needs(asked: Screening, text: str) -> Screening:
    needs = needs_of_text(text)
    if not all(set(one.codes) <= codes_for(one) for one in needs):
        raise ValueError(text)
    return replace(asked, needs=needs)


def codes_for(need: Need) -> set[str]:
    """The codes that a filter of that kind may name."""
    names = {COMMODITY: (COMMODITIES,), STATUS: STATES}.get(need.kind, ())
    return {code for name in names for code in vocabulary(name)}


def _reader(read: Callable[[Screening, str], Screening]) -> Callable[[View, str], View]:
    return lambda view, text: replace(view, screening=read(view.screening, text))


SCREENING_READERS: dict[str, Callable[[View, str], View]] = {
    "s_profile": _reader(_profile),
    "s_from": _reader(_source),
    "s_w": _reader(_weights),
    "s_need": _reader(_needs),
    "s_seed": _reader(lambda asked, text: replace(asked, seed=whole(text, MOST_SEED))),
}
