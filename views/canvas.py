"""The map of a screen: a fragment that reruns alone when it is panned, and what a reader does on it.

Nothing may ever be inserted above a map in its container: the browser would build the map anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit_folium import st_folium

from layers.draw import MapGroup
from layers.frame import base_map
from layers.text import markdown
from layers.view import View
from views import actions, mover
from views.state import base_path, current, resume

HEIGHT = 578  # pixels; the style sheet makes it fit the window
RETURNED = ["last_active_drawing", "last_object_clicked_count", "center", "zoom", "bounds"]

Act = Mapping[str, Any]


@st.fragment
def show(
    key: str,
    groups: Callable[[View, str], Sequence[MapGroup]],
    faults: Callable[[View], Sequence[str]] = lambda view: (),
    shaped: Callable[[Act], Act] = lambda act: act,
) -> None:
    """Draw what ``groups`` makes of the view and the base path, and run what the reader does.

    ``key`` is the map's own as long as it lives. ``faults`` are sentences under it; ``shaped`` turns an action of the
    map's tools into the one that the screen means by it. A pan reruns the fragment alone, a click the whole page.
    """
    behind = resume()
    view, base = current(), base_path()
    told = st_folium(
        base_map(base),
        key=key,
        feature_group_to_add=[*groups(view, base), *mover.moves(view)],
        height=HEIGHT,
        use_container_width=True,
        returned_objects=RETURNED,
    )
    for fault in faults(view):
        st.warning(markdown(fault))
    moved_filter = mover.note(told or {}, view)
    if _acted(told or {}, shaped) or moved_filter or behind:
        st.rerun()


def _acted(told: dict[str, Any], shaped: Callable[[Act], Act]) -> bool:
    """Run what the reader did on the map; the count tells a new click on the same feature from an old one."""
    said = (told.get("last_active_drawing") or {}).get("properties") or {}
    count = told.get("last_object_clicked_count")
    if not said or count == st.session_state.get("map_clicks"):
        return False
    st.session_state["map_clicks"] = count
    act = said.get("act")
    if isinstance(act, dict):
        actions.run(shaped(act))
    elif "layer" in said and "id" in said:
        actions.run({"do": "select", "layer": said["layer"], "id": said["id"]})
    else:
        return False
    return True
