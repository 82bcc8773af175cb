"""The reader's choices: read from the URL, written to the URL, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from layers.spec import LANGUAGES, catalogue
from layers.view import Selection, View, from_query, in_legend_order, to_query


def current() -> View:
    """The view that the URL describes; without a language in it, the browser's."""
    query = st.query_params.to_dict()
    view, _ = from_query(query)
    if "lang" in query:
        return view
    spoken = (st.context.locale or "")[:2]
    return replace(view, language=spoken) if spoken in LANGUAGES else view


def broken_parameters() -> tuple[str, ...]:
    """Names of the URL parameters that could not be understood."""
    return from_query(st.query_params.to_dict())[1]


def change(**choices: Any) -> View:
    """Write a view with these choices changed to the URL, and return it."""
    view = replace(current(), **choices)
    if to_query(view) != st.query_params.to_dict():
        st.query_params.from_dict(to_query(view))
    return view


def select(layer_id: str, key: str) -> None:
    """Select a feature and switch its layer on, so that what the details tell of is on the map."""
    view = current()
    chosen: dict[str, Any] = {"selected": Selection(layer_id, key)}
    if layer_id in catalogue() and catalogue()[layer_id].legend and layer_id not in view.visible:
        chosen["layers"] = in_legend_order((*view.visible, layer_id))
    change(**chosen)


def leave_map() -> None:
    """Forget where the map was: another screen is shown, so it will be built anew from the URL."""
    for key in ("map_at", "map_wanted"):
        st.session_state.pop(key, None)


def base_path() -> str:
    """server.baseUrlPath with its leading slash, or an empty text."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""
