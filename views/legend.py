"""The legend: one row a layer with its symbol, name and count; the row is the switch."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from layers.errors import SHOWN
from layers.overview import placed_counts
from layers.relate import layer
from layers.spec import LayerSpec, catalogue
from layers.text import markdown, number, pick, say
from layers.view import RADIUS_KM, RADIUS_STEP_KM, View, in_legend_order
from views.state import change, current

SWATCHES = Path(__file__).parent / "swatches"
GROUPS = ("towns", "geology", "industry", "energy")
RADIUS_KEY = "radius"


def show(view: View) -> None:
    """Draw the legend; switching a row or moving the radius changes the URL and runs the page again."""
    rows = [spec for spec in catalogue().values() if spec.legend]
    for group, members in groupby(rows, key=lambda spec: spec.group if spec.group in GROUPS else "other"):
        st.markdown(f"###### {markdown(say(view.language, f'group_{group}'))}")
        for spec in members:
            _row(spec, view)
    st.session_state[RADIUS_KEY] = view.radius_km
    st.slider(say(view.language, "radius"), *RADIUS_KM, step=RADIUS_STEP_KM, key=RADIUS_KEY, on_change=_radius)
    _how_to_read(view.language)


def _row(spec: LayerSpec, view: View) -> None:
    key = f"show_{spec.id}"
    st.session_state[key] = spec.id in view.visible
    try:
        count, note = number(len(layer(spec.id).frame), view.language), _note(spec, view.language)
    except SHOWN as error:
        count, note = (
            "–",
            say(view.language, "broken_layer", layer=pick(spec.title, view.language), reason=error),
        )
    title = markdown(pick(spec.title, view.language))
    label = f"![]({swatch(spec)}) {title} :gray[{count}]"
    st.checkbox(label, key=key, on_change=_switch, args=(spec.id,), width="stretch")
    if note and st.session_state[key]:
        st.caption(markdown(note))


def _note(spec: LayerSpec, language: str) -> str:
    """What is not on the map; nothing when every row is."""
    placed, unplaced = placed_counts(spec.id)
    if not unplaced:
        return ""
    if not placed:
        return say(language, "count_none_placed")
    return say(language, "count_placed", placed=number(placed, language), unplaced=number(unplaced, language))


def swatch(spec: LayerSpec) -> str:
    """The layer's symbol as a data address: its own drawing, else that of its symbol."""
    names = (spec.id, str(spec.style.get("symbol", "plain")), "plain")
    path = next(path for name in names if (path := SWATCHES / f"{name}.svg").exists())
    return _data_url(path.name)


@st.cache_data
def _data_url(name: str) -> str:
    return "data:image/svg+xml;utf8," + quote((SWATCHES / name).read_text(encoding="utf-8"), safe="")


def _how_to_read(language: str) -> None:
    st.markdown(f"###### {say(language, 'how_to_read')}")
    lines = ["read_size", "read_faded", "read_hollow", "read_badge"]
    rows = [f"| ![]({_data_url(f'{name}.svg')}) | {markdown(say(language, name))} |" for name in lines]
    with st.container(key="how_to_read"):
        st.markdown("\n".join(["| | |", "|---|---|", *rows]))


def _switch(layer_id: str) -> None:
    visible = set(current().visible) ^ {layer_id}
    change(layers=in_legend_order(tuple(visible)))


def _radius() -> None:
    change(radius_km=int(st.session_state[RADIUS_KEY]))
