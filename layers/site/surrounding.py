"""What lies around a site, with distances as numbers: neighbours within the radius, and the nearest of a layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from layers.columns import split
from layers.dated import DATING, at, known, said
from layers.linked import TOWNS
from layers.names import names_by_id
from layers.nearby import MOST_LISTED, pairs_around, relations_of, root, side_of_feature
from layers.relate import Side, judged, layer, pairs_nearest, pairs_within, side_of_layer
from layers.related import NO_ACCURACY, NO_PLACE, UNMEASURED, Limit, Relation
from layers.schema import Layer
from layers.site.model import Count, Near, Reached
from layers.spec import ColumnSpec, LayerSpec, catalogue, layer_spec
from layers.spread import ends
from layers.text import pick, words_of
from layers.unmeasured import maybe_nearer, unmeasured
from layers.vantage import Vantage

STATES = ("status", "stage", "modernisation_status")  # columns that say how far a thing has come
NO_STATE = "none_found"  # that nothing was found has no year
YEAR = "year"
LISTED = ("industrial_zones", "prospecting_areas", "deposits", "plants")  # counted on every sheet
Row: TypeAlias = Mapping[Any, Any]
KILOMETRES = ("distance_km", "distance_min_km", "distance_max_km", "via_km")


def neighbours(here: Vantage, language: str, radius_km: int) -> tuple[dict[str, tuple[Near, ...]], dict[str, Count]]:
    """By layer of the legend: what is or may be within the radius, the nearest first; and how many surely, at most.

    Of what is further away than the first MOST_LISTED of a layer only the number is told. A layer of LISTED is counted
    also where nothing of it is around.
    """
    found = {}
    counts = {one: Count(0, 0, _lost(here, one, language)) for one in LISTED if one in catalogue()}
    for spec, every in pairs_around(here, Limit(radius_km)):
        pairs = _said(here, spec.id, every)
        if pairs.empty:
            continue
        ordered = _by_distance(pairs)
        found[spec.id] = _told(here, spec, ordered.head(MOST_LISTED), language, radius_km)
        lost = counts.get(spec.id, Count(0, 0)).lost
        surely, loose = int((pairs["within"] == "yes").sum()), bool(pairs["basis"].isin(UNMEASURED).any())
        counts[spec.id] = Count(surely, len(pairs), lost, loose)
    return found, counts


def nearest(here: Vantage, layer_id: str, language: str, radius_km: int) -> Near | None:
    """The nearest feature of a layer, the site itself apart; None where nothing of it has a place.

    One that only its town places counts by the distance to its town, and loses against an equally near one.
    """
    spec = layer_spec(layer_id)
    pairs = _without(here, spec, pairs_nearest(here.side, _side_then(layer_id, here.as_of), 2))
    if pairs.empty:
        return None
    told = _told(here, layer(layer_id).spec, _by_distance(judged(pairs, radius_km)).head(1), language, radius_km)
    return told[0]


def rivals(here: Vantage, first: Near, language: str, radius_km: int) -> tuple[Near, ...]:
    """Features of the layer of the nearest one that, as far as positions are known, may be nearer than it.

    Beside one that only its town places: those that are as near by their towns, and the nearest that is measured.
    """
    other, spec = side_of_layer(first.layer), layer(first.layer).spec
    if first.high_km is None:
        pairs = pairs_nearest(here.side, _side_then(first.layer, here.as_of), len(other.ids))
        pairs = _by_distance(_without(here, layer_spec(first.layer), pairs))
        owned = pairs["distance_km"].notna()
        pairs = pairs[
            (pairs["right"] != first.id) & ((owned & (owned.cumsum() == 1)) | (pairs["via_km"] == first.via_km))
        ]
    else:
        pairs = pairs_within(here.side, other, first.high_km)
        pairs = _said(here, first.layer, _without(here, layer_spec(first.layer), pairs))
        least = pairs["distance_min_km"].fillna(pairs["via_km"])
        pairs = pairs[(pairs["right"] != first.id) & (least < first.high_km)]
    return _told(here, spec, _by_distance(judged(pairs, radius_km)), language, radius_km)


def perhaps_nearer(here: Vantage, layer_id: str, than: Near | None, language: str, radius_km: int) -> tuple[Near, ...]:
    """Features of a layer that no distance can be computed to and that may be nearer than the nearest measured one."""
    ends = () if than is None else (than.high_km, than.via_km)
    than_km = next((km for km in ends if km is not None), np.inf)
    every = maybe_nearer(here.side, unmeasured(layer_id), than_km)
    pairs = _said(here, layer_id, _without(here, layer_spec(layer_id), every))
    told = _told(here, layer(layer_id).spec, pairs, language, radius_km)
    tied = pairs["basis"].eq(NO_ACCURACY) | pairs["via"].ne("")
    both = zip(told, tied, strict=True)
    return tuple(replace(one, relation=replace(one.relation, doubt=""), tied=bool(held)) for one, held in both)


def apart(here: Vantage, layer_id: str, key: str, language: str, radius_km: int) -> Near | None:
    """How far one feature is; None where it has neither a place nor a town."""
    pairs = judged(pairs_nearest(here.side, side_of_feature(layer_id, key), 1), radius_km)
    told = _told(here, layer(layer_id).spec, pairs, language, radius_km)
    return told[0] if told else None


def reached(here: Vantage, radius_km: int) -> Reached:
    """People of the towns within the radius, each counted once, as the relations of the catalogue count them."""
    towns = at(TOWNS, here.as_of)
    pairs = pairs_within(here.side, side_of_layer(TOWNS), radius_km)
    at_town = bool((pairs["basis"] != "computed").any() or here.side.via.iloc[0])
    itself = (pairs["right"] == here.id) & (here.layer == TOWNS)  # no accuracy makes it leave itself
    surely = (pairs["within"] == "yes") | itself if not at_town else pd.Series(True, index=pairs.index)
    counts = [heads.set_axis(towns.frame[towns.spec.key]) for heads in ends(towns, "population")]
    rows = (surely, pairs["within"] != "no")
    people = [_sum(heads.reindex(pairs.loc[kept, "right"])) for heads, kept in zip(counts, rows, strict=True)]
    return Reached(people[0], people[1], Count(int(surely.sum()), len(pairs)), at_town)


def state_of(spec: LayerSpec, row: Row, language: str) -> tuple[str, str, int | None]:
    """Words and code of the state that a row tells of, and its year; empty and None where it tells of none."""
    column = state_column(spec)
    code = str(row[column.name]) if column and pd.notna(row[column.name]) else ""
    words = words_of(code, column, language) if column and code else ""
    year = row.get(YEAR)
    return words, code, None if year is None or pd.isna(year) else int(year)


def state_column(spec: LayerSpec) -> ColumnSpec | None:
    """The column that says how far a thing has come, if the layer declares one."""
    return next((one for one in spec.columns if one.name in STATES and one.type == "code"), None)


def _told(here: Vantage, spec: LayerSpec, pairs: pd.DataFrame, language: str, radius_km: int) -> tuple[Near, ...]:
    made = at(spec.id, here.as_of)
    relations = relations_of(here, spec, pairs, language, radius_km)
    named = made.frame[made.frame[made.spec.key].isin(pairs["right"])].drop(columns="geometry")
    rows = {str(row[made.spec.key]): row for row in named.to_dict("records")}
    both = zip(relations, pairs.to_dict("records"), strict=True)
    return tuple(_near(made, one, rows[one.id], pair, language) for one, pair in both)


def _near(made: Layer, relation: Relation, row: Row, pair: Row, language: str) -> Near:
    status, code, year = state_of(made.spec, row, language)
    km, low, high, via = (_number(pair[name]) for name in KILOMETRES)
    return Near(
        layer=relation.layer,
        id=relation.id,
        name=relation.name,
        km=km,
        low_km=low,
        high_km=high,
        via_km=via,
        surely=pair["within"] == "yes",
        relation=relation,
        status=status,
        status_code=code,
        year=year,
        sources=(*split(row.get("sources", "")), *made.spec.sources),
        dating=str(row.get(DATING, "")),
        notes=str(row.get("notes", "")),
        named=tuple(split(pair["via"])) if pair["basis"] == NO_PLACE else (),
    )


def _side_then(layer_id: str, as_of: str) -> Side:
    """The side of a layer with the rows that had been said by then; places of a row are those of the whole layer."""
    whole, kept = side_of_layer(layer_id), known(layer_id, as_of)
    return whole if kept is None else whole.part(kept)


def _said(here: Vantage, layer_id: str, pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs with rows that had been said by the date that is looked at."""
    if known(layer_id, here.as_of) is None:
        return pairs
    made = said(layer_id, here.as_of)
    return pairs[pairs["right"].isin(made.frame[made.spec.key])]


