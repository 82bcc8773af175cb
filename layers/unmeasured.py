"""Rows to which no distance can be computed, and where they may lie: they are told of, never counted as absent.

A row whose position is published without an accuracy takes no part in a computed distance; that its published position
is within a radius says only that it may be. A row without a place of its own and without a town that stands in for it
is looked for at the towns that it names, such as those that a gas line is said to serve; one that names none may be
anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import WGS84
from geo.index import Index
from geo.join import pairs_nearest
from layers.linked import TOWNS, towns_of
from layers.load import load
from layers.reach import POSSIBLY
from layers.relate import PAIR_COLUMNS, POSITIONS, Side, content_stamp, layer, side_of_layer
from layers.related import NO_ACCURACY, NO_PLACE
from layers.spec import LayerSpec, Stamp, layer_spec

METHOD = "not_measured"


@dataclass(frozen=True)
class Unmeasured:
    """The unmeasured rows of a layer, by position.

    ``at`` are their positions in the layer, ``where`` shapes in WGS 84 degrees that tell where they may lie, None where
    nothing does. ``basis`` is NO_ACCURACY or NO_PLACE, ``named`` the towns of the latter, joined by ";".
    """

    at: NDArray[np.intp]
    ids: pd.Series[str]
    where: gpd.GeoSeries
    basis: pd.Series[str]
    named: pd.Series[str]

    @cached_property
    def index(self) -> Index:
        """The rows prepared for joins; one that may be anywhere matches nothing."""
        return Index.of(self.where)

    @property
    def anywhere(self) -> NDArray[np.bool_]:
        """Whether nothing tells where a row may lie."""
        return np.asarray(self.where.isna(), dtype=bool)

    def of(self, rows: NDArray[np.bool_]) -> Unmeasured:
        """Those that are among the marked rows of the layer."""
        kept = np.flatnonzero(rows[self.at])
        ids, basis, named = (one.take(kept).reset_index(drop=True) for one in (self.ids, self.basis, self.named))
        return Unmeasured(self.at[kept], ids, gpd.GeoSeries(self.where.to_numpy()[kept], crs=WGS84), basis, named)


def unmeasured(layer_id: str, via_town: bool = False) -> Unmeasured:
    """The rows of an entry that take no part in its relations, made once per content; errors as of `relate.layer`.

    With ``via_town`` also those that relations give to their town: rows that name it and may lie anywhere near it.
    """
    spec = layer_spec(layer_id)
    return _unmeasured(spec, via_town, (*content_stamp(spec), *content_stamp(layer_spec(TOWNS))))


def maybe_within(left: Side, rows: Unmeasured, max_km: ArrayLike) -> pd.DataFrame:
    """Pairs that may be at most ``max_km`` apart, as far as published positions tell, with PAIR_COLUMNS and POSITIONS.

    ``max_km`` is one radius or one for each on the left. No pair has a distance, and each is within it "possibly";
    those of one on the left stand in the order of what published positions tell.
    """
    away_km = _away(left, rows)
    return _pairs(left, rows, away_km, away_km <= _each(left, max_km))


def maybe_nearer(left: Side, rows: Unmeasured, than_km: ArrayLike) -> pd.DataFrame:
    """Pairs that may be nearer than ``than_km``, as `maybe_within`: also those with what may be anywhere."""
    away_km = _away(left, rows)
    anywhere = left.geometry.notna().to_numpy()[:, None] & rows.anywhere[None, :]
    return _pairs(left, rows, away_km, (away_km <= _each(left, than_km)) | anywhere)


def _each(left: Side, km: ArrayLike) -> NDArray[np.float64]:
    """One radius for each on the left, as a column."""
    return np.broadcast_to(np.asarray(km, dtype=np.float64), len(left.ids))[:, None]


def _away(left: Side, rows: Unmeasured) -> NDArray[np.float64]:
    """How far the published positions of pairs (left x rows) are apart, in km; infinite where there are none."""
    count = len(rows.ids)
    away_km = np.full((len(left.ids), count), np.inf)
    if count and not rows.anywhere.all():
        i, j, km = pairs_nearest(left.index, rows.index, count)
        away_km[i, j] = km
    return away_km


def _pairs(left: Side, rows: Unmeasured, away_km: NDArray[np.float64], near: NDArray[np.bool_]) -> pd.DataFrame:
    nearest = np.argsort(away_km, axis=1, kind="stable")
    i, place = np.nonzero(np.take_along_axis(near, nearest, axis=1))
    j = nearest[i, place]
    made = pd.DataFrame(
        {
            "left_position": i,
            "right_position": rows.at[j],
            "left": left.ids.iloc[i].to_numpy(),
            "right": rows.ids.iloc[j].to_numpy(),
            "rank": pd.NA,
            **dict.fromkeys((name for name in PAIR_COLUMNS if name.endswith("_km")), np.nan),
            "within": POSSIBLY,
            "basis": rows.basis.iloc[j].to_numpy(),
            "via": rows.named.iloc[j].to_numpy(),
            "method": METHOD,
        }
    )
    return made[[*POSITIONS, *PAIR_COLUMNS]]


@lru_cache(maxsize=64)
def _unmeasured(spec: LayerSpec, via_town: bool, _content: Stamp) -> Unmeasured:
    made, side = layer(spec.id), side_of_layer(spec.id)
    at = np.flatnonzero((side.geometry.isna() | (via_town & (side.via != ""))).to_numpy())
    placed = made.located.to_numpy(dtype=bool)[at]
    named = _named(spec.id, at[~placed])
    where = np.full(len(at), None, dtype=object)
    where[placed] = made.frame.geometry.to_numpy()[at[placed]]
    where[~placed] = [_points(towns) for towns in named]
    told = np.full(len(at), "", dtype=object)
    told[~placed] = [";".join(towns) for towns in named]
    basis = np.where(placed, NO_ACCURACY, NO_PLACE)
    ids = side.ids.take(at).reset_index(drop=True)
    shapes = gpd.GeoSeries(where, crs=WGS84)
    return Unmeasured(at, ids, shapes, pd.Series(basis, dtype="str"), pd.Series(told, dtype="str"))


def _named(layer_id: str, rows: NDArray[np.intp]) -> list[list[str]]:
    """The towns of the atlas that each of these rows names."""
    every = towns_of(layer_id, 0) if len(rows) else None
    known = set(load(TOWNS).frame[load(TOWNS).spec.key])
    if every is None:
        return [[] for _ in rows]
    by_row = every[every.isin(known)].groupby(level=0).agg(list).to_dict()
    return [list(dict.fromkeys(by_row.get(int(row), []))) for row in rows]


def _points(towns: list[str]) -> shapely.Geometry | None:
    """The points of towns as one shape; nothing for none."""
    frame = load(TOWNS).frame
    points = frame.set_index(load(TOWNS).spec.key).geometry.reindex(towns)
    return shapely.union_all(points.to_numpy()) if towns else None
