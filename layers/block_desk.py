"""The licence blocks that a reader asks for: from codes, a drawn shape, a feature or a layer to one set.

Two kinds of sets must be told apart, because the last level of the numbering is inferred (see `geo.blocks`). Codes are
what is given of a list of codes and of a feature whose codes are published: were the rows counted from the south, the
codes would stay and the places move. Places are what is given of anything else: there the places stay and the codes
change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
import shapely

from geo.block_cover import MOST_BLOCKS, cover, parts, set_km2
from geo.block_line import run_through
from geo.blocks import GRID_MIN, ROUNDING_MIN, Block, doubt_km, encode, format_codes, mirrored, outline, parse
from geo.edges import simple_parts
from geo.errors import GeoError
from layers.block_choice import FEATURE, KEPT, LAYER, NOWHERE, RING, BlockSource, CoverRule, codes_of_source
from layers.errors import WordedError
from layers.ground import ground
from layers.relate import content_stamp, layer
from layers.schema import Layer
from layers.spec import Stamp, layer_spec
from layers.view import GROUNDS, Selection

Given = Literal["codes", "places"]
Places = frozenset[tuple[int, int]]
POLYGON, LINE = 3, 1  # shapely type ids of simple shapes


@dataclass(frozen=True, eq=False)
class BlockSet:
    """Blocks from the north-west, row by row, each once; never empty. Compared by identity, so that it keys caches.

    ``given`` tells what stays if the last level is counted otherwise. ``ruled`` says whether a covering rule chose
    them. ``without_area`` counts the rows of a layer that have none. ``accuracy_km`` is how far the position of the
    feature that they stand for may be off: 0 for what is exact, None where that is not known.
    """

    blocks: tuple[Block, ...]
    given: Given
    ruled: bool = False
    without_area: int = 0
    accuracy_km: float | None = 0.0

    @cached_property
    def area_km2(self) -> float:
        """Area on the ellipsoid of WGS 84."""
        return set_km2(self.blocks)

    @cached_property
    def part_numbers(self) -> dict[Block, int]:
        """The number of each block's part, 1 the largest; shared sides connect blocks, a corner does not."""
        ordered = sorted(parts(self.blocks), key=len, reverse=True)
        return {block: number for number, part in enumerate(ordered, 1) for block in part}

    @cached_property
    def part_sizes(self) -> tuple[int, ...]:
        """How many blocks each part has, the largest first."""
        counted = Counter(self.part_numbers.values())
        return tuple(counted[number] for number in range(1, len(counted) + 1))

    @cached_property
    def south_part_sizes(self) -> tuple[int, ...]:
        """The same if the rows are counted from the south; other parts where the codes are given."""
        if self.given == "places":
            return self.part_sizes
        return tuple(sorted((len(part) for part in parts(self.mirrored)), reverse=True))

    @cached_property
    def outline(self) -> shapely.Geometry:
        """The union in degrees, its sides along parallels straight in degrees."""
        return outline(self.blocks)

    @cached_property
    def mirrored(self) -> tuple[Block, ...]:
        """For each block the one that its code names if the rows are counted from the south."""
        return tuple(map(mirrored, self.blocks))

    @cached_property
    def places(self) -> Places:
        """West and south of each block in whole minutes."""
        return frozenset((block.west_min, block.south_min) for block in self.blocks)

    @cached_property
    def south_places(self) -> Places:
        """The same if the rows are counted from the south: other places where the codes are given."""
        if self.given == "places":
            return self.places
        return frozenset((block.west_min, block.south_min) for block in self.mirrored)

    @cached_property
    def doubt_km(self) -> float:
        """How far the outline is off at most if the rows are counted from the south; 0 where the places are given."""
        return doubt_km(self.blocks) if self.given == "codes" else 0.0

    @cached_property
    def formatted(self) -> str:
        """The codes as notices publish them."""
        return format_codes(self.blocks)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees."""
        west, south, east, north = self.outline.bounds
        return west, south, east, north

    @property
    def both_bounds(self) -> tuple[float, float, float, float]:
        """The same of both readings of the codes."""
        west, south, east, north = self.bounds
        rows = [block.south_min for block in self.mirrored]
        return west, min(south, min(rows) / 60), east, max(north, (max(rows) + 1) / 60)


def block_set(source: BlockSource, rule: CoverRule) -> BlockSet | None:
    """The blocks of a source; None where nothing is chosen. The rule acts on areas that are not made of blocks.

    WordedError says what has no blocks and why; UnknownNameError where a layer or feature does not exist.
    """
    if source.kind == NOWHERE:
        return None
    if source.kind in (FEATURE, LAYER) and source.layer not in GROUNDS:
        spec = layer_spec(source.layer)
        return _of_layer(source, rule, content_stamp(spec))
    return _of_reader(source, rule, codes_of_source(source) if source.kind == KEPT else source.text)


def has_blocks(selected: Selection) -> bool:
    """Whether a feature or a bare position has a place or published codes, so that it can have blocks."""
    if selected.layer in GROUNDS:
        return True
    made = layer(selected.layer)
    row = made.row(selected.id)
    codes = made.spec.geometry.blocks if made.spec.geometry else ""
    return row is not None and bool((codes and row[codes]) or row["geometry"] is not None)


def area_count(layer_id: str) -> int:
    """How many rows of a layer have an area of their own."""
    made = layer(layer_id)
    return int((shapely.get_dimensions(made.frame.geometry.to_numpy()) == 2).sum())


@lru_cache(maxsize=16)
def _of_reader(source: BlockSource, rule: CoverRule, codes: str | None) -> BlockSet:
    """Blocks of what the reader typed or drew."""
    if codes is None:
        raise WordedError("blocks_not_kept")
    if source.kind == RING:
        drawn = shapely.make_valid(shapely.Polygon(source.ring), method="structure")
        return _ordered(_covered([drawn], rule), "places", ruled=True)
    if source.kind == FEATURE:
        here = ground(Selection(source.layer, source.id)).shape
        at_point = isinstance(here, shapely.Point)
        return _ordered(_at_point(here) if at_point else _covered([here], rule), "places", ruled=not at_point)
    return _ordered(parse(codes), "codes")


@lru_cache(maxsize=16)
def _of_layer(source: BlockSource, rule: CoverRule, _content: Stamp) -> BlockSet:
    made = layer(source.layer)
    return _of_rows(made, rule) if source.kind == LAYER else _of_feature(made, source.id, rule)


def _of_feature(made: Layer, key: str, rule: CoverRule) -> BlockSet:
    """Blocks of one row: those whose codes it publishes, else those of its shape."""
    row = made.row(key)
    if row is None:
        raise WordedError("blocks_no_feature", what=f"{made.spec.id}/{key}")
    codes = made.spec.geometry.blocks if made.spec.geometry else ""
    if codes and row[codes]:
        return _ordered(parse(row[codes]), "codes")
    shape = row["geometry"]
    if shape is None or shape.is_empty:
        raise WordedError("blocks_no_place")
    declared = made.spec.geometry.accuracy if made.spec.geometry else ""
    off_km = (float(row[declared]) if not np.isnan(float(row[declared])) else None) if declared else 0.0
    dimension = shapely.get_dimensions(shape)
    if dimension == 2:
        return _ordered(_covered([shape], rule), "places", ruled=True, accuracy_km=off_km)
    blocks = _along(shape) if dimension == 1 else [one for at in shapely.get_parts(shape) for one in _at_point(at)]
    return _ordered(blocks, "places", accuracy_km=off_km)


def _of_rows(made: Layer, rule: CoverRule) -> BlockSet:
    """Blocks of all areas of a layer together, published codes before shapes; rows without an area are counted."""
    shapes = made.frame.geometry.to_numpy()
    codes = made.spec.geometry.blocks if made.spec.geometry else ""
    published = (made.frame[codes] != "").to_numpy() if codes else np.zeros(len(shapes), dtype=bool)
    areal = ~published & (shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)
    without = int((~published & ~areal).sum())
    if not (published.any() or areal.any()):
        raise WordedError("blocks_no_areas")
    blocks = [block for cell in made.frame.loc[published, codes] for block in parse(cell)] if codes else []
    if not areal.any():
        return _ordered(blocks, "codes", without_area=without)
    # A mixture is taken by its places: those of published codes may then be off as well.
    return _ordered([*blocks, *_covered(shapes[areal], rule)], "places", ruled=True, without_area=without)


def _covered(shapes: Iterable[shapely.Geometry], rule: CoverRule) -> list[Block]:
    """Blocks that areas in degrees cover together."""
    polygons, _ = simple_parts(np.array(list(shapes), dtype=object))
    area = shapely.union_all(polygons[shapely.get_type_id(polygons) == POLYGON])
    if area.is_empty or area.area * 3600 < ROUNDING_MIN:
        raise WordedError("blocks_no_surface")
    _check_grid(area)
    if area.area * 3600 > MOST_BLOCKS:
        raise WordedError("blocks_too_many", most=MOST_BLOCKS)
    share = rule.percent / 100 if rule.rule == "any" else 0.0
    return _within_limits(lambda: cover(area, rule.rule, share))


def _along(shape: shapely.Geometry) -> list[Block]:
    _check_grid(shape)
    return _within_limits(lambda: run_through(shape))


def _within_limits(work: Callable[[], list[Block]]) -> list[Block]:
    """What a function of geo finds; of valid shapes within the grid it refuses those of too many blocks alone."""
    try:
        return work()
    except GeoError as error:
        raise WordedError("blocks_too_many", most=MOST_BLOCKS) from error


def _at_point(point: shapely.Point) -> list[Block]:
    _check_grid(point)
    return [encode(point.x, point.y)]


def _check_grid(shape: shapely.Geometry) -> None:
    """WordedError for what is not wholly within the grid; its northern and its eastern border have no blocks."""
    west, south, east, north = (value * 60 for value in shape.bounds)
    inner = 0 if shapely.get_dimensions(shape) == 2 else 1e-6
    if west < GRID_MIN[0] or south < GRID_MIN[1] or east > GRID_MIN[2] - inner or north > GRID_MIN[3] - inner:
        raise WordedError("blocks_outside")


def _ordered(
    blocks: Iterable[Block],
    given: Given,
    ruled: bool = False,
    without_area: int = 0,
    accuracy_km: float | None = 0.0,
) -> BlockSet:
    """The set, from the north-west row by row."""
    once = sorted(set(blocks), key=lambda block: (-block.south_min, block.west_min))
    if not once:
        raise WordedError("blocks_none_covered")
    if len(once) > MOST_BLOCKS:
        raise WordedError("blocks_too_many", most=MOST_BLOCKS)
    return BlockSet(tuple(once), given, ruled, without_area, accuracy_km)
