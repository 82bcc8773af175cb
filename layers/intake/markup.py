"""KML, KMZ and GPX read as plain XML: no DOCTYPE, no entities, and no link is ever followed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import shapely

from layers.errors import UploadError
from layers.intake import archive, stage
from layers.intake.found import UTF8, Answers, Found, column_of, shapes_of
from layers.intake.verdict import Encoding
from layers.intake.walk import walk

MOST_LAYERS = 50
MOST_NUMBERS = 3  # of a position: longitude, latitude, height
TOLD_ROWS = 1_000  # a report of how far it is
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?|[+-]?(?:nan|inf(?:inity)?)", re.IGNORECASE)
WRONG = "has coordinates that cannot be read"
GPX_KINDS = {"wpt": "waypoints", "rte": "routes", "trk": "tracks"}
FAULTS = (ValueError, TypeError, shapely.errors.ShapelyError)


def read_kml(path: Path, answers: Answers, title: str) -> list[Found]:
    """The places of a KML: each folder of its document that holds some is a layer, the rest is another.

    Folders within folders stay together, the way through them in a column, and so does a document with one folder.
    """
    return answers.choose(_kml_layers(path, title))


def _kml_layers(path: Path, title: str) -> list[Found]:
    layers: dict[int, _Layer] = {}
    links = 0

    def take(element: Element, folders: list[str], top: int) -> None:
        nonlocal links
        if element.tag == "NetworkLink":
            links += 1
            return
        values: dict[str, Any] = {"name": _text(element, "name"), "description": _text(element, "description")}
        values |= {"folder": " / ".join(folders) or None}
        values |= _extended(element, values)
        layers.setdefault(top, _Layer(title)).add(values, lambda: _kml_shape(element))

    names = walk(path, {"Placemark", "NetworkLink"}, take, "kml")
    if links and not layers:
        raise UploadError("The KML holds no places, only links to other files: upload the file that is linked to.")
    told = [f"{links} links to other files (NetworkLink) were not followed"] if links else []
    number = len(layers.keys() - {0})
    if number > MOST_LAYERS:
        told.append(f"{number} folders are too many to choose from: they stay together, named in a column")
    if not 1 < number <= MOST_LAYERS:
        layers = {0: _gathered_rows(title, [*layers.values()])}
    for top, layer in layers.items():
        layer.title = (names.get(top) or f"folder {top}") if top else title
    found = [layer.found("KML is in WGS 84 by its standard") for layer in layers.values()]
    for one in found:
        one.warnings += told
    return found


def _gathered_rows(title: str, layers: list[_Layer]) -> _Layer:
    whole = _Layer(title)
    for layer in layers:
        whole.rows += layer.rows
        whole.shapes += layer.shapes
        for reason, rows in layer.dropped.items():
            whole.dropped[reason] = whole.dropped.get(reason, 0) + rows
    return whole


def read_kmz(path: Path, answers: Answers, title: str) -> list[Found]:
    """The layers of the KML files in a KMZ."""
    archive.verify(path)
    names = [member.filename for member in archive.members(path) if member.filename.casefold().endswith(".kml")]
    if len(names) > MOST_LAYERS:
        raise UploadError(f"The KMZ holds more than {MOST_LAYERS} KML files: pack the one that is meant alone.")
    wanted = {name: path.with_name(f"{number}.kml") for number, name in enumerate(names)}
    archive.inflate(path, wanted)
    titles = [title] if len(names) == 1 else [Path(name.replace("\\", "/")).stem for name in names]
    found = [layer for out, told in zip(wanted.values(), titles, strict=True) for layer in _kml_layers(out, told)]
    return answers.choose(found)


def read_gpx(path: Path, answers: Answers, title: str) -> list[Found]:
    """The waypoints, routes and tracks of a GPX, each a layer if there are any."""
    layers = {kind: _Layer(name) for kind, name in GPX_KINDS.items()}
    short = 0

    def take(element: Element, *_: object) -> None:
        nonlocal short
        short += sum(len(segment.findall("trkpt")) == 1 for segment in element.findall("trkseg"))
        values = {child.tag: child.text.strip() for child in element if child.text and child.text.strip()}
        layers[element.tag].add({"name": None, **values}, lambda: _gpx_shape(element))

    walk(path, set(GPX_KINDS), take, "gpx")
    made = [layer for layer in layers.values() if layer.shapes or layer.dropped]
    if len(made) == 1:
        made[0].title = title
    found = [layer.found("GPX is in WGS 84 by its standard") for layer in answers.choose(made)]
    if short and found:
        found[-1].warnings.append(f"{short} pieces of tracks have a single point and no line: they were left away")
    return found


class _Layer:
    """Rows gathered one by one."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: list[dict[str, Any]] = []
        self.shapes: list[object] = []
        self.dropped: dict[str, int] = {}

    def add(self, values: dict[str, Any], shape: Callable[[], object]) -> None:
        if len(self.shapes) % TOLD_ROWS == 0:
            stage.tell("reading", len(self.shapes))
        try:
            self.shapes.append(shape())
            self.rows.append(values)
        except FAULTS:
            self.dropped[WRONG] = self.dropped.get(WRONG, 0) + 1

    def found(self, basis: str) -> Found:
        names = [*dict.fromkeys(name for row in self.rows for name in row)]
        kept = [name for name in names if any(row.get(name) is not None for row in self.rows)]
        columns = [column_of([row.get(name) for row in self.rows]) for name in kept]
        encoding = Encoding(UTF8, "stated in the XML, or its standard")
        made = Found(self.title, kept, columns, shapes_of(self.shapes), encoding, basis=basis, standard=True)
        made.dropped = dict(self.dropped)
        return made


