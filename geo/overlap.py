"""How much area two layers share, on the ellipsoid."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from geo.bounds import Floats
from geo.crs import GEOD
from geo.edges import Geometries, simple_parts, used
from geo.index import Features, Index
from geo.inside import flat_polygons
from geo.match import matches

TURNS = (-360.0, 0.0, 360.0)


def overlap(left: Features, right: Features) -> pd.DataFrame:
    """Pairs of features that share area: `left`, `right` (labels), `shared_km2`, `left_share`, `right_share`.

    Inputs as in `geo.join`; only their polygons count, multi-parts and collections included. Shares are parts of
    each side's own area, 0 to 1. Order: that of the left input, then of the right one. Features that only touch
    share nothing and have no row. Edges are geodesics to a millimetre (`geo.inside.flat_polygons`; a ring that
    runs round a pole without touching it has no area there); areas are those of WGS 84 (`pyproj.Geod`). The inside
    follows the even-odd rule, so parts of one feature that overlap one another cancel out. Raises GeoError as
    `geo.join` does.
    """
    a, b = Index.of(left, "left"), Index.of(right, "right")
    i, j = matches(a, b, 0.0)
    (a_used, p), (b_used, q) = used(a.geometries, i), used(b.geometries, j)
    a_flat, b_flat = areas_of(a_used), areas_of(b_used)
    pieces = [shapely.intersection(a_flat[p], turned(b_flat, turn)[q]) for turn in TURNS]
    shared = np.sum([area_km2(piece) for piece in pieces], axis=0) if len(i) else np.empty(0)
    own, other = area_km2(a_flat)[p], area_km2(b_flat)[q]
    kept = shared > 0
    return pd.DataFrame(
        {
            "left": a.labels.take(i[kept]),
            "right": b.labels.take(j[kept]),
            "shared_km2": shared[kept],
            "left_share": np.minimum(shared[kept] / own[kept], 1.0),
            "right_share": np.minimum(shared[kept] / other[kept], 1.0),
        }
    )


def area_km2(geometries: Geometries) -> Floats:
    """Areas (n,) in km2 on WGS 84 of geometries in degrees whose edges are short; lines and points have none."""
    found = np.zeros(len(geometries))
    parts, owner = simple_parts(geometries)
    for n in np.flatnonzero(shapely.get_type_id(parts) == 3):
        area_m2, _ = GEOD.geometry_area_perimeter(shapely.orient_polygons(parts[n]))
        found[owner[n]] += area_m2 / 1e6
    return found


def areas_of(geometries: Geometries) -> Geometries:
    """The polygons of each geometry as one valid area in degrees, edges following their geodesics."""
    parts, owner = simple_parts(geometries)
    areal = shapely.get_type_id(parts) == 3
    flat = flat_polygons(parts[areal])
    together = np.full(len(geometries), shapely.MultiPolygon(), dtype=object)
    place, number = np.unique(owner[areal], return_inverse=True)
    together[place] = shapely.multipolygons(flat, indices=number)
    bad = ~shapely.is_valid(together)
    together[bad] = shapely.make_valid(together[bad], method="linework")
    return together


def turned(geometries: Geometries, degrees: float) -> Geometries:
    """The same shapes a whole turn away."""
    return geometries if degrees == 0 else shapely.transform(geometries, lambda at: at + np.array([degrees, 0.0]))
