"""What is refused, and why, in the reader's language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from layers.errors import BusyError, UnknownNameError, WordedError
from layers.text import number, say


def repeated(pairs: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Names of the parameters that say two things, so that an address can be read in two ways."""
    names = Counter(name for name, _ in dict.fromkeys(pairs))
    return tuple(name for name, count in names.items() if count > 1)


def fault_in_words(error: Exception, language: str) -> str:
    """The sentence of an error; what has none in the locale stays as it was raised, in English."""
    if isinstance(error, BusyError):
        return say(language, "file_busy")
    if isinstance(error, UnknownNameError):
        return _unknown(error, language)
    if not isinstance(error, WordedError):
        return str(error)
    counted = {
        name: number(value, language) if isinstance(value, int) else value for name, value in error.values.items()
    }
    return say(language, error.key, **counted)


def _unknown(error: UnknownNameError, language: str) -> str:
    if 0 < len(error.known) <= error.MOST:
        return say(language, "file_unknown_name", name=error.name, known=", ".join(error.known))
    return say(language, "file_unknown", name=error.name)
