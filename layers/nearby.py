"""What is related to one thing or lies around one position: by layer, with distance or range and its basis."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from math import isnan
from typing import Any

import geopandas as gpd
import pandas as pd

from layers.columns import split
from layers.errors import SHOWN
from layers.findable import reachable
from layers.names import names_by_id
from layers.relate import Side, content_of_all, content_stamp, layer, near, pairs_within, side_of_layer
from layers.related import NO_ACCURACY, NO_PLACE, STATED, UNMEASURED, End, Limit, Nearby, Pair, Relation
from layers.sieve import ALL, Sieve, sieved
from layers.spec import LayerSpec, Stamp, catalogue, layer_spec
from layers.text import NO_BREAK, distance, number, pick, say
from layers.unmeasured import maybe_within, unmeasured
from layers.vantage import Vantage, vantage
from layers.view import Selection

MOST_LISTED = 200  # of one layer: a visitor's may have thousands within a radius
LEAST_TOLD_KM = 0.05  # a smaller accuracy, as that of a shift of datum, would be written as 0.0
READ = ("distance_km", "distance_min_km", "distance_max_km", "basis", "via", "via_km")
WORTH_TELLING_KM = 0.05  # of an accuracy: a smaller one, as that of a shift of datum, would be written as 0.0


def root(spec: LayerSpec) -> LayerSpec:
    """The layer whose rows a filter shows; any other layer itself."""
    return root(layer_spec(spec.parents[0])) if spec.operation == "filter" else spec


def nearby(
    spec: LayerSpec, key: str, language: str, radius_km: int, sieve: Sieve = ALL, sure: bool = False
) -> dict[str, Nearby]:
    """By related layer: what is or may be within the radius (with ``sure``, what surely is), else the nearest one.

    What cannot be measured but may be within the radius stands last.
    """
    own, limit = root(spec), Limit(radius_km, sure)
    pairs = {other.id: _pairs_of(relation.id, forward, key) for relation, other, forward in _relations_of(own.id)}
    pairs |= {other.id: _pairs_between(own, key, other, limit) for other in _undeclared(own, pairs)}
    found = {}
    for other, measured in pairs.items():
        mine = [*measured, *_unmeasured_around(own.id, key, other, measured, limit)]
        here = End(key, _called(own.id, key, language), *_places(own, content_stamp(own)).get(key, (0.0, "")))
        ids = _kept(other, sieve)
        kept = _inside([pair for pair in mine if pair.id in ids], limit)
        hidden = {pair.id for pair in _inside(mine, limit)} - ids
        rows = _told(kept[:MOST_LISTED], layer_spec(other), language, here, limit)
        found[other] = Nearby(tuple(rows), len(hidden), max(0, len(kept) - MOST_LISTED))
    return found


def around(here: Vantage, language: str, radius_km: int, sieve: Sieve = ALL, sure: bool = False) -> dict[str, Nearby]:
    """By layer of the legend: what is or may be within the radius of a place or feature, the nearest first.

    What cannot be measured but may be within it stands last. A feature is not listed around itself. Layers that have
    nothing there are left out.
    """
    limit, own, found = Limit(radius_km, sure), End(here.id, here.name, here.accuracy_km, here.via), {}
    for spec, pairs in pairs_around(here, limit):
        ids = _kept(spec.id, sieve)
        every = _by_distance(map(_pair, *(pairs[name] for name in ("right", *READ))))
        kept = [pair for pair in every if pair.id in ids]
        rows = _told(kept[:MOST_LISTED], spec, language, own, limit)
        found[spec.id] = Nearby(tuple(rows), len(every) - len(kept), max(0, len(kept) - MOST_LISTED))
    return found


def relations_of(
    here: Vantage, spec: LayerSpec, pairs: pd.DataFrame, language: str, radius_km: int
) -> tuple[Relation, ...]:
    """Pairs of a place with a layer (`layers.relate`) as a reader sees them, in their order."""
    own, limit = End(here.id, here.name, here.accuracy_km, here.via), Limit(radius_km)
    every = [_pair(*cells) for cells in zip(*(pairs[name] for name in ("right", *READ)), strict=True)]
    return tuple(_told(every, spec, language, own, limit))


def around_selected(
    selected: Selection, language: str, radius_km: int, sieve: Sieve = ALL, sure: bool = False
) -> dict[str, Nearby] | None:
    """What lies around a selection, kept as long as no file changes (do not change it); None where it has no place."""
    return _around_selected(selected, language, radius_km, sieve, sure, content_of_all())


@lru_cache(maxsize=64)
def _around_selected(
    selected: Selection, language: str, radius_km: int, sieve: Sieve, sure: bool, _content: Stamp
) -> dict[str, Nearby] | None:
    here = vantage(selected, language)
    return None if here is None else around(here, language, radius_km, sieve, sure)


def pairs_around(here: Vantage, limit: Limit) -> Iterator[tuple[LayerSpec, pd.DataFrame]]:
    """The layers of the legend, shown or not, that have something within the limit, with the pairs (`pairs_within`).

    Pairs that cannot be measured but may be within it (`layers.unmeasured`) stand after the others.
    A layer that shows a part of another one of the legend is left out, as is what cannot be read: the legend says so.
    """
    own = root(layer_spec(here.layer)).id if here.layer else ""
    for spec in reachable():
        try:
            if layer(spec.id).spec.geometry is None or layer(spec.id).frame.empty:
                continue
            measured = pairs_within(here.side, side_of_layer(spec.id), limit.km)
            pairs = pd.concat([measured, maybe_within(here.side, unmeasured(spec.id), limit.km)])
        except SHOWN:
            continue
        itself = (pairs["right"] == here.id) & (root(spec).id == own)
        pairs = pairs[~itself & (pairs["within"] == "yes" if limit.sure else True)]
        if len(pairs):
            yield spec, pairs


def _unmeasured_around(own: str, key: str, other: str, told: Iterable[Pair], limit: Limit) -> list[Pair]:
    """Pairs of one feature with what is not measured and may be within the limit, but for those told anyway."""
    met = {pair.id for pair in told}
    try:
        rows = unmeasured(other)
        if rows.anywhere.all():
            return []
        pairs = maybe_within(side_of_feature(own, key), rows, limit.km)
    except SHOWN:
        return []  # the legend says what is wrong with it
    every = (_pair(*cells) for cells in zip(*(pairs[name] for name in ("right", *READ)), strict=True))
    return [pair for pair in every if pair.id not in met]


def _undeclared(own: LayerSpec, declared: Collection[str]) -> Iterator[LayerSpec]:
    """Layers of the legend to which a visitor's layer, or from which to a visitor's layer, no relation is declared."""
    for spec in catalogue().values():
        theirs = spec.origin or own.origin
        if theirs and spec.legend and spec.geometry is not None and spec.id != own.id and spec.id not in declared:
            yield spec


def _pairs_between(own: LayerSpec, key: str, other: LayerSpec, limit: Limit) -> list[Pair]:
    """The pairs of one feature with a layer, computed for it alone; none where the other layer cannot be read."""
    try:
        pairs = near(side_of_feature(own.id, key), side_of_layer(other.id), limit.km)
    except SHOWN:
        return []  # the legend says what is wrong with it
    return _by_distance(_pair(*cells) for cells in zip(*(pairs[name] for name in ("right", *READ)), strict=True))


def side_of_feature(layer_id: str, key: str) -> Side:
    """One feature of a layer as a side of its own; empty where the layer has no such id."""
    every = side_of_layer(layer_id)
    rows = (every.ids == key).to_numpy()
    geometry = gpd.GeoSeries(every.geometry[rows].reset_index(drop=True))
    accuracy_km, via = every.accuracy_km[rows].reset_index(drop=True), every.via[rows].reset_index(drop=True)
    return Side(every.ids[rows].reset_index(drop=True), geometry, accuracy_km, via)


def _by_distance(pairs: Iterable[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: (isnan(pair.away_km), pair.away_km if not isnan(pair.away_km) else 0))


def _pairs_of(relation_id: str, forward: bool, key: str) -> list[Pair]:
    """The pairs of one feature, the nearest first, what has no distance last."""
    spec = layer_spec(relation_id)
    columns, places = _by_end(spec, forward, content_stamp(spec))
    mine = places.get(key, ())
    return _by_distance(_pair(*(column[place] for column in columns)) for place in mine)


@lru_cache(maxsize=64)
def _by_end(spec: LayerSpec, forward: bool, _content: Stamp) -> tuple[list[Any], dict[str, Any]]:
    """A relation's columns as arrays, the other end first, and the positions of each feature's pairs."""
    rows = layer(spec.id).frame
    own, other = ("left", "right") if forward else ("right", "left")
    return [rows[name].to_numpy() for name in (other, *READ)], dict(rows.groupby(own, sort=False).indices)


def _pair(other: object, own_km: float, low: float, high: float, basis: str, via: str, via_km: float) -> Pair:
    away = via_km if isnan(own_km) else own_km
    return Pair(str(other), float(away), float(low), float(high), str(basis), str(via))


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


def _inside(pairs: list[Pair], limit: Limit) -> list[Pair]:
    """Pairs within the limit and those that a source states; where no distance is within it, the nearest one too."""
    inside = [pair for pair in pairs if limit.allows(pair)]
    if all(isnan(pair.away_km) for pair in inside):
        inside = [*[pair for pair in pairs if not isnan(pair.away_km)][:1], *inside]
    return inside


def _told(pairs: list[Pair], other: LayerSpec, language: str, own: End, limit: Limit) -> Iterator[Relation]:
    places = _places(other, content_stamp(other))
    for pair in pairs:
        accuracy_km, via = places.get(pair.id, (0.0, ""))
        name, reach = _called(other.id, pair.id, language), _reach(pair, language, own, via, accuracy_km)
        why = _why(pair, language, own, accuracy_km)
        doubt = say(language, "possibly_within", radius=limit.km) if limit.doubts(pair) else ""
        yield Relation(other.id, pair.id, name, reach, pair.basis, why, doubt, pair.away_km)


@lru_cache(maxsize=64)
def _places(spec: LayerSpec, _content: Stamp) -> dict[str, tuple[float, str]]:
    """By id the accuracy in km of each feature's position, 0 where none is declared, and the town that stands in."""
    made = side_of_layer(spec.id)
    return dict(zip(made.ids, zip(made.accuracy_km, made.via, strict=True), strict=True))


