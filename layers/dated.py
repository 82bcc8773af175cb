"""What held, or had been said, at a date: rows that came later are left out, those without a date stay and are marked.

``as_of`` is a month written YYYY-MM, or nothing for all dates. A row is not known before the month that its date
begins with, and surely known from the month that it ends with; between them it is kept and marked (see the vocabulary
``dating``). What dates an entry's rows is said in the catalogue, under ``[dated]``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.about import about
from layers.columns import split
from layers.dated_spec import DATING as DATING
from layers.dated_spec import Held, Rule
from layers.load import SOURCES, load
from layers.periods import Bounds, month_of, parse, said_between, year_of
from layers.relate import content_stamp, files_behind, layer
from layers.schema import Layer
from layers.spec import ColumnSpec, LayerSpec, Stamp, columns_yielded, layer_spec, stamp
from layers.spread import rivals

STATED, WITHIN, SUPERSEDED, UNDATED, LATER = "dated", "within", "superseded", "undated", "later"
MARKED = (WITHIN, UNDATED)  # what the map says of a feature

Mask = NDArray[np.bool_]


def at(layer_id: str, as_of: str) -> Layer:
    """All rows of an entry with what stood in them at that date, dated entries with the column DATING.

    What is not known for that date is empty. With no date, and for an entry that has none, the layer itself.
    """
    spec = layer_spec(layer_id)
    return _at(spec, as_of, content_at(spec)) if as_of and layer(layer_id).spec.dated else layer(layer_id)


def said(layer_id: str, as_of: str) -> Layer:
    """The rows that had been said by then, the replaced ones too, as ``at`` has them."""
    made, kept = at(layer_id, as_of), known(layer_id, as_of)
    return made if kept is None else Layer(made.spec, made.frame[kept])


def held(layer_id: str, as_of: str) -> Layer:
    """The rows that held at that date: those said by then that no later row had replaced."""
    made = said(layer_id, as_of)
    if DATING not in made.frame:
        return made
    return Layer(made.spec, made.frame[made.frame[DATING] != SUPERSEDED])


def known(layer_id: str, as_of: str) -> Mask | None:
    """Which rows of an entry had been said by then, by position; None without a date and for an entry of no date."""
    made = at(layer_id, as_of)
    if not as_of or made.spec.dated is None:
        return None
    if DATING not in made.frame:
        return np.ones(len(made.frame), dtype=bool)
    kept: Mask = (made.frame[DATING] != LATER).to_numpy(dtype=bool)
    return kept


def surely(layer_id: str, as_of: str) -> Mask:
    """Which rows of an entry had surely been said by then: what is dated 2025 counts from December 2025 on."""
    month = month_of(as_of)
    return np.array([one is not None and _code(one, month) == STATED for one in bounds(layer_id)], dtype=bool)


def bounds(layer_id: str) -> list[Bounds | None]:
    """For each row the months between which it became known, from the first rule that dates it; None for undated."""
    return _bounds(layer(layer_id))


def data_month() -> int:
    """The month in which the data were last compared with their sources: all that they say had been said by then."""
    return month_of(f"{about().as_of:%Y-%m}")


def tables_read(spec: LayerSpec) -> tuple[str, ...]:
    """The entries that tell what an entry's columns held at other dates."""
    dated = spec.dated
    for parent in spec.parents if spec.operation == "filter" else ():
        dated = layer_spec(parent).dated
    return tuple(dict.fromkeys(one.table for one in dated.held if one.table)) if dated else ()


def content_at(spec: LayerSpec) -> Stamp:
    """Stamp of all files that ``at`` reads for an entry."""
    tables = (path for table in tables_read(spec) for path in files_behind(layer_spec(table)))
    return (*content_stamp(spec), *stamp(*tables))


@lru_cache(maxsize=256)
def _at(spec: LayerSpec, as_of: str, _content: Stamp) -> Layer:
    made, month = layer(spec.id), month_of(as_of)
    dated = made.spec.dated
    assert dated is not None
    for one in dated.held:
        made = _renamed(_then(_with_sources(made, one), one, as_of, month), one)
    if not dated.rules:
        return made
    codes = _codes(layer(spec.id), dated.latest, month)
    added = columns_yielded("dated")
    facts = (*made.spec.facts, DATING) if made.spec.facts else ()
    return Layer(
        replace(made.spec, columns=(*made.spec.columns, *added), facts=facts),
        made.frame.assign(**{DATING: pd.Series(codes, index=made.frame.index, dtype="str")}),
    )


def _codes(made: Layer, latest: str, month: int) -> list[str]:
    found = _bounds(made)
    codes = [_code(one, month) for one in found]
    if not latest:
        return codes
    since: dict[str, int] = {}
    for key, one, code in zip(made.frame[latest], found, codes, strict=True):
        if one is not None and code != LATER:
            since[key] = max(one.first, since.get(key, one.first))
    return [
        SUPERSEDED if one is not None and code != LATER and one.first < since[key] else code
        for key, one, code in zip(made.frame[latest], found, codes, strict=True)
    ]


def _code(one: Bounds | None, month: int) -> str:
    if one is None:
        return UNDATED
    if one.first > month:
        return LATER
    return WITHIN if min(one.last, data_month()) > month else STATED


def _bounds(made: Layer) -> list[Bounds | None]:
    assert made.spec.dated is not None
    found: list[Bounds | None] = [None] * len(made.frame)
    for rule in made.spec.dated.rules:
        told = _told_by(made, rule)
        found = [one or other for one, other in zip(found, told, strict=True)]
    return found


