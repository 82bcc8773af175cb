"""Coordinates to WGS 84 and back by one fixed operation per datum, never by PROJ's best guess.

PROJ picks an operation by the area of interest, and the box of Russia covers Kazakhstan: two runs can differ by 2.3 to
2.7 m. So each shift of datum is named here by its code, and stands in the result:

- Pulkovo 1942: EPSG:15865, published for the former Soviet Union onshore, good to 4.5 m;
- Pulkovo 1942 on the Caspian coast, only when asked for: EPSG:1303, from 13 coastal stations, good to 2 m;
- QazTRF-23, where PROJ knows it: EPSG:10965, no change of numbers, good to 1 m;
- other datums: what geo.published chooses for the area for which the system is registered, or for that of the data.

All coordinates are (x = easting or longitude, y = northing or latitude); heights are left away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from pyproj.crs import CoordinateOperation  # type: ignore[attr-defined]  # documented, but not listed in __all__
from pyproj.enums import TransformDirection

from geo import published
from geo.errors import GeoError
from geo.systems import WGS84_DEGREES, Box, Datum, System, projection, system_of

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

SHIFTS: dict[Datum, int] = {4284: 15865, 10941: 10965}
"""The operation to WGS 84 of each datum."""
CASPIAN = "EPSG:1303"
CASPIAN_AREA: Box = (48.90, 41.15, 53.15, 46.97)
"""West, south, east and north in degrees: where EPSG:1303 is published for."""
SAME_M = 0.01
"""A projection that does not come back to the same metres was used where it has no meaning."""
EVERYWHERE: Box = (-180.0, -90.0, 180.0, 90.0)
REACH = 30.0
"""Degrees from its central meridian beyond which a zone is not used, even for data of the whole country (23 degrees);
swapped axes lead farther."""


@dataclass(frozen=True)
class Operation:
    """A shift of datum to WGS 84: its code ("none" when there is none), name and published accuracy in metres."""

    code: str
    name: str
    accuracy_m: float


NO_SHIFT = Operation("none", "no shift of datum", 0.0)


def operation_of(code: str) -> Operation:
    """The operation by which `to_wgs84` shifts the datum of the system with this code; GeoError for unknown ones."""
    shift = shift_of(system_of(code))
    return NO_SHIFT if shift is None else operation(shift)


@cache
def operation(number: int) -> Operation:
    """Name and accuracy as the data set has them."""
    found = CoordinateOperation.from_epsg(number)
    return Operation(f"EPSG:{number}", found.name, float(found.accuracy))


@cache
def _shift(number: int) -> Transformer:
    """The operation as registered: latitude first, in and out."""
    return Transformer.from_pipeline(f"EPSG:{number}")


def to_wgs84(
    geometries: NDArray[np.object_], code: str, swapped: bool = False, by: str | None = None
) -> NDArray[np.object_]:
    """Geometries of the system `code` in longitude and latitude on WGS 84; missing ones stay missing.

    ``swapped``: the geometries have the northing (latitude) first. ``by``: EPSG:1303 instead of EPSG:15865, for
    Pulkovo 1942 inside CASPIAN_AREA; for a datum without a fixed operation any published for it. Raises GeoError for
    coordinates that have no place in the system.
    """
    return _each(geometries, lambda x, y: points_to_wgs84(*((y, x) if swapped else (x, y)), code, by))


def from_wgs84(geometries: NDArray[np.object_], code: str, by: str | None = None) -> NDArray[np.object_]:
    """Geometries in longitude and latitude on WGS 84 in the system `code`: the inverse of `to_wgs84`."""
    return _each(geometries, lambda x, y: points_from_wgs84(x, y, code, by))


def _each(geometries: NDArray[np.object_], moved: Callable[[Floats, Floats], Pair]) -> NDArray[np.object_]:
    def columns(coordinates: Floats) -> Floats:
        return np.column_stack(moved(coordinates[:, 0], coordinates[:, 1]))

    return np.asarray(shapely.transform(np.asarray(geometries, dtype=object), columns))


def points_to_wgs84(x: Floats, y: Floats, code: str, by: str | None = None) -> Pair:
    """Longitudes and latitudes in degrees on WGS 84 of eastings (longitudes) and northings (latitudes).

    Missing values (NaN) stay missing. Raises GeoError as `to_wgs84`.
    """
    system = system_of(code)
    lon, lat = attempt(system, np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), _chosen(system, by))
    lost = ~(np.isnan(x) | np.isnan(y)) & ~(np.isfinite(lon) & np.isfinite(lat))
    if lost.any():
        at = int(np.flatnonzero(lost)[0])
        raise GeoError(
            f"{system.name} ({system.code}) has no place with easting {np.ravel(x)[at]}, northing {np.ravel(y)[at]}; "
            "look at the order of the axes and at the zone."
        )
    _require_area(lon, lat, by)
    return lon, lat


def points_from_wgs84(lon: Floats, lat: Floats, code: str, by: str | None = None) -> Pair:
    """Eastings (longitudes) and northings (latitudes) in the system `code`, the inverse of `points_to_wgs84`."""
    system = system_of(code)
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    _require_area(lon, lat, by)
    lon, lat = _unshifted(lon, lat, _chosen(system, by))
    if not system.projected:
        return lon, lat
    x, y = projection(system.code).transform(lon, lat)
    return np.asarray(x), np.asarray(y)


def attempt(system: System, x: Floats, y: Floats, shift: int | None) -> Pair:
    """As `points_to_wgs84` by the operation of that number; infinite where the coordinates have no place."""
    if not system.projected:
        beyond = (np.abs(x) > 180) | (np.abs(y) > 90)
        lon, lat = np.where(beyond, np.inf, x), np.where(beyond, np.inf, y)
    else:
        plane = projection(system.code)
        lon, lat = plane.transform(x, y, direction=TransformDirection.INVERSE)
        again = plane.transform(lon, lat)
        with np.errstate(invalid="ignore"):  # infinite less infinite: no place either
            good = (np.abs(again[0] - x) < SAME_M) & (np.abs(again[1] - y) < SAME_M)
            if system.meridian is not None:
                good &= np.abs(lon - system.meridian) <= REACH
        missing = np.isnan(x) | np.isnan(y)
        lon, lat = (np.where(missing, np.nan, np.where(good, side, np.inf)) for side in (lon, lat))
    if shift is None:
        return np.asarray(lon), np.asarray(lat)
    lat, lon = _shift(shift).transform(lat, lon)
    return np.asarray(lon), np.asarray(lat)


def shift_of(system: System, box: Box | None = None) -> int | None:
    """Number of the operation that takes the system's datum to WGS 84; None for WGS 84 itself.

    Where the datum has no fixed one, that for a box of data (west, south, east, north in degrees), or else for the area
    for which the system is registered.
    """
    if system.datum in SHIFTS or system.datum == WGS84_DEGREES.datum:
        return SHIFTS.get(system.datum)
    registered = system.crs.area_of_use
    found = published.best(system.datum, box or (registered.bounds if registered else EVERYWHERE))
    return found.number if found else None


def _unshifted(lon: Floats, lat: Floats, shift: int | None) -> Pair:
    """The inverse of the shift.

    The registered one works at height 0 both ways and misses by up to a millimetre; what is missed is added once.
    """
    if shift is None:
        return lon, lat
    there = _shift(shift)
    first_lat, first_lon = there.transform(lat, lon, direction=TransformDirection.INVERSE)
    back_lat, back_lon = there.transform(first_lat, first_lon)
    with np.errstate(invalid="ignore"):
        return np.asarray(first_lon + (lon - back_lon)), np.asarray(first_lat + (lat - back_lat))


def _chosen(system: System, by: str | None) -> int | None:
    """Number of the operation to use; GeoError when the one asked for does not start at the system's datum."""
    if by is None or by == operation_of(system.code).code:
        return shift_of(system)
    if by == CASPIAN and system.datum == 4284:
        return int(by.removeprefix("EPSG:"))
    if by in {f"EPSG:{one.number}" for one in published.operations(system.datum)[0]} and system.datum not in SHIFTS:
        return int(by.removeprefix("EPSG:"))
    raise GeoError(f"{by} is not offered for {system.name} ({system.code}); leave the operation out.")


def _require_area(lon: Floats, lat: Floats, by: str | None) -> None:
    west, south, east, north = CASPIAN_AREA
    if by == CASPIAN and ((lon < west) | (lon > east) | (lat < south) | (lat > north)).any():
        raise GeoError(
            f"{CASPIAN} is published for the Caspian coast ({west}-{east} E, {south}-{north} N) and the data reaches "
            "beyond it; leave the operation out."
        )
