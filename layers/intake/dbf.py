"""The table of a Shapefile (dBase), read without GDAL: names may occur twice, and bytes stay bytes until decoded."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from layers.errors import UploadError
from layers.intake import letters
from layers.intake.found import column_of

HEAD, FIELD, END = 32, 32, 0x0D
WHOLE_DIGITS = 18
# The language driver of the header, where it says something that is worth believing.
DRIVERS = {0x65: "IBM866", 0x66: "IBM866", 0xC9: "windows-1251", 0x26: "IBM866"}


class Table(NamedTuple):
    """Names as bytes, cells (rows, bytes) of each column with its kind, which rows are marked as deleted."""

    names: list[bytes]
    kinds: list[str]
    cells: list[NDArray[np.bytes_]]
    deleted: NDArray[np.bool_]
    driver: str | None


def read(path: Path) -> Table:
    """The table in bytes; UploadError where the file is not as its header says."""
    data = path.read_bytes()
    if len(data) < HEAD + 1:
        raise UploadError("The .dbf is damaged (it has no header): export the Shapefile anew.")
    rows = int.from_bytes(data[4:8], "little")
    start, length = int.from_bytes(data[8:10], "little"), int.from_bytes(data[10:12], "little")
    fields = _fields(data[HEAD:start])
    if length < 1 + sum(size for _, _, size in fields) or len(data) < start + rows * length:
        raise UploadError("The .dbf is damaged (it is shorter than its header says): export the Shapefile anew.")
    body = np.frombuffer(data, np.uint8, rows * length, start).reshape(rows, length)
    cells, at = [], 1
    for _, _, size in fields:
        cells.append(np.ascontiguousarray(body[:, at : at + size]).view(f"S{size}").ravel())
        at += size
    kinds = [kind for _, kind, _ in fields]
    return Table([name for name, _, _ in fields], kinds, cells, body[:, 0] == ord("*"), DRIVERS.get(data[29]))


def encoding_of(table: Table, stated: str | None, chosen: str | None) -> letters.Known:
    """The encoding of the text: chosen, stated by a .cpg where the text does decode so, or by its letters."""
    if chosen:
        return letters.named(chosen)
    data = b"\n".join([*table.names, *_texts(table)])
    found = letters.detect(data)
    whole = b"\n".join(map(_uncut, data.split(b"\n")))
    if found.codec != "utf-8" and not whole.isascii() and whole != data and letters.detect(whole).codec == "utf-8":
        return letters.Known("UTF-8", "utf-8", "it decodes as UTF-8 but for letters cut at the end of a cell")
    if stated is None and table.driver:
        stated, where = table.driver, "stated in the .dbf"
    else:
        where = "stated in the .cpg"
    if stated is None or data.isascii():
        return found
    try:
        known = letters.named(stated)._replace(basis=where)
        data.decode(known.codec)
    except (UploadError, UnicodeDecodeError):
        return found
    if found.name != known.name and not found.rivals and known.codec != "utf-8-sig" and not _same(data, found, known):
        told = f"{where} as {known.name}, but its letters read as {found.name}"
        return known._replace(basis=told, rivals=(found.name,))
    return known


def columns(table: Table, known: letters.Known) -> tuple[list[str], list[pa.Array]]:
    """Names and columns; numbers as numbers, dates as ISO 8601, flags as truth values, all else as text."""
    names = [_word(name, known.codec) or "" for name in table.names]
    names = [name.strip() for name in names]
    made = [_column(kind, cells, known.codec) for kind, cells in zip(table.kinds, table.cells, strict=True)]
    return names, made


def _uncut(cell: bytes) -> bytes:
    """A cell without the first bytes of a letter in UTF-8 whose last ones had no room."""
    cell = cell.rstrip(b" \0")
    try:
        cell.decode("utf-8")
    except UnicodeDecodeError as error:
        return cell[: error.start] if error.reason == "unexpected end of data" else cell
    return cell


def _same(data: bytes, one: letters.Known, other: letters.Known) -> bool:
    return data.decode(one.codec, "replace") == data.decode(other.codec, "replace")


def _texts(table: Table) -> list[bytes]:
    """The distinct cells of text columns."""
    found: list[bytes] = []
    for kind, cells in zip(table.kinds, table.cells, strict=True):
        if kind == "C":
            found += [cell for cell in np.unique(cells).tolist() if not cell.isascii()]
    return found


def _fields(head: bytes) -> list[tuple[bytes, str, int]]:
    """Name, kind and size in bytes of each column."""
    found = []
    for at in range(0, len(head) - FIELD + 1, FIELD):
        if head[at] == END:
            break
        name = head[at : at + 11].split(b"\0")[0]
        kind, size = chr(head[at + 11]), head[at + 16]
        if kind == "C":
            size += 256 * head[at + 17]
        if not size:
            raise UploadError("The .dbf is damaged (a column without width): export the Shapefile anew.")
        found.append((name, kind, size))
    return found


def _column(kind: str, cells: NDArray[np.bytes_], codec: str) -> pa.Array:
    if kind in "NF":
        return column_of([_number(cell) for cell in cells.tolist()])
    if kind == "L":
        return pa.array(
            [{b"T": True, b"Y": True, b"F": False, b"N": False}.get(cell.upper()) for cell in cells.tolist()]
        )
    distinct = {cell: _word(cell, codec) for cell in set(cells.tolist())}
    texts = [distinct[cell] for cell in cells.tolist()]
    if kind == "D":
        texts = [
            f"{text[:4]}-{text[4:6]}-{text[6:]}" if text and len(text) == 8 and text.isdigit() else text
            for text in texts
        ]
    return pa.array(texts, pa.string())


def _word(cell: bytes, codec: str) -> str | None:
    cell = _uncut(cell) if codec == "utf-8" else cell
    return cell.decode(codec, "replace").replace("\0", "").rstrip() or None


def _number(cell: bytes) -> Any:
    text = cell.strip(b" \0")
    if not text or text.startswith(b"*"):
        return None
    try:
        if len(text) <= WHOLE_DIGITS and text.lstrip(b"+-").isdigit():
            return int(text)
        value = float(text.replace(b",", b"."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
