"""Explore: the joined map with its legend, the details of what is selected, and a table that says the same."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import streamlit as st
from streamlit_folium import st_folium

from layers.draw import group_of_move, groups
from layers.errors import SHOWN
from layers.frame import base_map
from layers.relate import layer
from layers.spec import layer_spec
from layers.text import markdown, pick, say
from layers.view import Position, View, same_place
from views import legend, pane, table
from views.state import base_path, broken_parameters, change, current, select

MAP_HEIGHT = 578
RETURNED = ["last_active_drawing", "last_object_clicked_count", "center", "zoom"]


def show() -> None:
    """The whole screen."""
    view = current()
    if broken := broken_parameters():
        st.warning(markdown(say(view.language, "broken_link", parameters=", ".join(broken))))
    with st.container(key="panes"):
        left, middle, right, below = st.columns(4)
    with left, st.container(key="legend"):
        legend.show(view)
    with middle, st.container(key="mapbox"):
        _map()
    sound, _ = _sound(view)
    with right, st.container(key="details"):
        pane.show(replace(sound, selected=view.selected))
    with below, st.container(key="tablebox"):
        table.show(view, sound.visible)


@st.fragment
def _map() -> None:
    """The map reruns alone when it is panned; a click on a symbol runs the whole page again.

    Nothing may ever be inserted above it in its container: the browser would build the map anew.
    """
    view, base = current(), base_path()
    sound, faults = _sound(view)
    drawn = groups(sound, base)
    if wanted := _move(view):
        drawn.append(group_of_move(wanted))
    told = st_folium(
        base_map(base),
        key="map",
        feature_group_to_add=drawn,
        height=MAP_HEIGHT,
        use_container_width=True,
        returned_objects=RETURNED,
    )
    for fault in faults:
        st.warning(markdown(fault))
    _note_position(told or {}, view)
    _note_click(told or {})


def _sound(view: View) -> tuple[View, list[str]]:
    """The view without what cannot be drawn, and a sentence for each layer that cannot or has nothing in it."""
    sound, faults = [], []
    for layer_id in view.visible:
        title = pick(layer_spec(layer_id).title, view.language)
        try:
            if layer(layer_id).frame.empty:
                faults.append(say(view.language, "empty_layer", layer=title))
            sound.append(layer_id)
        except SHOWN as error:
            faults.append(say(view.language, "broken_layer", layer=title, reason=error))
    if not view.visible:
        faults.append(say(view.language, "no_layers"))
    selected = view.selected if view.selected and view.selected.layer in sound else None
    return replace(view, layers=tuple(sound), selected=selected), faults


def _move(view: View) -> dict[str, object] | None:
    """The move that brings the map to the URL's position, while the map is elsewhere; counted, so each is new."""
    state = st.session_state
    if view.position is None or same_place(view.position, state.get("map_at")):
        return None
    if not same_place(view.position, state.get("map_wanted")):
        state["map_wanted"] = view.position
        state["map_moves"] = state.get("map_moves", 0) + 1
    return {"nonce": state["map_moves"], **asdict(view.position)}


def _note_position(told: dict[str, Any], view: View) -> None:
    """Write where the reader moved the map; what it reports before any move is only its home."""
    centre, zoom = told.get("center"), told.get("zoom")
    if not centre or zoom is None:
        return
    state = st.session_state
    now = Position(round(centre["lat"], 4), round(centre["lng"], 4), float(f"{zoom:g}"))
    before, state["map_at"] = state.get("map_at"), now
    if same_place(now, before) or same_place(now, view.position):
        return
    state["map_wanted"] = None
    if before is not None:
        change(position=now)


def _note_click(told: dict[str, Any]) -> None:
    """Select what was clicked; the count tells a new click on the same feature from an old one."""
    chosen = (told.get("last_active_drawing") or {}).get("properties") or {}
    count = told.get("last_object_clicked_count")
    if "layer" in chosen and "id" in chosen and count != st.session_state.get("map_clicks"):
        st.session_state["map_clicks"] = count
        select(str(chosen["layer"]), str(chosen["id"]))
        st.rerun()
