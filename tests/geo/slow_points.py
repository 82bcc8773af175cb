"""A slow measure from points to the features of a file, sharing no code with the package.

Every edge is walked along its geodesic with pyproj, a sample at least every kilometre; near the best samples the
distance is refined on ever smaller pieces of the edge. What lies inside is told by polygons of half-kilometre
steps.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

GEOD = Geod(ellps="WGS84")
STEP_M = 1000.0
INSIDE_STEP_M = 500.0
Floats = NDArray[np.float64]


class Walked:
    """The edges of all features of a file, walked in steps."""

    def __init__(self, features: list[shapely.Geometry | None]) -> None:
        """Take apart the features that are there; edges remember which one they belong to."""
        edges = [(n, *edge) for n, one in enumerate(features) if one is not None for edge in edges_of(one)]
        table = np.array(edges, dtype=np.float64).reshape(-1, 5)
        self.features, self.owner, self.edges = features, table[:, 0].astype(int), table[:, 1:]
        lon, lat, lon2, lat2 = self.edges.T
        self.azimuth, _, self.length = (np.asarray(found) for found in GEOD.inv(lon, lat, lon2, lat2))
        count = np.ceil(self.length / STEP_M).astype(int) + 1
        self.edge = np.repeat(np.arange(len(count)), count)
        self.at = np.concatenate(
            [[], *(np.linspace(0, length, n) for length, n in zip(self.length, count, strict=True))]
        )
        self.half = (self.length / np.maximum(count - 1, 1) / 2)[self.edge]
        self.lon, self.lat = self.place(self.edge, self.at)

    def place(self, edge: NDArray[np.intp], at: Floats) -> tuple[Floats, Floats]:
        """Positions so many metres along edges."""
        return GEOD.fwd(self.edges[edge, 0], self.edges[edge, 1], self.azimuth[edge], at)[:2]

    def km_from(self, lon: float, lat: float) -> Floats:
        """Distance in km of a point to each feature; NaN for those that are not there."""
        count = len(self.at)
        away = np.asarray(GEOD.inv(np.full(count, lon), np.full(count, lat), self.lon, self.lat)[2])
        best = np.full(len(self.features), np.inf)
        np.minimum.at(best, self.owner[self.edge], away)
        near = np.flatnonzero(away - self.half <= best[self.owner[self.edge]])
        np.minimum.at(best, self.owner[self.edge[near]], self.refined(lon, lat, near))
        for n, one in enumerate(self.features):
            if one is not None and any(shapely.intersects_xy(area, lon, lat) for area in self.areas(n)):
                best[n] = 0
        return np.where(np.isinf(best), np.nan, best / 1000)

    def refined(self, lon: float, lat: float, near: NDArray[np.intp]) -> Floats:
        """Least distance in metres about each of these samples, by thirds of an ever smaller piece of the edge."""
        edge = self.edge[near]
        low = np.maximum(self.at[near] - 2 * self.half[near], 0)
        high = np.minimum(self.at[near] + 2 * self.half[near], self.length[edge])
        lons, lats = np.full(len(near), lon), np.full(len(near), lat)
        for _ in range(50):
            a, b = low + (high - low) / 3, high - (high - low) / 3
            one, other = (np.asarray(GEOD.inv(lons, lats, *self.place(edge, at))[2]) for at in (a, b))
            low, high = np.where(one > other, a, low), np.where(one > other, high, b)
        ends = (np.zeros(len(near)), (low + high) / 2, self.length[edge])
        return np.min([GEOD.inv(lons, lats, *self.place(edge, at))[2] for at in ends], axis=0)

    def areas(self, n: int) -> list[shapely.Polygon]:
        """The polygons of a feature, their edges walked; made once."""
        if not hasattr(self, "_areas"):
            self._areas = {k: walked(one) for k, one in enumerate(self.features) if one is not None}
        return self._areas[n]


def edges_of(shape: shapely.Geometry) -> list[tuple[float, float, float, float]]:
    """Edges as (lon, lat, lon, lat); a point is an edge to itself."""
    if hasattr(shape, "geoms"):
        return [edge for part in shape.geoms for edge in edges_of(part)]
    if shape.geom_type == "Polygon":
        return [edge for ring in (shape.exterior, *shape.interiors) for edge in edges_of(ring)]
    at = [(c[0], c[1]) for c in shape.coords]
    return [(*a, *b) for a, b in pairwise(at)] or [(*one, *one) for one in at]


def walked(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """The polygons of a shape with a vertex every half kilometre of their geodesics."""
    if hasattr(shape, "geoms"):
        return [area for part in shape.geoms for area in walked(part)]
    if shape.geom_type != "Polygon" or shape.is_empty:
        return []
    rings = []
    for ring in (shape.exterior, *shape.interiors):
        steps: list[tuple[float, float]] = []
        for lon, lat, lon2, lat2 in edges_of(ring):
            between = int(GEOD.inv(lon, lat, lon2, lat2)[2] // INSIDE_STEP_M)
            steps += [(lon, lat), *(GEOD.npts(lon, lat, lon2, lat2, between) if between else [])]
        rings.append(steps)
    area = shapely.Polygon(rings[0], rings[1:])
    shapely.prepare(area)
    return [area]
