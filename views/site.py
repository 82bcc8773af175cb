"""One site: what it is, what lies around it, what is not known, with a map of its surroundings."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from geo.sketch import ring_around, surroundings
from layers.about import about
from layers.compare_query import compared_text, with_compared
from layers.draw import MapGroup, group_of_ring, groups
from layers.errors import SHOWN, UnknownNameError
from layers.ground import ground
from layers.legend import is_readable, swatch, usable
from layers.linked import TOWNS
from layers.reach import centre_of
from layers.refusals import fault_in_words
from layers.routes import swatch_url
from layers.site.files import site_url
from layers.site.model import VIA_TOWN, SiteSheet
from layers.site.page import unknown_lines
from layers.site.sheet import cited_by_sheet, site_sheet
from layers.site.words import Line, labour_rows, line_rows, place_rows
from layers.spec import catalogue
from layers.text import day, pick, say
from layers.view import BADGE, BLOCKS, GROUNDS, NO_AREA, RADIUS_KM, RADIUS_STEP_KM, SHEET, Selection, View, shown_too
from views import actions, around_here, canvas, mover, notices, panel, picker
from views.fields import field
from views.state import base_path, current

SEEN, RADIUS = "site_seen", "site_radius_km"


def show() -> None:
    """The whole screen; without a site, what can be chosen."""
    before = mover.enter("site")
    view = current()
    with st.container(key="notices"):
        notices.show(view)
    sheet, fault = _sheet(view)
    if sheet is None:
        with st.container(key="site_none"):
            _none(view, fault)
        return
    _bring_into_view(view, before)
    with st.container(key="site_head"):
        panel.show(_head(sheet, view), view, key="site_head_panel")
    with st.container(key="site"):
        with st.container(key="site_map"):
            canvas.show("site_map", _groups)
            panel.show([_key(view)], view, key="site_key")
            _radius(view)
        # On a phone one stands under the other: the facts come before the long list, beside it where there is room.
        with st.container(key="site_facts"):
            panel.show(_body(sheet, view), view, key="site_panel")
        with st.container(key="site_around"):
            panel.show(_beside_map(sheet, view), view, key="site_around_panel")


def _sheet(view: View) -> tuple[SiteSheet | None, str]:
    """The sheet of what is selected, or why there is none."""
    if view.selected is None:
        return None, ""
    try:
        with st.spinner(say(view.language, "site_working")):
            return site_sheet(view.selected, view.language, view.radius_km), ""
    except UnknownNameError:
        what = f"{view.selected.layer}/{view.selected.id}"
        return None, say(view.language, "unknown_feature", what=what)
    except SHOWN as error:
        return None, fault_in_words(error, view.language)


def _none(view: View, fault: str) -> None:
    blocks = [panel.title(say(view.language, "page_site"), [say(view.language, "site_choose")])]
    if fault:
        blocks.append({"kind": "note", "tone": "caution", "text": fault})
    panel.show(blocks, view, key="site_none_panel")
    picker.one(view)


def _bring_into_view(view: View, before: str | None) -> None:
    """The map goes to a site, or to another radius, that it does not show yet; an opened link keeps its place."""
    asked = (view.selected, view.radius_km)
    new = st.session_state.get(SEEN) != asked or before != "site"
    st.session_state[SEEN] = asked
    if new and not (before is None and view.position):
        _ask_to_show(view)


def _ask_to_show(view: View) -> None:
    centre = centre_of(view.selected) if view.selected else None
    if centre is not None:
        (south, west), (north, east) = surroundings(centre.place, view.radius_km)
        mover.ask_for_bounds(west, south, east, north)


def _groups(view: View, base: str) -> list[MapGroup]:
    """The layers without filters, because the lists beside the map have none; that of the site is among them."""
    shown = _shown(view)
    own = view.selected.layer if view.selected else ""
    if own in (SHEET, BLOCKS) and view.selected:
        return [*groups(shown, base), group_of_ring(ring_around(ground(view.selected).shape, view.radius_km))]
    if own in GROUNDS or not own:
        return groups(shown, base)
    if own not in catalogue() or not is_readable(own):
        return groups(replace(shown, selected=None), base)
    town = _town_of(view)
    if view.selected and town:
        shown = replace(shown, selected=Selection(own, f"{BADGE}{town}"))
    return groups(shown, base)


def _shown(view: View) -> View:
    """The view with the layer of the site and all of which something lies around it switched on, without filters."""
    shown = replace(view, layers=usable(view), facets=(), text="", area=NO_AREA, swipe=None, as_of="")
    sheet, _ = _sheet(view)
    own = view.selected.layer if view.selected else ""
    for layer_id in (*(sheet.neighbours if sheet else ()), own):
        spec = catalogue().get(layer_id)
        if spec and spec.legend and is_readable(layer_id) and layer_id not in shown.visible:
            shown = replace(shown, layers=shown_too(shown, layer_id))
    return shown


def _key(view: View) -> panel.Block:
    """What the symbols of the map mean."""
    specs = [catalogue()[one] for one in _shown(view).visible if one in catalogue()]
    rows = [
        {"swatch": swatch_url(base_path(), *swatch(spec)), "text": pick(spec.title, view.language)} for spec in specs
    ]
    return {"kind": "key", "rows": rows}


def _town_of(view: View) -> str:
    """The town at which the map shows a site that has no place of its own, and around which the circle is drawn."""
    sheet, _ = _sheet(view)
    return sheet.towns[0].id if sheet and sheet.position.kind == VIA_TOWN and sheet.towns else ""


def _radius(view: View) -> None:
    """How far the surroundings reach."""
    offered = range(RADIUS_KM[0], RADIUS_KM[1] + 1, RADIUS_STEP_KM)
    asks = field(RADIUS, view.radius_km, lambda km: actions.run({"do": "radius", "km": km}))
    st.select_slider(say(view.language, "site_radius"), list(offered), **asks)


def _head(sheet: SiteSheet, view: View) -> list[panel.Block]:
    """Name, what this page is not, the data date, and where to go on."""
    language = view.language
    as_of = say(language, "as_of", date=day(about().as_of, language)) if sheet.ours else say(language, "own_caution")
    compared = with_compared(view.compared, sheet.selected)
    full = sheet.selected not in compared
    ways = [
        panel.way(view, "compare", say(language, "site_compare_with"), cmp=compared_text(compared)),
        panel.way(view, "", say(language, "site_on_map")),
        {"kind": "way", "href": site_url(base_path(), "pdf", view), "text": say(language, "site_pdf")},
    ]
    if sheet.selected.layer == TOWNS:
        ways.insert(1, panel.way(view, "passport", say(language, "passport_open"), id=sheet.selected.id))
    if full:
        ways[0] = panel.way(view, "compare", say(language, "site_compare_full"))
    copy = {"kind": "copy", "text": say(language, "site_copy"), "done": say(language, "site_copied")}
    return [
        panel.title(sheet.name, [" · ".join([sheet.kind, *sheet.other_names])]),
        {"kind": "note", "tone": "caution", "text": f"{say(language, 'site_not_offer')} {as_of.rstrip('.')}."},
        *notices.undated(view),
        {"kind": "ways", "rows": [*ways, copy]},
    ]


def _body(sheet: SiteSheet, view: View) -> list[panel.Block]:
    """Facts, gas, people, what is not known, tables and sources."""
    language = view.language
    numbered = {source: place for place, source in enumerate(cited_by_sheet(sheet), 1)}
    caution: panel.Block = {"kind": "note", "tone": "caution", "text": sheet.caution}
    blocks = [
        panel.heading(say(language, "key_facts")),
        panel.fact_rows(sheet.facts, numbered),
        *_lines("site_section_place", place_rows(sheet), numbered, language),
        *_lines("site_section_gas", line_rows(sheet), numbered, language),
        *_lines("site_section_labour", labour_rows(sheet), numbered, language),
        panel.heading(say(language, "site_unknown_title")),
        _gaps(sheet),
        *([caution] if sheet.caution else []),
        *panel.systems(sheet.elsewhere, language),
    ]
    if sheet.more:
        blocks.append(panel.fact_rows(sheet.more, numbered) | {"summary": say(language, "more_facts")})
    for table, entries in sheet.entries.items():
        blocks += panel.entries_of(table, entries, numbered, view)
    return [*blocks, *panel.source_list(tuple(numbered), view)]


def _lines(title: str, rows: list[Line], numbered: dict[str, int], language: str) -> list[panel.Block]:
    told = [
        {
            "label": label,
            "value": value,
            "foreign": False,
            "marks": sorted({numbered[one] for one in cited if one in numbered}),
        }
        for label, value, cited in rows
    ]
    return [panel.heading(say(language, title)), {"kind": "facts", "rows": told}]


def _gaps(sheet: SiteSheet) -> panel.Block:
    rows = [{"id": "", "lead": line, "rest": [], "marks": []} for line in unknown_lines(sheet)]
    return {"kind": "entries", "rows": rows, "folded": ""}


def _beside_map(sheet: SiteSheet, view: View) -> list[panel.Block]:
    """Everything within the radius, as a list that leads on to each site, and as files."""
    free = replace(view, facets=(), text="", area=NO_AREA, sure=False, as_of="")
    blocks = around_here.blocks(sheet.selected, free) if isinstance(sheet.selected, Selection) else []
    return blocks or [panel.heading(say(view.language, "around_here"), say(view.language, "people_unknown"))]
