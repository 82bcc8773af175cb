"""A set of blocks as a layer like any other: for the table, the files and their style."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.block_cover import block_km2
from geo.blocks import Block, mirrored
from geo.crs import WGS84
from layers.block_desk import BlockSet
from layers.schema import Layer
from layers.spec import LANGUAGES, ROOT, ColumnSpec, GeometrySpec, LayerSpec, Words, read_toml

BLOCKS = "blocks"
SIDES = ("west", "south", "east", "north")
FROM_NORTH, FROM_SOUTH = "north", "south"
OTHER_READING = ("code_from_south", "south_from_south", "north_from_south")


def block_layer(
    found: BlockSet,
    counted_south: bool,
    title: Words,
    caution: Words,
    sources: tuple[str, ...],
    most: int | None = None,
) -> Layer:
    """One row a block, from the north-west; with ``counted_south`` also one a block of the other reading, after them.

    Rows of the other reading have the same codes at the places where these lie if the rows of the last level are
    counted from the south. Sides are in degrees, areas in km2 on WGS 84; ``part`` numbers the connected parts.
    ``most`` asks for the first so many blocks only.
    """
    named, south = found.blocks[:most], tuple(map(mirrored, found.blocks[:most]))
    rows = _rows(found, named, named, south, FROM_NORTH)
    if counted_south:
        rows = pd.concat([rows, _rows(found, named, south, south, FROM_SOUTH)], ignore_index=True)
    else:
        rows = rows.drop(columns=list(OTHER_READING))
    shapes = shapely.box(*(rows[side].to_numpy() for side in SIDES))
    columns = tuple(column for column in _columns() if column.name in rows)
    spec = LayerSpec(
        id=BLOCKS,
        kind="derived",
        title=title,
        base=ROOT,
        key="code",
        name=dict.fromkeys(LANGUAGES, "code"),
        sources=sources,
        caution=caution,
        geometry=GeometrySpec("polygon"),
        style={"symbol": "block"},
        columns=columns,
    )
    return Layer(spec, gpd.GeoDataFrame(rows[[column.name for column in columns]], geometry=shapes, crs=WGS84))


def only_north(made: Layer) -> Layer:
    """The rows of the atlas's own reading: each code once."""
    return Layer(made.spec, made.frame[made.frame["reading"] == FROM_NORTH])


Blocks = tuple[Block, ...]


def _rows(found: BlockSet, named: Blocks, at: Blocks, south: Blocks, reading: str) -> pd.DataFrame:
    """The codes of ``named`` with the sides of the blocks ``at`` which that reading places them.

    ``south`` are those at which the reading from the south does.
    """
    told = {
        "code": pd.array([block.code for block in named], dtype="str"),
        "reading": pd.array([reading] * len(at), dtype="str"),
        **dict(zip(SIDES, np.array([block.bounds for block in at]).T, strict=True)),
        "area_km2": np.round(block_km2(np.array([block.south_min for block in at])), 6),
        "part": pd.array([found.part_numbers[block] for block in named], dtype="Int64"),
        "code_from_south": pd.array([block.code for block in south], dtype="str"),
        "south_from_south": [block.bounds[1] for block in south],
        "north_from_south": [block.bounds[3] for block in south],
    }
    made = pd.DataFrame(told)
    if reading == FROM_SOUTH:  # what these say is said by the row itself
        made["code_from_south"] = made["code"]
    return made


@lru_cache(maxsize=1)
def _columns() -> tuple[ColumnSpec, ...]:
    """The declared columns: layers/operations/blocks.toml."""
    listed = read_toml(ROOT / "layers" / "operations" / f"{BLOCKS}.toml")["columns"]
    return tuple(ColumnSpec(**column) for column in listed)
