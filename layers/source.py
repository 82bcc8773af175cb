"""Bytes to raw frames. Knows file formats, not what the columns mean."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from geo.crs import WGS84
from layers.errors import SourceError

VECTOR_SUFFIXES = (".geojson", ".json", ".gpkg", ".fgb", ".kml")
LON_NAMES = ("lon", "longitude", "lng", "x")
LAT_NAMES = ("lat", "latitude", "y")


def read_table(path: Path) -> pd.DataFrame:
    """A CSV file with every cell as text, empty cells as empty text."""
    try:
        table = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SourceError(f"{path.name} does not exist.") from error
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise SourceError(f"{path.name} is not a UTF-8 CSV table: {error}") from error
    if not isinstance(table.index, pd.RangeIndex):  # pandas takes the first cells of long rows for labels
        raise SourceError(f"{path.name} has rows with more cells than its header has names.")
    return table


def as_text(cells: pd.Series) -> pd.Series[str]:
    """Cells as text: a whole number without a decimal point, a missing one as empty text."""
    whole = cells.convert_dtypes()
    return whole.astype("object").where(whole.notna(), "").astype("str")


def read_vector(path: Path) -> gpd.GeoDataFrame:
    """A vector file (GeoJSON, GeoPackage, FlatGeobuf, KML, GeoParquet) in WGS 84 longitude, latitude.

    A GeoJSON without CRS is WGS 84 by its standard (RFC 7946); any other file must state its CRS.
    """
    if not path.is_file():
        raise SourceError(f"{path.name} does not exist.")
    try:
        frame = _read_any(path)
    except (DataSourceError, DataLayerError, ValueError, OSError) as error:
        raise SourceError(f"{path.name} cannot be read as a vector layer: {error}") from error
    if frame.crs is None:
        raise SourceError(f"{path.name} states no coordinate reference system: add one and try again.")
    frame = frame.to_crs(WGS84)
    return frame.set_geometry(shapely.force_2d(frame.geometry.array), crs=WGS84)


def read_located(path: Path) -> gpd.GeoDataFrame:
    """Any file that ``relate`` takes: a vector file, or a CSV table with longitude and latitude columns."""
    if path.suffix.lower() != ".csv":
        return read_vector(path)
    table = read_table(path)
    lon, lat = (_named(table, names, path) for names in (LON_NAMES, LAT_NAMES))
    return gpd.GeoDataFrame(table, geometry=points(table[lon], table[lat]), crs=WGS84)


def points(lon: pd.Series[str], lat: pd.Series[str]) -> gpd.GeoSeries:
    """Points from text columns in degrees; a row lacking either has no geometry."""
    numbers = [pd.to_numeric(column.where(column != ""), errors="coerce") for column in (lon, lat)]
    made = gpd.GeoSeries.from_xy(*numbers, index=lon.index, crs=WGS84)
    return made.where(numbers[0].notna() & numbers[1].notna())


def _read_any(path: Path) -> gpd.GeoDataFrame:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return gpd.read_parquet(path)
    if suffix not in VECTOR_SUFFIXES:
        raise SourceError(f"{path.name}: files ending in {suffix!r} are not read here.")
    if suffix in (".geojson", ".json"):
        return _read_geojson(path)
    return pyogrio.read_dataframe(path)


def _read_geojson(path: Path) -> gpd.GeoDataFrame:
    with warnings.catch_warnings():
        # A ring that GDAL finds unclosed or a mixed column type is repaired or checked later, by us.
        warnings.simplefilter("ignore", RuntimeWarning)
        frame = pyogrio.read_dataframe(path)
    if "geometry" not in frame:
        frame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([None] * len(frame), crs=WGS84))
    return frame if frame.crs is not None else frame.set_crs(WGS84)


def _named(table: pd.DataFrame, names: tuple[str, ...], path: Path) -> str:
    for column in table.columns:
        if column.strip().lower() in names:
            return str(column)
    raise SourceError(f"{path.name} has no column named {' or '.join(names)}: rename the coordinate columns.")


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
