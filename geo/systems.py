"""The coordinate systems met in files, maps and reports on Kazakhstan, as data.

Codes, zones and central meridians follow the EPSG data set (11.022 as shipped with PROJ 9.5.1); the tests compare
each with the data set at hand. All coordinates are (x = easting or longitude, y = northing or latitude), whatever
order the registered axes have: the Soviet X, a northing, comes second here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

import numpy as np
import pyproj
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geo import published
from geo.errors import GeoError

Family = Literal["geographic", "gk6", "gk6 truncated", "utm", "cs63", "gk3", "gk3 truncated", "other"]
Datum = int
Box = tuple[float, float, float, float]

COUNTRY: Box = (46.0, 40.0, 88.0, 56.0)
"""West, south, east and north in degrees of the box in which Kazakhstan lies."""
OVERLAP = 1.5
"""Degrees of longitude by which surveys are kept in a zone beyond its edge: six-digit eastings then run from 115 to
885 thousand, which is what is met (100 to 900 thousand)."""
QAZTRF: Datum = 10941


@dataclass(frozen=True)
class System:
    """One coordinate system.

    ``code``: such as "EPSG:28413", or the definition (WKT) of a system that has no code. ``datum``: number of the
    geographic system below it. ``zone``, ``meridian`` (degrees east), ``west`` and ``east`` (degrees, the strip for
    which it is meant): without zones None, or the country's sides.
    """

    code: str
    name: str
    family: Family
    datum: Datum
    zone: int | None = None
    meridian: float | None = None
    west: float = COUNTRY[0]
    east: float = COUNTRY[2]

    @property
    def crs(self) -> CRS:
        """The system as pyproj knows it."""
        return crs_of(self.code)

    @property
    def projected(self) -> bool:
        """Whether its coordinates are metres (or other lengths) and not degrees."""
        return self.family != "geographic" and bool(self.crs.is_projected)

    @property
    def is_zone(self) -> bool:
        """Whether it is one of a row of zones (transverse Mercator), which borders cut and data does not."""
        made = self.crs.coordinate_operation
        return self.meridian is not None or (made is not None and made.method_name == "Transverse Mercator")

    @property
    def extent(self) -> Box:
        """Least easting and northing, greatest easting and northing (metres, or degrees) that are valid.

        Those of the strip, widened by OVERLAP, between the southern and northern sides of COUNTRY.
        """
        return _extent(self)


@lru_cache(maxsize=128)
def crs_of(code: str) -> CRS:
    """The system with this code; pyproj's CRSError when the data set at hand lacks it."""
    return CRS.from_string(code)


@lru_cache(maxsize=128)
def projection(code: str) -> Transformer:
    """From longitude and latitude on the system's own datum to easting and northing in metres: no shift of datum."""
    crs = crs_of(code)
    return Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)


@cache
def _extent(system: System) -> Box:
    if not system.projected:
        return COUNTRY
    sides = np.linspace(system.west - OVERLAP, system.east + OVERLAP, 25)
    rows = np.linspace(COUNTRY[1], COUNTRY[3], 17)
    easting, northing = projection(system.code).transform(*np.meshgrid(sides, rows))
    return float(easting.min()), float(northing.min()), float(easting.max()), float(northing.max())


def _zone(number: int, name: str, family: Family, zone: int, meridian: float, width: float) -> System:
    datum: Datum = 4326 if family == "utm" else 4284
    half = width / 2
    return System(f"EPSG:{number}", name, family, datum, zone, meridian, meridian - half, meridian + half)


def _six_degrees() -> list[System]:
    """Gauss-Kruger zones 8 to 15, zone before the easting or not, and the UTM zones of the same strips."""
    found = []
    for zone in range(8, 16):
        meridian = 6 * zone - 3
        name = "Pulkovo 1942 / Gauss-Kruger"
        found += [
            _zone(28400 + zone, f"{name} zone {zone}", "gk6", zone, meridian, 6),
            _zone(2490 + zone, f"{name} CM {meridian}E", "gk6 truncated", zone, meridian, 6),
            _zone(32630 + zone, f"WGS 84 / UTM zone {zone + 30}N", "utm", zone + 30, meridian, 6),
        ]
    return found


def _three_degrees() -> list[System]:
    """Gauss-Kruger zones 16 to 29 of three degrees; the number 2600 belongs to Lithuania and is left out."""
    found = []
    for zone in range(16, 30):
        meridian = 3 * zone
        name = "Pulkovo 1942 / 3-degree Gauss-Kruger"
        short = 2575 + zone + (zone >= 25)
        found += [
            _zone(2516 + zone, f"{name} zone {zone}", "gk3", zone, meridian, 3),
            _zone(short, f"{name} CM {meridian}E", "gk3 truncated", zone, meridian, 3),
        ]
    return found


def _cs63() -> list[System]:
    """The three zones whose parameters are registered, in the west; those of the other areas are not published."""
    return [
        _zone(2937 + zone, f"Pulkovo 1942 / CS63 zone K{zone}", "cs63", zone, 44 + 46 / 60 + 3 * zone, 3)
        for zone in (2, 3, 4)
    ]


