"""A layer as a file to take away: every row, unsimplified, with its sources, date, licence and credits inside."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import geopandas as gpd
import orjson
import pandas as pd
import pyarrow.parquet as parquet
import pyogrio
import shapely
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from layers.about import about
from layers.columns import split
from layers.details import Source, sources
from layers.errors import AtlasError, UnknownNameError
from layers.names import names
from layers.relate import layer
from layers.schema import Layer
from layers.tabulate import table_of
from layers.text import pick, say, words_of
from layers.wire import collection

SOURCE_FIELDS = [field.name for field in fields(Source)]
KML = "http://www.opengis.net/kml/2.2"
XML_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))


def export(layer_id: str, form: str, language: str, out: Path) -> int:
    """Write a layer in one of FORMATS and return the number of its rows.

    The file appears whole or not at all. Raises UnknownNameError, or AtlasError when the form needs a
    geometry that the layer does not have or the folder cannot be written.
    """
    if form not in FORMATS:
        raise UnknownNameError("format", form, list(FORMATS))
    made = layer(layer_id)
    if form in SPATIAL and made.spec.geometry is None:
        raise AtlasError(f"{layer_id} has no geometry: export it as csv, xlsx or parquet instead of {form}.")
    if out.suffix.lower() not in ("", f".{form}", *([".json"] if form == "geojson" else [])):
        raise AtlasError(f"{out.name}: a file in the format {form} must be named with the ending .{form}.")
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export-") as folder:
            part = Path(folder) / out.name
            FORMATS[form](made, language, part)
            part.replace(out)
    except OSError as error:
        raise AtlasError(f"{out} cannot be written: {error.strerror or error}.") from error
    except (pyogrio.errors.FieldError, pyogrio.errors.DataSourceError) as error:  # as a column fid in a GeoPackage
        raise AtlasError(f"{layer_id} cannot be written as {form}: {error}. Use another format.") from error
    return len(made.frame)


def cited_by(made: Layer) -> list[Source]:
    """All sources that a layer's rows name, those of the entry itself, and those of what it derives from."""
    found = set(made.spec.sources)
    for column in made.spec.columns_of("sources"):
        found |= {source for cell in made.frame[column] for source in split(cell)}
    for parent in made.spec.parents:
        found |= {source.id for source in cited_by(layer(parent))}
    return sources(tuple(sorted(found)))


def statement(made: Layer, language: str) -> dict[str, Any]:
    """What a file says of itself: title, data date, licence, credits, caution, sources."""
    return {
        "title": pick(made.spec.title, language),
        "as_of": about().as_of.isoformat(),
        "licence": about().licence,
        "credits": [credit.text for credit in about().credits],
        "caution": pick(made.spec.caution, language),
        "sources": [asdict(source) for source in cited_by(made)],
    }


def coded(made: Layer, language: str) -> gpd.GeoDataFrame:
    """The frame under its column names, each code followed by its word in the language."""
    frame = made.frame
    parts: dict[str, pd.Series] = {}
    for column in made.spec.columns:
        parts[column.name] = frame[column.name]
        if column.type in ("code", "codes"):
            words = [words_of(cell, column, language) for cell in frame[column.name]]
            parts[f"{column.name}_{language}"] = pd.Series(words, index=frame.index, dtype="str")
    return gpd.GeoDataFrame(parts, geometry=frame.geometry, crs=frame.crs)


def _geojson(made: Layer, language: str, out: Path) -> None:
    frame = coded(made, language)
    rows = [_plain(row) for row in pd.DataFrame(frame.drop(columns="geometry")).to_dict("records")]
    out.write_bytes(collection(frame.geometry, rows, atlas=statement(made, language)))


def _plain(row: dict[Hashable, Any]) -> dict[str, Any]:
    return {
        str(name): None if value is pd.NA or value != value or value == "" else value for name, value in row.items()
    }


def _gpkg(made: Layer, language: str, out: Path) -> None:
    said = statement(made, language)
    frame = coded(made, language)
    pyogrio.write_dataframe(frame, out, layer=made.spec.id, driver="GPKG", geometry_type="Unknown")
    listed = pd.DataFrame(said.pop("sources"), columns=SOURCE_FIELDS, dtype="str")
    pyogrio.write_dataframe(listed, out, layer="sources", driver="GPKG", append=True)
    told = pd.DataFrame([(key, _text(value)) for key, value in said.items()], columns=["key", "value"])
    pyogrio.write_dataframe(told, out, layer="about", driver="GPKG", append=True)


def _csv(made: Layer, language: str, out: Path) -> None:
    _words(made, language).to_csv(out, index=False, encoding="utf-8-sig", lineterminator="\n")


def _words(made: Layer, language: str) -> pd.DataFrame:
    """The table of words with its sources written out, and the data date, in columns of their own."""
    table = table_of(made.spec.id, language).reset_index(drop=True)
    lines = {source.id: _source_line(source) for source in cited_by(made)}
    table[say(language, "sources")] = [" | ".join(lines[key] for key in ids) for ids in _row_sources(made)]
    table[say(language, "data_date")] = about().as_of.isoformat()
    return table


