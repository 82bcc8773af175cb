"""What a geologist pastes: degrees, metres, a map sheet or licence blocks, and what each can mean.

Words of three languages say zone, datum and projection. Where they leave two systems open, both are told: nothing is
picked between Pulkovo 1942 and WGS 84, or between two zones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import shapely

from geo.blocks import doubt_km, outline, parse
from geo.detect import Candidate, detect
from geo.errors import BlockCodeError, SheetNameError
from geo.formats import sheet_outline
from geo.operations import operation_of
from geo.sheets import parse_sheet
from geo.systems import PULKOVO_DEGREES, WGS84_DEGREES
from layers.coordinates import read_position
from layers.stated import Stated, datum_words, system_words

Kind = Literal["degrees", "metres", "sheet", "blocks"]
Sure = Literal["certain", "several"]
Remark = Literal["datum of the block grid not published", "numbering of blocks inferred"]
Fault = Literal["empty", "too long", "unreadable", "block", "sheet", "stated system does not fit", "no system fits"]

LONGEST = 2000  # characters: some thirty published lists of blocks


@dataclass(frozen=True)
class Pattern:
    """A way of writing that is understood: a key for the interface to translate, and examples."""

    key: str
    examples: tuple[str, ...]


PATTERNS = (
    Pattern("decimal", ("48.5, 67.2", "67,2 в.д. 48,5 с.ш.", "48.5 67.2 Pulkovo 1942")),
    Pattern("dms", ("48°30'15\" N 67°12'00\" E", "48 30 15 с.ш. 67 12 0 в.д.", "48 30 15 67 12 0")),
    Pattern("ddm", ("48°30.25' N 67°12.0' E", "48 30.25 67 12.0")),
    Pattern("gauss_kruger", ("13456789 5234567", "X=5234567 Y=13456789", "456789 5234567 зона 13")),
    Pattern("utm", ("43N 456789 5234567", "UTM 43 456789E 5234567N")),
    Pattern("sheet", ("M-43-101", "М-43")),
    Pattern("blocks", ("M-42-85-(10е-5в-2)", "M-42-85-(10е-5в-2,3,4)")),
)


@dataclass(frozen=True)
class Understood:
    """What a text means.

    kind: what was written. sure: "certain", or "several" when a person must choose between ``candidates``, whose
    ``falls_in`` is each one's place. geometry: in degrees on WGS 84, None while there are several. names: sheet or
    block codes. remarks: what is not sure although there is nothing to choose. Blocks have no candidates, because the
    datum of their grid is not published: they are read as WGS 84.
    """

    kind: Kind
    sure: Sure
    geometry: shapely.Geometry | None
    candidates: tuple[Candidate, ...] = ()
    names: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class NotUnderstood:
    """Why a text means nothing here, what was wrong in it, and what would be understood.

    detail: message of geo for a block or a sheet, ``part`` and ``value`` what is wrong in it and how it stands there.
    reasons: why no system fits. candidates: what fits the numbers but
    not the words beside them.
    """

    fault: Fault
    detail: str = ""
    part: str = ""
    value: str = ""
    reasons: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    patterns: tuple[Pattern, ...] = PATTERNS


_LABEL = r"(?:easting|northing|[xyхуen])"
_METRES = r"(?:[0-9]{6,8}|[0-9]{1,3}(?: [0-9]{3}){1,2})(?:\.[0-9]{1,9}|,[0-9]{1,3}(?![0-9]))?"
_PAIR = re.compile(
    rf"{_LABEL}? ?(?P<first>{_METRES}) ?[mм]?(?: ?{_LABEL}(?= |,|;|$))?(?: ?[,;] ?| )"
    rf"{_LABEL}? ?(?P<second>{_METRES}) ?[mм]?(?: ?{_LABEL})?"
)
_SHEET = re.compile(r"[^\W\d_] ?- ?[0-9]{1,3}(?: ?- ?[0-9]{1,4})?")
_BLOCKS = re.compile(r"[-,; ]*[^\W\d_] ?- ?[0-9]+ ?- ?[0-9]+ ?-? ?\(|\( ?[0-9]+ ?[^\W\d_] ?-")
_DASHES = str.maketrans(dict.fromkeys("−–—‐‑‒", "-"))


def understand(text: str) -> Understood | NotUnderstood:
    """What a pasted text means: blocks, a map sheet, metres or degrees, in that order of trial.

    Nothing is raised: what cannot be understood comes back with its fault and the accepted patterns.
    """
    if len(text) > LONGEST:
        return NotUnderstood("too long", f"{len(text)} characters")
    plain = " ".join(text.translate(_DASHES).split())
    if not plain:
        return NotUnderstood("empty")
    if _BLOCKS.match(plain):
        return _blocks(plain)
    if _SHEET.fullmatch(plain):
        return _sheet(plain)
    rest, said = system_words(plain)
    pair = _PAIR.fullmatch(rest.strip(" ,;.()"))
    return _metres(pair, said) if pair else _degrees(plain)


def _blocks(plain: str) -> Understood | NotUnderstood:
    try:
        found = parse(plain)
    except BlockCodeError as error:
        return NotUnderstood("block", str(error), error.part, str(error.value))
    names = tuple(block.code for block in found)
    remarks: tuple[Remark, ...] = ("datum of the block grid not published",)
    if doubt_km(found):
        remarks += ("numbering of blocks inferred",)
    return Understood("blocks", "certain", outline(found), names=names, remarks=remarks)


def _sheet(plain: str) -> Understood | NotUnderstood:
    """The outline of a sheet, cut on Pulkovo 1942, on WGS 84."""
    try:
        found = parse_sheet(plain)
    except SheetNameError as error:
        return NotUnderstood("sheet", str(error), error.part, str(error.value))
    shape = sheet_outline(found)
    operation = operation_of(PULKOVO_DEGREES.code)
    west, south, east, north = (float(side) for side in shape.bounds)
    read_as = Candidate(
        PULKOVO_DEGREES.code,
        PULKOVO_DEGREES.name,
        (west, south, east, north),
        operation.accuracy_m,
        swapped=False,
        operation=operation.code,
    )
    return Understood("sheet", "certain", shape, (read_as,), (found.name,))


def _metres(pair: re.Match[str], said: Stated) -> Understood | NotUnderstood:
    x, y = (float(pair[name].replace(" ", "").replace(",", ".")) for name in ("first", "second"))
    found = detect(np.array([x]), np.array([y]))
    if not found.candidates:
        return NotUnderstood("no system fits", reasons=found.faults)
    left = tuple(fit for candidate in found.candidates if (fit := said.fitting(candidate)))
    if not left:
        return NotUnderstood("stated system does not fit", candidates=found.candidates)
    return _chosen("metres", left)


def _degrees(plain: str) -> Understood | NotUnderstood:
    """A pair of degrees; words may name the datum, and without them both datums remain in the country.

    A candidate is ``swapped`` where the longitude was taken to stand first.
    """
    rest, datums = datum_words(plain)
    reading = read_position(rest.strip(" ,;"))
    if reading is None:
        return NotUnderstood("unreadable")
    found = detect(np.array([reading.lon]), np.array([reading.lat]))
    left = tuple(
        replace(candidate, swapped=candidate.swapped != reading.swapped)
        for candidate in found.candidates or (_abroad(reading.lon, reading.lat),)
        if (not datums or candidate.code.casefold() in datums) and not (candidate.swapped and reading.named)
    )
    return (
        _chosen("degrees", left) if left else NotUnderstood("stated system does not fit", candidates=found.candidates)
    )


def _abroad(lon: float, lat: float) -> Candidate:
    """A place outside the country, read as WGS 84: the fixed operations are not meant for it."""
    return Candidate(
        WGS84_DEGREES.code, WGS84_DEGREES.name, (lon, lat, lon, lat), 0.0, False, inside_country=False, covered=0.0
    )


def _chosen(kind: Kind, candidates: tuple[Candidate, ...]) -> Understood:
    if len(candidates) > 1:
        return Understood(kind, "several", None, candidates)
    return Understood(kind, "certain", point_of(candidates[0]), candidates)


def point_of(candidate: Candidate) -> shapely.Point:
    """Where a pair of coordinates lies on WGS 84 if it is in this candidate's system."""
    west, south, _, _ = candidate.falls_in
    return shapely.Point(west, south)
