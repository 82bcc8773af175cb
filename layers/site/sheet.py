"""The sheet of one site: whatever can be selected, with its surroundings within a radius."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import pandas as pd
import shapely

from layers.details import HIDDEN, Entry, Fact, details
from layers.elsewhere import Spot, name_of_ground, read_as, spots
from layers.errors import WordedError
from layers.ground import ground
from layers.names import names_by_id
from layers.relate import content_of_all, layer, side_of_layer
from layers.sieve import Sieve
from layers.site.model import (
    EXACT,
    NO_ACCURACY,
    NOWHERE,
    VIA_TOWN,
    WITHIN,
    Near,
    Position,
    SiteSheet,
    Unknown,
)
from layers.site.surrounding import nearest, neighbours, perhaps_nearer, reached, rivals
from layers.site.town import towns_of_site
from layers.site.unknown import unknown_of
from layers.spec import ColumnSpec, Stamp, layer_spec
from layers.text import number, pick, say
from layers.vantage import Vantage, vantage
from layers.view import BADGE, GROUNDS, PLACE, SHEET, Selection
from layers.vocabulary import word

LINES = ("gas_operating", "gas_construction", "gas_planned")  # whose nearest line is told
PLANTS = "plants"
FINE_KM = 0.1  # an accuracy below it is told to the metre


@dataclass(frozen=True)
class _Thing:
    """The site itself, without what is around it."""

    name: str
    kind: str
    facts: tuple[Fact, ...]
    other_names: tuple[str, ...] = ()
    more: tuple[Fact, ...] = ()
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    elsewhere: tuple[Spot, ...] = ()
    caution: str = ""
    sources: tuple[str, ...] = ()
    ours: bool = True


def site_sheet(selected: Selection, language: str, radius_km: int, as_of: str = "") -> SiteSheet:
    """Everything about one site: a feature of any layer, a pasted position, a map sheet, licence blocks.

    ``as_of`` is the month (YYYY-MM) whose state is told, as ``layers.dated`` has it; nothing for all dates.
    Kept as long as no file changes. UnknownNameError for what does not exist, WordedError for a mark on the map that
    stands for several rows without a place; else the errors of ``layers.relate.layer``.
    """
    return _sheet(selected, language, radius_km, as_of, content_of_all())


@lru_cache(maxsize=128)
def _sheet(selected: Selection, language: str, radius_km: int, as_of: str, _content: Stamp) -> SiteSheet:
    ours = selected.layer not in GROUNDS
    thing = _feature(selected, language, radius_km, as_of) if ours else _ground(selected, language)
    stood = vantage(selected, language)
    here = replace(stood, as_of=as_of) if stood else None
    position = _position(selected, here, language)
    around, counts = neighbours(here, language, radius_km) if here else ({}, {})
    lines = {one: found for one in LINES if here and (found := nearest(here, one, language, radius_km))}
    plant = nearest(here, PLANTS, language, radius_km) if here else None
    nearer = {one: (lines | {PLANTS: plant}).get(one) for one in (*LINES, PLANTS)}
    loose = {one: perhaps_nearer(here, one, than, language, radius_km) for one, than in nearer.items()} if here else {}
    others = {one: rivals(here, than, language, radius_km) for one, than in nearer.items() if here and than}
    sheet = SiteSheet(
        selected=selected,
        language=language,
        radius_km=radius_km,
        name=thing.name,
        kind=thing.kind,
        other_names=thing.other_names,
        position=position,
        facts=thing.facts,
        more=thing.more,
        entries=thing.entries,
        elsewhere=thing.elsewhere,
        caution=thing.caution,
        lines=lines,
        rivals={one: rows for one, rows in others.items() if rows},
        towns=tuple(towns_of_site(selected, here, language, radius_km, as_of)),
        plant=plant,
        reached=reached(here, radius_km) if here else None,
        neighbours=around,
        counts=counts,
        unmeasured={one: rows for one, rows in loose.items() if rows},
        unknown=(),
        own_sources=thing.sources,
        ours=thing.ours,
    )
    return replace(sheet, unknown=(*_empty(selected, language), *unknown_of(sheet)))


def cited_by_sheet(sheet: SiteSheet) -> tuple[str, ...]:
    """Ids of the sources behind the site's own facts, its towns, gas lines and nearest plant, each once."""
    facts = [source for one in (*sheet.facts, *sheet.more) for source in one.sources]
    tables = [source for rows in sheet.entries.values() for one in rows for source in one.sources]
    loose = (one for part in (sheet.rivals, sheet.unmeasured) for rows in part.values() for one in rows)
    near = [source for one in (*sheet.lines.values(), *_nearest_plant(sheet), *loose) for source in one.sources]
    towns = [source for town in sheet.towns for source in _of_town(town.sources, town.series, town.gas)]
    return tuple(dict.fromkeys([*facts, *sheet.own_sources, *near, *towns, *tables]))


