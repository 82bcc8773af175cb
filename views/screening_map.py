"""The first candidates of a screening on a small map, and the way to all of them on the large one."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from layers.screening.desk import Found
from layers.screening.mapped import drawn, first
from layers.spec import layer_spec
from layers.text import number, say
from layers.view import NO_AREA, Selection, View, shown_too
from views import panel


def show(view: View, found: Found) -> None:
    """The small map with what it shows in words, and the link."""
    language = view.language
    with st.container(key="screening_map"):
        if picture := drawn(found, language):
            told = say(language, "screening_map_first", count=number(len(first(found)), language))
            st.image(picture, width="stretch", caption=told, alt=told)
        if layer_spec(found.every.layer).legend:
            to = panel.way(_shown(view, found), "", say(language, "screening_map_all"))
            panel.show([{"kind": "ways", "rows": [to]}], view, key="screening_map_way")


def _shown(view: View, found: Found) -> View:
    """The view of the map with the candidates on it, their table, and the first one selected."""
    source = found.every.layer
    first = Selection(source, found.ids[found.order[0]])
    layers = view.visible if source in view.visible else shown_too(view, source)
    return replace(view, layers=layers, facets=(), text="", area=NO_AREA, selected=first, table=source)
