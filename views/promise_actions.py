"""What a reader chooses on the Promises screen, as changes of the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from layers.view import View

Act = Mapping[str, Any]


def _missing(view: View, act: Act) -> View:
    if not isinstance(act["on"], bool):
        raise TypeError(act["on"])
    return replace(view, missing=act["on"])


PROMISE_ACTIONS: dict[str, Callable[[View, Act], View]] = {
    "missing": _missing,
    "promise_theme": lambda view, act: replace(view, promise_theme=str(act["id"])),
    "promise_town": lambda view, act: replace(view, promise_town=str(act["id"])),
    "claim": lambda view, act: replace(view, claim=str(act["id"])),
    "promises_all": lambda view, act: replace(view, missing=False, promise_theme="", promise_town=""),
}
