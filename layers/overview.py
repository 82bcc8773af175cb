"""What concerns many features at once: rows without a place, people within reach, national figures."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import pandas as pd

from layers.dated import said
from layers.details import Entry, entries_of, tables_about
from layers.relate import content_of_all, layer, reached
from layers.sieve import ALL, Sieve, sieved
from layers.spec import LayerSpec, Stamp, catalogue
from layers.view import Selection
from layers.wire import unplaced


def at_town(layer_id: str, town: str, sieve: Sieve = ALL) -> list[Selection]:
    """Rows of a layer that the filter keeps, have no position and are shown at this town."""
    made = sieved(layer_id, sieve)
    assert made.spec.geometry is not None
    rows = made.frame[unplaced(made) & (made.frame[made.spec.geometry.town] == town)]
    return [Selection(layer_id, key) for key in rows[made.spec.key]]


def place_unknown(layer_id: str, sieve: Sieve = ALL) -> list[Selection]:
    """Rows of a layer that the filter keeps and that have neither a position nor a town: listed, never drawn."""
    made = sieved(layer_id, sieve)
    if made.spec.geometry is None:
        return []
    return [Selection(layer_id, key) for key in made.frame.loc[~made.located & ~unplaced(made), made.spec.key]]


def placed_counts(layer_id: str) -> tuple[int, int]:
    """How many rows have a position of their own, and how many have none."""
    made = layer(layer_id)
    placed = int(made.located.sum())
    return placed, len(made.frame) - placed


def people_reach(layer_id: str, radius_km: int, sieve: Sieve = ALL) -> pd.Series | None:
    """People and towns within the radius of any feature of this layer; None where no such relation is declared.

    Only towns and features that the filter keeps are counted.
    """
    for spec in catalogue().values():
        if spec.operation == "served" and spec.parents[1] == layer_id:
            rows = _reached(spec, radius_km, sieve, content_of_all()) if sieve.names else layer(spec.id).frame
            found: pd.Series = rows[rows["radius_km"] == radius_km].iloc[0]
            return found
    return None


@lru_cache(maxsize=64)
def _reached(spec: LayerSpec, radius_km: int, sieve: Sieve, _content: Stamp) -> pd.DataFrame:
    people, targets = (sieved(parent, sieve) for parent in spec.parents)
    return reached(people, targets, spec.people, [radius_km])


def national(language: str, as_of: str = "") -> dict[str, tuple[Entry, ...]]:
    """Rows of the tables that refer to towns but name none: they speak of the country or of a region.

    Rows about the same thing stand side by side, in the order in which each thing is first met; with ``as_of`` only
    those that had been said by then.
    """
    found: dict[str, tuple[Entry, ...]] = {}
    for table, column in tables_about("towns"):
        told = said(table.id, as_of)
        entries = entries_of(told.spec, told.frame[told.frame[column] == ""], language)
        if grouped := _side_by_side(entries):
            found[table.id] = grouped
    return found


def _side_by_side(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.facts[0].value, []).append(entry)
    return tuple(entry for group in groups.values() for entry in group)
