"""What meets a shape that somebody drew on the map: compared as the map shows it."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import GEOD, require_wgs84
from geo.errors import GeoError

MAP_EDGE_DEGREES = 85.06
"""Latitude beyond which a web map shows nothing; the Mercator projection has no place for the poles."""
CIRCLE_CORNERS = 72
KM_IN_DEGREE = 111.7  # no degree of latitude or longitude is longer on WGS 84


def meets(features: gpd.GeoSeries, ring: Sequence[tuple[float, float]]) -> pd.Series[bool]:
    """Whether each feature touches the inside or the edge of a ring of (longitude, latitude) in degrees.

    Edges of both are straight on a Mercator map, where the ring was drawn, so the answer is what the reader sees;
    it is no measurement. A missing or empty feature meets nothing. The result has the index of `features`.
    Raises GeoError when `features` are not in WGS 84 or the ring has fewer than three vertices.
    """
    require_wgs84(features.crs, "features")
    if len(ring) < 3:
        raise GeoError(f"A shape needs at least three vertices; this one has {len(ring)}.")
    drawn = shapely.make_valid(shapely.polygons(_mercator(np.asarray(ring, dtype=float))), method="structure")
    shapely.prepare(drawn)
    flat = shapely.transform(features.to_numpy(), _mercator)
    return pd.Series(shapely.intersects(drawn, flat), index=features.index, dtype=bool)


def _mercator(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitude and the Mercator ordinate, both in radians (Snyder 1987, Map Projections, eq. 7-2, sphere)."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(np.clip(lonlat[:, 1], -MAP_EDGE_DEGREES, MAP_EDGE_DEGREES))
    return np.column_stack([lon, np.arcsinh(np.tan(lat))])


def surroundings(shape: shapely.Geometry, km: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The box (south, west), (north, east) in degrees that holds a shape and `km` around it, on WGS 84."""
    west, south, east, north = shape.bounds
    lat = [GEOD.fwd(west, start, azimuth, km * 1000)[1] for start, azimuth in ((south, 180), (north, 0))]
    widest = max(lat, key=abs)  # a kilometre spans most degrees of longitude nearest to a pole
    lon = [GEOD.fwd(start, widest, azimuth, km * 1000)[0] for start, azimuth in ((west, 270), (east, 90))]
    return (lat[0], lon[0]), (lat[1], lon[1])


def ring_around(shape: shapely.Geometry, km: float) -> tuple[tuple[float, float], ...]:
    """The outer ring (longitude, latitude; open) in degrees of all that is within `km` of a shape, on WGS 84.

    To be drawn: it runs along circles of CIRCLE_CORNERS corners around points of the shape's edge, at most a quarter of
    `km` apart, and so lies at most 1 % of `km` off the true line. Edges of the shape run straight in degrees, as a map
    shows them: on one of 100 km that is 0.3 km off the geodesic.
    """
    edge = shape.boundary if shapely.get_dimensions(shape) == 2 else shape
    step = km / KM_IN_DEGREE / 4
    spots = shapely.get_coordinates(shapely.segmentize(edge, step))
    azimuths = np.linspace(0, 360, CIRCLE_CORNERS, endpoint=False)
    lon, lat = (np.repeat(part, CIRCLE_CORNERS) for part in spots.T)
    far = np.full(len(lon), km * 1000)
    ends = np.column_stack(GEOD.fwd(lon, lat, np.tile(azimuths, len(spots)), far)[:2])
    circles = shapely.polygons(ends.reshape(len(spots), CIRCLE_CORNERS, 2))
    outer = shapely.union_all([shape, *circles])
    largest = max(shapely.get_parts(outer), key=lambda part: part.area)
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(largest.exterior)[:-1])
