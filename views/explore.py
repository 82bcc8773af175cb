"""Explore: the joined map with its legend, the details of what is selected, and a table that says the same."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from layers.about import about
from layers.backgrounds import BACKGROUNDS
from layers.draw import groups
from layers.errors import SHOWN
from layers.legend import is_readable, usable
from layers.relate import layer
from layers.spec import layer_spec
from layers.text import day, markdown, pick, say
from layers.view import GROUNDS, View
from views import canvas, jump, legend, mover, notices, pane, table, upload
from views.state import current


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
        canvas.show("map", lambda view, base: groups(_drawable(view), base), _faults)
    with right, st.container(key="details"):
        pane.show(replace(_drawable(view), selected=view.selected))
    with below, st.container(key="tablebox"):
        table.show(view)
        as_of = say(view.language, "as_of", date=day(about().as_of, view.language))
        st.caption(markdown(f"{as_of} · {say(view.language, 'not_in_atlas')}"))
    jump.show(view, jump.MAP)


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
