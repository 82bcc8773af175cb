"""Which sources stand behind a screening: of the candidates, of what was found near them, of where they may go."""

from __future__ import annotations

from collections.abc import Iterator

from layers.columns import split
from layers.details import Source, sources
from layers.relate import layer
from layers.screening.desk import Found
from layers.screening.measures import PROCESSING
from layers.statement import is_own


def cited(found: Found) -> list[Source]:
    """The sources of a screening, each once: first those of the candidates, in their order."""
    return sources(tuple(dict.fromkeys(key for cell in _cells(found) for key in split(cell))))


def _cells(found: Found) -> Iterator[str]:
    own = found.every.made
    if not is_own(own.spec) and "sources" in own.frame:
        cells = own.frame["sources"].to_numpy()
        yield from (str(cells[found.kept[one]]) for one in found.order)
    for criterion, raw in zip(found.criteria, found.raw, strict=True):
        for name in criterion.layers or (PROCESSING,):
            yield from _of_rows(name, set(raw.what))
    yield from _of_rows(PROCESSING, {key for fit in found.fits for key in (fit.place, fit.nearest)})


def _of_rows(layer_id: str, ids: set[str]) -> Iterator[str]:
    made = layer(layer_id)
    rows = made.frame[made.frame[made.spec.key].isin(sorted(ids - {""}))]
    yield from (str(cell) for cell in rows["sources"])
