"""Which coordinate system numbers are in, judged by where they would fall.

Nothing is picked between two systems: degrees are the same in WGS 84 and Pulkovo 1942 (65 to 95 m apart), six-digit
eastings the same in every zone of Gauss-Kruger and UTM, so those are candidates for a person to choose from. A zone
before the easting fixes the system, and so do the false eastings of CS63.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo.errors import GeoError
from geo.misfits import EARTH, Fault, Test, misfits, within
from geo.operations import attempt, operation_of, shift_of
from geo.systems import COUNTRY, Box, System, code_of, system_from, systems, twins

Floats = NDArray[np.float64]
Basis = Literal[
    "declared", "declared but impossible", "content: the only candidate", "content: several candidates", "none"
]

SAMPLE = 2000
"""Points looked at of larger inputs, evenly spaced, besides the four extremes."""
ENOUGH = 0.95
"""Share of the points that must fit a system: a stray value or two does not hide it, and is told by `share`."""
BEYOND_AREA = 3.0
"""Degrees by which data may reach beyond the registered area of a declared system."""
ORDER = ("geographic", "gk6", "cs63", "gk3", "gk6 truncated", "utm", "gk3 truncated", "other")
"""Families in the order in which candidates of equal fit are listed."""


@dataclass(frozen=True)
class Candidate:
    """A system in which the numbers would fall in the country, or the declared one.

    falls_in: west, south, east, north in degrees on WGS 84 of what fits. accuracy_m: published accuracy of
    ``operation``, 0 for none, infinite for a datum without a fixed operation. swapped: x holds the northing or
    latitude. inside_country: nearly all lies in the country given. share, covered: part of the points that fits, and
    that lies in the country, 0 to 1. same_as: codes of systems in which the same numbers mean the same places.
    """

    code: str
    name: str
    falls_in: Box
    accuracy_m: float
    swapped: bool
    operation: str = "none"
    inside_country: bool = True
    share: float = 1.0
    covered: float = 1.0
    same_as: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON: boxes rounded to 5 decimals (a metre), what is not known as None."""
        return {
            "code": self.code,
            "name": self.name,
            "falls_in": [round(side, 5) if math.isfinite(side) else None for side in self.falls_in],
            "accuracy_m": self.accuracy_m if math.isfinite(self.accuracy_m) else None,
            "operation": self.operation,
            "axes": "swapped" if self.swapped else "as given",
            "inside_country": self.inside_country,
            "share": round(self.share, 4),
            "covered": round(self.covered, 4),
            "same_as": list(self.same_as),
        }


@dataclass(frozen=True)
class Detection:
    """What system numbers are in.

    value: its code when there is no doubt (its WKT for a declared system without a code), else None. candidates: in
    order of plausibility. faults: why there is none. points: pairs that were judged, missing: pairs with a missing
    or infinite value or (0, 0), which is nowhere near and stands for "not known" in many files.
    """

    value: str | None
    basis: Basis
    candidates: tuple[Candidate, ...] = ()
    faults: tuple[Fault, ...] = ()
    points: int = 0
    missing: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "value": self.value,
            "basis": self.basis,
            "candidates": [candidate.as_json() for candidate in self.candidates],
            "faults": list(self.faults),
            "points": self.points,
            "missing": self.missing,
        }


def detect(x: Floats, y: Floats, declared: CRS | None = None, country: shapely.Geometry | None = None) -> Detection:
    """The system that coordinates (x, y), as a file gives them, are in.

    ``declared``: what the file says; it is believed unless the numbers cannot be in it and can in another. ``country``:
    outline in degrees on WGS 84 in which data is expected, the box of Kazakhstan if left out. Only a sample of large
    inputs is looked at. Raises GeoError when x and y differ in length.
    """
    x, y = np.ravel(np.asarray(x, dtype=np.float64)), np.ravel(np.asarray(y, dtype=np.float64))
    if x.shape != y.shape:
        raise GeoError(f"There are {len(x)} x and {len(y)} y; give one y for each x.")
    there = np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0))
    points, missing = int(there.sum()), int((~there).sum())
    x, y = _sampled(x[there], y[there])
    area = shapely.box(*COUNTRY) if country is None else country
    found = _judged(x, y, declared, area)
    return replace(found, points=points, missing=missing)


