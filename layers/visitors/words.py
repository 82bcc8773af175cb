"""What the reading of visitors' files says, in a visitor's language: a sentence is known by its template.

The code says its sentences in English, values filled in; ``sentences.toml`` holds each with names in their place. Texts
come from strangers in part, so a match costs time in proportion to the text's length: every value that may be any text
ends at the first (or, in a second try, begins after the last) piece of its template that follows (precedes) it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from layers.intake.verdict import LONGEST_TEXT
from layers.rules import LANGUAGES
from layers.spec import Words, read_toml
from layers.text import number

FILE = Path(__file__).with_name("sentences.toml")
NAME = re.compile(r"\{([a-z_]+)\}")
DEEPEST = 3  # sentences within sentences
BETWEEN = ", "  # the parts of a list
MOST_COMMAS = 3  # in one part of a list
Kind = Literal["number", "quoted", "text", "said", "listed"]
EXACT = {
    "number": r"-?\d{1,15}+(?:\.\d{1,6})?+",
    "quoted": r"(?:'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\")",
}


class Sentence(NamedTuple):
    """A sentence with names for its values: patterns of its English form, and its words in every language."""

    forms: tuple[re.Pattern[str], ...]
    words: Words


class Book(NamedTuple):
    """All sentences by what they stand within (nothing for whole ones) and their first letter, none for a value."""

    kinds: Mapping[str, Kind]
    sentences: Mapping[tuple[str, str], Sequence[Sentence]]


@lru_cache(maxsize=1024)
def in_language(sentence: str, language: str) -> tuple[str, bool]:
    """A sentence of the reading in a language, and whether it is: one that is not known stays English.

    So does one of which a part is not known, for a reader's sake: half a sentence in each language is read by nobody.
    """
    if language == "en":
        return sentence, True
    told = _told(sentence, "", language, 0) if len(sentence) <= LONGEST_TEXT else None
    return (sentence, False) if told is None else (told, True)


@cache
def book() -> Book:
    """The sentences of the file, those with more words of their own first."""
    read = read_toml(FILE)
    kinds: dict[str, Kind] = {name: kind for kind, names in read["values"].items() for name in names}
    found = defaultdict(list)
    for entry in sorted(read["sentence"], key=lambda entry: -len(NAME.sub("", entry["en"]))):
        words = {language: entry[language] for language in LANGUAGES}
        first = NAME.split(entry["en"], maxsplit=1)[0][:1]
        found[entry.get("within", ""), first].append(Sentence(_forms(entry["en"], kinds), words))
    return Book(kinds, dict(found))


def _told(sentence: str, within: str, language: str, depth: int) -> str | None:
    if depth > DEEPEST:
        return None
    sentences = book().sentences
    for known in (*sentences.get((within, sentence[:1]), ()), *sentences.get((within, ""), ())):
        for form in known.forms:
            match = form.fullmatch(sentence)
            filled = match and _filled(known.words[language], match.groupdict(), language, depth)
            if filled is not None:
                return filled
    return None


def _filled(template: str, values: Mapping[str, Any], language: str, depth: int) -> str | None:
    """The template with its values, in its language where they are sentences; None where such a one is not known."""
    put = {name: _value(name, value, language, depth + 1) for name, value in values.items()}
    if any(value is None for value in put.values()):
        return None
    return NAME.sub(lambda name: str(put[name[1]]), template)


def _value(name: str, value: str, language: str, depth: int) -> str | None:
    kind = book().kinds.get(name, "text")
    if kind == "number":
        return number(float(value), language, len(value.partition(".")[2]))
    if kind == "listed":
        return _listed(name, value, language, depth)
    told = _told(value, name, language, depth)
    if kind == "said":
        return _told(value, "", language, depth) if told is None else told
    return value if told is None else told


def _listed(name: str, value: str, language: str, depth: int) -> str | None:
    """The sentences of a list, each the longest that is known: a sentence may have commas of its own."""
    made, left = [], value.split(BETWEEN)
    while left:
        for many in range(min(MOST_COMMAS + 1, len(left)), 0, -1):
            told = _told(BETWEEN.join(left[:many]), name, language, depth)
            if told is not None:
                break
        else:
            return None
        made.append(told)
        left = left[many:]
    return BETWEEN.join(made)


def _forms(template: str, kinds: Mapping[str, Kind]) -> tuple[re.Pattern[str], ...]:
    """The patterns of a template: each value up to the first piece that follows, and for two also from the last."""
    head, *rest = NAME.split(template)
    names, pieces = rest[::2], rest[1::2]
    made = re.escape(head)
    for place, (name, piece) in enumerate(zip(names, pieces, strict=True)):
        any_text = ".*" if place == len(names) - 1 else rf"(?:(?!{re.escape(piece)}).)*+"
        made += rf"(?P<{name}>{EXACT.get(kinds.get(name, 'text'), any_text)}){re.escape(piece)}"
    forms = [made]
    if len(names) == 2 and not any(kinds.get(name) in EXACT for name in names):
        (one, two), (between, tail) = names, (re.escape(piece) for piece in pieces)
        forms.append(rf"{re.escape(head)}(?P<{one}>.*){between}(?P<{two}>(?:(?!{between}).)*){tail}")
    return tuple(re.compile(form, re.DOTALL) for form in forms)
