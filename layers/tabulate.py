"""A layer as a table of words for readers: titles with units, categories in the language, sources by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from layers.columns import split
from layers.names import names, names_by_id
from layers.schema import Layer
from layers.spec import ColumnSpec
from layers.text import as_read, is_ours, pick, say, shown, words_of
from layers.vocabulary import word

NUMERIC = ("integer", "number", "year", "lon", "lat")
ORDERED = (*NUMERIC, "date")  # sorted on the screen by a number


class Told(NamedTuple):
    """A column of a table on a screen: its head, the text of each cell, and the number by which a cell is sorted."""

    head: dict[str, object]
    cells: Sequence[object]
    sorts: Sequence[float | None]


def table_of(made: Layer, language: str, columns: tuple[str, ...] = ()) -> pd.DataFrame:
    """The layer's rows under titles in the language; numbers stay numbers, what is not stated stays empty.

    ``columns`` chooses and orders; without it all declared columns come. The index is the feature's id.
    """
    chosen = [made.spec.column(name) for name in columns] or list(made.spec.columns)
    keys = made.frame.get(made.spec.key, made.frame.index)
    words = {heading(column, language): _cells(made, column, language) for column in chosen}
    return pd.DataFrame(words, index=made.frame.index).set_axis(pd.Index(keys, name="id"))


def rows_of(made: Layer, language: str, columns: tuple[str, ...], beside: Sequence[Told] = ()) -> dict[str, Any]:
    """The chosen columns as plain values for a table on a screen: the name first, then those ``beside`` it.

    Each row has its id, the text of each cell, and the number by which a numeric cell is sorted (else None).
    """
    chosen = [_told(made, made.spec.column(name), language) for name in columns]
    keys = [str(key) for key in made.frame[made.spec.key]]
    together = [_named(made, keys, language), *beside, *chosen]
    cells, sorts = (
        zip(*(one.cells for one in together), strict=True),
        zip(*(one.sorts for one in together), strict=True),
    )
    rows = [[key, list(texts), list(numbers)] for key, texts, numbers in zip(keys, cells, sorts, strict=True)]
    return {"columns": [one.head for one in together], "rows": rows}


def _named(made: Layer, keys: list[str], language: str) -> Told:
    """The first column: what each row is called."""
    title = say(language, "name") if made.spec.name else pick(made.spec.column(made.spec.key).title, language)
    called = [pick(words, language) or key for words, key in zip(names(made), keys, strict=True)]
    return Told({"name": "", "title": title, "unit": "", "numeric": False}, called, [None] * len(keys))


def _told(made: Layer, column: ColumnSpec, language: str) -> Told:
    values, head = list(_cells(made, column, language)), head_of(column, language)
    if column.type not in ORDERED:
        return Told(head, values, [None] * len(values))
    units = made.frame[column.unit_column] if column.unit_column else [""] * len(values)
    written = [shown(value, column, language, unit) for value, unit in zip(values, units, strict=True)]
    if column.reading_column:
        readings = made.frame[column.reading_column]
        written = [as_read(told, reading, language) for told, reading in zip(written, readings, strict=True)]
    return Told(head, written, [_sortable(value) for value in values])


def head_of(column: ColumnSpec, language: str) -> dict[str, object]:
    """What stands above a column of a table on a screen."""
    unit = word("unit", column.unit, language) if column.unit else ""
    if column.source_text:
        unit = say(language, "source_language")
    return {"name": column.name, "title": pick(column.title, language), "unit": unit, "numeric": column.type in ORDERED}


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
