"""What is not known of a site, each gap in a sentence."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from layers.linked import TOWNS
from layers.relate import layer
from layers.related import UNMEASURED
from layers.site.model import NO_ACCURACY, NOWHERE, VIA_TOWN, SiteSheet, SiteTown, Unknown
from layers.site.surrounding import NO_STATE, state_of
from layers.spec import layer_spec
from layers.text import number, pick, say
from layers.view import GROUNDS

PROPER = "town"  # the code of the town proper among territories
MOST_NAMED = 3  # rows without a place: of more the sentence gives the number alone


def unknown_of(sheet: SiteSheet) -> Iterator[Unknown]:
    """Gaps beyond the site's empty facts: position, outline, dates, gas supply, order of the lines, people."""
    language = sheet.language
    yield from _of_position(sheet)
    yield from _undated(sheet)
    if "gas_operating" not in sheet.lines and sheet.position.kind in (NOWHERE, NO_ACCURACY):
        yield Unknown("distances", say(language, "site_unknown_distances"))
    for layer_id, rows in sheet.rivals.items():
        title, names = pick(layer_spec(layer_id).title, language), "; ".join(one.name for one in rows)
        near = sheet.lines.get(layer_id, sheet.plant)
        nearest = near.name if near else ""
        told = say(language, "site_unknown_line_order", layer=title, nearest=nearest, names=names)
        yield Unknown("line_order", told)
    yield from _not_measured(sheet)
    yield from (gap for one in sheet.lines.values() if one.year is None for gap in _line_undated(one.name, language))
    yield from (gap for town in sheet.towns for gap in _of_town(town, language))
    if sheet.reached and (sheet.reached.high is None or sheet.reached.low is None):
        yield Unknown("people", say(language, "site_unknown_people"))


def _of_position(sheet: SiteSheet) -> Iterator[Unknown]:
    position, language = sheet.position, sheet.language
    if position.kind in (VIA_TOWN, NOWHERE):
        yield Unknown("position", say(language, "site_unknown_position"))
    elif position.kind == NO_ACCURACY:
        yield Unknown("accuracy", say(language, "site_unknown_accuracy"))
    if not position.outlined and sheet.selected.layer not in GROUNDS:
        yield Unknown("outline", say(language, "site_unknown_outline"))


def _undated(sheet: SiteSheet) -> Iterator[Unknown]:
    """A state that the row does not date."""
    if sheet.selected.layer in GROUNDS or sheet.selected.layer == TOWNS:
        return
    made = layer(sheet.selected.layer)
    row = made.row(sheet.selected.id)
    if row is None:
        return
    words, code, year = state_of(made.spec, row.to_dict(), sheet.language)
    dated = any(pd.notna(row[name]) for name in made.spec.columns_of("year"))
    if code and code != NO_STATE and year is None and not dated:
        yield Unknown("undated", say(sheet.language, "site_unknown_undated", status=words))


def _not_measured(sheet: SiteSheet) -> Iterator[Unknown]:
    """What may be nearer than the nearest or one more around, though no distance to it can be computed."""
    language = sheet.language
    for layer_id, rows in sheet.unmeasured.items():
        names = "; ".join(f"{one.name} ({one.relation.why})" for one in rows)
        title = pick(layer_spec(layer_id).title, language)
        yield Unknown("not_measured", say(language, "site_unknown_nearer", layer=title, names=names))
    for layer_id, rows in sheet.neighbours.items():
        told = {one.id for one in sheet.unmeasured.get(layer_id, ())}
        if loose := [one.name for one in rows if one.relation.basis in UNMEASURED and one.id not in told]:
            title, names = pick(layer_spec(layer_id).title, language), "; ".join(loose)
            words = say(language, "site_unknown_around", layer=title, names=names, radius=sheet.radius_km)
            yield Unknown("not_measured", words)
    for layer_id, count in sheet.counts.items():
        if count.nowhere:
            title, lost = pick(layer_spec(layer_id).title, language), number(count.nowhere, language)
            names = f": {'; '.join(count.lost)}" if len(count.lost) <= MOST_NAMED else ""
            yield Unknown("nowhere", say(language, "site_unknown_nowhere", layer=title, count=lost, names=names))


def _line_undated(name: str, language: str) -> Iterator[Unknown]:
    yield Unknown("line_undated", say(language, "site_unknown_line_undated", line=name))


def _of_town(town: SiteTown, language: str) -> Iterator[Unknown]:
    if not town.gas:
        yield Unknown("gas_status", say(language, "site_unknown_gas", town=town.name))
    if any(claim.year is None for claim in town.gas):
        yield Unknown("gas_undated", say(language, "site_unknown_gas_undated", town=town.name))
    if town.gas and not any(claim.confirmed for claim in town.gas):
        yield Unknown("gas_unconfirmed", say(language, "site_unknown_gas_unconfirmed", town=town.name))
    if town.people is None:
        proper = (one for one in town.series if one.scope_code == PROPER)
        counts = [number(heads, language) for heads in sorted({one.people for one in proper})]
        key = "site_unknown_population_apart" if len(counts) > 1 else "site_unknown_population"
        yield Unknown("population", say(language, key, town=town.name, counts="; ".join(counts)))
