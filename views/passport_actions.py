"""What a reader chooses on the Passport screen, as changes of the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from layers.view import View

Act = Mapping[str, Any]

PASSPORT_ACTIONS: dict[str, Callable[[View, Act], View]] = {
    "town": lambda view, act: replace(view, town=str(act["id"])),
}
