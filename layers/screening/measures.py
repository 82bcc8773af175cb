"""Raw values of criteria: for each candidate the best figure and the range in which the true one lies.

Distances come from ``layers.relate`` (geodesics on WGS 84, ranges from the accuracies of both positions). A candidate
at its town's point is measured from there for the order, as is the way to a place that processes ore, of which the town
is all that is told; no source states how far from the town either is: the range is not known, and the simulation tries
the whole scale. What else is looked for and has no position of its own that can be measured (``layers.unmeasured``) may
be nearer than the nearest that can, or be one more within a radius: the range says so, the best figure leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike

from geo.crs import WGS84
from geo.overlap import area_km2, areas_of
from layers.columns import split
from layers.linked import TOWNS
from layers.load import load
from layers.relate import Side, layer, pairs_nearest, pairs_within, side_of_layer
from layers.screening.candidates import COMMODITIES, Candidates, cell_of
from layers.screening.itself import without_itself
from layers.screening.profiles import Criterion
from layers.screening.scores import Flags, Floats
from layers.spread import ends
from layers.unmeasured import Unmeasured, maybe_within, unmeasured

NEAREST = 40  # of one layer: the true nearest is among those whose ranges overlap, and deposits lie close together
HA_PER_KM2 = 100.0
POLYGON = 2  # dimension
PROCESSING = "processing"
Named: TypeAlias = tuple[tuple[str, str], ...]  # layer and id of each


@dataclass(frozen=True, eq=False)
class Raw:
    """One criterion of each candidate: ``low`` <= ``best`` <= ``high``, all NaN where it is not known.

    The ends alone are NaN where a town's point stands in for a position: then nothing bounds the true value.

    ``what`` names the nearest row that was found by its id, or nothing. ``besides`` names, for each candidate, the rows
    that are not measured and may change its figure, ``anywhere`` those that may change any.
    """

    low: Floats
    best: Floats
    high: Floats
    what: tuple[str, ...]
    besides: tuple[Named, ...]
    anywhere: Named = ()


class Target(NamedTuple):
    """The rows of a layer that are looked for: those that are measured, and those that cannot be."""

    layer: str
    side: Side
    loose: Unmeasured | None = None


def measured(criterion: Criterion, found: Candidates, commodities: Sequence[str]) -> Raw:
    """The raw values of a criterion; ``commodities`` are the profile's, for candidates that state none."""
    return _MEASURES[criterion.measure](criterion, found, commodities)


def wanted(found: Candidates, commodities: Sequence[str]) -> list[tuple[str, ...]]:
    """Which commodities each candidate is about: its own, else the profile's."""
    return [own or tuple(commodities) for own in found.commodities]


def stood_in(side: Side) -> Side:
    """A side whose rows at their town's point are taken to be there; whoever uses it says that their range is open."""
    accuracy = side.accuracy_km.where(side.via == "", 0.0).fillna(0.0)
    return Side(side.ids, side.geometry, accuracy, pd.Series("", index=side.ids.index, dtype="str"))


def nearest_of(found: Candidates, targets: Sequence[Target], rows: Flags | None = None) -> Raw:
    """The nearest row of these layers, for the candidates that ``rows`` marks (all for None), in km."""
    chosen = found.placed if rows is None else rows & found.placed
    raw, what = unknown(len(found.ids)), [""] * len(found.ids)
    parts = [_pairs(found, chosen, one) for one in targets if one.side.geometry.notna().any()]
    if not chosen.any() or not parts:
        return raw
    together = pd.concat(parts, ignore_index=True)
    places = np.flatnonzero(chosen)
    for left, mine in together.groupby("left_position"):
        at = places[int(str(left))]
        raw.best[at], raw.low[at] = mine["distance_km"].min(), mine["distance_min_km"].min()
        raw.high[at] = mine["distance_max_km"].min()
        if found.via_town[at] or (mine["open"] & (mine["distance_km"] <= raw.high[at])).any():
            raw.low[at] = raw.high[at] = np.nan
        what[at] = str(mine["right"].to_numpy()[mine["distance_km"].to_numpy().argmin()])
    reach = np.where(np.isnan(raw.high), raw.best, raw.high)[chosen]
    besides, anywhere = _besides(found, chosen, targets, reach), _anywhere(targets)
    nearer = chosen & np.array([bool(one or anywhere) for one in besides])
    raw.low[nearer & ~np.isnan(raw.low)] = 0.0
    return Raw(raw.low, raw.best, raw.high, tuple(what), besides, anywhere)


def unknown(count: int) -> Raw:
    """Nothing known of any candidate."""
    low, best, high = (np.full(count, np.nan) for _ in range(3))
    return Raw(low, best, high, ("",) * count, ((),) * count)


