"""What a reader looks from at everything around: selected ground, or a feature as far as its position is known."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WGS84
from layers.elsewhere import name_of_ground
from layers.ground import ground
from layers.linked import TOWNS
from layers.names import names_by_id
from layers.relate import Side, side_of_layer
from layers.spec import layer_spec
from layers.text import pick
from layers.view import BADGE, GROUNDS, Selection


@dataclass(frozen=True, eq=False)
class Vantage:
    """One place as the side of a relation; ``layer`` and ``id`` name the feature that it is, if it is one.

    ``as_of`` is the month (YYYY-MM) of which is told what lies around; nothing for all dates.
    """

    name: str
    side: Side
    layer: str = ""
    id: str = ""
    as_of: str = ""

    @property
    def place(self) -> shapely.Geometry:
        """Its shape in degrees on WGS 84, or its town's point."""
        return self.side.geometry.iloc[0]

    @property
    def via(self) -> str:
        """The town that stands in for its position, or nothing."""
        return str(self.side.via.iloc[0])

    @property
    def accuracy_km(self) -> float:
        """How far the shape may be off; 0 where it is taken as exact."""
        return float(self.side.accuracy_km.iloc[0])


def vantage(selected: Selection, language: str) -> Vantage | None:
    """Where a selection looks from; None for what has neither a place nor a town. A badge looks from its town.

    Raises the errors of ``layers.relate.layer`` for a layer that cannot be read.
    """
    if selected.layer in GROUNDS:
        here = ground(selected)
        return from_ground(here.shape, name_of_ground(selected, language), here.accuracy_km)
    key = selected.id.removeprefix(BADGE)
    layer_id = TOWNS if key != selected.id else selected.layer
    if layer_spec(layer_id).geometry is None and layer_spec(layer_id).operation != "filter":
        return None
    whole = side_of_layer(layer_id)
    at = np.flatnonzero((whole.ids == key).to_numpy())
    if not len(at) or whole.geometry.iloc[at[0]] is None:
        return None
    part = (
        pd.DataFrame({"id": whole.ids, "off": whole.accuracy_km, "via": whole.via}).iloc[at[:1]].reset_index(drop=True)
    )
    shape = gpd.GeoSeries(whole.geometry.iloc[at[:1]].to_numpy(), crs=WGS84)
    name = pick(names_by_id(layer_id).get(key, {}), language) or key
    return Vantage(name, Side(part["id"], shape, part["off"], part["via"]), layer_id, key)


def from_ground(place: shapely.Geometry, name: str, accuracy_km: float) -> Vantage:
    """A place that is no feature."""
    shape = gpd.GeoSeries([place], crs=WGS84)
    return Vantage(name, Side(pd.Series([""]), shape, pd.Series([accuracy_km]), pd.Series([""])))
