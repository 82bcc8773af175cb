"""What a file is, by its content: its name says nothing that could be believed."""

from __future__ import annotations

import re
from pathlib import Path

from layers.errors import UploadError
from layers.intake import archive

HEAD_BYTES = 65_536
GEOPACKAGE, SHAPEFILE, FLATGEOBUF, PARQUET = "GeoPackage", "Shapefile", "FlatGeobuf", "GeoParquet"
JSON, KML, KMZ, GPX, XLSX, TABLE = "GeoJSON", "KML", "KMZ", "GPX", "XLSX", "table"
SHAPEFILE_PARTS = (".shp", ".shx", ".dbf")
OTHERS = {
    b"%PDF": "a PDF: export the layer itself as GeoPackage or GeoJSON.",
    b"\x1f\x8b": "a gzip archive: unpack it, or pack its files as zip.",
    b"7z\xbc\xaf": "a 7z archive: pack its files as zip.",
    b"Rar!": "a RAR archive: pack its files as zip.",
    b"BZh": "a bzip2 archive: pack its files as zip.",
    b"\xfd7zXZ": "an xz archive: pack its files as zip.",
    b"\xd0\xcf\x11\xe0": "an old Excel or Office file: save it as XLSX or CSV.",
    b"\x89PNG": "a picture: a layer is a vector file or a table.",
    b"\xff\xd8\xff": "a picture: a layer is a vector file or a table.",
    b"II*\0": "a picture (TIFF): a layer is a vector file or a table.",
    b"MM\0*": "a picture (TIFF): a layer is a vector file or a table.",
    b"\x7fELF": "a program: a layer is a vector file or a table.",
    b"MZ": "a program: a layer is a vector file or a table.",
    b"AC10": "a DWG drawing: save its layers as GeoPackage or GeoJSON.",
    b"\0\0\x27\x0a": "a part of a Shapefile alone: pack .shp, .shx, .dbf and .prj into one zip.",
}
TEXTS = (  # beginnings of text formats that could pass for a table
    ("section\n", "a DXF drawing: save its layers as GeoPackage or GeoJSON."),
    ("!table", "a part of a MapInfo table: save the layer as GeoPackage or GeoJSON."),
    ("version 300\n", "a MapInfo interchange file: save the layer as GeoPackage or GeoJSON."),
    ("version 450\n", "a MapInfo interchange file: save the layer as GeoPackage or GeoJSON."),
    ("projcs[", "a part of a Shapefile alone: pack .shp, .shx, .dbf and .prj into one zip."),
    ("geogcs[", "a part of a Shapefile alone: pack .shp, .shx, .dbf and .prj into one zip."),
)
BEFORE_ROOT = ((b"<?", b"?>"), (b"<!--", b"-->"), (b"<!doctype", b">"), (b"<!entity", b">"), (b"<!", b">"))
PACKED = (  # members that say what an archive is
    ("content.xml", "The file is an OpenDocument file: save the table as XLSX or CSV."),
    (".gdbtable", "The archive holds a file geodatabase: save the layer as GeoPackage."),
    ((".tab", ".mif"), "The archive holds MapInfo files: save the layer as GeoPackage or Shapefile."),
)
ALSO_WORDS = (b"MZ", b"BZh", b"AC10", b"Rar!")  # a table may begin with them too, but no table has a zero byte


