"""What of the known layers a set of blocks touches: surely or possibly, with distances as ranges.

Licences whose codes are published are compared by code: which codes two lists share does not depend on how the last
level is counted. All else is compared by place, on the geodesics of WGS 84 (`layers.reach`). Where only the codes of
the set are given, its place is worked out in both readings of the numbering, and the range spans both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
import shapely

from geo.blocks import Block, mirrored, outline, parse
from layers.block_desk import BlockSet, Places
from layers.errors import SHOWN
from layers.reach import POSSIBLY, YES, Centre, reach
from layers.relate import content_of_all, layer
from layers.spec import LayerSpec, Stamp, catalogue

TOLD = ("within", "distance_min_km", "distance_max_km")
ONE_MINUTE = 1 / 60  # degrees: sides of outlines get a vertex at each minute, so that their geodesics follow parallels


@dataclass(frozen=True)
class Touch:
    """One feature that a set touches.

    ``within`` is "yes" or "possibly". ``shared`` counts the blocks that a licence has in common with the set, 0 for one
    that may have some or only adjoins it; None for what is compared by place. ``low_km`` and ``high_km`` are the range
    of the distance, NaN where it is not known.
    """

    layer: str
    id: str
    within: str
    shared: int | None = None
    low_km: float = np.nan
    high_km: float = np.nan


def touched(found: BlockSet) -> tuple[dict[str, tuple[Touch, ...]], dict[str, str]]:
    """By layer of the legend what the set touches, sure things first; and the layers that cannot be read, with why."""
    return _touched(found, content_of_all())


@lru_cache(maxsize=16)
def _touched(found: BlockSet, _content: Stamp) -> tuple[dict[str, tuple[Touch, ...]], dict[str, str]]:
    by_layer: dict[str, tuple[Touch, ...]] = {}
    broken: dict[str, str] = {}
    for spec in catalogue().values():
        if not spec.legend:
            continue
        try:
            rows = sorted(_of_layer(found, spec), key=lambda one: (one.within != YES, -(one.shared or 0), one.id))
        except SHOWN as error:
            broken[spec.id] = str(error)
        else:
            by_layer[spec.id] = tuple(rows)
    return by_layer, broken


def _of_layer(found: BlockSet, spec: LayerSpec) -> Iterator[Touch]:
    made = layer(spec.id)
    if made.spec.geometry is None or made.frame.empty:
        return
    declared = made.spec.geometry.blocks
    codes = made.frame[declared].to_numpy() if declared else np.full(len(made.frame), "", dtype=object)
    keys = made.frame[made.spec.key].to_numpy()
    for key, cell in zip(keys, codes, strict=True):
        if cell and (one := _shared(found, parse(cell), spec.id, str(key))):
            yield one
    near = _near(found, spec.id)
    for at, within, low, high in zip(near.index.to_numpy(), *(near[name] for name in TOLD), strict=True):
        if not codes[at]:
            yield Touch(spec.id, str(keys[at]), within, None, float(low), float(high))


def _shared(found: BlockSet, licence: list[Block], layer_id: str, key: str) -> Touch | None:
    """A licence that has blocks of the set, else one that adjoins it: surely, where that holds in both readings."""
    readings = ((found.places, licence), (found.south_places, [mirrored(block) for block in licence]))
    counts = [sum((one.west_min, one.south_min) in here for one in there) for here, there in readings]
    meets = [count > 0 for count in counts] if any(counts) else [_adjoin(here, there) for here, there in readings]
    if not any(meets):
        return None
    return Touch(layer_id, key, YES if all(meets) else POSSIBLY, counts[0])


def _adjoin(here: Places, there: list[Block]) -> bool:
    """Whether one of the blocks has a side in common with a place."""
    sides = ((-1, 0), (1, 0), (0, -1), (0, 1))
    return any((one.west_min + x, one.south_min + y) in here for one in there for x, y in sides)


def _near(found: BlockSet, layer_id: str) -> pd.DataFrame:
    """Rows at no distance from the set in some reading, by position: ``within`` and the range over all readings."""
    readings = [found.outline]
    if found.given == "codes" and found.doubt_km:
        readings.append(outline(found.mirrored))
    rows = pd.concat([_reached(layer_id, one, found.doubt_km) for one in readings])
    by_row = rows.groupby(level=0)
    kept = by_row["there"].any()
    told: pd.DataFrame = pd.DataFrame(
        {
            "within": np.where(by_row["sure"].sum() == len(readings), YES, POSSIBLY),
            "distance_min_km": by_row["distance_min_km"].min(),
            "distance_max_km": by_row["distance_max_km"].agg(lambda ends: ends.max(skipna=False)),
        },
        index=kept.index,
    )
    return told.loc[kept.to_numpy(dtype=bool)]


def _reached(layer_id: str, area: shapely.Geometry, within_km: float) -> pd.DataFrame:
    """Rows within so many km of an area: `layers.reach.COLUMNS`, may it be in it (``there``), is it surely (``sure``).

    Sure is what touches it and is exact, and what lies in it further from its border than its accuracy.
    """
    fine = shapely.segmentize(area, ONE_MINUTE)
    rows = reach(layer_id, Centre(fine), within_km)
    at_border = rows.index.isin(reach(layer_id, Centre(fine.boundary), 0.0).index)
    known = rows["distance_max_km"].notna()
    deep = known & (rows["distance_km"] == 0) & ~at_border
    rows = rows.assign(
        there=rows["distance_min_km"].fillna(0) <= 0, sure=deep | (known & (rows["distance_max_km"] <= 0))
    )
    rows.loc[deep, ["distance_min_km", "distance_max_km"]] = 0.0
    return rows