def _without(here: Vantage, spec: LayerSpec, pairs: pd.DataFrame) -> pd.DataFrame:
    own = here.layer and root(layer_spec(here.layer)).id == root(spec).id
    return pairs[pairs["right"] != here.id] if own else pairs


def _by_distance(pairs: pd.DataFrame) -> pd.DataFrame:
    pairs = pairs.reset_index(drop=True)
    away = pairs["distance_km"].fillna(pairs["via_km"])
    order = pd.DataFrame({"away": away, "via": pairs["distance_km"].isna(), "place": pairs["right_position"]})
    return pairs.loc[order.sort_values(["away", "via", "place"], kind="stable").index]


def _lost(here: Vantage, layer_id: str, language: str) -> tuple[str, ...]:
    """Names of the rows of a layer, the site itself apart, that had been said by then and may be anywhere."""
    rows, called = unmeasured(layer_id), names_by_id(layer_id)
    lost = _without(here, layer_spec(layer_id), pd.DataFrame({"right": rows.ids[rows.anywhere]}))
    return tuple(pick(called.get(key, {}), language) or key for key in _said(here, layer_id, lost)["right"])


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(str(value))


def _sum(heads: pd.Series) -> int | None:
    total = heads.astype("float64").sum(skipna=False)
    return None if pd.isna(total) else int(total)
