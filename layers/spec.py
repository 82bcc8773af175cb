"""The catalogue: one TOML per layer, read into typed, frozen records."""

from __future__ import annotations

import os
import re
import time
import tomllib
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from layers.dated_spec import Dated, dated_of
from layers.errors import CatalogueError, UnknownNameError
from layers.rules import LANGUAGES as LANGUAGES
from layers.rules import faults, faults_between

LAYER_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")  # an id stands in URLs and in the scripts of the map
ROOT = Path(__file__).resolve().parent.parent
EXTRA_ENVIRONMENT = "ATLAS_EXTRA"  # a folder with catalogue/, data/ and vocabulary/ of the user's own

Words = Mapping[str, str]
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class ColumnSpec:
    """One declared column: what it holds, in which unit, and what it is called.

    A text column with a vocabulary holds categories of ours, which it words in each language, among free text.
    ``unit_column`` names the column that holds each row's unit, ``reading_column`` the one that says, by a code of the
    vocabulary ``claim_reading``, where a figure is not to be read as stated; ``unless`` names the column that says the
    same better, so that a reader is shown this one only where that one is empty. ``stands_for`` names the column of
    the entry whose place it has at a date.
    """

    name: str
    type: str
    title: Words
    unit: str = ""
    unit_column: str = ""
    reading_column: str = ""
    unless: str = ""
    vocabulary: str = ""
    ref: str = ""
    min: float | None = None
    max: float | None = None
    required: bool = False
    source_text: bool = False
    stands_for: str = ""


@dataclass(frozen=True)
class GeometrySpec:
    """Where a layer's positions come from; every field but ``type`` names a column or a file."""

    type: str
    lon: str = ""
    lat: str = ""
    wkt: str = ""
    blocks: str = ""
    waypoints: str = ""
    status: str = ""
    accuracy: str = ""
    town: str = ""


@dataclass(frozen=True, eq=False)
class LayerSpec:
    """One catalogue entry; compared and hashed by identity, so that it can key a cache.

    ``name`` gives the columns that hold a feature's name by language, ``unnamed`` what a row without any is called
    (``{town}`` is its town), ``facts`` the columns that a reader meets first, ``parents`` the layers that a derived
    one comes from, ``where`` the codes a filter keeps, ``people`` the column whose numbers ``served`` adds up.
    ``facets`` names text columns by whose values readers filter this layer alone. ``origin`` says where a visitor's
    own layer comes from; it is empty for the atlas's. ``dated`` says what dates its rows; none for an entry of no date.
    """

    id: str
    kind: str
    title: Words
    base: Path
    group: str = "tables"
    order: int = 1000
    legend: bool = False
    shown: bool = False
    file: str = ""
    key: str = "id"
    name: Words = field(default_factory=dict)
    unnamed: Words = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    caution: Words = field(default_factory=dict)
    geometry: GeometrySpec | None = None
    style: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[ColumnSpec, ...] = ()
    parents: tuple[str, ...] = ()
    operation: str = ""
    max_km: float = 0.0
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people: str = ""
    stated: str = ""
    facets: tuple[str, ...] = ()
    origin: Words = field(default_factory=dict)
    dated: Dated | None = None

    def column(self, name: str) -> ColumnSpec:
        """The declared column of that name; UnknownNameError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownNameError(f"column in layer {self.id}", name, [c.name for c in self.columns])

    def columns_of(self, *types: str) -> list[str]:
        """Names of the columns of these types, in declared order."""
        return [column.name for column in self.columns if column.type in types]

    @property
    def path(self) -> Path:
        """The data file that the entry names."""
        return self.base / "data" / self.file


# Entries that the present visitor alone sees: set by whoever answers a visitor, see layers.visitors.whose.
VISITORS_OWN: ContextVar[tuple[LayerSpec, ...]] = ContextVar("visitors_own", default=())
VISITORS_PREFIX = "upload_"  # with which the id of every such layer begins


def bases() -> tuple[Path, ...]:
    """The folders that hold catalogue/, vocabulary/ and data/: the atlas's own, then the user's."""
    extra = [Path(part).resolve() for part in os.environ.get(EXTRA_ENVIRONMENT, "").split(os.pathsep) if part]
    for base in extra:
        if not base.is_dir():
            raise CatalogueError(f"{EXTRA_ENVIRONMENT} names {base}, which is not a folder.")
    return (ROOT, *extra)


def folder(base: Path, name: str) -> Path:
    """``catalogue`` or ``vocabulary`` below a base; the atlas's own lie inside the package."""
    return base / "layers" / name if base == ROOT else base / name


