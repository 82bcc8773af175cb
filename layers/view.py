"""The state of the screen as one frozen value that equals its URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

from layers.spec import LANGUAGES, catalogue

DEFAULT_LANGUAGE = "en"
RADIUS_KM = (10, 200)
DEFAULT_RADIUS_KM = 100
RADIUS_STEP_KM = 10
ZOOMS = (2.0, 18.0)
POSITION_DECIMALS = 4
TILE_PIXELS = 256
BADGE = "badge:"  # prefix of a selection that means "the rows without a place, shown at this town"
MAXIMUM_ID = 200  # characters of a feature's id taken from a URL


@dataclass(frozen=True)
class Position:
    """Centre of the map in WGS 84 degrees and its zoom."""

    lat: float
    lon: float
    zoom: float


@dataclass(frozen=True)
class Selection:
    """One selected feature; the id may be anything that a data file holds."""

    layer: str
    id: str


@dataclass(frozen=True)
class View:
    """What a reader has chosen. ``layers`` None means the catalogue's own choice of first-visit layers."""

    language: str = DEFAULT_LANGUAGE
    layers: tuple[str, ...] | None = None
    selected: Selection | None = None
    radius_km: int = DEFAULT_RADIUS_KM
    position: Position | None = None

    @property
    def visible(self) -> tuple[str, ...]:
        """Ids of the layers to draw, in legend order."""
        if self.layers is None:
            return tuple(spec.id for spec in catalogue().values() if spec.legend and spec.shown)
        return self.layers


def to_query(view: View) -> dict[str, str]:
    """URL parameters of a view; what equals the default is left out, but for the language."""
    query = {"lang": view.language}
    if view.layers is not None:
        query["layers"] = ",".join(view.layers)
    if view.selected:
        query["sel"] = f"{view.selected.layer}/{view.selected.id}"
    if view.radius_km != DEFAULT_RADIUS_KM:
        query["r"] = str(view.radius_km)
    if view.position:
        at = view.position
        query["at"] = f"{at.lat:.{POSITION_DECIMALS}f},{at.lon:.{POSITION_DECIMALS}f},{at.zoom:g}"
    return query


def from_query(query: Mapping[str, str]) -> tuple[View, tuple[str, ...]]:
    """The view that URL parameters describe, and the names of those that could not be understood.

    A broken parameter counts as absent; unknown parameters are nobody's and are left alone.
    """
    view, broken = View(), []
    for parameter, read in READERS.items():
        if parameter in query:
            try:
                view = read(view, query[parameter])
            except ValueError:
                broken.append(parameter)
    return view, tuple(broken)


def same_place(first: Position | None, second: Position | None) -> bool:
    """Whether two positions look alike: centres within two pixels, zooms within a hundredth.

    A browser rounds a centre to whole pixels, so it reports a position it was sent to a little off.
    """
    if first is None or second is None:
        return first is second
    pixel = 360 / (TILE_PIXELS * 2**first.zoom)  # degrees of longitude
    near = max(abs(first.lat - second.lat), abs(first.lon - second.lon)) <= 2 * pixel
    return near and abs(first.zoom - second.zoom) < 0.01


def _language(view: View, text: str) -> View:
    if text not in LANGUAGES:
        raise ValueError(text)
    return replace(view, language=text)


def _layers(view: View, text: str) -> View:
    asked = [part for part in text.split(",") if part]
    entries = catalogue()
    if any(part not in entries or not entries[part].legend for part in asked):
        raise ValueError(text)
    return replace(view, layers=in_legend_order(asked))


def in_legend_order(ids: Sequence[str]) -> tuple[str, ...]:
    """The ids once each, ordered as the legend shows them."""
    return tuple(layer_id for layer_id in catalogue() if layer_id in ids)


def _selected(view: View, text: str) -> View:
    layer_id, slash, key = text.partition("/")
    spec = catalogue().get(layer_id)
    if not (slash and key and len(key) <= MAXIMUM_ID and spec and (spec.geometry or spec.operation == "filter")):
        raise ValueError(text)
    return replace(view, selected=Selection(layer_id, key))


def _radius(view: View, text: str) -> View:
    radius = int(text)
    if not (RADIUS_KM[0] <= radius <= RADIUS_KM[1]) or radius % RADIUS_STEP_KM:
        raise ValueError(text)
    return replace(view, radius_km=radius)


def _position(view: View, text: str) -> View:
    lat, lon, zoom = (float(part) for part in text.split(","))
    if not (-90 <= lat <= 90 and -180 <= lon <= 180 and ZOOMS[0] <= zoom <= ZOOMS[1]):
        raise ValueError(text)
    at = Position(round(lat, POSITION_DECIMALS), round(lon, POSITION_DECIMALS), float(f"{zoom:g}"))
    return replace(view, position=at)


READERS = {"lang": _language, "layers": _layers, "sel": _selected, "r": _radius, "at": _position}
assert len(READERS) == len(fields(View))
