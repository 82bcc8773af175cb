"""Any vector file to a GeoParquet that can be read in parts: in Hilbert order, with a box for every row.

The file follows GeoParquet 1.1. Rows stream in, are sorted on disk by the place of their centre along the
Hilbert curve, and stream out, so that memory does not grow with the number of rows. The same input gives
the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from geo import hilbert
from geo.crs import WGS84
from layers.errors import AtlasError
from layers.parquet import EDGES
from layers.runs import KEY, Runs
from layers.scratch import PART, beside, put
from layers.stream import JSON, MOMENT, Part, Stream, opened

GROUP_ROWS = 5_000
"""Rows of a group: what is read at a time where a box meets it.

Of a million polygons, 30 boxes of 200 km that hold 24 % of them meet groups with 92 % of the rows at 20,000 rows
a group, 67 % at 5,000 and 54 % at 2,500, where a small box was not read faster.
"""
GROUP_BYTES = 64_000_000
"""A group of large shapes ends earlier."""
LEVEL = 3  # of zstd
BOX = pa.struct([(edge, pa.float64()) for edge in EDGES])
ZONE = r"(?P<zone>Z|[+-]\d\d:?\d\d)?$"
READING, WRITING = "reading", "writing"

Step = Callable[[str, int, int | None], None]


class Converted(NamedTuple):
    """How many rows were written, how many of them have no position, and how many of those have half of one."""

    rows: int
    unplaced: int
    halves: int


@dataclass
class _Seen:
    """What must be known of all rows before the first is written."""

    rows: int = 0
    unplaced: int = 0
    halves: int = 0
    kinds: set[str] = field(default_factory=set)
    zones: dict[str, set[str]] = field(default_factory=dict)
    low: Any = (np.inf, np.inf)
    high: Any = (-np.inf, -np.inf)


def convert(path: Path, out: Path, layer: str = "", step: Step = lambda *_: None) -> Converted:
    """Write a file of any format that is read here, or one layer of it, to ``out`` as GeoParquet in WGS 84.

    ``out`` appears whole or not at all, whatever happens. ``step`` is told of progress: stage, rows done, rows
    in all if known. Attributes keep their types; heights are left away and an empty geometry is none.
    Raises SourceError when the file cannot be read and AtlasError when ``out`` cannot be written.
    """
    if out.suffix.lower() != ".parquet":
        raise AtlasError(f"{out.name}: the output's name must end in .parquet.")
    if out.is_dir():
        raise AtlasError(f"{out} cannot be written: it is a folder.")
    try:
        with beside(out) as folder, opened(path, layer) as stream:
            seen = _through(stream, folder, out, step)
    except OSError as error:
        raise AtlasError(f"{out} cannot be written: {error.strerror or error}.") from error
    return Converted(seen.rows, seen.unplaced, seen.halves)


def write(stream: Stream, out: Path) -> None:
    """Write rows that are checked already to ``out`` as ``convert`` does; OSError where it cannot be written."""
    with beside(out) as folder:
        _through(stream, folder, out, lambda *_: None)


def _through(stream: Stream, folder: Path, out: Path, step: Step) -> _Seen:
    runs, seen = _sorted(stream, folder, step)
    _write(runs, stream, seen, folder / PART, step)
    put(folder / PART, out)
    return seen


def _sorted(stream: Stream, folder: Path, step: Step) -> tuple[Runs, _Seen]:
    """All rows of a file in runs on disk, and what was seen of them."""
    geometry, box = _names(stream.schema)
    schema = stream.schema.append(pa.field(geometry, pa.binary())).append(pa.field(box, BOX))
    runs, seen = Runs(folder, schema.append(pa.field(KEY, pa.uint64()))), _Seen()
    step(READING, 0, stream.rows)
    for part in stream.parts:
        shapes = part.geometry.to_numpy()
        bounds = shapely.bounds(shapes)
        _note(seen, part, shapes, bounds, stream.kinds)
        wkb = pa.array(shapely.to_wkb(shapes, byte_order=1, flavor="iso"), pa.binary())
        keys = pa.array(hilbert.keys(bounds), pa.uint64())
        runs.add(pa.table([*part.attributes.columns, wkb, _boxes(bounds), keys], schema=runs.schema))
        step(READING, seen.rows, stream.rows)
    return runs, seen


def _names(schema: pa.Schema) -> tuple[str, str]:
    """Names for geometry and box that no attribute has."""
    made = []
    for name in ("geometry", "bbox"):
        while name in schema.names:
            name = f"{name}_"
        made.append(name)
    return made[0], made[1]


def _note(seen: _Seen, part: Part, shapes: Any, bounds: Any, kinds: Mapping[str, str]) -> None:
    placed = ~shapely.is_missing(shapes)
    seen.rows += len(shapes)
    seen.unplaced += int((~placed).sum())
    seen.halves += part.halves
    seen.kinds |= set(np.unique(shapely.get_type_id(shapes[placed])).tolist())
    if placed.any():
        seen.low = np.minimum(seen.low, bounds[placed, :2].min(axis=0))
        seen.high = np.maximum(seen.high, bounds[placed, 2:].max(axis=0))
    for name, kind in kinds.items():
        if kind == MOMENT:
            zones = pc.struct_field(pc.extract_regex(part.attributes[name].drop_null(), ZONE), "zone")
            seen.zones.setdefault(name, set()).update(pc.unique(zones).to_pylist())


def _boxes(bounds: Any) -> Any:
    """Bounds as an Arrow column of boxes, missing where there is no shape."""
    edges = [pa.array(np.ascontiguousarray(edge)) for edge in bounds.T]
    return pa.StructArray.from_arrays(edges, fields=[*BOX], mask=pa.array(np.isnan(bounds[:, 0])))


def _write(runs: Runs, stream: Stream, seen: _Seen, part: Path, step: Step) -> None:
    *attributes, geometry, box, _ = runs.schema
    types = {field.name: _type(field, stream.kinds, seen.zones) for field in attributes}
    schema = pa.schema([*types.items(), (geometry.name, pa.binary()), (box.name, BOX)])
    schema = schema.with_metadata({**stream.metadata, b"geo": _geo(geometry.name, box.name, seen)})
    options: dict[str, Any] = {
        "compression": "zstd",
        "compression_level": LEVEL,
        "use_dictionary": [*types],
        "write_statistics": [*types, *(f"{box.name}.{edge}" for edge in EDGES)],
    }
    done = 0
    step(WRITING, 0, seen.rows)
    with pq.ParquetWriter(part, schema, **options) as writer:
        for table in _groups(runs.tables()):
            columns = [_cast(table[field.name], field.type) for field in schema]
            writer.write_table(pa.table(columns, schema=schema), row_group_size=max(1, table.num_rows))
            done += table.num_rows
            step(WRITING, done, seen.rows)


def _groups(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of GROUP_ROWS, or less where these would be larger than GROUP_BYTES."""
    held: list[pa.Table] = []
    rows = size = 0
    for table in tables:
        while table.num_rows:
            fit = max(1, (GROUP_BYTES - size) * table.num_rows // max(1, table.nbytes))
            taken = table.slice(0, min(GROUP_ROWS - rows, fit))
            held.append(taken)
            rows, size, table = rows + taken.num_rows, size + taken.nbytes, table.slice(taken.num_rows)
            if rows >= GROUP_ROWS or size >= GROUP_BYTES:
                yield pa.concat_tables(held)
                held, rows, size = [], 0, 0
    if held:
        yield pa.concat_tables(held)


def _type(field: pa.Field, kinds: Mapping[str, str], zones: Mapping[str, set[str]]) -> pa.DataType:
    """What a column is written as. Moments stay text where their zones differ, for a column has one zone."""
    if kinds.get(field.name) == JSON:
        return pa.json_()
    found = zones.get(field.name, set())
    if kinds.get(field.name) != MOMENT or len(found) > 1:
        return field.type
    zone = next(iter(found), "") or ""
    return pa.timestamp("ms", tz=("UTC" if zone == "Z" else zone) or None)


def _cast(column: Any, kind: pa.DataType) -> Any:
    if isinstance(kind, pa.JsonType):
        return pa.chunked_array([pa.ExtensionArray.from_storage(kind, chunk) for chunk in column.chunks], kind)
    if pa.types.is_timestamp(kind) and kind.tz:
        column = column.cast(pa.timestamp("ms", tz="UTC")) if pa.types.is_string(column.type) else column
    return column.cast(kind)


def _geo(geometry: str, box: str, seen: _Seen) -> bytes:
    """What a GeoParquet says of its geometry."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(GEOMETRY_TYPES[number] for number in seen.kinds),
        "crs": WGS84.to_json_dict(),
        "covering": {"bbox": {edge: [box, edge] for edge in EDGES}},
    }
    if seen.kinds:
        column["bbox"] = [*seen.low.tolist(), *seen.high.tolist()]
    return json.dumps({"version": "1.1.0", "primary_column": geometry, "columns": {geometry: column}}).encode()


GEOMETRY_TYPES = {
    kind.value: name
    for kind, name in (
        (shapely.GeometryType.POINT, "Point"),
        (shapely.GeometryType.LINESTRING, "LineString"),
        (shapely.GeometryType.LINEARRING, "LineString"),
        (shapely.GeometryType.POLYGON, "Polygon"),
        (shapely.GeometryType.MULTIPOINT, "MultiPoint"),
        (shapely.GeometryType.MULTILINESTRING, "MultiLineString"),
        (shapely.GeometryType.MULTIPOLYGON, "MultiPolygon"),
        (shapely.GeometryType.GEOMETRYCOLLECTION, "GeometryCollection"),
    )
}
