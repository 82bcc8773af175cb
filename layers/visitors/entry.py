"""The catalogue entry of a visitor's layer, kept as JSON beside its data, and the relations that it gets."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from layers.linked import TOWNS
from layers.rules import LANGUAGES
from layers.spec import ColumnSpec, GeometrySpec, LayerSpec, Words, columns_yielded
from layers.text import number, say
from layers.visitors import store

GROUP = "own"  # of the legend
COLOURS = ("own1", "own2", "own3", "own4")  # of the map's palette, in turn
MOST_KM = 200.0  # of the relation to the towns: the widest radius a reader can choose
PEOPLE = "population"  # of the towns
FACTS = 8  # columns that a reader meets first
ROW, ACCURACY = "own_row", "own_accuracy"  # titles of the columns that are ours


def specs_of(folder: Path) -> tuple[LayerSpec, ...]:
    """The entry of a layer that was taken, its relation to the towns, and the people within its reach.

    The same objects for as long as the entry's file is the same.
    """
    return _specs(folder, (folder / store.ENTRY).stat().st_mtime_ns)


def weight_of(folder: Path) -> int:
    """Bytes of the layer's data, uncompressed."""
    return int(_told(folder, (folder / store.ENTRY).stat().st_mtime_ns)["weight"])


@lru_cache(maxsize=256)
def _told(folder: Path, _changed_ns: int) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / store.ENTRY).read_text(encoding="utf-8"))
    return told


@lru_cache(maxsize=256)
def _specs(folder: Path, changed_ns: int) -> tuple[LayerSpec, ...]:
    own = _own(folder, _told(folder, changed_ns))
    near = _derived(own, "near", (own.id, TOWNS))
    return own, near, _derived(own, "served", (TOWNS, own.id))


def _own(folder: Path, told: Mapping[str, Any]) -> LayerSpec:
    columns = [_column(one) for one in told["columns"]]
    taken = {title for column in columns for title in column.title.values()}
    key = ColumnSpec(told["key"], "text", _free_words(ROW, taken), required=True)
    measured = told["accuracy"]
    ours = [ColumnSpec(measured, "number", _free_words(ACCURACY, taken), unit="km", min=0)] if measured else []
    return LayerSpec(
        id=folder.name,
        kind="file",
        title=dict.fromkeys(LANGUAGES, told["title"]),
        base=folder,
        group=GROUP,
        order=0,
        legend=True,
        file=Path(store.DATA).name,
        key=told["key"],
        name=dict.fromkeys(LANGUAGES, told["name"]) if told["name"] else {},
        facts=tuple(column.name for column in columns if column.name != told["name"])[:FACTS],
        caution=_in_all("own_caution"),
        geometry=GeometrySpec("any", accuracy=measured),
        style={"symbol": "plain", "colour": told["colour"]},
        columns=(key, *columns, *ours),
        facets=tuple(told["facets"]),
        origin=_origin(told),
    )


def _derived(own: LayerSpec, operation: str, parents: tuple[str, str]) -> LayerSpec:
    title = {language: say(language, f"own_{operation}", layer=own.title[language]) for language in LANGUAGES}
    return LayerSpec(
        id=f"{own.id}_{operation}",
        kind="derived",
        title=title,
        base=own.base,
        parents=parents,
        operation=operation,
        max_km=MOST_KM,
        people=PEOPLE,
        columns=columns_yielded(operation),
        origin=own.origin,
    )


def _column(told: Mapping[str, str]) -> ColumnSpec:
    return ColumnSpec(told["name"], told["type"], dict.fromkeys(LANGUAGES, told["name"]))


def _origin(told: Mapping[str, Any]) -> Words:
    """Where the layer comes from and what was done to its coordinates."""
    return {language: " ".join(_sentences(told, language)) for language in LANGUAGES}


def _sentences(told: Mapping[str, Any], language: str) -> Iterator[str]:
    yield say(language, "own_origin", file=told["file"])
    shift = told["shift"]
    if shift["system"]:
        yield say(language, "own_system", system=shift["system"])
    if shift["operation"]:
        accuracy = number(shift["accuracy_m"], language, 1) if shift["accuracy_m"] is not None else "?"
        yield say(language, "own_operation", operation=shift["operation"], metres=accuracy)


def _in_all(key: str) -> Words:
    return {language: say(language, key) for language in LANGUAGES}


def _free_words(key: str, taken: Collection[str]) -> Words:
    """A title of ours, marked where the visitor has a column of that name."""
    return {language: f"{title} *" if title in taken else title for language, title in _in_all(key).items()}
