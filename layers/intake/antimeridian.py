"""Shapes that cross the antimeridian, cut there as RFC 7946 (3.1.9) wants them.

An edge of more than 180 degrees of longitude is the short way round, drawn from one side of the map to the other: that
is what programs write that do not cut. One from -180 to 180 sharp is a side of the map itself, and stays.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.intake.clean import TANGLED
from layers.intake.found import Found

ROUND = 360.0
HALF = 180.0
POLE = "runs round a pole: cut it at the antimeridian"
FEW_CORNERS = 10_000  # of a shape that is repaired before it is cut


def cut(found: Found) -> None:
    """Cut shapes in WGS 84 degrees that cross; what goes round a pole has no sides to be told and is dropped."""
    crossing = np.flatnonzero(_crosses(found.shapes))
    if not len(crossing):
        return
    lost = np.zeros(len(found.shapes), dtype=bool)
    tangled = lost.copy()
    for row in crossing.tolist():
        made = _unwrapped(found.shapes[row])
        if made is None:
            lost[row] = True
            continue
        try:
            found.shapes[row] = wrapped(made)
        except shapely.errors.GEOSException:  # it crosses itself, and has too many corners to be repaired first
            tangled[row] = True
    done = len(crossing) - int((lost | tangled).sum())
    if done:
        found.warnings.append(
            f"{done} shapes have an edge of more than 180 degrees: they were taken to cross the antimeridian, "
            "and cut there"
        )
    found.drop(lost, POLE)
    found.drop(tangled[~lost], TANGLED)


def wrapped(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape with longitudes from -540 to 540 degrees, cut at the antimeridian and moved into -180 to 180."""
    shape = shapely.make_valid(shape, method="structure") if shapely.get_num_coordinates(shape) < FEW_CORNERS else shape
    parts = []
    for west in (-540.0, -180.0, 180.0):
        part = shapely.intersection(shape, shapely.box(west, -90, west + ROUND, 90))
        parts.append(shapely.transform(part, lambda places, by=west + HALF: places - (by, 0)))
    return _of_dimension(shapely.union_all(parts), int(shapely.get_dimensions(shape)))


def _of_dimension(made: shapely.Geometry, most: int) -> shapely.Geometry:
    """Without the points and lines that a cut leaves where an edge only touches the antimeridian."""
    if made.geom_type != "GeometryCollection":
        return made
    parts = shapely.get_parts(made)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == most])


def _crosses(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which shapes have an edge that spans more than half of the earth, but not all of it."""
    bounds = shapely.bounds(shapes)
    found = np.zeros(len(shapes), dtype=bool)
    with np.errstate(invalid="ignore"):
        wide = np.flatnonzero(bounds[:, 2] - bounds[:, 0] > HALF)
    for row in wide.tolist():
        found[row] = any(_leaps(line).any() for line in _lines(shapes[row]))
    return found


def _leaps(line: shapely.Geometry) -> NDArray[np.bool_]:
    steps = np.abs(np.diff(shapely.get_coordinates(line)[:, 0]))
    return np.asarray((steps > HALF) & (steps < ROUND))


def _lines(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """The rings of the areas and the lines of a shape, of collections too."""
    if hasattr(shape, "geoms"):
        return [line for part in shape.geoms for line in _lines(part)]
    if shape.geom_type == "Polygon":
        return [*shapely.get_rings(shape)]
    return [shape] if shape.geom_type == "LineString" else []


def _unwrapped(shape: shapely.Geometry) -> shapely.Geometry | None:
    """The shape with longitudes that run on beyond 180; None where a ring does not come back to its start."""
    if hasattr(shape, "geoms"):
        parts = [_unwrapped(part) for part in shape.geoms]
        return None if any(part is None for part in parts) else type(shape)(parts)
    if shape.geom_type == "Polygon":
        rings = [_run_on(ring) for ring in shapely.get_rings(shape)]
        if any(abs(ring[-1, 0] - ring[0, 0]) > HALF for ring in rings):
            return None
        shell, *holes = rings
        return shapely.Polygon(shell, [_beside(hole, shell) for hole in holes])
    return shapely.LineString(_run_on(shape)) if shape.geom_type == "LineString" else shape


def _run_on(line: shapely.Geometry) -> NDArray[np.float64]:
    """Places of a line, each longitude the nearest to the one before."""
    places = np.array(shapely.get_coordinates(line), dtype=np.float64)
    turns = np.round(np.diff(places[:, 0]) / ROUND)
    places[1:, 0] -= ROUND * np.cumsum(turns)
    return places


def _beside(hole: NDArray[np.float64], shell: NDArray[np.float64]) -> NDArray[np.float64]:
    """A hole moved round the earth to where its area is."""
    turns = np.round((hole[:, 0].mean() - shell[:, 0].mean()) / ROUND)
    return np.asarray(hole - (ROUND * turns, 0.0))
