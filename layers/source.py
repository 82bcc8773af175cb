"""Bytes to raw cells and shapes. Knows file formats, not what the columns mean."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj.exceptions import ProjError

from geo.crs import WGS84
from layers.errors import SourceError

GEOJSON_SUFFIXES = (".geojson", ".json")
VECTOR_SUFFIXES = (*GEOJSON_SUFFIXES, ".gpkg", ".fgb", ".kml")
FAULTS = (RuntimeError, ValueError, OSError, shapely.errors.ShapelyError)  # those of GDAL, Arrow and GEOS
WHOLE = 2**31 - 1  # rows: more than a table read at once has
EXACT = 2**53  # whole numbers up to here are the same as a float


class Raw(NamedTuple):
    """A file as read: every cell as text, empty text where nothing is stated, and its shapes.

    ``geometry`` has the index of ``cells`` and is in WGS 84; it is None for a CSV table, whose positions,
    if any, stand in its cells.
    """

    cells: pd.DataFrame
    geometry: gpd.GeoSeries | None


def read(path: Path) -> Raw:
    """Any file that is read here, chosen by the end of its name; SourceError says why one cannot be."""
    return Raw(read_table(path), None) if path.suffix.lower() == ".csv" else read_vector(path)


def read_table(path: Path) -> pd.DataFrame:
    """A CSV file with every cell as text, empty cells as empty text."""
    return pd.concat(table_parts(path, WHOLE))


def table_parts(path: Path, rows: int) -> Iterator[pd.DataFrame]:
    """A CSV file as `read_table` gives it, in tables of so many rows: at least one, if it has but a header."""
    require_file(path)
    try:
        with pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig", chunksize=rows) as parts:
            seen = 0
            for table in parts:
                if not table.index.equals(pd.RangeIndex(seen, seen + len(table))):
                    # pandas takes the first cells of long rows for labels
                    raise SourceError(f"{path.name} has rows with more cells than its header has names.")
                seen += len(table)
                yield table
    except UnicodeDecodeError as error:
        raise SourceError(f"{path.name} is not in UTF-8: save it as CSV UTF-8 ({one_line(error)}).") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        hint = "put cells that hold a comma in quotes, and write numbers with a decimal point"
        raise SourceError(f"{path.name} is no regular CSV table: {one_line(error)}; {hint}.") from error


def read_vector(path: Path) -> Raw:
    """A vector file (GeoJSON, GeoPackage, FlatGeobuf, KML, GeoParquet) in WGS 84 longitude, latitude.

    A GeoJSON without CRS is WGS 84 by its standard (RFC 7946); any other file must state its CRS. Heights
    are left away, and an empty geometry is none.
    """
    require_file(path)
    suffix = path.suffix.lower()
    if suffix not in (*VECTOR_SUFFIXES, ".parquet"):
        raise SourceError(f"{path.name}: files ending in {suffix!r} are not read here; save it as GeoJSON or CSV.")
    try:
        cells, geometry = _read_parquet(path) if suffix == ".parquet" else _read_ogr(path)
    except FAULTS as error:
        raise SourceError(f"{path.name} cannot be read as a vector layer: {one_line(error)}") from error
    return Raw(cells, degrees(geometry, path))


def degrees(geometry: gpd.GeoSeries, path: Path) -> gpd.GeoSeries:
    """Shapes of a file in WGS 84, flat, empty ones missing; SourceError where their reference system forbids it."""
    if geometry.crs is None and path.suffix.lower() not in GEOJSON_SUFFIXES:
        raise SourceError(f"{path.name} states no coordinate reference system: add one and try again.")
    try:
        turned = geometry.set_crs(geometry.crs or WGS84).to_crs(WGS84)
    except ProjError as error:
        raise SourceError(f"{path.name} cannot be brought to WGS 84: {one_line(error)}") from error
    return shapes(turned, geometry.index)


def require_file(path: Path) -> None:
    """Raise SourceError unless the path is a file that can be read and has something in it."""
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise SourceError(f"{name} is a folder: name a file in it.")
        if not path.is_file():
            raise SourceError(f"{name} is not a file." if path.exists() else f"{name} does not exist.")
        with path.open("rb") as file:
            if not file.read(1):
                raise SourceError(f"{name} is empty: not even a header is in it.")
    except OSError as error:
        raise SourceError(f"{name} cannot be read: {error.strerror or error}.") from error


def as_text(cells: Iterable[object]) -> list[str]:
    """Values as text: whole numbers without a decimal point, flags as yes and no, dates as ISO 8601.

    Lists are joined by semicolons, what has parts of its own is JSON, and what is missing is empty.
    """
    return [_text(value) for value in cells]


def shapes(made: Any, index: pd.Index[Any]) -> gpd.GeoSeries:
    """Geometries in degrees as a series in WGS 84: heights left away, empty ones missing."""
    flat = shapely.force_2d(np.array(made, dtype="object"))
    flat[shapely.is_empty(flat)] = None
    return gpd.GeoSeries(flat, index=index, crs=WGS84)


def points(lon: pd.Series[str], lat: pd.Series[str]) -> gpd.GeoSeries:
    """Points from text columns in degrees; a row has none unless both are numbers.

    Cells that are neither empty nor numbers are for the caller to find: here they are as good as empty.
    """
    numbers = [pd.to_numeric(column.where(column != ""), errors="coerce") for column in (lon, lat)]
    made = gpd.GeoSeries.from_xy(*numbers, index=lon.index, crs=WGS84)
    return made.where(numbers[0].notna() & numbers[1].notna())


def read_topojson(path: Path, layer: str) -> gpd.GeoDataFrame:
    """One layer of a TopoJSON file, which never states its CRS: longitude and latitude in WGS 84."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*crs.*", category=UserWarning)
        frame = pyogrio.read_dataframe(path, layer=layer)
    return frame.set_crs(WGS84, allow_override=True)


