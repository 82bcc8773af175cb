"""Sets of licence blocks: which ones an area covers, how large they are, how they hang together.

Edge model: what stands between two vertices is straight in degrees of longitude and latitude, as GeoJSON (RFC 7946)
has it. Sides of blocks run along parallels, which are no geodesics; so an area that is made of blocks has straight
sides in degrees too, and comes out as exactly those blocks. Elsewhere this package joins vertices by geodesics
(`geo.edges`). Along the sides of single blocks that is the same: a side departs from its geodesic by at most
4 cm, a block's area by less than 0.1 m2. A parallel of half a degree, the side of a map sheet, departs from it by
up to 38 m at 50 degrees, so outlines with long sides along parallels should be measured here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.blocks import GRID, GRID_MIN, ROUNDING_MIN, Block, block_at
from geo.bounds import Floats, Integers
from geo.crs import GEOD
from geo.edges import Geometries, check_degrees, simple_parts
from geo.errors import GeoError

Truths = NDArray[np.bool_]
Cells = tuple[Integers, Integers, Geometries]
Rule = Literal["whole", "centre", "any"]

MOST_BLOCKS = 200_000
"""More blocks than this (about 450,000 km2) are no answer to a question about a licence, and would fill the memory."""
SNAP_MIN = 2.0**-17
"""Minutes of arc (1.4 cm) within which a vertex is put onto a side or the middle of a block: many files keep no more
than seven decimals of a degree. A power of two, so that a grid of it holds those too."""
SPLIT = 8  # how many times narrower the next squares are: fewer rounds cost less where an outline has many vertices
AT_ONCE = 1000  # squares split at a time, which bounds the memory
POLYGON, MULTIPOLYGON = 3, 6


def cover(polygon: shapely.Geometry, rule: Rule, share: float = 0.0) -> list[Block]:
    """Blocks that a Polygon or MultiPolygon in degrees on WGS 84 covers, from the north-west, row by row.

    - `whole`: blocks that lie within it;
    - `centre`: blocks whose centre lies in it or on its outline, so areas side by side may both have a block whose
      centre is on the side they share;
    - `any`: blocks of whose area it holds more than `share` (0 to less than 1), measured on the ellipsoid. What only
      touches a block holds nothing of it.

    Vertices are rounded to SNAP_MIN (1.4 cm), and less than a billionth of a block is rounding. Holes count as
    outside. Raises GeoError for anything that has no area, is empty or invalid or leaves the grid, for more than
    MOST_BLOCKS, and for an unknown rule or share.
    """
    _check_question(rule, share)
    area = in_minutes(polygon)
    if area.is_empty:  # narrower than the rounding all over
        return []
    west, south, pieces = _cells(area)
    cut = ~shapely.is_missing(pieces)
    kept = ~cut
    kept[cut] = _covered(area, west[cut], south[cut], pieces[cut], rule, share)
    order = np.lexsort((west[kept], -south[kept]))
    return [block_at(int(x), int(y)) for x, y in zip(west[kept][order], south[kept][order], strict=True)]


def _covered(
    area: shapely.Geometry, west: Integers, south: Integers, pieces: Geometries, rule: Rule, share: float
) -> Truths:
    """Which of the blocks that lie in an area in part, with these pieces, it covers by the rule."""
    if rule == "centre":
        shapely.prepare(area)
        return np.asarray(shapely.dwithin(area, shapely.points(west + 0.5, south + 0.5), SNAP_MIN))
    held = areas_km2(pieces) / block_km2(south)
    return np.asarray(held >= 1 - ROUNDING_MIN if rule == "whole" else held > max(share, ROUNDING_MIN))


def block_km2(south_min: Integers) -> Floats:
    """Areas in km2 on WGS 84 of blocks whose southern sides are these whole minutes, wherever they lie east or west."""
    south = np.asarray(south_min, dtype=np.float64)
    return _height(south + 1) - _height(south)


def set_km2(blocks: Iterable[Block]) -> float:
    """Area in km2 on WGS 84 of a set of blocks, each counted once."""
    return float(block_km2(np.array([block.south_min for block in set(blocks)], dtype=np.intp)).sum())


def parts(blocks: Iterable[Block]) -> list[list[Block]]:
    """The blocks in groups connected by shared sides, each once; a corner connects nothing.

    Groups come in the order of their first block, blocks of a group from the north-west, row by row.
    """
    left = {(block.west_min, block.south_min): block for block in blocks}
    found = []
    while left:
        start = next(iter(left))
        group, queue = [left.pop(start)], [start]
        while queue:
            x, y = queue.pop()
            for place in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)):
                if place in left:
                    group.append(left.pop(place))
                    queue.append(place)
        found.append(sorted(group, key=lambda block: (-block.south_min, block.west_min)))
    return found


def areas_km2(geometries: Geometries) -> Floats:
    """Areas (n,) in km2 on WGS 84 of polygons in minutes of arc whose edges are straight in them.

    The integral of `_height` along each edge, by Simpson's rule: exact to a square metre for edges of a minute.
    """
    polygons, owner = simple_parts(geometries)
    areal = shapely.get_type_id(polygons) == POLYGON
    rings, of = shapely.get_rings(shapely.orient_polygons(polygons[areal]), return_index=True)
    places, ring = shapely.get_coordinates(rings, return_index=True)
    follows = np.flatnonzero(ring[1:] == ring[:-1])
    x, y = places.T
    middle = _height((y[follows] + y[follows + 1]) / 2)
    under = (x[follows] - x[follows + 1]) * (_height(y[follows]) + 4 * middle + _height(y[follows + 1])) / 6
    weighed = np.bincount(owner[areal][of[ring[follows]]], weights=under, minlength=len(geometries))
    return np.asarray(weighed, dtype=np.float64)


def in_minutes(polygon: shapely.Geometry) -> shapely.Geometry:
    """A valid area in minutes of arc, what is within SNAP_MIN of a half minute on it; empty if narrower than that.

    GeoError as `cover`.
    """
    _check_area(polygon)
    minutes = shapely.transform(polygon, _snapped)
    if not shapely.is_valid(minutes):  # where it is narrower than the rounding; slow, but sure to make it valid
        grid = shapely.set_precision(shapely.transform(polygon, lambda degrees: degrees * 60), SNAP_MIN)
        minutes = shapely.set_precision(grid, 0)  # 0: what is cut from it may be off the grid
    west, south, east, north = GRID_MIN
    bounds = minutes.bounds
    if bounds[0] < west or bounds[1] < south or bounds[2] > east or bounds[3] > north:
        spans = ", ".join(f"{value / 60:.6g}" for value in bounds)
        raise GeoError(f"The area spans {spans} (west, south, east, north); licence blocks lie from {GRID}: cut it.")
    return minutes


def _cells(area: shapely.Geometry) -> tuple[Integers, Integers, Geometries]:
    """West and south of all blocks that share area with an area in minutes, and what of each lies in it: None if all.

    Squares are cut into SPLIT by SPLIT as long as the outline runs through them, and each is intersected with what
    its parent holds only, so the cost grows with the outline and not with what it encloses.
    """
    _refuse_many(area.area)  # in square minutes: no fewer blocks meet it
    west, south, east, north = area.bounds
    step = SPLIT
    while step < max(east - west, north - south):
        step *= SPLIT
    x, y = (np.array(ends) // step * step for ends in ([west, west, east, east], [south, north, south, north]))
    x, y = np.unique(np.column_stack([x, y]).astype(np.intp), axis=0).T
    pieces: Geometries = np.full(len(x), area, dtype=object)
    found: list[Cells] = []
    count = 0
    while len(x) and step > 1:
        step //= SPLIT
        rest: list[Cells] = []
        cut = 0
        for start in range(0, len(x), AT_ONCE):
            inside, some = _meet(*_split(x, y, pieces, slice(start, start + AT_ONCE), step), step)
            count, cut = count + len(inside[0]) * step * step, cut + len(some[0])
            _refuse_many(count + cut)
            found.append(_unit_cells(inside, step))
            rest.append(some)
        x, y, pieces = _joined(rest)
    return _joined([*found, (x, y, pieces)])


def _split(x: Integers, y: Integers, pieces: Geometries, part: slice, step: int) -> Cells:
    """The squares of this size in some squares SPLIT times as wide, each with the piece of that; those near it only."""
    up, aside = (offset.ravel() * step for offset in np.indices((SPLIT, SPLIT)))
    x, y, pieces = (x[part, None] + aside).ravel(), (y[part, None] + up).ravel(), pieces[part].repeat(SPLIT * SPLIT)
    west, south, east, north = shapely.bounds(pieces).T
    near = (x < east) & (x + step > west) & (y < north) & (y + step > south)
    return x[near], y[near], pieces[near]


def _meet(x: Integers, y: Integers, pieces: Geometries, step: int) -> tuple[Cells, Cells]:
    """The squares that lie in their piece, and those that do in part, with what of them does."""
    held = _areal(shapely.intersection(pieces, shapely.box(x, y, x + step, y + step)))
    size = shapely.area(held)
    inside = size >= step * step - ROUNDING_MIN
    some = (size > ROUNDING_MIN) & ~inside
    return (x[inside], y[inside], held[inside]), (x[some], y[some], held[some])


def _unit_cells(squares: Cells, step: int) -> Cells:
    """The squares of one minute in squares of this size that lie inside as a whole."""
    x, y, _ = squares
    up, aside = (offset.ravel() for offset in np.indices((step, step)))
    x, y = (x[:, None] + aside).ravel(), (y[:, None] + up).ravel()
    return x, y, np.full(len(x), None, dtype=object)


def _joined(cells: list[Cells]) -> Cells:
    x, y, pieces = (np.concatenate(column) for column in zip(*cells, strict=True))
    return x, y, pieces


def _refuse_many(count: float) -> None:
    if count > MOST_BLOCKS:
        raise GeoError(f"The area meets more than {MOST_BLOCKS:,} licence blocks: cut it into smaller ones.")


def _areal(geometries: Geometries) -> Geometries:
    """The geometries without the lines and points that intersections leave where outlines touch."""
    for n in np.flatnonzero(shapely.get_type_id(geometries) > MULTIPOLYGON):
        parts_of, _ = simple_parts(geometries[n : n + 1])
        geometries[n] = shapely.multipolygons(parts_of[shapely.get_type_id(parts_of) == POLYGON])
    return geometries


def _check_question(rule: str, share: float) -> None:
    if rule not in get_args(Rule):
        raise GeoError(f"There is no rule {rule!r} for covering by blocks; use {', '.join(get_args(Rule))}.")
    if not 0 <= share < 1:
        raise GeoError(f"The share of a block is {share}; it must be at least 0 and less than 1.")
    if share and rule != "any":
        raise GeoError(f"The share of a block goes with the rule any, not with {rule}.")


def _check_area(polygon: shapely.Geometry) -> None:
    if polygon.geom_type not in ("Polygon", "MultiPolygon"):
        raise GeoError(f"Licence blocks cover areas, not a {polygon.geom_type}: draw a polygon around it.")
    if polygon.is_empty:
        raise GeoError("The polygon is empty: it covers no licence block.")
    check_degrees(np.array([polygon], dtype=object))
    if not shapely.is_valid(polygon):
        raise GeoError(f"The polygon is not valid ({shapely.is_valid_reason(polygon)}): repair it first.")


def _snapped(degrees: Floats) -> Floats:
    minutes = degrees * 60
    line = np.rint(minutes * 2) / 2
    return np.where(np.abs(minutes - line) <= SNAP_MIN, line, minutes)


def _height(minutes: Floats) -> Floats:
    """Area in km2 on WGS 84 from the equator to these latitudes in minutes, over one minute of longitude.

    The closed form of the zone of an ellipsoid (Snyder, Map Projections: A Working Manual, 1987, eq. 3-12, which
    gives it over a whole turn and in units of a squared).
    """
    sine, e = np.sin(np.radians(minutes / 60)), np.sqrt(GEOD.es)
    zone = sine / (1 - GEOD.es * sine**2) + np.arctanh(e * sine) / e
    return np.asarray(GEOD.b**2 / 2 * zone * np.radians(1 / 60) / 1e6)