def stamp(*paths: Path | str) -> Stamp:
    """Path, modification time and size of each file that exists: equal stamps mean unchanged content."""
    found = []
    for path in paths:
        try:
            seen = os.stat(path)  # noqa: PTH116 (a Path costs more than the question)
        except FileNotFoundError:
            continue
        found.append((str(path), seen.st_mtime_ns, seen.st_size))
    return tuple(found)


def toml_files(name: str) -> tuple[Path, ...]:
    """Every TOML of that folder in all bases, sorted, the user's last."""
    return tuple(path for base in bases() for path in sorted(folder(base, name).glob("*.toml")))


def toml_stamp(name: str) -> Stamp:
    """Stamp of that folder's TOML files, looked at once a second: an edit shows without a restart."""
    return _toml_stamp(name, os.environ.get(EXTRA_ENVIRONMENT, ""), int(time.monotonic()))


@lru_cache(maxsize=8)
def _toml_stamp(name: str, _extra: str, _second: int) -> Stamp:
    return stamp(*toml_files(name))


def catalogue() -> Mapping[str, LayerSpec]:
    """All entries by id, in legend order, with those of the present visitor; read again only when a file changed."""
    return _with_own(toml_stamp("catalogue"), VISITORS_OWN.get())


def layer_spec(layer_id: str) -> LayerSpec:
    """The entry of that id; UnknownNameError when there is none."""
    entries = catalogue()
    if layer_id not in entries:
        raise UnknownNameError("layer", layer_id, sorted(entries))
    return entries[layer_id]


def columns_yielded(operation: str) -> tuple[ColumnSpec, ...]:
    """The columns that a relation has by its operation; none for one that keeps its parent's."""
    path = ROOT / "layers" / "operations" / f"{operation}.toml"
    return tuple(_column(path.name, column) for column in read_toml(path)["columns"]) if path.is_file() else ()


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dict; CatalogueError when it is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path.name} is not readable as TOML: {error}") from error


@lru_cache(maxsize=64)
def _with_own(files: Stamp, own: tuple[LayerSpec, ...]) -> Mapping[str, LayerSpec]:
    return _in_order({**_catalogue(files), **{spec.id: spec for spec in own}}) if own else _catalogue(files)


def _in_order(entries: Mapping[str, LayerSpec]) -> dict[str, LayerSpec]:
    return dict(sorted(entries.items(), key=lambda item: (item[1].order, item[0])))


@lru_cache(maxsize=4)
def _catalogue(files: Stamp) -> Mapping[str, LayerSpec]:
    entries: dict[str, LayerSpec] = {}
    for name, _, _ in files:
        spec = _parse(Path(name))
        if spec.id in entries:
            raise CatalogueError(f"Two catalogue entries have the id {spec.id!r}: rename one of them.")
        entries[spec.id] = spec
    if wrong := list(faults_between(entries)):
        raise CatalogueError(f"{'; '.join(wrong)}.")
    return _in_order(entries)


def _parse(path: Path) -> LayerSpec:
    raw = read_toml(path)
    if not LAYER_ID.fullmatch(path.stem):
        raise CatalogueError(f"{path.name}: name it with small letters a-z, digits and underscores only.")
    if raw.get("id") != path.stem:
        raise CatalogueError(f"{path.name}: id is {raw.get('id')!r} and must equal the file's name.")
    base = next(base for base in bases() if path.parent == folder(base, "catalogue"))
    never_negative = raw.get("geometry", {}).get("accuracy")
    raw["columns"] = columns_yielded(raw.get("operation", "")) or tuple(
        _column(path.name, {"min": 0, **column} if column.get("name") == never_negative else column)
        for column in raw.get("columns", ())
    )
    raw["parents"] = tuple(raw.pop("from", ()))
    raw["sources"] = tuple(raw.get("sources", ()))
    raw["facts"] = tuple(raw.get("facts", ()))
    raw["facets"] = tuple(raw.get("facets", ()))
    raw["where"] = {column: tuple(codes) for column, codes in raw.get("where", {}).items()}
    try:
        raw["geometry"] = GeometrySpec(**raw["geometry"]) if "geometry" in raw else None
        raw["dated"] = dated_of(raw["dated"]) if "dated" in raw else None
        spec = LayerSpec(base=base, **raw)
    except TypeError as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    if wrong := list(faults(spec)):
        raise CatalogueError(f"{path.name}: {'; '.join(wrong)}.")
    return spec


def _column(file: str, raw: dict[str, Any]) -> ColumnSpec:
    try:
        return ColumnSpec(**raw)
    except TypeError as error:
        raise CatalogueError(f"{file}: column {raw.get('name')!r}: {error}") from error
