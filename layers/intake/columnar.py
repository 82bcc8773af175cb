"""GeoParquet: the geometry column that its metadata name, as WKB; plain Parquet is told from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.crs import WGS84
from layers.errors import UploadError
from layers.intake.found import UTF8, Answers, Found, shapes_of
from layers.intake.ogr import CORRUPT, MOST_ROWS
from layers.intake.verdict import Encoding
from layers.source import FAULTS, one_line

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
            primary, column, left = _geometry(dict(file.metadata.metadata or {}))
            groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
            if file.metadata.num_rows > MOST_ROWS or sum(group.total_byte_size for group in groups) > MOST_BYTES:
                raise UploadError("The GeoParquet inflates to more than is read here: use `python -m layers convert`.")
            held = [name for name in file.schema_arrow.names if name not in left]
            if primary not in held:
                raise UploadError(
                    f"The metadata name a geometry column {primary[:60]!r} that is not there: write it anew."
                )
            table = file.read(columns=held)
        return [_found(table, primary, column, title)]
    except FAULTS as error:
        told = one_line(error)[:200]
        raise UploadError(f"The Parquet file is damaged or not what it seems ({told}): write it anew.") from error


def _geometry(metadata: dict[bytes, bytes]) -> tuple[str, dict[str, Any], set[str]]:
    """The primary geometry column, what is said of it, and columns that only cover others."""
    if b"geo" not in metadata:
        raise UploadError(PLAIN)
    said = json.loads(metadata[b"geo"])
    columns = said.get("columns") if isinstance(said, dict) else None
    primary = said.get("primary_column") if isinstance(said, dict) else None
    if not isinstance(columns, dict) or not isinstance(primary, str) or not isinstance(columns.get(primary), dict):
        raise UploadError("The metadata of the GeoParquet name no geometry column: write it anew.")
    column = columns[primary]
    if column.get("encoding") != "WKB":
        raise UploadError("The geometry of the GeoParquet is not encoded as WKB: write it with that encoding.")
    covering = column.get("covering", {})
    boxes = covering.get("bbox", {}) if isinstance(covering, dict) else {}
    left = (
        {place[0] for place in boxes.values() if isinstance(place, list) and place}
        if isinstance(boxes, dict)
        else set()
    )
    return primary, column, left | {name for name in columns if name != primary}


def _found(table: pa.Table, primary: str, column: dict[str, Any], title: str) -> Found:
    names = [name for name in table.column_names if name != primary and not name.startswith("__index_level_")]
    wkb = table[primary].combine_chunks()
    wkb = wkb.storage if isinstance(wkb, pa.ExtensionArray) else wkb
    held = wkb.cast(pa.binary()).to_numpy(zero_copy_only=False)
    shapes = shapes_of(shapely.from_wkb(held, on_invalid="ignore").tolist() if len(held) else [])
    found = Found(title, names, [], shapes, Encoding(UTF8, "the standard of the format"))
    found.columns = [_plain(table[name].combine_chunks()) for name in names]
    found.declared, found.basis = _declared(column)
    found.drop(shapely.is_missing(shapes) & ~pc.is_null(wkb).to_numpy(zero_copy_only=False), CORRUPT)
    return found


def _declared(column: dict[str, Any]) -> tuple[CRS | None, str]:
    if "crs" not in column:
        return WGS84, "GeoParquet is in WGS 84 (OGC:CRS84) where it states nothing else"
    if column["crs"] is None:
        return None, "the file says that its reference system is not known"
    try:
        return CRS.from_json_dict(column["crs"]), "declared in the file"
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
