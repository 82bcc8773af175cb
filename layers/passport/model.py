"""What a passport is made of: sections of rows of cells, numbers beside their words, each with its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from layers.site.model import SiteSheet
from layers.text import say

# Sections in the order of the page.
FACTS, LISTS, PEOPLE, GAS, LINES = "facts", "list_membership", "population", "gas_status", "lines"
AROUND, UNKNOWN = "around", "unknown"


@dataclass(frozen=True)
class Cell:
    """A value in words; ``number`` is the same as a number, ``foreign`` a text in its source's language.

    ``bare`` is whether it says nothing without its heading, as a yes or no.
    """

    text: str
    number: float | None = None
    sources: tuple[str, ...] = ()
    foreign: bool = False
    bare: bool = False

    def marked(self, language: str) -> str:
        """The text, and after one in its source's language a mark that says so."""
        return f"{self.text} ({say(language, 'original')})" if self.foreign and self.text else self.text


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Section:
    """Rows under their heads; ``note`` is said below the title.

    ``id`` is one of the above or a table's, whose rows have the keys ``ids``.
    """

    id: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
    ids: tuple[str, ...] = ()

    def headed(self, row: Row, place: int) -> str:
        """A cell as it reads among others of its row: what says nothing alone stands under its heading."""
        cell = row[place]
        return f"{self.heads[place]}: {cell.text}" if cell.bare and cell.text and self.heads else cell.text


@dataclass(frozen=True)
class Headcount:
    """One count of people: ``scope`` and ``kind`` are codes, ``scope_words`` and ``kind_words`` the same in words.

    ``rivals`` says how many counts of the same year and territory differ from it.
    """

    year: int
    people: int
    scope: str
    scope_words: str
    kind: str
    kind_words: str
    sources: tuple[str, ...]
    rivals: int = 0


@dataclass(frozen=True)
class Passport:
    """All that is said of a town in one language, as of one month (``as_of``, empty for all dates).

    ``names`` are its names by language, ``former`` those it had. ``numbered`` gives each source its number.
    """

    town: str
    language: str
    radius_km: int
    as_of: str
    name: str
    under: str
    names: Mapping[str, str]
    former: tuple[str, ...]
    sections: Mapping[str, Section]
    people: tuple[Headcount, ...]
    sheet: SiteSheet
    numbered: Mapping[str, int]
    caution: str
