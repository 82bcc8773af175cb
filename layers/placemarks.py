"""KML and GPX: named places in XML, with all their values and what the file says of itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import geopandas as gpd
import pandas as pd
import shapely

KML = "http://www.opengis.net/kml/2.2"
GPX = "http://www.topografix.com/GPX/1/1"
XML_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF))


def xml_allowed(part: Any) -> Any:
    """A text, or lists and dicts of texts and numbers, without the letters that XML 1.0 forbids."""
    if isinstance(part, str):
        return part.translate(XML_FORBIDDEN)
    if isinstance(part, Mapping):
        return {xml_allowed(name): xml_allowed(value) for name, value in part.items()}
    return [xml_allowed(one) for one in part] if isinstance(part, list | tuple) else part


def kml(
    frame: gpd.GeoDataFrame, called: Sequence[str], heads: Mapping[str, str], said: Mapping[str, str], out: Path
) -> None:
    """Write a frame in WGS 84 as KML 2.2: a placemark a row, without a shape where the row has no place.

    ``called`` names the rows, ``heads`` the columns as people read them; what the file says of itself in ``said``
    begins with its title.
    """
    root = Xml.Element("kml", xmlns=KML)
    document = _add(root, "Document")
    _add(document, "name", next(iter(said.values())))
    _add(document, "description", _statement(said))
    for name, values, shape in _rows(frame, called):
        placemark = _add(document, "Placemark")
        _add(placemark, "name", name)
        data = _add(placemark, "ExtendedData")
        for key, value in values.items():
            told = _add(data, "Data", name=key)
            _add(told, "displayName", heads[key])
            _add(told, "value", str(value))
        if shape is not None and not shape.is_empty:
            _kml_shape(placemark, shape)
    Xml.ElementTree(root).write(out, encoding="utf-8", xml_declaration=True)


def gpx(
    frame: gpd.GeoDataFrame, called: Sequence[str], heads: Mapping[str, str], said: Mapping[str, str], out: Path
) -> None:
    """Write a frame in WGS 84 as GPX 1.1: points as waypoints, lines as tracks, in this order as the schema wants it.

    Rows without a place are left out, which ``said`` should count; areas are not for GPX. The rest as for ``kml``.
    """
    root = Xml.Element("gpx", xmlns=GPX, version="1.1", creator=next(iter(said.values())).translate(XML_FORBIDDEN))
    placed = [row for row in _rows(frame, called) if row[2] is not None and not row[2].is_empty]
    about = _add(root, "metadata")
    _add(about, "name", next(iter(said.values())))
    _add(about, "desc", _statement(said))
    for name, values, shape in placed:
        for point in _parts(shape, "Point"):
            _gpx_named(_add(root, "wpt", lat=f"{point.y!r}", lon=f"{point.x!r}"), name, values, heads)
    for name, values, shape in placed:
        if lines := _parts(shape, "LineString"):
            track = _add(root, "trk")
            _gpx_named(track, name, values, heads)
            for line in lines:
                segment = _add(track, "trkseg")
                for lon, lat in shapely.get_coordinates(line).tolist():
                    _add(segment, "trkpt", lat=f"{lat!r}", lon=f"{lon!r}")
    Xml.ElementTree(root).write(out, encoding="utf-8", xml_declaration=True)


def plain(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    """A row's cells by column name, None where nothing is stated."""
    return {
        str(name): None if value is pd.NA or value != value or value == "" else value for name, value in row.items()
    }


def in_one_line(value: object) -> str:
    """A value of a file's statement as text: lists by semicolons, records by commas."""
    if isinstance(value, list):
        return "; ".join(in_one_line(part) for part in value)
    return ", ".join(str(part) for part in value.values() if part) if isinstance(value, dict) else str(value)


def _add(parent: Xml.Element, tag: str, text: str = "", **attributes: str) -> Xml.Element:
    clean = {name: value.translate(XML_FORBIDDEN) for name, value in attributes.items()}
    made = Xml.SubElement(parent, tag, clean)
    made.text = text.translate(XML_FORBIDDEN) or None
    return made


def _rows(frame: gpd.GeoDataFrame, called: Sequence[str]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Name, stated values and shape of each row."""
    rows = pd.DataFrame(frame.drop(columns="geometry")).to_dict("records")
    for row, name, shape in zip(rows, called, frame.geometry, strict=True):
        yield name, {key: value for key, value in plain(row).items() if value is not None}, shape


def _statement(said: Mapping[str, str]) -> str:
    return "\n".join(f"{key}: {value}" for key, value in said.items())


def _parts(shape: shapely.Geometry, kind: str) -> list[Any]:
    return [part for part in shapely.get_parts(shape) if part.geom_type == kind]


def _gpx_named(parent: Xml.Element, name: str, values: Mapping[str, Any], heads: Mapping[str, str]) -> None:
    _add(parent, "name", name)
    _add(parent, "desc", "\n".join(f"{heads[key]}: {value}" for key, value in values.items()))


def _kml_shape(parent: Xml.Element, shape: shapely.Geometry) -> None:
    parts = getattr(shape, "geoms", None)
    if parts is not None:
        group = _add(parent, "MultiGeometry")
        for part in parts:
            _kml_shape(group, part)
    elif shape.geom_type == "Polygon":
        polygon = _add(parent, "Polygon")
        _kml_line(_add(polygon, "outerBoundaryIs"), "LinearRing", shape.exterior)
        for hole in shape.interiors:
            _kml_line(_add(polygon, "innerBoundaryIs"), "LinearRing", hole)
    else:
        _kml_line(parent, shape.geom_type, shape)


def _kml_line(parent: Xml.Element, name: str, shape: shapely.Geometry) -> None:
    written = " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(shape).tolist())
    _add(_add(parent, name), "coordinates", written)
