"""What a reader does on the screen: every component of ours reports one action, which changes the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from layers.block_choice import LAYER, NO_SOURCE, BlockSource
from layers.block_desk import area_count
from layers.errors import SHOWN
from layers.facets import codes_of
from layers.legend import group_of
from layers.query import MAXIMUM_TEXT, area_of_bounds, area_of_ring, from_query, to_query
from layers.roles import role
from layers.spec import catalogue, layer_spec
from layers.view import AROUND, EVERYWHERE, NO_AREA, OPAQUE, SEEN, Area, Selection, View, moved, shown_too, with_facet
from views.asof_actions import as_of
from views.block_actions import BLOCK_ACTIONS
from views.mover import ask_to_show, ask_to_show_layer
from views.passport_actions import PASSPORT_ACTIONS
from views.promise_actions import PROMISE_ACTIONS
from views.screening_actions import SCREENING_ACTIONS, without_layer
from views.site_actions import SITE_ACTIONS
from views.state import be_visitor, current, resume, write

Act = Mapping[str, Any]


def handler(key: str, go: bool = False) -> Callable[[], None]:
    """A callback for the trigger ``act`` of the component of that key; with ``go`` the map goes to what is chosen."""

    def act() -> None:
        if done := st.session_state[key].get("act"):
            run(done, go)

    return act


def run(act: Act, go: bool = False) -> None:
    """Change the view as the reader asked; an action that makes no sense changes nothing.

    What comes from a browser is checked as a URL is: the changed view must come back from its own parameters.
    """
    if isinstance(act.get("token"), str):
        be_visitor(act["token"])
    resume()
    try:
        wanted = ACTIONS[act["do"]](current(), act)
    except (KeyError, ValueError, TypeError, *SHOWN):
        return
    if from_query(to_query(wanted)) == (wanted, ()):
        if wanted.selected and act["do"] == "select":
            ask_to_show(wanted, go)
        elif act["do"] in ("own", "own_blocks"):
            ask_to_show_layer(str(act["id"]))
        write(wanted)


def _select(view: View, act: Act) -> View:
    layer_id = str(act["layer"])
    chosen = replace(view, selected=Selection(layer_id, str(act["id"])))
    if layer_id in catalogue() and catalogue()[layer_id].legend and layer_id not in view.visible:
        return replace(chosen, layers=shown_too(view, layer_id))
    return chosen


def _toggle(view: View, act: Act) -> View:
    return _shown(view, str(act["id"]), str(act["id"]) not in view.visible)


def _group(view: View, act: Act) -> View:
    for spec in catalogue().values():
        if spec.legend and group_of(spec) == act["id"]:
            view = _shown(view, spec.id, bool(act["on"]))
    return view


def _shown(view: View, layer_id: str, on: bool) -> View:
    if on == (layer_id in view.visible):
        return view
    rest = tuple(one for one in view.visible if one != layer_id)
    return replace(view, layers=shown_too(view, layer_id) if on else rest)


def _opacity(view: View, act: Act) -> View:
    kept = {one: percent for one, percent in view.opacity if one != act["id"]}
    if (percent := int(act["percent"])) != OPAQUE:
        kept[str(act["id"])] = percent
    return replace(view, opacity=tuple(sorted(kept.items())))


def _move(view: View, act: Act) -> View:
    return replace(view, layers=moved(view.visible, str(act["id"]), int(act["by"])))


def _role(view: View, act: Act) -> View:
    """A role sets the layers, their opacity and the table; filters, selection and place are the reader's own.

    The role that is set already sets nothing: a browser may report its buttons when they only appear or go.
    """
    if act["id"] == view.role:
        return view
    return replace(view, role=role(str(act["id"])).id, layers=None, opacity=(), table="")


def _facet(view: View, act: Act) -> View:
    name, code = str(act["facet"]), str(act["code"])
    if code not in codes_of(name):
        return view
    chosen = set(dict(view.facets).get(name, ()))
    return with_facet(view, name, sorted(chosen | {code} if act["on"] else chosen - {code}))


def _area(view: View, act: Act) -> View:
    if act["kind"] == SEEN:
        seen = st.session_state.get("map_bounds")
        return replace(view, area=area_of_bounds(*seen)) if seen else view
    return replace(view, area=Area(AROUND) if act["kind"] == AROUND else NO_AREA)


def _shape(view: View, act: Act) -> View:
    return replace(view, area=area_of_ring([tuple(float(number) for number in at) for at in act["ring"]]))


def _sure(view: View, act: Act) -> View:
    if not isinstance(act["on"], bool):
        raise TypeError(act["on"])
    return replace(view, sure=act["on"])


def _own(view: View, act: Act) -> View:
    """A layer of the reader's own was taken: it is shown on top, its table below, and the map goes there."""
    spec = layer_spec(str(act["id"]))
    if not (spec.origin and spec.legend):
        raise ValueError(spec.id)
    rest = tuple(one for one in view.visible if one != spec.id)
    return replace(view, layers=(spec.id, *rest), table=spec.id)


