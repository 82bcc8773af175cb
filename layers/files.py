"""Answers to a reader who takes something away: a table's rows, a file in a chosen format."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore, Semaphore
from urllib.parse import urlencode

import orjson

from layers.about import about
from layers.apart import told
from layers.errors import BusyError
from layers.export import export, forms_of, write
from layers.facets import content_of
from layers.legend import acting
from layers.query import filter_query, sieve_query, to_query
from layers.roles import columns_for
from layers.schema import Layer
from layers.sieve import Sieve, masks, sieve_of, sieved
from layers.spec import LayerSpec, Stamp, layer_spec
from layers.statement import statement, with_own
from layers.surroundings import AROUND as AROUND
from layers.surroundings import surroundings, told_of, without_radius
from layers.tabulate import Told, rows_of
from layers.view import View
from layers.wire import PIECE_ROWS, Payload, packed

AT_ONCE = Semaphore(2)  # files made at a time: a reader who asks for many must not stop the others
LARGE_AT_ONCE = Semaphore(1)  # of those with many rows, beside the others, which must not wait for them
LARGE_ROWS = 20_000
WAITING = BoundedSemaphore(12)  # files made or waited for; each holds a thread that others may need


def table_payload(layer_id: str, view: View) -> Payload:
    """What the table under the map shows of a layer: the role's columns of the rows that the filter keeps.

    Where a radius filters, the distance and whether it is surely within the radius stand beside the name.
    """
    return _table(layer_spec(layer_id), sieve_of(view), view.role, view.language, content_of(layer_id))


def table_url(base: str, layer_id: str, view: View) -> str:
    """Where these rows are served."""
    asked = urlencode({"lang": view.language, "role": view.role, **sieve_query(view)})
    return f"{base}/api/table/{layer_id}/{table_payload(layer_id, view).digest}?{asked}"


@lru_cache(maxsize=128)
def _table(spec: LayerSpec, sieve: Sieve, role: str, language: str, _content: Stamp) -> Payload:
    made = sieved(spec.id, sieve)
    columns, beside = columns_for(role, made.spec), told(spec.id, sieve, language)
    parts = [_rows(made, language, columns, beside, at) for at in range(0, max(1, len(made.frame)), PIECE_ROWS)]
    heads = orjson.dumps(parts[0][0], default=str)
    rows = b",".join(piece for _, piece in parts if piece)
    return packed(b"".join([b'{"columns":', heads, b',"rows":[', rows, b"]}"]), len(made.frame))


def _rows(
    made: Layer, language: str, columns: tuple[str, ...], beside: Sequence[Told], at: int
) -> tuple[object, bytes]:
    """The heads of a table, and some of its rows with commas between them."""
    some = slice(at, at + PIECE_ROWS)
    aside = [Told(one.head, one.cells[some], one.sorts[some]) for one in beside]
    made_of = rows_of(Layer(made.spec, made.frame.iloc[some]), language, columns, aside)
    return made_of["columns"], orjson.dumps(made_of["rows"], default=str)[1:-1]


def forms(layer_id: str, view: View) -> list[str]:
    """The formats in which what is seen of a layer can be taken away."""
    return forms_of(sieved(layer_id, sieve_of(view)))


def file_url(base: str, layer_id: str, form: str, view: View) -> str:
    """Where a layer is served as a file, with what a view's filter keeps of it."""
    asked = urlencode({"lang": view.language, **sieve_query(view)})
    return f"{base}/api/export/{file_name(layer_id, form, view)}?{asked}"


def file_name(layer_id: str, form: str, view: View) -> str:
    """The name under which a layer is saved: its id, what filters it as a short digest, the data date."""
    told = urlencode(sieve_query(view)).encode()
    part = f"-filtered-{hashlib.blake2b(told, digest_size=3).hexdigest()}" if masks(layer_id, sieve_of(view)) else ""
    return f"{layer_id}{part}-{about().as_of.isoformat()}.{form}"


def around_url(base: str, form: str, view: View) -> str:
    """Where all that lies around the selection is served as a file, with what a view's filter keeps of it."""
    asked = filter_query(without_radius(view)) | {"lang": view.language, "sel": to_query(view)["sel"]}
    return f"{base}/api/export/{around_name(form, view)}?{urlencode(asked)}"


def around_name(form: str, view: View) -> str:
    """The name of such a file: the radius, what it is around as a short digest, the data date."""
    told = urlencode({"sel": to_query(view).get("sel", ""), **filter_query(view)}).encode()
    digest = hashlib.blake2b(told, digest_size=3).hexdigest()
    return f"{AROUND}-{view.radius_km}km-{digest}-{about().as_of.isoformat()}.{form}"


def around_bytes(form: str, view: View) -> bytes:
    """The file itself; see ``layers.export.write`` and ``layers.surroundings.surroundings`` for the errors."""
    with making() as folder:
        out = folder / f"{AROUND}.{form}"
        made = surroundings(view)
        centre, filters = told_of(view)
        said = with_own(statement(made, view.language, filters), set(made.frame["layer"]), view.language)
        write(made, form, view.language, out, centre | said)
        return out.read_bytes()


def file_bytes(layer_id: str, form: str, view: View) -> bytes:
    """The file itself; BusyError where too many are asked for, else see ``layers.export.export`` for the errors."""
    large = len(sieved(layer_id, sieve_of(view)).frame) > LARGE_ROWS
    with making(large) as folder:
        out = folder / f"{layer_id}.{form}"
        export(layer_id, form, view.language, out, sieve_of(view), acting(layer_id, view))
        return out.read_bytes()


@contextmanager
def making(large: bool = False) -> Iterator[Path]:
    """A folder to make a file in, once it is its turn; BusyError where too many wait already."""
    if not WAITING.acquire(blocking=False):
        raise BusyError("Too many files are being made: try again in a minute.")
    try:
        with LARGE_AT_ONCE if large else AT_ONCE, tempfile.TemporaryDirectory(prefix="atlas-") as folder:
            yield Path(folder)
    finally:
        WAITING.release()
