"""How large a layer is once nothing in it is coded any more: a small file may say one long text in every row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from layers.errors import UploadError

MB = 1_000_000
MOST_LAYER_BYTES = 300 * MB  # the server holds several copies of a layer that it draws
PLACE_BYTES = 16  # two numbers of eight bytes


def require_small(columns: Iterable[Any], shapes: Any = ()) -> None:
    """UploadError where columns as decoded, with the coordinates of shapes, have more than MOST_LAYER_BYTES."""
    places = int(shapely.get_num_coordinates(np.asarray(shapes, dtype="object")).sum())
    if places * PLACE_BYTES + sum(map(decoded_bytes, columns)) > MOST_LAYER_BYTES:
        raise UploadError(
            f"The layer has more than {MOST_LAYER_BYTES // MB} MB once it is decoded: "
            "leave columns or rows away, or use `python -m layers convert`."
        )


def decoded_bytes(column: Any) -> int:
    """The bytes of a column whose dictionaries are decoded, which it does not do; of nested ones, of their leaves."""
    if isinstance(column, pa.ChunkedArray):
        return sum(map(decoded_bytes, column.chunks))
    if isinstance(column, pa.ExtensionArray):
        return decoded_bytes(column.storage)
    if isinstance(column, pa.DictionaryArray):
        return _dictionary_bytes(column)
    if isinstance(column, pa.MapArray):
        return decoded_bytes(column.keys) + decoded_bytes(column.items)
    if isinstance(column, pa.StructArray):
        return sum(map(decoded_bytes, column.flatten()))
    if isinstance(column, (pa.ListArray, pa.LargeListArray, pa.FixedSizeListArray)):
        return decoded_bytes(column.flatten())
    return int(column.nbytes)


def _dictionary_bytes(column: pa.DictionaryArray) -> int:
    values = column.dictionary
    if not len(values):
        return 0
    used = column.indices.drop_null()
    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or _is_binary(kind):
        lengths = pc.binary_length(values).fill_null(0).cast(pa.int64())
        return int(pc.sum(lengths.take(used)).as_py() or 0)
    return len(used) * -(-decoded_bytes(values) // len(values))


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