def _row_sources(made: Layer) -> list[list[str]]:
    """Source ids of each row; a pair has those of its two sides, other rows without any those of the entry."""
    if "sources" in made.frame:
        return [split(cell) for cell in made.frame["sources"]]
    found = [[*made.spec.sources] for _ in range(len(made.frame))]
    if made.spec.operation == "near":
        for parent, end in zip(made.spec.parents, ("left", "right"), strict=True):
            rows = layer(parent)
            cells = dict(zip(rows.frame[rows.spec.key], _row_sources(rows), strict=True))
            for ids, key in zip(found, made.frame[end], strict=True):
                ids += [source for source in cells[key] if source not in ids]
    return found


def _source_line(source: Source) -> str:
    return ", ".join(part for part in (source.title, source.publisher, source.date, source.url) if part)


def _xlsx(made: Layer, language: str, out: Path) -> None:
    said = statement(made, language)
    listed = pd.DataFrame(said.pop("sources"), columns=SOURCE_FIELDS)
    told = pd.DataFrame([(key, _text(value)) for key, value in said.items()], columns=["key", "value"])
    book = Workbook(write_only=True)
    sheets = {made.spec.id[:31]: _words(made, language), say(language, "sources"): listed, "about": told}
    for name, table in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append([str(column) for column in table.columns])
        for row in table.itertuples(index=False):
            sheet.append([_cell(sheet, value) for value in row])
    book.save(out)


def _cell(sheet: object, value: object) -> object:
    """Text stays text: a cell that begins with = is never a formula."""
    if value is None or value is pd.NA or value != value:
        return None
    if not isinstance(value, str):
        return value.item() if hasattr(value, "item") else value
    cell = WriteOnlyCell(sheet, value=value.translate(XML_FORBIDDEN)[:32767])
    cell.data_type = "s"
    return cell


def _parquet(made: Layer, language: str, out: Path) -> None:
    frame = coded(made, language)
    if made.spec.geometry is None:
        pd.DataFrame(frame.drop(columns="geometry")).to_parquet(out, index=False)
    else:
        frame.to_parquet(out, index=False, compression="zstd")
    table = parquet.read_table(out)
    metadata = {**(table.schema.metadata or {}), b"atlas": orjson.dumps(statement(made, language))}
    parquet.write_table(table.replace_schema_metadata(metadata), out, compression="zstd")


def _kml(made: Layer, language: str, out: Path) -> None:
    Xml.register_namespace("", KML)
    root = Xml.Element(f"{{{KML}}}kml")
    document = _add(root, "Document")
    _add(document, "name", pick(made.spec.title, language))
    said = statement(made, language)
    _add(document, "description", "\n".join(f"{key}: {_text(value)}" for key, value in said.items()))
    frame = coded(made, language)
    rows = pd.DataFrame(frame.drop(columns="geometry")).to_dict("records")
    for row, called, shape in zip(rows, names(made), frame.geometry, strict=True):
        placemark = _add(document, "Placemark")
        _add(placemark, "name", pick(called, language) or str(row[made.spec.key]))
        data = _add(placemark, "ExtendedData")
        for name, value in _plain(row).items():
            if value is not None:
                _add(_add(data, "Data", name=name), "value", str(value))
        if shape is not None and not shape.is_empty:
            _kml_shape(placemark, shape)
    Xml.ElementTree(root).write(out, encoding="utf-8", xml_declaration=True)


def _kml_shape(parent: Xml.Element, shape: shapely.Geometry) -> None:
    parts = getattr(shape, "geoms", None)
    if parts is not None:
        group = _add(parent, "MultiGeometry")
        for part in parts:
            _kml_shape(group, part)
    elif shape.geom_type == "Polygon":
        polygon = _add(parent, "Polygon")
        rings = [
            ("outerBoundaryIs", shape.exterior),
            *(("innerBoundaryIs", hole) for hole in shape.interiors),
        ]
        for name, ring in rings:
            _kml_line(_add(polygon, name), "LinearRing", ring)
    else:
        _kml_line(parent, shape.geom_type, shape)


def _kml_line(parent: Xml.Element, name: str, shape: shapely.Geometry) -> None:
    _add(
        _add(parent, name),
        "coordinates",
        " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(shape).tolist()),
    )


def _add(parent: Xml.Element, tag: str, text: str = "", **attributes: str) -> Xml.Element:
    clean = {name: value.translate(XML_FORBIDDEN) for name, value in attributes.items()}
    made = Xml.SubElement(parent, f"{{{KML}}}{tag}", clean)
    made.text = text.translate(XML_FORBIDDEN) or None
    return made


def _text(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_text(part) for part in value)
    return ", ".join(str(part) for part in value.values() if part) if isinstance(value, dict) else str(value)


FORMATS: dict[str, Callable[[Layer, str, Path], None]] = {
    "geojson": _geojson,
    "gpkg": _gpkg,
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
    "kml": _kml,
}
SPATIAL = ("geojson", "gpkg", "kml")
