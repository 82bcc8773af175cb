"""How far the rows of a layer are from what a radius is drawn around, and which of them are surely within it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import WGS84
from geo.index import Index
from geo.join import within
from layers.ground import ground
from layers.linked import TOWNS, towns_of
from layers.load import load
from layers.relate import content_stamp, layer, side_of_layer
from layers.spec import LayerSpec, Stamp, layer_spec
from layers.view import BADGE, GROUNDS, Selection

YES, POSSIBLY = "yes", "possibly"
COLUMNS = ("distance_km", "distance_min_km", "distance_max_km", "within")


@dataclass(frozen=True)
class Centre:
    """What a radius is drawn around: its place, and how far that may be off; None where that is not known.

    ``at_town`` says that the place is that of a town that stands in.
    """

    place: shapely.Geometry
    accuracy_km: float | None = 0.0
    at_town: bool = False


@dataclass(frozen=True)
class Spots:
    """Where the rows of a layer are: an index over the spots, the row of each, and whether it is the row's own.

    A row without a place is at each of the towns that it names.
    """

    index: Index
    row: NDArray[np.intp]
    own: NDArray[np.bool_]


def reach(layer_id: str, centre: Centre, radius_km: float) -> pd.DataFrame:
    """The rows that are or may be within the radius, indexed by position, with COLUMNS.

    Kilometres are missing for a row that only its town places, and the range where an accuracy is not known; such
    rows are within it "possibly". For the former the town counts as it is published, as in relations. The frame is
    shared: do not change it.
    """
    return _reach(layer_spec(layer_id), centre, radius_km, _content_of(layer_id))


@lru_cache(maxsize=128)
def _reach(spec: LayerSpec, centre: Centre, radius_km: float, _content: Stamp) -> pd.DataFrame:
    spots = spots_of(spec.id)
    accuracy = np.nan if centre.accuracy_km is None else centre.accuracy_km
    found = within(Index.of([centre.place], accuracy_km=accuracy), spots.index, radius_km)
    at = found["right"].to_numpy(dtype=np.intp)
    own = spots.own[at]
    far = (~own | centre.at_town) & (found["distance_km"] > radius_km).to_numpy()
    found = found[list(COLUMNS)].assign(row=spots.row[at])
    found.loc[~own, list(COLUMNS)] = (np.nan, np.nan, np.nan, POSSIBLY)
    nearest: pd.DataFrame = found[~far].drop_duplicates("row")  # of several towns the first, which is the nearest
    return nearest.set_index("row").sort_index()


def centre_of(selected: Selection) -> Centre | None:
    """What a radius around a selected thing is drawn around; None where its place is not known.

    A thing without a place of its own is where its towns are, as is what a badge stands for.
    """
    if selected.layer in GROUNDS:
        found = ground(selected)
        return Centre(found.shape, found.accuracy_km)
    if selected.id.startswith(BADGE):
        town = load(TOWNS).row(selected.id.removeprefix(BADGE))
        return None if town is None else Centre(town["geometry"], None, at_town=True)
    made, spots = layer(selected.layer), spots_of(selected.layer)
    here = np.flatnonzero((made.frame[made.spec.key] == selected.id).to_numpy()[spots.row])
    if not len(here):
        return None
    place = shapely.union_all(spots.index.geometries[here]) if len(here) > 1 else spots.index.geometries[here[0]]
    assert spots.index.accuracy_km is not None
    accuracy = float(spots.index.accuracy_km[here[0]])
    return Centre(place, None if np.isnan(accuracy) else accuracy, at_town=not spots.own[here[0]])


def spots_of(layer_id: str) -> Spots:
    """Where the rows of a layer are, prepared once per content."""
    return _spots_of(layer_spec(layer_id), _content_of(layer_id))


def _content_of(layer_id: str) -> Stamp:
    return (*content_stamp(layer_spec(layer_id)), *content_stamp(layer_spec(TOWNS)))


@lru_cache(maxsize=32)
def _spots_of(spec: LayerSpec, _content: Stamp) -> Spots:
    made = layer(spec.id)
    located = made.located.to_numpy(dtype=bool)
    rows = np.flatnonzero(located)
    shapes = made.frame.geometry.to_numpy()[located]
    accuracy = _accuracy(made.spec)[located] if made.spec.geometry else np.full(len(rows), np.nan)
    lost = None if located.all() else towns_of(spec.id, 0)
    if lost is not None:
        towns = load(TOWNS)
        points = towns.frame.set_index(towns.spec.key).geometry
        lost = lost[~located[lost.index.to_numpy(dtype=np.intp)] & lost.isin(points.index).to_numpy()]
        shapes = np.concatenate([shapes, points.reindex(lost.to_numpy()).to_numpy()])
        accuracy = np.concatenate([accuracy, np.full(len(lost), np.nan)])
        rows = np.concatenate([rows, lost.index.to_numpy(dtype=np.intp)])
    series = gpd.GeoSeries(shapes, crs=WGS84)
    return Spots(Index.of(series, accuracy_km=accuracy), rows, located[rows])


def _accuracy(spec: LayerSpec) -> NDArray[np.float64]:
    """How far each row's own place may be off, in km; NaN where that is not known."""
    side = side_of_layer(spec.id)
    return np.where(side.via == "", side.accuracy_km.to_numpy(dtype=np.float64), np.nan)
