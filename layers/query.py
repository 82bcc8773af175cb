"""A view as URL parameters and back: the identity, whatever the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from urllib.parse import unquote

from layers.asof_query import asof_query, with_as_of
from layers.backgrounds import BACKGROUNDS
from layers.block_choice import LICENCE_YEARS, MOST_TENGE, rule_of_text
from layers.block_query import block_query, ring_text, source_of_text, vertices, whole
from layers.claims_query import CLAIMS_READERS, claims_query
from layers.compare_query import compared_of_text, compared_text
from layers.errors import SHOWN
from layers.facets import codes_of, facets
from layers.ground import ground
from layers.linked import TOWNS
from layers.load import row_keys
from layers.roles import DEFAULT_ROLE, roles
from layers.screening.query import SCREENING_READERS, screening_query
from layers.spec import LANGUAGES, VISITORS_PREFIX, LayerSpec, catalogue
from layers.view import (
    AROUND,
    DEFAULT_RADIUS_KM,
    GROUNDS,
    OPAQUE,
    POSITION_DECIMALS,
    QUIET,
    RADIUS_KM,
    RADIUS_STEP_KM,
    SEEN,
    SHAPE,
    ZOOMS,
    Area,
    Position,
    Selection,
    View,
    with_facet,
)

MAXIMUM_ID = 200  # characters of a feature's id taken from a URL
MAXIMUM_TEXT = 200
RING_VERTICES = (3, 100)
SURE = "yes"
ESCAPED = str.maketrans({"%": "%25", ",": "%2C"})  # a code may hold the comma that stands between codes
SWIPE = "~"  # between the two sides of the divider
# Parameters that name layers, among others or as a whole.
LISTS, WHOLE = ("layers", "op", "cmp"), ("sel", "table", "swipe", "blocks", "s_from")


def to_query(view: View) -> dict[str, str]:
    """URL parameters of a view; what equals the default is left out, but for the language."""
    query = {"lang": view.language}
    if view.role != DEFAULT_ROLE:
        query["role"] = view.role
    if view.layers is not None:
        query["layers"] = ",".join(view.layers)
    if view.opacity:
        query["op"] = ",".join(f"{layer}:{percent}" for layer, percent in view.opacity)
    query |= filter_query(view)
    if view.selected:
        query["sel"] = f"{view.selected.layer}/{view.selected.id}"
    if view.position:
        at = view.position
        query["at"] = f"{_degrees(at.lat)},{_degrees(at.lon)},{at.zoom:g}"
    if view.background != QUIET:
        query["bg"] = view.background
    if view.swipe:
        query["swipe"] = SWIPE.join(view.swipe)
    if view.table:
        query["table"] = view.table
    if view.compared:
        query["cmp"] = compared_text(view.compared)
    if view.town:
        query["id"] = view.town
    return query | block_query(view) | claims_query(view) | screening_query(view.screening)


def filter_query(view: View) -> dict[str, str]:
    """The parameters that say which rows are kept, without those that say how they are looked at."""
    query = {name: ",".join(code.translate(ESCAPED) for code in codes) for name, codes in view.facets}
    if view.text:
        query["q"] = view.text
    if view.area.kind:
        query["in"] = _area_text(view.area)
    if view.radius_km != DEFAULT_RADIUS_KM:
        query["r"] = str(view.radius_km)
    if view.sure:
        query["sure"] = SURE
    return query | asof_query(view)


def sieve_query(view: View) -> dict[str, str]:
    """The parameters from which a filter can be made again: those of the filter, and what it is measured from."""
    selected = {"sel": to_query(view)["sel"]} if view.area.kind == AROUND and view.selected else {}
    return filter_query(view) | selected


def from_query(query: Mapping[str, str]) -> tuple[View, tuple[str, ...]]:
    """The view that URL parameters describe, and the names of those that could not be understood.

    A broken parameter counts as absent; unknown parameters are nobody's and are left alone. So is what names a layer
    that another visitor may have, see `of_others`.
    """
    view, broken = View(), []
    query = _without_others(query)
    readers = READERS | SCREENING_READERS | {facet: _facet(facet) for facet in facets()}
    for parameter, read in readers.items():
        if parameter in query:
            try:
                view = read(view, query[parameter])
            except (ValueError, *SHOWN):  # SHOWN: the table that knows the codes cannot be read
                broken.append(parameter)
    return view, tuple(broken)


def of_others(query: Mapping[str, str]) -> bool:
    """Whether URL parameters name a visitor's layer that is not the present visitor's, or was removed."""
    others = any(_is_others(name.rpartition("_")[0]) for name in query)  # a facet of such a layer
    return others or _without_others(query) != dict(query)


def _without_others(query: Mapping[str, str]) -> dict[str, str]:
    """The parameters without what names such layers; a list of which nothing is left was of them alone and goes."""
    kept = {name: text for name, text in query.items() if name not in WHOLE or not any(map(_is_others, _named(text)))}
    for name in LISTS:
        parts = [part for part in kept.get(name, "").split(",") if not any(map(_is_others, _named(part)))]
        if name in kept and parts:
            kept[name] = ",".join(parts)
        elif name in kept:
            del kept[name]
    return kept


def _named(text: str) -> list[str]:
    """The ids that a selection, an opacity, a side of the divider, a source of blocks or a plain id may name."""
    return [name for part in text.split(SWIPE) for name in part.partition("/")[0].split(":")]


def _is_others(layer_id: str) -> bool:
    return layer_id.startswith(VISITORS_PREFIX) and layer_id not in catalogue()


def _degrees(value: float) -> str:
    return f"{value:.{POSITION_DECIMALS}f}"


def _area_text(area: Area) -> str:
    if area.kind == SEEN and area.bounds:
        return f"{SEEN}:" + ",".join(map(_degrees, area.bounds))
    if area.kind == SHAPE:
        return f"{SHAPE}:{ring_text(area.ring)}"
    return area.kind


def _one_of(text: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    if text not in known:
        raise ValueError(text)
    return text


def _legend_layer(text: str) -> str:
    if text not in catalogue() or not catalogue()[text].legend:
        raise ValueError(text)
    return text


def _layers(view: View, text: str) -> View:
    asked = (_legend_layer(part) for part in text.split(",") if part)
    return replace(view, layers=tuple(dict.fromkeys(asked)))


def _opacity(view: View, text: str) -> View:
    kept = {}
    for part in text.split(","):
        layer_id, _, percent = part.partition(":")
        if not 0 <= int(percent) <= OPAQUE:
            raise ValueError(text)
        if int(percent) != OPAQUE:
            kept[_legend_layer(layer_id)] = int(percent)
    return replace(view, opacity=tuple(sorted(kept.items())))


def _facet(facet: str) -> Callable[[View, str], View]:
    def read(view: View, text: str) -> View:
        return with_facet(view, facet, [_one_of(unquote(code), codes_of(facet)) for code in text.split(",") if code])

    return read


def _text(view: View, text: str) -> View:
    return replace(view, text=text[:MAXIMUM_TEXT].strip())


def _area(view: View, text: str) -> View:
    kind, _, rest = text.partition(":")
    if kind == AROUND:
        return replace(view, area=Area(AROUND))
    if kind == SEEN:
        west, south, east, north = (float(part) for part in rest.split(","))
        return replace(view, area=area_of_bounds(west, south, east, north))
    if kind == SHAPE:
        return replace(view, area=area_of_ring(vertices(rest)))
    raise ValueError(text)


def area_of_bounds(west: float, south: float, east: float, north: float) -> Area:
    """The spatial filter of what the map shows; ValueError when the degrees make no rectangle."""
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(f"{west}, {south}, {east}, {north} is no rectangle in degrees")
    return Area(SEEN, bounds=(_rounded(west), _rounded(south), _rounded(east), _rounded(north)))


def area_of_ring(ring: list[tuple[float, ...]]) -> Area:
    """The spatial filter of a drawn shape from its (lon, lat) vertices; ValueError when they make none."""
    if not RING_VERTICES[0] <= len(ring) <= RING_VERTICES[1]:
        raise ValueError(f"a shape has {RING_VERTICES[0]} to {RING_VERTICES[1]} vertices, not {len(ring)}")
    if any(len(at) != 2 or not (-180 <= at[0] <= 180 and -90 <= at[1] <= 90) for at in ring):
        raise ValueError("a vertex of the shape is no longitude and latitude")
    return Area(SHAPE, ring=tuple((_rounded(lon), _rounded(lat)) for lon, lat in ring))


def _rounded(value: float) -> float:
    return round(value, POSITION_DECIMALS) + 0.0  # without a negative zero, which is written differently


def _blocks(view: View, text: str) -> View:
    source = source_of_text(
        text,
        ring_of=lambda ring: area_of_ring(ring).ring,
        feature_of=lambda rest: _selected(view, rest).selected,
        is_layer=lambda layer_id: _has_features(catalogue().get(layer_id)),
    )
    return replace(view, blocks=source)


def _selected(view: View, text: str) -> View:
    layer_id, slash, key = text.partition("/")
    selected = Selection(layer_id, key)
    if layer_id in GROUNDS:
        ground(selected)  # raises what makes a parameter count as absent
    elif not (slash and key and len(key) <= MAXIMUM_ID and _has_features(catalogue().get(layer_id))):
        raise ValueError(text)
    return replace(view, selected=selected)


def _has_features(spec: LayerSpec | None) -> bool:
    return bool(spec and (spec.geometry or spec.operation == "filter"))


def _radius(view: View, text: str) -> View:
    radius = int(text)
    if not (RADIUS_KM[0] <= radius <= RADIUS_KM[1]) or radius % RADIUS_STEP_KM:
        raise ValueError(text)
    return replace(view, radius_km=radius)


def _position(view: View, text: str) -> View:
    lat, lon, zoom = (float(part) for part in text.split(","))
    if not (-90 <= lat <= 90 and -180 <= lon <= 180 and ZOOMS[0] <= zoom <= ZOOMS[1]):
        raise ValueError(text)
    return replace(view, position=Position(_rounded(lat), _rounded(lon), float(f"{zoom:g}")))


def _swipe(view: View, text: str) -> View:
    left, _, right = text.partition(SWIPE)
    for side in (left, right):
        if side not in BACKGROUNDS:
            _legend_layer(side)
    return replace(view, swipe=(left, right))


READERS: dict[str, Callable[[View, str], View]] = {
    "lang": lambda view, text: replace(view, language=_one_of(text, LANGUAGES)),
    "role": lambda view, text: replace(view, role=_one_of(text, roles())),
    "layers": _layers,
    "op": _opacity,
    "q": _text,
    "in": _area,
    "sel": _selected,
    "r": _radius,
    "sure": lambda view, text: replace(view, sure=bool(_one_of(text, (SURE,)))),
    "at": _position,
    "bg": lambda view, text: replace(view, background=_one_of(text, BACKGROUNDS)),
    "swipe": _swipe,
    "table": lambda view, text: replace(view, table=_legend_layer(text)),
    "blocks": _blocks,
    "rule": lambda view, text: replace(view, cover=rule_of_text(text)),
    "south": lambda view, text: replace(view, counted_south=bool(_one_of(text, (SURE,)))),
    "year": lambda view, text: replace(view, licence_year=whole(text, *LICENCE_YEARS)),
    "cmp": lambda view, text: replace(
        view, compared=compared_of_text(text, lambda part: _selected(View(), part).selected)
    ),
    "asof": with_as_of,
    "id": lambda view, text: replace(view, town=_one_of(text, tuple(row_keys(TOWNS)))),
    "mci": lambda view, text: replace(view, index_tenge=whole(text, 1, MOST_TENGE)),
    **CLAIMS_READERS,
}
assert len(READERS) == len(fields(View)) - 2  # the facets have a parameter each, a screening five
