"""Compare: up to four sites side by side, with what tells them apart in words, charts and files."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from layers.about import about
from layers.compare_query import compared_text, key_of
from layers.details import source_line, sources
from layers.errors import SHOWN
from layers.legend import swatch
from layers.query import to_query
from layers.routes import swatch_url
from layers.site.bars import bars, key_words
from layers.site.cells import ABSENT, Cell, Row, labelled
from layers.site.choices import choices, presets
from layers.site.compare import Comparison, comparison
from layers.site.files import COMPARE_FORMS, compare_url
from layers.site.model import SiteSheet
from layers.site.page import drawn_layers, sketch_of, unknown_lines
from layers.site.sheet import cited_by_sheet
from layers.site.tables import SECTIONS, answer
from layers.spec import layer_spec
from layers.text import day, markdown, pick, say
from layers.view import MOST_COMPARED, RADIUS_KM, RADIUS_STEP_KM, Selection, View
from views import actions, mover, notices, picker
from views.component import mount
from views.fields import field
from views.state import base_path, current

RADIUS = "compare_radius_km"
WORDS = (
    *("site_absent", "site_question", "site_difference", "site_remove", "site_open", "sources"),
    "site_unknown_title",
)
REST = ("language", "sites", "sources", "words")  # what is not known, and the sources, below the charts
LISTED_OPEN = "industrial_zones"  # whose names stand open to be chosen


def show() -> None:
    """The whole screen."""
    mover.forget()
    view = current()
    language = view.language
    with st.container(key="notices"):
        notices.show(view)
    found = _found(view)
    with st.container(key="compare"):
        with st.container(key="compare_bar"):
            picker.several(view)
            _radius(view)
        data = _data(found, view)
        mount("compare", data, "compare_table")
        if found.sites:
            _charts(found)
            mount("compare", {name: data[name] for name in REST} | {"rest": True}, "compare_rest")
        as_of = say(language, "as_of", date=day(about().as_of, language))
        st.caption(markdown(f"{say(language, 'site_not_offer')} {as_of.rstrip('.')}."))


def _found(view: View) -> Comparison:
    with st.spinner(say(view.language, "site_working")):
        return comparison(view.compared, view.language, view.radius_km)


def _radius(view: View) -> None:
    offered = range(RADIUS_KM[0], RADIUS_KM[1] + 1, RADIUS_STEP_KM)
    asks = field(RADIUS, view.radius_km, lambda km: actions.run({"do": "radius", "km": km}))
    st.selectbox(say(view.language, "site_radius"), list(offered), **asks)


def _charts(found: Comparison) -> None:
    language = found.sites[0].language
    st.subheader(say(language, "site_charts"))
    st.caption(markdown(key_words(language)))
    with st.container(key="compare_charts"):
        left, right = st.columns(2)
    for place, one in enumerate(bars(found)):
        with left if place % 2 == 0 else right:
            st.markdown(f"**{markdown(one.title)}**")
            st.vega_lite_chart(deepcopy(one.spec), width="stretch", theme=None, key=f"compare_{one.key}")


def _data(found: Comparison, view: View) -> dict[str, Any]:
    language = view.language
    cited = tuple(dict.fromkeys(source for one in found.sites for source in cited_by_sheet(one)))
    numbered = {source: place for place, source in enumerate(cited, 1)}
    return {
        "language": language,
        "title": say(language, "site_compare_title"),
        "under": say(language, "site_compare_under", radius=view.radius_km),
        "sites": [_site(name, one, view) for name, one in zip(labelled(found.sites), found.sites, strict=True)],
        "key": list(_key(found, view)),
        "notes": [one["text"] for one in notices.undated(view)],
        "missing": [say(language, "site_missing", site=key_of(one)) for one in found.missing],
        "sections": list(_sections(found, numbered, language)),
        "files": _files(found, view) if found.sites else [],
        "filesTitle": say(language, "table_download"),
        "choices": list(_choices(view)) if len(view.compared) < MOST_COMPARED else [],
        "choose": say(language, "site_choose_several" if not view.compared else "site_choose_more"),
        "presets": [] if view.compared else _presets(view),
        "presetsTitle": say(language, "site_presets"),
        "sources": [
            {"number": place, "text": source_line(one, language), "url": one.url}
            for place, one in enumerate(sources(cited), 1)
        ],
        "words": {word.removeprefix("site_"): say(language, word) for word in WORDS},
    }


def _site(name: str, one: SiteSheet, view: View) -> dict[str, Any]:
    """One column: its head, its map, and what is not known of it."""
    key = key_of(one.selected)
    query = {part: text for part, text in to_query(view).items() if part != "at"} | {"sel": key}
    drawn = sketch_of(one)
    return {
        "id": key,
        "name": name,
        "kind": one.kind,
        "href": f"{base_path()}/site?{urlencode(query)}",
        "map": f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}" if drawn else "",
        "alt": say(view.language, "site_map_alt", name=one.name, radius=one.radius_km),
        "noMap": say(view.language, "reach_unknown"),
        "unknown": unknown_lines(one),
    }


def _key(found: Comparison, view: View) -> Iterator[dict[str, str]]:
    """What the symbols of the small maps mean."""
    for layer_id in dict.fromkeys(layer_id for one in found.sites for layer_id in drawn_layers(one)):
        spec = layer_spec(layer_id)
        yield {"src": swatch_url(base_path(), *swatch(spec)), "text": pick(spec.title, view.language)}


def _sections(found: Comparison, numbered: dict[str, int], language: str) -> Iterator[dict[str, Any]]:
    for section in SECTIONS:
        rows = [_row(row, numbered, language) for row in found.rows if row.section == section]
        if rows:
            yield {"title": say(language, f"site_section_{section}"), "rows": rows}


def _row(row: Row, numbered: dict[str, int], language: str) -> dict[str, Any]:
    cells = [_cell(cell, numbered, language) for cell in row.cells]
    return {"key": row.key, "label": row.label, "cells": cells, "verdict": row.verdict, "code": row.code}


def _cell(cell: Cell, numbered: dict[str, int], language: str) -> dict[str, Any]:
    marks = sorted({numbered[source] for source in cell.sources if source in numbered})
    return {
        "text": "–" if cell.state == ABSENT else answer(cell, language),
        "why": cell.why,
        "state": cell.state,
        "marks": marks if cell.words else [],
    }


def _files(found: Comparison, view: View) -> list[dict[str, str]]:
    """The files of what is shown: a site that does not exist is in none."""
    view = replace(view, compared=tuple(one.selected for one in found.sites))
    return [{"format": form.upper(), "href": compare_url(base_path(), form, view)} for form in COMPARE_FORMS]


def _choices(view: View) -> Iterator[dict[str, Any]]:
    """Names to add with one click, by layer."""
    by_kind: dict[str, list[dict[str, str]]] = {}
    opened: dict[str, bool] = {}
    for one in choices(view.language):
        if one.selected not in view.compared:
            by_kind.setdefault(one.kind, []).append({"id": one.key, "text": one.name})
            opened[one.kind] = one.selected.layer == LISTED_OPEN
    for kind, rows in by_kind.items():
        yield {"title": f"{kind}: {len(rows)}", "rows": rows, "open": opened[kind]}


def _presets(view: View) -> list[dict[str, Any]]:
    """Sets to compare at one click; each is a link too."""
    try:
        found = list(presets(view.language))
    except SHOWN:  # a layer that cannot be read has no sets; the map says what is wrong with it
        return []
    return [
        {"text": one.title, "ids": [key_of(site) for site in one.sites], "href": _href(view, one.sites)}
        for one in found
    ]


def _href(view: View, sites: tuple[Selection, ...]) -> str:
    return f"?{urlencode(to_query(view) | {'cmp': compared_text(sites)})}"
