"""Derived layers: what lies near what, who lives within reach, and parts of a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.blocks import doubt_km, parse
from geo.crs import WGS84
from geo.index import Index
from geo.join import nearest, within
from geo.ranges import ranges, verdict
from layers.columns import split
from layers.errors import AtlasError, CatalogueError
from layers.load import files_of, load
from layers.schema import Layer
from layers.spec import LayerSpec, Stamp, catalogue, layer_spec, stamp, toml_stamp
from layers.spread import ends

RADII_KM = tuple(range(10, 201, 10))
PAIR_COLUMNS = (
    "left",
    "right",
    "rank",
    "distance_km",
    "distance_min_km",
    "distance_max_km",
    "within",
    "basis",
    "via",
    "via_km",
    "method",
)
POSITIONS = ("left_position", "right_position")  # of a pair within its sides, until it is ordered


@dataclass(frozen=True)
class Side:
    """One side of a relation, position by position (index 0 to n-1).

    ``accuracy_km`` is 0 where the layer declares no accuracy. ``via`` names the town whose point stands
    in for a row without a usable position, and is empty for rows with a position of their own.
    A pair found through a town has no distance of its own; ``via_km`` then tells how far the stand-ins are.
    """

    ids: pd.Series[str]
    geometry: gpd.GeoSeries
    accuracy_km: pd.Series[float]
    via: pd.Series[str]

    @cached_property
    def index(self) -> Index:
        """The rows prepared for joins; a row at its town's point stands exactly there."""
        return Index.of(self.geometry, accuracy_km=self.accuracy_km.where(self.via == "", 0.0).to_numpy())

    def part(self, rows: NDArray[np.bool_]) -> Side:
        """Those rows as a side of their own, with an index of their own."""
        kept = np.flatnonzero(rows)
        shapes = gpd.GeoSeries(self.geometry.to_numpy()[kept], crs=WGS84)
        return Side(
            self.ids.take(kept).reset_index(drop=True),
            shapes,
            self.accuracy_km.take(kept).reset_index(drop=True),
            self.via.take(kept).reset_index(drop=True),
        )


def layer(layer_id: str) -> Layer:
    """Any entry of the catalogue as a layer: read from its file, or derived; shared, do not change it."""
    spec = layer_spec(layer_id)
    return _derived(spec, content_stamp(spec)) if spec.kind == "derived" else load(layer_id)


def content_stamp(spec: LayerSpec) -> Stamp:
    """Stamp of all files that an entry comes from, through its parents."""
    return stamp(*files_behind(spec))


def content_of_all() -> Stamp:
    """Stamp of the catalogue, of every data file that it names and of the vocabularies."""
    entries = catalogue().values()
    files = _every_file(tuple(spec for spec in entries if spec.kind != "derived"))
    return (*stamp(*files), *toml_stamp("vocabulary"), *toml_stamp("catalogue"))


@lru_cache(maxsize=4)
def _every_file(specs: tuple[LayerSpec, ...]) -> tuple[str, ...]:
    return tuple(sorted({path for spec in specs for path in files_of(spec)}))


@lru_cache(maxsize=256)
def files_behind(spec: LayerSpec) -> tuple[str, ...]:
    """The data files that an entry comes from, through its parents, sorted."""
    if spec.kind != "derived":
        return files_of(spec)
    parents = [files_behind(layer_spec(parent)) for parent in (*spec.parents, *_town_layers(spec))]
    return tuple(sorted({path for parent in parents for path in parent}))


def side_of_layer(layer_id: str) -> Side:
    """The side of an entry of the catalogue, and with it its index, made once per content."""
    spec = layer_spec(layer_id)
    return _side(spec, content_stamp(spec))


@lru_cache(maxsize=32)
def _side(spec: LayerSpec, _content: Stamp) -> Side:
    return side(layer(spec.id))


