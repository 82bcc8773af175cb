"""A layer as a file to take away: every row, unsimplified, with its sources, date, licence and credits inside."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import pandas as pd
import pyarrow.parquet as parquet
import pyogrio
import shapely
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from layers import placemarks
from layers.about import about
from layers.columns import split
from layers.details import Source, sources
from layers.errors import AtlasError, UnknownNameError
from layers.names import names
from layers.placemarks import XML_FORBIDDEN, in_one_line, plain
from layers.relate import layer
from layers.schema import Layer
from layers.sieve import ALL, Sieve, sieved
from layers.tabulate import table_of
from layers.text import pick, say, words_of
from layers.wire import collection

SOURCE_FIELDS = [field.name for field in fields(Source)]
SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
LONGEST_SHEET = 31  # characters of a sheet's name in Excel
Values = dict[str, Any]


def export(layer_id: str, form: str, language: str, out: Path, sieve: Sieve = ALL, filters: Sequence[str] = ()) -> int:
    """Write what a filter keeps of a layer in one of FORMATS and return the number of rows.

    ``filters`` say in words what the filter does; they stand in the file. The file appears whole or not at all.
    Raises UnknownNameError, or AtlasError when the form cannot hold the layer's geometry or the folder cannot be
    written.
    """
    if form not in FORMATS:
        raise UnknownNameError("format", form, list(FORMATS))
    made = sieved(layer_id, sieve)
    if form not in forms_of(made):
        others = ", ".join(forms_of(made))
        raise AtlasError(f"{layer_id} cannot be written as {form}, which does not hold its geometry: use {others}.")
    if out.suffix.lower() not in ("", f".{form}", *([".json"] if form == "geojson" else [])):
        raise AtlasError(f"{out.name}: a file in the format {form} must be named with the ending .{form}.")
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export-") as folder:
            part = Path(folder) / out.name
            FORMATS[form](made, statement(made, language, filters), language, part)
            part.replace(out)
    except OSError as error:
        raise AtlasError(f"{out} cannot be written: {error.strerror or error}.") from error
    except (pyogrio.errors.FieldError, pyogrio.errors.DataSourceError) as error:  # as a column fid in a GeoPackage
        raise AtlasError(f"{layer_id} cannot be written as {form}: {error}. Use another format.") from error
    return len(made.frame)


def forms_of(made: Layer) -> list[str]:
    """The formats that can hold a layer: a table has no geometry, and GPX knows points and lines only."""
    kept = [form for form in FORMATS if made.spec.geometry is not None or form not in SPATIAL]
    areas = made.spec.geometry is None or bool((shapely.get_dimensions(made.frame.geometry.to_numpy()) == 2).any())
    return [form for form in kept if form != "gpx" or not areas]


def cited_by(made: Layer) -> list[Source]:
    """All sources that a layer's rows name, those of the entry itself, and those of what it derives from."""
    found = set(made.spec.sources)
    for column in made.spec.columns_of("sources"):
        found |= {source for cell in made.frame[column] for source in split(cell)}
    for parent in made.spec.parents:
        found |= {source.id for source in cited_by(layer(parent))}
    return sources(tuple(sorted(found)))


def statement(made: Layer, language: str, filters: Sequence[str] = ()) -> dict[str, Any]:
    """What a file says of itself: title, data date, filters, licence, credits, caution, sources."""
    return {
        "title": pick(made.spec.title, language),
        "as_of": about().as_of.isoformat(),
        "rows": len(made.frame),
        "filters": list(filters),
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


def _geojson(made: Layer, said: Values, language: str, out: Path) -> None:
    frame = coded(made, language)
    rows = [plain(row) for row in pd.DataFrame(frame.drop(columns="geometry")).to_dict("records")]
    out.write_bytes(collection(frame.geometry, rows, atlas=said))


def _gpkg(made: Layer, said: Values, language: str, out: Path) -> None:
    frame = coded(made, language)
    pyogrio.write_dataframe(frame, out, layer=made.spec.id, driver="GPKG", geometry_type="Unknown")
    listed = pd.DataFrame(said["sources"], columns=SOURCE_FIELDS, dtype="str")
    pyogrio.write_dataframe(listed, out, layer="sources", driver="GPKG", append=True)
    told = _told(said)
    pyogrio.write_dataframe(told, out, layer="about", driver="GPKG", append=True)


def _told(said: Values) -> pd.DataFrame:
    """What the file says of itself but for its sources, which have a table of their own."""
    rows = [(key, in_one_line(value)) for key, value in said.items() if key != "sources"]
    return pd.DataFrame(rows, columns=["key", "value"])


def _csv(made: Layer, said: Values, language: str, out: Path) -> None:
    table = _words(made, language)
    table[say(language, "about_file")] = in_one_line([said["licence"], *said["credits"], *said["filters"]])
    table.to_csv(out, index=False, encoding="utf-8-sig", lineterminator="\n")


def _words(made: Layer, language: str) -> pd.DataFrame:
    """The table of words with its sources written out, and the data date, in columns of their own."""
    table = table_of(made, language).reset_index(drop=True)
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


def _xlsx(made: Layer, said: Values, language: str, out: Path) -> None:
    listed = pd.DataFrame(said["sources"], columns=SOURCE_FIELDS)
    told = _told(said)
    book = Workbook(write_only=True)
    sheets = (
        (pick(made.spec.title, language), _words(made, language)),
        (say(language, "sources"), listed),
        (say(language, "about_file"), told),
    )
    for name, table in sheets:  # the book numbers a name that occurs twice, as of the table of sources
        sheet = book.create_sheet(SHEET_FORBIDDEN.sub(" ", name)[:LONGEST_SHEET])
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


def _parquet(made: Layer, said: Values, language: str, out: Path) -> None:
    frame = coded(made, language)
    if made.spec.geometry is None:
        pd.DataFrame(frame.drop(columns="geometry")).to_parquet(out, index=False)
    else:
        frame.to_parquet(out, index=False, compression="zstd")
    table = parquet.read_table(out)
    metadata = {**(table.schema.metadata or {}), b"atlas": orjson.dumps(said)}
    parquet.write_table(table.replace_schema_metadata(metadata), out, compression="zstd")


def _kml(made: Layer, said: Values, language: str, out: Path) -> None:
    placemarks.kml(coded(made, language), _called(made, language), said, out)


def _gpx(made: Layer, said: Values, language: str, out: Path) -> None:
    placemarks.gpx(coded(made, language), _called(made, language), said, out)


def _called(made: Layer, language: str) -> list[str]:
    keys = made.frame[made.spec.key]
    return [pick(called, language) or str(key) for key, called in zip(keys, names(made), strict=True)]


FORMATS: dict[str, Callable[[Layer, Values, str, Path], None]] = {
    "geojson": _geojson,
    "gpkg": _gpkg,
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
    "kml": _kml,
    "gpx": _gpx,
}
SPATIAL = ("geojson", "gpkg", "kml", "gpx")
