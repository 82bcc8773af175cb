"""A layer as a table of words for readers: titles with units, categories in the language, sources by name."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from layers.columns import split
from layers.names import names_by_id
from layers.relate import layer
from layers.schema import Layer
from layers.spec import ColumnSpec
from layers.text import pick, say, words_of
from layers.vocabulary import word

NUMERIC = ("integer", "number", "year", "lon", "lat")


def table_of(layer_id: str, language: str, columns: tuple[str, ...] = ()) -> pd.DataFrame:
    """The layer's rows under titles in the language; numbers stay numbers, what is not stated stays empty.

    ``columns`` chooses and orders; without it all declared columns come. The index is the feature's id.
    """
    made = layer(layer_id)
    chosen = [made.spec.column(name) for name in columns] or list(made.spec.columns)
    keys = made.frame.get(made.spec.key, made.frame.index)
    words = {heading(column, language): _cells(made, column, language) for column in chosen}
    return pd.DataFrame(words, index=made.frame.index).set_axis(pd.Index(keys, name="id"))


def heading(column: ColumnSpec, language: str) -> str:
    """A column's title with its unit."""
    title = pick(column.title, language)
    return f"{title}, {word('unit', column.unit, language)}" if column.unit else title


def _cells(made: Layer, column: ColumnSpec, language: str) -> Iterable[object]:
    cells: pd.Series = made.frame[column.name]
    if column.type in NUMERIC:
        return cells
    if column.type == "flag":
        return [say(language, f"flag_{cell}") if cell else "" for cell in cells]
    if column.type in ("code", "codes"):
        return [words_of(cell, column, language) for cell in cells]
    if column.type in ("ref", "refs"):
        named = names_by_id(column.ref)
        return ["; ".join(pick(named.get(key, {}), language) or key for key in split(cell)) for cell in cells]
    return cells
