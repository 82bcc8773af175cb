"""Explore: the joined map with its legend, the details of what is selected, and a table that says the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit_folium import st_folium

from layers.about import about
from layers.backgrounds import BACKGROUNDS
from layers.draw import groups
from layers.errors import SHOWN
from layers.frame import base_map
from layers.legend import is_readable, usable
from layers.relate import layer
from layers.spec import layer_spec
from layers.text import day, markdown, pick, say
from layers.view import GROUNDS, View
from views import actions, jump, legend, mover, notices, pane, table, upload
from views.state import base_path, current, resume

MAP_HEIGHT = 578
RETURNED = ["last_active_drawing", "last_object_clicked_count", "center", "zoom", "bounds"]


def show() -> None:
    """The whole screen."""
    mover.enter("explore")
    view = current()
    with st.container(key="notices"):  # always there: what comes and goes above the map would build it anew
        notices.show(view)
    with st.container(key="panes"):
        left, middle, right, below = st.columns(4)
    with left, st.container(key="legend"):
        upload.show(view)
        legend.show(view)
    with middle, st.container(key="mapbox"):
        _map()
    with right, st.container(key="details"):
        pane.show(replace(_drawable(view), selected=view.selected))
    with below, st.container(key="tablebox"):
        table.show(view)
        as_of = say(view.language, "as_of", date=day(about().as_of, view.language))
        st.caption(markdown(f"{as_of} · {say(view.language, 'not_in_atlas')}"))
    jump.show(view)


@st.fragment
def _map() -> None:
    """The map reruns alone when it is panned; a click on a symbol runs the whole page again.

    Nothing may ever be inserted above it in its container: the browser would build the map anew.
    """
    behind = resume()
    view, base = current(), base_path()
    told = st_folium(
        base_map(base),
        key="map",
        feature_group_to_add=[*groups(_drawable(view), base), *mover.moves(view)],
        height=MAP_HEIGHT,
        use_container_width=True,
        returned_objects=RETURNED,
    )
    for fault in _faults(view):
        st.warning(markdown(fault))
    moved_filter = mover.note(told or {}, view)
    if _acted(told or {}) or moved_filter or behind:
        st.rerun()


def _drawable(view: View) -> View:
    """The view without what cannot be drawn."""
    shown, chosen = usable(view), view.selected
    selected = chosen if chosen and (chosen.layer in GROUNDS or is_readable(chosen.layer)) else None
    swipe = view.swipe if view.swipe and set(view.swipe) <= {*shown, *BACKGROUNDS} else None
    return replace(view, layers=shown, selected=selected, swipe=swipe)


def _faults(view: View) -> list[str]:
    """A sentence for each layer that cannot be shown or has nothing in it."""
    faults = [] if view.visible else [say(view.language, "no_layers")]
    for layer_id in view.visible:
        title = pick(layer_spec(layer_id).title, view.language)
        try:
            if layer(layer_id).frame.empty:
                faults.append(say(view.language, "empty_layer", layer=title))
        except SHOWN as error:
            faults.append(say(view.language, "broken_layer", layer=title, reason=error))
    return faults


def _acted(told: dict[str, Any]) -> bool:
    """Run what the reader did on the map; the count tells a new click on the same feature from an old one."""
    said = (told.get("last_active_drawing") or {}).get("properties") or {}
    count = told.get("last_object_clicked_count")
    if not said or count == st.session_state.get("map_clicks"):
        return False
    st.session_state["map_clicks"] = count
    if isinstance(said.get("act"), dict):
        actions.run(said["act"])
    elif "layer" in said and "id" in said:
        actions.run({"do": "select", "layer": said["layer"], "id": said["id"]})
    else:
        return False
    return True
