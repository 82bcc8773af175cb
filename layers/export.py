"""A layer as a file to take away: every row, unsimplified, with its sources, date, licence and credits inside.

What people read (CSV, Excel, the descriptions in KML and GPX) is in the language of the reader, down to the headings
of Excel's side sheets. What programs read (GeoJSON, GeoPackage and its tables ``sources`` and ``about``, GeoParquet)
keeps the technical names of columns and keys in every language, so that a query does not depend on it; there the
words of a category stand beside its code in ``<column>_<language>``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyarrow.parquet as parquet
import pyogrio
import shapely

from layers import placemarks, qgis
from layers.about import about
from layers.apart import measured
from layers.columns import split
from layers.details import Source
from layers.errors import AtlasError, UnknownNameError
from layers.excel import LONGEST_CELL, book
from layers.load import load
from layers.names import names
from layers.placemarks import in_one_line, plain
from layers.relate import layer
from layers.schema import TYPES, Layer
from layers.sieve import ALL, Sieve
from layers.statement import ABOUT, Values, cited_by, cited_line, in_words, is_own, parts_of, statement
from layers.tabulate import heading, table_of
from layers.text import pick, say, words_of
from layers.wire import collection

SOURCE_FIELDS = [field.name for field in fields(Source)]
PLACE_DECIMALS = 7  # of degrees: a centimetre


def export(layer_id: str, form: str, language: str, out: Path, sieve: Sieve = ALL, filters: Sequence[str] = ()) -> int:
    """Write what a filter keeps of a layer in one of FORMATS and return the number of rows.

    ``filters`` say in words what the filter does; they stand in the file, as do the distances where a radius filters
    (`layers.apart.measured`). The file appears whole or not at all.
    Raises UnknownNameError, or AtlasError when the form cannot hold the layer's geometry or the folder cannot be
    written.
    """
    made = measured(layer_id, sieve)
    return write(made, form, language, out, statement(made, language, filters))


def write(made: Layer, form: str, language: str, out: Path, said: Values) -> int:
    """Write a layer in one of FORMATS with what the file says of itself; otherwise as `export`."""
    if form not in FORMATS:
        raise UnknownNameError("format", form, list(FORMATS))
    if form not in forms_of(made):
        others = ", ".join(forms_of(made))
        raise AtlasError(f"{made.spec.id} cannot be written as {form}, which does not hold its geometry: use {others}.")
    if out.suffix.lower() not in ("", f".{form}", *([".json"] if form == "geojson" else [])):
        raise AtlasError(f"{out.name}: a file in the format {form} must be named with the ending .{form}.")
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".export-") as folder:
            part = Path(folder) / out.name
            FORMATS[form](made, said, language, part)
            part.replace(out)
    except OSError as error:
        raise AtlasError(f"{out} cannot be written: {error.strerror or error}.") from error
    except (pyogrio.errors.FieldError, pyogrio.errors.DataSourceError) as error:  # as a column fid in a GeoPackage
        raise AtlasError(f"{made.spec.id} cannot be written as {form}: {error}. Use another format.") from error
    return len(made.frame)


def forms_of(made: Layer) -> list[str]:
    """The formats that can hold a layer: a table has no geometry, and GPX knows points and lines only."""
    kept = [form for form in FORMATS if made.spec.geometry is not None or form not in SPATIAL]
    areas = made.spec.geometry is None or bool((shapely.get_dimensions(made.frame.geometry.to_numpy()) == 2).any())
    return [form for form in kept if form != "gpx" or not areas]


def coded(made: Layer, language: str) -> gpd.GeoDataFrame:
    """The frame under its column names, each code followed by its word in the language; what is not stated is null."""
    frame = made.frame
    parts: dict[str, pd.Series] = {}
    for column in made.spec.columns:
        parts[column.name] = _stated(frame[column.name])
        if column.vocabulary:
            words = [words_of(cell, column, language) for cell in frame[column.name]]
            parts[f"{column.name}_{language}"] = _stated(pd.Series(words, index=frame.index, dtype="str"))
    return gpd.GeoDataFrame(parts, geometry=frame.geometry, crs=frame.crs)


def _stated(cells: pd.Series) -> pd.Series:
    return cells.mask(cells == "") if pd.api.types.is_string_dtype(cells) else cells


def _geojson(made: Layer, said: Values, language: str, out: Path) -> None:
    frame = coded(made, language)
    rows = [plain(row) for row in pd.DataFrame(frame.drop(columns="geometry")).to_dict("records")]
    out.write_bytes(collection(frame.geometry, rows, atlas=said))


def _gpkg(made: Layer, said: Values, language: str, out: Path) -> None:
    frame = coded(made, language)
    kind = _kind_of(made)
    many = kind.startswith("Multi")
    pyogrio.write_dataframe(frame, out, layer=made.spec.id, driver="GPKG", geometry_type=kind, promote_to_multi=many)
    listed = pd.DataFrame(said["sources"], columns=SOURCE_FIELDS, dtype="str").apply(_stated)
    pyogrio.write_dataframe(listed, out, layer="sources", driver="GPKG", append=True)
    told = pd.DataFrame(parts_of(said), columns=["key", "value"], dtype="str").apply(_stated)
    pyogrio.write_dataframe(told, out, layer="about", driver="GPKG", append=True)
    if made.located.any():
        styled = qgis.style_table(made, _heads(made, language), language)
        pyogrio.write_dataframe(styled, out, layer=qgis.STYLES, driver="GPKG", append=True, layer_options={"FID": "id"})


def _kind_of(made: Layer) -> str:
    """The one geometry type of a layer's shapes, as multi-part where some are; Unknown where points mix with areas.

    A layer without any shape has the type that its entry declares.
    """
    found = {shape.geom_type for shape in made.frame.geometry[made.located]}
    bases = {kind.removeprefix("Multi") for kind in found}
    if not found and made.spec.geometry and made.spec.geometry.type in TYPES:
        return TYPES[made.spec.geometry.type][0]
    if len(bases) != 1 or bases == {"GeometryCollection"}:
        return "Unknown"
    (base,) = bases
    return base if found == bases else f"Multi{base}"


def _csv(made: Layer, said: Values, language: str, out: Path) -> None:
    """A table without rows says in the heading of its last column what else each row says."""
    table = _words(made, language)
    whence = [said["origin"]] if "origin" in said else []
    centre = [f"{say(language, ABOUT['centre'])}: {said['centre']}"] if "centre" in said else []
    parts = [*whence, said["licence"], *said["credits"], *centre, *said["filters"], said["caution"]]
    told = in_one_line([*filter(None, parts)])
    head = say(language, "about_file")
    if table.empty:
        head = f"{head}: {in_one_line([told, in_words(said, language)[say(language, 'sources')]])}"
    table[head] = told
    table.to_csv(out, index=False, encoding="utf-8-sig", lineterminator="\n", float_format=_plain_number)


def _plain_number(value: Any) -> str:
    """A number as it was stated: a year or a count has no decimal part."""
    return str(int(value)) if value == int(value) else repr(float(value))


def _words(made: Layer, language: str, longest: int | None = None) -> pd.DataFrame:
    """The table of words with its sources written out, and the data date, in columns of their own.

    ``longest`` is how many characters a cell holds: a shape that takes more is left out, for part of one is none.
    """
    table = table_of(made, language).reset_index(drop=True)
    for head, cells in _places(made, language, longest).items():
        table[head if head not in table else f"{head} *"] = cells
    lines = {source.id: cited_line(source, language) for source in cited_by(made)}
    table[say(language, "sources")] = [" | ".join(lines[key] for key in ids) for ids in _row_sources(made)]
    table[say(language, "data_date")] = "" if is_own(made.spec) else about().as_of.isoformat()
    return table


def _places(made: Layer, language: str, longest: int | None) -> dict[str, pd.Series]:
    """Where a visitor's rows are, for no column need say so: degrees of points, WKT of other shapes."""
    if not is_own(made.spec):
        return {}
    shapes = made.frame.geometry.to_numpy()
    if (shapely.get_type_id(shapes) == 0).all():
        lon, lat = np.round([shapely.get_x(shapes), shapely.get_y(shapes)], PLACE_DECIMALS)
        return {say(language, "own_lon"): pd.Series(lon), say(language, "own_lat"): pd.Series(lat)}
    written = pd.Series(shapely.to_wkt(shapes, rounding_precision=PLACE_DECIMALS), dtype="str")
    return {"WKT (WGS 84)": written if longest is None else written.mask(written.str.len() > longest, "")}


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


