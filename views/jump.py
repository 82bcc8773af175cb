"""The bar that leads to the parts of the page on a narrow screen, and what the page as a whole must be told."""

from __future__ import annotations

from layers.text import say
from layers.view import View
from views.component import mount

PARTS = ("map", "details", "layers", "table")


def show(view: View, layers: str = "") -> None:
    """Draw the bar; it is seen on narrow screens only. ``layers`` is what the left column is called, if not layers."""
    words = {part: say(view.language, f"jump_{part}") for part in PARTS}
    words |= {"layers": layers} if layers else {}
    mount("jump", {"language": view.language, "words": words | {"jump": say(view.language, "jump_label")}}, "jump")
