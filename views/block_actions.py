"""What a reader chooses on the Blocks screen, as changes of the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from layers.block_choice import CODES, NO_SOURCE, RING, BlockSource, rule_of_text, source_of_codes
from layers.query import area_of_ring
from layers.view import View

Act = Mapping[str, Any]


def _blocks(view: View, act: Act) -> View:
    """Another source: codes in any spelling, a drawn ring, a feature, a layer, or none."""
    kind = act["kind"]
    if kind == CODES:
        return replace(view, blocks=source_of_codes(str(act["text"])))
    if kind == RING:
        ring = area_of_ring([tuple(float(number) for number in at) for at in act["ring"]]).ring
        return replace(view, blocks=BlockSource(RING, ring=ring))
    source = BlockSource(kind, layer=str(act["layer"]), id=str(act.get("id", ""))) if kind else NO_SOURCE
    return replace(view, blocks=source)


BLOCK_ACTIONS: dict[str, Callable[[View, Act], View]] = {
    "blocks": _blocks,
    "cover": lambda view, act: replace(view, cover=rule_of_text(str(act["rule"]))),
    "south": lambda view, act: replace(view, counted_south=bool(act["on"])),
    "year": lambda view, act: replace(view, licence_year=int(act["year"])),
    "index": lambda view, act: replace(view, index_tenge=int(act["tenge"] or 0)),
}
