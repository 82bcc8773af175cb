"""The sides of a relation that the command line names: layers by their id, and files that nobody declared."""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.boxes import around, widened
from layers import parquet
from layers.errors import AtlasError, SourceError, UnknownNameError
from layers.load import in_parts, load_near
from layers.positions import check_degrees, numbers, positions
from layers.relate import Side, layer, side
from layers.schema import HALF, Layer, repair
from layers.source import Raw, read, require_file, texts
from layers.spec import catalogue
from layers.spread import ends

ID, ACCURACY = "id", "accuracy_km"


class Near(NamedTuple):
    """Shapes, and how far from them another matters, if it is where it is said to be."""

    geometry: gpd.GeoSeries
    km: float

    @classmethod
    def of(cls, side: Side, km: float) -> Near:
        """What may be within some kilometres of a side, whose own positions may be off."""
        return cls(side.geometry, km + max(0.0, float(side.accuracy_km.max(skipna=True)) if len(side.ids) else 0.0))

    def boxes(self, off_km: float) -> NDArray[np.float64]:
        """Boxes (n, 4) in degrees that hold all that may be near, where its own position is off by so much."""
        return around(widened(self.geometry.bounds.to_numpy()), self.km + off_km)


def side_of(name: str, near: Near | None = None) -> tuple[Side, list[str]]:
    """A layer by its id or else a file by its path, and sentences on what a reader should know of it.

    What lies farther off than ``near`` says may be left away: see `side_of_file` and `layers.load.load_near`.
    Raises AtlasError: UnknownNameError, CatalogueError, SchemaError or SourceError.
    """
    if name in catalogue():
        return side(_near_layer(name, near) if near else layer(name)), []
    return side_of_file(Path(name), near)


def side_of_file(path: Path, near: Near | None = None) -> tuple[Side, list[str]]:
    """A vector file, or a CSV table with longitude and latitude or WKT, as one side of a relation.

    Ids are those of the column ``id``, else of the first column. A row whose id is empty is called by its
    first column, unless that is empty too or is the id of another row: then it is ``row N``, counted from 1
    for the first row of data. Ids that are empty or shared are no fault, but told.
    A column ``accuracy_km`` gives the accuracy of each position; a row that leaves it empty is not measured,
    nor is one without a position. A cell in these columns that is no number is a SourceError.
    Of a GeoParquet with a covering only the rows that can be near are read, and only they are checked and told of.
    """
    _require(path)
    raw = _near(path, near) if near and path.suffix.lower() == ".parquet" else read(path)
    ids, told = _ids(raw.cells, path.name)
    geometry, halves = (raw.geometry, 0) if raw.geometry is not None else positions(raw.cells, ids, path.name)
    check_degrees(geometry, ids, path.name)
    told += [f"{path.name}: {halves} rows {HALF.replace('has', 'have')}: they have no position."] if halves else []
    geometry, repaired = repair(geometry)
    told += [f"{path.name}: {repaired} invalid geometries were repaired."] if repaired else []
    accuracy = pd.Series(0.0, index=ids.index)
    if ACCURACY in raw.cells:
        accuracy = numbers(raw.cells[ACCURACY], ids, path.name, (0.0, math.inf, "km"))
        geometry = geometry.where(accuracy.notna())
    via = pd.Series("", index=ids.index, dtype="str")
    at = pd.RangeIndex(len(ids))
    return Side(ids.set_axis(at), geometry.set_axis(at), accuracy.set_axis(at), via.set_axis(at)), told


def numbers_of(name: str, column: str) -> tuple[pd.Series[float], pd.Series[float]]:
    """A column of numbers of a layer or file, one for each row of its `side_of`, missing where a cell is empty.

    Twice: of a layer for which sources give several figures of one date the least, and the greatest.
    UnknownNameError where there is no such column, AtlasError where it holds anything but numbers from 0.
    """
    if name in catalogue():
        made = layer(name)
        if made.spec.column(column).type not in ("integer", "number"):
            raise AtlasError(f"{name}: column {column!r} does not hold numbers.")
        low, high = ends(made, column)
        return low.reset_index(drop=True), high.reset_index(drop=True)
    path = Path(name)
    cells = read(path).cells
    if column not in cells:
        raise UnknownNameError(f"column in {path.name}", column, [*cells.columns])
    ids, _ = _ids(cells, path.name)
    held = numbers(cells[column], ids, path.name, (0.0, math.inf, "")).reset_index(drop=True)
    return held, held


def _near_layer(name: str, near: Near) -> Layer:
    """A layer of the catalogue, read in part where its file allows it."""
    spec = catalogue()[name]
    if spec.geometry is None or not in_parts(spec):
        return layer(name)
    accuracy = spec.geometry.accuracy
    return load_near(name, near.boxes(_most_off(spec.path, accuracy) if accuracy else 0.0))


def _near(path: Path, near: Near) -> Raw:
    """The rows of a GeoParquet that can be near, with the columns that a side has; all, where none can be told.

    None can be told in a file without covering, or where a row is not called by its id: whether it may be
    called by its first column depends on all other rows.
    """
    try:
        held = parquet.footer(path)
    except SourceError:
        return read(path)  # which says what is wrong, or reads what cannot be read in part
    columns = [name for name in dict.fromkeys([*held.attributes[:1], ID, ACCURACY]) if name in held.attributes]
    if not held.covering:
        return read(path)
    found = parquet.read(path, columns, near.boxes(_most_off(path, ACCURACY) if ACCURACY in columns else 0.0))
    cells = texts(pd.DataFrame(found[columns]))
    nameless = ID in cells and (cells[ID].str.strip() == "").any()
    return read(path) if nameless else Raw(cells, found.geometry)


def _most_off(path: Path, accuracy: str) -> float:
    """The most that any row's position may be off; cells that are no accuracy are told of if their row is near."""
    given = pd.to_numeric(pd.Series(texts(parquet.column(path, accuracy).to_frame())[accuracy]), errors="coerce")
    known = given[(given >= 0) & (given < math.inf)]
    return float(known.max()) if len(known) else 0.0


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
    rows = pd.Series([f"row {n + 1}" for n in cells.index], index=cells.index, dtype="str")
    first = cells.iloc[:, 0] if len(cells.columns) else rows
    given = cells.get(ID, first)
    empty = given.str.strip() == ""
    free = (first.str.strip() != "") & ~first.isin(given[~empty])
    ids = given.where(~empty, first.where(free, rows))
    twice = int(ids.duplicated(keep=False).sum())
    told = [f"{file}: {int(empty.sum())} rows have no id: they are called by their first column or number."]
    told = told if empty.any() else []
    told += [f"{file}: {twice} rows share their id with another row."] if twice else []
    return ids, told