def side(made: Layer) -> Side:
    """A layer's rows for relating: measurable ones by their own place, those without one by their town's, rest by none.

    One whose place is published without an accuracy is among the rest (`layers.unmeasured`), not at its town.
    An outline of licence blocks is as uncertain as the inferred part of their numbering makes it. AtlasError for a
    table, which has no positions at all.
    """
    if made.spec.geometry is None:
        raise AtlasError(f"{made.spec.id} is a table without positions: it cannot be related by distance.")
    frame, declared = made.frame.reset_index(drop=True), made.spec.geometry
    usable = made.measurable.reset_index(drop=True)
    geometry = gpd.GeoSeries(frame.geometry.where(usable), crs=WGS84)
    via = pd.Series("", index=frame.index, dtype="str")
    if declared and declared.town:
        towns = load(_reference(made.spec, declared.town))
        places = towns.frame.set_index(towns.spec.key).geometry
        lost = ~made.located.reset_index(drop=True)
        via = frame[declared.town].where(lost & frame[declared.town].isin(places.index), "")
        stand_in = gpd.GeoSeries(places.reindex(via).array, index=via.index, crs=WGS84)
        geometry = geometry.where(via == "", stand_in)
    known = declared and declared.accuracy
    accuracy = frame[declared.accuracy].astype("float64") if known and declared else pd.Series(0.0, frame.index)
    if declared and declared.blocks:
        accuracy = accuracy + [doubt_km(parse(cell)) for cell in frame[declared.blocks]]
    return Side(frame[made.spec.key].astype("str"), gpd.GeoSeries(geometry, crs=WGS84), accuracy, via)


def pairs_within(left: Side, right: Side, max_km: float) -> pd.DataFrame:
    """All pairs that are or may be at most ``max_km`` apart, with PAIR_COLUMNS and POSITIONS.

    ``within`` says "yes" or "possibly"; what stands at its town's point is never more than possibly anywhere, and
    only where that point as published is that near.
    """
    found = judged(_rows(left, right, within(left.index, right.index, max_km)), max_km)
    return found[found["within"] != "no"]


def pairs_nearest(left: Side, right: Side, k: int) -> pd.DataFrame:
    """For each on the left the ``k`` nearest, and the ``k`` nearest known only by their town, as ``pairs_within``.

    The two are kept apart, because a distance to a town is not the distance to what lies somewhere near it.
    """
    own = right.via == ""
    parts = [gpd.GeoSeries(right.geometry.where(kept), crs=WGS84) for kept in (own, ~own)]
    return pd.concat([_rows(left, right, nearest(left.index, part, k=k)) for part in parts])


def near(left: Side, right: Side, max_km: float) -> pd.DataFrame:
    """The nearest one and all that may be within ``max_km``, each pair once; ``ordered`` puts them in order."""
    both = pd.concat([pairs_within(left, right, max_km), judged(pairs_nearest(left, right, 1), max_km)])
    return both.drop_duplicates(list(POSITIONS))


def judged(pairs: pd.DataFrame, max_km: float) -> pd.DataFrame:
    """Pairs with the answer to whether they are within ``max_km``: "yes", "possibly" or "no"."""
    answer = verdict(pairs["distance_min_km"], pairs["distance_max_km"], max_km)
    far = pairs["via_km"] > max_km
    return pairs.assign(within=np.where(far, "no", answer))


