"""Where a layer lies: its reference system by what it states and what its numbers allow, and its shapes in WGS 84."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo import detect as detection
from geo import published
from geo.crs import WGS84
from geo.errors import GeoError
from geo.misfits import ZONE_M, within
from geo.operations import EVERYWHERE, SHIFTS, Operation, attempt, operation, shift_of, to_wgs84
from geo.systems import COUNTRY, QAZTRF, WEB_MERCATOR, Box, System, code_of, system_of
from layers.errors import UploadError
from layers.intake import antimeridian
from layers.intake.found import Answers, Found
from layers.intake.verdict import Candidate, Reference

CODE = re.compile(r"(?:epsg:)?(\d{4,6})", re.IGNORECASE)
AUTHORITY = "epsg".upper()
OUTSIDE = "lies outside longitude and latitude"
NOWHERE = "has coordinates that have no place in the reference system"
MOST_ZONES = 5  # that a warning names
MOST_STRAYS = 0.5  # of the rows; beyond it the numbers are in another system


class Placed(NamedTuple):
    """The reference system, and a question where it must be asked (then the shapes are as they were)."""

    reference: Reference
    question: str = ""


def place(found: Found, answers: Answers) -> Placed:
    """Bring the shapes of a layer to WGS 84 in place, rows that have no place dropped, or say what must be asked."""
    if answers.crs:
        return _move(found, _code(answers.crs), "chosen by the visitor", answers.swap)
    declared = WGS84 if found.standard else found.declared
    if answers.swap:
        if declared is None:
            return _ask(found, detection.detect(*_numbers(found)), declared)
        return _move(found, code_of(declared), f"{found.basis}; axes swapped as the visitor says", True)
    if declared is not None and declared.is_geographic:
        _drop_strays(found)
    told = detection.detect(*_numbers(found), declared=declared)
    if found.order_unsure:
        return _ask_order(found, told)
    if declared is None or told.value is None or any(candidate.swapped for candidate in told.candidates):
        return _ask(found, told, declared)
    moved = _move(found, told.value, found.basis, False)
    return moved._replace(reference=replace(moved.reference, candidates=_listed(told)))


def _code(given: str) -> str:
    number = CODE.fullmatch(given.strip())
    if number is None:
        raise UploadError(f"{given[:40]!r} is no code of a reference system: give its number, as 4326 or 28413.")
    return f"{AUTHORITY}:{number[1]}"


def _numbers(found: Found) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    places = shapely.get_coordinates(found.shapes)
    return places[:, 0], places[:, 1]


def _drop_strays(found: Found) -> None:
    """Rows beyond longitude and latitude, if they are the fewer; longitudes may run on beyond 180."""
    bounds = shapely.bounds(found.shapes)
    with np.errstate(invalid="ignore"):
        bad = (np.abs(bounds[:, [0, 2]]) > 360).any(axis=1) | (np.abs(bounds[:, [1, 3]]) > 90).any(axis=1)
    if bad.any() and bad.mean() < MOST_STRAYS:
        found.drop(bad, OUTSIDE)
        bad = bad[~bad]
    far = np.abs(shapely.bounds(found.shapes)[:, [0, 2]]).max(axis=1, initial=0.0) > 180
    if far.any() and not bad.any():
        found.shapes[far] = [antimeridian.wrapped(shape) for shape in found.shapes[far]]
        found.warnings.append(f"{int(far.sum())} shapes ran on beyond 180 degrees of longitude and were cut there")


def _move(found: Found, code: str, basis: str, swapped: bool) -> Placed:
    try:
        if "qaztrf" in code.casefold():
            system_of(f"{AUTHORITY}:{QAZTRF}")  # which says what is missing, where PROJ does not know it
        system = system_of(code)
        places, owners = shapely.get_coordinates(found.shapes, return_index=True)
        x, y = (places[:, 1], places[:, 0]) if swapped else (places[:, 0], places[:, 1])
        lon, lat = attempt(system, x, y, shift_of(system))
        good = np.isfinite(lon) & np.isfinite(lat)
        lost = np.zeros(len(found.shapes), dtype=bool)
        lost[owners[~good]] = True
        if lost.any() and lost.all():
            raise UploadError(
                f"None of the shapes has a place in {system.name} ({system.code[:60]}): choose another, or swap axes."
            )
        found.drop(lost, NOWHERE if system.projected else OUTSIDE)
        found.warnings += _of_other_zones(system, x[good], owners[good])
        shift = shift_of(system, _box(lon[good], lat[good]))
        by = None if shift is None else f"{AUTHORITY}:{shift}"
        found.shapes = to_wgs84(found.shapes, code, swapped, by)
    except GeoError as error:
        raise UploadError(str(error)) from error
    if shift is None:
        return Placed(Reference(code, basis))
    used = operation(shift)
    found.warnings.append(f"shifted to WGS 84 by {used.code}, {used.name}, good to {used.accuracy_m:g} m")
    found.warnings += _better(system, used, _box(lon[good], lat[good]))
    return Placed(Reference(code, basis, (), f"{used.code}, {used.name}", used.accuracy_m))


def _of_other_zones(system: System, easting: NDArray[np.float64], owners: NDArray[np.intp]) -> list[str]:
    """That eastings begin with the number of another zone than the system's: they may be of that one, far away."""
    if system.family not in ("gk6", "gk3") or system.zone is None:
        return []
    zones = np.floor_divide(easting, ZONE_M)
    other = zones != system.zone
    if not other.any():
        return []
    count, met = len(np.unique(owners[other])), np.unique(zones[other]).astype(int)[:MOST_ZONES]
    listed = ", ".join(map(str, met))
    return [
        f"{count} shapes have eastings that begin with the number of another zone ({listed}) and are read in zone "
        f"{system.zone}: if they are of those zones, save each zone in a file of its own"
    ]


