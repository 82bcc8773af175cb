"""A layer as a reader found it: columns as written, shapes in the file's own coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyproj import CRS

from layers.errors import UploadError
from layers.intake.verdict import Encoding
from layers.source import as_text

Shapes = NDArray[np.object_]
UTF8 = "UTF-8"
Choice = TypeVar("Choice")


@dataclass(frozen=True)
class Answers:
    """What the visitor said to earlier questions; None where nothing was said."""

    layer: int | None = None
    crs: str | None = None
    encoding: str | None = None
    swap: bool = False

    def choose(self, layers: list[Choice]) -> list[Choice]:
        """The chosen one of some layers, all if none is chosen; UploadError if there is no such one."""
        if self.layer is None:
            return layers
        if not 0 <= self.layer < len(layers):
            raise UploadError(f"There is no layer {self.layer}: choose a number from 0 to {len(layers) - 1}.")
        return [layers[self.layer]]


@dataclass
class Found:
    """One layer: ``names`` (in which anything may stand, also twice), their columns, and a shape or None for each row.

    ``declared`` is the reference system that the file states and ``basis`` where. ``standard``: the format, or the
    names of the columns, say that these are degrees on WGS 84. ``order_unsure``: nothing says which of two numbers is
    the longitude, and both would fit. ``dropped`` counts rows that came no further.
    """

    name: str
    names: list[str]
    columns: list[Any]
    shapes: Shapes
    encoding: Encoding
    declared: CRS | None = None
    basis: str = ""
    standard: bool = False
    order_unsure: bool = False
    dropped: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows of the file, those that came no further included."""
        return len(self.shapes) + sum(self.dropped.values())

    def drop(self, lost: NDArray[np.bool_], reason: str) -> None:
        """Leave rows away and say why."""
        if lost.any():
            self.dropped[reason] = self.dropped.get(reason, 0) + int(lost.sum())
            kept = pa.array(~lost)
            self.columns = [column.filter(kept) for column in self.columns]
            self.shapes = self.shapes[~lost]


def column_of(values: Sequence[object]) -> pa.Array:
    """Values as an Arrow column of their one type, or as text where they are of several; nested ones are JSON."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds <= {int, float}:
        whole = kinds == {int} and all(value is None or abs(value) < 2**63 for value in values)  # type: ignore[arg-type]
        if whole:
            return pa.array(values, pa.int64())
        if all(value is None or abs(value) < 2**53 for value in values if isinstance(value, int)):
            return pa.array([None if value is None else float(value) for value in values], pa.float64())  # type: ignore[arg-type]
    cells = [None if value is None else text for value, text in zip(values, as_text(values), strict=True)]
    try:
        return pa.array(cells, pa.string())
    except UnicodeEncodeError:  # halves of letters that JSON can write and UTF-8 cannot
        return pa.array([cell and cell.encode("utf-8", "replace").decode("utf-8") for cell in cells], pa.string())


def shapes_of(made: Sequence[object]) -> Shapes:
    """A list of shapes as an array, also where it is empty."""
    held = np.empty(len(made), dtype="object")
    held[:] = made
    return held
