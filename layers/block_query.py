"""The parameters of the Blocks screen: a view's choices as URL text, and what such text means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from layers.block_choice import (
    CODES,
    FEATURE,
    FIRST_RULE,
    KEPT,
    LAYER,
    LICENCE_YEARS,
    RING,
    BlockSource,
    rule_text,
    source_of_codes,
)
from layers.view import POSITION_DECIMALS, Selection, View

KEPT_NAME = re.compile(r"[0-9a-f]{32}")
LONGEST_NUMBER = 9  # digits
YES = "yes"

Ring = tuple[tuple[float, float], ...]


def block_query(view: View) -> dict[str, str]:
    """The parameters that differ from the defaults."""
    query = {"blocks": _source_text(view.blocks)} if view.blocks.kind else {}
    if view.cover != FIRST_RULE:
        query["rule"] = rule_text(view.cover)
    if view.counted_south:
        query["south"] = YES
    if view.licence_year != LICENCE_YEARS[0]:
        query["year"] = str(view.licence_year)
    return query | ({"mci": str(view.index_tenge)} if view.index_tenge else {})


def ring_text(ring: Iterable[tuple[float, float]]) -> str:
    """The (lon, lat) vertices of a shape as an address writes them."""
    return ",".join(f"{lon:.{POSITION_DECIMALS}f} {lat:.{POSITION_DECIMALS}f}" for lon, lat in ring)


def vertices(text: str) -> list[tuple[float, ...]]:
    """The same back, whatever each vertex holds; ValueError for what is no number."""
    return [tuple(float(number) for number in part.split()) for part in text.split(",")]


def _source_text(source: BlockSource) -> str:
    told = {CODES: source.text, KEPT: source.text, RING: ring_text(source.ring), LAYER: source.layer}
    return f"{source.kind}:{told.get(source.kind, f'{source.layer}/{source.id}')}"


def source_of_text(
    text: str,
    ring_of: Callable[[list[tuple[float, ...]]], Ring],
    feature_of: Callable[[str], Selection | None],
    is_layer: Callable[[str], bool],
) -> BlockSource:
    """The source that an address names; ValueError for what is none. ``..._of`` check parts as other parameters are."""
    kind, _, rest = text.partition(":")
    if kind == CODES and (source := source_of_codes(rest)).kind:
        return source
    if kind == KEPT and KEPT_NAME.fullmatch(rest):
        return BlockSource(KEPT, rest)
    if kind == RING:
        return BlockSource(RING, ring=ring_of(vertices(rest)))
    if kind == LAYER and is_layer(rest):
        return BlockSource(LAYER, layer=rest)
    if kind == FEATURE and (chosen := feature_of(rest)):
        return BlockSource(FEATURE, layer=chosen.layer, id=chosen.id)
    raise ValueError(text)


def whole(text: str, least: int, most: int) -> int:
    """A whole number within bounds, in ASCII digits; ValueError for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER and least <= int(text) <= most):
        raise ValueError(text)
    return int(text)