def _box(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Box:
    if not len(lon):
        return EVERYWHERE
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _better(system: System, used: Operation, box: Box) -> list[str]:
    """Of a datum without a fixed operation: that this one is for another area, or that a better one lacks a grid."""
    if system.datum in SHIFTS:
        return []
    chosen = published.best(system.datum, box)
    absent = published.better_absent(system.datum, box, used.accuracy_m)
    told = []
    if chosen is not None and not chosen.holds(box):
        told.append(f"{used.code} is published for another area than that of the data: its accuracy may not hold here")
    if absent is not None:
        grids = ", ".join(absent.grids)
        told.append(f"{absent.name} would be good to {absent.accuracy_m:g} m, but its grid file {grids} is not here")
    return told


def _ask(found: Found, told: detection.Detection, declared: CRS | None) -> Placed:
    """The question, with every system that the numbers allow."""
    candidates = _listed(told)
    stated = f"{declared.name} ({found.basis})" if declared is not None else found.basis or "no system is stated"
    if any(candidate.swapped for candidate in told.candidates[:1]):
        question = (
            "Are the axes swapped? Latitude (or northing) seems to stand first: confirm it, or choose the system."
        )
    elif declared is not None:
        question = f"The coordinates do not fit what is stated, {declared.name[:80]}: choose the reference system."
    else:
        question = "Which reference system are the coordinates in? The file does not say."
    basis = f"{stated}; by content: {told.basis.removeprefix('content: ')}" + (
        f" ({', '.join(told.faults)})" if told.faults else ""
    )
    if not candidates and declared is None and "degrees outside the country" in told.faults:
        west, south, east, north = shapely.total_bounds(found.shapes).tolist()
        candidates = (Candidate(code_of(WGS84), WGS84.name, (west, south, east, north), 0.0),)
    return Placed(Reference(None, basis, candidates or _on_the_web(found)), question)


def _ask_order(found: Found, told: detection.Detection) -> Placed:
    """The question which number is the longitude, with where the layer would lie either way."""
    x, y = _numbers(found)
    turned = replace(_listed(told)[0], name=f"{WGS84.name}, axes swapped", falls_in=_box(y, x))
    question = "Is the longitude first? Both orders fit: swap the axes if it is not, or choose the system as it is."
    return Placed(
        Reference(None, f"{found.basis}; both orders of the axes fit", (*_listed(told)[:1], turned)), question
    )


def _on_the_web(found: Found) -> tuple[Candidate, ...]:
    """Web Mercator, for a person to think of where numbers fit no system of surveyors and it leads into the country."""
    lon, lat = attempt(WEB_MERCATOR, *_numbers(found), None)
    inside = within(COUNTRY)(lon, lat)
    if not len(lon) or not inside.all():
        return ()
    west, south, east, north = (round(side, 5) for side in _box(lon, lat))
    return (Candidate(WEB_MERCATOR.code, WEB_MERCATOR.name, (west, south, east, north), 0.0),)


def _listed(told: detection.Detection) -> tuple[Candidate, ...]:
    """Candidates for the report: boxes to a metre, and what is not known left out."""
    found = []
    for candidate in told.candidates:
        if not all(map(math.isfinite, candidate.falls_in)):
            continue
        west, south, east, north = (round(side, 5) for side in candidate.falls_in)
        name = f"{candidate.name}, axes swapped" if candidate.swapped else candidate.name
        accuracy = candidate.accuracy_m if math.isfinite(candidate.accuracy_m) else None
        found.append(Candidate(candidate.code, name, (west, south, east, north), accuracy))
    return tuple(found)