def kind_of(path: Path) -> str:
    """The kind of a file, one of the constants of this module; UploadError where it is none that is read."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise UploadError("The file is empty: save the layer anew.")
    if head.startswith(b"PK"):
        return _packed(path)
    if head.startswith(b"SQLite format 3\0"):
        return _database(head)
    if head.startswith(b"fgb") and head[4:7] == b"fgb":
        return FLATGEOBUF
    if head.startswith(b"PAR1"):
        return PARQUET
    for start, told in OTHERS.items():
        if head.startswith(start) and not (start in ALSO_WORDS and b"\0" not in head):
            raise UploadError(f"The file is {told}")
    return _text(head)


def _database(head: bytes) -> str:
    if head[68:72] in (b"GPKG", b"GP10", b"GP11"):
        return GEOPACKAGE
    raise UploadError("The file is an SQLite database but not a GeoPackage: export the layer as GeoPackage.")


def _packed(path: Path) -> str:
    """What a zip holds."""
    names = [archive.name_of(member) for member in archive.members(path)]
    if "[content_types].xml" in names:
        if "xl/workbook.xml" in names:
            return XLSX
        raise UploadError("The file is an Office document without a workbook: save the table as XLSX or CSV.")
    places, shapes = (any(name.endswith(ends) for name in names) for ends in (".kml", SHAPEFILE_PARTS))
    if places and shapes:
        raise UploadError("The archive holds a Shapefile and a KML: pack only the one that is meant.")
    if places or shapes:
        return KMZ if places else SHAPEFILE
    for ends, told in PACKED:
        if any(name.endswith(ends) for name in names):
            raise UploadError(told)
    if any(name.endswith((".zip", ".kmz", ".7z", ".rar", ".gz", ".tgz", ".xlsx")) for name in names):
        raise UploadError("The archive holds another archive: pack the files themselves into one zip.")
    raise UploadError(
        "The archive holds neither a Shapefile (.shp, .shx, .dbf) nor a KML: upload other formats without packing them."
    )


def _text(head: bytes) -> str:
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\x1e \t\r\n")
    if plain.startswith((b"{", b"[")):
        return JSON
    if plain.startswith(b"<"):
        return _markup(plain)
    if plain.startswith((b"true", b"null", b"false")) and b"," not in plain:
        raise UploadError("The file is JSON but no layer: save the layer as GeoJSON.")
    start = plain[:200].lower().replace(b"\r", b"").lstrip(b"0 \n").decode("latin-1")
    for begins, told in TEXTS:
        if start.startswith(begins):
            raise UploadError(f"The file is {told}")
    odd = sum(head.count(byte) for byte in (*range(1, 9), 14, 15, 16, 17))
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or 0.2 < head.count(b"\0") / len(head) < 0.6
    if not wide and (odd > len(head) / 200 or b"\0" in head):
        raise UploadError("The file is of no kind that is read here: save the layer as GeoPackage, GeoJSON or CSV.")
    return TABLE


def _markup(plain: bytes) -> str:
    low = plain.lower()
    root = _root(low)
    if root in (b"kml", b"gpx"):
        return KML if root == b"kml" else GPX
    if root == b"html" or low.startswith(b"<!doctype html"):
        raise UploadError("The file is a web page, not a layer: download the layer itself.")
    for mark, told in (
        (b"<ogrvrt", "a VRT, which only points at other files: upload the layer itself."),
        (b"<wfs:", "a GML of a WFS: save the layer as GeoPackage or GeoJSON."),
        (b"gml", "GML: save the layer as GeoPackage or GeoJSON."),
        (b"<svg", "a drawing (SVG): a layer is a vector file or a table."),
        (b"<html", "a web page, not a layer: download the layer itself."),
    ):
        if mark in low:
            raise UploadError(f"The file is {told}")
    if b"<!doctype" in low or b"<!entity" in low:
        raise UploadError("The file has a DOCTYPE, which could name other files: save it without.")
    raise UploadError("The file is XML but neither KML nor GPX: save the layer as GeoPackage or GeoJSON.")


def _root(low: bytes) -> bytes:
    """The name of the first element, what stands before it skipped; what a description holds says nothing."""
    at = low.find(b"<")
    while at >= 0:
        ends = next((ends for begins, ends in BEFORE_ROOT if low.startswith(begins, at)), b"")
        if not ends:
            name = re.match(rb"<(?:[\w.-]+:)?([\w.-]+)", low[at : at + 200])
            return name[1] if name else b""
        end = low.find(ends, at)
        at = low.find(b"<", end + len(ends)) if end >= 0 else -1
    return b""