def _text(element: Element, tag: str) -> str | None:
    found = element.find(tag)
    return "".join(found.itertext()).strip() or None if found is not None else None


def _extended(element: Element, taken: dict[str, Any]) -> dict[str, Any]:
    """The values that a placemark carries: Data and SimpleData, a name that is taken with an underscore."""
    values: dict[str, Any] = {}
    for part in element.iter():
        name = part.get("name")
        if part.tag not in ("Data", "SimpleData") or not name:
            continue
        name = f"{name}_" if name in taken else name
        values[name] = _text(part, "value") if part.tag == "Data" else (part.text or "").strip() or None
    return values


def _kml_shape(element: Element) -> shapely.Geometry | None:
    made = [shape for child in element if (shape := _kml_part(child)) is not None]
    return made[0] if len(made) == 1 else _gathered(made) if made else None


def _kml_part(element: Element) -> shapely.Geometry | None:
    if element.tag == "Point":
        places = _places(element)
        if len(places) > 1:
            raise ValueError("a point with several positions")
        return shapely.points(places[0]) if len(places) else shapely.Point()
    if element.tag == "LineString":
        return _line(_places(element))
    if element.tag == "LinearRing":
        return _line(_places(element))
    if element.tag == "Polygon":
        return _polygon(element)
    if element.tag in ("MultiGeometry", "MultiTrack"):
        return _gathered([part for child in element if (part := _kml_part(child)) is not None])
    if element.tag == "Track":
        told = [" ".join((child.text or "").split()[:2]) for child in element if child.tag == "coord"]
        return _line(_numbers([place.split() for place in told]))
    return None


def _polygon(element: Element) -> shapely.Geometry:
    shells = [ring for side in element.findall("outerBoundaryIs") for ring in side.iter("LinearRing")]
    holes = [ring for side in element.findall("innerBoundaryIs") for ring in side.iter("LinearRing")]
    if not shells:
        return shapely.Polygon()
    return shapely.Polygon(_ring(shells[0]), [_ring(hole) for hole in holes])


def _ring(element: Element) -> shapely.LinearRing:
    places = _places(element)
    if len(places) and not np.array_equal(places[0], places[-1], equal_nan=True):
        places = np.vstack([places, places[:1]])
    return shapely.LinearRing(places)


def _line(places: np.ndarray) -> shapely.Geometry:
    return shapely.linestrings(places) if len(places) else shapely.LineString()


def _gathered(parts: list[shapely.Geometry]) -> shapely.Geometry:
    """Parts of one kind as that kind's Multi, others as a collection."""
    kinds = {part.geom_type for part in parts}
    makers = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}
    (kind, *others) = kinds or {""}
    return makers[kind](parts) if kind in makers and not others else shapely.GeometryCollection(parts)


def _places(element: Element) -> np.ndarray:
    """Longitude and latitude of the positions; heights are left away."""
    found = element.find("coordinates")
    told = re.sub(r"\s*,\s*", ",", found.text or "") if found is not None else ""
    places = [place.rstrip(",").split(",") for place in told.split()]
    if any(len(place) > MOST_NUMBERS for place in places):
        raise ValueError("a position of too many numbers: decimal commas, or no space between positions")
    return _numbers(places)


def _numbers(places: list[list[str]]) -> np.ndarray:
    if any(len(place) < 2 or not all(NUMBER.fullmatch(number) for number in place[:2]) for place in places):
        raise ValueError("a position that is none")
    return np.array([place[:2] for place in places], dtype=np.float64).reshape(-1, 2)


def _gpx_shape(element: Element) -> shapely.Geometry | None:
    if element.tag == "wpt":
        return shapely.points(_gpx_places([element])[0])
    if element.tag == "rte":
        return _line(_gpx_places(element.findall("rtept")))
    lines = [_gpx_places(segment.findall("trkpt")) for segment in element.findall("trkseg")]
    return shapely.MultiLineString([line for line in lines if len(line) > 1])


def _gpx_places(points: list[Element]) -> np.ndarray:
    return _numbers([[point.get("lon", ""), point.get("lat", "")] for point in points])
