"""To which towns the rows of a layer belong: those they name, else those they lie near."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pandas as pd

from layers.columns import split
from layers.relate import content_stamp, layer
from layers.spec import LayerSpec, Stamp, catalogue, layer_spec

TOWNS = "towns"


def towns_of(layer_id: str, radius_km: int, sure: bool = False) -> pd.Series[str] | None:
    """Towns of a layer's rows, indexed by row position: those a row names, else those within the radius.

    With ``sure`` only towns that are surely within it, else those too that may be, given the positions' accuracy.

    None for a layer that neither names towns nor has a relation to them in the catalogue.
    """
    spec = layer_spec(layer_id)
    contents = (content_stamp(spec), *(content_stamp(one) for one in relations_to_towns(layer_id)))
    return _towns_of(spec, radius_km, sure, contents)


def relations_to_towns(layer_id: str) -> list[LayerSpec]:
    """The relation of the catalogue between a layer, or the one whose rows it shows, and the towns; at most one."""
    near = (spec for spec in catalogue().values() if spec.operation == "near" and TOWNS in spec.parents)
    return [spec for spec in near if set(spec.parents) & _family(layer_id)][:1]


def parts_of(cells: Iterable[object]) -> pd.Series[str]:
    """The parts of list cells, indexed by row position; rows without any are left out."""
    found = [(row, part) for row, cell in enumerate(cells) for part in split(cell)]
    rows = pd.Index([row for row, _ in found], dtype="int64")
    return pd.Series([part for _, part in found], index=rows, dtype="object")


@lru_cache(maxsize=256)
def _towns_of(spec: LayerSpec, radius_km: int, sure: bool, _contents: tuple[Stamp, ...]) -> pd.Series[str] | None:
    made = layer(spec.id)
    naming = [column.name for column in made.spec.columns if column.type in ("ref", "refs") and column.ref == TOWNS]
    relations = relations_to_towns(spec.id)
    if not naming and not relations:
        return None
    parts = [parts_of(made.frame[name]) for name in naming]
    named = (
        np.concatenate([part.index.to_numpy(dtype="int64") for part in parts]) if parts else np.array([], dtype="int64")
    )
    for relation in relations:
        near = _near(relation, made.frame[made.spec.key], radius_km, sure)
        parts.append(near[~np.isin(near.index.to_numpy(), named)])
    together: pd.Series[str] = pd.concat(parts)
    return together


def _near(relation: LayerSpec, keys: pd.Series[str], radius_km: int, sure: bool) -> pd.Series[str]:
    own, other = ("left", "right") if relation.parents[1] == TOWNS else ("right", "left")
    pairs = layer(relation.id).frame
    close = (pairs["distance_max_km" if sure else "distance_min_km"] <= radius_km).to_numpy()
    places = pd.Index(keys.to_numpy()).get_indexer(pairs[own].to_numpy()[close])
    return pd.Series(pairs[other].to_numpy()[close][places >= 0], index=places[places >= 0], dtype="object")


def _family(layer_id: str) -> set[str]:
    """A layer and, for a filter, the layer whose rows it shows."""
    spec = layer_spec(layer_id)
    return {layer_id} | (_family(spec.parents[0]) if spec.operation == "filter" else set())
