"""GeoParquet: the geometry column that its metadata name, as WKB or GeoArrow; plain Parquet is told from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.crs import WGS84
from layers.errors import UploadError
from layers.intake import geoarrow, size
from layers.intake.found import UTF8, Answers, Found, Shapes, shapes_of
from layers.intake.ogr import CORRUPT, MOST_ROWS
from layers.intake.verdict import Encoding
from layers.source import FAULTS, one_line

WKB, INDEX = "WKB", "__index_level_"
MOST_BYTES = 2_000_000_000  # of all columns, as the footer says: Parquet is compressed
PLAIN = (
    "The file is Parquet without the metadata of GeoParquet: "
    "write it as GeoParquet (geopandas: GeoDataFrame.to_parquet)."
)


def read(path: Path, answers: Answers, title: str) -> list[Found]:
    """The one layer of a GeoParquet; UploadError where it is plain, too large or damaged."""
    answers.choose([title])
    try:
        with pq.ParquetFile(path) as file:
            primary, said, left = _geometry(dict(file.metadata.metadata or {}))
            groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
            if file.metadata.num_rows > MOST_ROWS or sum(group.total_byte_size for group in groups) > MOST_BYTES:
                raise UploadError("The GeoParquet inflates to more than is read here: use `python -m layers convert`.")
            names = file.schema_arrow.names
            if names.count(primary) != 1:
                raise UploadError(
                    f"The metadata name a geometry column {primary[:60]!r} that is not there once: write it anew."
                )
            table = file.read(columns=[*dict.fromkeys(name for name in names if name not in left)])
        table.validate(full=True)  # offsets may lead anywhere
        size.require_small(table.columns)  # before a dictionary is decoded
        return [_found(table, primary, said, title)]
    except FAULTS as error:
        told = one_line(error)[:200]
        raise UploadError(f"The Parquet file is damaged or not what it seems ({told}): write it anew.") from error


def _geometry(metadata: dict[bytes, bytes]) -> tuple[str, dict[str, Any], set[str]]:
    """The primary geometry column, what is said of all of them, and columns that are not read."""
    if b"geo" not in metadata:
        raise UploadError(PLAIN)
    said = json.loads(metadata[b"geo"])
    columns = said.get("columns") if isinstance(said, dict) else None
    primary = said.get("primary_column") if isinstance(said, dict) else None
    if not isinstance(columns, dict) or not isinstance(primary, str) or not isinstance(columns.get(primary), dict):
        raise UploadError("The metadata of the GeoParquet name no geometry column: write it anew.")
    column = columns[primary]
    if column.get("encoding") != WKB and column.get("encoding") not in geoarrow.KINDS:
        raise UploadError("The geometry of the GeoParquet is encoded neither as WKB nor as GeoArrow: write it as WKB.")
    covering = column.get("covering", {})
    boxes = covering.get("bbox", {}) if isinstance(covering, dict) else {}
    left = (
        {place[0] for place in boxes.values() if isinstance(place, list) and place}
        if isinstance(boxes, dict)
        else set()
    )
    return primary, columns, left | {name for name in columns if name != primary}


def _found(table: pa.Table, primary: str, said: dict[str, Any], title: str) -> Found:
    column = said[primary]
    placed = table.column_names.index(primary)
    held = [at for at, name in enumerate(table.column_names) if at != placed and not name.startswith(INDEX)]
    shapes, corrupt = _shapes(table.column(placed).combine_chunks(), str(column["encoding"]))
    names = [table.column_names[at] for at in held]
    found = Found(title, names, [], shapes, Encoding(UTF8, "the standard of the format"))
    found.columns = [_plain(table.column(at).combine_chunks()) for at in held]
    found.declared, found.basis = _declared(column)
    found.drop(corrupt, CORRUPT)
    others = [name for name in said if name != primary]
    if others:
        found.warnings.append(f"the geometry columns beside {primary[:60]!r} were left away: {', '.join(others)[:200]}")
    if column.get("edges", "planar") != "planar":
        found.warnings.append("its edges are arcs on the sphere, and were taken as straight lines in degrees")
    return found


def _shapes(held: Any, encoding: str) -> tuple[Shapes, NDArray[np.bool_]]:
    """Shapes, and which of them are broken."""
    held = held.storage if isinstance(held, pa.ExtensionArray) else held
    if encoding in geoarrow.KINDS:
        shapes = geoarrow.shapes(held, encoding)
        return shapes, np.zeros(len(shapes), dtype=bool)
    held = pc.dictionary_decode(held) if pa.types.is_dictionary(held.type) else held
    wkb = held.cast(pa.large_binary())
    bytes_ = wkb.to_numpy(zero_copy_only=False)
    shapes = shapes_of(shapely.from_wkb(bytes_, on_invalid="ignore").tolist() if len(bytes_) else [])
    return shapes, shapely.is_missing(shapes) & ~pc.is_null(wkb).to_numpy(zero_copy_only=False)


def _declared(column: dict[str, Any]) -> tuple[CRS | None, str]:
    if "crs" not in column:
        return WGS84, "GeoParquet is in WGS 84 (OGC:CRS84) where it states nothing else"
    if column["crs"] is None:
        return None, "the file says that its reference system is not known"
    try:
        said = column["crs"]
        crs = CRS.from_wkt(said) if isinstance(said, str) else CRS.from_json_dict(said)  # versions below 0.4 had WKT
        return crs, "declared in the file"
    except (CRSError, AttributeError, TypeError):
        return None, "the reference system that the file states is not read by PROJ"


def _plain(column: Any) -> Any:
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    column = column.storage if isinstance(column, pa.ExtensionArray) else column
    column = pc.dictionary_decode(column) if pa.types.is_dictionary(column.type) else column
    if pa.types.is_nested(column.type):
        cells = [
            None if cell is None else json.dumps(cell, ensure_ascii=False, default=str) for cell in column.to_pylist()
        ]
        return pa.array(cells, pa.string())
    return column
