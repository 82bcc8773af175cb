"""The parameter of what is compared: up to four selections as URL text, and what such text means."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from layers.view import MOST_COMPARED, Selection

ESCAPED = str.maketrans({"%": "%25", ",": "%2C"})  # an id may hold the comma that stands between selections


def key_of(one: Selection) -> str:
    """A selection as an address writes one alone."""
    return f"{one.layer}/{one.id}"


def compared_text(compared: tuple[Selection, ...]) -> str:
    """Selections as an address writes them: layer/id, with commas between them."""
    return ",".join(key_of(one).translate(ESCAPED) for one in compared)


def compared_of_text(text: str, selected: Callable[[str], Selection | None]) -> tuple[Selection, ...]:
    """The selections that an address names, each once; ValueError for none, too many, or one that makes no sense.

    ``selected`` reads one of them, as the parameter of the selection is read.
    """
    found = dict.fromkeys(one for part in text.split(",") if (one := selected(unquote(part))))
    if not 0 < len(found) <= MOST_COMPARED:
        raise ValueError(f"{len(found)} selections; 1 to {MOST_COMPARED} can be compared")
    return tuple(found)


def with_compared(compared: tuple[Selection, ...], one: Selection) -> tuple[Selection, ...]:
    """The selections with one more at the end, unless it is there or they are as many as can be compared."""
    full = one in compared or len(compared) >= MOST_COMPARED
    return compared if full else (*compared, one)
