"""Words after numbers: which form a language uses there, by the plural rules of CLDR.

A sentence of the locale writes the forms after a colon: ``{count} {count:row|rows}``. English has two (one, other),
Russian three (one, few, many), and Kazakh leaves the word as it is, so that its sentences need none.
"""

from __future__ import annotations

import re

SEPARATOR = "|"
DECIMAL_MARK = {"en": "."}  # elsewhere a comma
LAST_NUMBER = re.compile(r"\d[\d\s.,]*(?=\D*\Z)")  # of "5–10 towns" the ten decides


class Counted(str):
    """A value for a sentence: formatted with several forms of a word it gives the one for its own number."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, value: object, language: str) -> Counted:
        """The value as text."""
        made = super().__new__(cls, value)
        made.language = language
        return made

    def __format__(self, spec: str) -> str:
        """The text itself, or the form of the word that goes with it."""
        return form(self, spec, self.language) if SEPARATOR in spec else super().__format__(spec)


def form(written: str, forms: str, language: str) -> str:
    """Which of the forms goes with a number that is written as the language writes numbers; the last without one."""
    known = forms.split(SEPARATOR)
    found = LAST_NUMBER.search(written)
    if not found:
        return known[-1]
    mark = DECIMAL_MARK.get(language, ",")
    whole, _, part = found.group().strip(" .,").partition(mark)
    digits = "".join(letter for letter in whole if letter.isdigit())
    return known[min(_place(int(digits or 0), bool(part), language), len(known) - 1)]


def _place(whole: int, fraction: bool, language: str) -> int:
    if language != "ru":
        return 0 if whole == 1 and not fraction else 1
    if fraction:
        return 1  # a fraction takes the genitive singular, which is also the form of two
    if whole % 10 == 1 and whole % 100 != 11:
        return 0
    return 1 if whole % 10 in (2, 3, 4) and whole % 100 not in (12, 13, 14) else 2