def ordered(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs in canonical order (left, distance, right; no distance last), ranked where a distance was computed."""
    left, right = POSITIONS
    done = pairs.sort_values([left, "distance_km", right], na_position="last", kind="stable")
    counted = done.groupby(left).cumcount() + 1
    done["rank"] = counted.where(done["distance_km"].notna()).astype("Int64")
    return done[list(PAIR_COLUMNS)].reset_index(drop=True)


def stated_pairs(left: Layer, right: Layer, column: str) -> pd.DataFrame:
    """Pairs that a published source names in a list column of either layer; without any distance."""
    swapped = column in right.frame
    naming, named = (right, left) if swapped else (left, right)
    places = {key: n for n, key in enumerate(named.frame[named.spec.key])}
    found = [
        (n, places[other]) for n, cell in enumerate(naming.frame[column]) for other in split(cell) if other in places
    ]
    pairs = pd.DataFrame(found, columns=POSITIONS[::-1] if swapped else POSITIONS, dtype="int64")
    for name, position, made in zip(("left", "right"), POSITIONS, (left, right), strict=True):
        pairs[name] = made.frame[made.spec.key].iloc[pairs[position]].to_numpy()
    nothing = dict.fromkeys((name for name in PAIR_COLUMNS if name.endswith("_km")), np.nan)
    return pairs.assign(**nothing, rank=None, within="", basis="stated", via="", method="published_statement")


def reached(people: Layer, targets: Layer, column: str, radii_km: Sequence[int] = RADII_KM) -> pd.DataFrame:
    """People and towns within each radius of any target: surely, and at most, given the positions' accuracy.

    A town counts once however many targets reach it. A target without a usable position reaches nobody.
    Where the people of a town within the radius are not known, neither is the sum; where sources give several counts of
    one date, the least and the greatest count.
    """
    left, right = side_of_layer(people.spec.id), side_of_layer(targets.spec.id)
    pairs = pairs_within(left, right, max(radii_km))
    bounds = pairs[pairs["basis"] == "computed"].groupby("left")[["distance_min_km", "distance_max_km"]].min()
    keys = people.frame[people.spec.key]
    few, many = (heads.set_axis(keys).reindex(bounds.index) for heads in ends(people, column))
    rows = []
    for radius in radii_km:
        surely, maybe = bounds["distance_max_km"] <= radius, bounds["distance_min_km"] <= radius
        people_in = [heads[inside].sum(skipna=False) for heads, inside in ((few, surely), (many, maybe))]
        rows.append((radius, *people_in, surely.sum(), maybe.sum(), "geodesic_wgs84"))
    names = ["radius_km", "people_min", "people_max", "towns_min", "towns_max", "method"]
    return pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names[:-1], "Int64"))


def _rows(left: Side, right: Side, found: pd.DataFrame) -> pd.DataFrame:
    i, j = found["left"].to_numpy(), found["right"].to_numpy()
    own = (left.via.iloc[i].to_numpy() == "") & (right.via.iloc[j].to_numpy() == "")
    distance = np.where(own, found["distance_km"], np.nan)
    low, high = ranges(distance, left.accuracy_km.iloc[i].to_numpy(), right.accuracy_km.iloc[j].to_numpy())
    towns = zip(left.via.iloc[i], right.via.iloc[j], strict=True)
    return pd.DataFrame(
        {
            "left_position": i,
            "right_position": j,
            "left": left.ids.iloc[i].to_numpy(),
            "right": right.ids.iloc[j].to_numpy(),
            "rank": pd.NA,
            "distance_km": distance,
            "distance_min_km": low,
            "distance_max_km": high,
            "within": "",
            "basis": np.where(own, "computed", "via_town"),
            "via": [";".join(dict.fromkeys(filter(None, pair))) for pair in towns],
            "via_km": np.where(own, np.nan, found["distance_km"]),
            "method": np.where(own, "geodesic_wgs84", "town_position"),
        }
    )


@lru_cache(maxsize=64)
def _derived(spec: LayerSpec, _content: Stamp) -> Layer:
    parents = [layer(parent) for parent in spec.parents]
    if spec.operation == "filter":
        return _filtered(spec, parents[0])
    table = _near(spec, *parents) if spec.operation == "near" else reached(parents[0], parents[1], spec.people)
    return Layer(spec, gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([None] * len(table), crs=WGS84)))


def _near(spec: LayerSpec, left: Layer, right: Layer) -> pd.DataFrame:
    pairs = near(side_of_layer(left.spec.id), side_of_layer(right.spec.id), spec.max_km)
    return ordered(pd.concat([pairs, stated_pairs(left, right, spec.stated)]) if spec.stated else pairs)


def _filtered(spec: LayerSpec, parent: Layer) -> Layer:
    """The rows whose code is one of those wanted, under the parent's columns and geometry."""
    keep = pd.Series(True, index=parent.frame.index)
    for column, codes in spec.where.items():
        parent.spec.column(column)
        keep &= parent.frame[column].isin(codes)
    own = replace(
        spec,
        columns=parent.spec.columns,
        geometry=parent.spec.geometry,
        key=parent.spec.key,
        name=parent.spec.name,
        unnamed=parent.spec.unnamed,
        facts=parent.spec.facts,
        dated=parent.spec.dated,
        caution=spec.caution or parent.spec.caution,
        style={**parent.spec.style, **spec.style},
    )
    return Layer(own, parent.frame[keep])


def _town_layers(spec: LayerSpec) -> set[str]:
    parents = [layer_spec(parent) for parent in spec.parents]
    return {_reference(p, p.geometry.town) for p in parents if p.geometry and p.geometry.town}


def _reference(spec: LayerSpec, column: str) -> str:
    target = spec.column(column).ref
    if not target:
        raise CatalogueError(f"{spec.id}: column {column!r} must be of type ref to stand for a town.")
    return target
