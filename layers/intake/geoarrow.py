"""Shapes that GeoParquet 1.1 holds as nested lists of coordinates, the native encodings of GeoArrow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from layers.errors import UploadError
from layers.intake.found import Shapes, shapes_of

KINDS = {
    "point": (shapely.GeometryType.POINT, 0),
    "linestring": (shapely.GeometryType.LINESTRING, 1),
    "multipoint": (shapely.GeometryType.MULTIPOINT, 1),
    "polygon": (shapely.GeometryType.POLYGON, 2),
    "multilinestring": (shapely.GeometryType.MULTILINESTRING, 2),
    "multipolygon": (shapely.GeometryType.MULTIPOLYGON, 3),
}
"""Names of the encodings, with the kind of shape and the number of lists around its coordinates."""


def shapes(held: Any, encoding: str) -> Shapes:
    """Shapes of a validated Arrow array, None where it has none; UploadError where it is not as its name says."""
    kind, depth = KINDS[encoding]
    missing = np.asarray(pc.is_null(held), dtype=bool)
    there = held.filter(pc.is_valid(held))
    offsets: list[NDArray[np.int64]] = []
    for _ in range(depth):
        if not (pa.types.is_list(there.type) or pa.types.is_large_list(there.type)):
            raise UploadError(f"The geometry of the GeoParquet is not encoded as {encoding}: write it as WKB.")
        starts = np.asarray(there.offsets, dtype=np.int64)
        offsets.append(starts - starts[0])
        there = there.flatten()
    made = np.full(len(held), None, dtype="object")
    made[~missing] = shapely.from_ragged_array(kind, _places(there, encoding), tuple(reversed(offsets)) or None)
    return shapes_of(made.tolist())


def _places(held: Any, encoding: str) -> NDArray[np.float64]:
    """Coordinates as rows of x and y: fields of a structure, or lists of fixed size; heights are left away."""
    if pa.types.is_struct(held.type) and {"x", "y"} <= {field.name for field in held.type}:
        columns = [pc.struct_field(held, name).to_numpy(zero_copy_only=False) for name in ("x", "y")]
        return np.column_stack(columns).astype(np.float64)
    if pa.types.is_fixed_size_list(held.type) and held.type.list_size >= 2:
        flat = held.flatten().to_numpy(zero_copy_only=False).astype(np.float64)
        return np.ascontiguousarray(flat.reshape(len(held), -1)[:, :2])
    raise UploadError(f"The geometry of the GeoParquet is not encoded as {encoding}: write it as WKB.")
