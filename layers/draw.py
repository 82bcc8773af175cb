"""Visible layers as map elements: each fetches its data by URL and draws it in the browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from branca.element import MacroElement
from folium import FeatureGroup
from folium.template import Template

from layers import backdrop
from layers.routes import backdrop_url, layer_url
from layers.spec import LayerSpec, layer_spec
from layers.text import gate, pick, say
from layers.view import BADGE, Selection, View

MAP_WORDS = "map home fullscreen zoom_in zoom_out failed loading km m north south east west"
TEXTS = tuple(f"map_{word}" for word in MAP_WORDS.split())


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


def groups(view: View, base: str) -> list[FeatureGroup]:
    """One feature group for each visible thing, from the backdrop up, in drawing order."""
    drawings = [_language(view), *_backdrop(view, base), *_layers(view, base), *_selected(view, base)]
    return [_group(name, drawing) for name, drawing in drawings]


def group_of_move(argument: Mapping[str, object]) -> FeatureGroup:
    """The group that moves the map once; a nonce that was seen before does nothing."""
    return _group("move", Drawing("move", argument))


def _group(name: str, drawing: Drawing) -> FeatureGroup:
    made = Group(name)
    drawing.add_to(made)
    return made


def _language(view: View) -> tuple[str, Drawing]:
    words = {key.removeprefix("map_"): say(view.language, key) for key in TEXTS}
    return "language", Drawing("language", {"lang": view.language, "texts": words})


def _backdrop(view: View, base: str) -> Iterator[tuple[str, Drawing]]:
    for name in backdrop.NAMES:
        argument = {
            "id": f"backdrop_{name}",
            "kind": name,
            "url": backdrop_url(base, name),
            "lang": view.language,
        }
        yield name, Drawing("layer", argument)


def _layers(view: View, base: str) -> Iterator[tuple[str, Drawing]]:
    """Visible layers so that what is drawn last lies on top: the legend's first layer."""
    for layer_id in reversed(view.visible):
        spec = layer_spec(layer_id)
        selected = view.selected.id if view.selected and view.selected.layer == layer_id else None
        title = pick(spec.title, view.language)
        common = {"lang": view.language, "opacity": 1.0, "selected": selected, "title": title}
        kind = str(spec.style.get("symbol", "plain"))
        yield (
            layer_id,
            Drawing("layer", {"id": layer_id, "kind": kind, "url": layer_url(base, layer_id), **common}),
        )
        if spec.geometry and spec.geometry.town:
            yield f"{layer_id}_badges", _badges(spec, base, common)


def _badges(spec: LayerSpec, base: str, common: dict[str, object]) -> Drawing:
    url = layer_url(base, spec.id, "badges")
    shape = str(spec.style.get("symbol", "plain"))
    own = {
        "id": f"{spec.id}_badges",
        "layer": spec.id,
        "kind": "badges",
        "url": url,
        "shape": shape,
        "prefix": BADGE,
    }
    return Drawing("layer", common | own)


def _selected(view: View, base: str) -> Iterator[tuple[str, Drawing]]:
    """The dotted circle of the radius around a selected point."""
    if view.selected is None or not layer_spec(view.selected.layer).legend:
        return
    yield "radius", Drawing("layer", _circle(view.selected, view, base))


def _circle(selected: Selection, view: View, base: str) -> dict[str, object]:
    town = selected.id.removeprefix(BADGE)
    spec = layer_spec(selected.layer)
    if town != selected.id and spec.geometry and spec.geometry.town:
        spec = layer_spec(spec.column(spec.geometry.town).ref)
    url = layer_url(base, spec.id)
    return {
        "id": "radius",
        "kind": "radius",
        "url": url,
        "selected": town,
        "km": view.radius_km,
        "lang": view.language,
    }