def _called(layer_id: str, key: str, language: str) -> str:
    return pick(names_by_id(layer_id).get(key, {}), language) or key


def _reach(pair: Pair, language: str, own: End, via: str, accuracy_km: float) -> str:
    """Distance in words: a range where a position is uncertain; for other bases why there is no number.

    The town that the reader already looks at need not be named again; ``via`` is the town of the other end and
    ``accuracy_km`` how far its position may be off.
    """
    if pair.basis == "computed":
        return say(language, "kilometres", distance=distance(pair.low_km, pair.high_km, language))
    if pair.basis == STATED:
        return say(language, "reach_stated")
    if pair.basis in UNMEASURED:
        return say(language, "reach_not_measured")
    through = [town for town in split(pair.via) if town != own.id]
    if not through:
        return say(language, "reach_unknown")
    away, towns = distance(pair.away_km, pair.away_km, language), _towns(through, language)
    if own.via and not via:  # only here nothing is known but the town
        if accuracy_km >= WORTH_TELLING_KM:
            away = f"{away} ({distance(max(0.0, pair.away_km - accuracy_km), pair.away_km + accuracy_km, language)})"
        return say(language, "reach_from_town", towns=towns, distance=away)
    if len(through) > 1:  # neither end has a position of its own
        return say(language, "reach_via_towns", towns=towns, distance=away)
    return say(language, "reach_via_town", towns=towns, distance=away)


