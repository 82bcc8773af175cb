"""What the printed pages of a site and of a comparison are made of: plain values for the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from layers.about import about
from layers.charts import svg
from layers.details import Fact, source_line, sources
from layers.paper.extent import around
from layers.paper.sketch import legend, map_svg, swatch_svg
from layers.site.bars import bars, key_words
from layers.site.cells import ABSENT, AT_TOWN, KNOWN, UNKNOWN, Cell, labelled
from layers.site.compare import Comparison
from layers.site.model import VIA_TOWN, Near, SiteSheet
from layers.site.sheet import cited_by_sheet
from layers.site.tables import SECTIONS, answer
from layers.site.words import labour_rows, line_rows, place_rows
from layers.spec import catalogue, layer_spec
from layers.text import day, number, pick, say
from layers.view import GROUNDS, Selection

DRAWN = (
    *("towns", "industrial_zones", "plants", "prospecting_areas", "deposits"),
    *("gas_operating", "gas_construction", "gas_planned"),
)
MAP_MM, SMALL_MM = (84.0, 70.0), (60.0, 46.0)
CHART_PIXELS = 330
MOST_NEIGHBOURS = 15  # of a layer on paper; how many more is said
DOUBT = " ?"  # after what only may be within the radius


@lru_cache(maxsize=64)
def sketch_of(sheet: SiteSheet, size_mm: tuple[float, float] = SMALL_MM) -> str:
    """The map around a site as SVG with its radius; empty where it has neither a place nor a town.

    A site that only its town places has that town ringed instead.
    """
    at = sheet.position
    if at.lat is None or at.lon is None:
        return ""
    frame = around(at.lon, at.lat, sheet.radius_km, *size_mm)
    shown = _shown(sheet)
    return map_svg(frame, shown, sheet.language, _marked(sheet), float(sheet.radius_km))


def drawn_layers(sheet: SiteSheet) -> tuple[str, ...]:
    """The layers of which the small map around a site shows something."""
    at = sheet.position
    if at.lat is None or at.lon is None:
        return ()
    frame = around(at.lon, at.lat, sheet.radius_km, *SMALL_MM)
    return tuple(one["layer"] for one in legend(frame, _shown(sheet), sheet.language))


def _shown(sheet: SiteSheet) -> list[str]:
    own = sheet.selected.layer
    extra = [own] if own not in DRAWN and own not in GROUNDS else []
    return [*extra, *(one for one in DRAWN if one in catalogue())]


def _marked(sheet: SiteSheet) -> list[Selection]:
    if sheet.position.kind == VIA_TOWN:
        return [Selection("towns", town.id) for town in sheet.towns[:1]]
    return [sheet.selected]


def site_values(sheet: SiteSheet) -> dict[str, Any]:
    """Everything that the page of one site says."""
    language = sheet.language
    numbered = {source: place for place, source in enumerate(cited_by_sheet(sheet), 1)}
    at = sheet.position
    frame = around(at.lon, at.lat, sheet.radius_km, *MAP_MM) if at.lat is not None and at.lon is not None else None
    return {
        **_common(language, sheet.name),
        "title": sheet.name,
        "under": " · ".join([sheet.kind, *sheet.other_names]),
        "caution": " ".join(part for part in (say(language, "site_not_offer"), sheet.caution) if part),
        "map": sketch_of(sheet, MAP_MM),
        "map_alt": say(language, "site_map_alt", name=sheet.name, radius=sheet.radius_km),
        "map_note": _map_note(sheet),
        "legend": legend(frame, _shown(sheet), language) if frame else [],
        "facts_title": say(language, "key_facts"),
        "facts": _facts(sheet.facts, numbered),
        "sections": [
            {"title": say(language, "site_section_place"), "rows": _rows(place_rows(sheet), numbered)},
            {"title": say(language, "site_section_gas"), "rows": _rows(line_rows(sheet), numbered)},
            {"title": say(language, "site_section_labour"), "rows": _rows(labour_rows(sheet), numbered)},
        ],
        "around_title": say(language, "around_all_title", radius=sheet.radius_km),
        "around": [_around(layer_id, rows, sheet) for layer_id, rows in sheet.neighbours.items()],
        "around_none": say(language, "place_none"),
        "around_note": f"?: {say(language, 'possibly_within', radius=sheet.radius_km)}.",
        "unknown_title": say(language, "site_unknown_title"),
        "unknown": unknown_lines(sheet),
        "sources_title": say(language, "sources"),
        "sources": _sources(tuple(numbered), language),
    }


def unknown_lines(sheet: SiteSheet) -> list[str]:
    """What is not known: the empty facts in one line, each other gap in one of its own."""
    empty = [one.words for one in sheet.unknown if one.about == "fact"]
    told = [say(sheet.language, "site_unknown_facts", facts=", ".join(dict.fromkeys(empty)))] if empty else []
    return [*told, *(one.words for one in sheet.unknown if one.about != "fact")]


def comparison_values(found: Comparison) -> dict[str, Any]:
    """Everything that the printed comparison says: the table, and the charts of its numbers."""
    language, sites = found.sites[0].language, found.sites
    cited = tuple(dict.fromkeys(source for one in sites for source in cited_by_sheet(one)))
    numbered = {source: place for place, source in enumerate(cited, 1)}
    heads = [say(language, "site_question"), *labelled(sites), say(language, "site_difference")]
    return {
        **_common(language, say(language, "site_compare_title")),
        "under": say(language, "site_compare_under", radius=sites[0].radius_km),
        "caution": say(language, "site_not_offer"),
        "maps": [
            {"svg": sketch_of(one), "alt": say(language, "site_map_alt", name=one.name, radius=one.radius_km)}
            for one in sites
        ],
        "legend": [
            {"swatch": swatch_svg(layer_spec(one)), "text": pick(layer_spec(one).title, language)}
            for one in dict.fromkeys(layer_id for site in sites for layer_id in drawn_layers(site))
        ],
        "heads": heads,
        "sections": [
            {
                "title": say(language, f"site_section_{section}"),
                "rows": [
                    [row.label, *(_cell(cell, language, numbered) for cell in row.cells), row.verdict]
                    for row in found.rows
                    if row.section == section
                ],
            }
            for section in SECTIONS
        ],
        "absent": f"– {say(language, 'site_absent')}",
        "charts_title": say(language, "site_charts"),
        "charts": [{"title": one.title, "svg": svg(one.chart), "alt": one.words} for one in bars(found, CHART_PIXELS)],
        "charts_key": key_words(language),
        "unknown_title": say(language, "site_unknown_title"),
        "unknown": [
            {"name": name, "lines": unknown_lines(one)} for name, one in zip(labelled(sites), sites, strict=True)
        ],
        "sources_title": say(language, "sources"),
        "sources": _sources(cited, language),
    }


def _common(language: str, title: str) -> dict[str, str]:
    as_of = say(language, "as_of", date=day(about().as_of, language))
    licence = f"{say(language, 'about_licence')}: {about().licence}"
    credit = " · ".join(one.short for one in about().credits)
    foot = " · ".join((as_of, say(language, "site_not_offer_short"), licence, credit))
    return {"lang": language, "title": title, "brand": say(language, "brand"), "foot": foot}


def _cell(cell: Cell, language: str, numbered: Mapping[str, int]) -> dict[str, Any]:
    told = "–" if cell.state == ABSENT else answer(cell, language)
    ranged = cell.state == KNOWN and cell.low != cell.high
    value = f"{told} ({cell.why})" if cell.why and (ranged or cell.state == AT_TOWN) else told
    quiet = cell.state in (UNKNOWN, ABSENT)
    marks = [] if quiet else sorted({numbered[source] for source in cell.sources if source in numbered})
    return {"value": value, "marks": marks, "foreign": quiet}


def _facts(facts: Sequence[Fact], numbered: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "value": one.value,
            "foreign": one.source_text,
            "marks": sorted({numbered[source] for source in one.sources if source in numbered}),
        }
        for one in facts
        if one.value
    ]


def _rows(rows: Sequence[tuple[str, str, tuple[str, ...]]], numbered: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"label": label, "value": value, "marks": sorted({numbered[one] for one in cited if one in numbered})}
        for label, value, cited in rows
    ]


def _around(layer_id: str, rows: Sequence[Near], sheet: SiteSheet) -> dict[str, Any]:
    language, count = sheet.language, sheet.counts[layer_id]
    total, shown = count.high, rows[:MOST_NEIGHBOURS]
    low, high = number(count.low, language), number(total, language)
    many = high if low == high else say(language, "passport_count", low=low, high=high)
    title = f"{pick(layer_spec(layer_id).title, language)}: {many}"
    told = [[one.name, f"{one.relation.reach}{DOUBT if one.relation.doubt else ''}", _state(one)] for one in shown]
    more = number(total - len(shown), language) if total > len(shown) else ""
    return {"title": title, "rows": told, "more": say(language, "site_more", count=more) if more else ""}


def _state(near: Near) -> str:
    return ", ".join(part for part in (near.status, "" if near.year is None else str(near.year)) if part)


def _map_note(sheet: SiteSheet) -> str:
    notes = [say(sheet.language, "map_drawn_note", radius=sheet.radius_km)]
    notes += [sheet.position.words] if sheet.position.kind == VIA_TOWN else []
    notes += [say(sheet.language, "site_map_point")] if sheet.position.outlined else []
    return " ".join(notes)


def _sources(ids: tuple[str, ...], language: str) -> list[dict[str, Any]]:
    return [
        {"number": place, "text": source_line(source, language), "url": source.url}
        for place, source in enumerate(sources(ids), 1)
    ]
