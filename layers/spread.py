"""What other sources say of a figure that stands in a layer: values of the same date that differ from it."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from operator import itemgetter

import pandas as pd

from layers.columns import split
from layers.dated_spec import Held
from layers.load import SOURCES, load
from layers.schema import Layer
from layers.spec import Stamp, layer_spec, stamp

NUMBERS = ("number", "integer")


def rivals(made: Layer, column: str) -> dict[str, dict[float, tuple[str, ...]]]:
    """By key the values that sources give for the date of a row's figure and that are not that figure, the least first.

    Each value with the ids of its sources. Empty for a column that is no number or of which no table tells
    (``layers.dated_spec.Held``); rows on which all sources agree are left out.
    """
    held = _held(made, column)
    if held is None:
        return {}
    kept = tuple((name, tuple(codes)) for name, codes in held.where.items())
    columns = (held.key, held.columns[held.date], held.columns[column])
    told = _told(held.table, kept, columns, stamp(layer_spec(held.table).path))
    found = {}
    for key, date, own in zip(made.frame[made.spec.key], made.frame[held.date], made.frame[column], strict=True):
        others = {} if pd.isna(own) or pd.isna(date) else told.get((str(key), date), {})
        if apart := {value: cited for value, cited in others.items() if value != own}:
            found[str(key)] = apart
    return found


def ends(made: Layer, column: str) -> tuple[pd.Series[float], pd.Series[float]]:
    """The least and the greatest that sources give for the date of each figure, aligned to the layer; NaN for none."""
    own = made.frame[column].astype("float64")
    others = made.frame[made.spec.key].astype("str").map(rivals(made, column))
    either = [(value, *(more if isinstance(more, dict) else ())) for value, more in zip(own, others, strict=True)]
    low, high = (pd.Series([end(one) for one in either], index=own.index, dtype="float64") for end in (min, max))
    return low, high


def _held(made: Layer, column: str) -> Held | None:
    dated = made.spec.dated if made.spec.column(column).type in NUMBERS else None
    told = (one for one in (dated.held if dated else ()) if one.table and one.date and column in one.columns)
    return next(told, None)


@lru_cache(maxsize=8)
def _told(
    table: str, kept: tuple[tuple[str, tuple[str, ...]], ...], columns: tuple[str, str, str], _content: Stamp
) -> dict[tuple[str, Hashable], dict[float, tuple[str, ...]]]:
    """By key and date each value of a table with its sources, the least first; ``columns`` name key, date and value."""
    rows = load(table).frame
    for name, codes in kept:
        rows = rows[rows[name].isin(codes)]
    cited = rows[SOURCES] if SOURCES in rows else pd.Series("", index=rows.index)
    found: dict[tuple[str, Hashable], dict[float, tuple[str, ...]]] = {}
    for key, date, value, ids in sorted(zip(*(rows[name] for name in columns), cited, strict=True), key=itemgetter(2)):
        by_value = found.setdefault((str(key), date), {})
        by_value[float(value)] = tuple(dict.fromkeys((*by_value.get(float(value), ()), *split(ids))))
    return found
