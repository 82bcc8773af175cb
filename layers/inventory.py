"""What the catalogue holds: counts of every entry, and the check of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from layers.claims import ledger
from layers.claims.tracker import INSTRUCTIONS, faults, instructions
from layers.errors import SHOWN, Problem, SchemaError
from layers.relate import layer
from layers.schema import Layer
from layers.spec import LayerSpec, catalogue
from layers.statement import cited_by

TABLE = "table"


class Held(NamedTuple):
    """One entry of the catalogue in numbers; ``features`` counts unlocated rows too."""

    id: str
    kind: str
    title: str
    group: str
    geometry: str
    features: int
    located: int
    sources: list[str]


def inventory(broken: list[str] | None = None) -> Iterator[Held]:
    """Every entry with its counts, in legend order.

    An entry that cannot be read, checked or derived is left out and a sentence on it is added to ``broken``;
    without such a list its AtlasError or GeoError is raised.
    """
    for spec in catalogue().values():
        try:
            held = _held(spec)
        except SHOWN as error:
            if broken is None:
                raise
            broken.append(f"{spec.id}: {str(error).removeprefix(f'{spec.id}: ')}")
        else:
            yield held


def _held(spec: LayerSpec) -> Held:
    made = layer(spec.id)
    geometry = made.spec.geometry.type if made.spec.geometry else "none"
    cited = [source.id for source in cited_by(made)]
    title = spec.title["en"]
    return Held(spec.id, spec.kind, title, spec.group, geometry, len(made.frame), int(made.located.sum()), cited)


def counts(made: Layer, column: str) -> str:
    """How often each code stands in a column, as one line; empty where the layer has no such column."""
    if column not in made.frame:
        return ""
    found = Counter(code or "not stated" for code in made.frame[column])
    return ", ".join(f"{code} {number}" for code, number in found.most_common())


def problems() -> Iterator[Problem]:
    """Every fault of every entry."""
    for layer_id in catalogue():
        try:
            layer(layer_id)
        except SchemaError as error:
            yield from error.problems
        except SHOWN as error:
            yield Problem(layer_id, "", "", "", str(error))
    yield from _promises()


def _promises() -> Iterator[Problem]:
    """What ledger and tracker cannot say as it stands; tables that cannot be read have been told before."""
    try:
        every, figures = instructions(), list(ledger.faults())
    except SHOWN:
        return
    yield from figures
    for fault in faults(every):
        key, _, said = fault.partition(" ")
        yield Problem(INSTRUCTIONS, "state", key.rstrip(":"), "", said)
