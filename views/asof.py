"""The date of which a screen shows what held: what its slider is told, and the slider alone."""

from __future__ import annotations

from typing import Any

from layers.asof_query import stops
from layers.text import moment, say
from layers.view import View
from views.component import mount

KEY = "asof"
WORDS = ("asof", "asof_all", "asof_clear", "asof_hint")


def show(view: View) -> None:
    """The slider, on a screen without the column of filters."""
    mount(KEY, {"language": view.language, "words": words(view), "asof": data(view)}, KEY)


def words(view: View) -> dict[str, str]:
    """The slider's sentences."""
    return {word: say(view.language, f"controls_{word}") for word in WORDS}


def data(view: View) -> dict[str, Any]:
    """The chosen date, what it does, and the months on offer."""
    language = view.language
    return {
        "month": view.as_of,
        "text": moment(view.as_of, language) if view.as_of else "",
        "note": say(language, "asof_note"),
        "stops": [{"month": month, "text": moment(month, language)} for month in stops()],
    }
