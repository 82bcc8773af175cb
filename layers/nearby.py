"""What is related to one thing or lies around one position: by layer, with distance or range and its basis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import WGS84
from layers.columns import split
from layers.errors import SHOWN
from layers.names import names_by_id
from layers.relate import Side, layer, pairs_within, side
from layers.schema import Layer
from layers.sieve import ALL, Sieve, sieved
from layers.spec import LayerSpec, catalogue, layer_spec
from layers.text import distance, pick, say


@dataclass(frozen=True)
class Relation:
    """One related feature; ``reach`` is its distance or range in words, or why there is none.

    ``layer`` is the layer of the legend that shows it, or the layer itself where none does.
    """

    layer: str
    id: str
    name: str
    reach: str
    basis: str


@dataclass(frozen=True)
class Nearby:
    """Related features of one layer that the filter keeps, and how many others it leaves out."""

    rows: tuple[Relation, ...] = field(default_factory=tuple)
    left_out: int = 0


def root(spec: LayerSpec) -> LayerSpec:
    """The layer whose rows a filter shows; any other layer itself."""
    return root(layer_spec(spec.parents[0])) if spec.operation == "filter" else spec


def nearby(spec: LayerSpec, key: str, language: str, radius_km: int, sieve: Sieve = ALL) -> dict[str, Nearby]:
    """By related layer: what is within the radius, else the nearest one."""
    found = {}
    for relation, other, forward in _relations_of(root(spec).id):
        rows = layer(relation.id).frame
        mine = rows[rows["left" if forward else "right"] == key]
        ends = mine.assign(id=mine["right" if forward else "left"])
        kept = ends[ends["id"].isin(_kept(other.id, sieve))]
        left_out = len(set(ends["id"][_close(ends, radius_km)]) - set(kept["id"]))
        found[other.id] = Nearby(tuple(_told(_inside(kept, radius_km), other, language, key)), left_out)
    return found


def around(point: shapely.Point, language: str, radius_km: int, sieve: Sieve = ALL) -> dict[str, Nearby]:
    """By layer of the legend: what lies within the radius of a bare position, taken as exact."""
    here = Side(pd.Series([""]), gpd.GeoSeries([point], crs=WGS84), pd.Series([0.0]), pd.Series([""]))
    found = {}
    for spec in catalogue().values():
        if not spec.legend:
            continue
        try:
            made, kept = layer(spec.id), sieved(spec.id, sieve)
        except SHOWN:
            continue  # the legend says what is wrong with it
        rows = _around(here, kept, radius_km)
        left_out = len(_around(here, made, radius_km)) - len(rows) if len(kept.frame) < len(made.frame) else 0
        if len(rows) or left_out:
            found[spec.id] = Nearby(tuple(_told(rows, spec, language, "")), left_out)
    return found


def _around(here: Side, made: Layer, radius_km: int) -> pd.DataFrame:
    if made.spec.geometry is None or made.frame.empty:
        return pd.DataFrame()
    pairs = pairs_within(here, side(made), radius_km)
    return pairs.assign(away=_away(pairs), id=pairs["right"]).sort_values("away", kind="stable")


def _kept(layer_id: str, sieve: Sieve) -> set[str]:
    made = sieved(layer_id, sieve)
    return set(made.frame[made.spec.key])


def _relations_of(own: str) -> list[tuple[LayerSpec, LayerSpec, bool]]:
    """Relations from this layer with the layer they lead to, then those that lead to it from one not yet met."""
    declared = [spec for spec in catalogue().values() if spec.operation == "near"]
    forward = [(spec, layer_spec(spec.parents[1]), True) for spec in declared if _starts(spec) == own]
    met = {root(other).id for _, other, _ in forward}
    backward = [(spec, layer_spec(spec.parents[0]), False) for spec in declared if _ends(spec) == own]
    return forward + [found for found in backward if root(found[1]).id not in met]


def _starts(relation: LayerSpec) -> str:
    return root(layer_spec(relation.parents[0])).id


def _ends(relation: LayerSpec) -> str:
    return root(layer_spec(relation.parents[1])).id


def _inside(rows: pd.DataFrame, radius_km: int) -> pd.DataFrame:
    """Rows within the radius and those that a source states; where no distance is within it, the nearest one."""
    ordered = rows.assign(away=_away(rows)).sort_values("away", na_position="last", kind="stable")
    inside = ordered[_close(ordered, radius_km)]
    if not (inside["basis"] != "stated").any():
        inside = pd.concat([ordered[ordered["away"].notna()].head(1), inside])
    return inside


def _away(rows: pd.DataFrame) -> pd.Series[float]:
    away: pd.Series[float] = rows["distance_km"].fillna(rows["via_km"])
    return away


def _close(rows: pd.DataFrame, radius_km: int) -> pd.Series[bool]:
    close: pd.Series[bool] = (_away(rows) <= radius_km) | (rows["basis"] == "stated")
    return close


def _told(rows: pd.DataFrame, other: LayerSpec, language: str, own: str) -> Iterator[Relation]:
    called = names_by_id(other.id)
    for _, row in rows.iterrows():
        key = str(row["id"])
        name = pick(called.get(key, {}), language) or key
        yield Relation(other.id, key, name, reach(row, language, own), str(row["basis"]))


def reach(row: pd.Series, language: str, own: str = "") -> str:
    """Distance in words: a range where a position is uncertain; for other bases why there is no number.

    ``own`` is the town that the reader already looks at: it need not be named again.
    """
    if row["basis"] == "computed":
        low, high = float(row["distance_min_km"]), float(row["distance_max_km"])
        return say(language, "kilometres", distance=distance(low, high, language))
    if row["basis"] == "stated":
        return say(language, "reach_stated")
    through = [town for town in split(row["via"]) if town != own]
    if not through:
        return say(language, "reach_unknown")
    towns = [pick(names_by_id("towns").get(town, {}), language) or town for town in through]
    return say(language, "reach_via_town", towns=", ".join(towns))