def exact(values: Floats, what: tuple[str, ...] = ()) -> Raw:
    """Figures without a range; ``what`` as in Raw."""
    return Raw(values, values.copy(), values.copy(), what or ("",) * len(values), ((),) * len(values))


def counting(criterion: Criterion, layer_id: str) -> Flags:
    """Which rows of a layer have none of the codes that a criterion leaves out."""
    frame = layer(layer_id).frame
    kept = np.ones(len(frame), dtype=bool)
    for column, codes in criterion.without.items():
        kept &= ~frame[column].isin(codes).to_numpy()
    return kept


def processing_places(commodities: Sequence[str]) -> Side:
    """The places that process one of these commodities (all for none), each in its town: at its point and accuracy."""
    rows = load(PROCESSING).frame
    kept = [not commodities or bool(set(split(cell)) & set(commodities)) for cell in rows["commodities"]]
    rows = rows[kept]
    towns = load(TOWNS)
    by_id = towns.frame.set_index(towns.spec.key)
    places = by_id.geometry.reindex(rows["town_id"]).to_numpy()
    ids = rows["id"].reset_index(drop=True).astype("str")
    accuracy = by_id["accuracy_km"].reindex(rows["town_id"]).astype("float64").reset_index(drop=True)
    via = rows["town_id"].reset_index(drop=True).astype("str")  # the town is known, where in or near it is not
    return Side(ids, gpd.GeoSeries(places, crs=WGS84), accuracy, via)


def _besides(found: Candidates, chosen: Flags, targets: Sequence[Target], km: ArrayLike) -> tuple[Named, ...]:
    """For each candidate the rows that are not measured and may be within these kilometres of it."""
    own, places = stood_in(found.side).part(chosen), np.flatnonzero(chosen)
    made: list[list[tuple[str, str]]] = [[] for _ in found.ids]
    for target in targets:
        if target.loose is not None:
            pairs = without_itself(found, chosen, target.layer, maybe_within(own, target.loose, km))
            for left, right in zip(pairs["left_position"], pairs["right"], strict=True):
                made[places[left]].append((target.layer, str(right)))
    return tuple(map(tuple, made))


def _anywhere(targets: Sequence[Target]) -> Named:
    """The rows whose place nothing tells."""
    every = ((one.layer, one.loose) for one in targets if one.loose is not None)
    return tuple((name, str(key)) for name, loose in every for key in loose.ids[loose.anywhere])


def _pairs(found: Candidates, chosen: Flags, target: Target) -> pd.DataFrame:
    own, side = stood_in(found.side).part(chosen), target.side
    pairs = without_itself(found, chosen, target.layer, pairs_nearest(own, stood_in(side), NEAREST))
    there = dict(zip(side.ids, side.via != "", strict=True))
    return pairs.assign(open=pairs["right"].map(there))[pairs["distance_km"].notna()]


def _nearest(criterion: Criterion, found: Candidates, commodities: Sequence[str]) -> Raw:
    if not criterion.own:
        return nearest_of(found, _targets(criterion, ()))
    return _each(found, commodities, lambda asked, rows: nearest_of(found, _targets(criterion, asked), rows))


def _processing(criterion: Criterion, found: Candidates, commodities: Sequence[str]) -> Raw:
    """The nearest place that can process what the candidate is about; not known where that is not stated."""
    return _each(
        found, commodities, lambda asked, rows: nearest_of(found, [Target(PROCESSING, processing_places(asked))], rows)
    )


def _count(criterion: Criterion, found: Candidates, commodities: Sequence[str]) -> Raw:
    """How many lie within the radius: surely, as measured, and at most."""
    if not criterion.own:
        return _counted(criterion, found, (), found.placed)
    return _each(found, commodities, lambda asked, rows: _counted(criterion, found, asked, rows & found.placed))


def _counted(criterion: Criterion, found: Candidates, asked: tuple[str, ...], chosen: Flags) -> Raw:
    raw = unknown(len(found.ids))
    for column in (raw.low, raw.best, raw.high):
        column[chosen] = 0.0
    places = np.flatnonzero(chosen)
    own, targets = stood_in(found.side).part(chosen), _targets(criterion, asked)
    for target in targets:
        pairs = without_itself(found, chosen, target.layer, pairs_within(own, target.side, criterion.radius_km))
        at = places[pairs["left_position"].to_numpy()]
        np.add.at(raw.low, at, (pairs["within"] == "yes").to_numpy())
        np.add.at(raw.best, at, (pairs["distance_km"] <= criterion.radius_km).to_numpy())
        np.add.at(raw.high, at, 1.0)
    besides, anywhere = _besides(found, chosen, targets, criterion.radius_km), _anywhere(targets)
    raw.high[chosen] += np.array([len(one) + len(anywhere) for one in besides], dtype=np.float64)[chosen]
    raw.low[found.via_town] = raw.high[found.via_town] = np.nan
    return Raw(raw.low, raw.best, raw.high, raw.what, besides, anywhere)


