"""All that the atlas knows of one thing: facts with their sources, tables about it, what is related."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

import pandas as pd

from layers.columns import split
from layers.errors import UnknownNameError
from layers.load import load
from layers.names import names_by_id
from layers.relate import layer
from layers.spec import ColumnSpec, LayerSpec, catalogue, layer_spec
from layers.text import distance, pick, say, shown
from layers.vocabulary import vocabulary, word

HIDDEN = ("lon", "lat", "sources", "ref")


@dataclass(frozen=True)
class Fact:
    """One column of one row in words; ``value`` is empty where nothing is stated."""

    column: str
    label: str
    value: str
    sources: tuple[str, ...] = ()
    source_text: bool = False
    flag: bool = False


@dataclass(frozen=True)
class Entry:
    """One row of a table that speaks of the thing."""

    id: str
    facts: tuple[Fact, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Relation:
    """One related feature; ``reach`` is its distance or range in words, or why there is none."""

    layer: str
    id: str
    name: str
    reach: str
    basis: str


@dataclass(frozen=True)
class Source:
    """One row of the sources table."""

    id: str
    title: str
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
    relations: Mapping[str, tuple[Relation, ...]]
    caution: str
    sources: tuple[str, ...]


def details(layer_id: str, key: str, language: str, radius_km: float) -> Details:
    """All about one feature; UnknownNameError when the layer has no such id."""
    made = layer(layer_id)
    row = made.row(key)
    if row is None:
        raise UnknownNameError(f"feature in {layer_id}", key, list(made.frame[made.spec.key]))
    facts = [fact_of(made.spec, column, row, language) for column in _told(made.spec)]
    first = [fact for name in made.spec.facts for fact in facts if fact.column == name]
    called = names_by_id(layer_id)[key]
    name = pick(called, language) or key
    others = dict.fromkeys(other for other in called.values() if other != name)
    return Details(
        layer=layer_id,
        id=key,
        name=name,
        other_names=tuple(others),
        facts=tuple(first or facts),
        more=tuple(fact for fact in facts if first and fact not in first),
        entries=dict(_entries(made.spec, key, language)),
        relations=dict(_relations(made.spec, key, language, radius_km)),
        caution=pick(made.spec.caution, language),
        sources=(*split(row.get("sources", "")), *made.spec.sources),
    )


def fact_of(spec: LayerSpec, column: ColumnSpec, row: pd.Series, language: str) -> Fact:
    """One cell in words, with its unit and the sources that stand behind it."""
    value = _in_words(column, row, language)
    unit = str(row[column.unit_column]) if column.unit_column else column.unit
    return Fact(
        column.name,
        pick(column.title, language),
        f"{value} {_unit(unit, language)}".strip() if value else "",
        _sources_of(spec, column, row),
        column.source_text,
        column.type == "flag",
    )


def _in_words(column: ColumnSpec, row: pd.Series, language: str) -> str:
    if column.unless and pd.notna(row[column.unless]):
        return ""
    if column.type in ("ref", "refs"):
        named = names_by_id(column.ref)
        return ", ".join(pick(named.get(key, {}), language) or key for key in split(row[column.name]))
    return shown(row[column.name], column, language)


def _unit(code: str, language: str) -> str:
    """The unit's word; nothing for one that only says what kind of value it is."""
    return "" if not code or vocabulary("unit").get(code, {}).get("quiet") else word("unit", code, language)


def entries_of(table: LayerSpec, rows: pd.DataFrame, language: str) -> Iterator[Entry]:
    """Rows of a table in words: its first-met columns, or all of them."""
    columns = [table.column(name) for name in table.facts] or _told(table)
    for _, row in rows.iterrows():
        facts = tuple(fact_of(table, column, row, language) for column in columns)
        yield Entry(str(row[table.key]), facts, tuple(split(row.get("sources", ""))))


def sources(ids: tuple[str, ...]) -> list[Source]:
    """Rows of the sources table in the order asked for."""
    made = load("sources")
    rows = made.frame.set_index(made.spec.key)
    if unknown := [key for key in ids if key not in rows.index]:
        raise UnknownNameError("source", unknown[0], list(rows.index))
    told = [field.name for field in fields(Source) if field.name != "id"]
    return [Source(key, *(str(rows.at[key, name]) for name in told)) for key in ids]


