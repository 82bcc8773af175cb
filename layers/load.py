"""Catalogue id to checked layer, cached by the content of the files behind it."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers import parquet
from layers.errors import CatalogueError, Problem, SchemaError, SourceError
from layers.place import placed
from layers.schema import Layer, conform
from layers.source import Raw, read, texts
from layers.spec import LayerSpec, Stamp, catalogue, layer_spec, stamp

SOURCES = "sources"


def load(layer_id: str) -> Layer:
    """The checked layer of a file or table entry; the frame is shared: do not change it.

    Raises UnknownNameError, SourceError, or SchemaError with all problems of the file.
    """
    spec = layer_spec(layer_id)
    if spec.kind == "derived":
        raise CatalogueError(f"{layer_id} is derived from other layers and has no file of its own.")
    return _load(spec, files_stamp(spec))


def load_near(layer_id: str, boxes: NDArray[np.float64]) -> Layer:
    """The rows of a file entry that lie near boxes (n, 4: west, south, east, north in degrees), in the file's order.

    Of a GeoParquet with a covering only these are read and checked (see `layers.parquet.read`); any other file is
    loaded whole. The errors are those of ``load``.
    """
    spec = layer_spec(layer_id)
    declared = [column.name for column in spec.columns]
    if not in_parts(spec) or {*parquet.footer(spec.path).attributes} != {*declared}:
        return load(layer_id)
    found = parquet.read(spec.path, declared, boxes).reset_index(drop=True)
    return conform(texts(pd.DataFrame(found[declared])), gpd.GeoSeries(found.geometry), spec, _references(spec))


def in_parts(spec: LayerSpec) -> bool:
    """Whether rows of an entry can be told by their place before they are read: no row has another's place."""
    if spec.kind != "file" or spec.path.suffix.lower() != ".parquet" or spec.geometry is None:
        return False
    return not (spec.geometry.town or spec.geometry.blocks) and bool(parquet.footer(spec.path).covering)


def files_stamp(spec: LayerSpec) -> Stamp:
    """Stamp of the data files of an entry, those it refers to included."""
    return stamp(*files_of(spec))


def row_keys(layer_id: str) -> Collection[str]:
    """The ids that exist in a layer of kind file or table, read without checking it."""
    spec = layer_spec(layer_id)
    return _row_keys(spec, stamp(spec.path))


@lru_cache(maxsize=64)
def _row_keys(spec: LayerSpec, _content: Stamp) -> frozenset[str]:
    if spec.path.suffix.lower() == ".parquet" and spec.key in parquet.footer(spec.path).attributes:
        return frozenset(texts(parquet.column(spec.path, spec.key).to_frame())[spec.key])
    cells = _raw(spec).cells
    if spec.key not in cells:
        raise SourceError(f"{spec.path.name} has no column {spec.key!r}, which is the key of {spec.id}.")
    return frozenset(cells[spec.key])


@lru_cache(maxsize=64)
def _load(spec: LayerSpec, _content: Stamp) -> Layer:
    raw, geometry = _raw(spec)
    problems: list[Problem] = []
    if geometry is None:
        geometry, problems = placed(raw, spec)
    try:
        made = conform(raw, geometry, spec, _references(spec))
    except SchemaError as error:
        raise SchemaError([*problems, *error.problems]) from error
    if problems:
        raise SchemaError(problems)
    return made


def _raw(spec: LayerSpec) -> Raw:
    """The file of an entry as read; a GeoJSON without features has no columns, so it is given the declared ones."""
    cells, geometry = read(spec.path)
    if geometry is not None and not len(cells) and not len(cells.columns):
        cells = pd.DataFrame(columns=[column.name for column in spec.columns], index=cells.index, dtype="str")
    return Raw(cells, geometry)


def _references(spec: LayerSpec) -> dict[str, Collection[str]]:
    targets = {column.ref for column in spec.columns if column.ref}
    if spec.columns_of("sources"):
        targets.add(SOURCES)
    return {target: row_keys(target) for target in targets}


@lru_cache(maxsize=256)
def files_of(spec: LayerSpec) -> tuple[str, ...]:
    """The data files of an entry, those it refers to included; equal for as long as the catalogue does not change."""
    files = [spec.path]
    if spec.geometry and spec.geometry.waypoints:
        files.append(spec.base / "data" / spec.geometry.waypoints)
    targets = {column.ref for column in spec.columns if column.ref} | ({SOURCES} if spec.id != SOURCES else set())
    targets |= {held.table for held in spec.dated.held if held.table} if spec.dated else set()
    files += [catalogue()[target].path for target in sorted(targets) if target in catalogue()]
    return tuple(map(str, files))