def _of_town(*parts: tuple[object, ...]) -> list[str]:
    named, series, gas = parts
    told = [source for one in (*series, *gas) for source in getattr(one, "sources", ())]
    return [*map(str, named), *told]


def _nearest_plant(sheet: SiteSheet) -> tuple[Near, ...]:
    return (sheet.plant,) if sheet.plant else ()


def _feature(selected: Selection, language: str, radius_km: int, as_of: str) -> _Thing:
    if selected.id.startswith(BADGE):
        raise WordedError("file_badge")
    found = details(selected.layer, selected.id, language, radius_km, Sieve(as_of=as_of))
    spec = layer_spec(selected.layer)
    return _Thing(
        name=found.name,
        kind=pick(spec.title, language),
        other_names=found.other_names,
        facts=found.facts,
        more=found.more,
        entries={table: rows for table, rows in found.entries.items() if rows},
        elsewhere=found.elsewhere,
        caution=found.caution,
        sources=tuple(dict.fromkeys(found.sources)),
        ours=not spec.origin,
    )


def _ground(selected: Selection, language: str) -> _Thing:
    """A position, sheet or blocks, with how it was read."""
    kinds = {PLACE: "place_title", SHEET: "system_sheet"}
    lines = read_as(selected, language)
    facts = tuple(Fact("", line.label, line.value) for line in lines)
    shape = ground(selected).shape
    kind = say(language, kinds.get(selected.layer, "system_block"))
    return _Thing(name_of_ground(selected, language), kind, facts, elsewhere=spots(shape, language))


def _empty(selected: Selection, language: str) -> list[Unknown]:
    """Every declared fact that the row leaves empty; those that a reader meets first come first."""
    if selected.layer in GROUNDS:
        return []
    spec = layer(selected.layer).spec
    row = layer(selected.layer).row(selected.id)
    hidden = {spec.key, *spec.name.values(), *spec.columns_of(*HIDDEN)} - set(spec.facts)
    hidden |= {column.reading_column for column in spec.columns}
    names = dict.fromkeys([*spec.facts, *(column.name for column in spec.columns)])
    told = [spec.column(name) for name in names if name not in hidden]
    return [
        Unknown("fact", pick(one.title, language), one.name) for one in told if row is not None and _is_gap(one, row)
    ]


def _is_gap(column: ColumnSpec, row: pd.Series) -> bool:
    """Whether a cell is empty, and no other one stands in for it."""
    value = row[column.name]
    return bool(pd.isna(value) or value == "") and not (column.unless and pd.notna(row[column.unless]))


def _position(selected: Selection, here: Vantage | None, language: str) -> Position:
    if selected.layer in GROUNDS:
        own = ground(selected)
        return _placed(own.shape, own.accuracy_km, language)
    made = layer(selected.layer)
    row = made.row(selected.id)
    shape = row["geometry"] if row is not None else None
    declared = made.spec.geometry
    told = ""
    if row is not None and declared and declared.status and (code := row[declared.status]):
        told = word(made.spec.column(declared.status).vocabulary, str(code), language)
    if here is not None and (town := str(here.side.via.iloc[0])):
        called = pick(names_by_id("towns").get(town, {}), language) or town
        words = _joined(told, say(language, "site_position_town", town=called))
        return Position(VIA_TOWN, words, None, here.place.y, here.place.x, False)
    if shape is None or shape.is_empty:
        return Position(NOWHERE, _joined(told, say(language, "reach_unknown")), None, None, None, False)
    if row is not None and declared and declared.accuracy and pd.isna(row[declared.accuracy]):
        unsure = _placed(shape, None, language)
        return replace(unsure, words=_joined(told, unsure.words))
    side = side_of_layer(selected.layer)
    accuracy = float(side.accuracy_km[(side.ids == selected.id).to_numpy()].iloc[0])
    found = _placed(shape, accuracy, language)
    numbered = row is not None and declared and declared.blocks and row[declared.blocks]
    why = say(language, "site_position_blocks") if numbered else ""
    return replace(found, words=_joined(told, found.words, why))


def _placed(shape: shapely.Geometry, accuracy_km: float | None, language: str) -> Position:
    at = shape if shape.geom_type == "Point" else shape.representative_point()
    kind = NO_ACCURACY if accuracy_km is None else WITHIN if accuracy_km else EXACT
    fine = 3 if accuracy_km and accuracy_km < FINE_KM else 1
    away = number(accuracy_km, language, 0 if not accuracy_km or accuracy_km % 1 == 0 else fine)
    words = {
        EXACT: say(language, "site_position_exact"),
        WITHIN: say(language, "site_position_within", distance=away),
        NO_ACCURACY: say(language, "site_position_unsure"),
    }[kind]
    return Position(kind, words, accuracy_km, at.y, at.x, shape.geom_type != "Point")


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
