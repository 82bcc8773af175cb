"""All that the atlas knows of one thing: facts with their sources, tables about it, what is related."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import chain
from operator import itemgetter

import pandas as pd

from layers.columns import split
from layers.dated import DATING, STATED, at, bounds, said
from layers.elsewhere import Spot, spots
from layers.errors import UnknownNameError
from layers.linked import TOWNS
from layers.load import SOURCES, load
from layers.names import names_by_id, published
from layers.nearby import nearby, root
from layers.relate import content_of_all
from layers.related import Nearby
from layers.schema import Layer
from layers.sieve import ALL, Sieve
from layers.spec import ColumnSpec, LayerSpec, Stamp, catalogue, layer_spec
from layers.spread import rivals
from layers.text import as_read, coordinates, is_foreign, is_ours, moment, pick, say, shown, unit_of
from layers.vocabulary import word

HIDDEN = ("lon", "lat", "sources", "ref")


@dataclass(frozen=True)
class Fact:
    """One column of one row in words; ``value`` is empty where nothing is stated."""

    column: str
    label: str
    value: str
    sources: tuple[str, ...] = ()
    source_text: bool = False
    bare: bool = False


@dataclass(frozen=True)
class Entry:
    """One row of a table that speaks of the thing."""

    id: str
    facts: tuple[Fact, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """One row of the sources table."""

    id: str
    title: str
    title_kind: str
    publisher: str
    date: str
    licence: str
    url: str


@dataclass(frozen=True)
class Details:
    """Everything about one feature, in one language."""

    layer: str
    id: str
    name: str
    other_names: tuple[str, ...]
    facts: tuple[Fact, ...]
    more: tuple[Fact, ...]
    entries: Mapping[str, tuple[Entry, ...]]
    relations: Mapping[str, Nearby]
    caution: str
    position: str
    elsewhere: tuple[Spot, ...]
    sources: tuple[str, ...]


def details(layer_id: str, key: str, language: str, radius_km: int, sieve: Sieve = ALL, sure: bool = False) -> Details:
    """All about one feature as it was at the filter's date, with those related features that the filter keeps.

    UnknownNameError when the layer has no such id.
    """
    return _details(layer_spec(layer_id), key, language, radius_km, sieve, sure, content_of_all())


@lru_cache(maxsize=256)
def _details(
    spec: LayerSpec, key: str, language: str, radius_km: int, sieve: Sieve, sure: bool, _content: Stamp
) -> Details:
    layer_id, made = spec.id, at(spec.id, sieve.as_of)
    row = made.row(key)
    if row is None:
        raise UnknownNameError(f"feature in {layer_id}", key, list(made.frame[made.spec.key]))
    plain = (fact_of(made.spec, column, row, language) for column in _told(made.spec))
    facts = [_as_listed(made, _with_rivals(made, fact, key, language), key, language) for fact in plain]
    first = [fact for name in made.spec.facts for fact in facts if fact.column == name]
    called = names_by_id(layer_id)[key]
    name = pick(called, language) or key
    own = published(replace(made, frame=made.frame[made.frame[made.spec.key] == key]))[0]
    others = dict.fromkeys(other for other in own.values() if other != name)
    return Details(
        layer=layer_id,
        id=key,
        name=name,
        other_names=tuple(others),
        facts=tuple(first or facts),
        more=tuple(fact for fact in facts if first and fact not in first),
        entries=dict(_entries(made.spec, key, language, sieve.as_of)),
        relations=nearby(made.spec, key, language, radius_km, sieve, sure),
        caution=pick(made.spec.caution, language),
        position=_position(row, language),
        elsewhere=spots(row["geometry"], language),
        sources=(*split(row.get("sources", "")), *made.spec.sources),
    )


def _is_bare(spec: LayerSpec, column: ColumnSpec, value: object) -> bool:
    """Whether a value says nothing without its label: a yes or no, a date beside others, a word as it was written."""
    date = column.type == "date" and len(spec.columns_of("date")) > 1
    ours = column.type == "text" and not column.unit_column and is_ours(value, column)
    return column.type == "flag" or date or ours or column.name.endswith("_raw")


def fact_of(spec: LayerSpec, column: ColumnSpec, row: pd.Series, language: str) -> Fact:
    """One cell in words, with its unit and the sources that stand behind it."""
    unit = str(row[column.unit_column]) if column.unit_column else column.unit
    value = _in_words(column, row, language, unit)
    told = f"{value} {unit_of(unit, value, language)}".strip() if value else ""
    return Fact(
        column.name,
        pick(column.title, language),
        as_read(told, row[column.reading_column], language) if column.reading_column else told,
        _sources_of(spec, column, row),
        is_foreign(row[column.name], column),
        _is_bare(spec, column, row[column.name]),
    )


def _with_rivals(made: Layer, fact: Fact, key: str, language: str) -> Fact:
    """A figure, and beside it what other sources give for the same date: none is picked in silence."""
    others = rivals(made, fact.column).get(key)
    if not others:
        return fact
    column = made.spec.column(fact.column)
    told = ", ".join(shown(int(one) if one % 1 == 0 else one, column, language) for one in others)
    cited = tuple(dict.fromkeys((*fact.sources, *chain.from_iterable(others.values()))))
    return replace(fact, value=say(language, "other_sources_say", value=fact.value, others=told), sources=cited)


def _as_listed(made: Layer, fact: Fact, key: str, language: str) -> Fact:
    """What a table says at all dates (`layers.dated_spec.Held`) with the sources and the basis of its newest row."""
    held = made.spec.dated.held if made.spec.dated else ()
    one = next((one for one in held if one.table and one.sources and fact.column in one.columns), None)
    if one is None or not fact.value:
        return fact
    table = load(one.table)
    told = zip(table.frame[one.key], bounds(one.table), table.frame.to_dict("records"), strict=True)
    rows = [(when.last, row) for other, when, row in told if other == key and when is not None]
    if not rows:
        return fact
    newest = max(rows, key=itemgetter(0))[1]
    code = str(newest.get("basis", ""))
    basis = f" ({word('basis', code, language)})" if code and code != "sourced" else ""
    return replace(fact, value=f"{fact.value}{basis}", sources=tuple(split(newest[SOURCES])))


def _in_words(column: ColumnSpec, row: pd.Series, language: str, unit: str) -> str:
    if column.unless and pd.notna(row[column.unless]):
        return ""
    if column.type in ("ref", "refs"):
        named = names_by_id(column.ref)
        return ", ".join(pick(named.get(key, {}), language) or key for key in split(row[column.name]))
    return shown(row[column.name], column, language, unit)


def entries_of(table: LayerSpec, rows: pd.DataFrame, language: str, about: str = TOWNS) -> Iterator[Entry]:
    """Rows of a table in words: its first-met columns, or all; the town leads on a page about something else.

    A row with a name of its own is led by that.
    """
    columns = [table.column(name) for name in table.facts] or _told(table)
    if about != TOWNS:
        towns = [column for column in table.columns if column.type == "ref" and column.ref == TOWNS]
        columns = [*towns, *(column for column in columns if column not in towns)]
    called = names_by_id(table.id) if table.name else {}
    for _, row in rows.iterrows():
        named = pick(called.get(row[table.key], {}), language)
        lead = (Fact("name", pick(table.title, language), named),) if named else ()
        stated = [one for one in columns if one.name != DATING or row[DATING] != STATED]  # said only where in doubt
        facts = tuple(fact_of(table, column, row, language) for column in stated)
        yield Entry(str(row[table.key]), (*lead, *facts), tuple(split(row.get("sources", ""))))


def sources(ids: tuple[str, ...]) -> list[Source]:
    """Rows of the sources table in the order asked for."""
    made = load("sources")
    rows = made.frame.set_index(made.spec.key)
    if unknown := [key for key in ids if key not in rows.index]:
        raise UnknownNameError("source", unknown[0], list(rows.index))
    told = [field.name for field in fields(Source) if field.name != "id"]
    return [Source(key, *(str(rows.at[key, name]) for name in told)) for key in ids]


def source_line(source: Source, language: str) -> str:
    """A source in one line: title, publisher, date, licence; where no title was recorded, that is said."""
    told = word("title_kind", source.title_kind, language) if source.title_kind else ""
    title = f"{source.title} ({told})" if told else source.title
    licence = word("licence", source.licence, language)
    stated = moment(source.date, language) if source.date else ""
    return " · ".join(part for part in (title, source.publisher, stated, licence) if part)


def cited(found: Details) -> tuple[str, ...]:
    """Ids of all sources that stand behind the details, each once, in the order in which they are met."""
    facts = [source for fact in (*found.facts, *found.more) for source in fact.sources]
    tables = [source for entries in found.entries.values() for entry in entries for source in entry.sources]
    return tuple(dict.fromkeys([*facts, *tables, *found.sources]))


def _position(row: pd.Series, language: str) -> str:
    """Where a point lies, in words; nothing for what has no place or is no point."""
    shape = row["geometry"]
    if shape is None or shape.geom_type != "Point":
        return ""
    return coordinates(shape.y, shape.x, language)


def _told(spec: LayerSpec) -> list[ColumnSpec]:
    names = {spec.key, *spec.name.values(), *(column.reading_column for column in spec.columns)}
    return [column for column in spec.columns if column.type not in HIDDEN and column.name not in names]


def _sources_of(spec: LayerSpec, column: ColumnSpec, row: pd.Series) -> tuple[str, ...]:
    """Sources of a facet stand in ``<facet>_sources``, where the facet begins the column's name; else the row's."""
    if column.name == DATING:
        return ()
    facets = [name for name in spec.columns_of("sources") if name.endswith("_sources")]
    own = [name for name in facets if column.name.startswith(name.removesuffix("_sources"))]
    chosen = max(own, key=len) if own else "sources"
    return tuple(split(row[chosen])) if chosen in row.index else ()


def tables_about(layer_id: str) -> Iterator[tuple[LayerSpec, str]]:
    """Tables with a column that refers to this layer, and that column."""
    for table in catalogue().values():
        if table.kind == "table":
            for column in table.columns:
                if column.type == "ref" and column.ref == layer_id:
                    yield table, column.name


def _entries(spec: LayerSpec, key: str, language: str, as_of: str) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    for table, column in tables_about(root(spec).id):
        told = said(table.id, as_of)
        rows = told.frame[told.frame[column] == key]
        yield table.id, tuple(entries_of(told.spec, rows, language, root(spec).id))