def cited(found: Details) -> tuple[str, ...]:
    """Ids of all sources that stand behind the details, each once, in the order in which they are met."""
    facts = [source for fact in (*found.facts, *found.more) for source in fact.sources]
    tables = [source for entries in found.entries.values() for entry in entries for source in entry.sources]
    return tuple(dict.fromkeys([*facts, *tables, *found.sources]))


def _told(spec: LayerSpec) -> list[ColumnSpec]:
    names = {spec.key, *spec.name.values()}
    return [column for column in spec.columns if column.type not in HIDDEN and column.name not in names]


def _sources_of(spec: LayerSpec, column: ColumnSpec, row: pd.Series) -> tuple[str, ...]:
    """Sources of a facet stand in ``<facet>_sources``, where the facet begins the column's name; else the row's."""
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


def _entries(spec: LayerSpec, key: str, language: str) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    for table, column in tables_about(root(spec).id):
        rows = load(table.id).frame
        yield table.id, tuple(entries_of(table, rows[rows[column] == key], language))


def root(spec: LayerSpec) -> LayerSpec:
    """The layer whose rows a filter shows; any other layer itself."""
    return root(layer_spec(spec.parents[0])) if spec.operation == "filter" else spec


def _relations(
    spec: LayerSpec, key: str, language: str, radius_km: float
) -> Iterator[tuple[str, tuple[Relation, ...]]]:
    """By related layer: what is within the radius, else the nearest one."""
    for relation, other, forward in _relations_of(root(spec).id):
        rows = layer(relation.id).frame
        mine = rows[rows["left" if forward else "right"] == key]
        yield other.id, tuple(_related(mine, other, forward, language, radius_km, key))


def _relations_of(own: str) -> list[tuple[LayerSpec, LayerSpec, bool]]:
    """Relations from this layer with the layer they lead to, then those that lead to it from one not yet met."""
    declared = [spec for spec in catalogue().values() if spec.operation == "near"]
    forward = [(spec, layer_spec(spec.parents[1]), True) for spec in declared if _starts(spec) == own]
    met = {root(other).id for _, other, _ in forward}
    backward = [(spec, layer_spec(spec.parents[0]), False) for spec in declared if _ends(spec) == own]
    return forward + [found for found in backward if root(found[1]).id not in met]


def _starts(relation: LayerSpec) -> str:
    return root(layer_spec(relation.parents[0])).id


def _ends(relation: LayerSpec) -> str:
    return root(layer_spec(relation.parents[1])).id


def _related(
    rows: pd.DataFrame, other: LayerSpec, forward: bool, language: str, radius_km: float, own: str
) -> Iterator[Relation]:
    away = rows["distance_km"].fillna(rows["via_km"])
    ordered = rows.assign(away=away).sort_values("away", na_position="last", kind="stable")
    inside = ordered[(ordered["away"] <= radius_km) | (ordered["basis"] == "stated")]
    if not (inside["basis"] != "stated").any():
        inside = pd.concat([ordered[ordered["away"].notna()].head(1), inside])
    called = names_by_id(other.id)
    for _, row in inside.iterrows():
        key = str(row["right" if forward else "left"])
        name = pick(called.get(key, {}), language) or key
        yield Relation(other.id, key, name, reach(row, language, own), str(row["basis"]))


def reach(row: pd.Series, language: str, own: str = "") -> str:
    """Distance in words: a range where a position is uncertain; for other bases why there is no number.

    ``own`` is the town that the reader already looks at: it need not be named again.
    """
    if row["basis"] == "computed":
        low, high = float(row["distance_min_km"]), float(row["distance_max_km"])
        return say(language, "kilometres", distance=distance(low, high, language))
    if row["basis"] == "stated":
        return say(language, "reach_stated")
    through = [town for town in split(row["via"]) if town != own]
    if not through:
        return say(language, "reach_unknown")
    towns = [pick(names_by_id("towns").get(town, {}), language) or town for town in through]
    return say(language, "reach_via_town", towns=", ".join(towns))