def read_shapes(path: Path) -> np.ndarray:
    """The single geometries of a GeoJSON file, whatever they are wrapped in; an array of shapely objects."""
    wrapped = shapely.from_geojson(path.read_text(encoding="utf-8"))
    return np.asarray(shapely.get_parts(shapely.get_parts(wrapped)))


def _read_ogr(path: Path) -> tuple[pd.DataFrame, gpd.GeoSeries]:
    """By way of Arrow, which keeps whole numbers, dates, flags and lists as they are; pandas would not."""
    options = {"DATE_AS_STRING": "YES"} if path.suffix.lower() in GEOJSON_SUFFIXES else {}
    with warnings.catch_warnings():
        # What GDAL mends on reading (a ring left open, a feature number used twice) is checked by us, or not used.
        warnings.simplefilter("ignore")
        layer = layer_of(path)
        info = pyogrio.read_info(path, layer=layer)
        numbered = info["fid_column"] == "id" and "id" not in info["fields"]  # a GeoPackage's own row numbers
        meta, table = pyogrio.read_arrow(path, layer=layer, datetime_as_string=True, return_fids=numbered, **options)
    names = ["id", *meta["fields"]] if numbered else [*meta["fields"]]
    *cells, found = table.columns  # the geometry comes last
    written = {str(name): _values(column) for name, column in zip(names, cells, strict=True)}
    frame = pd.DataFrame(written, index=pd.RangeIndex(len(table)), dtype="str")
    return frame, gpd.GeoSeries(shapely.from_wkb(found.to_pylist()), index=frame.index, crs=meta["crs"])


def layer_of(path: Path, layer: str = "") -> str:
    """The layer of a file of that name, else the one that has a geometry; tables beside it are passed over."""
    listed = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    placed = [name for name, kind in listed if kind is not None]
    if layer in placed or (not layer and len(placed) == 1):
        return layer or placed[0]
    if not placed:
        raise ValueError(f"none of its layers has a geometry ({', '.join(name for name, _ in listed)}).")
    rest = (
        f", not {layer!r}." if layer else "; take one out with: python -m layers convert IN OUT.parquet --layer NAME."
    )
    raise ValueError(f"it has the layers {', '.join(placed)}{rest}")


def _values(column: Any) -> list[str]:
    """The cells of an Arrow column as text."""
    kind, values = str(column.type), column.to_pylist()
    if kind == "float":  # 32 bits: the shortest text that is that number, not its 64-bit neighbour
        values = [None if value is None else float(str(np.float32(value))) for value in values]
    elif "json" in kind:  # values of several kinds; GDAL hands each on as it is written
        values = [_listed(value) for value in values]
    return as_text(values)


def _listed(cell: Any) -> object:
    try:
        return json.loads(cell) if isinstance(cell, str) and cell.startswith("[") else cell
    except ValueError:
        return cell


def _read_parquet(path: Path) -> tuple[pd.DataFrame, gpd.GeoSeries]:
    frame = gpd.read_parquet(path, to_pandas_kwargs={"types_mapper": pd.ArrowDtype}).reset_index(drop=True)
    return texts(pd.DataFrame(frame.drop(columns=frame.geometry.name))), frame.geometry


def texts(table: pd.DataFrame) -> pd.DataFrame:
    """A table of Arrow types with every cell as text."""
    cells = {name: as_text(map(_listed, table[name]) if _is_json(table[name]) else table[name]) for name in table}
    return pd.DataFrame(cells, index=table.index, dtype="str")


def _is_json(column: pd.Series[Any]) -> bool:
    return "arrow.json" in str(column.dtype)


def _text(value: object) -> str:
    if isinstance(value, list | tuple | np.ndarray):
        parted = any(isinstance(part, dict | list | tuple | np.ndarray) for part in value)
        return _json(list(value)) if parted else ";".join(as_text(value))
    if isinstance(value, dict):
        return _json(value)
    if value is None or bool(pd.isna(value)):  # type: ignore[call-overload]
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) <= EXACT else repr(float(value))
    if isinstance(value, date | time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def one_line(error: Exception) -> str:
    """What another library says, on one line."""
    return " ".join(str(error).split())
