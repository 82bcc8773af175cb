"""Up to four sites row by row: words, numbers with their ranges, and whether the row tells them apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import pandas as pd

from layers.details import Fact
from layers.errors import SHOWN
from layers.linked import TOWNS
from layers.nearby import root
from layers.refusals import fault_in_words
from layers.relate import content_of_all, layer
from layers.site.cells import ABSENT, AT_TOWN, KNOWN, UNKNOWN, Cell, Row, labelled, verdict_of
from layers.site.model import EXACT, ITSELF, NAMED, NOWHERE, VIA_TOWN, Count, Near, SiteSheet, SiteTown
from layers.site.sheet import LINES, PLANTS, site_sheet
from layers.site.surrounding import LISTED
from layers.site.whichever import ends_of_nearest
from layers.spec import Stamp, layer_spec
from layers.text import AS_STATED, distance, number, pick, say
from layers.view import GROUNDS, Selection

PEOPLE = {"population", "population_year"}
PLACED = {VIA_TOWN: AT_TOWN, NOWHERE: UNKNOWN}  # what is known of a position, where not the position itself
NUMERIC = ("integer", "number", "year")


@dataclass(frozen=True, eq=False)
class Comparison:
    """The sites that exist with their rows; ``missing`` are selections that name nothing, ``broken`` why in words.

    Compared by identity, so that it keys caches.
    """

    sites: tuple[SiteSheet, ...]
    rows: tuple[Row, ...]
    missing: tuple[Selection, ...]
    broken: tuple[str, ...]


def comparison(compared: tuple[Selection, ...], language: str, radius_km: int) -> Comparison:
    """Sites side by side in the order asked for; kept as long as no file changes."""
    return _comparison(compared, language, radius_km, content_of_all())


@lru_cache(maxsize=64)
def _comparison(compared: tuple[Selection, ...], language: str, radius_km: int, _content: Stamp) -> Comparison:
    sites: list[SiteSheet] = []
    missing: list[Selection] = []
    broken: list[str] = []
    for one in compared:
        try:
            sites.append(site_sheet(one, language, radius_km))
        except SHOWN as error:
            missing.append(one)
            broken.append(fault_in_words(error, language))
    rows = tuple(_rows(sites, language, radius_km)) if sites else ()
    return Comparison(tuple(sites), rows, tuple(missing), tuple(broken))


def _rows(sites: Sequence[SiteSheet], language: str, radius_km: int) -> Iterator[Row]:
    yield from _place_rows(sites, language)
    yield from _gas_rows(sites, language)
    yield from _town_rows(sites, language, radius_km)
    yield from _around_rows(sites, language, radius_km)
    yield from _fact_rows(sites, language)
    gaps = [_ranged(len(one.unknown), len(one.unknown), language, at_town=False) for one in sites]
    counted = _row("gaps", "unknown", say(language, "site_unknown_count"), "", gaps, sites)
    yield replace(counted, code="", verdict="")  # fewer gaps may be fewer questions: no better, no worse


def _place_rows(sites: Sequence[SiteSheet], language: str) -> Iterator[Row]:
    yield _row("place", "kind", say(language, "site_kind"), "", [Cell(one.kind) for one in sites], sites)
    told = [Cell(one.position.words, PLACED.get(one.position.kind, KNOWN)) for one in sites]
    yield _row("place", "position", say(language, "site_position"), "", told, sites)
    off = [_accuracy(one, language) for one in sites]
    yield _row("place", "accuracy_km", say(language, "site_accuracy"), "km", off, sites)


def _accuracy(site: SiteSheet, language: str) -> Cell:
    away = site.position.accuracy_km
    if away is None:
        return Cell(state=UNKNOWN)
    written = say(language, "kilometres", distance=number(away, language, 0 if away % 1 == 0 else 1))
    words = say(language, "site_position_exact") if site.position.kind == EXACT else written
    return Cell(words, value=away, low=away, high=away)


def _gas_rows(sites: Sequence[SiteSheet], language: str) -> Iterator[Row]:
    for line in LINES:
        title = pick(layer_spec(line).title, language)
        found = [one.lines.get(line) for one in sites]
        nearest = say(language, "site_nearest", layer=title)
        apart = [_apart(one, line, near) for near, one in zip(found, sites, strict=True)]
        yield _row("gas", f"{line}_km", nearest, "km", apart, sites)
        which = [_which(one, line, near) for near, one in zip(found, sites, strict=True)]
        yield _row("gas", line, say(language, "site_which", layer=title), "", which, sites)
    told = [_gas_status(one, language) for one in sites]
    yield _row("gas", "gas_status", pick(layer_spec("gas_status").title, language), "", told, sites)


def _apart(site: SiteSheet, layer_id: str, near: Near | None) -> Cell:
    """How far the nearest is: of all that may be it, from the least to the greatest distance that it can have.

    Where others that are not measured may be nearer, the low end is 0 and they are named.
    """
    if near is None:
        return Cell(state=UNKNOWN)
    language, told = site.language, near.relation
    every, loose = (near, *site.rivals.get(layer_id, ())), site.unmeasured.get(layer_id, ())
    low, high = ends_of_nearest(site, layer_id) or (None, None)
    words = told.reach
    if low is not None and high is not None:
        words = say(language, "kilometres", distance=distance(low, high, language))
    sources = near.sources
    if loose:
        names = "; ".join(one.name for one in loose)
        words = f"{words}; {say(language, 'site_maybe_nearer', names=names)}"
        low = None if low is None else 0.0
    sources = tuple(dict.fromkeys(source for one in (*every, *loose) for source in one.sources))
    state = KNOWN if near.km is not None else AT_TOWN
    why = say(language, "site_rivals_too", names="; ".join(one.name for one in every)) if len(every) > 1 else told.why
    return Cell(words, state, near.km, low, high, near.via_km, why, sources)


def _which(site: SiteSheet, layer_id: str, near: Near | None) -> Cell:
    """Which is the nearest, and which others may be it."""
    if near is None:
        return Cell(state=UNKNOWN)
    told = (near.name, near.status, "" if near.year is None else str(near.year))
    words = "; ".join(part for part in told if part)
    others = (*site.rivals.get(layer_id, ()), *site.unmeasured.get(layer_id, ()))
    if others:
        words = f"{words}; {say(site.language, 'site_or', names='; '.join(one.name for one in others))}"
    sources = tuple(dict.fromkeys(source for one in (near, *others) for source in one.sources))
    return Cell(words, sources=sources, loose=bool(others))


def _gas_status(site: SiteSheet, language: str) -> Cell:
    claims = [(town, claim) for town in site.towns for claim in town.gas]
    if not claims:
        return Cell(state=UNKNOWN)
    told = []
    for town, claim in claims:
        year = str(claim.year) if claim.year is not None else say(language, "site_undated")
        sure = "" if claim.confirmed else f", {say(language, 'site_unconfirmed')}"
        told.append(f"{town.name}: {claim.status} ({year}{sure})")
    sources = tuple(dict.fromkeys(source for _, claim in claims for source in claim.sources))
    return Cell("; ".join(dict.fromkeys(told)), sources=sources)


def _town_rows(sites: Sequence[SiteSheet], language: str, radius_km: int) -> Iterator[Row]:
    named = [_town_of(one, language) for one in sites]
    yield _row("labour", "town", say(language, "site_town"), "", named, sites)
    heads = [_people_of(one.towns, language) for one in sites]
    yield _row("labour", "population", say(language, "site_population"), "people", heads, sites)
    reached = [_reached(one, language) for one in sites]
    yield _row("labour", "people", say(language, "people_reach", radius=radius_km), "people", reached, sites)
    towns = [_towns(one, language) for one in sites]
    yield _row("labour", "towns", say(language, "site_towns_within", radius=radius_km), "", towns, sites)


def _town_of(site: SiteSheet, language: str) -> Cell:
    if not site.towns:
        return Cell(state=UNKNOWN)
    return Cell("; ".join(how_town(town, language) for town in site.towns))


def how_town(town: SiteTown, language: str) -> str:
    """A town and how it belongs to the site."""
    how = {ITSELF: "site_town_itself", NAMED: "site_town_named"}.get(town.how, "site_town_nearest")
    away = town.near.relation.reach if town.near and town.near.km is not None and town.how != ITSELF else ""
    return ", ".join(part for part in (f"{town.name} ({say(language, how)})", away) if part)


def _people_of(towns: Sequence[SiteTown], language: str) -> Cell:
    """The town proper; of several towns each, for their sum would be of different years."""
    stated = [one for one in towns if one.people is not None]
    if not stated:
        return Cell(state=UNKNOWN)
    told = [people_in_words(one, language) for one in stated]
    sources = tuple(dict.fromkeys(source for one in stated for source in one.sources))
    counts = [float(one) for one in (stated[0].people or 0, *stated[0].rivals)] if len(towns) == 1 else []
    value = counts[0] if len(counts) == 1 else None
    return Cell("; ".join(told), KNOWN, value, min(counts, default=None), max(counts, default=None), sources=sources)


def people_in_words(town: SiteTown, language: str) -> str:
    """How many people the town proper has, and of what year that is; all counts of that year."""
    year = say(language, "site_undated") if town.year is None else str(town.year)
    told = number(town.people, language)
    if town.rivals:
        others = ", ".join(number(one, language) for one in town.rivals)
        told = say(language, "other_sources_say", value=told, others=others)
    return f"{town.name}: {told} ({year})"


def _reached(site: SiteSheet, language: str) -> Cell:
    found = site.reached
    if found is None or found.low is None or found.high is None:
        return Cell(state=UNKNOWN)
    return _ranged(found.low, found.high, language, found.at_town)


def _towns(site: SiteSheet, language: str) -> Cell:
    found = site.reached
    return _count(found.towns, language, found.at_town) if found else Cell(state=UNKNOWN)


def _count(found: Count, language: str, at_town: bool = False) -> Cell:
    """How many; those that may be anywhere are told apart and belong to the high end."""
    cell = replace(_ranged(found.low, found.high, language, at_town), loose=found.loose)
    if not found.nowhere:
        return cell
    words = f"{cell.words}; {say(language, 'site_more_nowhere', count=number(found.nowhere, language))}"
    high = None if cell.high is None else cell.high + found.nowhere
    return replace(cell, words=words, high=high)


def _ranged(low: int, high: int, language: str, at_town: bool) -> Cell:
    ends = [number(end, language) for end in (low, high)]
    words = ends[0] if low == high else say(language, "people_range", low=ends[0], high=ends[1])
    if at_town:
        return Cell(words, AT_TOWN, town_value=low if low == high else None, why=say(language, "site_from_town"))
    return Cell(words, KNOWN, None, low, high)


def _around_rows(sites: Sequence[SiteSheet], language: str, radius_km: int) -> Iterator[Row]:
    plant = pick(layer_spec("plants").title, language)
    found = [one.plant for one in sites]
    nearest = say(language, "site_nearest", layer=plant)
    apart = [_apart(one, PLANTS, near) for near, one in zip(found, sites, strict=True)]
    yield _row("around", "plant_km", nearest, "km", apart, sites)
    which = say(language, "site_which", layer=plant)
    yield _row(
        "around", "plant", which, "", [_which(one, PLANTS, near) for near, one in zip(found, sites, strict=True)], sites
    )
    for layer_id in LISTED:
        title = pick(layer_spec(layer_id).title, language)
        cells = [_within(one, layer_id, language) for one in sites]
        label = say(language, "site_count_within", layer=title, radius=radius_km)
        yield _row("around", f"{layer_id}_within", label, "", cells, sites)


def _within(site: SiteSheet, layer_id: str, language: str) -> Cell:
    if site.position.lat is None or site.reached is None:
        return Cell(state=UNKNOWN)
    return _count(site.counts.get(layer_id, Count(0, 0)), language, site.position.kind == VIA_TOWN)


def _fact_rows(sites: Sequence[SiteSheet], language: str) -> Iterator[Row]:
    """The facts of all sites, those of the same column and title in one row."""
    found = [_facts_of(one) for one in sites]
    for name, label in dict.fromkeys(key for facts in found for key in facts):
        cells = [_fact(site, facts.get((name, label))) for site, facts in zip(sites, found, strict=True)]
        yield _row("facts", f"fact_{name or label}", label, "", cells, sites)


def _facts_of(site: SiteSheet) -> dict[tuple[str, str], Fact]:
    above = _told_above(site)
    return {(one.column, one.label): one for one in site.facts if one.column not in above}


def _told_above(site: SiteSheet) -> set[str]:
    """Columns of a site's facts that rows about its place and its people tell better."""
    if site.selected.layer in GROUNDS:
        return set()
    declared = layer(site.selected.layer).spec.geometry
    place = {declared.status, declared.accuracy} if declared else set()
    return place | (PEOPLE if root(layer_spec(site.selected.layer)).id == TOWNS else set())


def _fact(site: SiteSheet, fact: Fact | None) -> Cell:
    if fact is None:
        return Cell(state=ABSENT)
    value, bound = _stated_number(site.selected, fact.column) if fact.column else (None, False)
    state = KNOWN if fact.value else UNKNOWN
    return Cell(fact.value, state, value, value, None if bound else value, sources=fact.sources, loose=bound)


def _stated_number(selected: Selection, column: str) -> tuple[float | None, bool]:
    """The figure of a row, and whether it is told as a bound alone ("more than")."""
    row = None if selected.layer in GROUNDS else layer(selected.layer).row(selected.id)
    if row is None:
        return None, False
    declared = layer(selected.layer).spec.column(column)
    if declared.type not in NUMERIC or pd.isna(row[column]):
        return None, False
    return float(row[column]), bool(declared.reading_column) and row[declared.reading_column] not in ("", AS_STATED)


def _row(section: str, key: str, label: str, unit: str, cells: Iterable[Cell], sites: Sequence[SiteSheet]) -> Row:
    every = tuple(cells)
    code, words = verdict_of(every, labelled(sites), sites[0].language)
    return Row(section, key, label, unit, every, code, words)
