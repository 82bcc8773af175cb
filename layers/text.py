"""Words for readers, and the one gate through which anything reaches folium or markdown."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

import orjson
import pandas as pd

from layers.columns import is_moment, split
from layers.errors import CatalogueError, UnknownNameError
from layers.plurals import Counted, form
from layers.spec import LANGUAGES, ColumnSpec, Words, read_toml
from layers.vocabulary import vocabulary, word

LOCALE = Path(__file__).parent / "locale"
FALLBACK = ("en", "ru", "kk")
AS_STATED = "exact"  # of the vocabulary claim_reading: a figure read as it is stated
THIN_SPACE = "\u202f"
NO_BREAK = "\u00a0"
MINUS = "\u2212"
MARKDOWN_SPECIAL = re.compile(r"([!-/:-@\[-`{-~])")
MARKDOWN_INSIDE = re.compile(r"([\\`*_\[\]<>|#~&$!{}])")
MARKDOWN_START = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[+-](?:\s|$))|(?=[=-]+\s*$))(.)")
SPACES = re.compile(r"[^\S\u00a0\u2007\u202f]+")  # where a line may break: numbers and units stay together
READ_LATER = re.compile(r":(?=//|[A-Za-z0-9_+/-]+:)|(?<=www)\.|@")  # shortcodes, web and mail addresses
# Latin letters before Cyrillic; the Cyrillic alphabet of Kazakh, which holds that of Russian in the same order.
ALPHABET = " 0123456789abcdefghijklmnopqrstuvwxyzаәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
PLACES = len(ALPHABET) + 1
WORD_JOINER = "\u2060"


def say(language: str, key: str, **values: object) -> str:
    """The interface sentence of that key, its placeholders filled; UnknownNameError when it is missing.

    ``{count:row|rows}`` in a sentence is the form of the word that goes with that number: see ``layers.plurals``.
    """
    sentences = _locale(language)
    if key not in sentences:
        raise UnknownNameError(f"sentence in {language}", key, sorted(sentences))
    return sentences[key].format_map({name: Counted(value, language) for name, value in values.items()})


def pick(words: Words, language: str) -> str:
    """The words of that language, else of another one, else nothing."""
    return next((words[code] for code in (language, *FALLBACK) if words.get(code)), "")


def number(value: float | None, language: str, digits: int = 0) -> str:
    """A number as the language writes it; an empty string when there is none."""
    if value is None or pd.isna(value):
        return ""
    written = f"{abs(value):,.{digits}f}"
    if language != "en":
        written = written.replace(",", THIN_SPACE).replace(".", ",")
    below = value < 0 and any(letter in "123456789" for letter in written)  # what rounds to nothing has no sign
    return f"{MINUS}{written}" if below else written


def distance(low: float, high: float, language: str) -> str:
    """A distance range in kilometres without its unit: one number when both ends round to the same."""
    digits = 1 if high < 10 else 0
    ends = [number(value, language, digits) for value in (low, high)]
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def coordinates(lat: float, lon: float, language: str) -> str:
    """A position in WGS 84 degrees as the language writes it, with its hemispheres."""
    northing = say(language, "map_north" if lat >= 0 else "map_south")
    easting = say(language, "map_east" if lon >= 0 else "map_west")
    degrees = [number(abs(value), language, 4) for value in (lat, lon)]
    between = ", " if language == "en" else "; "  # a comma is a decimal mark elsewhere
    return f"{degrees[0]}°{NO_BREAK}{northing}{between}{degrees[1]}°{NO_BREAK}{easting}"


def shown(value: object, column: ColumnSpec, language: str, unit: str = "") -> str:
    """A typed cell as a reader sees it, without its unit; an empty string when nothing is stated.

    ``unit`` is the code of the row's unit: years are written without separators, dates as the language has them.
    """
    if value is None or value is pd.NA or value != value or value == "":
        return ""
    written = vocabulary("unit").get(unit, {}).get("written", column.type)
    if written == "date" and is_moment(str(value)):
        return moment(str(value), language)
    if written == "year" and column.type != "text":
        return f"{float(str(value)):.0f}"
    if column.type in ("number", "lon", "lat") and isinstance(value, float):
        return number(value, language, _digits(value, column))
    if column.type == "integer":
        return number(int(str(value)), language)
    if column.type == "flag":
        return say(language, f"flag_{value}")
    if column.type in ("code", "codes") or is_ours(value, column):
        return words_of(value, column, language)
    return "; ".join(part.strip() for part in split(str(value)))


def as_read(written: str, reading: str, language: str) -> str:
    """A figure in words, led by how it is to be read where that is not as stated ("at least")."""
    told = "" if reading in ("", AS_STATED) else word("claim_reading", reading, language)
    return f"{told}: {written}" if told and written else written


def is_ours(value: object, column: ColumnSpec) -> bool:
    """Whether a cell of text is one of the column's categories, which have words in each language."""
    return bool(column.vocabulary) and value in vocabulary(column.vocabulary)


