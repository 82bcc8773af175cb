"""Shapes that can be drawn and measured: what has none is dropped, what crosses itself is repaired, with counts."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.crs import GEOD
from layers.convert import GEOMETRY_TYPES
from layers.intake import stage
from layers.intake.found import Found
from layers.intake.verdict import Repaired

MOST_VERTICES = 2_000_000  # of one shape
MOST_CROSSINGS = 50_000  # of one shape, which costs a few seconds to repair
MOST_CROSSINGS_IN_ALL = 150_000
PAIRS_AT_A_TIME = 2_000_000
WIDE = 180.0  # degrees
NULL, EMPTY = "has no geometry", "has an empty geometry"
INFINITE, HUGE = "has a coordinate that is NaN or infinite", f"has more than {MOST_VERTICES} vertices"
CURVED = "has a geometry of a kind that is not read here"
TANGLED = "crosses itself too often to be repaired"
COLLAPSED = "has no extent left once it is repaired"


def flatten(found: Found) -> None:
    """Drop rows without a shape that could be one in any reference system; leave heights and measures away."""
    found.drop(shapely.is_missing(found.shapes), NULL)
    found.drop(shapely.is_empty(found.shapes), EMPTY)
    found.drop(~np.isin(shapely.get_type_id(found.shapes), [*GEOMETRY_TYPES]), CURVED)
    found.drop(shapely.get_num_coordinates(found.shapes) > MOST_VERTICES, HUGE)
    raised = int((shapely.has_z(found.shapes) | shapely.has_m(found.shapes)).sum())
    if raised:
        found.shapes = shapely.force_2d(found.shapes)
        found.warnings.append(f"heights or measures (Z, M) of {raised} shapes were left away")
    places, owners = shapely.get_coordinates(found.shapes, return_index=True)
    lost = np.zeros(len(found.shapes), dtype=bool)
    lost[owners[~np.isfinite(places).all(axis=1)]] = True
    found.drop(lost, INFINITE)
    found.drop(shapely.is_empty(found.shapes), EMPTY)


def repair(found: Found) -> tuple[Repaired, ...]:
    """Repair shapes in WGS 84 that are not valid, with what it does to their area on the ellipsoid, in km2.

    The area before is that of the rings as they run: what is run round the other way counts against the rest.
    """
    invalid = np.flatnonzero(~shapely.is_valid(found.shapes))
    lost: dict[str, list[int]] = {}
    done: dict[str, list[float]] = {}
    spent = 0
    for number, row in enumerate(invalid.tolist()):
        stage.tell("repairing", number)
        shape = found.shapes[row]
        crossings = _crossings(shape)
        spent += min(crossings, MOST_CROSSINGS)
        if crossings > MOST_CROSSINGS or spent > MOST_CROSSINGS_IN_ALL:
            lost.setdefault(TANGLED, []).append(row)
            continue
        made = _of_same_dimension(shapely.make_valid(shape, method="structure"), shape)
        if made.is_empty or shapely.get_dimensions(made) < shapely.get_dimensions(shape):
            lost.setdefault(COLLAPSED, []).append(row)
            continue
        why = shapely.is_valid_reason(shape).partition("[")[0].strip().casefold() or "not valid"
        done.setdefault(why, []).append(area_km2(made) - area_km2(shape))
        found.shapes[row] = made
    marks = np.full(len(found.shapes), "", dtype="object")
    for why, rows in lost.items():
        marks[rows] = why
    for why in lost:
        gone = marks == why
        found.drop(gone, why)
        marks = marks[~gone]
    return tuple(Repaired(why, len(changes), round(sum(changes), 6)) for why, changes in done.items())


def describe(found: Found) -> tuple[str, ...]:
    """The kinds of shapes; what is unusual about them goes to the warnings."""
    kinds = tuple(sorted({GEOMETRY_TYPES[kind] for kind in np.unique(shapely.get_type_id(found.shapes)).tolist()}))
    if len({kind.removeprefix("Multi") for kind in kinds}) > 1 or "GeometryCollection" in kinds:
        found.warnings.append(f"shapes of several kinds in one layer: {', '.join(kinds)}")
    return kinds


def warn_of_places(found: Found) -> None:
    """Warn of shapes in WGS 84 degrees that reach round the earth, and of points at 0, 0."""
    if not len(found.shapes):
        return
    bounds = shapely.bounds(found.shapes)
    parts, owners = shapely.get_parts(found.shapes, return_index=True)
    edges = shapely.bounds(parts)
    wide = len(np.unique(owners[edges[:, 2] - edges[:, 0] > WIDE]))
    if wide:
        found.warnings.append(
            f"{wide} shapes span more than 180 degrees: look whether they go the right way round the earth"
        )
    nowhere = int((bounds == 0).all(axis=1).sum())
    if nowhere:
        found.warnings.append(f"{nowhere} points lie at 0, 0, which often stands for an unknown place")


def area_km2(shape: BaseGeometry) -> float:
    """The area of a shape in degrees, on the ellipsoid."""
    total = 0.0
    for part in shapely.get_parts(shapely.get_parts(shape)):
        if part.geom_type == "Polygon" and not part.is_empty:
            total += _ring_km2(part.exterior) - sum(map(_ring_km2, part.interiors))
    return total


def _ring_km2(ring: shapely.LinearRing) -> float:
    x, y = shapely.get_coordinates(ring).T
    return abs(GEOD.polygon_area_perimeter(x, y)[0]) / 1e6


def _of_same_dimension(made: BaseGeometry, shape: BaseGeometry) -> BaseGeometry:
    """What a repair leaves of areas where areas were: threads and points that fall off are no part of it."""
    if made.geom_type != "GeometryCollection" or shape.geom_type == "GeometryCollection":
        return made
    parts = shapely.get_parts(made)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == shapely.get_dimensions(shape)])


def _crossings(shape: BaseGeometry) -> int:
    """How many pairs of edges meet beside neighbours; counting stops a little above the most that are repaired."""
    edges = _edges(shape)
    tree = shapely.STRtree(edges)
    step = max(1, PAIRS_AT_A_TIME // max(1, len(edges)))
    count = 0
    for at in range(0, len(edges), step):
        left, right = tree.query(edges[at : at + step], predicate="intersects")
        count += int((right > left + at + 1).sum())
        if count > MOST_CROSSINGS:
            break
    return count


def _edges(shape: BaseGeometry) -> NDArray[np.object_]:
    places, owners = shapely.get_coordinates(shapely.get_rings(shape), return_index=True)
    within = owners[1:] == owners[:-1]
    return np.asarray(shapely.linestrings(np.stack([places[:-1], places[1:]], axis=1)[within]))
