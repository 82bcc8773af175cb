"""The bar that leads to the parts of a long page where they stand below each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from layers.text import say
from layers.view import View
from views.component import mount


class Part(NamedTuple):
    """A container by its key, the sentence that names it, and the drawing beside the words (see jump.js)."""

    to: str
    words: str
    drawing: str


MAP = (
    Part("mapbox", "jump_map", "map"),
    Part("details", "jump_details", "card"),
    Part("legend", "jump_layers", "layers"),
    Part("tablebox", "jump_table", "table"),
)
BLOCKS = (*MAP[:2], Part("legend", "blocks_where", "layers"), MAP[3])
PASSPORT = (
    Part("passport_map", "jump_map", "map"),
    Part("passport_facts", "key_facts", "card"),
    Part("passport_rest", "jump_around", "layers"),
    Part("passport_more", "jump_towns", "list"),
)
PROMISES = (
    Part("promises_panel", "jump_differ", "chart"),
    Part("promises", "jump_instructions", "check"),
    Part("ledger_panel", "jump_ledger", "list"),
    Part("promises_sources", "sources", "card"),
)
SCREENING = (
    Part("screening_desk", "jump_conditions", "sliders"),
    Part("screening_map", "jump_map", "map"),
    Part("screening_order", "jump_order", "chart"),
    Part("screening_contributions", "jump_table", "table"),
)


def show(view: View, parts: Sequence[Part], phone: bool = False) -> None:
    """Draw the bar, which is seen on narrow screens only, with ``phone`` only on those of a phone's width."""
    told = [{"to": part.to, "text": say(view.language, part.words), "drawing": part.drawing} for part in parts]
    label = say(view.language, "jump_label")
    mount("jump", {"language": view.language, "label": label, "parts": told, "phone": phone}, "jump")
