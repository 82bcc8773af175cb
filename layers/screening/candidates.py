"""Candidates of screening: the rows of a layer with where they are, how surely, and for which commodities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from layers.block_choice import FIRST_RULE, NO_SOURCE, BlockSource, CoverRule
from layers.block_desk import block_set
from layers.block_layer import BLOCKS, block_layer
from layers.columns import split
from layers.errors import AtlasError, UnknownNameError, WordedError
from layers.linked import TOWNS
from layers.names import names_by_id
from layers.relate import Side, layer, side, side_of_layer
from layers.schema import Layer
from layers.screening.scores import Flags
from layers.spec import LANGUAGES, catalogue
from layers.text import pick, say

OF_THE_ATLAS = ("industrial_zones", "prospecting_areas", TOWNS, "licence_blocks")
MOST = 2000
COMMODITIES = "commodity"  # the vocabulary of the columns that say what a row holds


@dataclass(frozen=True, eq=False)
class Candidates:
    """The rows of one layer, position by position.

    ``towns`` names the town that a row states or is, or nothing; ``commodities`` what it holds, empty where it is not
    stated; ``via_town`` says that its town's point stands in for a position, ``placed`` that it has either.
    """

    layer: str
    made: Layer
    side: Side
    ids: tuple[str, ...]
    towns: tuple[str, ...]
    commodities: tuple[tuple[str, ...], ...]

    @property
    def via_town(self) -> Flags:
        """Whether a row stands at its town's point."""
        return np.asarray(self.side.via != "", dtype=bool)

    @property
    def placed(self) -> Flags:
        """Whether a row has a position that can be measured from, or its town's."""
        return np.asarray(self.side.geometry.notna(), dtype=bool)

    @property
    def unsure(self) -> Flags:
        """Whether no layer tells how far a row's place may be off: 0 km would take that for exact."""
        declared = self.made.spec.geometry
        told = bool(declared and declared.accuracy)
        return np.asarray(~(self.side.accuracy_km > 0) & (not told), dtype=bool)

    def names(self, language: str) -> list[str]:
        """What the rows are called."""
        called = {} if self.layer == BLOCKS else names_by_id(self.layer)
        return [pick(called.get(key, {}), language) or key for key in self.ids]


def sources_of_candidates() -> Iterator[str]:
    """Ids of the layers whose rows can be candidates: four of the atlas, and a visitor's own that have places."""
    yield from OF_THE_ATLAS
    yield from (one.id for one in catalogue().values() if one.origin and one.legend and one.geometry is not None)


def candidates(layer_id: str, blocks: BlockSource = NO_SOURCE, cover: CoverRule = FIRST_RULE) -> Candidates:
    """The rows of a layer as candidates, or for BLOCKS the licence blocks of a source.

    UnknownNameError for a layer whose rows are none, AtlasError for more than MOST; WordedError where no blocks are
    chosen; else as ``layers.relate.layer``.
    """
    if layer_id == BLOCKS:
        return _blocks(blocks, cover)
    known = list(sources_of_candidates())
    if layer_id not in known:
        raise UnknownNameError("layer of candidates", layer_id, known)
    made = layer(layer_id)
    if len(made.frame) > MOST:
        raise AtlasError(f"{layer_id} has {len(made.frame)} rows, {MOST} can be screened: filter the file first.")
    side = side_of_layer(layer_id)
    return Candidates(layer_id, made, side, tuple(side.ids), tuple(_towns(made)), tuple(_commodities(made)))


def _blocks(blocks: BlockSource, cover: CoverRule) -> Candidates:
    """Licence blocks, each as uncertain as the inferred part of the numbering makes them all."""
    chosen = block_set(blocks, cover)
    if chosen is None:
        raise WordedError("screening_no_blocks")
    if len(chosen.blocks) > MOST:
        raise WordedError("screening_many_blocks", count=len(chosen.blocks), most=MOST)
    titles = {language: say(language, "blocks_title") for language in LANGUAGES}
    made = block_layer(chosen, False, titles, {}, ())
    placed = side(made)
    placed = replace(placed, accuracy_km=placed.accuracy_km + chosen.doubt_km + (chosen.accuracy_km or 0.0))
    ids = tuple(placed.ids)
    return Candidates(BLOCKS, made, placed, ids, ("",) * len(ids), ((),) * len(ids))


def cell_of(found: Candidates, columns: tuple[str, ...]) -> pd.Series:
    """The first of these columns that the layer has, by position; empty where it has none."""
    spec = found.made.spec
    declared = {column.name for column in spec.columns}
    name = next((one for one in columns if one in declared and not spec.origin), None)
    return pd.Series([None] * len(found.ids)) if name is None else found.made.frame[name].reset_index(drop=True)


def _towns(made: Layer) -> list[str]:
    if made.spec.id == TOWNS:
        return [str(key) for key in made.frame[made.spec.key]]
    naming = [column.name for column in made.spec.columns if column.type == "ref" and column.ref == TOWNS]
    return [str(cell) for cell in made.frame[naming[0]]] if naming else [""] * len(made.frame)


def _commodities(made: Layer) -> list[tuple[str, ...]]:
    naming = [one.name for one in made.spec.columns if one.type == "codes" and one.vocabulary == COMMODITIES]
    return [tuple(split(cell)) for cell in made.frame[naming[0]]] if naming else [()] * len(made.frame)
