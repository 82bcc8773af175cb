"""Words beside coordinates that state a system: zone, projection, datum, central meridian or code."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from geo.detect import Candidate
from geo.systems import PULKOVO_DEGREES, WGS84_DEGREES, System, system_of


@dataclass(frozen=True)
class Stated:
    """What words say: families of systems, zone, central meridian and code; None where nothing is said."""

    families: frozenset[str] | None
    zone: int | None
    meridian: int | None
    code: str | None

    def fitting(self, candidate: Candidate) -> Candidate | None:
        """The candidate, under the code that the words mean if the same numbers have several."""
        codes = (candidate.code, *candidate.same_as)
        for code in codes:
            if self._allows(system := system_of(code)):
                others = tuple(other for other in codes if other != code)
                return replace(candidate, code=code, name=system.name, same_as=others)
        return None

    def _allows(self, system: System) -> bool:
        return (
            (self.families is None or system.family in self.families)
            and self.zone in (None, system.zone)
            and self.meridian in (None, system.meridian)
            and self.code in (None, system.code.casefold())
        )


_GK6, _GK3 = frozenset({"gk6", "gk6 truncated"}), frozenset({"gk3", "gk3 truncated"})
_UTM, _CS63 = frozenset({"utm"}), frozenset({"cs63"})
_GK = _GK6 | _GK3
_LETTERS = r"(?<![\w.,])(?:{})(?![^\W_])"  # no decimals either: the 43 of "456789.43 N" is no zone
# Zone words before or after the number; "43N", with N for north or the bands T and U of the country, is UTM.
_ZONE_WORD = r"(?:zone|зона|зоны|зоне|аймақ)"
_ZONE = re.compile(
    _LETTERS.format(
        rf"(?:utm[ -]?(?:{_ZONE_WORD} ?)?(?P<utm>[0-9]{{1,2}}) ?[ntu]?|(?P<band>3[89]|4[0-5]) ?[ntu]|"
        rf"{_ZONE_WORD} ?(?:№ ?)?(?P<cs63>[kк] ?-?)?(?P<after>[0-9]{{1,2}}) ?n?|"
        rf"(?P<before>[0-9]{{1,2}})-?(?:я|ші|th)? ?{_ZONE_WORD})"
    )
)
_CODE = re.compile(_LETTERS.format(r"epsg ?(?P<code>[0-9]{4,5})"))
_WRITTEN_CODE = re.compile(_LETTERS.format(r"epsg ?:? ?[0-9]{4,5}"))
_MERIDIAN = re.compile(
    _LETTERS.format(r"(?:cm|осевой меридиан|central meridian|l0) ?(?P<deg>[0-9]{2})(?: ?°)?(?: ?[eв])?")
)
_SYSTEMS = (
    (re.compile(_LETTERS.format(r"(?:ск|sk|cs)[ -]?(?:19)?63")), _CS63),
    (re.compile(_LETTERS.format(r"gk|гк|gauss[ -]?kr(?:u|ü)ger|гаусс[ -]?крюгер|гаусса[ -]?крюгера")), _GK),
    (re.compile(_LETTERS.format(r"(?:3|three)[ -]?degree|(?:3-?х?|тр[её]х)[ -]?градусн[а-я]{2}")), _GK3),
    (re.compile(_LETTERS.format(r"(?:6|six)[ -]?degree|(?:6-?т?и?|шести)[ -]?градусн[а-я]{2}")), _GK6),
)
_UTM_WORD = re.compile(_LETTERS.format(r"utm"))
_DATUMS = (
    (re.compile(_LETTERS.format(r"wgs[ -]?(?:19)?84|wgs")), WGS84_DEGREES.code, _UTM),
    (
        re.compile(_LETTERS.format(r"(?:pulkovo|пулково)(?:[ -]?(?:19)?42)?|(?:ск|sk|cs)[ -]?(?:19)?42")),
        PULKOVO_DEGREES.code,
        _GK | _CS63,
    ),
)
_BETWEEN = str.maketrans(dict.fromkeys("=:/", " "))


def system_words(text: str) -> tuple[str, Stated]:
    """The text without the words that state a system of metres, with single spaces, and what they state."""
    plain = " ".join(text.casefold().translate(_BETWEEN).split())
    families: frozenset[str] | None = None
    meridian = zone = None
    codes = {found["code"] for found in _CODE.finditer(plain)}
    plain = _CODE.sub(" ", plain)
    # Before the zone: the 42 of "СК-42 зона 13" is none.
    for words, allowed in (*_SYSTEMS, *((words, allowed) for words, _, allowed in _DATUMS)):
        families, plain = _narrowed(families, plain, words, allowed)
    if found := _MERIDIAN.search(plain):
        meridian, plain = int(found["deg"]), plain.replace(found[0], " ")
    if found := _ZONE.search(plain):
        allowed, zone = _zone(found)
        families = allowed if families is None else families & allowed
        plain = plain.replace(found[0], " ", 1)
    families, plain = _narrowed(families, plain, _UTM_WORD, _UTM)
    code = f"epsg:{'+'.join(sorted(codes))}" if codes else None  # two codes are none
    return " ".join(plain.split()), Stated(families, zone, meridian, code)


def _narrowed(
    families: frozenset[str] | None, plain: str, words: re.Pattern[str], allowed: frozenset[str]
) -> tuple[frozenset[str] | None, str]:
    """The families that are left when the text has these words, and the text without them."""
    if not words.search(plain):
        return families, plain
    return allowed if families is None else families & allowed, words.sub(" ", plain)


def _zone(found: re.Match[str]) -> tuple[frozenset[str], int]:
    """Families and number of a zone: six degrees below 16, three below 30, UTM from 38; K2 to K4 are of CS63."""
    zone = int(next(found[name] for name in ("utm", "band", "after", "before") if found[name]))
    if found["cs63"]:
        return _CS63, zone
    if found["utm"] or found["band"] or zone >= 30:
        return _UTM, zone
    return (_GK6 if zone < 16 else _GK3), zone


def datum_words(text: str) -> tuple[str, frozenset[str]]:
    """The text without the words that state the datum of degrees, in small letters, and the codes they mean."""
    plain = text.casefold()
    codes = {code.casefold() for words, code, _ in _DATUMS if words.search(plain)}
    codes |= {f"epsg:{found['code']}" for found in _CODE.finditer(plain.translate(_BETWEEN))}
    for words in (_WRITTEN_CODE, *(words for words, _, _ in _DATUMS)):
        plain = words.sub(" ", plain)
    return plain, frozenset(codes)
