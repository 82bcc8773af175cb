"""WGS 84 and its ellipsoid. Reference systems are named here, in geo.systems and geo.operations, nowhere else."""

from __future__ import annotations

from pyproj import CRS, Geod

from geo.errors import GeoError

WGS84 = CRS.from_epsg(4326)
"""Longitude and latitude in degrees on WGS 84, in that order in every array of this package."""

GEOD = Geod(ellps="WGS84")
"""The ellipsoid on which every distance is measured (Karney's geodesics, good to some 15 nanometres)."""


def require_wgs84(crs: object, what: str) -> None:
    """Raise GeoError unless `crs` is WGS 84 in degrees; a height axis and the axis order do not matter.

    `what` names the input in the message. A missing CRS (None) is refused: metres would pass as degrees.
    """
    if crs is None:
        raise GeoError(f"{what} has no coordinate reference system; set it and bring it to {WGS84.name}.")
    found = CRS.from_user_input(crs)
    if not found.to_2d().equals(WGS84, ignore_axis_order=True):
        code = found.to_string() if found.to_authority() else "no code"
        raise GeoError(f"{what} is in {found.name} ({code}); bring it to {WGS84.name} first.")
