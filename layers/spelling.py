"""Words as they are compared: letter for letter, and as a skeleton in which the ways to spell a name meet."""

from __future__ import annotations

import re
import unicodedata

# Letters of the three alphabets, Cyrillic ones by their usual Latin spelling. What people write in several ways
# has one letter: k for к, қ, х, һ, kh, q, h; i for и, й, і, ы, y; S, C, J for ш, ч, ж, whatever stands for them.
_CYRILLIC = dict(
    zip(
        "аәбвгғдеёзийіклмнңоөпрстуұүфхһқыэжшщч",
        "aabvggdeeziiiklmnnooprstuuufkkkieJSSC",
        strict=True,
    )
) | {"ц": "ts", "ю": "iu", "я": "ia", "ъ": "", "ь": ""}
_LATIN = {"ş": "S", "ç": "C", "ı": "i", "w": "u", "x": "ks", "y": "i", "q": "k", "h": "k", "c": "k"}
_LETTERS = str.maketrans({**_CYRILLIC, **_LATIN})
_SOUNDS = (
    (re.compile("shch|sch|sh"), "S"),
    (re.compile("tch|ch"), "C"),
    (re.compile("d?zh|дж|dj"), "J"),
    (re.compile("kh|ck"), "k"),
    (re.compile("gh"), "g"),
    (re.compile(r"(?<=[aeiouyäöü])j(?![aeiouyäöü])"), "i"),  # Sarysajskoe: й, unlike the ж of Qarajal
    (re.compile("j"), "J"),
)
_TWICE = re.compile(r"(?!\bi+\b)([^\W\d_])\1")  # a letter written twice, but for the II that is a number
_UNSEEN = ("Mn", "Cf")  # marks that no letter has taken up, soft hyphens, zero-width and direction marks
_NO_WORD = re.compile(r"[\W_]+")
_APOSTROPHES = re.compile("['’ʹʼ`´]")


def plain(text: str) -> str:
    """Words of letters and digits in small letters with one space between them; ё as е."""
    small = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    seen = "".join(letter for letter in small if unicodedata.category(letter) not in _UNSEEN)
    return _NO_WORD.sub(" ", _APOSTROPHES.sub("", seen)).strip()


def skeleton(text: str) -> str:
    """A text folded so that its Kazakh, Russian and Latin spellings come out alike; meant for comparing only."""
    folded = plain(text)
    for sound, letter in _SOUNDS:
        folded = sound.sub(letter, folded)
    folded = unicodedata.normalize("NFD", folded.translate(_LETTERS))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _TWICE.sub(r"\1", bare.replace("ie", "e"))
