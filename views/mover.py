"""Where the map is and where it is to go: the browser moves it, the URL remembers it, this keeps both in step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import streamlit as st

from geo.sketch import surroundings
from layers.draw import MapGroup, group_of_home, group_of_move, group_of_reveal
from layers.errors import SHOWN
from layers.query import area_of_bounds
from layers.reach import centre_of
from layers.relate import layer
from layers.view import POSITION_DECIMALS, SEEN, ZOOMS, Position, View, same_place
from views.state import write

GO_ZOOM = ZOOMS[1]  # a reader who searched wants the surroundings to fill the map, wherever it was
LAYER_ZOOM = 12.0  # a layer of one point is shown no larger
STATE = ("map_at", "map_home", "map_wanted", "map_bounds", "map_reveal", "map_clicks")


def ask_to_show(view: View, go: bool) -> None:
    """Have the map bring what is selected into view: with its surroundings when the reader asked to ``go`` there."""
    try:
        centre = centre_of(view.selected) if view.selected else None
    except SHOWN:  # a broken layer has no places; the details say so
        centre = None
    if centre is None:
        return
    bounds = surroundings(centre.place, view.radius_km if go else 0)
    wanted = {"bounds": bounds, "zoom": GO_ZOOM if go else 0}
    st.session_state["map_reveal"] = wanted | {"nonce": _nonce()}


def ask_to_show_layer(layer_id: str) -> None:
    """Have the map show the whole of a layer, as large as it goes."""
    west, south, east, north = layer(layer_id).frame.total_bounds.tolist()
    bounds = ((south, west), (north, east))
    st.session_state["map_reveal"] = {"bounds": bounds, "zoom": LAYER_ZOOM, "nonce": _nonce()}


def moves(view: View) -> Iterator[MapGroup]:
    """The elements that bring the map to where the URL and the last selection want it."""
    state = st.session_state
    at, home = state.get("map_at"), state.get("map_home")
    if view.position is not None and not same_place(view.position, at):
        if not same_place(view.position, state.get("map_wanted")):
            state["map_wanted"], state["map_nonce"] = view.position, _nonce()
        yield group_of_move({"nonce": state["map_nonce"], **asdict(view.position)})
    elif view.position is None and home is not None and not same_place(at, home):
        yield group_of_home(_nonce())
    if wanted := state.get("map_reveal"):
        yield group_of_reveal(wanted)


def note(told: dict[str, Any], view: View) -> bool:
    """Remember where the reader moved the map; True when what is filtered by the visible extent has changed.

    What the map reports before any move is only its home.
    """
    centre, zoom = told.get("center"), told.get("zoom")
    if not centre or zoom is None:
        return False
    state = st.session_state
    seen = _bounds(told.get("bounds"))
    changed = view.area.kind == SEEN and seen is not None and seen != state.get("map_bounds")
    state["map_bounds"] = seen
    zoom = min(max(float(f"{zoom:g}"), ZOOMS[0]), ZOOMS[1])
    now = Position(_within(centre["lat"], 90.0), _within(centre["lng"], 180.0), zoom)
    before, state["map_at"] = state.get("map_at"), now
    if before is None and view.position is None:
        state["map_home"] = now
    # A report may be late: the map went where an address wanted it that the reader has since gone back from.
    expected = [before, view.position, state.get("map_wanted"), None if view.position else state.get("map_home")]
    moved = before is not None and not any(same_place(now, place) for place in expected)
    if moved:
        state["map_wanted"] = None
        view = replace(view, position=now)
    if changed and seen is not None:
        view = replace(view, area=area_of_bounds(*seen))
    if moved or changed:
        write(view)
    return changed


def ask_for_bounds(west: float, south: float, east: float, north: float) -> None:
    """Have the map show these degrees, as large as they fit."""
    wanted = {"bounds": ((south, west), (north, east)), "zoom": GO_ZOOM}
    st.session_state["map_reveal"] = wanted | {"nonce": _nonce()}


def enter(screen: str) -> str | None:
    """A screen with a map is shown: the screen that had the map before, None in a new session.

    What is remembered of another screen's map is forgotten.
    """
    before: str | None = st.session_state.get("map_screen")
    if before != screen:
        forget()
        st.session_state["map_screen"] = screen
    return before


def forget() -> None:
    """Forget where the map was: another screen is shown, so it will be built anew from the URL."""
    for key in STATE:
        st.session_state.pop(key, None)


def _bounds(told: dict[str, Any] | None) -> tuple[float, float, float, float] | None:
    """West, south, east, north of what the map shows, within the degrees of the earth."""
    if not told or told.get("_southWest", {}).get("lat") is None:
        return None
    low, high = told["_southWest"], told["_northEast"]
    west, east = (_within(corner["lng"], 180.0) for corner in (low, high))
    south, north = (_within(corner["lat"], 90.0) for corner in (low, high))
    return west, south, east, north


def _within(degrees: float, limit: float) -> float:
    return round(min(max(degrees, -limit), limit), POSITION_DECIMALS)


def _nonce() -> int:
    state = st.session_state
    state["map_moves"] = int(state.get("map_moves", 0)) + 1
    return int(state["map_moves"])
