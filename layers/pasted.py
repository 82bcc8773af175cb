"""A text that writes a position, a map sheet or licence blocks, as answers of the search in words."""

from __future__ import annotations

import re

import numpy as np

from geo.blocks import FIVES, NUMBERS, ROWS, SHEETS, TENS, ZONES, parse
from geo.crs import GEOD
from geo.detect import Candidate
from geo.formats import written_in
from geo.systems import WGS84_DEGREES, system_of
from layers.elsewhere import metres, name_of_ground, shift, system_called
from layers.errors import SHOWN
from layers.found import Example, Found, Hit
from layers.ground import blocks_key, place_key
from layers.linked import TOWNS
from layers.load import load
from layers.names import names_by_id
from layers.text import coordinates, number, pick, say
from layers.understand import LONGEST as LONGEST
from layers.understand import NotUnderstood, Pattern, Understood, point_of, understand
from layers.view import BLOCKS, PLACE, SHEET, Selection

PARTS = {  # what geo calls the part at fault: the end of our sentence's key, and what is allowed there
    **dict.fromkeys(("row", "sheet row"), ("row", ", ".join(ROWS))),
    **dict.fromkeys(("column", "sheet column"), ("column", f"{ZONES[0]}–{ZONES[-1]}")),
    **dict.fromkeys(("number", "sheet number"), ("number", f"{SHEETS[0]}–{SHEETS[-1]}")),
    "ten-minute part": ("ten", ", ".join(TENS)),
    "five-minute quarter": ("five", ", ".join(FIVES)),
    "block number": ("block", f"{NUMBERS[0]}–{NUMBERS[-1]}"),
    "size of a part": ("size", "10, 5"),
}
REASONS = {
    "metres outside the country": "fault_outside",
    "CS63 zone without published parameters": "fault_cs63",
    "beyond every zone": "fault_beyond",
    "no known range": "fault_range",
}
QUOTED = 40  # characters of a faulty part that a sentence repeats


def pasted(text: str, language: str) -> Found | None:
    """What a text means as a position, a sheet or blocks; None where it was not meant as one of these.

    Positions are one hit for each system in which the numbers can be, the likeliest first. A text that was meant as
    one of these and is not understood has a fault, what would be understood, and what fits its numbers.
    """
    found = understand(text)
    if isinstance(found, NotUnderstood):
        return _refused(text, found, language)
    if found.kind == "sheet":
        return _sheet(found, language)
    if found.kind == "blocks":
        return _blocks(found, language)
    hits = tuple(_position(one, language) for one in found.candidates)
    return Found(hits, _understood(found, language), choose=found.sure == "several" and found.kind == "metres")


def _position(candidate: Candidate, language: str) -> Hit:
    """One line to choose: the system, where the numbers fall in it, and how well the shift of datum is known."""
    at, system = point_of(candidate), system_of(candidate.code)
    told = [coordinates(at.y, at.x, language), _from_town(at.x, at.y, language)]
    told += [shift(candidate.operation, candidate.accuracy_m, language)] if candidate.accuracy_m > 0 else []
    told += [say(language, "search_swapped")] if candidate.swapped and not system.projected else []
    told += [] if candidate.inside_country else [say(language, "search_abroad")]
    note = " · ".join(part for part in told if part)
    key = place_key(at.y, at.x, system)
    return Hit(PLACE, key, system_called(system, language), say(language, "search_position"), note, at.y, at.x)


def _understood(found: Understood, language: str) -> str:
    """How a position was read, and how sure that is."""
    if found.sure == "several":
        return say(language, "search_open_zone" if found.kind == "metres" else "search_open_datum")
    (only,) = found.candidates
    system, at = system_of(only.code), point_of(only)
    there = written_in(system, at.x, at.y)
    told = metres(there, language) if system.projected else coordinates(there.y, there.x, language)
    turned = [say(language, "search_swapped")] if only.swapped and not system.projected else []
    name = system.name if system == WGS84_DEGREES else system_called(system, language)
    return " · ".join([name, told, *turned])


def _from_town(lon: float, lat: float, language: str) -> str:
    """The nearest town and how far it is: where in the country a reading would lie."""
    try:
        made = load(TOWNS)
    except SHOWN:
        return ""  # the map says what is wrong with the towns
    places = made.frame.geometry
    away = GEOD.inv(np.full(len(places), lon), np.full(len(places), lat), places.x, places.y)[2]
    nearest = int(np.argmin(away))
    name = pick(names_by_id(TOWNS)[made.frame[made.spec.key].iloc[nearest]], language)
    return say(language, "search_from_town", distance=number(float(away[nearest]) / 1000, language), town=name)


def _sheet(found: Understood, language: str) -> Found:
    """The outline of a map sheet, cut on Pulkovo 1942."""
    assert found.geometry is not None
    (name,), (read,) = found.names, found.candidates
    scale = say(language, "search_sheet_large" if name.count("-") == 1 else "system_sheet")
    middle = found.geometry.centroid
    told = [say(language, "search_cut"), shift(read.operation, read.accuracy_m, language)]
    note = " · ".join([*told, _from_town(middle.x, middle.y, language)])
    return Found((Hit(SHEET, name, name, scale, note, middle.y, middle.x),), f"{scale} · {name}")


def _blocks(found: Understood, language: str) -> Found:
    """The outline of licence blocks; every answer says that the last level of their numbering is inferred."""
    assert found.geometry is not None
    key = blocks_key(parse(", ".join(found.names)))
    middle = found.geometry.centroid
    name = name_of_ground(Selection(BLOCKS, key), language)
    count = say(language, "ground_count", count=number(len(found.names), language))
    note = " · ".join([key[:120], _from_town(middle.x, middle.y, language)])
    hit = Hit(BLOCKS, key, name, say(language, "system_block"), note, middle.y, middle.x)
    return Found((hit,), f"{count} · {say(language, 'search_inferred')}")


def _refused(text: str, found: NotUnderstood, language: str) -> Found | None:
    """What is wrong in a text that was meant as a position, sheet or blocks; None for any other text."""
    if found.fault == "empty" or (found.fault in ("unreadable", "too long") and not _looks_like_one(text)):
        return None
    hits = tuple(_position(one, language) for one in found.candidates)
    patterns = tuple(_example(pattern, language) for pattern in found.patterns)
    return Found(hits, "", choose=bool(hits), fault=_fault(found, language), patterns=patterns)


def _looks_like_one(text: str) -> bool:
    """At least two numbers, and more digits than letters: a name with a number in it was not meant as a position."""
    letters, digits = (sum(map(test, text)) for test in (str.isalpha, str.isdigit))
    return len(re.findall(r"[0-9]+(?:[.,][0-9]+)?", text)) > 1 and digits > letters


def _fault(found: NotUnderstood, language: str) -> str:
    if found.fault == "too long":
        return say(language, "fault_long", most=LONGEST)
    if found.fault == "stated system does not fit":
        return say(language, "fault_stated")
    if found.fault == "no system fits":
        keys = [REASONS[reason] for reason in found.reasons if reason in REASONS]
        return " ".join(say(language, key) for key in keys) or say(language, "fault_unreadable")
    if found.part == "sheet":
        return say(language, "fault_no_sheet")
    if found.part == "spelling":
        return say(language, "fault_spelling", value=found.value[:QUOTED])
    if found.part in PARTS:
        part, allowed = PARTS[found.part]
        return say(language, f"fault_{part}", allowed=allowed, value=found.value[:QUOTED])
    return say(language, "fault_unreadable")


def _example(pattern: Pattern, language: str) -> Example:
    return Example(say(language, f"pattern_{pattern.key}"), pattern.examples)
