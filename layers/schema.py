"""The one validation: a raw frame and its catalogue entry become a layer, or a table of problems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.columns import References, fault_of, typed
from layers.errors import Problem, SchemaError
from layers.spec import ColumnSpec, LayerSpec

TYPES = {
    "point": ("Point", "MultiPoint"),
    "line": ("LineString", "MultiLineString"),
    "polygon": ("Polygon", "MultiPolygon"),
}

HALF = "has a longitude or a latitude but not both"


@dataclass(frozen=True)
class Layer:
    """A checked layer: the frame has exactly the declared columns, typed, and geometry in WGS 84.

    Whoever holds one need not check again, and must not change the frame.
    """

    spec: LayerSpec
    frame: gpd.GeoDataFrame
    repaired: int = 0

    @cached_property
    def located(self) -> pd.Series[bool]:
        """Rows that have a geometry."""
        placed: pd.Series[bool] = ~(self.frame.geometry.isna() | self.frame.geometry.is_empty)
        return placed

    @property
    def measurable(self) -> pd.Series[bool]:
        """Rows whose position may enter a computed distance: placed, and with an accuracy if one is declared."""
        accuracy = self.spec.geometry.accuracy if self.spec.geometry else ""
        usable: pd.Series[bool] = self.located & self.frame[accuracy].notna() if accuracy else self.located
        return usable

    def row(self, key: str) -> pd.Series | None:
        """The row with that key, or None."""
        found = self.frame[self.frame[self.spec.key] == key]
        return None if found.empty else found.iloc[0]


def conform(raw: pd.DataFrame, geometry: gpd.GeoSeries, spec: LayerSpec, references: References) -> Layer:
    """Check every declared column, the key and the geometry; SchemaError lists all problems at once.

    ``raw`` holds text cells, empty text where nothing is stated; ``geometry`` is aligned to it, in WGS 84.
    Invalid shapes are repaired, see ``repair``, and counted in ``repaired``.
    """
    problems = list(_column_names(raw, spec))
    known = [column for column in spec.columns if column.name in raw]
    for column in known:
        problems += _cells(raw, column, spec, references)
    problems += _keys(raw, spec)
    problems += _positions(raw, spec, references)
    problems += _geometry(raw, geometry, spec)
    if problems:
        raise SchemaError(problems)
    mended, repaired = repair(geometry)
    values = {column.name: typed(raw[column.name], column) for column in known}
    return Layer(spec, gpd.GeoDataFrame(values, geometry=mended, crs=geometry.crs), repaired)


def repair(geometry: gpd.GeoSeries) -> tuple[gpd.GeoSeries, int]:
    """Geometry with its invalid shapes repaired (shapely ``make_valid``, structure method), and how many they were."""
    made = np.array(geometry.array, dtype="object")
    invalid = ~shapely.is_missing(made) & ~shapely.is_valid(made)
    made[invalid] = shapely.make_valid(made[invalid], method="structure")
    return gpd.GeoSeries(made, index=geometry.index, crs=geometry.crs), int(invalid.sum())


def _column_names(raw: pd.DataFrame, spec: LayerSpec) -> Iterator[Problem]:
    declared = [column.name for column in spec.columns]
    for name in declared:
        if name not in raw:
            yield Problem(spec.id, name, "", "", "is declared in the catalogue but not in the file")
    for name in raw.columns:
        if name not in declared:
            yield Problem(spec.id, str(name), "", "", "is in the file but not declared in the catalogue")


def _cells(raw: pd.DataFrame, column: ColumnSpec, spec: LayerSpec, references: References) -> Iterator[Problem]:
    fault = fault_of(column, references)
    keys = raw[spec.key] if spec.key in raw else raw.index.astype("str")
    for key, cell in zip(keys, raw[column.name], strict=True):
        if not cell:
            if column.required:
                yield Problem(spec.id, column.name, key, "", "is empty but required")
        elif found := fault(cell):
            yield Problem(spec.id, column.name, key, cell, found)


def _keys(raw: pd.DataFrame, spec: LayerSpec) -> Iterator[Problem]:
    if spec.key not in raw:
        yield Problem(spec.id, spec.key, "", "", "is the key but not in the file")
        return
    keys = raw[spec.key]
    for key in keys[keys == ""]:
        yield Problem(spec.id, spec.key, key, "", "is the key and empty")
    for key in keys[keys.duplicated() & (keys != "")]:
        yield Problem(spec.id, spec.key, key, key, "is the key and occurs twice")


def _positions(raw: pd.DataFrame, spec: LayerSpec, references: References) -> Iterator[Problem]:
    """Rows with half a position, and text that is no degrees in columns that are not of a type checked for it."""
    ends = {"lon": spec.geometry.lon, "lat": spec.geometry.lat} if spec.geometry else {}
    if not ends or not {spec.key, *ends.values()} <= set(raw.columns):
        return
    for kind, name in ends.items():
        column = spec.column(name)
        if column.type not in (kind, "number", "integer"):
            yield from _cells(raw, replace(column, type=kind, required=False), spec, references)
    for key, lon, lat in zip(raw[spec.key], *(raw[name] for name in ends.values()), strict=True):
        if bool(lon) != bool(lat):
            yield Problem(spec.id, ends["lon" if lon else "lat"], key, lon or lat, HALF)


def _geometry(raw: pd.DataFrame, geometry: gpd.GeoSeries, spec: LayerSpec) -> Iterator[Problem]:
    wanted = spec.geometry.type if spec.geometry else "none"
    keys = raw[spec.key] if spec.key in raw else raw.index.astype("str").to_series(raw.index)
    bounds = geometry.bounds
    outside = (bounds.minx < -180) | (bounds.maxx > 180) | (bounds.miny < -90) | (bounds.maxy > 90)
    for row in geometry.index[geometry.notna()]:
        found = geometry[row].geom_type
        if wanted in TYPES and found not in TYPES[wanted]:
            yield Problem(spec.id, "geometry", str(keys[row]), found, f"is not a {wanted}")
        if outside[row]:
            yield Problem(spec.id, "geometry", str(keys[row]), found, "lies outside longitude and latitude")
