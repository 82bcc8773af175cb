"""A map for paper as SVG: our layers on the offline backdrop around a centre, drawn without a browser or a network."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from geo.azimuthal import azimuthal_km
from layers import backdrop
from layers.dated import held
from layers.legend import swatch
from layers.names import names_by_id
from layers.palette import palette
from layers.paper.extent import Frame
from layers.paper.lettering import Board, Label
from layers.placemarks import xml_allowed
from layers.schema import Layer
from layers.spec import LayerSpec, layer_spec
from layers.symbols import SWATCHES, symbol_fields
from layers.text import number, pick, say
from layers.view import Selection

ELEMENT_LETTERS = 2  # that fit into a symbol at the usual size
TYPEFACE = "'Source Sans 3', sans-serif"  # quoted: a bare 3 is no name in CSS
GAS_DASHES = {"construction": "8 3", "planned": "3 3.6", "mothballed": "7 3 1.4 3", "unknown": "1.4 2.6"}
HEXAGON = "M0-5 4.5-2.6V2.6L0 5.2-4.5 2.6V-2.6Z"
BOLT = "M-.1-3.6-3.3 .6H-1.1L-1.6 3.6 1.9-.6H0Z"
Shapes = NDArray[np.object_]
SCALES_KM = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
BEYOND = 1.6  # the backdrop is taken within this many half widths, so that nothing ends inside the frame
LEAST_RADIUS = 2.2
NAMED = ("towns",)


@dataclass
class _Sheet:
    frame: Frame
    language: str
    root: ElementTree.Element
    labels: list[Label] = field(default_factory=list)
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def add(self, tag: str, **attributes: object) -> ElementTree.Element:
        named = {name.replace("_", "-"): _written(value) for name, value in attributes.items()}
        return ElementTree.SubElement(self.root, tag, named)


def map_svg(
    frame: Frame,
    layers: Sequence[str],
    language: str,
    marked: Sequence[Selection] = (),
    radius_km: float | None = None,
    as_of: str = "",
) -> str:
    """An SVG (sizes in points) of these layers, the first on top; ``marked`` features are ringed and named.

    What has no position of its own is not drawn. Distances from the centre are true (``geo.azimuthal``); a circle
    shows ``radius_km``; ``as_of`` is the month (YYYY-MM) whose state is drawn.
    Towns are named where there is room. UnknownNameError for a layer that the catalogue lacks.
    """
    root = ElementTree.Element("svg", xmlns="http://www.w3.org/2000/svg")
    root.set("viewBox", f"0 0 {frame.width:.1f} {frame.height:.1f}")
    root.set("width", f"{frame.width:.1f}")
    root.set("height", f"{frame.height:.1f}")
    sheet = _Sheet(frame, language, root)
    _backdrop(sheet)
    for layer_id in reversed(layers):
        _layer(sheet, held(layer_id, as_of), {one.id for one in marked if one.layer == layer_id})
    if radius_km:
        _circle(sheet, radius_km)
    _furniture(sheet)
    _letters(sheet)
    return str(xml_allowed(ElementTree.tostring(root, encoding="unicode")))


def _written(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _flat(shapes: Shapes, frame: Frame) -> Shapes:
    """Geometries in degrees as geometries in points of the drawing, y downwards."""

    def place(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        km = azimuthal_km(lonlat, (frame.lon, frame.lat)) * frame.points_per_km
        return np.column_stack([frame.width / 2 + km[:, 0], frame.height / 2 - km[:, 1]])

    moved: Shapes = shapely.transform(shapes, place)
    return moved


@lru_cache(maxsize=8)
def _ground(name: str) -> Shapes:
    made = orjson.loads((backdrop.FOLDER / f"{name}.json").read_bytes())
    shapes: Shapes = shapely.from_geojson([orjson.dumps(one["geometry"]).decode() for one in made["features"]])
    return shapes


def _near(shapes: Shapes, frame: Frame) -> Shapes:
    """The parts of shapes in degrees that may be in the frame: cut well outside it, for what lies far is not flat."""
    half_lat = frame.reach_km * BEYOND / 110.57  # the least length of a degree of latitude, in km
    half_lon = half_lat / max(math.cos(math.radians(min(abs(frame.lat) + half_lat, 80))), 0.1)
    box = (frame.lon - half_lon, frame.lat - half_lat, frame.lon + half_lon, frame.lat + half_lat)
    cut = shapely.clip_by_rect(shapes, *box)
    kept: Shapes = cut[~shapely.is_empty(cut)]
    return kept


def _backdrop(sheet: _Sheet) -> None:
    colours, frame = palette(), sheet.frame
    sheet.add("rect", width=frame.width, height=frame.height, fill=colours["water"])
    for name, fill, line in (("countries", "land", "landLine"), ("country", "country", "countryLine")):
        _shapes(sheet, _near(_ground(name), frame), fill=colours[fill], stroke=colours[line], stroke_width=0.6)
    _shapes(sheet, _near(_ground("lakes"), frame), fill=colours["water"], stroke="none")


def _shapes(sheet: _Sheet, shapes: Shapes, **look: object) -> None:
    if path := "".join(_path(one) for one in _flat(np.asarray(shapes, dtype=object), sheet.frame)):
        sheet.add("path", d=path, stroke_linejoin="round", **look)


def _path(shape: shapely.Geometry) -> str:
    """Lines and rings of a flat shape as the commands of an SVG path; nothing for points."""
    written = []
    for part in shapely.get_parts(shape):
        rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
        for ring in rings if part.geom_type != "Point" else ():
            ends = " ".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring))
            written.append(f"M{ends}{'Z' if part.geom_type == 'Polygon' else ''}")
    return "".join(written)


def _layer(sheet: _Sheet, made: Layer, marked: set[str]) -> None:
    located = made.located.to_numpy(dtype=bool)
    rows = made.frame[located]
    fields = [one for one, here in zip(symbol_fields(made), located, strict=True) if here]
    called = names_by_id(made.spec.id)
    for key, shape, drawn in zip(rows[made.spec.key], rows.geometry, fields, strict=True):
        _feature(sheet, made.spec.id, shape, drawn)
        at = _at(shape, sheet.frame)
        if at is None:
            continue
        if key in marked:
            sheet.add("circle", cx=at[0], cy=at[1], r=9.0, fill="none", stroke=palette()["ink"], stroke_width=1.4)
        if key in marked or made.spec.id in NAMED:
            name = pick(called.get(key, {}), sheet.language) or str(key)
            sheet.labels.append(Label(name, *at, size=8.5 if key in marked else 7.0, first=key in marked))


def _at(shape: shapely.Geometry, frame: Frame) -> tuple[float, float] | None:
    """Where a symbol of a shape stands, if it is in the frame."""
    if shape.is_empty:
        return None
    point = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
    flat = _flat(np.asarray([point], dtype=object), frame)[0]
    inside = 0 <= flat.x <= frame.width and 0 <= flat.y <= frame.height
    return (float(flat.x), float(flat.y)) if inside else None


def _feature(sheet: _Sheet, layer_id: str, shape: shapely.Geometry, drawn: dict[str, object]) -> None:
    """One feature in the look of its layer's symbol, as ``layers/web/symbols.js`` has it."""
    colours, symbol = palette(), str(layer_spec(layer_id).style.get("symbol", "plain"))
    if shape.geom_type not in ("Point", "MultiPoint"):
        _outline(sheet, shape, symbol, drawn)
        if symbol != "area":
            return
    at = _at(shape, sheet.frame)
    if at is None:
        return
    spot = ElementTree.SubElement(sheet.root, "g", transform=f"translate({at[0]:.1f} {at[1]:.1f})")
    if symbol == "town":
        people = float(str(drawn.get("pop") or 0))
        fill, stroke = ("townFill", "paper") if drawn.get("listed") else ("townPale", "town")
        radius = max(LEAST_RADIUS, 0.42 * math.sqrt(people / 1000))  # area = population, as on the screen
        _put(spot, "circle", r=radius, fill=colours[fill], stroke=colours[stroke], stroke_width=0.9)
    elif symbol == "plant":
        _put(spot, "rect", x=-4.0, y=-4.0, width=8.0, height=8.0, rx=1.6, fill=colours["power"])
        _put(spot, "path", d=BOLT, fill=colours["paper"], transform="scale(.82)")
    elif symbol in ("area", "deposit"):
        _lettered(spot, symbol, drawn)
    else:
        _put(spot, "circle", r=2.6, fill=colours["other"])


