"""Reading a GeoParquet in part: the rows near some places, the columns that are asked for.

Where a file has a covering (a box for every row, see `layers.convert`), groups of rows that lie elsewhere are
not read at all, and of the others the shapes only if a row's box is near.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from geo.boxes import meeting, widened
from geo.crs import WGS84
from layers.errors import SourceError, UnknownNameError
from layers.source import FAULTS, degrees, one_line, require_file
from layers.stream import geo_of

POSITION = "position"
ROW = "\0row"  # no file has a column of this name
EDGES = ("xmin", "ymin", "xmax", "ymax")
FLOAT_DEGREES = 2e-5  # a box in 32 bits may lie so far inside its row's: the spacing of such numbers at 180 is 1.5e-5
WHOLE = (-np.inf, -90.0, np.inf, 90.0)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Footer:
    """What a GeoParquet says of itself; ``covering`` holds the paths of the columns of the rows' boxes, if any.

    A file that is not in WGS 84 counts as one without, for its boxes are in other units.
    """

    path: Path
    metadata: Any
    schema: pa.Schema
    geometry: str
    crs: Any
    attributes: tuple[str, ...]
    covering: tuple[tuple[str, str], ...]


def read(path: Path, columns: Sequence[str] | None = None, boxes: Floats | None = None) -> gpd.GeoDataFrame:
    """The rows of a GeoParquet near any of some boxes, in the file's order, with their shapes in WGS 84.

    ``boxes`` (n, 4) are west, south, east, north in degrees; a row is near one that its own box touches, once
    that is widened by what geodesic edges may bulge (`geo.boxes.widened`). None takes every row, an empty array
    no row; a row without a shape is near nothing. ``columns`` names the attributes to read, all if None; they
    come as Arrow types. The index, called POSITION, is the number of each row in the file, from 0.
    Raises SourceError, or UnknownNameError for a column that the file does not have.
    """
    held = footer(path)
    names = [*(held.attributes if columns is None else columns)]
    for name in names:
        if name not in held.attributes:
            raise UnknownNameError(f"column in {path.name}", name, held.attributes)
    try:
        table = _table(held, names, boxes)
        shapes = shapely.from_wkb(table[held.geometry].to_numpy())
        frame = table.select(names).to_pandas(types_mapper=pd.ArrowDtype)
    except FAULTS as error:
        raise SourceError(f"{path.name} cannot be read as a vector layer: {one_line(error)}") from error
    frame.index = pd.Index(table[ROW].to_numpy(), name=POSITION)
    placed = degrees(gpd.GeoSeries(shapes, index=frame.index, crs=held.crs), path)
    made = gpd.GeoDataFrame(frame.set_axis(names, axis=1), geometry=placed.rename(held.geometry))
    if boxes is None or held.covering:
        return made
    return made[meeting(widened(placed.bounds.to_numpy()), boxes)]


def column(path: Path, name: str) -> pd.Series:
    """One attribute of every row, in the file's order; the errors are those of ``read``."""
    held = footer(path)
    if name not in held.attributes:
        raise UnknownNameError(f"column in {path.name}", name, held.attributes)
    try:
        cells: pd.Series = pq.read_table(path, columns=[name]).to_pandas(types_mapper=pd.ArrowDtype)[name]
    except FAULTS as error:
        raise SourceError(f"{path.name} cannot be read as a vector layer: {one_line(error)}") from error
    return cells


def footer(path: Path) -> Footer:
    """What is said at the end of a GeoParquet; SourceError if it is none."""
    require_file(path)
    try:
        with pq.ParquetFile(path) as file:
            metadata, schema = file.metadata, file.schema_arrow
        said = dict(metadata.metadata or {})
        geometry, crs, left = geo_of(said)
    except FAULTS as error:
        raise SourceError(f"{path.name} cannot be read as a vector layer: {one_line(error)}") from error
    left = left | {geometry} | {name for name in schema.names if name.startswith("__index_level_")}
    attributes = tuple(name for name in schema.names if name not in left)
    same = crs is not None and crs.to_2d().equals(WGS84, ignore_axis_order=True)
    return Footer(path, metadata, schema, geometry, crs, attributes, _covering(said, geometry) if same else ())


