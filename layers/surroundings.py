"""Everything within the radius of a place or feature as one table, sorted by distance, to be taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import WGS84
from layers.elsewhere import read_as
from layers.errors import UnknownNameError
from layers.legend import active
from layers.names import names_by_id
from layers.nearby import pairs_around
from layers.reach import COLUMNS
from layers.relate import layer
from layers.related import Limit
from layers.schema import Layer
from layers.sieve import Sieve, sieve_of, sieved
from layers.spec import LANGUAGES, ROOT, ColumnSpec, GeometrySpec, LayerSpec, read_toml
from layers.text import coordinates, number, pick, say
from layers.vantage import Vantage, vantage
from layers.view import AROUND as WITHIN_RADIUS
from layers.view import GROUNDS, NO_AREA, View

AROUND = "around"  # name of the table, and of the files that hold it
MEASURED = (*COLUMNS, "basis", "via", "via_km", "method")
DECIMALS_KM = 3  # metres: positions and shifts of datum are not known better


def without_radius(view: View) -> View:
    """The view whose filters act here: the radius is that of the table itself."""
    return replace(view, area=NO_AREA) if view.area.kind == WITHIN_RADIUS else view


def surroundings(view: View) -> Layer:
    """What the filter keeps of all layers of the legend, shown or not, within the radius of what is selected.

    The nearest comes first; what only its town places stands at the distance of that town and has no other.
    Raises UnknownNameError where nothing is selected that has a place.
    """
    here = vantage(view.selected, view.language) if view.selected else None
    if here is None:
        raise UnknownNameError("place to look around from", view.selected and view.selected.id, [])
    view = without_radius(view)
    limit, sieve = Limit(view.radius_km, view.sure), sieve_of(view)
    parts = [_rows(spec, pairs, sieve, view.language) for spec, pairs in pairs_around(here, limit)]
    titles = {one: say(one, "around_title", radius=view.radius_km, name=here.name) for one in LANGUAGES}
    spec = replace(_spec(), title=titles)
    names = [column.name for column in spec.columns]
    frame = pd.concat(parts) if parts else pd.DataFrame(columns=[*names, "geometry"])
    away = frame["distance_km"].fillna(frame["via_km"])
    frame = frame.loc[away.sort_values(kind="stable").index] if parts else frame
    frame = frame.assign(rank=range(1, len(frame) + 1)).reset_index(drop=True)
    shapes = gpd.GeoSeries(frame["geometry"], crs=WGS84)
    return Layer(spec, gpd.GeoDataFrame(frame[names], geometry=shapes))


def told_of(view: View) -> tuple[dict[str, str], list[str]]:
    """What a file says of its centre, and of the radius and the filters, in words."""
    here = vantage(view.selected, view.language) if view.selected else None
    assert here is not None
    language = view.language
    sureness = say(language, "only_surely_within" if view.sure else "maybe_within_counts")
    radius = say(language, "around_radius", radius=view.radius_km, sureness=sureness)
    filters = [one["text"] for one in active(without_radius(view))]
    return {"centre": _centre(here, view)}, [radius, *filters]


def _centre(here: Vantage, view: View) -> str:
    """Name and position of what one looks from, in which system, how it was read, and how far it may be off."""
    assert view.selected is not None
    language, at = view.language, here.place.representative_point()
    told = [here.name, f"WGS 84: {coordinates(at.y, at.x, language)}"]
    if here.place.geom_type != "Point":
        told.append(say(language, "around_shape"))
    if view.selected.layer in GROUNDS:
        told += [f"{line.label}: {line.value}" for line in read_as(view.selected, language)]
    elif here.side.via.iloc[0]:
        told.append(say(language, "reach_unknown"))
    elif here.accuracy_km > 0:
        told.append(f"± {say(language, 'kilometres', distance=number(here.accuracy_km, language, 1))}")
    return "; ".join(told)


def _rows(spec: LayerSpec, pairs: pd.DataFrame, sieve: Sieve, language: str) -> pd.DataFrame:
    """The kept rows of one layer with their distances, under a running index that no other layer has."""
    made = layer(spec.id)
    kept = sieved(spec.id, sieve).frame[made.spec.key].astype("str")
    pairs = pairs[pairs["right"].isin(set(kept))]
    rows = made.frame.set_index(made.frame[made.spec.key].astype("str")).loc[pairs["right"]]
    called, title = names_by_id(spec.id), pick(spec.title, language)
    shapes = rows.geometry.to_numpy()
    points = shapely.point_on_surface(shapes)
    cells: dict[str, Any] = {
        "layer": spec.id,
        "layer_title": title,
        "id": pairs["right"].to_numpy(),
        "name": [pick(called.get(key, {}), language) or key for key in pairs["right"]],
        **{name: _rounded(name, pairs[name]) for name in MEASURED},
        "lon": shapely.get_x(points),
        "lat": shapely.get_y(points),
        "sources": rows["sources"].to_numpy() if "sources" in rows else ";".join(made.spec.sources),
        "geometry": shapes,
    }
    index = pd.Index([f"{spec.id}/{key}" for key in pairs["right"]])
    return pd.DataFrame(cells, index=index)


def _rounded(name: str, cells: pd.Series) -> Any:
    return cells.astype("float64").round(DECIMALS_KM).to_numpy() if name.endswith("_km") else cells.to_numpy()


@lru_cache(maxsize=1)
def _spec() -> LayerSpec:
    """The table as a catalogue would declare it; distances are declared as those of a relation."""
    return LayerSpec(
        id=AROUND,
        kind="derived",
        title={},
        base=ROOT,
        name=dict.fromkeys(LANGUAGES, "name"),
        columns=tuple(_columns()),
        geometry=GeometrySpec(type="any"),
        style={"symbol": "plain"},
    )


def _columns() -> Iterator[ColumnSpec]:
    folder = ROOT / "layers" / "operations"
    near = {column["name"]: column for column in read_toml(folder / "near.toml")["columns"]}
    for column in read_toml(folder / f"{AROUND}.toml")["columns"]:
        yield ColumnSpec(**near.get(column["name"], {}) | column)