def _lettered(spot: ElementTree.Element, symbol: str, drawn: dict[str, object]) -> None:
    colours = palette()
    hollow = bool(drawn.get("hollow"))
    colour = colours["areaFill" if symbol == "area" else "depositFill"]
    fill, letter = (colours["paper"], colour) if hollow else (colour, colours["paper"])
    scale, outline = (1.0, HEXAGON) if symbol == "area" else (0.62, "M0-5 5 0 0 5-5 0Z")
    look = {"fill": fill, "stroke": colours["geology"], "stroke_width": 1.0, "transform": f"scale({scale})"}
    _put(spot, "path", d=outline, **look)
    if symbol == "area" and drawn.get("el"):
        size = 5.0 if len(str(drawn["el"])) <= ELEMENT_LETTERS else 3.4
        text = _put(spot, "text", y=0.38 * size, fill=letter, font_size=size, font_weight=700, text_anchor="middle")
        text.set("font-family", TYPEFACE)
        text.text = str(drawn["el"])


def _outline(sheet: _Sheet, shape: shapely.Geometry, symbol: str, drawn: dict[str, object]) -> None:
    cut = _near(np.asarray([shape], dtype=object), sheet.frame)
    colours = palette()
    if symbol == "gas":
        _shapes(sheet, cut, fill="none", stroke=colours["paper"], stroke_width=3.0)
        dash = GAS_DASHES.get(str(drawn.get("status")), "none")
        _shapes(sheet, cut, fill="none", stroke=colours["gas"], stroke_width=1.7, stroke_dasharray=dash)
    else:
        _shapes(sheet, cut, fill=colours["areaFill"], fill_opacity=0.14, stroke=colours["geology"], stroke_width=0.9)


