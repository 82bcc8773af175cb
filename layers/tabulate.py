"""A layer as a table of words for readers: titles with units, categories in the language, sources by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from layers.columns import split
from layers.names import names, names_by_id
from layers.schema import Layer
from layers.spec import ColumnSpec
from layers.text import is_ours, pick, say, shown, words_of
from layers.vocabulary import word

NUMERIC = ("integer", "number", "year", "lon", "lat")
ORDERED = (*NUMERIC, "date")  # sorted on the screen by a number


def table_of(made: Layer, language: str, columns: tuple[str, ...] = ()) -> pd.DataFrame:
    """The layer's rows under titles in the language; numbers stay numbers, what is not stated stays empty.

    ``columns`` chooses and orders; without it all declared columns come. The index is the feature's id.
    """
    chosen = [made.spec.column(name) for name in columns] or list(made.spec.columns)
    keys = made.frame.get(made.spec.key, made.frame.index)
    words = {heading(column, language): _cells(made, column, language) for column in chosen}
    return pd.DataFrame(words, index=made.frame.index).set_axis(pd.Index(keys, name="id"))


def rows_of(made: Layer, language: str, columns: tuple[str, ...]) -> dict[str, Any]:
    """The chosen columns as plain values for a table on a screen, name first.

    Each row has its id, the text of each cell, and the number by which a numeric cell is sorted (else None).
    """
    chosen = [made.spec.column(name) for name in columns]
    called = [pick(words, language) for words in names(made)]
    keys = [str(key) for key in made.frame[made.spec.key]]
    cells: list[Iterable[object]] = [[name or key for name, key in zip(called, keys, strict=True)]]
    sorts: list[Iterable[float | None]] = [[None] * len(keys)]
    for column in chosen:
        values = list(_cells(made, column, language))
        ordered = column.type in ORDERED
        units = made.frame[column.unit_column] if column.unit_column else [""] * len(keys)
        written = (shown(value, column, language, unit) for value, unit in zip(values, units, strict=True))
        cells.append(list(written) if ordered else values)
        sorts.append([_sortable(value) if ordered else None for value in values])
    heads = [{"name": column.name, **_head(column, language)} for column in chosen]
    title = say(language, "name") if made.spec.name else pick(made.spec.column(made.spec.key).title, language)
    name = {"name": "", "title": title, "unit": "", "numeric": False}
    rows = zip(keys, zip(*cells, strict=True), zip(*sorts, strict=True), strict=True)
    return {"columns": [name, *heads], "rows": [[key, list(texts), list(numbers)] for key, texts, numbers in rows]}


def _head(column: ColumnSpec, language: str) -> dict[str, object]:
    unit = word("unit", column.unit, language) if column.unit else ""
    if column.source_text:
        unit = say(language, "source_language")
    return {"title": pick(column.title, language), "unit": unit, "numeric": column.type in ORDERED}


def _sortable(value: object) -> float | None:
    """A number as it is, a date by its digits: a year stands before its months, a month before its days."""
    if value is pd.NA or value is None or value != value or value == "":
        return None
    return float(value.replace("-", "").ljust(8, "0") if isinstance(value, str) else str(value))


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
    if column.unit_column:
        units = made.frame[column.unit_column]
        return [shown(cell, column, language, unit) for cell, unit in zip(cells, units, strict=True)]
    if column.vocabulary:
        return [words_of(cell, column, language) if is_ours(cell, column) else cell for cell in cells]
    if column.name == made.spec.name.get(language) and made.spec.unnamed:
        return [own or pick(called, language) for own, called in zip(cells, names(made), strict=True)]
    if column.type in ("ref", "refs"):
        named = names_by_id(column.ref)
        return ["; ".join(pick(named.get(key, {}), language) or key for key in split(cell)) for cell in cells]
    return cells