def _own_blocks(view: View, act: Act) -> View:
    """The same on the Blocks screen: where it has areas, the blocks are theirs."""
    taken = _own(view, act)
    layer_id = str(act["id"])
    return replace(taken, blocks=BlockSource(LAYER, layer=layer_id)) if area_count(layer_id) else taken


def _own_gone(view: View, act: Act) -> View:
    """It was removed: nothing in the view speaks of it any more."""
    gone = str(act["id"])
    return replace(
        view,
        layers=view.layers and tuple(one for one in view.layers if one != gone),
        opacity=tuple((one, percent) for one, percent in view.opacity if one != gone),
        facets=tuple((name, codes) for name, codes in view.facets if not name.startswith(gone)),
        selected=None if view.selected and view.selected.layer == gone else view.selected,
        swipe=None if view.swipe and gone in view.swipe else view.swipe,
        table="" if view.table == gone else view.table,
        blocks=NO_SOURCE if view.blocks.layer == gone else view.blocks,
        screening=without_layer(view.screening, gone),
        compared=tuple(one for one in view.compared if one.layer != gone),
    )


def _clear(view: View, act: Act) -> View:
    what = str(act["what"])
    if what in ("q", "all"):
        view = replace(view, text="")
    if what in ("in", "all"):
        view = replace(view, area=NO_AREA)
    if what in ("asof", "all"):
        view = replace(view, as_of="")
    return replace(view, facets=()) if what == "all" else with_facet(view, what, ())


def _swipe(view: View, act: Act) -> View:
    sides = (act.get("left"), act.get("right"))
    return replace(view, swipe=(str(sides[0]), str(sides[1])) if all(sides) else None)


ACTIONS: dict[str, Callable[[View, Act], View]] = {
    "select": _select,
    "deselect": lambda view, act: replace(view, selected=None),
    "toggle": _toggle,
    "group": _group,
    "opacity": _opacity,
    "move": _move,
    "radius": lambda view, act: replace(view, radius_km=int(act["km"])),
    "sure": _sure,
    "role": _role,
    "language": lambda view, act: replace(view, language=str(act["id"])),
    "facet": _facet,
    "text": lambda view, act: replace(view, text=str(act["text"])[:MAXIMUM_TEXT].strip()),
    "area": _area,
    "shape": _shape,
    "clear": _clear,
    "background": lambda view, act: replace(view, background=str(act["id"])),
    "swipe": _swipe,
    "own": _own,
    "own_blocks": _own_blocks,
    "own_gone": _own_gone,
    "table": lambda view, act: replace(view, table=str(act["id"])),
    "asof": as_of,
    **BLOCK_ACTIONS,
    **PASSPORT_ACTIONS,
    **PROMISE_ACTIONS,
    **SCREENING_ACTIONS,
    **SITE_ACTIONS,
}
assert NO_AREA.kind == EVERYWHERE
