"""A flat map around a centre on which distances from it are true: for drawing, never for measuring."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.crs import GEOD

Floats = NDArray[np.float64]


def azimuthal_km(lonlat: Floats, centre: tuple[float, float]) -> Floats:
    """East and north in km (n, 2) of longitudes and latitudes (n, 2) in degrees of WGS 84, seen from `centre`.

    Azimuthal equidistant (Snyder 1987, Map Projections, p. 191) on the ellipsoid: along the geodesic from the centre
    (longitude, latitude), so that length and azimuth from there are exact; elsewhere the map is only a drawing.
    """
    lonlat = np.asarray(lonlat, dtype=float).reshape(-1, 2)
    start = np.broadcast_to(np.asarray(centre, dtype=float), lonlat.shape)
    azimuth, _, metres = GEOD.inv(start[:, 0], start[:, 1], lonlat[:, 0], lonlat[:, 1])
    away_km, turned = np.asarray(metres) / 1000, np.radians(azimuth)
    return np.column_stack([away_km * np.sin(turned), away_km * np.cos(turned)])
