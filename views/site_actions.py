"""What a reader chooses on the Compare screen, as changes of the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from layers.compare_query import with_compared
from layers.view import Selection, View

Act = Mapping[str, Any]


def _compare(view: View, act: Act) -> View:
    """Other sites side by side, in this order."""
    return replace(view, compared=tuple(dict.fromkeys(map(_selection, act["ids"]))))


def _selection(text: object) -> Selection:
    layer_id, slash, key = str(text).partition("/")
    if not slash:
        raise ValueError(text)
    return Selection(layer_id, key)


def _drop(view: View, act: Act) -> View:
    gone = _selection(act["id"])
    return replace(view, compared=tuple(one for one in view.compared if one != gone))


SITE_ACTIONS: dict[str, Callable[[View, Act], View]] = {
    "compare": _compare,
    "compare_add": lambda view, act: replace(view, compared=with_compared(view.compared, _selection(act["id"]))),
    "compare_drop": _drop,
}