def _xlsx(made: Layer, said: Values, language: str, out: Path) -> None:
    told = [(say(language, ABOUT[key]), text) for key, text in parts_of(said)]
    heads = [say(language, "about_what"), say(language, "about_value")]
    sheets = (
        (pick(made.spec.title, language), _words(made, language, LONGEST_CELL)),
        (say(language, "sources"), _listed(said, language)),
        (say(language, "about_file"), pd.DataFrame(told, columns=heads)),
    )
    book(sheets, out)


def _listed(said: Values, language: str) -> pd.DataFrame:
    """The sources that the file names as the table of sources has them, but for what concerns the atlas alone."""
    made = load("sources")
    ids = [source["id"] for source in said["sources"]]
    rows = made.frame[made.frame[made.spec.key].isin(ids)]
    return table_of(replace(made, frame=rows), language, tuple(SOURCE_FIELDS))


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
    heads = _heads(made, language)
    placemarks.kml(coded(made, language), _called(made, language), heads, in_words(said, language), out)


def _gpx(made: Layer, said: Values, language: str, out: Path) -> None:
    unplaced = said | {"rows_without_position": int((~made.located).sum())}
    heads = _heads(made, language)
    placemarks.gpx(coded(made, language), _called(made, language), heads, in_words(unplaced, language), out)


def _heads(made: Layer, language: str) -> dict[str, str]:
    """Titles of the columns that ``coded`` gives, the words of a code being told apart from the code."""
    heads = {column.name: heading(column, language) for column in made.spec.columns}
    for column in made.spec.columns:
        if column.vocabulary:
            heads[f"{column.name}_{language}"] = heads[column.name]
            heads[column.name] = say(language, "about_code", column=heads[column.name])
    return heads


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
