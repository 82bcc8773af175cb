"""Explore: the joined map with its legend, the details of what is selected, and a table that says the same."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import streamlit as st
from streamlit_folium import st_folium

from layers.about import about
from layers.details import details
from layers.draw import group_of_move, groups
from layers.errors import AtlasError, UnknownNameError
from layers.frame import base_map
from layers.names import names_by_id
from layers.overview import at_town, people_reach, place_unknown
from layers.relate import layer
from layers.spec import layer_spec
from layers.text import day, markdown, number, pick, say
from layers.view import BADGE, Position, Selection, View, same_place
from views import legend, panel, table
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
    with right, st.container(key="details"):
        _details(view)
    with below, st.container(key="tablebox"):
        table.show(view, _sound(view)[0])


@st.fragment
def _map() -> None:
    """The map reruns alone when it is panned; a click on a symbol runs the whole page again.

    Nothing may ever be inserted above it in its container: the browser would build the map anew.
    """
    view, base = current(), base_path()
    sound, faults = _sound(view)
    drawn = groups(replace(view, layers=sound), base)
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


def _sound(view: View) -> tuple[tuple[str, ...], list[str]]:
    """Visible layers whose data can be drawn, and a sentence for each that cannot or has nothing in it."""
    sound, faults = [], []
    for layer_id in view.visible:
        title = pick(layer_spec(layer_id).title, view.language)
        try:
            if layer(layer_id).frame.empty:
                faults.append(say(view.language, "empty_layer", layer=title))
            sound.append(layer_id)
        except AtlasError as error:
            faults.append(say(view.language, "broken_layer", layer=title, reason=error))
    if not view.visible:
        faults.append(say(view.language, "no_layers"))
    return tuple(sound), faults


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


def _details(view: View) -> None:
    try:
        blocks = _overview(view) if view.selected is None else _selected(view.selected, view)
    except UnknownNameError:
        what = f"{view.selected.layer}/{view.selected.id}" if view.selected else ""
        blocks = [{"kind": "note", "tone": "caution", "text": say(view.language, "unknown_feature", what=what)}]
        blocks += _overview(view)
    panel.show(blocks, view, key="details_panel")


def _selected(selected: Selection, view: View) -> list[panel.Block]:
    if selected.id.startswith(BADGE):
        return _at_town(selected, view)
    found = details(selected.layer, selected.id, view.language, view.radius_km)
    return panel.about(found, view)


def _at_town(selected: Selection, view: View) -> list[panel.Block]:
    """Rows without a position, shown at a town, and the way to that town."""
    spec, town = layer_spec(selected.layer), selected.id.removeprefix(BADGE)
    if spec.geometry is None or not spec.geometry.town:
        raise UnknownNameError("badge", selected.id, [])
    towns = spec.column(spec.geometry.town).ref
    called = names_by_id(towns)
    if town not in called:
        raise UnknownNameError("town", town, [])
    note = say(view.language, "at_town", town=pick(called[town], view.language))
    return [
        panel.title(pick(spec.title, view.language), [note]),
        panel.links(at_town(spec.id, town), view),
        panel.links([Selection(towns, town)], view),
    ]


def _overview(view: View) -> list[panel.Block]:
    """What to read before anything is selected: people within reach, and what has no place."""
    blocks = [panel.title(say(view.language, "choose_title"), [say(view.language, "choose_text")])]
    blocks += _people(view)
    for layer_id in view.visible:
        lost = place_unknown(layer_id)
        if lost:
            name = f"{say(view.language, 'place_unknown')}: {pick(layer_spec(layer_id).title, view.language)}"
            blocks += [panel.heading(name, say(view.language, "place_unknown_text")), panel.links(lost, view)]
    as_of = say(view.language, "as_of", date=day(about().as_of, view.language))
    return [*blocks, {"kind": "note", "text": f"{as_of}. {say(view.language, 'not_in_atlas')}"}]


def _people(view: View) -> list[panel.Block]:
    rows = []
    for layer_id in view.visible:
        if (row := people_reach(layer_id, view.radius_km)) is not None:
            title = pick(layer_spec(layer_id).title, view.language)
            rows.append({"label": title, "value": _reach_in_words(row, view.language), "marks": []})
    if not rows:
        return []
    return [
        panel.heading(say(view.language, "people_reach", radius=view.radius_km)),
        {"kind": "facts", "rows": rows},
    ]


def _reach_in_words(row: Any, language: str) -> str:
    people, towns = (
        _range(number(row[f"{what}_min"], language), number(row[f"{what}_max"], language), language)
        for what in ("people", "towns")
    )
    return say(language, "people_towns", people=people, towns=towns)


def _range(low: str, high: str, language: str) -> str:
    return low if low == high else say(language, "people_range", low=low, high=high)
