"""The formats that GDAL reads: GeoPackage, FlatGeobuf and the shapes of a Shapefile, each with its own driver alone."""

from __future__ import annotations

import warnings
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from layers.errors import UploadError
from layers.intake import archive, dbf, stage
from layers.intake.found import UTF8, Answers, Found, Shapes, shapes_of
from layers.intake.verdict import Encoding
from layers.source import FAULTS, one_line

DRIVERS = {"GPKG", "ESRI Shapefile", "FlatGeobuf"}
ALWAYS = {"MEM"}  # GDAL holds it back from being skipped, and it opens nothing
MOST_LAYERS = 50
MOST_ROWS = 5_000_000
LONGEST_TEXT_BYTES = 100_000
CORRUPT = "has a geometry that cannot be read"
NEEDED = (".shp", ".shx", ".dbf")


def skipped() -> str:
    """The drivers that a worker must not have, as GDAL_SKIP wants them."""
    return ",".join(sorted(set(pyogrio.list_drivers()) - DRIVERS))


def require_few_drivers() -> None:
    """UploadError unless GDAL has nothing but what is read here: GDAL_SKIP must stand before it is loaded."""
    found = set(pyogrio.list_drivers()) - ALWAYS
    if not found <= DRIVERS:
        raise UploadError(
            f"Files are not read here: GDAL has drivers beside its own ({', '.join(sorted(found))[:200]})."
        )