WGS84_DEGREES = System("EPSG:4326", "WGS 84", "geographic", 4326)
PULKOVO_DEGREES = System("EPSG:4284", "Pulkovo 1942", "geographic", 4284)
WEB_MERCATOR = System("EPSG:3857", "WGS 84 / Pseudo-Mercator", "other", 4326)
"""The metres of web maps: no survey is made in them, but files are saved in them."""
_KNOWN = (WGS84_DEGREES, PULKOVO_DEGREES, *_six_degrees(), *_cs63(), *_three_degrees())


@cache
def systems() -> tuple[System, ...]:
    """All systems that can be used here: QazTRF-23 only where the data set of PROJ has it."""
    try:
        name = crs_of(f"EPSG:{QAZTRF}").name
    except CRSError:
        return _KNOWN
    return (*_KNOWN[:2], System(f"EPSG:{QAZTRF}", name, "geographic", QAZTRF), *_KNOWN[2:])


@cache
def _by_code() -> dict[str, System]:
    return {system.code: system for system in systems()}


def system_of(code: str) -> System:
    """The system with a code such as "EPSG:28413", or with a definition in WKT.

    Raises GeoError for what is no system, and for a datum whose shift to WGS 84 is not fixed here.
    """
    text = code.strip()
    if text.upper() in _by_code():
        return _by_code()[text.upper()]
    if text.upper() == f"EPSG:{QAZTRF}":
        raise GeoError(
            f"QazTRF-23 (EPSG:{QAZTRF}) is not in the data set of PROJ {pyproj.proj_version_str}; install a PROJ whose "
            "EPSG data is of July 2025 or later, and the grid file qazgrid_kz.gsb for shifts from Pulkovo 1942."
        )
    if not re.fullmatch(r"EPSG:[0-9]{1,6}|[A-Z]+\[.*\]", text, re.IGNORECASE | re.DOTALL):
        raise GeoError(f"{code[:80]!r} is no coordinate system; give a code such as EPSG:28413.")
    try:
        found = system_from(crs_of(text))
    except CRSError as error:
        raise GeoError(f"{code[:80]!r} is not in the data set of PROJ {pyproj.proj_version_str}.") from error
    if found is None:
        raise GeoError(_no_way(crs_of(text), code))
    return found


def _no_way(crs: CRS, code: str) -> str:
    """What to say of a system from which nothing leads to WGS 84: the missing grid, if that is what is missing."""
    datum = crs.geodetic_crs.to_epsg() if crs.geodetic_crs is not None else None
    absent = published.operations(datum)[1] if datum is not None else ()
    missing = f", and {absent[0].name} needs the grid file {', '.join(absent[0].grids)}, not here" if absent else ""
    return (
        f"{crs.name} ({code[:80]}) is on a datum from which PROJ {pyproj.proj_version_str} has no operation of known "
        f"accuracy to WGS 84{missing}: bring the data to WGS 84 first."
    )


def system_from(crs: CRS) -> System | None:
    """The system that a file declares; None on a datum from which no operation to WGS 84 is known or published.

    A shift of datum that the file brings along (TOWGS84) is left aside: the operation is fixed per datum.
    """
    flat = crs.source_crs or crs if crs.is_bound else crs
    if len(flat.axis_info) > 2:
        flat = flat.to_2d()
    code = code_of(flat)
    if code in _by_code():
        return _by_code()[code]
    geodetic = flat.geodetic_crs
    for known in systems():
        if known.family == "geographic" and geodetic is not None and _same(geodetic, known.crs):
            if not flat.is_projected:
                return known if flat.is_geographic else None
            return _alike(flat, known.datum) or System(code, flat.name, "other", known.datum)
    return _elsewhere(flat, code)


def _elsewhere(crs: CRS, code: str) -> System | None:
    """A system on a datum for which the data set has operations of known accuracy to WGS 84."""
    datum = crs.geodetic_crs.to_epsg() if crs.geodetic_crs is not None else None
    if datum is None or not (crs.is_geographic or crs.is_projected) or not published.operations(datum)[0]:
        return None
    return System(code, crs.name, "other" if crs.is_projected else "geographic", datum)


def _alike(crs: CRS, datum: Datum) -> System | None:
    """The known zone that gives the same metres: files name one system in many ways."""
    plane = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    rows = np.array([42.0, 54.0])
    for system in systems():
        if system.datum == datum and system.meridian is not None:
            lon = np.array([system.west, system.east])
            found = plane.transform(lon, rows)
            if np.allclose(found, projection(system.code).transform(lon, rows), rtol=0, atol=0.001):
                return system
    return None


def code_of(crs: CRS) -> str:
    """The registered code as text, or the definition of a system without one."""
    number = crs.to_epsg()
    return f"EPSG:{number}" if number is not None else crs.to_wkt()


def _same(geodetic: CRS, known: CRS) -> bool:
    return bool(geodetic.name == known.name or geodetic.equals(known, ignore_axis_order=True))


def twins(system: System) -> tuple[System, ...]:
    """Other systems in which the same numbers mean the same place: three-degree zones with a six-degree meridian."""
    if not system.family.endswith("truncated"):
        return ()
    return tuple(
        other
        for other in systems()
        if other != system and other.family.endswith("truncated") and other.meridian == system.meridian
    )
