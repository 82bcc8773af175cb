"""KML, KMZ and GPX read as plain XML: no DOCTYPE, no entities, and no link is ever followed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import numpy as np
import shapely

from layers.errors import UploadError
from layers.intake import archive, stage
from layers.intake.found import UTF8, Answers, Found, column_of, shapes_of
from layers.intake.verdict import Encoding

DEEPEST = 100  # elements within elements
CHUNK = 1 << 20
TOLD_ROWS = 1_000  # a report of how far it is
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?|[+-]?(?:nan|inf(?:inity)?)", re.IGNORECASE)
WRONG = "has coordinates that cannot be read"
GPX_KINDS = {"wpt": "waypoints", "rte": "routes", "trk": "tracks"}
FAULTS = (ValueError, TypeError, shapely.errors.ShapelyError)


def read_kml(path: Path, answers: Answers, title: str) -> list[Found]:
    """Every placemark of a KML, whatever folder it is in, as one layer with its folder in a column."""
    answers.choose([title])
    layer, links = _Layer(title), Counter[str]()

    def take(element: Element, above: list[str], folders: list[str]) -> None:
        if element.tag == "NetworkLink":
            links[element.tag] += 1
        elif element.tag == "Placemark":
            values: dict[str, Any] = {"name": _text(element, "name"), "description": _text(element, "description")}
            values |= {"folder": " / ".join(folders) or None}
            values |= _extended(element, values)
            layer.add(values, lambda: _kml_shape(element))

    _walk(path, {"Placemark", "NetworkLink"}, take, "kml")
    found = layer.found("KML is in WGS 84 by its standard")
    if links:
        found.warnings.append(f"{links.total()} links to other files (NetworkLink) were not followed")
    if not found.rows and links:
        raise UploadError("The KML holds no places, only links to other files: upload the file that is linked to.")
    return [found]


def read_kmz(path: Path, answers: Answers, title: str) -> list[Found]:
    """The KML files in a KMZ, each a layer."""
    archive.verify(path)
    names = [member.filename for member in archive.members(path) if member.filename.casefold().endswith(".kml")]
    chosen = answers.choose(names)
    wanted = {name: path.with_name(f"{number}.kml") for number, name in enumerate(chosen)}
    archive.inflate(path, wanted)
    titles = [title] if len(names) == 1 else [Path(name.replace("\\", "/")).stem for name in chosen]
    rest = Answers(None, answers.crs, answers.encoding, answers.swap)
    return [read_kml(out, rest, told)[0] for out, told in zip(wanted.values(), titles, strict=True)]


def read_gpx(path: Path, answers: Answers, title: str) -> list[Found]:
    """The waypoints, routes and tracks of a GPX, each a layer if there are any."""
    layers = {kind: _Layer(name) for kind, name in GPX_KINDS.items()}

    def take(element: Element, above: list[str], folders: list[str]) -> None:
        values = {child.tag: child.text.strip() for child in element if child.text and child.text.strip()}
        layers[element.tag].add({"name": None, **values}, lambda: _gpx_shape(element))

    _walk(path, set(GPX_KINDS), take, "gpx")
    made = [layer for layer in layers.values() if layer.shapes or layer.dropped]
    if len(made) == 1:
        made[0].title = title
    return [layer.found("GPX is in WGS 84 by its standard") for layer in answers.choose(made)]


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


def _walk(path: Path, wanted: set[str], take: Callable[[Element, list[str], list[str]], None], root: str) -> None:
    """Hand on every wanted element of an XML file, names without their spaces; UploadError where it is broken."""
    parser = expat.ParserCreate(namespace_separator=" ")
    walker = _Walker(wanted, take, root)
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.data
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    parser.buffer_text = True
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UploadError(f"The file is not XML throughout ({error}): export it anew.") from error
    except (LookupError, ValueError) as error:
        raise UploadError("The file is in an encoding that XML readers do not know: save it as UTF-8.") from error


class _Walker:
    """Builds the wanted elements and forgets the others."""

    def __init__(self, wanted: set[str], take: Callable[[Element, list[str], list[str]], None], root: str) -> None:
        self.wanted, self.take, self.root = wanted, take, root
        self.above: list[str] = []
        self.folders: list[tuple[int, str]] = []
        self.builder: TreeBuilder | None = None
        self.since = 0
        self.naming = ""

    def start(self, name: str, given: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if not self.above and name != self.root:
            raise UploadError(f"The file is XML but its first element is not <{self.root}>: export it anew.")
        self.above.append(name)
        if len(self.above) > DEEPEST:
            raise UploadError("The file is nested too deeply: export it anew.")
        if self.builder is None and name in self.wanted:
            self.builder, self.since = TreeBuilder(), len(self.above)
        if self.builder is not None:
            self.builder.start(name, {key.rpartition(" ")[2]: value for key, value in given.items()})
        elif name in ("Folder", "Document"):
            self.folders.append((len(self.above), ""))
        self.naming = "" if name == "name" else self.naming

    def data(self, text: str) -> None:
        if self.builder is not None:
            self.builder.data(text)
        elif self.above and self.above[-1] == "name":
            self.naming += text

    def end(self, name: str) -> None:
        name = name.rpartition(" ")[2]
        if self.builder is not None:
            self.builder.end(name)
            if len(self.above) == self.since:
                self.take(self.builder.close(), self.above, [told for _, told in self.folders if told])
                self.builder = None
        elif name == "name" and self.folders and self.folders[-1][0] == len(self.above) - 1:
            self.folders[-1] = (self.folders[-1][0], self.naming.strip()[:200])
        elif self.folders and self.folders[-1][0] == len(self.above):
            self.folders.pop()
        self.above.pop()


def _no_doctype(*_: object) -> None:
    raise UploadError("The file has a DOCTYPE or entities, which could name other files: save it without.")


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
    return made[0] if made else None


def _kml_part(element: Element) -> shapely.Geometry | None:
    if element.tag == "Point":
        places = _places(element)
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
    return _numbers([place.split(",") for place in told.split()])


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