def _put(parent: ElementTree.Element, tag: str, **attributes: object) -> ElementTree.Element:
    named = {name.replace("_", "-"): _written(value) for name, value in attributes.items()}
    return ElementTree.SubElement(parent, tag, named)


def _circle(sheet: _Sheet, radius_km: float) -> None:
    frame = sheet.frame
    middle, radius = (frame.width / 2, frame.height / 2), radius_km * frame.points_per_km
    look: dict[str, object] = {
        "fill": "none",
        "stroke": palette()["ink"],
        "stroke_width": 0.8,
        "stroke_dasharray": "4 3",
    }
    sheet.add("circle", cx=middle[0], cy=middle[1], r=radius, **look)


def _furniture(sheet: _Sheet) -> None:
    """Scale bar and frame."""
    frame, ink = sheet.frame, palette()["ink"]
    length_km = max([km for km in SCALES_KM if km * frame.points_per_km <= frame.width / 4] or [SCALES_KM[0]])
    end, foot = 6 + length_km * frame.points_per_km, frame.height - 7
    sheet.add("rect", x=2.0, y=foot - 11, width=end + 4, height=16.0, fill="#ffffff", fill_opacity=0.85)
    sheet.add("path", d=f"M6 {foot - 3:.1f}V{foot:.1f}H{end:.1f}V{foot - 3:.1f}", fill="none", stroke=ink)
    text = sheet.add("text", x=6.0, y=foot - 4, font_size=6.5, font_family=TYPEFACE, fill=ink)
    text.text = say(sheet.language, "kilometres", distance=number(length_km, sheet.language))
    edge = {"fill": "none", "stroke": palette()["countryLine"], "stroke_width": 0.8}
    sheet.add("rect", x=0.4, y=0.4, width=frame.width - 0.8, height=frame.height - 0.8, **edge)
    sheet.taken.append((2.0, foot - 11, end + 6, frame.height))


def _letters(sheet: _Sheet) -> None:
    board = Board(sheet.frame.width, sheet.frame.height, sheet.taken)
    for label, x, y in board.placed(sheet.labels):
        look = {"font_size": label.size, "font_family": TYPEFACE, "font_weight": 700 if label.first else 600}
        # In a picture a browser has no fonts but the machine's: names keep the width for which they found room.
        look |= {"textLength": label.width, "lengthAdjust": "spacingAndGlyphs"}
        for halo in ({"stroke": "#ffffff", "stroke_width": 2.2, "stroke_linejoin": "round"}, {}):
            sheet.add("text", x=x, y=y, fill=palette()["ink"], **look, **halo).text = label.text


def located_in(frame: Frame, layer_id: str, as_of: str = "") -> Iterator[str]:
    """Ids of a layer's features whose symbol stands in the frame, or whose outline reaches into it."""
    made = held(layer_id, as_of)
    window = shapely.box(0, 0, frame.width, frame.height)
    rows: gpd.GeoDataFrame = made.frame[made.located]
    for key, shape in zip(rows[made.spec.key], rows.geometry, strict=True):
        near = _near(np.asarray([shape], dtype=object), frame)
        if len(near) and shapely.intersects(_flat(near, frame)[0], window):
            yield str(key)


def legend(frame: Frame, layers: Sequence[str], language: str, as_of: str = "") -> list[dict[str, str]]:
    """What the symbols mean: ``layer``, ``swatch`` as SVG, ``text`` with its title and how many the frame shows.

    Layers with nothing in the frame are left out.
    """
    told = []
    for layer_id in layers:
        if shown := set(located_in(frame, layer_id, as_of)):
            spec = layer_spec(layer_id)
            text = f"{pick(spec.title, language)}: {_counted(layer_id, shown, language, as_of)}"
            told.append({"layer": layer_id, "swatch": swatch_svg(spec), "text": text})
    return told


def _counted(layer_id: str, shown: set[str], language: str, as_of: str) -> str:
    """How many are shown, and of how many the place is too uncertain to enter any distance."""
    made = held(layer_id, as_of)
    unmeasured = int((made.frame[made.spec.key].isin(shown) & ~made.measurable).sum())
    count = number(len(shown), language)
    if not unmeasured:
        return count
    return say(language, "map_unmeasured", shown=count, unmeasured=number(unmeasured, language))


def swatch_svg(spec: LayerSpec) -> str:
    """The drawing that stands for a layer in the legend."""
    names = [SWATCHES / f"{name}.svg" for name in swatch(spec)]
    return next(path for path in names if path.is_file()).read_text(encoding="utf-8")
