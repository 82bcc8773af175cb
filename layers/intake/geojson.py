"""GeoJSON in all its wrappings, one feature at a time, so that a broken one is counted and not the end of all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import GeoError
from geo.systems import system_of
from layers.errors import UploadError
from layers.intake import letters, stage
from layers.intake.built import FAULTS, MAKERS, shape_of
from layers.intake.found import Answers, Found, column_of, shapes_of
from layers.intake.verdict import Encoding

SPACE = re.compile(r"[ \t\r\n]*")
BETWEEN = re.compile(r"[ \t\r\n\x1e]*")
GEOMETRIES = (*MAKERS, "GeometryCollection")
MOST_COLUMNS = 2_000
TOLD_ROWS = 1_000  # a report of how far it is
NAMED = re.compile(r"(?:urn:(?:x-)?ogc:def:crs:)?([A-Za-z]{3,8}):(?:[\d.]*:)?(\w{1,10})")
BROKEN = "has a geometry that GeoJSON does not know"
NO_FEATURE = "is no feature"
Pairs = Iterator[tuple[str, Any]]


def read(path: Path, answers: Answers, title: str) -> list[Found]:
    """The one layer of a GeoJSON file or sequence; UploadError where it is other JSON or breaks off."""
    data = path.read_bytes()
    known = letters.named(answers.encoding) if answers.encoding else letters.detect(data)
    text = letters.decode(data, known)
    del data
    found = Found(title, [], [], shapes_of([]), Encoding(None if known.rivals else known.name, known.basis))
    found.standard, found.basis = True, "GeoJSON is in WGS 84 by its standard, RFC 7946"
    rows = _Rows()
    try:
        _whole(text, rows, found)
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        broken = isinstance(error, json.JSONDecodeError)
        told = (
            f"is not JSON throughout ({error})" if broken else "is nested too deeply, or has a number that is too long"
        )
        raise UploadError(f"The file {told}: export it anew.") from error
    found.names, found.columns, found.shapes = [*rows.cells], rows.columns(), shapes_of(rows.shapes)
    found.dropped = rows.dropped
    found.warnings += rows.warnings()
    return [found]


class _Rows:
    """Features as columns."""

    def __init__(self) -> None:
        self.cells: dict[str, dict[int, Any]] = {}
        self.shapes: list[object] = []
        self.dropped: dict[str, int] = {}
        self.doubled = 0

    def add(self, feature: Any) -> None:
        if not isinstance(feature, dict):
            return self.lose(NO_FEATURE)
        geometry, values = feature.get("geometry"), feature.get("properties")
        if feature.get("type") in GEOMETRIES:
            geometry, values = feature, {}
        elif feature.get("type") != "Feature":
            return self.lose(NO_FEATURE)
        try:
            shape = shape_of(geometry)
        except FAULTS:
            return self.lose(BROKEN)
        row = len(self.shapes)
        if row % TOLD_ROWS == 0:
            stage.tell("reading", row)
        self.shapes.append(shape)
        values = values if isinstance(values, dict) else {}
        if "id" in feature and "id" not in values and isinstance(feature["id"], str | int | float):
            self.cells.setdefault("id", {})[row] = feature["id"]
        for name, value in values.items():
            self.cells.setdefault(name, {})[row] = value
        if len(self.cells) > MOST_COLUMNS:
            raise UploadError(f"The features have more than {MOST_COLUMNS} properties: keep those that are needed.")
        return None

    def lose(self, reason: str) -> None:
        self.dropped[reason] = self.dropped.get(reason, 0) + 1

    def columns(self) -> list[pa.Array]:
        return [column_of([cells.get(row) for row in range(len(self.shapes))]) for cells in self.cells.values()]

    def warnings(self) -> list[str]:
        told = (
            [f"{self.doubled} objects have a name twice: the second value has a number added"] if self.doubled else []
        )
        for name, cells in self.cells.items():
            kinds = {type(value) for value in cells.values() if value is not None}
            if len(kinds) > 1 and kinds != {int, float}:
                told.append(f"values of several kinds in {name[:60]!r} were kept as text")
        return told

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object of JSON, in which a name may occur twice: none of its values is lost."""
        made = dict(pairs)
        if len(made) == len(pairs):
            return made
        self.doubled += 1
        made = {}
        for name, value in pairs:
            free, number = name, 2
            while free in made:
                free, number = f"{name}_{number}", number + 1
            made[free] = value
        return made


def _whole(text: str, rows: _Rows, found: Found) -> None:
    """One object, or a sequence of them, each on lines of its own or after a record separator."""
    decoder = json.JSONDecoder(object_pairs_hook=rows.members)
    at, count, kinds = BETWEEN.match(text, 0).end(), 0, set()  # type: ignore[union-attr]
    if text[at : at + 1] == "\ufeff":
        at = BETWEEN.match(text, at + 1).end()  # type: ignore[union-attr]
    if text[at : at + 1] != "{":
        raise UploadError("The file is JSON but no layer: save the layer as GeoJSON.")
    while at < len(text):
        members, at = _object(text, at, decoder, rows)
        kinds.add(str(members.get("type")))
        count += 1
        _take(members, rows, found, count)
        at = BETWEEN.match(text, at).end()  # type: ignore[union-attr]
    if count > 1:
        found.warnings.append(f"a sequence of {count} GeoJSON objects")


