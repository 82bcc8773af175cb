"""Blocks: a set of licence blocks on the map, in a table, with what it touches and what it costs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from geo.blocks import parse
from layers.block_choice import KEPT, RING, codes_of_source, keep
from layers.block_desk import BlockSet, block_set
from layers.block_files import MOST_DRAWN, map_payload, map_url, table_payload, table_url
from layers.block_touch import touched
from layers.block_words import level_note
from layers.draw import MapGroup, group_of_layer, group_of_ring, groups
from layers.errors import SHOWN
from layers.legend import usable
from layers.refusals import fault_in_words
from layers.routes import swatch_url
from layers.text import number, say
from layers.view import GROUNDS, NO_AREA, View
from views import canvas, desk, desk_panel, jump, mover, notices, table
from views.component import mount
from views.state import base_path, current

SEEN, LONG_LIST = "blocks_seen", "blocks_list"
TABLE = "blocks_table"


def show() -> None:
    """The whole screen."""
    before = mover.enter("blocks")
    view = current()
    _keep_long_list(view)
    found, refused = _found(view)
    _bring_into_view(view, found, before)
    with st.container(key="notices"):
        notices.show(view)
    with st.container(key="panes"):
        left, middle, right, below = st.columns(4)
    with left, st.container(key="legend"), st.container(key="desk"):
        desk.show(view, found)
    with middle, st.container(key="mapbox"):
        canvas.show("blocks_map", _groups, shaped=_shaped)
    with right, st.container(key="details"):
        desk_panel.show(view, found, refused)
    with below, st.container(key="tablebox"):
        if found is not None:
            _table(view, found)
    jump.show(view, jump.BLOCKS)


def _found(view: View) -> tuple[BlockSet | None, str]:
    """The set, or why there is none; what takes long of a large one is worked out here, where it shows."""
    try:
        with st.spinner(say(view.language, "blocks_working")):
            found = block_set(view.blocks, view.cover)
            if found is not None:
                touched(found)
                map_payload(view)
                table_payload(view)
            return found, ""
    except SHOWN as error:
        return None, fault_in_words(error, view.language)


def _keep_long_list(view: View) -> None:
    """A list that is too long for the address is kept in the session too, in case the server forgot it."""
    if view.blocks.kind != KEPT:
        return
    if codes := codes_of_source(view.blocks):
        st.session_state[LONG_LIST] = codes
    elif codes := st.session_state.get(LONG_LIST):
        keep(codes)


def _bring_into_view(view: View, found: BlockSet | None, before: str | None) -> None:
    """The map goes to a set, or to its other reading, that the session has not shown yet.

    An opened link keeps the place that it names.
    """
    state = st.session_state
    seen, south = state.get(SEEN), view.counted_south
    new = before not in (None, "blocks") or seen is None or seen[0] != view.blocks or (south and not seen[1])
    state[SEEN] = (view.blocks, south)
    if found is not None and new and not (before is None and view.position):
        mover.ask_for_bounds(*(found.both_bounds if south else found.bounds))


def _groups(view: View, base: str) -> list[MapGroup]:
    """The layers without filters, because the list of what is touched has none, and the blocks above the ground."""
    view = replace(view, layers=usable(view), facets=(), text="", area=NO_AREA, swipe=None, radius_km=0, as_of="")
    if view.selected and view.selected.layer in GROUNDS:
        view = replace(view, selected=None)
    language = view.language
    words = {"shape": say(language, "blocks_draw")}
    found, _ = _quietly(view)
    if found is None:
        return groups(view, base, words)
    title = say(language, "blocks_count", count=number(len(found.blocks), language))
    rows = [{"swatch": swatch_url(base, "blocks"), "title": title, "count": ""}]
    if view.counted_south:
        rows.append(
            {"swatch": swatch_url(base, "blocks_south"), "title": say(language, "blocks_key_south"), "count": ""}
        )
    beside: dict[str, list[Any]] = {
        "lines": [level_note(found, language), say(language, "blocks_note_datum")],
        "legend": rows,
    }
    drawn = {"id": "blocks", "kind": "blocks", "url": map_url(base, view), "lang": language, "title": title}
    ring = [group_of_ring(view.blocks.ring)] if view.blocks.kind == RING else []
    return [*groups(view, base, words, beside), group_of_layer(drawn), *ring]


def _quietly(view: View) -> tuple[BlockSet | None, str]:
    """The set, which the run of the page has worked out already."""
    try:
        return block_set(view.blocks, view.cover), ""
    except SHOWN as error:
        return None, str(error)


def _shaped(act: canvas.Act) -> canvas.Act:
    """A shape drawn on the map is the source of blocks here."""
    return {"do": "blocks", "kind": RING, "ring": act.get("ring")} if act.get("do") == "shape" else act


def _table(view: View, found: BlockSet) -> None:
    """The blocks as rows; choosing one brings it into view."""
    language, base = view.language, base_path()
    counted = say(language, "rows", count=number(len(found.blocks), language))
    many = say(language, "blocks_outline_only", most=number(MOST_DRAWN, language))
    data = {
        "language": language,
        "url": table_url(base, view),
        "layer": "blocks",
        "tabs": [
            {
                "id": "blocks",
                "title": say(language, "blocks_title"),
                "count": number(len(found.blocks), language),
                "on": True,
            }
        ],
        "selected": "",
        "words": {word: say(language, f"table_{word}") for word in table.WORDS},
        "note": counted if len(found.blocks) <= MOST_DRAWN else many,
        "downloads": desk_panel.downloads(view),
        "empty": None,
    }
    mount("table", data, TABLE, act=_go_to_block)


def _go_to_block() -> None:
    """A row was chosen: the map goes to its block."""
    act = st.session_state[TABLE].get("act") or {}
    if act.get("do") == "select":
        try:
            (block,) = parse(str(act["id"]))
        except (KeyError, ValueError):  # what a browser made up
            return
        mover.ask_for_bounds(*block.bounds)
