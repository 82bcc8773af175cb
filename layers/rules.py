"""What a catalogue entry must be, beside well-formed: each rule yields a sentence for what breaks it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from layers.dated_spec import dating_faults, faults_in_tables

if TYPE_CHECKING:
    from layers.spec import LayerSpec

LANGUAGES = ("kk", "ru", "en")
KINDS = ("file", "derived", "table")
PARENTS = {"near": 2, "served": 2, "filter": 1}
COLUMN_TYPES = (
    *("text", "integer", "number", "year", "date", "flag", "code", "codes"),
    *("ref", "refs", "sources", "url", "lon", "lat", "blocks"),
)
GEOMETRY_TYPES = ("point", "line", "polygon", "any", "none")
GEOMETRY_COLUMNS = ("lon", "lat", "wkt", "blocks", "status", "accuracy", "town")  # its other fields name no column
# Exports keep what the file says of itself, and what lies around a place, under these names; selections use the others.
RESERVED_IDS = ("about", "around", "place", "sheet", "blocks")
# For each symbol the style entries that name the columns it is drawn from, and the geometry it can draw.
SYMBOLS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "town": (("size", "listed"), ("point",)),
    "area": (("letters",), ("point", "polygon", "any")),
    "deposit": (("letters",), ("point",)),
    "gas": (("status",), ("line",)),
    "plant": ((), ("point",)),
    "zone": ((), GEOMETRY_TYPES),
    "plain": ((), GEOMETRY_TYPES),
}
STYLE_COLUMNS = ("size", "listed", "letters", "status")


def faults(spec: LayerSpec) -> Iterator[str]:
    """Sentences for all that is wrong within one entry."""
    yield from _words("title", spec.title)
    if spec.caution:
        yield from _words("caution", spec.caution)
    if spec.unnamed:
        yield from _words("unnamed", spec.unnamed)
        if not (spec.geometry and spec.geometry.town):
            yield "unnamed says what rows without a name are called by their town, and geometry names no town column"
    if spec.kind not in KINDS:
        yield f"kind is {spec.kind!r}; use one of {', '.join(KINDS)}"
    if spec.id in RESERVED_IDS:
        yield f"the id {spec.id!r} is kept for exports; choose another"
    yield from _columns(spec)
    yield from _derivation(spec) if spec.kind == "derived" else _file(spec)
    yield from _symbol(spec)
    yield from dating_faults(spec)


def faults_between(entries: Mapping[str, LayerSpec]) -> Iterator[str]:
    """Sentences for entries that speak of others wrongly: missing, derived where a file is needed, in a circle."""
    for spec in entries.values():
        for parent in spec.parents:
            if parent not in entries:
                yield f"{spec.id}: from names {parent!r}, which is not in the catalogue"
            elif spec.id in _ancestors(parent, entries):
                yield f"{spec.id} is derived from itself through {parent!r}"
        for column in spec.columns:
            if column.ref and (column.ref not in entries or entries[column.ref].kind == "derived"):
                yield f"{spec.id}: column {column.name!r} refers to {column.ref!r}, which is no file or table entry"
    yield from faults_in_tables(entries)


def _ancestors(layer_id: str, entries: Mapping[str, LayerSpec]) -> set[str]:
    found, queue = {layer_id}, [layer_id]
    while queue:
        spec = entries.get(queue.pop())
        fresh = set(spec.parents) - found if spec else set()
        found |= fresh
        queue += fresh
    return found


def _words(what: str, words: object) -> Iterator[str]:
    given = words if isinstance(words, dict) else {}
    missing = [language for language in LANGUAGES if not isinstance(given.get(language), str) or not given[language]]
    if missing:
        yield f"{what} lacks a text in {', '.join(missing)}"


def _columns(spec: LayerSpec) -> Iterator[str]:
    names = [column.name for column in spec.columns]
    for name in [name for name, count in Counter(names).items() if count > 1]:
        yield f"column {name!r} is declared twice"
    for column in spec.columns:
        yield from _words(f"the title of column {column.name!r}", column.title)
        if column.type not in COLUMN_TYPES:
            yield f"column {column.name!r} has type {column.type!r}; use one of {', '.join(COLUMN_TYPES)}"
        if column.type in ("ref", "refs") and not column.ref:
            yield f"column {column.name!r} is a {column.type} and must say the layer it refers to: ref = ..."
        if column.type in ("code", "codes") and not column.vocabulary:
            yield f"column {column.name!r} holds codes and must name their vocabulary"
        if column.name == "geometry":
            yield "a column cannot be named 'geometry', which every layer has: rename it"
        for language in LANGUAGES if column.type in ("code", "codes") else ():
            if f"{column.name}_{language}" in names:
                yield f"column {column.name}_{language} is named as the words of {column.name} are in exports"
    for language in LANGUAGES:
        titles = Counter(column.title[language] for column in spec.columns if language in column.title)
        for title in [title for title, count in titles.items() if count > 1]:
            yield f"two columns have the title {title!r} in {language}"


def _file(spec: LayerSpec) -> Iterator[str]:
    if not spec.file:
        yield "names no file"
    types = {column.name: column for column in spec.columns}
    for what, name in _named(spec):
        if name not in types:
            yield f"{what} names the column {name!r}, which is not declared"
    if spec.geometry is None:
        return
    if spec.geometry.type not in GEOMETRY_TYPES:
        yield f"the geometry's type is {spec.geometry.type!r}; use one of {', '.join(GEOMETRY_TYPES)}"
    accuracy, town = types.get(spec.geometry.accuracy), types.get(spec.geometry.town)
    if accuracy and accuracy.type != "number":
        yield f"the accuracy column {accuracy.name!r} must be of type number"
    if town and town.type != "ref":
        yield f"the town column {town.name!r} must be of type ref"


def _named(spec: LayerSpec) -> Iterator[tuple[str, str]]:
    """What the entry names columns for, with their names."""
    places: dict[str, Any] = asdict(spec.geometry) if spec.geometry else {}
    yield "key", spec.key
    yield from spec.name.items()
    yield from (("facts", name) for name in spec.facts)
    yield from (("facets", name) for name in spec.facets)
    yield from ((what, name) for what, name in places.items() if what in GEOMETRY_COLUMNS and name)
    yield from ((what, str(spec.style[what])) for what in STYLE_COLUMNS if what in spec.style)


def _derivation(spec: LayerSpec) -> Iterator[str]:
    if spec.operation not in PARENTS:
        yield f"operation is {spec.operation!r}; use one of {', '.join(PARENTS)}"
    elif len(spec.parents) != PARENTS[spec.operation]:
        yield f"the operation {spec.operation} needs {PARENTS[spec.operation]} layers in from, not {len(spec.parents)}"
    if spec.operation == "served" and not spec.people:
        yield "the operation served needs people = the column that holds the number of people"
    if spec.operation == "near" and spec.max_km <= 0:
        yield "the operation near needs max_km"


def _symbol(spec: LayerSpec) -> Iterator[str]:
    if "symbol" not in spec.style:
        return
    symbol = str(spec.style["symbol"])
    if symbol not in SYMBOLS:
        yield f"the symbol is {symbol!r}; use one of {', '.join(SYMBOLS)}"
        return
    needs, draws = SYMBOLS[symbol]
    for need in needs:
        if need not in spec.style:
            yield f"the symbol {symbol} needs {need} = a column, in [style]"
    if spec.geometry and spec.geometry.type not in draws:
        yield f"the symbol {symbol} cannot draw geometry of type {spec.geometry.type!r}; plain can"
    if symbol == "gas" and spec.geometry and not spec.geometry.accuracy:
        yield "the symbol gas needs an accuracy column"
