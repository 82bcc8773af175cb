"""The search field: what is typed goes to the server by itself, what is taken becomes the selection."""

from __future__ import annotations

from layers.search_routes import search_url
from layers.text import number, say
from layers.view import View
from views.component import mount
from views.state import base_path

KEY = "find"
WORDS = ("label", "placeholder", "clear", "wait", "nothing", "failed", "choose", "patterns")


def show(view: View) -> None:
    """Draw the field; taking a hit selects it, switches its layer on and brings the map there."""
    language = view.language
    example = "; ".join(number(degrees, language, 1) for degrees in (48.5, 67.2))
    words = {word: say(language, f"search_{word}") for word in WORDS}
    words |= {"count": say(language, "search_count", count="{count}")}
    words |= {"hint": say(language, "search_hint", example=example)}
    selected = f"{view.selected.layer}/{view.selected.id}" if view.selected else ""
    data = {"language": language, "url": search_url(base_path()), "words": words, "selected": selected}
    mount("search", data, KEY, go=True)
