"""Shapes from the coordinates of GeoJSON, each part checked: what is not as RFC 7946 says has no shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

DEEPEST = 8  # collections within collections
FAULTS = (ValueError, TypeError, KeyError, OverflowError, shapely.errors.ShapelyError)


class Doubled(dict[str, Any]):
    """An object of JSON in which these names stand twice: none of two shapes may be picked."""

    def __init__(self, members: Mapping[str, Any], twice: frozenset[str]) -> None:
        """Keep the members, the second of each name under another one."""
        super().__init__(members)
        self.twice = twice

    def says_twice(self, *names: str) -> bool:
        """Whether one of these names stands twice."""
        return not self.twice.isdisjoint(names)


def shape_of(told: object, depth: int = 0) -> shapely.Geometry | None:
    """The shape that a GeoJSON geometry object describes; None for null, ValueError (or others of FAULTS) if broken."""
    if told is None:
        return None
    if not isinstance(told, Mapping) or depth > DEEPEST:
        raise ValueError("no geometry object")
    if isinstance(told, Doubled) and told.says_twice("type", "coordinates", "geometries"):
        raise ValueError("two shapes in one")
    kind = told["type"]
    if kind == "GeometryCollection":
        parts = [shape_of(part, depth + 1) for part in told["geometries"]]
        return shapely.GeometryCollection([part for part in parts if part is not None])
    return MAKERS[kind](told["coordinates"])


def _places(given: Any) -> NDArray[np.float64]:
    """Positions as rows of two or three numbers; what GeoJSON may say beyond height is left away."""
    if not isinstance(given, list):
        raise TypeError("no list of positions")
    if not given:
        return np.empty((0, 2))
    if any(type(value) is not float and type(value) is not int for place in given for value in place):
        raise TypeError("a coordinate that is no number")
    widths = set(map(len, given))
    if min(widths) < 2:
        raise ValueError("a position with one number")
    wide = 3 if min(widths) > 2 else 2
    return np.array([place[:wide] for place in given], dtype=np.float64)


def _point(given: Any) -> Any:
    if given == []:
        return shapely.Point()
    return shapely.points(_places([given])[0])


def _line(given: Any) -> Any:
    return shapely.linestrings(_places(given)) if given else shapely.LineString()


def _polygon(given: Any) -> Any:
    if not given:
        return shapely.Polygon()
    shell, *holes = (_ring(ring) for ring in given)
    return shapely.polygons(shell, holes=holes or None)


def _ring(given: Any) -> Any:
    places = _places(given)
    if len(places) < 3:
        raise ValueError("a ring of fewer than three positions")
    if not np.array_equal(places[0], places[-1]):
        places = np.vstack([places, places[:1]])
    if len(places) < 4:
        places = np.vstack([places, places[-1:]])
    return shapely.linearrings(places)


def _points(given: Any) -> Any:
    return shapely.MultiPoint([_point(place) for place in given])


def _lines(given: Any) -> Any:
    return shapely.MultiLineString([_line(line) for line in given])


def _polygons(given: Any) -> Any:
    return shapely.MultiPolygon([_polygon(polygon) for polygon in given])


MAKERS = {
    "Point": _point,
    "LineString": _line,
    "Polygon": _polygon,
    "MultiPoint": _points,
    "MultiLineString": _lines,
    "MultiPolygon": _polygons,
}
