"""The side that reads visitors' files: one process a file, confined before it looks, killed when it takes too long.

It finds ``upload`` and ``job.json`` in the folder where it was started and leaves ``report.json`` there, and a
GeoParquet 0.parquet, 1.parquet, ... for each layer that may be taken. Meanwhile ``stage.json`` says how far it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pyarrow as pa

from geo.crs import WGS84
from layers.convert import write
from layers.errors import UploadError
from layers.intake import (
    antimeridian,
    clean,
    columnar,
    delimited,
    geojson,
    headings,
    limits,
    markup,
    ogr,
    places,
    sheets,
    size,
    sniff,
    stage,
)
from layers.intake.found import Answers, Found
from layers.intake.verdict import Dropped, Kind, LayerReport, Verdict, rejected, text
from layers.stream import BATCH_ROWS, Part, Stream

UPLOAD, JOB, REPORT = "upload", "job.json", "report.json"
ORDER = "order"  # a column that comes last in what is written, under a name that no other has
Reader = Callable[[Path, Answers, str], list[Found]]
READERS: dict[str, tuple[str, Reader]] = {
    sniff.JSON: ("json", geojson.read),
    sniff.GEOPACKAGE: ("gpkg", ogr.read),
    sniff.FLATGEOBUF: ("fgb", ogr.read),
    sniff.SHAPEFILE: ("zip", ogr.read_shapefile),
    sniff.PARQUET: ("parquet", columnar.read),
    sniff.KML: ("kml", markup.read_kml),
    sniff.KMZ: ("kmz", markup.read_kmz),
    sniff.GPX: ("gpx", markup.read_gpx),
    sniff.XLSX: ("xlsx", sheets.read),
    sniff.TABLE: ("csv", delimited.read),
}


def main() -> int:
    """Read the upload in this folder and leave the report; 0 when there is one, whatever it says."""
    folder = Path.cwd()
    limits.confine()
    stage.start(folder)
    ogr.require_few_drivers()
    job = json.loads((folder / JOB).read_text(encoding="utf-8"))
    answers = Answers(job["layer"], job["crs"], job["encoding"], job["swap"])
    try:
        told = verdict_of(folder, answers, text(job["title"]))
    except UploadError as error:
        told = rejected(text(str(error)))
    (folder / REPORT).write_text(json.dumps(told.as_json(), ensure_ascii=False), encoding="utf-8")
    return 0


def verdict_of(folder: Path, answers: Answers, title: str) -> Verdict:
    """The verdict on the upload in a folder, its layers beside it; UploadError where it is rejected."""
    kind = sniff.kind_of(folder / UPLOAD)
    suffix, read = READERS[kind]
    stage.tell("reading")
    path = (folder / UPLOAD).rename(folder / f"in.{suffix}")
    found = read(path, answers, title)
    if all(not layer.rows for layer in found):
        raise UploadError("The file has no features: save a layer that has some.")
    checked = [_checked(layer, answers, folder / f"{number}.parquet") for number, layer in enumerate(found)]
    return _summed([report for report, _ in checked], [question for _, question in checked if question])


def _checked(found: Found, answers: Answers, out: Path) -> tuple[LayerReport, str]:
    """One layer cleaned, placed and written, its report, and the first question that it leaves open."""
    rows = found.rows
    stage.tell("checking", rows)
    names, told = headings.renamed(found.names)
    found.warnings += told
    found.columns.append(pa.array(range(1, len(found.shapes) + 1), pa.int64()))  # the order, which is not kept else
    clean.flatten(found)
    placed = places.place(found, answers)
    if not placed.question:
        antimeridian.cut(found)
    repaired = () if placed.question else clean.repair(found)
    kinds = clean.describe(found)
    question = placed.question if len(found.shapes) else ""
    if found.encoding.value is None:
        question = f"Which encoding is the text in? By its bytes: {found.encoding.basis}."
    if not placed.question:
        clean.warn_of_places(found)
    if not question and len(found.shapes):
        size.require_small(found.columns, found.shapes)
        write(_stream(found, [*names, headings.free(ORDER, names)]), out)
    report = LayerReport(
        name=text(found.name).strip() or "layer",
        features_in=rows,
        features_kept=len(found.shapes),
        dropped=tuple(Dropped(reason, count) for reason, count in found.dropped.items()),
        repaired=repaired,
        geometry_types=kinds,
        crs=placed.reference,
        encoding=found.encoding,
        columns=tuple(names),
        warnings=tuple(text(warning) for warning in found.warnings),
    )
    return report, question


def _stream(found: Found, names: list[str]) -> Stream:
    columns = [column if isinstance(column, pa.Array) else column.combine_chunks() for column in found.columns]
    table = pa.table(
        columns, schema=pa.schema([(name, column.type) for name, column in zip(names, columns, strict=True)])
    )
    rows = len(found.shapes)
    edges = [*range(0, rows, BATCH_ROWS), rows]

    def parts() -> Iterator[Part]:
        for first, last in pairwise(edges):
            stage.tell("writing", first)
            yield Part(table.slice(first, last - first), gpd.GeoSeries(found.shapes[first:last], crs=WGS84))

    return Stream(table.schema, {}, {}, rows, parts())


def _summed(reports: list[LayerReport], questions: list[str]) -> Verdict:
    """One verdict for all layers: the first open question, else how much was changed."""
    layers = tuple(reports)
    if len(layers) > 1:
        listed = ", ".join(f"{number}: {layer.name[:60]}" for number, layer in enumerate(layers))
        return Verdict("asks", f"Which of the {len(layers)} layers? {listed}.", layers)
    if not layers[0].features_kept:
        why = ", ".join(f"{part.rows} {part.reason}" for part in layers[0].dropped)
        return Verdict("rejected", f"No row can be taken ({why}): correct the shapes and save the layer anew.", layers)
    if questions:
        return Verdict("asks", questions[0], layers)
    (layer,) = layers
    changed = bool(layer.dropped or layer.repaired or layer.warnings)
    kind: Kind = "accepted_with_report" if changed else "accepted"
    lost, mended = sum(part.rows for part in layer.dropped), sum(part.rows for part in layer.repaired)
    reason = f"{layer.features_kept} of {layer.features_in} features taken"
    reason += f", {lost} dropped" if lost else ""
    reason += f", {mended} repaired" if mended else ""
    return Verdict(kind, f"{reason}.", layers)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MemoryError:
        sys.exit(limits.OUT_OF_MEMORY)