def is_foreign(value: object, column: ColumnSpec) -> bool:
    """Whether a cell says something in the language of its source: not a category of ours, and not digits alone."""
    letters = any(letter.isalpha() for letter in str(value))
    return column.source_text and letters and not is_ours(value, column)


def words_of(cell: object, column: ColumnSpec, language: str) -> str:
    """The words of a cell's codes."""
    codes = [str(cell)] if column.type == "code" or is_ours(cell, column) else split(cell)
    return "; ".join(word(column.vocabulary, code, language) for code in codes if code)


def unit_of(code: str, written: str, language: str) -> str:
    """The unit's word after a written number; nothing for one that only says what kind of value it is."""
    term = vocabulary("unit").get(code, {})
    if not code or term.get("quiet"):
        return ""
    forms = term.get("forms", {}).get(language)
    return form(written, forms, language) if forms else word("unit", code, language)


def gate(payload: Mapping[str, object]) -> str:
    """JSON in base64: the only form in which anything reaches a folium or branca object.

    folium compiles text that already holds values as a server-side template a second time, so a value
    such as two opening braces would run. The base64 alphabet (RFC 4648) has no character that a
    template, HTML or JavaScript string could take for its own.
    """
    return base64.b64encode(orjson.dumps(payload, default=str)).decode("ascii")


def markdown(value: str) -> str:
    """A value as literal text inside Streamlit markdown: every ASCII punctuation mark escaped.

    Emoji and icon shortcodes and bare addresses are read after unescaping, so an invisible word joiner
    breaks them.
    """
    joined = READ_LATER.sub(lambda found: found.group() + WORD_JOINER, SPACES.sub(" ", value.strip()))
    return MARKDOWN_SPECIAL.sub(r"\\\1", joined)


def markdown_file(value: str) -> str:
    """A value as literal text inside a Markdown file: escaped is only what CommonMark or GitHub's tables would read.

    People read such files as they are, so full stops, commas, brackets and addresses stay; a mark that begins a list,
    a heading or a rule is escaped where the value begins with it.
    """
    plain = MARKDOWN_INSIDE.sub(r"\\\1", SPACES.sub(" ", value.strip()))
    return MARKDOWN_START.sub(r"\1\\\2", plain)


def alphabetical(value: str) -> list[int]:
    """A key that sorts texts as a Kazakh or Russian dictionary does, where code points would put ё, ә or қ last."""
    return [ALPHABET.find(letter) + 1 or PLACES + ord(letter) for letter in value.casefold()]


def moment(value: str, language: str) -> str:
    """A year, a month of a year or a day, written YYYY, YYYY-MM or YYYY-MM-DD, as the language writes it."""
    parts = [int(part) for part in value.split("-")]
    if len(parts) == 3:
        return day(date(*parts), language)
    if len(parts) == 2:
        return say(language, "month_of_year", month=say(language, f"month_alone_{parts[1]}"), year=parts[0])
    return value


def day(value: date, language: str) -> str:
    """A date as the language writes it."""
    month = say(language, f"month_{value.month}")
    return say(language, "day", day=value.day, month=month, year=value.year)


def _digits(value: float, column: ColumnSpec) -> int:
    if column.type in ("lon", "lat"):
        return 4
    return 0 if value == int(value) else min(2, len(f"{value:g}".partition(".")[2]))


@lru_cache(maxsize=len(LANGUAGES))
def _locale(language: str) -> dict[str, str]:
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, LANGUAGES)
    sentences = read_toml(LOCALE / f"{language}.toml")
    if not all(isinstance(sentence, str) for sentence in sentences.values()):
        raise CatalogueError(f"locale {language}: every entry must be a text.")
    return sentences
