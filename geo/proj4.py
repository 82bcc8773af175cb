"""Definitions of the systems for proj4, by which a browser computes what `geo.operations` computes here.

A definition has its numbers from the data set of PROJ: the ellipsoid and the projection of the system, and the shift
of the one operation that `geo.operations` fixes for its datum. Proj4 reads the rotations of a shift as those of the
position vector; those of a coordinate frame have the other sign.
"""

from __future__ import annotations

from pyproj.crs import CoordinateOperation  # type: ignore[attr-defined]  # documented, but not listed in __all__

from geo.errors import GeoError
from geo.operations import shift_of
from geo.systems import System

_PARAMETERS = {
    "Latitude of natural origin": "lat_0",
    "Longitude of natural origin": "lon_0",
    "Scale factor at natural origin": "k_0",
    "False easting": "x_0",
    "False northing": "y_0",
}
_SHIFT = (
    *("X-axis translation", "Y-axis translation", "Z-axis translation"),
    *("X-axis rotation", "Y-axis rotation", "Z-axis rotation", "Scale difference"),
)
_FRAME = "Coordinate Frame rotation"


def definition(system: System) -> str:
    """The system as proj4 reads it: transverse Mercator in metres or degrees, with its shift to WGS 84.

    Raises GeoError for another projection, and for a shift that is no Helmert transformation.
    """
    parts = ["+proj=tmerc" if system.projected else "+proj=longlat"]
    if system.projected:
        operation = system.crs.coordinate_operation
        if operation is None or operation.method_name != "Transverse Mercator":
            raise GeoError(f"{system.name} ({system.code}) is no transverse Mercator projection.")
        parts += [f"+{_PARAMETERS[one.name]}={one.value!r}" for one in operation.params]
        parts.append("+units=m")
    ellipsoid = system.crs.ellipsoid
    if ellipsoid is None:
        raise GeoError(f"{system.name} ({system.code}) names no ellipsoid.")
    parts.append(f"+a={ellipsoid.semi_major_metre!r} +rf={ellipsoid.inverse_flattening!r}")
    return " ".join([*parts, f"+towgs84={','.join(map(repr, _towgs84(system)))}", "+no_defs"])


def _towgs84(system: System) -> list[float]:
    """Translations in metres, rotations in seconds of arc as of the position vector, and scale in ppm."""
    number = shift_of(system)
    if number is None:
        return [0.0, 0.0, 0.0]
    operation = CoordinateOperation.from_epsg(number)
    values = {one.name: float(one.value) for one in operation.params}
    if set(values) != set(_SHIFT):
        raise GeoError(f"Operation {number} ({operation.method_name}) is no shift by seven parameters.")
    sign = -1.0 if operation.method_name.startswith(_FRAME) else 1.0
    return [sign * values[name] + 0.0 if "rotation" in name else values[name] for name in _SHIFT]
