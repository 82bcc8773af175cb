"""What the page as a whole is told: its language, and which steps the back button goes through."""

from __future__ import annotations

from layers.text import say
from layers.view import View
from views.component import mount


def show(view: View) -> None:
    """Set the page's language and the map's spoken name, and keep moves of the map out of the browser's history."""
    mount("page", {"language": view.language, "words": {"map": say(view.language, "map_map")}}, "page")
