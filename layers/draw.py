"""Visible layers as map elements: each fetches its data by URL and draws it in the browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import shapely
from branca.element import MacroElement
from folium import FeatureGroup
from folium.template import Template

from layers import backdrop
from layers.backgrounds import BACKGROUNDS, TILES
from layers.dated import DATING, MARKED
from layers.elsewhere import name_of_ground
from layers.frame import HOME
from layers.ground import ground
from layers.picture import picture
from layers.reach import centre_of
from layers.relate import layer
from layers.routes import backdrop_url, layer_url
from layers.sieve import sieve_of
from layers.spec import LayerSpec, layer_spec
from layers.text import gate, pick, say
from layers.view import BADGE, GROUNDS, OPAQUE, PLACE, SHAPE, Selection, View
from layers.vocabulary import word
from layers.wire import doubts

MAP_WORDS = (
    "map home fullscreen zoom_in zoom_out failed loading km m north south east west tools "
    "measure measure_total measure_leg measure_area shape rectangle polygon rectangle_hint sketch_hint undo done "
    "cancel close swipe swipe_left swipe_right swipe_divider picture picture_failed arrow credits km2 ha "
    "system pulkovo gk6 gk3 sheet block gk_metres utm_metres block_doubt beyond centre tap"
)
LEAST_DOUBT = 0.01  # part of the radius from which the accuracy of its centre is worth drawing
BLANKS = {name: f"{{{name}}}" for name in ("zone", "x", "y", "code")}  # filled in the browser
TEXTS = tuple(f"map_{word}" for word in MAP_WORDS.split())


MapGroup: TypeAlias = FeatureGroup


class Drawing(MacroElement):
    """One call of our own script with one argument that has passed the gate."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = L.featureGroup([]).addTo({{ this._parent.get_name() }});"
        'Atlas.{{ this.verb }}({{ this.get_name() }}, Atlas.decode("{{ this.argument }}"));'
        "{% endmacro %}"
    )

    def __init__(self, verb: str, argument: Mapping[str, object]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Drawing"
        self.verb = verb
        self.argument = gate(argument)


class Group(FeatureGroup):
    """A feature group whose script st_folium takes from its template; folium's own rendering is thrown away."""

    def render(self, **kwargs: object) -> str:
        """Nothing: it would compile the script, which holds our argument, as a template a second time."""
        return ""


def groups(
    view: View, base: str, words: Mapping[str, str] | None = None, beside: Mapping[str, list[Any]] | None = None
) -> list[FeatureGroup]:
    """One feature group for each visible thing, from the backdrop up, in drawing order.

    ``words`` replace those of the map's tools, by name; ``beside`` holds further ``lines`` and ``legend`` of a picture.
    """
    told = picture(view, base)
    for part, more in (beside or {}).items():
        told[part] = [*more, *told[part]]
    drawings = [
        _language(view, words or {}),
        *_backdrop(view, base),
        *_tiles(view),
        *_layers(view, base),
        *_selected(view, base),
        *_area(view),
        *_swipe(view),
        ("picture", Drawing("picture", told)),
    ]
    return [_group(name, drawing) for name, drawing in drawings]


def group_of_move(argument: Mapping[str, object]) -> FeatureGroup:
    """The group that moves the map once; a nonce that was seen before does nothing."""
    return _group("move", Drawing("move", argument))


def group_of_reveal(argument: Mapping[str, object]) -> FeatureGroup:
    """The group that brings bounds into view once, unless they are in view."""
    return _group("reveal", Drawing("reveal", argument))


def group_of_home(nonce: int) -> FeatureGroup:
    """The group that shows the whole country once."""
    return _group("home", Drawing("fit", {"nonce": nonce, "bounds": HOME}))


def group_of_layer(argument: Mapping[str, object]) -> FeatureGroup:
    """The group of one drawn layer beside those of the view: see ``Atlas.layer`` in web/atlas.js."""
    return _group(str(argument["id"]), Drawing("layer", argument))


def group_of_ring(ring: tuple[tuple[float, float], ...]) -> FeatureGroup:
    """The group of a drawn shape."""
    return _group("shape", Drawing("shape", {"ring": ring}))


def _group(name: str, drawing: Drawing) -> FeatureGroup:
    made = Group(name)
    drawing.add_to(made)
    return made


def _language(view: View, words: Mapping[str, str]) -> tuple[str, Drawing]:
    texts = {key.removeprefix("map_"): say(view.language, key, **BLANKS) for key in TEXTS} | {**words}
    return "language", Drawing("language", {"lang": view.language, "texts": texts})


def _backdrop(view: View, base: str) -> Iterator[tuple[str, Drawing]]:
    for name in backdrop.NAMES:
        argument = {
            "id": f"backdrop_{name}",
            "kind": name,
            "url": backdrop_url(base, name),
            "lang": view.language,
        }
        yield name, Drawing("layer", argument)


def _tiles(view: View) -> Iterator[tuple[str, Drawing]]:
    """Backgrounds of others: only those that were chosen, so that nothing is asked of them before."""
    chosen = (view.background, *(view.swipe or ()))
    for name in dict.fromkeys(one for one in chosen if one in TILES):
        tiles = TILES[name]
        argument = {"id": name, "url": tiles.url, "attribution": tiles.attribution, "maxZoom": tiles.max_zoom}
        yield name, Drawing("background", argument | {"failed": say(view.language, "tiles_failed")})


def _layers(view: View, base: str) -> Iterator[tuple[str, Drawing]]:
    """Visible layers so that what is drawn last lies on top: the view's first layer."""
    doubt = say(view.language, "possibly_within", radius=view.radius_km) if doubts(sieve_of(view)) else ""
    datings = {code: word(DATING, code, view.language) for code in MARKED} if view.as_of else None
    if datings:
        datings["some"] = say(view.language, "asof_undated_some", count="{count}")
    for order, layer_id in reversed(list(enumerate(view.visible))):
        spec = layer_spec(layer_id)
        common = {
            "lang": view.language,
            "opacity": view.percent(layer_id) / OPAQUE,
            "order": order,
            "selected": view.selected.id if view.selected and view.selected.layer == layer_id else None,
            "title": pick(spec.title, view.language),
            "doubt": doubt,
            "datings": datings,
        }
        kind = str(spec.style.get("symbol", "plain"))
        own = {"id": layer_id, "kind": kind, "url": layer_url(base, layer_id, view=view)}
        own |= {"colour": spec.style["colour"]} if "colour" in spec.style else {}
        yield layer_id, Drawing("layer", own | common)
        if spec.geometry and spec.geometry.town:
            yield f"{layer_id}_badges", _badges(spec, view, base, common)


def _badges(spec: LayerSpec, view: View, base: str, common: dict[str, object]) -> Drawing:
    own = {
        "id": f"{spec.id}_badges",
        "layer": spec.id,
        "kind": "badges",
        "url": layer_url(base, spec.id, "badges", view),
        "shape": str(spec.style.get("symbol", "plain")),
        "prefix": BADGE,
        "selected": _badge_of(view.selected) if view.selected and view.selected.layer == spec.id else None,
    }
    return Drawing("layer", common | own)


def _badge_of(selected: Selection) -> str:
    """The badge that stands for a selected row without a place; the selection itself for any other."""
    made = layer(selected.layer)
    row = made.row(selected.id)
    town = made.spec.geometry.town if made.spec.geometry else ""
    if row is None or not town or not row[town] or row["geometry"] is not None:
        return selected.id
    return f"{BADGE}{row[town]}"


def _selected(view: View, base: str) -> Iterator[tuple[str, Drawing]]:
    """The dotted circle of the radius around a selected point; a bare position has its mark as well."""
    if view.selected is None:
        return
    if view.selected.layer == PLACE:
        at = ground(view.selected).shape
        label = say(view.language, "place_title")
        yield "place", Drawing("place", {"lat": at.y, "lon": at.x, "label": label, "km": view.radius_km})
    elif view.selected.layer in GROUNDS:
        yield "plot", Drawing("plot", _plot(view.selected, view.language))
    elif layer_spec(view.selected.layer).legend:
        yield "radius", Drawing("layer", _circle(view.selected, view, base))


def _plot(selected: Selection, language: str) -> dict[str, object]:
    """The outline of a selected map sheet or of licence blocks, with its name at a point inside."""
    shape = ground(selected).shape
    inside = shape.representative_point()
    parts = [
        [[list(corner) for corner in ring.coords] for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(shape)
    ]
    return {"polygons": parts, "lat": inside.y, "lon": inside.x, "label": name_of_ground(selected, language)}


def _circle(selected: Selection, view: View, base: str) -> dict[str, object]:
    town = selected.id.removeprefix(BADGE)
    spec = layer_spec(selected.layer)
    if town != selected.id and spec.geometry and spec.geometry.town:
        spec = layer_spec(spec.column(spec.geometry.town).ref)
    url = layer_url(base, spec.id)
    own = {"id": "radius", "kind": "radius", "url": url}
    drawn = {"km": view.radius_km, "accuracy": _accuracy(selected, view.radius_km)}
    return {**own, **drawn, "selected": town, "lang": view.language}


def _accuracy(selected: Selection, radius_km: int) -> float:
    """How far the centre of the radius may be off, in km; 0 where that is not known or too little to be seen."""
    centre = centre_of(selected)
    accuracy = (centre.accuracy_km if centre else None) or 0.0
    return accuracy if accuracy >= LEAST_DOUBT * radius_km else 0.0


def _area(view: View) -> Iterator[tuple[str, Drawing]]:
    """The drawn shape of the spatial filter."""
    if view.area.kind == SHAPE:
        yield "shape", Drawing("shape", {"ring": view.area.ring})


def _swipe(view: View) -> Iterator[tuple[str, Drawing]]:
    """The divider between two layers or backgrounds, and what may stand on either side of it."""
    titles = {one: pick(layer_spec(one).title, view.language) for one in view.visible}
    titles |= {one: say(view.language, f"background_{one}") for one in BACKGROUNDS}
    choices = [{"id": one, "title": title} for one, title in titles.items()]
    left, right = view.swipe or (None, None)
    yield "swipe", Drawing("swipe", {"left": left, "right": right, "choices": choices})
