"""A slow measure of geodesic distances that shares no code with the package, and the folder of real files."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

GEOD = Geod(ellps="WGS84")
SPACING_M = 10_000.0
Floats = NDArray[np.float64]
Edge = tuple[float, float, float, float]


def edges_by_hand(geometry: BaseGeometry) -> list[Edge]:
    """Edges as (lon, lat, lon, lat); a point is an edge to itself."""
    if hasattr(geometry, "geoms"):
        return [edge for part in geometry.geoms for edge in edges_by_hand(part)]
    if geometry.geom_type == "Polygon":
        rings = [geometry.exterior, *geometry.interiors]
        return [edge for ring in rings for edge in edges_by_hand(ring)]
    points = [(c[0], c[1]) for c in geometry.coords]
    return [(*a, *b) for a, b in pairwise(points)] or [(*points[0], *points[0])]


class Traced:
    """Edges of one geometry with samples along each; positions are metres from the start of the edge."""

    def __init__(self, geometry: BaseGeometry) -> None:
        """Sample every edge at its ends and in between, at most SPACING_M apart."""
        self.edges = np.array(edges_by_hand(geometry))
        lon, lat, lon2, lat2 = self.edges.T
        self.azimuth, _, self.length = (np.asarray(a) for a in GEOD.inv(lon, lat, lon2, lat2))
        count = np.ceil(self.length / SPACING_M).astype(int) + 1
        self.edge = np.repeat(np.arange(len(count)), count)
        step = np.concatenate([np.linspace(0, 1, n) for n in count])
        self.at = step * self.length[self.edge]
        self.half = (self.length / np.maximum(count - 1, 1) / 2)[self.edge]
        self.lon, self.lat = self.place(self.edge, self.at)

    def place(self, edge: NDArray[np.intp], at: Floats) -> tuple[Floats, Floats]:
        """Longitude and latitude at positions along edges."""
        a = self.edges[edge]
        return GEOD.fwd(a[..., 0], a[..., 1], self.azimuth[edge], at)[:2]


def refine(a: Traced, b: Traced, p: int, q: int) -> float:
    """Least distance near samples p and q, in metres, on a grid that shrinks around the best node."""
    (e, f), s, t = (a.edge[p], b.edge[q]), a.at[p], b.at[q]
    reach_s, reach_t, best = a.half[p] * 2, b.half[q] * 2, np.inf
    for _ in range(60):
        ss = np.clip(s + reach_s * np.linspace(-1, 1, 7), 0, a.length[e])
        tt = np.clip(t + reach_t * np.linspace(-1, 1, 7), 0, b.length[f])
        ss, tt = (grid.ravel() for grid in np.meshgrid(ss, tt))
        lon, lat = a.place(np.full(49, e), ss)
        lon2, lat2 = b.place(np.full(49, f), tt)
        distance = np.asarray(GEOD.inv(lon, lat, lon2, lat2)[2])
        n = int(distance.argmin())
        s, t, best = ss[n], tt[n], min(best, float(distance[n]))
        reach_s, reach_t = reach_s * 0.65, reach_t * 0.65
    return best


def filled(geometry: BaseGeometry, step_m: float = 500.0) -> list[shapely.Polygon]:
    """Polygons of a geometry with a vertex every `step_m` along their geodesics."""
    if hasattr(geometry, "geoms"):
        return [polygon for part in geometry.geoms for polygon in filled(part, step_m)]
    if geometry.geom_type != "Polygon":
        return []
    rings = []
    for ring in (geometry.exterior, *geometry.interiors):
        points: list[tuple[float, float]] = []
        for lon, lat, lon2, lat2 in edges_by_hand(ring):
            length = GEOD.inv(lon, lat, lon2, lat2)[2]
            points += [(lon, lat), *GEOD.npts(lon, lat, lon2, lat2, 1 + int(length // step_m))]
        rings.append(points)
    return [shapely.Polygon(rings[0], rings[1:])]


def holds(whole: BaseGeometry, other: Traced) -> bool:
    """Whether any sample of the other geometry lies in a polygon of this one."""
    return any(bool(shapely.intersects_xy(polygon, other.lon, other.lat).any()) for polygon in filled(whole))


def slow_km(left: BaseGeometry, right: BaseGeometry) -> float:
    """Geodesic distance in km from samples every 10 km, refined wherever a lesser value is possible."""
    a, b = Traced(left), Traced(right)
    if holds(left, b) or holds(right, a):
        return 0.0
    p, q = (grid.ravel() for grid in np.meshgrid(np.arange(len(a.at)), np.arange(len(b.at))))
    distance = np.asarray(GEOD.inv(a.lon[p], a.lat[p], b.lon[q], b.lat[q])[2])
    floor = distance - a.half[p] - b.half[q]
    order = np.argsort(distance)
    best, seen = float(distance[order[0]]), set()
    for n in order[floor[order] <= best]:
        pair = int(a.edge[p[n]]), int(b.edge[q[n]])
        if floor[n] < best and pair not in seen:
            seen.add(pair)
            best = min(best, refine(a, b, p[n], q[n]))
    return best / 1000


@pytest.fixture(scope="session")
def oracle_km() -> Callable[[BaseGeometry, BaseGeometry], float]:
    """The slow measure."""
    return slow_km


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of real files, which are not part of the project; tests that need it skip without it."""
    default = Path(__file__).parents[2].parent / "shared" / "reference"
    folder = Path(os.environ.get("ATLAS_REFERENCE", default))
    if not folder.is_dir():
        pytest.skip(f"no real files: {folder} does not exist (ATLAS_REFERENCE names the folder)")
    return folder
