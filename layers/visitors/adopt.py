"""A layer that a worker left becomes a layer of its visitor: data, entry, and proof that it loads."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from layers.convert import GROUP_ROWS
from layers.errors import SHOWN, UploadError
from layers.intake.headings import free
from layers.intake.supervise import MB
from layers.intake.verdict import LayerReport
from layers.load import load
from layers.parquet import Footer, footer
from layers.spec import VISITORS_OWN
from layers.visitors import store
from layers.visitors.entry import COLOURS, specs_of, weight_of
from layers.visitors.memory import MOST_OF_ONE_BYTES

MOST_ROWS, MOST_CELLS, MOST_SHAPE_BYTES = 400_000, 8_000_000, 200 * MB
KEY, ACCURACY = "row", "shift_accuracy_km"
NAMES = ("name", "title", "label", "название", "наименование", "имя", "атауы", "аты", "атау")  # of a column of names
FEWEST_VALUES, MOST_VALUES, LONGEST_VALUE, MOST_FACETS = 2, 30, 60, 6


class Seen(NamedTuple):
    """What the rows say of a column: the type that holds it, and its values where they are few, with their counts."""

    type: str
    values: Mapping[str, int]


def adopt(folder: Path, made: Path, report: LayerReport, file: str) -> None:
    """Take the GeoParquet ``made`` as the layer of a visitor's folder; UploadError where it cannot be loaded."""
    held, metres = footer(made), report.crs.operation_accuracy_m
    *names, order = held.attributes  # the last is the worker's, see layers.intake.worker
    _check_size(held, len(names))
    key, accuracy = free(KEY, names), free(ACCURACY, names)
    (folder / store.DATA).parent.mkdir(mode=0o700, exist_ok=True)
    ours = {key: None} | ({accuracy: metres / 1000} if metres else {})
    table = _write(made, folder / store.DATA, order, ours)
    _check_weight(folder, table.nbytes)
    seen = {name: _seen(table.column(name)) for name in names}
    entry: dict[str, Any] = {
        "title": report.name[: store.LONGEST_TITLE],
        "file": file,
        "columns": [{"name": name, "type": one.type} for name, one in seen.items()],
        "key": key,
        "accuracy": accuracy if metres else "",
        "name": _name_column(seen),
        "facets": _facets(seen),
        "weight": table.nbytes,
        "colour": _colour(folder),
        "shift": {
            "system": report.crs.value,
            "basis": report.crs.basis,
            "operation": report.crs.operation,
            "accuracy_m": metres,
        },
    }
    try:
        _prove(folder, entry)
    except UploadError:  # numbers and dates that we cannot hold: the text is kept as it stands
        _prove(folder, entry | {"columns": [column | {"type": "text"} for column in entry["columns"]]})


def _check_size(held: Footer, columns: int) -> None:
    """UploadError for a layer that would keep the server from answering others while it is loaded."""
    rows = held.metadata.num_rows
    groups = [held.metadata.row_group(number) for number in range(held.metadata.num_row_groups)]
    parts = [group.column(number) for group in groups for number in range(group.num_columns)]
    shapes = sum(part.total_uncompressed_size for part in parts if part.path_in_schema == held.geometry)
    told = (
        (rows > MOST_ROWS, f"{rows} rows, more than {MOST_ROWS}"),
        (rows * columns > MOST_CELLS, f"{rows * columns} cells, more than {MOST_CELLS}"),
        (shapes > MOST_SHAPE_BYTES, f"{shapes // MB} MB of shapes, more than {MOST_SHAPE_BYTES // MB}"),
    )
    if fault := next((fault for wrong, fault in told if wrong), ""):
        raise UploadError(f"The layer has {fault}: keep the part that is needed, or divide it into several files.")


def _check_weight(folder: Path, weight: int) -> None:
    """UploadError where a visitor's layers together would take more of the memory than is one visitor's."""
    others = sum(weight_of(one) for one in store.ready(folder.parent.name) if one != folder)
    if weight + others > MOST_OF_ONE_BYTES:
        most = MOST_OF_ONE_BYTES // MB
        raise UploadError(f"Your layers take more than {most} MB as they are kept here: remove one, or send less.")


def _write(made: Path, out: Path, order: str, columns: dict[str, float | None]) -> pa.Table:
    """The rows in the order of the visitor's file, our columns first: the number of a row where no value is given."""
    table = pq.read_table(made)
    said = table.schema.metadata  # what makes it a GeoParquet
    table = table.sort_by(order).drop_columns([order])
    rows = len(table)
    for name, value in reversed(columns.items()):
        cells = pa.array(range(1, rows + 1), pa.int64()) if value is None else pa.array([value] * rows, pa.float64())
        table = table.add_column(0, name, cells)
    pq.write_table(table.replace_schema_metadata(said), out, compression="zstd", row_group_size=GROUP_ROWS)
    return table


def _seen(column: pa.ChunkedArray) -> Seen:
    kind = _type(column.type)
    if kind == "number" and pc.any(pc.is_inf(column.cast(pa.float64()))).as_py():
        return Seen("text", {})  # a number that is none
    if not pa.types.is_string(column.type) or pc.count_distinct(column).as_py() > MOST_VALUES:
        return Seen(kind, {})
    counted = {one["values"]: one["counts"] for one in pc.value_counts(column).to_pylist() if one["values"]}
    return Seen(kind, counted if max(map(len, counted), default=0) <= LONGEST_VALUE else {})


def _type(kind: pa.DataType) -> str:
    """The column type that holds a column of a file; what none holds is told as text."""
    if pa.types.is_integer(kind) and kind != pa.uint64():
        return "integer"
    if pa.types.is_floating(kind):
        return "number"
    if pa.types.is_boolean(kind):
        return "flag"
    return "date" if pa.types.is_date32(kind) else "text"


def _name_column(seen: dict[str, Seen]) -> str:
    """The column that names the rows, by what it is called; none if none is called so."""
    called = {name.casefold().strip(): name for name, one in reversed(seen.items()) if one.type == "text"}
    return next((called[name] for name in NAMES if name in called), "")


def _facets(seen: Mapping[str, Seen]) -> list[str]:
    """Text columns with few values that come again, by which readers filter."""
    few = {name: one.values for name, one in seen.items() if len(one.values) >= FEWEST_VALUES}
    return [name for name, values in few.items() if sum(values.values()) > len(values)][:MOST_FACETS]


def _colour(folder: Path) -> str:
    """A colour that the visitor's other layers have least."""
    others = [path / store.ENTRY for path in folder.parent.iterdir() if path != folder]
    used = Counter(json.loads(path.read_text(encoding="utf-8"))["colour"] for path in others if path.is_file())
    return min(COLOURS, key=lambda colour: used[colour])


def _prove(folder: Path, entry: dict[str, Any]) -> None:
    """Load the layer as every screen will; UploadError, and no entry, where that fails."""
    store.put(folder / store.ENTRY, json.dumps(entry, ensure_ascii=False))
    before, held = VISITORS_OWN.set(specs_of(folder)), False
    try:
        load(folder.name)
        held = True
    except SHOWN as error:
        raise UploadError(f"The layer cannot be held here: {error}") from error
    finally:
        VISITORS_OWN.reset(before)
        if not held:
            (folder / store.ENTRY).unlink(missing_ok=True)
