"""Positions in the cells of a table: longitude and latitude, or WKT, under the names that files give them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.columns import NUMBER
from layers.errors import Problem, SourceError
from layers.source import points, shapes

LON_NAMES = ("lon", "longitude", "lng", "x")
LAT_NAMES = ("lat", "latitude", "y")
WKT_NAMES = ("wkt", "geometry", "geom")
LONGEST_VALUE = 80
MOST_LON, MOST_LAT = 360.0, 90.0  # what geo can measure: longitudes may run on beyond 180

Number = tuple[float, float, str]  # least, greatest, unit


def positions(cells: pd.DataFrame, ids: pd.Series[str], file: str) -> tuple[gpd.GeoSeries, int]:
    """The shapes of a table's rows, and how many rows have half a position.

    ``ids`` call the rows in a message. SourceError where no column holds positions or a cell is none.
    """
    lon, lat, wkt = (_named(cells, names) for names in (LON_NAMES, LAT_NAMES, WKT_NAMES))
    if lon and lat:
        found = (
            numbers(cells[lon], ids, file, (-MOST_LON, MOST_LON, "degrees")),
            numbers(cells[lat], ids, file, (-MOST_LAT, MOST_LAT, "degrees")),
        )
        halves = int((found[0].isna() != found[1].isna()).sum())
        return points(cells[lon].str.strip(), cells[lat].str.strip()), halves
    if wkt:
        return _from_wkt(cells[wkt], ids, file), 0
    head = str(cells.columns[0]) if len(cells.columns) == 1 else ""
    if ";" in head or "\t" in head:
        raise SourceError(f"{file} has one column, {head!r}: separate its cells by commas.")
    names = " or ".join(LAT_NAMES if lon else LON_NAMES)
    raise SourceError(
        f"{file} has no column named {names}, and none named {', '.join(WKT_NAMES)}: rename the coordinate columns."
    )


def numbers(cells: pd.Series[str], ids: pd.Series[str], file: str, limits: Number) -> pd.Series[float]:
    """A column as numbers, missing where it is empty; SourceError on any other text and beyond the limits."""
    faults = []
    for row, cell in zip(ids, cells, strict=True):
        if cell.strip() and (fault := _fault(cell, limits)):
            faults.append(Problem(file, str(cells.name), row, cell, fault))
    _refuse(faults)
    return pd.Series([float(cell) if cell.strip() else np.nan for cell in cells], index=cells.index, dtype="float64")


def check_degrees(geometry: gpd.GeoSeries, ids: pd.Series[str], file: str) -> None:
    """SourceError on a coordinate that is not finite or no longitude and latitude."""
    places, owners = shapely.get_coordinates(geometry.array, return_index=True)
    good = (np.abs(places[:, 0]) <= MOST_LON) & (np.abs(places[:, 1]) <= MOST_LAT)
    bad = [(owner, place) for owner, place in zip(owners[~good], places[~good].tolist(), strict=True)]
    fault = "is no longitude and latitude in degrees"
    _refuse([Problem(file, "geometry", ids.iloc[owner], f"{lon:g} {lat:g}", fault) for owner, (lon, lat) in bad])


def _named(cells: pd.DataFrame, names: Sequence[str]) -> str:
    """The column that has one of these names in capital or small letters, the first name before the next; or none."""
    found = {str(column).strip().lower(): str(column) for column in reversed(cells.columns)}
    return next((found[name] for name in names if name in found), "")


def _fault(cell: str, limits: Number) -> str:
    least, most, unit = limits
    if not NUMBER.fullmatch(cell):
        comma = NUMBER.fullmatch(cell.replace(",", ".", 1))
        return "is not a number" + (": write it with a decimal point, not a comma" if comma else "")
    value = float(cell)
    if math.isinf(value):
        return "is not a finite number"
    if value < least:
        return f"is less than {least:g} {unit}".rstrip()
    return f"is more than {most:g} {unit}".rstrip() if value > most else ""


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


def _refuse(faults: Sequence[Problem]) -> None:
    """SourceError with the first of these faults and the number of the others."""
    if not faults:
        return
    file, column, row, value, fault = faults[0]
    shown = value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}..."
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    raise SourceError(f"{file}: row {row!r}, column {column!r}, value {shown!r}: {fault}{more}.")
