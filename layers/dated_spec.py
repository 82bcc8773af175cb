"""How a catalogue entry says which of its columns date its rows, and what other tables say of a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from layers.spec import LayerSpec

Words = Mapping[str, str]
DATING = "dating"  # the column that a dated entry has at a date beside its own, and its vocabulary
DATING_TYPES = ("year", "date", "text", "sources")


@dataclass(frozen=True)
class Rule:
    """A column that dates the rows whose codes are among ``where``; sources date by when they were published."""

    column: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Held:
    """Columns that are of a date of their own, and what stood in them before.

    ``columns`` names for each of ours the column of ``table`` that says it at other dates (empty without a table);
    ``key`` is the table's column that names our row, ``where`` keeps its rows, or those of ours without a table.
    ``date`` is our column with the year or date of what stands there; without it the table alone tells. Of rows of the
    same latest date that differ none is taken, or with ``first`` the one that the file puts first. With ``surely`` a
    row counts from the month with which its date ends, else from the one with which it begins. ``otherwise`` is what
    stands in a column of ours where the table tells nothing by then. ``renamed`` and ``title`` are what a column of
    ours is then called whose own name speaks of one date. ``sources`` names the column that then tells which sources
    stand behind them, as ``<beginning of their names>_sources``, and ``sources_title`` its title.
    """

    columns: Mapping[str, str]
    date: str = ""
    table: str = ""
    key: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: bool = False
    surely: bool = False
    otherwise: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    title: Words = field(default_factory=dict)
    sources: str = ""
    sources_title: Words = field(default_factory=dict)


@dataclass(frozen=True)
class Dated:
    """What dates the rows of an entry: the first rule that yields a date; without rules its rows stand at all dates.

    ``latest`` names the column within whose values a later row takes the place of the earlier ones.
    """

    rules: tuple[Rule, ...] = ()
    latest: str = ""
    held: tuple[Held, ...] = ()


def dated_of(raw: Mapping[str, Any]) -> Dated:
    """The table ``[dated]`` of an entry; TypeError for keys that it does not have."""
    rules = tuple(Rule(**_codes(rule)) for rule in raw.get("rules", ()))
    held = tuple(Held(**_codes(one)) for one in raw.get("held", ()))
    return Dated(**{**raw, "rules": rules, "held": held})


def dating_faults(spec: LayerSpec) -> Iterator[str]:
    """Sentences for what an entry says wrongly of its dates."""
    if spec.dated is None:
        return
    types = {column.name: column.type for column in spec.columns}
    named = [(rule.column, rule.where) for rule in spec.dated.rules]
    for column, where in named:
        if column in types and types[column] not in DATING_TYPES:
            yield f"dated names the column {column!r} of type {types[column]}; use one of {', '.join(DATING_TYPES)}"
        yield from (
            f"dated names the column {one!r}, which is not declared" for one in (column, *where) if one not in types
        )
    own = [name for one in spec.dated.held for name in (*one.columns, *one.renamed, *filter(None, [one.date]))]
    for name in [*own, *filter(None, [spec.dated.latest])]:
        if name not in types:
            yield f"dated names the column {name!r}, which is not declared"
    for one in spec.dated.held:
        loose = sorted({*one.otherwise} - {*one.columns})
        yield from (f"dated.held says what is otherwise in {name!r}, which is none of its columns" for name in loose)
        if bool(one.table) != bool(one.key) or not (one.table or one.date):
            yield "a part of dated.held needs date = a column with a year or a date, or table and key, or both"
        if not one.table:
            yield from (
                f"dated names the column {name!r}, which is not declared" for name in one.where if name not in types
            )


def faults_in_tables(entries: Mapping[str, LayerSpec]) -> Iterator[str]:
    """Sentences for tables that entries name for other dates and that are not there, undated or lack the columns."""
    for spec in entries.values():
        for one in spec.dated.held if spec.dated else ():
            table = entries.get(one.table)
            if not one.table:
                continue
            if table is None or table.dated is None:
                yield f"{spec.id}: dated.held names {one.table!r}, which is no entry with dates"
                continue
            declared = {column.name for column in table.columns}
            missing = {one.key, *one.where, *filter(None, one.columns.values())} - declared
            yield from (f"{spec.id}: dated.held names {name!r}, which {one.table} lacks" for name in sorted(missing))


def _codes(raw: Mapping[str, Any]) -> dict[str, Any]:
    where = {column: tuple(codes) for column, codes in raw.get("where", {}).items()}
    return {**raw, "where": where}