def _told_by(made: Layer, rule: Rule) -> list[Bounds | None]:
    kept = _where(made.frame, rule.where)
    kind = made.spec.column(rule.column).type
    cells, dates = made.frame[rule.column], _published() if kind == "sources" else {}
    return [_bounds_of(cell, kind, dates) if keep else None for cell, keep in zip(cells, kept, strict=True)]


def _bounds_of(cell: Any, kind: str, dates: Mapping[str, str] | None = None) -> Bounds | None:
    if kind == "year":
        return None if pd.isna(cell) else year_of(int(str(cell))).known
    if kind == "sources":
        assert dates is not None
        return said_between(dates.get(source, "") for source in split(cell))
    found = parse(str(cell))
    return found.known if found else None


def _published() -> Mapping[str, str]:
    """When each source was published, as far as that is recorded."""
    made = load(SOURCES)
    return _dates(made.spec, content_stamp(made.spec))


@lru_cache(maxsize=4)
def _dates(spec: LayerSpec, _content: Stamp) -> Mapping[str, str]:
    made = load(spec.id)
    return dict(zip(made.frame[spec.key], made.frame["date"], strict=True))


def _where(frame: pd.DataFrame, where: Mapping[str, tuple[str, ...]]) -> Mask:
    kept = np.ones(len(frame), dtype=bool)
    for column, codes in where.items():
        kept &= frame[column].isin(codes).to_numpy()
    return kept


def _then(made: Layer, one: Held, as_of: str, month: int) -> Layer:
    """The columns as they were, where nothing of the same date differs: our own if not younger, else the table's."""
    keys = made.frame[made.spec.key]
    young = np.ones(len(keys), dtype=bool)
    if one.date:
        kind = made.spec.column(one.date).type
        dates = [_bounds_of(cell, kind) for cell in made.frame[one.date]]
        young = np.array([told is not None and _code(told, month) == LATER for told in dates], dtype=bool)
        young |= keys.isin(set().union(*(rivals(made, name) for name in one.columns))).to_numpy()  # none is picked
    if not one.table:
        young &= _where(made.frame, one.where)
    rows = _latest(one, as_of) if one.table else {}
    if one.table and not one.date:  # a feature of which the table never speaks keeps what it has
        young &= keys.isin(set(load(one.table).frame[one.key])).to_numpy()
    columns = {**one.columns, **({one.sources: SOURCES} if one.sources else {})}
    changed = {name: _replaced(made.frame[name], young, keys, rows, other) for name, other in columns.items()}
    if one.otherwise:
        untold = young & ~keys.isin(set(rows)).to_numpy() & _said(made.spec.id, month)
        changed |= {name: changed[name].mask(untold, code) for name, code in one.otherwise.items()}
    return Layer(made.spec, made.frame.assign(**changed))


def _said(layer_id: str, month: int) -> Mask:
    """Rows of which something can be told at all: what came later has nothing, not even that nothing is known."""
    return np.array([_code(one, month) != LATER for one in bounds(layer_id)], dtype=bool)


def _with_sources(made: Layer, one: Held) -> Layer:
    """The layer with a column for the sources of what the table tells, which begins as those of the row."""
    if not one.sources:
        return made
    added = ColumnSpec(one.sources, "sources", one.sources_title)
    cells = made.frame[SOURCES]
    return Layer(replace(made.spec, columns=(*made.spec.columns, added)), made.frame.assign(**{one.sources: cells}))


def _replaced(
    cells: pd.Series, young: Mask, keys: Iterable[str], rows: Mapping[str, dict[str, Any]], column: str
) -> pd.Series:
    empty: object = "" if pd.api.types.is_string_dtype(cells) else pd.NA
    told = [rows[key][column] if column and key in rows else empty for key in keys]
    values = [new if change else old for old, new, change in zip(cells, told, young, strict=True)]
    return pd.Series(values, index=cells.index, dtype=cells.dtype)


def _latest(one: Held, as_of: str) -> dict[str, dict[str, Any]]:
    """By feature the cells of the table's latest row that had been said, none where several of that date differ."""
    every = at(one.table, as_of).frame
    by_then = surely(one.table, as_of) if one.surely else every[DATING].isin([STATED, WITHIN, SUPERSEDED]).to_numpy()
    kept = _where(every, one.where) & by_then
    compared = [name for name in one.columns.values() if name and name != SOURCES]
    named = [*compared, *([SOURCES] if SOURCES in every else [])]
    latest: dict[str, list[dict[str, Any]]] = {}
    since: dict[str, int] = {}
    for key, keep, told, *cells in zip(every[one.key], kept, bounds(one.table), *map(every.get, named), strict=True):
        if keep and told.first >= since.get(key, told.first):
            row = dict(zip(named, cells, strict=True))
            latest[key] = [*latest[key], row] if since.get(key) == told.first else [row]
            since[key] = told.first
    alike = {key: len({tuple(row[name] for name in compared) for row in rows}) == 1 for key, rows in latest.items()}
    return {key: rows[0] for key, rows in latest.items() if one.first or alike[key]}


def _renamed(made: Layer, one: Held) -> Layer:
    """The columns under the names that fit any date, in the facts and the style too."""
    if not one.renamed:
        return made
    spec, names = made.spec, one.renamed

    def called(column: ColumnSpec) -> ColumnSpec:
        other = names.get(column.name)
        return replace(column, name=other, title=one.title, stands_for=column.name) if other else column

    own = replace(
        spec,
        columns=tuple(map(called, spec.columns)),
        facts=tuple(names.get(name, name) for name in spec.facts),
        style={
            what: names.get(value, value) if isinstance(value, str) else value for what, value in spec.style.items()
        },
    )
    return Layer(own, gpd.GeoDataFrame(made.frame.rename(columns=dict(names))))
