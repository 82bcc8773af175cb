"""Vector files a batch at a time: memory does not grow with the file, as far as its format allows.

GDAL reads GeoJSON, GeoPackage and FlatGeobuf feature by feature. KML, which it holds in memory as a whole, it is
given in pieces.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import CRS

from geo.crs import WGS84
from layers import kml
from layers.errors import SourceError
from layers.positions import check_degrees, positions
from layers.source import FAULTS, GEOJSON_SUFFIXES, VECTOR_SUFFIXES, degrees, layer_of, one_line, require_file
from layers.source import table_parts as csv_parts

BATCH_ROWS = 4096
PIECE_BYTES = 4_000_000  # of the places of a KML at a time, of which GDAL makes some ten times as much
READ_BYTES = 1 << 18  # of a column of a GeoParquet at a time
MOMENT, JSON = "moment", "json"
UNKEPT = (b"geo", b"pandas", b"PANDAS_ATTRS", b"ARROW:schema")


class Part(NamedTuple):
    """Some rows of a file: their attributes, their shapes in WGS 84, and how many have half a position."""

    attributes: pa.Table
    geometry: gpd.GeoSeries
    halves: int = 0


class Stream(NamedTuple):
    """A file that is open for reading.

    ``schema`` is that of the attributes of each part. ``kinds`` names text columns that stand for something:
    MOMENT for dates with times in ISO 8601, as written, and JSON. ``metadata`` is what the file says of
    itself, ``rows`` their number if it is known beforehand.
    """

    schema: pa.Schema
    kinds: Mapping[str, str]
    metadata: Mapping[bytes, bytes]
    rows: int | None
    parts: Iterator[Part]


@contextlib.contextmanager
def opened(path: Path, layer: str = "") -> Iterator[Stream]:
    """Any file that is read here, the named layer of it or its only one; SourceError says why one cannot be.

    Shapes are as `layers.source.read` gives them. Values keep their types but for those of a CSV, which has
    text alone. A GeoJSON has no dates: they are the text that it holds.
    """
    require_file(path)
    suffix = path.suffix.lower()
    if suffix not in (*VECTOR_SUFFIXES, ".parquet", ".csv"):
        raise SourceError(f"{path.name}: files ending in {suffix!r} are not read here; save it as GeoJSON or CSV.")
    if layer and suffix not in VECTOR_SUFFIXES:
        raise SourceError(f"{path.name} has no layers: leave {layer!r} out.")
    with contextlib.ExitStack() as stack:
        if suffix == ".csv":
            made = _csv(path)
        else:
            with _told(path):
                made = READERS.get(suffix, _ogr)(path, layer, stack)
        yield made._replace(parts=_checked(made.parts, path))


def _checked(parts: Iterator[Part], path: Path) -> Iterator[Part]:
    """The same parts, once their coordinates are known to be degrees."""
    seen = 0
    while True:
        with _told(path):
            part = next(parts, None)
        if part is None:
            return
        check_degrees(part.geometry, _numbered(seen, len(part.geometry)), path.name)
        seen += len(part.geometry)
        yield part


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Faults of the libraries as one sentence; what GDAL mends on reading is checked by us, or not used."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except FAULTS as error:
        raise SourceError(f"{path.name} cannot be read as a vector layer: {one_line(error)}") from error


def _numbered(seen: int, rows: int) -> pd.Series[str]:
    return pd.Series([f"row {n + 1}" for n in range(seen, seen + rows)], dtype="str")


def _csv(path: Path) -> Stream:
    tables = csv_parts(path, BATCH_ROWS)
    first = next(tables)
    schema = pa.schema([(str(name), pa.string()) for name in first.columns])

    def parts() -> Iterator[Part]:
        seen, table = 0, cast("pd.DataFrame | None", first)
        while table is not None:
            cells = table.reset_index(drop=True)
            shapes, halves = positions(cells, _numbered(seen, len(cells)), path.name)
            texts = [pa.array(cells[name].where(cells[name] != "", None), pa.string()) for name in cells]
            yield Part(pa.table(texts, schema=schema), shapes, halves)
            seen, table = seen + len(table), next(tables, None)

    return Stream(schema, {}, {}, None, parts())


def _ogr(path: Path, layer: str, stack: contextlib.ExitStack) -> Stream:
    options = {"DATE_AS_STRING": "YES"} if path.suffix.lower() in GEOJSON_SUFFIXES else {}
    name = layer_of(path, layer)
    info = pyogrio.read_info(path, layer=name)
    numbered = info["fid_column"] == "id" and "id" not in info["fields"]  # a GeoPackage's own row numbers
    asked = {"layer": name, "batch_size": BATCH_ROWS, "return_fids": numbered, "datetime_as_string": True}
    meta, reader = stack.enter_context(pyogrio.open_arrow(path, use_pyarrow=True, **asked, **options))
    fields = [*reader.schema][:-1]  # the geometry comes last
    names = ["id", *meta["fields"]] if numbered else [*meta["fields"]]
    crs = meta["crs"] and CRS.from_user_input(meta["crs"])
    kinds = {str(name): kind for name, field in zip(names, fields, strict=True) if (kind := _kind(field))}
    schema = pa.schema([(str(name), _plain_type(field.type)) for name, field in zip(names, fields, strict=True)])

    def parts() -> Iterator[Part]:
        for batch in reader:
            *columns, found = map(_plain, batch.columns)
            yield Part(pa.table(columns, schema=schema), _shapes(found, crs, path))

    return Stream(schema, kinds, {}, info["features"] if info["features"] >= 0 else None, parts())


def _kml(path: Path, layer: str, stack: contextlib.ExitStack) -> Stream:
    """What GDAL makes of the pieces of a KML, each without the rows of the frame; these give the schema."""
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="kml-"))
    piece = Path(folder) / path.name  # a folder without a name is called by the file's
    parted = kml.split(path, Path(folder) / "places")

    def read(held: bytes) -> tuple[Stream, list[Part]]:
        piece.write_bytes(held)
        try:
            with contextlib.ExitStack() as own:
                made = _ogr(piece, layer, own)
                return made, [*made.parts]
        except FAULTS as error:
            raise ValueError(str(error).replace(str(piece), str(path))) from error

    made, framed = read(kml.filled(parted.frame, {}))
    known = sum(len(part.geometry) for part in framed)

    def parts() -> Iterator[Part]:
        if not parted.total:
            yield from framed
        for held in kml.pieces(parted, BATCH_ROWS, PIECE_BYTES):
            found, rows = read(held)
            if found.schema != made.schema:
                raise ValueError("its columns changed while it was read.")
            yield from _after(known, rows)

    return made._replace(rows=None, parts=parts())


def _after(known: int, parts: list[Part]) -> Iterator[Part]:
    """Parts without their first rows."""
    for part in parts:
        left = min(known, len(part.geometry))
        known -= left
        if left < len(part.geometry):
            yield Part(part.attributes.slice(left), part.geometry.iloc[left:].reset_index(drop=True), part.halves)


def _parquet(path: Path, _: str, stack: contextlib.ExitStack) -> Stream:
    file = stack.enter_context(pq.ParquetFile(path, buffer_size=READ_BYTES, pre_buffer=False))
    said = dict(file.metadata.metadata or {})
    primary, crs, left = geo_of(said)
    left |= {name for name in file.schema_arrow.names if name.startswith("__index_level_")}  # row numbers of pandas
    names = [name for name in file.schema_arrow.names if name not in left]
    fields = [file.schema_arrow.field(name) for name in names]
    schema = pa.schema([(field.name, _plain_type(field.type)) for field in fields if field.name != primary])
    kinds = {field.name: JSON for field in fields if _kind(field) == JSON}

    def parts() -> Iterator[Part]:
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=names):
            columns = [_plain(batch.column(name)) for name in schema.names]
            table = pa.table(columns, schema=schema)
            yield Part(table, _shapes(_plain(batch.column(primary)), crs, path))

    metadata = {key: value for key, value in said.items() if key not in UNKEPT}
    return Stream(schema, kinds, metadata, file.metadata.num_rows, parts())


def geo_of(metadata: Mapping[bytes, bytes]) -> tuple[str, Any, set[str]]:
    """The geometry column of a GeoParquet, its reference system, and the columns that only cover it.

    ValueError when there is none, or several, or one that is not WKB.
    """
    said = json.loads(metadata.get(b"geo", b"{}"))
    columns = said.get("columns", {})
    if len(columns) != 1:
        listed = ", ".join(columns) or "none"
        raise ValueError(f"one geometry column is needed; its metadata name {listed}.")
    ((primary, column),) = columns.items()
    if column.get("encoding") != "WKB":
        raise ValueError(f"its geometry is encoded as {column.get('encoding')}: write it as WKB.")
    covering = {place[0] for place in column.get("covering", {}).get("bbox", {}).values()}
    crs = column.get("crs", WGS84)
    return primary, crs and CRS.from_user_input(crs), covering


def _shapes(found: pa.Array, crs: Any, path: Path) -> gpd.GeoSeries:
    made = shapely.from_wkb(found.to_numpy(zero_copy_only=False))
    return degrees(gpd.GeoSeries(made, crs=crs), path)


def _kind(field: pa.Field) -> str:
    if isinstance(field.type, pa.BaseExtensionType) and field.type.extension_name == "arrow.json":
        return JSON
    told = (field.metadata or {}).get(b"GDAL:OGR:type") == b"DateTime"
    return MOMENT if told and field.type == pa.string() else ""


def _plain_type(kind: pa.DataType) -> pa.DataType:
    kind = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _plain(column: Any) -> Any:
    """A column without extension types and dictionaries, which differ from batch to batch."""
    column = column.storage if isinstance(column, pa.ExtensionArray) else column
    return pc.dictionary_decode(column) if pa.types.is_dictionary(column.type) else column


READERS = {".kml": _kml, ".parquet": _parquet}
