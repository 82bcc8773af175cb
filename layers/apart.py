"""How far the kept rows are from what a radius is drawn around: columns that tables and files have beside a layer's."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import isnan

from layers.reach import COLUMNS
from layers.schema import Layer
from layers.sieve import Sieve, distances, sieved
from layers.spec import ROOT, ColumnSpec, read_toml
from layers.tabulate import Told, head_of
from layers.text import NO_BREAK, distance, number
from layers.vocabulary import word

WITHIN = "within"  # also the vocabulary of what it says


def measured(layer_id: str, sieve: Sieve) -> Layer:
    """What a filter keeps of a layer; where a radius filters, with `layers.reach.COLUMNS` as its last columns.

    They are declared as those of a relation are. Where the layer has a column of such a name, ours is called
    ``radius_<name>``.
    """
    made, away = sieved(layer_id, sieve), distances(layer_id, sieve)
    if away is None:
        return made
    added = [_free(column, made) for column in _declared()]
    cells = {column.name: away[name].reindex(made.frame.index) for column, name in zip(added, COLUMNS, strict=True)}
    return Layer(replace(made.spec, columns=(*made.spec.columns, *added)), made.frame.assign(**cells))


def told(layer_id: str, sieve: Sieve, language: str) -> list[Told]:
    """The same for a table on a screen: the distance in words, sorted by its number, and whether it is within.

    Nothing where no radius filters. A row that only its town places has no distance.
    """
    away = distances(layer_id, sieve)
    if away is None:
        return []
    made = sieved(layer_id, sieve)
    away = away.reindex(made.frame.index)
    numbers, _, _, within = (_free(column, made) for column in _declared())
    ranges = zip(*(away[name] for name in COLUMNS[:3]), strict=True)
    texts = [_range(km, low, high, language) for km, low, high in ranges]
    sorts = [None if isnan(km) else float(km) for km in away["distance_km"]]
    words = [word(WITHIN, code, language) for code in away[WITHIN]]
    return [
        Told(head_of(numbers, language), texts, sorts),
        Told(head_of(within, language), words, [None] * len(words)),
    ]


def _range(away: float, low: float, high: float, language: str) -> str:
    """A distance without its unit: a range where it is uncertain, about so much where nobody knows how uncertain."""
    if isnan(away):
        return ""
    if isnan(low):
        return f"≈{NO_BREAK}{number(away, language, 1 if away < 10 else 0)}"
    return distance(low, high, language)


@lru_cache(maxsize=1)
def _declared() -> tuple[ColumnSpec, ...]:
    """The columns as a relation declares them, in the order of COLUMNS."""
    listed = read_toml(ROOT / "layers" / "operations" / "near.toml")["columns"]
    found = {str(column["name"]): ColumnSpec(**column) for column in listed}
    return tuple(found[name] for name in COLUMNS)


def _free(column: ColumnSpec, made: Layer) -> ColumnSpec:
    """The column under a name that the layer does not use."""
    taken = {one.name for one in made.spec.columns}
    return _free(replace(column, name=f"radius_{column.name}"), made) if column.name in taken else column