def _why(pair: Pair, language: str, own: End, accuracy_km: float) -> str:
    """The basis in words, and for a distance the accuracy of each position that is not exact: they make the range."""
    if pair.basis == STATED:
        return say(language, "basis_stated")
    if pair.basis == NO_ACCURACY:
        return say(language, "basis_no_accuracy")
    if pair.basis == NO_PLACE:
        named = split(pair.via)
        return say(language, "basis_no_place_named" if named else "basis_no_place", towns=_towns(named, language))
    if towns := split(pair.via):
        return say(language, "basis_towns" if len(towns) > 1 else "basis_town", towns=_towns(towns, language))
    told = [say(language, "basis_computed")]
    if accuracy_km >= WORTH_TELLING_KM:
        told.append(say(language, "accuracy_here", accuracy=_plus_minus(accuracy_km, language)))
    if own.accuracy_km >= WORTH_TELLING_KM:
        told.append(f"{own.name} {_plus_minus(own.accuracy_km, language)}")
    return f"{told[0]}; {', '.join(told[1:])}" if told[1:] else told[0]


def _plus_minus(accuracy_km: float, language: str) -> str:
    """An accuracy that stays on one line: without decimals where it has none."""
    written = say(language, "kilometres", distance=number(accuracy_km, language, 0 if accuracy_km % 1 == 0 else 1))
    return f"± {written}".replace(" ", NO_BREAK)


def _towns(ids: list[str], language: str) -> str:
    return ", ".join(_called("towns", town, language) for town in ids)