def _sampled(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    if len(x) <= SAMPLE:
        return x, y
    evenly = np.linspace(0, len(x) - 1, SAMPLE).astype(np.intp)
    chosen = np.unique(np.append(evenly, [x.argmin(), x.argmax(), y.argmin(), y.argmax()]))
    return x[chosen], y[chosen]


def _judged(x: Floats, y: Floats, declared: CRS | None, area: shapely.Geometry) -> Detection:
    if not len(x):
        return Detection(
            code_of(declared) if declared else None, "declared" if declared else "none", (), ("no points",)
        )
    if declared is not None and declared.geodetic_crs is not None:  # a local system says nothing of where it lies
        return _believed(x, y, declared, area)
    return _by_content(x, y, area)


def _by_content(x: Floats, y: Floats, area: shapely.Geometry) -> Detection:
    found = _candidates(x, y, area)
    if not found:
        return Detection(None, "none", (), misfits(x, y))
    if len(found) > 1:
        return Detection(None, "content: several candidates", found)
    return Detection(found[0].code, "content: the only candidate", found)


def _believed(x: Floats, y: Floats, declared: CRS, area: shapely.Geometry) -> Detection:
    """The declared system, unless the numbers have no place in it.

    Data that leaves its zone by far, as that of a whole country in one zone, is believed if it fits nothing else.
    """
    if declared.is_projected and within(EARTH)(x, y).mean() >= ENOUGH:  # degrees; as metres they lie on the equator
        others = _candidates(x, y, area)
        return Detection(None, "declared but impossible" if others else "none", others, () if others else misfits(x, y))
    system = system_from(declared)
    if system is None:
        return _on_unknown_datum(declared)
    given, turned = _as_declared(system, x, y, area, False), _as_declared(system, y, x, area, True)
    if given and turned and _better_turned(system, x, y, given, turned):
        return Detection(None, "content: several candidates", (turned, given))
    possible = given or turned
    if possible:
        return Detection(system.code, "declared", (possible,))
    others = _candidates(x, y, area, system.meridian)
    if others:
        return Detection(None, "declared but impossible", others)
    wide = _placed(system, x, y, area, False, within(COUNTRY), len(x))
    if wide:
        return Detection(system.code, "declared", (wide,))
    return Detection(None, "none", (), misfits(x, y))


def _on_unknown_datum(declared: CRS) -> Detection:
    """What is declared on a datum that has no fixed shift: believed, but nothing is promised of where it falls."""
    unknown = (math.nan, math.nan, math.nan, math.nan)
    candidate = Candidate(code_of(declared), declared.name, unknown, math.inf, False, "unknown", False)
    return Detection(candidate.code, "declared", (candidate,), ("unknown datum",))


def _as_declared(
    system: System, x: Floats, y: Floats, area: shapely.Geometry, swapped: bool, beyond: float = BEYOND_AREA
) -> Candidate | None:
    """The declared system if the points fall near the area for which it is registered."""
    registered = system.crs.area_of_use
    if registered is None or not system.projected:
        return _placed(system, x, y, area, swapped, within(EARTH), len(x))
    west, south, east, north = registered.bounds
    east += 360.0 * (east < west)
    if system.is_zone:  # areas of zones are cut by borders, which data may cross
        south, north = min(south, COUNTRY[1]), max(north, COUNTRY[3])
    near = west - beyond, south - beyond, east + beyond, north + beyond
    return _placed(system, x, y, area, swapped, within(near), len(x))


def _better_turned(system: System, x: Floats, y: Floats, given: Candidate, turned: Candidate) -> bool:
    """Whether only the swapped axes lead into the country, or into the registered area and not just near it."""
    if given.inside_country != turned.inside_country:
        return turned.inside_country
    straight, swapped = (_as_declared(system, *pair, shapely.Point(), False, 0.0) for pair in ((x, y), (y, x)))
    return straight is None and swapped is not None


def _candidates(x: Floats, y: Floats, area: shapely.Geometry, meridian: float | None = None) -> tuple[Candidate, ...]:
    """Systems in which the points would fall in the country, most plausible first; a declared meridian is a hint."""
    found: list[tuple[tuple[float, ...], Candidate]] = []
    told: set[str] = set()
    for system in sorted(systems(), key=lambda system: (ORDER.index(system.family), system.zone or 0)):
        same = tuple(twin.code for twin in twins(system))
        for first, second, swapped in ((x, y, False), (y, x, True)):
            ranged = within(system.extent)(first, second)
            if system.code in told or ranged.mean() < ENOUGH:
                continue
            candidate = _placed(system, first[ranged], second[ranged], area, swapped, within(COUNTRY), len(x))
            if candidate:
                told.update(same)
                found.append((_rank(system, candidate, meridian), replace(candidate, same_as=same)))
    found.sort(key=lambda pair: pair[0])
    touching = any(candidate.covered for _, candidate in found)
    return tuple(candidate for _, candidate in found if candidate.covered or not touching)


def _rank(system: System, candidate: Candidate, meridian: float | None) -> tuple[float, ...]:
    """Sorts candidates: in the country, on the declared meridian, in their own strip, axes as given, family, zone."""
    west, _, east, _ = candidate.falls_in
    in_strip = system.west <= (west + east) / 2 <= system.east
    family = ORDER.index(system.family)
    return (
        not candidate.inside_country,
        -round(candidate.covered, 2),
        meridian is not None and system.meridian != meridian,
        not in_strip,
        candidate.swapped,
        family,
        system.zone or 0,
    )


def _placed(
    system: System, x: Floats, y: Floats, area: shapely.Geometry, swapped: bool, allowed: Test, points: int
) -> Candidate | None:
    """The system as a candidate if enough of `points` fall where they are allowed; x is the easting here."""
    lon, lat = attempt(system, x, y, shift_of(system))
    fits = allowed(lon, lat)
    if fits.sum() < ENOUGH * points:
        return None
    lon, lat = lon[fits], lat[fits]
    shapely.prepare(area)
    covered = float(shapely.intersects_xy(area, lon, lat).sum()) / points
    operation = operation_of(system.code)
    return Candidate(
        code=system.code,
        name=system.name,
        falls_in=(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())),
        accuracy_m=operation.accuracy_m,
        swapped=swapped,
        operation=operation.code,
        inside_country=covered >= ENOUGH,
        share=float(fits.sum()) / points,
        covered=covered,
    )
