"""Written coordinates to degrees: decimal degrees, degrees and minutes, and degrees, minutes and seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from geo.systems import COUNTRY

Form = Literal["decimal", "ddm", "dms"]
Axis = Literal["lat", "lon"]

FORMS: tuple[Form, ...] = ("decimal", "ddm", "dms")
LONGEST = 120  # characters; a longer text is no pair of coordinates

# Kazakh: солтүстік, оңтүстік ендік (с.е., о.е.: north, south latitude); шығыс, батыс бойлық (ш.б., б.б.: east,
# west longitude). No letter means one thing in Russian and another in Kazakh. Sign 0: the word names the axis only.
_MARKS: tuple[tuple[str, Axis, int], ...] = (
    (r"с\.?\s?[ше]\.?|северн(?:ая|ой) широт[аы]|солтүстік ендік|n|с|north", "lat", 1),
    (r"ю\.?\s?ш\.?|о\.?\s?е\.?|южн(?:ая|ой) широт[аы]|оңтүстік ендік|s|ю|о|south", "lat", -1),
    (r"в\.?\s?д\.?|ш\.?\s?б\.?|восточн(?:ая|ой) долгот[аы]|шығыс бойлық|e|в|ш|east", "lon", 1),
    (r"з\.?\s?д\.?|б\.?\s?б\.?|западн(?:ая|ой) долгот[аы]|батыс бойлық|w|з|б|west", "lon", -1),
    (r"lat(?:itude)?|широта|ендік", "lat", 0),
    (r"lon(?:gitude|g)?|lng|долгота|бойлық", "lon", 0),
)
_MARK = re.compile("|".join(rf"(?<![^\W\d_])(?:{words})(?![^\W\d_])" for words, _, _ in _MARKS))
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("º˚∘", "°"),
        **dict.fromkeys("′’‘ʹʼ´`", "'"),
        **dict.fromkeys("″”“„ʺ", '"'),
        **dict.fromkeys("−–—‐‑‒", "-"),
        **dict.fromkeys(":=", " "),
    }
)
_NUMBER = r"[0-9]{1,3}(?:\.[0-9]{1,15})?"
_WHOLE = r"(?<![0-9.])([0-9]{1,3})"
# 49d58m30s, 49 град 58 мин 30 сек and 49-58-30 say with letters or hyphens what signs say.
_LETTERED = re.compile(
    rf"{_WHOLE}\s?(?:d(?:eg)?|гр(?:ад)?)\.?\s?({_NUMBER})\s?(?:m(?:in)?|м(?:ин)?)(?![^\W\d_])\.?"
    rf"(?:\s?({_NUMBER})\s?(?:s(?:ec)?|с(?:ек)?)(?![^\W\d_])\.?)?"
)
_HYPHENED = re.compile(rf"(?<!-){_WHOLE}-({_NUMBER})(?:-({_NUMBER}))?(?![0-9.-])")
_ORDINATE = re.compile(
    rf"""(?P<before>\D*?) \s? (?P<sign>[+-]?) \s*
    (?P<degrees>{_NUMBER}) \s* (?P<ring>°?) \s*
    (?: (?<=[\s°]) (?P<minutes>{_NUMBER}) \s* '? \s*
        (?: (?<=[\s']) (?P<seconds>{_NUMBER}) \s* "? )? )?
    \s* (?P<after>[^\d°'"]*)""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Reading:
    """A position in degrees and how it was written.

    ``swapped``: no letter said which number is which, and they were taken longitude first, because the other
    order is impossible or leads out of Kazakhstan. ``named``: a letter or word said it.
    """

    lat: float
    lon: float
    form: Form
    swapped: bool = False
    named: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class _Ordinate:
    """One of the two numbers; ``axis`` where a letter or word names it, ``sure`` when it can be nothing else."""

    degrees: float
    form: Form
    axis: Axis | None
    ring: bool
    fraction: bool

    @property
    def sure(self) -> bool:
        return self.ring or self.axis is not None or (self.form == "decimal" and self.fraction)


def read_position(text: str) -> Reading | None:
    """The position that a text writes, or None for what is not clearly a pair of coordinates.

    Latitude first, unless letters say otherwise (N, E; с.ш., в.д.; с.е., ш.б. and the like) or only the other
    order is possible or lies in Kazakhstan. Read as written: the datum is for the caller to say.
    """
    if len(text) > LONGEST:
        return None
    plain = _plain(text)
    if not re.search(r"[0-9]\.[0-9]", plain):
        plain = re.sub(r"(?<=[0-9]),(?=[0-9])", ".", plain)
    halves = _halves(_signed(plain))
    if halves is None:
        return None
    first, second = (_ordinate(half.strip(" ,;")) for half in halves)
    if first is None or second is None or not _clear(first, second, plain):
        return None
    found = _placed(first, second)
    if found and not (first.sure and second.sure) and not _inside(found.lat, found.lon) and found.form != "decimal":
        return None  # four or six bare numbers are coordinates only where Kazakhstan makes them so
    return found


def read_angle(text: str, axis: Axis) -> float | None:
    """One latitude or longitude in degrees, as it stands in a cell of its own; None for what is not clearly one."""
    if len(text) > LONGEST:
        return None
    plain = _plain(text)
    found = _ordinate(_signed(plain.replace(",", ".", 1) if plain.count(",") == 1 else plain))
    if found is None or found.axis not in (None, axis) or abs(found.degrees) > (90 if axis == "lat" else 360):
        return None
    return found.degrees


def _plain(text: str) -> str:
    """One way of writing signs. Single spaces: over longer runs a pattern would try every way of sharing them out."""
    return " ".join(text.casefold().translate(_PLAIN).replace("''", '"').split()).strip(" ()[];,")


def _signed(plain: str) -> str:
    """Letters and hyphens between degrees, minutes and seconds as the signs for them."""

    def signs(found: re.Match[str]) -> str:
        degrees, minutes, seconds = found.groups()
        return f"{degrees}°{minutes}'" + (f'{seconds}"' if seconds else "")

    return _HYPHENED.sub(signs, _LETTERED.sub(signs, plain))


def _halves(plain: str) -> tuple[str, str] | None:
    """The text of the two numbers: parted by their letters, else by a separator, degree signs or white space."""
    marks = list(_MARK.finditer(plain))
    if len(marks) == 2:
        at = marks[1].start() if marks[0].start() == 0 else marks[0].end()
        return plain[:at], plain[at:]
    for separator in (";", ","):
        if plain.count(separator) == 1:
            before, _, after = plain.partition(separator)
            return before, after
    rings = [found.start() for found in re.finditer(r"[+-]?[0-9.]+\s*°", plain)]
    gaps = [found.start() for found in re.finditer(r"(?<=\S)\s+(?=[+-]?[0-9])", plain)]
    at = rings[1] if len(rings) == 2 else gaps[len(gaps) // 2] if len(gaps) in (1, 3, 5) else 0
    return (plain[:at], plain[at:]) if at else None


def _ordinate(half: str) -> _Ordinate | None:
    found = _ORDINATE.fullmatch(half)
    if found is None:
        return None
    words = [word.strip() for word in (found["before"], found["after"]) if word.strip()]
    axis, sign = _marked(words[0]) if words else (None, 0)
    if len(words) > 1 or (words and axis is None) or (sign and found["sign"]):
        return None
    parts = [part for part in (found["degrees"], found["minutes"], found["seconds"]) if part is not None]
    values = [float(part) for part in parts]
    if any("." in part for part in parts[:-1]) or any(value >= 60 for value in values[1:]):
        return None
    degrees = sum(value / 60**power for power, value in enumerate(values))
    negative = sign < 0 or found["sign"] == "-"
    return _Ordinate(
        -degrees if negative else degrees, FORMS[len(parts) - 1], axis, bool(found["ring"]), "." in parts[-1]
    )


def _marked(word: str) -> tuple[Axis | None, int]:
    for words, axis, sign in _MARKS:
        if re.fullmatch(words, word):
            return axis, sign
    return None, 0


def _clear(first: _Ordinate, second: _Ordinate, plain: str) -> bool:
    """Whether this can be nothing but coordinates.

    A bare whole number may stand only beside a sure one; minutes and seconds without signs only beside as many.
    """
    if first.axis and first.axis == second.axis:
        return False
    if first.sure and second.sure:
        return True
    if first.form == second.form != "decimal":
        return True
    return (first.sure or second.sure) and {first.form, second.form} == {"decimal"} and bool(re.search(r"[,;]", plain))


def _placed(first: _Ordinate, second: _Ordinate) -> Reading | None:
    form = max((first.form, second.form), key=FORMS.index)
    a, b = first.degrees, second.degrees
    if first.axis or second.axis:
        lat, lon = (b, a) if first.axis == "lon" or second.axis == "lat" else (a, b)
        return Reading(lat, lon, form, named=True) if _exists(lat, lon) else None
    if _exists(b, a) and (not _exists(a, b) or (_inside(b, a) and not _inside(a, b))):
        return Reading(b, a, form, swapped=True)
    return Reading(a, b, form) if _exists(a, b) else None


def _exists(lat: float, lon: float) -> bool:
    return abs(lat) <= 90 and abs(lon) <= 180


def _inside(lat: float, lon: float) -> bool:
    west, south, east, north = COUNTRY
    return south <= lat <= north and west <= lon <= east