def _covering(said: Mapping[bytes, bytes], geometry: str) -> tuple[tuple[str, str], ...]:
    column = json.loads(said[b"geo"])["columns"][geometry]
    declared = column.get("covering", {}).get("bbox", {})
    return tuple((declared[edge][0], declared[edge][1]) for edge in EDGES) if declared else ()


def _table(held: Footer, names: Sequence[str], boxes: Floats | None) -> pa.Table:
    """These columns with geometry and ROW; where there is a covering only of the rows near a box."""
    wanted = [*names, held.geometry]
    fields = [held.schema.field(name) for name in wanted]
    schema = pa.schema([*fields, pa.field(ROW, pa.int64())])
    rows = [held.metadata.row_group(group).num_rows for group in range(held.metadata.num_row_groups)]
    first = np.cumsum([0, *rows])
    near = _near_groups(held, boxes) if held.covering and boxes is not None else dict.fromkeys(range(len(rows)))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(partial(_rows, held, wanted, first), near.items())
        tables = [table for table in found if table is not None]
    return pa.concat_tables([*tables, schema.empty_table()])


def _near_groups(held: Footer, boxes: Floats) -> dict[int, Floats | None]:
    """The groups of rows that may hold some near a box, and for each the boxes that it is near."""
    at = {held.metadata.schema.column(n).path: n for n in range(len(held.metadata.schema))}
    edges = [at[".".join(place)] for place in held.covering]
    every = range(held.metadata.num_row_groups)
    extents = widened(np.array([_extent(held.metadata.row_group(group), edges) for group in every]))
    return {int(group): boxes[meeting(boxes, extents[group])] for group in np.flatnonzero(meeting(extents, boxes))}


def _extent(group: Any, edges: Sequence[int]) -> Floats:
    """The box of all rows of a group: missing if none has a shape, and the whole earth if not known."""
    stated = [group.column(edge).statistics for edge in edges]
    if all(told is not None and told.null_count == group.num_rows for told in stated):
        return np.full(4, np.nan)
    if not all(told is not None and told.has_min_max for told in stated):
        return np.array(WHOLE)
    extent = np.array([stated[0].min, stated[1].min, stated[2].max, stated[3].max], dtype=np.float64)
    return _outward(extent, stated[0].physical_type == "FLOAT")


def _rows(held: Footer, wanted: list[str], first: Any, asked: tuple[int, Floats | None]) -> pa.Table | None:
    """The columns of one group's rows near the boxes, or of all if there are none; None if no row is near."""
    group, boxes = asked
    with pq.ParquetFile(held.path, metadata=held.metadata, memory_map=True) as file:
        kept = None
        if boxes is not None:
            kept = meeting(widened(_bounds(file, group, held.covering)), boxes)
            if not kept.any():
                return None
        table = file.read_row_group(group, columns=wanted, use_threads=False).select(wanted)
    table = table.append_column(ROW, pa.array(np.arange(first[group], first[group + 1])))
    return (table if kept is None or kept.all() else table.filter(pa.array(kept))).replace_schema_metadata(None)


def _bounds(file: Any, group: int, covering: Sequence[tuple[str, str]]) -> Floats:
    """The boxes (n, 4) of the rows of a group."""
    table = file.read_row_group(group, columns=[".".join(place) for place in covering], use_threads=False)
    (boxes, *_) = {name for name, _ in covering}
    column = table.column(boxes).combine_chunks()
    flat = dict(zip([field.name for field in column.type], column.flatten(), strict=True))
    edges = [flat[edge].to_numpy(zero_copy_only=False) for _, edge in covering]
    return _outward(np.column_stack(edges).astype(np.float64), edges[0].dtype == np.float32)


def _outward(boxes: Floats, rounded: bool) -> Floats:
    """Boxes that hold what they stand for, if their edges were rounded to 32 bits."""
    return boxes + np.array([-1, -1, 1, 1]) * FLOAT_DEGREES if rounded else boxes
