"""A layer that a worker left becomes a layer of its visitor: data, entry, and proof that it loads."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from layers.errors import SHOWN, UploadError
from layers.intake.verdict import LayerReport
from layers.load import load
from layers.parquet import footer
from layers.spec import VISITORS_OWN
from layers.visitors import store
from layers.visitors.entry import COLOURS, specs_of

KEY, ACCURACY = "row", "shift_accuracy_km"
NAMES = ("name", "title", "label", "название", "наименование", "имя", "атауы", "аты", "атау")  # of a column of names
FEWEST_VALUES, MOST_VALUES, LONGEST_VALUE, MOST_FACETS = 2, 30, 60, 6


@dataclass
class Seen:
    """What the rows say of a column: whether its numbers can be taken, and its values while they are few."""

    type: str
    values: Counter[str] = field(default_factory=Counter)
    many: bool = False

    def look(self, column: pa.ChunkedArray) -> None:
        """Take note of more rows."""
        if self.type == "number" and pc.any(pc.is_inf(column.cast(pa.float64()))).as_py():
            self.type = "text"
        if self.type == "text" and pa.types.is_string(column.type) and not self.many:
            for value in pc.value_counts(column).to_pylist():
                if value["values"]:
                    self.values[value["values"]] += value["counts"]
            self.many = len(self.values) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in self.values)


def adopt(folder: Path, made: Path, report: LayerReport, file: str) -> None:
    """Take the GeoParquet ``made`` as the layer of a visitor's folder; UploadError where it cannot be loaded."""
    held, metres = footer(made), getattr(report.crs, "operation_accuracy_m", None)
    seen = {name: Seen(_type(held.schema.field(name).type)) for name in held.attributes}
    key, accuracy = _free(KEY, seen), _free(ACCURACY, seen)
    (folder / store.DATA).parent.mkdir(mode=0o700, exist_ok=True)
    _write(made, folder / store.DATA, seen, {key: None} | ({accuracy: metres / 1000} if metres else {}))
    entry: dict[str, Any] = {
        "title": report.name[: store.LONGEST_TITLE],
        "file": file,
        "columns": [{"name": name, "type": one.type} for name, one in seen.items()],
        "key": key,
        "accuracy": accuracy if metres else "",
        "name": _name_column(seen),
        "facets": _facets(seen),
        "weight": sum(held.metadata.row_group(group).total_byte_size for group in range(held.metadata.num_row_groups)),
        "colour": _colour(folder),
        "shift": {
            "system": f"{report.crs.value} ({report.crs.basis})",
            "operation": getattr(report.crs, "operation", ""),
            "accuracy_m": metres,
        },
    }
    store.put(folder / store.ENTRY, json.dumps(entry, ensure_ascii=False))
    try:
        _prove(folder)
    except UploadError:  # numbers and dates that we cannot hold: the text is kept as it stands
        for column in entry["columns"]:
            column["type"] = "text"
        store.put(folder / store.ENTRY, json.dumps(entry, ensure_ascii=False))
        _prove(folder)


def _write(made: Path, out: Path, seen: Mapping[str, Seen], ours: dict[str, float | None]) -> None:
    """The same rows with our columns before them: a running number where no value is given."""
    with pq.ParquetFile(made) as file:
        schema = file.schema_arrow
        for name, value in reversed(ours.items()):
            schema = schema.insert(0, pa.field(name, pa.int64() if value is None else pa.float64()))
        first = 1
        with pq.ParquetWriter(out, schema, compression="zstd") as writer:
            for group in range(file.num_row_groups):
                table = file.read_row_group(group)
                for name, one in seen.items():
                    one.look(table.column(name))
                added = [_added(value, first, table.num_rows) for value in ours.values()]
                writer.write_table(pa.table([*added, *table.columns], schema=schema), row_group_size=table.num_rows)
                first += table.num_rows


def _added(value: float | None, first: int, rows: int) -> pa.Array:
    return pa.array(range(first, first + rows), pa.int64()) if value is None else pa.array([value] * rows, pa.float64())


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
    """Text columns with few values, by which readers filter."""
    few = [name for name, one in seen.items() if not one.many and len(one.values) >= FEWEST_VALUES]
    return [name for name in few if sum(seen[name].values.values()) > len(seen[name].values)][:MOST_FACETS]


def _free(name: str, taken: Collection[str]) -> str:
    used, number, free = {one.casefold() for one in taken}, 1, name
    while free in used:
        number += 1
        free = f"{name}_{number}"
    return free


def _colour(folder: Path) -> str:
    """A colour that the visitor's other layers have least."""
    others = [path / store.ENTRY for path in folder.parent.iterdir() if path != folder]
    used = Counter(json.loads(path.read_text(encoding="utf-8"))["colour"] for path in others if path.is_file())
    return min(COLOURS, key=lambda colour: used[colour])


def _prove(folder: Path) -> None:
    """Load the layer as every screen will; UploadError where that fails."""
    before = VISITORS_OWN.set(specs_of(folder))
    try:
        load(folder.name)
    except SHOWN as error:
        raise UploadError(f"The layer cannot be held here: {error}") from error
    finally:
        VISITORS_OWN.reset(before)
