"""The sides of a relation that the command line names: layers by their id, and files that nobody declared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.columns import NUMBER
from layers.errors import Problem, SourceError
from layers.relate import Side, layer, side
from layers.schema import HALF, repair
from layers.source import Raw, points, read, require_file, shapes
from layers.spec import catalogue

ID, ACCURACY = "id", "accuracy_km"
LON_NAMES = ("lon", "longitude", "lng", "x")
LAT_NAMES = ("lat", "latitude", "y")
WKT_NAMES = ("wkt", "geometry", "geom")
LONGEST_VALUE = 80
MOST_LON, MOST_LAT = 360.0, 90.0  # what geo can measure: longitudes may run on beyond 180

Number = tuple[float, float, str]  # least, greatest, unit


def side_of(name: str) -> tuple[Side, list[str]]:
    """A layer by its id or else a file by its path, and sentences on what a reader should know of it.

    Raises AtlasError: UnknownNameError, CatalogueError, SchemaError or SourceError.
    """
    if name in catalogue():
        return side(layer(name)), []
    return side_of_file(Path(name))


def side_of_file(path: Path) -> tuple[Side, list[str]]:
    """A vector file, or a CSV table with longitude and latitude or WKT, as one side of a relation.

    Ids are those of the column ``id``, else of the first column. A row whose id is empty is called by its
    first column, unless that is empty too or is the id of another row: then it is ``row N``, counted from 1
    for the first row of data. Ids that are empty or shared are no fault, but told.
    A column ``accuracy_km`` gives the accuracy of each position; a row that leaves it empty is not measured,
    nor is one without a position. A cell in these columns that is no number is a SourceError.
    """
    _require(path)
    raw = read(path)
    ids, told = _ids(raw.cells, path.name)
    geometry, halves = _geometry(raw, ids, path.name)
    _check_degrees(geometry, ids, path.name)
    told += [f"{path.name}: {halves} rows {HALF.replace('has', 'have')}: they have no position."] if halves else []
    geometry, repaired = repair(geometry)
    told += [f"{path.name}: {repaired} invalid geometries were repaired."] if repaired else []
    accuracy = pd.Series(0.0, index=ids.index)
    if ACCURACY in raw.cells:
        accuracy = _numbers(raw.cells[ACCURACY], ids, path.name, (0.0, math.inf, "km"))
        geometry = geometry.where(accuracy.notna())
    return Side(ids, geometry, accuracy, pd.Series("", index=ids.index, dtype="str")), told


def _require(path: Path) -> None:
    try:
        found = path.exists()
    except OSError:  # as a name that is too long, or a folder that may not be looked into
        found = False
    if not found:
        known = ", ".join(catalogue())
        raise SourceError(f"{str(path)!r} is neither a layer of the catalogue ({known}) nor a file.")
    require_file(path)


def _ids(cells: pd.DataFrame, file: str) -> tuple[pd.Series[str], list[str]]:
    """What each row is called, and sentences on ids that are empty or not the only ones."""
    numbers = pd.Series([f"row {n + 1}" for n in range(len(cells))], index=cells.index, dtype="str")
    first = cells.iloc[:, 0] if len(cells.columns) else numbers
    given = cells.get(ID, first)
    empty = given.str.strip() == ""
    free = (first.str.strip() != "") & ~first.isin(given[~empty])
    ids = given.where(~empty, first.where(free, numbers))
    twice = int(ids.duplicated(keep=False).sum())
    told = [f"{file}: {int(empty.sum())} rows have no id: they are called by their first column or number."]
    told = told if empty.any() else []
    told += [f"{file}: {twice} rows share their id with another row."] if twice else []
    return ids, told


def _geometry(raw: Raw, ids: pd.Series[str], file: str) -> tuple[gpd.GeoSeries, int]:
    """Shapes of a file, and how many rows have half a position."""
    if raw.geometry is not None:
        return raw.geometry, 0
    lon, lat, wkt = (_named(raw.cells, names) for names in (LON_NAMES, LAT_NAMES, WKT_NAMES))
    if lon and lat:
        numbers = (
            _numbers(raw.cells[lon], ids, file, (-MOST_LON, MOST_LON, "degrees")),
            _numbers(raw.cells[lat], ids, file, (-MOST_LAT, MOST_LAT, "degrees")),
        )
        halves = int((numbers[0].isna() != numbers[1].isna()).sum())
        return points(raw.cells[lon].str.strip(), raw.cells[lat].str.strip()), halves
    if wkt:
        return _from_wkt(raw.cells[wkt], ids, file), 0
    names = " or ".join(LAT_NAMES if lon else LON_NAMES)
    raise SourceError(
        f"{file} has no column named {names}, and none named {', '.join(WKT_NAMES)}: rename the coordinate columns."
    )


def _named(cells: pd.DataFrame, names: Sequence[str]) -> str:
    """The column that has one of these names in capital or small letters, the first name before the next; or none."""
    found = {str(column).strip().lower(): str(column) for column in reversed(cells.columns)}
    return next((found[name] for name in names if name in found), "")


def _numbers(cells: pd.Series[str], ids: pd.Series[str], file: str, limits: Number) -> pd.Series[float]:
    """A column as numbers, missing where it is empty; SourceError on any other text and beyond the limits."""
    faults = []
    for row, cell in zip(ids, cells, strict=True):
        if cell.strip() and (fault := _fault(cell, limits)):
            faults.append(Problem(file, str(cells.name), row, cell, fault))
    _refuse(faults)
    return pd.Series([float(cell) if cell.strip() else np.nan for cell in cells], index=cells.index, dtype="float64")


def _fault(cell: str, limits: Number) -> str:
    least, most, unit = limits
    if not NUMBER.fullmatch(cell):
        comma = NUMBER.fullmatch(cell.replace(",", ".", 1))
        return "is not a number" + (": write it with a decimal point, not a comma" if comma else "")
    value = float(cell)
    if math.isinf(value):
        return "is not a finite number"
    if value < least:
        return f"is less than {least:g} {unit}"
    return f"is more than {most:g} {unit}" if value > most else ""


def _from_wkt(cells: pd.Series[str], ids: pd.Series[str], file: str) -> gpd.GeoSeries:
    made: list[shapely.Geometry | None] = []
    faults = []
    for row, cell in zip(ids, cells, strict=True):
        try:
            made.append(shapely.from_wkt(cell) if cell.strip() else None)
        except shapely.errors.ShapelyError as error:
            made.append(None)
            faults.append(Problem(file, str(cells.name), row, cell, f"is not WKT: {error}"))
    _refuse(faults)
    return shapes(made, cells.index)


def _check_degrees(geometry: gpd.GeoSeries, ids: pd.Series[str], file: str) -> None:
    """SourceError on a coordinate that is not finite or no longitude and latitude."""
    places, owners = shapely.get_coordinates(geometry.array, return_index=True)
    good = (np.abs(places[:, 0]) <= MOST_LON) & (np.abs(places[:, 1]) <= MOST_LAT)
    bad = [(owner, place) for owner, place in zip(owners[~good], places[~good].tolist(), strict=True)]
    fault = "is no longitude and latitude in degrees"
    _refuse([Problem(file, "geometry", ids.iloc[owner], f"{lon:g} {lat:g}", fault) for owner, (lon, lat) in bad])


def _refuse(faults: Sequence[Problem]) -> None:
    """SourceError with the first of these faults and the number of the others."""
    if not faults:
        return
    file, column, row, value, fault = faults[0]
    shown = value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}..."
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    raise SourceError(f"{file}: row {row!r}, column {column!r}, value {shown!r}: {fault}{more}.")