def read(path: Path, answers: Answers, title: str) -> list[Found]:
    """The layers of a GeoPackage or FlatGeobuf that have shapes, the chosen one alone if one is chosen."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            listed = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
            placed = [(at, name) for at, (name, kind) in enumerate(listed) if kind is not None]
            if not placed:
                raise UploadError("None of the file's layers has a geometry: add one, or save the table as CSV.")
            if len(placed) > MOST_LAYERS:
                raise UploadError(f"The file has more than {MOST_LAYERS} layers: save the one that is meant alone.")
            chosen = answers.choose(placed)
            return [_layer(path, at, title if path.suffix == ".fgb" else name) for at, name in chosen]
    except FAULTS as error:
        raise UploadError(f"The file is damaged or not what it seems ({_said(error, path)}): save it anew.") from error


def read_shapefile(path: Path, answers: Answers, title: str) -> list[Found]:
    """The layers of a zipped Shapefile, inflated beside it under names of ours."""
    archive.verify(path)
    sets: dict[str, dict[str, str]] = {}
    for member in archive.members(path):
        name = member.filename.replace("\\", "/")
        stem, suffix = PurePosixPath(name).with_suffix(""), PurePosixPath(name).suffix.casefold()
        sets.setdefault(str(stem).casefold(), {})[suffix] = member.filename
    layers = {stem: parts for stem, parts in sets.items() if set(parts) & set(NEEDED)}
    for parts in layers.values():
        _require(parts)
    if len(layers) > MOST_LAYERS:
        raise UploadError(f"The archive has more than {MOST_LAYERS} layers: pack the one that is meant alone.")
    chosen = answers.choose([*layers.values()])
    return [_shapefile(path, number, parts, answers) for number, parts in enumerate(chosen)]


def _require(parts: dict[str, str]) -> None:
    missing = [suffix for suffix in NEEDED if suffix not in parts]
    if missing:
        held = archive.shown(next(iter(parts.values())))
        raise UploadError(
            f"The archive has {held} but no {' and no '.join(missing)} with the same name: "
            "pack .shp, .shx, .dbf and .prj together."
        )


def _shapefile(path: Path, number: int, parts: dict[str, str], answers: Answers) -> Found:
    wanted = {name: path.with_name(f"{number}{suffix}") for suffix, name in parts.items() if suffix in KEPT}
    archive.inflate(path, wanted)
    table = dbf.read(path.with_name(f"{number}.dbf"))
    known = dbf.encoding_of(table, _small(path.with_name(f"{number}.cpg")), answers.encoding)
    names, columns = dbf.columns(table, known)
    path.with_name(f"{number}.dbf").unlink()  # GDAL needs the shapes alone, and cannot join them to another table
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = pyogrio.raw.read(path.with_name(f"{number}.shp"), layer=0, columns=[])
        shapes, corrupt = _shapes(pa.array(made[2], pa.binary()))
    except FAULTS as error:
        raise UploadError(f"The .shp is damaged ({_said(error, path)}): export the Shapefile anew.") from error
    if len(shapes) != len(table.deleted):
        raise UploadError(
            f"The .shp has {len(shapes)} shapes and the .dbf {len(table.deleted)} rows: they are not of one layer; "
            "export the Shapefile anew."
        )
    name = PurePosixPath(parts[".shp"].replace("\\", "/")).stem
    encoding = Encoding(None if known.rivals else known.name, known.basis)
    found = Found(name, names, columns, shapes, encoding)
    found.declared, found.basis = _prj(_small(path.with_name(f"{number}.prj")), made[0]["crs"], found)
    both = np.array(table.deleted, dtype=bool)
    corrupt = corrupt[~both]
    found.drop(both, "is marked as deleted in the .dbf")
    found.drop(corrupt, CORRUPT)
    return found


KEPT = (*NEEDED, ".prj", ".cpg")


def _prj(text: str | None, known: str | None, found: Found) -> tuple[CRS | None, str]:
    """The system of a .prj: by the code that GDAL finds for it, or as it is written."""
    if text is None or not text.strip():
        return None, "there is no .prj"
    try:
        coded = known is not None and known.partition(":")[2].isdigit()
        return CRS.from_user_input(known) if coded else CRS.from_wkt(text), "declared in the .prj"
    except CRSError:
        found.warnings.append("the .prj is not read by PROJ and was passed over")
        return None, "the .prj is not read by PROJ"


def _said(error: Exception, path: Path) -> str:
    """What a library says, without where our files lie."""
    return one_line(error).replace(f"{path.parent}/", "")[:200]


def _small(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return file.read(LONGEST_TEXT_BYTES).decode("utf-8-sig", "replace").strip()


def _layer(path: Path, at: int, name: str) -> Found:
    """One layer by its place in the file."""
    with pyogrio.open_arrow(path, layer=at, use_pyarrow=True, batch_size=8192, datetime_as_string=True) as (
        meta,
        reader,
    ):
        batches: list[Any] = []
        rows = 0
        for batch in reader:
            rows += batch.num_rows
            stage.tell("reading", rows)
            if rows > MOST_ROWS:
                raise UploadError(f"The layer has more than {MOST_ROWS} rows: use `python -m layers convert`.")
            batches.append(batch)
        table = pa.Table.from_batches(batches, reader.schema)
    names = [str(field) for field in meta["fields"]]
    *cells, wkb = table.columns[-len(names) - 1 :]
    shapes, corrupt = _shapes(wkb.combine_chunks())
    found = Found(name, names, [], shapes, Encoding(UTF8, "the standard of the format"))
    found.columns = [_column(column, found) for column in cells]
    found.declared, found.basis = _stated(meta["crs"])
    found.drop(corrupt, CORRUPT)
    return found


def _stated(crs: str | None) -> tuple[CRS | None, str]:
    """What GDAL says of the reference system; a layer of an undefined one says nothing."""
    try:
        made = CRS.from_user_input(crs) if crs else None
    except CRSError:
        return None, "the reference system that the file states is not read by PROJ"
    if (
        made is None
        or "undefined" in made.name.casefold()
        or not (made.is_geographic or made.is_projected or made.is_bound)
    ):
        return None, "the file states no reference system"
    return made, "declared in the file"


def _shapes(wkb: Any) -> tuple[Shapes, Any]:
    """Shapes, and which of them are broken."""
    held = wkb.to_numpy(zero_copy_only=False)
    made = shapes_of(shapely.from_wkb(held, on_invalid="ignore").tolist() if len(held) else [])
    return made, shapely.is_missing(made) & ~np.asarray(pc.is_null(wkb), dtype=bool)


def _column(column: Any, found: Found) -> Any:
    """A column in one piece, without extension types; text that is no UTF-8 is told of."""
    flat = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    flat = flat.storage if isinstance(flat, pa.ExtensionArray) else flat
    flat = pc.dictionary_decode(flat) if pa.types.is_dictionary(flat.type) else flat
    if pa.types.is_string(flat.type) or pa.types.is_large_string(flat.type):
        try:
            flat.validate(full=True)
        except pa.ArrowInvalid:
            found.warnings.append("some text is not UTF-8: letters that cannot be told are shown as question marks")
            cells = (
                flat.cast(pa.binary()).to_pylist()
                if pa.types.is_string(flat.type)
                else flat.cast(pa.large_binary()).to_pylist()
            )
            return pa.array([None if cell is None else cell.decode("utf-8", "replace") for cell in cells], pa.string())
    return flat
