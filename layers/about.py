"""What holds for the data as a whole: its date, licence and the credits that must be shown."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from layers.spec import ROOT, read_toml


class Credit(NamedTuple):
    """A credit line, its short form for the map, and the page of whom it credits."""

    text: str
    short: str
    url: str


class About(NamedTuple):
    """Date on which the data were last compared with their sources, licence of our compilation, credits."""

    as_of: date
    licence: str
    credits: tuple[Credit, ...]


@lru_cache(maxsize=1)
def about() -> About:
    """The statement in data/about.toml."""
    raw = read_toml(ROOT / "data" / "about.toml")
    return About(raw["as_of"], raw["licence"], tuple(Credit(**credit) for credit in raw["credits"]))