def _take(members: dict[str, Any], rows: _Rows, found: Found, count: int) -> None:
    """One object of the file, its features already taken."""
    kind = members.get("type")
    if kind in ("FeatureCollection",):
        if "features" not in members:
            raise UploadError('The GeoJSON has no "features": export it anew.')
        if members["features"] is not STREAMED:
            raise UploadError('The "features" of the GeoJSON are no list: export it anew.')
    elif kind == "Feature" or kind in GEOMETRIES:
        rows.add(members)
    else:
        _refuse(members, count)
    if isinstance(members.get("name"), str) and kind == "FeatureCollection" and members["name"].strip():
        found.name = members["name"]
    if "crs" in members:
        _declared(members["crs"], found)


def _refuse(members: dict[str, Any], count: int) -> None:
    if members.get("type") == "Topology":
        raise UploadError(
            "The file is TopoJSON, not GeoJSON: convert it (mapshaper: -o format=geojson) and upload the result."
        )
    if "rings" in members or "paths" in members or "geometryType" in members or "spatialReference" in members:
        raise UploadError("The file is Esri JSON, not GeoJSON: export it as GeoJSON (in a query: f=geojson).")
    if "features" in members:
        raise UploadError('The file has "features" but not the type FeatureCollection: export it as GeoJSON.')
    where = f"object {count} of the file" if count > 1 else "the file"
    raise UploadError(f"{where.capitalize()} is JSON but not GeoJSON: save the layer as GeoJSON.")


STREAMED: list[Any] = []
"""Stands for features that were taken one by one."""


def _object(text: str, at: int, decoder: json.JSONDecoder, rows: _Rows) -> tuple[dict[str, Any], int]:
    """The members of the object that starts at a place, and the place after it; "features" go to the rows.

    Text that holds one feature a line is decoded at once: it is small.
    """
    members: dict[str, Any] = {}
    if text[at : at + 1] != "{":
        raise json.JSONDecodeError("no object", text, at)
    at = _space(text, at + 1)
    while text[at : at + 1] != "}":
        name, at = decoder.raw_decode(text, at)
        at = _expect(text, at, ":")
        if name == "features" and text[at : at + 1] == "[" and _is_collection(members, text):
            members[name], at = STREAMED, _features(text, at, decoder, rows)
        else:
            members[str(name)], at = decoder.raw_decode(text, at)
        at = _space(text, at)
        if text[at : at + 1] == ",":
            at = _space(text, at + 1)
        elif text[at : at + 1] != "}":
            raise json.JSONDecodeError("the object breaks off", text, at)
    return members, at + 1


def _is_collection(members: dict[str, Any], text: str) -> bool:
    """Whether "features" are GeoJSON's; the type may stand after them, Esri's "geometryType" hardly ever does."""
    return members.get("type", "FeatureCollection") == "FeatureCollection" and "geometryType" not in members


def _features(text: str, at: int, decoder: json.JSONDecoder, rows: _Rows) -> int:
    at = _space(text, at + 1)
    while text[at : at + 1] != "]":
        feature, at = decoder.raw_decode(text, at)
        rows.add(feature)
        at = _space(text, at)
        if text[at : at + 1] == ",":
            at = _space(text, at + 1)
        elif text[at : at + 1] != "]":
            raise json.JSONDecodeError("the features break off", text, at)
    return at + 1


def _space(text: str, at: int) -> int:
    return SPACE.match(text, at).end()  # type: ignore[union-attr]


def _expect(text: str, at: int, sign: str) -> int:
    at = _space(text, at)
    if text[at : at + 1] != sign:
        raise json.JSONDecodeError(f"{sign} is missing", text, at)
    return _space(text, at + 1)


def _declared(told: Any, found: Found) -> None:
    """The member "crs" of GeoJSON before 2016: a name is looked up, a link is never followed."""
    name = told.get("properties", {}).get("name") if isinstance(told, dict) and told.get("type") == "name" else None
    parts = NAMED.fullmatch(name) if isinstance(name, str) else None
    try:
        if parts is None:
            raise ValueError("a link, or no name")
        crs = CRS.from_authority(*parts.groups())
    except CRSError as error:
        raise UploadError(_unknown(f"{parts[1].upper()}:{parts[2]}" if parts else "")) from error
    except ValueError:
        if told is not None:
            found.warnings.append('the member "crs" names no registered system and was passed over')
        return
    found.declared, found.standard = crs, found.standard and crs.to_epsg() == 4326
    found.basis = 'declared in the member "crs" of the file'
    if parts[1].upper() == "OGC":
        found.standard = True


def _unknown(code: str) -> str:
    """What to say of a system that PROJ does not know."""
    try:
        system_of(code)
    except GeoError as error:
        return str(error)
    return f"The file states the reference system {code}, which is not read here: save it in WGS 84."
