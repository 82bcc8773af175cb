"""A town's passport from the layers: its own facts, what the tables say of it, and what lies around."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd

from layers.claims.tracker import INSTRUCTIONS, instructions
from layers.columns import split
from layers.dated import DATING, MARKED, said
from layers.details import Entry, Fact, details, entries_of, tables_about
from layers.errors import UnknownNameError
from layers.linked import TOWNS
from layers.names import names_by_id
from layers.passport.model import (
    AROUND,
    FACTS,
    GAS,
    LINES,
    LISTS,
    PEOPLE,
    UNKNOWN,
    Cell,
    Headcount,
    Passport,
    Row,
    Section,
)
from layers.relate import content_of_all
from layers.sieve import Sieve
from layers.site.model import Near, SiteSheet
from layers.site.sheet import LINES as LINE_LAYERS
from layers.site.sheet import site_sheet
from layers.site.whichever import ends_of_nearest, nearest_in_words
from layers.site.words import why_not_measured
from layers.spec import LayerSpec, Stamp, catalogue, layer_spec
from layers.text import moment, number, pick, say
from layers.view import Selection
from layers.vocabulary import vocabulary, word

NUMBERS = ("number", "integer", "year")
FIRST = (LISTS, PEOPLE, GAS)  # tables that have a place of their own; the others follow in the catalogue's order
NEIGHBOURS = ("prospecting_areas", "deposits", "industrial_zones", "plants", TOWNS, "gas_mothballed")
UNSAID = ("gas_mothballed",)  # a layer of which nothing is said where nothing of it is around


def passport(town: str, language: str, radius_km: int, as_of: str = "") -> Passport:
    """The passport of a town, kept as long as no file changes; UnknownNameError when there is no such town."""
    return _passport(town, language, radius_km, as_of, content_of_all())


@lru_cache(maxsize=128)
def _passport(town: str, language: str, radius_km: int, as_of: str, _content: Stamp) -> Passport:
    if town not in names_by_id(TOWNS):
        raise UnknownNameError("town", town, sorted(names_by_id(TOWNS)))
    sheet = site_sheet(Selection(TOWNS, town), language, radius_km, as_of)
    about = details(TOWNS, town, language, radius_km, Sieve(as_of=as_of))
    facts = tuple(_fact(one) for one in (*about.facts, *about.more) if one.value)
    note = say(language, "passport_as_of", month=moment(as_of, language)) if as_of else ""
    sections = [Section(FACTS, say(language, "key_facts"), (), facts, note)]
    tables = {table.id: (table, column) for table, column in (*tables_about(TOWNS), *_instructions())}
    order = [*FIRST, *(one for one in tables if one not in FIRST)]
    made = {one: _table(*tables[one], town, language, as_of) for one in order if one in tables}
    sections += [made[one] for one in FIRST if one in made]
    people = tuple(_people(town, language, as_of))
    sections = [_with_note(one, people, language) for one in sections]
    sections.append(_lines(sheet, language))
    sections.append(_around(sheet.neighbours, language, radius_km, as_of))
    sections += [found for one, found in made.items() if one not in FIRST and found.rows]
    unknown = tuple((Cell(one.words),) for one in sheet.unknown)
    sections.append(Section(UNKNOWN, say(language, "passport_unknown"), (), unknown))
    kept = {one.id: one for one in sections}
    row = pick(layer_spec(TOWNS).title, language)
    former = tuple(name.strip() for name in split(_former(about.facts, about.more)))
    return Passport(
        town=town,
        language=language,
        radius_km=radius_km,
        as_of=as_of,
        name=about.name,
        under=" · ".join((row, *about.other_names)),
        names=names_by_id(TOWNS)[town],
        former=former,
        sections=kept,
        people=people,
        sheet=sheet,
        numbered=_numbered(kept.values()),
        caution=about.caution,
    )


def _with_note(one: Section, people: Iterable[Headcount], language: str) -> Section:
    """Population and gas supply with a note where sources disagree: nothing is picked."""
    if one.id == PEOPLE:
        return replace(one, note=" ".join(differing(people, language)))
    if one.id == GAS and len(claims := dict.fromkeys(row[0].text for row in one.rows)) > 1:
        return replace(one, note=say(language, "passport_gas_differ", claims="; ".join(claims)))
    return one


def differing(people: Iterable[Headcount], language: str) -> Iterator[str]:
    """A sentence for each year and territory for which sources give different counts."""
    apart = [one for one in people if one.rivals]
    for year, scope in dict.fromkeys((one.year, one.scope_words) for one in apart):
        own = [one for one in apart if (one.year, one.scope_words) == (year, scope)]
        values = "; ".join(f"{number(one.people, language)} ({one.kind_words})" for one in own)
        yield say(language, "passport_text_people_differ", year=year, scope=scope, values=values)


def _instructions() -> Iterator[tuple[LayerSpec, str]]:
    """The layer of instructions, which name the town that they are given for."""
    if spec := catalogue().get(INSTRUCTIONS):
        yield from ((spec, column.name) for column in spec.columns if column.type == "ref" and column.ref == TOWNS)


def _former(*facts: Iterable[Fact]) -> str:
    return next((one.value for part in facts for one in part if one.column == "former_names"), "")


def _fact(fact: Fact) -> Row:
    return Cell(fact.label), Cell(fact.value, sources=fact.sources, foreign=fact.source_text)


def _table(table: LayerSpec, column: str, town: str, language: str, as_of: str) -> Section:
    """The rows of a table that name the town, as far as they had been said; columns that no row fills are left out.

    A column that another one says better stands in that one's place where that one is empty.
    """
    made = said(table.id, as_of)
    rows = made.frame[made.frame[column] == town]
    rows = rows.sort_values(["scope", "year"], key=_in_order, kind="stable") if table.id == PEOPLE else rows
    entries = list(entries_of(made.spec, rows, language))
    raws = rows.to_dict("records")
    told = [
        {fact.column: _cell(made.spec, fact, raw) for fact in entry.facts}
        for entry, raw in zip(entries, raws, strict=True)
    ]
    better = {one.name: one.unless for one in made.spec.columns if one.unless}
    for row in told:
        for name, other in better.items():
            if name in row and other in row and not row[other].text:
                row[other] = row[name]
    heads = {fact.column: fact.label for entry in entries[:1] for fact in entry.facts if fact.column != column}
    heads |= {other: heads[name] for name, other in better.items() if name in heads and other in heads}
    filled = [one for one in heads if better.get(one) not in heads and any(row[one].text for row in told if one in row)]
    kept = []
    for row, entry in zip(told, entries, strict=True):
        first, *rest = (row.get(one, Cell("")) for one in filled)
        kept.append((replace(first, sources=_behind(table.id, entry, as_of)), *rest))
    title, ids = pick(made.spec.title, language), tuple(entry.id for entry in entries)
    note = _dateless([table.id], language, as_of)
    return Section(table.id, title, tuple(heads[one] for one in filled), tuple(kept), note, ids)


def _dateless(layers: Iterable[str], language: str, as_of: str) -> str:
    """Which layers a passport of a date shows as they are now, because nothing dates their rows."""
    dateless = [pick(spec.title, language) for spec in map(layer_spec, layers) if as_of and spec.dated is None]
    return say(language, "passport_no_dates", layers=", ".join(dateless)) if dateless else ""


def _in_order(cells: pd.Series) -> pd.Series:
    """Territories as the vocabulary has them; years as they are."""
    rank = {scope: place for place, scope in enumerate(vocabulary("population_scope"))}
    return cells.map(rank) if cells.name == "scope" else cells


def _behind(table: str, entry: Entry, as_of: str) -> tuple[str, ...]:
    """The sources of a row; of an instruction also those of its evidence, on which its state rests."""
    if table != INSTRUCTIONS:
        return entry.sources
    own = (one for one in instructions(as_of) if one.id == entry.id)
    evidence = [key for one in own for piece in one.evidence for key in piece.sources]
    return tuple(dict.fromkeys((*entry.sources, *evidence)))


def _cell(spec: LayerSpec, fact: Fact, row: Mapping[Any, Any]) -> Cell:
    raw = row.get(fact.column)
    known = fact.column in spec.columns_of(*NUMBERS) and fact.value and raw is not None and not pd.isna(raw)
    return Cell(fact.value, float(str(raw)) if known else None, foreign=fact.source_text, bare=fact.bare)


def _lines(sheet: SiteSheet, language: str) -> Section:
    """The nearest line of each state, among those that cannot be measured and may be nearer, or that there is none.

    Before it those that name a town within its distance, after it those that may be anywhere.
    """
    heads = (
        "passport_line_state",
        "passport_line",
        "passport_distance",
        "passport_low",
        "passport_high",
        "passport_how",
    )
    rows: list[Row] = []
    for one in LINE_LAYERS:
        loose, nearest = sheet.unmeasured.get(one, ()), (sheet.lines[one],) if one in sheet.lines else ()
        lines = [*(near for near in loose if near.tied), *nearest, *(near for near in loose if not near.tied)]
        rows += [_near(near, language, why_not_measured(near, sheet)) for near in lines]
        rows += _whichever(sheet, one)
        if not lines:
            title, none = pick(layer_spec(one).title, language), say(language, "passport_no_line")
            rows.append((Cell(title), Cell(none), *[Cell("")] * (len(heads) - 2)))
    note = say(language, "passport_lines_note")
    return Section(
        LINES, say(language, "passport_lines"), tuple(say(language, one) for one in heads), tuple(rows), note
    )


def _whichever(sheet: SiteSheet, layer_id: str) -> list[Row]:
    """How far the nearest line of a state is where positions leave open which one that is."""
    told, ends = nearest_in_words(sheet, layer_id), ends_of_nearest(sheet, layer_id)
    if not told or ends is None or not (others := sheet.rivals.get(layer_id, ())):
        return []
    language, loose = sheet.language, sheet.unmeasured.get(layer_id)
    low, high = (None if loose else ends[0]), ends[1]
    why = say(language, "site_or", names="; ".join(f"{one.name}, {one.relation.reach}" for one in others))
    cited = tuple(dict.fromkeys(source for one in others for source in one.sources))
    name = Cell(say(language, "passport_whichever"), sources=cited)
    numbers = [Cell(number(km, language, 1), km) for km in (low, high)]
    return [(Cell(pick(layer_spec(layer_id).title, language)), name, Cell(told), *numbers, Cell(why))]


def _around(neighbours: Mapping[str, tuple[Near, ...]], language: str, radius_km: int, as_of: str) -> Section:
    heads = ("passport_layer", "passport_thing", "passport_distance", "passport_low", "passport_high", "passport_how")
    rows = [_near(one, language) for layer_id in NEIGHBOURS for one in neighbours.get(layer_id, ())]
    title = say(language, "passport_around", radius=radius_km)
    note = _dateless([one for one in NEIGHBOURS if neighbours.get(one)], language, as_of)
    return Section(AROUND, title, tuple(say(language, one) for one in heads), tuple(rows), note)


def _near(one: Near, language: str, why: str = "") -> Row:
    """Layer or state, name, reach in words, its least and greatest km, and on what that rests."""
    title = pick(layer_spec(one.layer).title, language)
    year = f", {one.year}" if one.year else ""
    told = f"{one.name} ({one.status}{year})" if one.status else one.name
    dated = word(DATING, one.dating, language) if one.dating in MARKED else ""
    why = "; ".join(part for part in (why or one.relation.why, one.relation.doubt, dated) if part)
    ends = [Cell(number(km, language, 1), km) for km in (one.low_km, one.high_km)]
    return Cell(title), Cell(told, sources=one.sources), Cell(one.relation.reach), *ends, Cell(why)


def _people(town: str, language: str, as_of: str) -> Iterator[Headcount]:
    """Counts by territory, then by year; how many others of the same year and territory differ stands beside each."""
    frame = said(PEOPLE, as_of).frame
    scopes = list(vocabulary("population_scope"))
    mine = frame[frame["town_id"] == town].sort_values(["year", "population"])
    rows = sorted(mine.to_dict("records"), key=lambda row: scopes.index(row["scope"]))
    counted = Counter((row["scope"], row["year"], row["population"]) for row in rows)
    for row in rows:
        rivals = {key for key in counted if key[:2] == (row["scope"], row["year"]) and key[2] != row["population"]}
        yield Headcount(
            year=int(row["year"]),
            people=int(row["population"]),
            scope=str(row["scope"]),
            scope_words=word("population_scope", str(row["scope"]), language),
            kind=str(row["kind"]),
            kind_words=word("population_kind", str(row["kind"]), language),
            sources=tuple(split(row["sources"])),
            rivals=len(rivals),
        )


def _numbered(sections: Iterable[Section]) -> dict[str, int]:
    """Sources in the order in which they are met, from 1."""
    met = [source for one in sections for row in one.rows for cell in row for source in cell.sources]
    return {source: number for number, source in enumerate(dict.fromkeys(met), 1)}
