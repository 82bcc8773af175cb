"""What can be put side by side without being looked for on the map, and sets that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from layers.compare_query import key_of
from layers.errors import SHOWN
from layers.linked import TOWNS
from layers.names import names_by_id
from layers.relate import layer
from layers.spec import catalogue, layer_spec
from layers.text import alphabetical, pick, say, words_of
from layers.view import MOST_COMPARED, Selection

OFFERED = ("industrial_zones", TOWNS, "prospecting_areas", "plants")
MOST_OWN_ROWS = 300  # of a visitor's layer: the others are reached from the map
ZONES, STATUS, INSTRUCTED = "industrial_zones", "status", "instructed"


@dataclass(frozen=True)
class Choice:
    """One site that can be chosen, with the layer it is of."""

    selected: Selection
    name: str
    kind: str

    @property
    def key(self) -> str:
        """As an address names it."""
        return key_of(self.selected)


@dataclass(frozen=True)
class Preset:
    """Sites that belong together, and what they have in common."""

    title: str
    sites: tuple[Selection, ...]


def choices(language: str) -> Iterator[Choice]:
    """Zones, towns, areas, plants, and the visitor's own layers, each by name; what cannot be read is left out."""
    own = [spec.id for spec in catalogue().values() if spec.origin and spec.legend]
    for layer_id in (*own, *(one for one in OFFERED if one in catalogue())):
        try:
            if len(layer(layer_id).frame) > MOST_OWN_ROWS and layer_id in own:
                continue
            called = names_by_id(layer_id)
        except SHOWN:
            continue  # the legend says what is wrong with it
        kind = pick(layer_spec(layer_id).title, language)
        named = sorted(((pick(words, language) or key, key) for key, words in called.items()), key=_in_order)
        yield from (Choice(Selection(layer_id, key), name, kind) for name, key in named)


def _in_order(named: tuple[str, str]) -> tuple[list[int], str]:
    return alphabetical(named[0]), named[1]


def presets(language: str) -> Iterator[Preset]:
    """Zones at the towns where one was instructed, then zones of one status, as far as they fit side by side."""
    zones, towns = layer(ZONES), layer(TOWNS)
    told = towns.frame.loc[towns.frame["zone_claim"] == INSTRUCTED, towns.spec.key]
    rows = zones.frame[zones.frame["town_id"].isin(told) & (zones.frame["kind"] == "iz")]
    if 1 < len(rows) <= MOST_COMPARED:
        title = say(language, "site_preset_instructed", count=len(rows))
        yield Preset(title, tuple(Selection(ZONES, key) for key in rows[zones.spec.key]))
    column = zones.spec.column(STATUS)
    for code, part in zones.frame.groupby(STATUS, sort=False):
        if 1 < len(part) <= MOST_COMPARED:
            status = words_of(code, column, language)
            title = say(language, "site_preset_status", status=status, count=len(part))
            yield Preset(title, tuple(Selection(ZONES, key) for key in part[zones.spec.key]))
