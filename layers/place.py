"""Declared positions to geometry: published points, block outlines, lines through waypoints, WKT."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import pandas as pd
import shapely

from geo.blocks import outline, parse
from geo.crs import WGS84
from geo.errors import GeoError
from layers.errors import Problem, SourceError
from layers.source import points, read_table, shapes
from layers.spec import LayerSpec

MINIMUM_WAYPOINTS = 2
WAYPOINT_COLUMNS = ("route_id", "seq", "lon", "lat", "used")


def placed(raw: pd.DataFrame, spec: LayerSpec) -> tuple[gpd.GeoSeries, list[Problem]]:
    """Geometry in WGS 84 for each row of a table, missing where nothing was published, and what could not be read.

    Order of precedence within a row: licence blocks, waypoints, WKT, longitude and latitude. What stands in
    a longitude or latitude and is no number makes no point and is not told here: ``conform`` checks those
    columns. Nothing is placed, nor told, where a column is missing; ``conform`` names that too. SourceError
    when the file of waypoints cannot be read.
    """
    declared = spec.geometry
    made = gpd.GeoSeries([None] * len(raw), index=raw.index, crs=WGS84)
    problems: list[Problem] = []
    if declared is None or declared.type == "none":
        return made, problems
    needed = {spec.key, declared.lon, declared.lat, declared.wkt, declared.blocks} - {""}
    if not needed <= set(raw.columns):
        return made, problems  # the schema names what the file lacks
    if declared.lon and declared.lat:
        made = points(raw[declared.lon], raw[declared.lat])
    if declared.wkt:
        made = _each(raw, spec, declared.wkt, shapely.from_wkt, problems).combine_first(made)
    if declared.waypoints:
        made = _routes(raw[spec.key], spec).combine_first(made)
    if declared.blocks:
        made = _each(raw, spec, declared.blocks, lambda text: outline(parse(text)), problems).combine_first(made)
    return gpd.GeoSeries(made, crs=WGS84), problems


def _each(
    raw: pd.DataFrame, spec: LayerSpec, column: str, read: Callable[[str], shapely.Geometry], problems: list[Problem]
) -> gpd.GeoSeries:
    """What ``read`` makes of each cell, missing where that is empty or cannot be read; faults go to ``problems``."""
    made: list[shapely.Geometry | None] = []
    for key, text in zip(raw[spec.key], raw[column], strict=True):
        try:
            made.append(read(text) if text else None)
        except (GeoError, shapely.errors.ShapelyError) as error:
            made.append(None)
            problems.append(Problem(spec.id, column, key, text, str(error)))
    return shapes(made, raw.index)


def _routes(keys: pd.Series[str], spec: LayerSpec) -> gpd.GeoSeries:
    """Lines through the used waypoints of each route, in their published sequence; none through fewer than two."""
    assert spec.geometry is not None
    table = read_table(spec.base / "data" / spec.geometry.waypoints)
    try:
        used = table[table["used"] == "yes"].astype(dict.fromkeys(("seq", "lon", "lat"), "float64"))
    except (KeyError, ValueError) as error:
        raise SourceError(f"{spec.geometry.waypoints}: {error}. It needs {', '.join(WAYPOINT_COLUMNS)}.") from error
    lines = {
        route: shapely.LineString(part[["lon", "lat"]].to_numpy())
        for route, part in used.sort_values("seq").groupby("route_id")
        if len(part) >= MINIMUM_WAYPOINTS
    }
    return gpd.GeoSeries([lines.get(key) for key in keys], index=keys.index, crs=WGS84)