def _each(found: Candidates, commodities: Sequence[str], measure: Callable[[tuple[str, ...], Flags], Raw]) -> Raw:
    """A measure that depends on commodities, for each set of them at once; not known where there are none."""
    asked = wanted(found, commodities)
    whole, what = unknown(len(asked)), [""] * len(asked)
    besides: list[Named] = [()] * len(asked)
    anywhere: list[tuple[str, str]] = []
    for one in sorted(set(asked) - {()}):
        rows = np.array([own == one for own in asked])
        part = measure(one, rows)
        for mine, theirs in ((whole.low, part.low), (whole.best, part.best), (whole.high, part.high)):
            mine[rows] = theirs[rows]
        what = [new if here else old for new, old, here in zip(part.what, what, rows, strict=True)]
        for row in np.flatnonzero(rows):
            besides[row] = part.besides[row]
        anywhere += part.anywhere
    return Raw(whole.low, whole.best, whole.high, tuple(what), tuple(besides), tuple(dict.fromkeys(anywhere)))


def _targets(criterion: Criterion, commodities: tuple[str, ...]) -> list[Target]:
    return [_target(one, criterion, commodities) for one in criterion.layers]


def _target(layer_id: str, criterion: Criterion, commodities: tuple[str, ...] = ()) -> Target:
    """The rows of a layer that count for a criterion; one known by its town alone is not measured."""
    side, made = side_of_layer(layer_id), layer(layer_id)
    kept = counting(criterion, layer_id)
    if criterion.people:
        kept &= (ends(made, "population")[0] >= criterion.people).to_numpy()
    if commodities:
        column = next(one.name for one in made.spec.columns if one.vocabulary == COMMODITIES)
        kept &= np.array([bool(set(split(cell)) & set(commodities)) for cell in made.frame[column]], dtype=bool)
    return Target(layer_id, side.part(kept & (side.via == "").to_numpy()), unmeasured(layer_id, via_town=True).of(kept))


def _people(criterion: Criterion, found: Candidates, commodities: Sequence[str]) -> Raw:
    """People of the town that a candidate states or is, else of the nearest one of the atlas within the radius.

    Where sources give several counts of one year, from the least to the greatest. Not known where no town of the atlas
    is within the radius: others are not in it.
    """
    towns = load(TOWNS)
    keys, own = towns.frame[towns.spec.key], towns.frame["population"].astype("float64")
    near = nearest_of(found, [Target(TOWNS, side_of_layer(TOWNS))])
    reached = near.best <= criterion.radius_km
    what = tuple(
        named or (other if here else "") for named, other, here in zip(found.towns, near.what, reached, strict=True)
    )
    counts = (heads.set_axis(keys).reindex(list(what)) for heads in (*ends(towns, "population"), own))
    low, high, best = (np.array(heads, dtype=np.float64) for heads in counts)
    return Raw(low, best, high, what, ((),) * len(what))


def _code(criterion: Criterion, found: Candidates, commodities: Sequence[str]) -> Raw:
    cells = cell_of(found, criterion.columns)
    worth = np.array([criterion.points.get(str(cell), np.nan) for cell in cells], dtype=np.float64)
    return exact(worth)


def _accuracy(criterion: Criterion, found: Candidates, commodities: Sequence[str]) -> Raw:
    """How far a position may be off, in km; not known where the town's point stands in or no layer tells it."""
    own = found.side.accuracy_km.where(found.placed & ~found.via_town)
    off: Floats = np.where(found.unsure, np.nan, np.asarray(own, dtype=np.float64))
    return exact(off)


def _area(criterion: Criterion, found: Candidates, commodities: Sequence[str]) -> Raw:
    """Areas in km2 as stated; where none is stated, those of the outlines on the ellipsoid."""
    cells: Floats = np.asarray(pd.to_numeric(cell_of(found, criterion.columns), errors="coerce"), dtype=np.float64)
    declared = {column.name: column.unit for column in found.made.spec.columns}
    unit = next((declared[name] for name in criterion.columns if name in declared), "")
    stated = cells / (HA_PER_KM2 if unit == "ha" else 1.0)
    area: Floats = np.where(np.isnan(stated), _outlined(found), stated)
    return exact(area)


def _outlined(found: Candidates) -> Floats:
    shapes = found.made.frame.geometry.to_numpy()
    areal = shapely.get_dimensions(shapes) == POLYGON
    made = np.full(len(shapes), np.nan)
    made[areal] = area_km2(areas_of(shapes[areal]))
    return made


_MEASURES: dict[str, Callable[[Criterion, Candidates, Sequence[str]], Raw]] = {
    "nearest": _nearest,
    "count": _count,
    "people": _people,
    "code": _code,
    "accuracy": _accuracy,
    "area": _area,
    PROCESSING: _processing,
}
