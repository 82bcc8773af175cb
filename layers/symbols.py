"""What the browser needs beside the geometry to draw a feature: letters, glyph, size, status, doubt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from layers.columns import split
from layers.schema import Layer
from layers.vocabulary import Terms, vocabulary

SWATCHES = Path(__file__).parent / "web" / "swatches"  # the drawings of the legend
HOLLOW_ABOVE_KM = 5.0  # a position known worse than this is drawn hollow, as is one without any accuracy
UNCERTAIN = ("schematic", "named_place")
Fields = list[dict[str, object]]


def symbol_fields(layer: Layer) -> Fields:
    """One dict a row, by the layer's declared symbol; empty dicts for a symbol without fields."""
    make = SYMBOLS.get(str(layer.spec.style.get("symbol", "")))
    return make(layer) if make else [{} for _ in range(len(layer.frame))]


def hollow(layer: Layer) -> list[bool]:
    """Whether each row's position is too uncertain for a filled symbol."""
    geometry = layer.spec.geometry
    if geometry is None or not geometry.accuracy:
        return [False] * len(layer.frame)
    accuracy = layer.frame[geometry.accuracy]
    doubtful = ~(accuracy <= HOLLOW_ABOVE_KM)
    if geometry.status:
        doubtful |= layer.frame[geometry.status].isin(UNCERTAIN)
    return [bool(value) for value in doubtful]


def letters(cell: object, commodities: Terms, groups: Terms) -> str:
    """Element letters of the first commodity; those of its group when all the group's elements are there."""
    codes = [code for code in split(cell) if code in commodities]
    if not codes:
        return ""
    elements = {str(commodities[code].get("element", "")) for code in codes}
    grouped = str(groups.get(str(commodities[codes[0]].get("group")), {}).get("element", ""))
    if "-" in grouped and set(grouped.split("-")) <= elements:
        return grouped
    return str(commodities[codes[0]].get("element", ""))


def glyph(cell: object, commodities: Terms, groups: Terms) -> str:
    """Shape of the first commodity's group."""
    codes = [code for code in split(cell) if code in commodities]
    group = groups.get(str(commodities[codes[0]].get("group")), {}) if codes else {}
    return str(group.get("glyph", "other"))


def _town(layer: Layer) -> Fields:
    style = layer.spec.style
    size, listed = layer.frame[str(style["size"])], layer.frame[str(style["listed"])]
    return [
        {"pop": None if pd.isna(people) else int(people), "listed": bool(on == "yes")}
        for people, on in zip(size, listed, strict=True)
    ]


def _area(layer: Layer) -> Fields:
    terms = vocabulary("commodity"), vocabulary("commodity_group")
    cells = layer.frame[str(layer.spec.style["letters"])]
    return [{"el": letters(c, *terms), "hollow": h} for c, h in zip(cells, hollow(layer), strict=True)]


def _deposit(layer: Layer) -> Fields:
    terms = vocabulary("commodity"), vocabulary("commodity_group")
    cells = layer.frame[str(layer.spec.style["letters"])]
    return [
        {"el": letters(c, *terms), "glyph": glyph(c, *terms), "hollow": h}
        for c, h in zip(cells, hollow(layer), strict=True)
    ]


def _gas(layer: Layer) -> Fields:
    assert layer.spec.geometry is not None
    accuracy = layer.frame[layer.spec.geometry.accuracy]
    statuses = layer.frame[str(layer.spec.style["status"])]
    return [
        {"status": status, "acc": None if pd.isna(km) else float(km)}
        for status, km in zip(statuses, accuracy, strict=True)
    ]


def _doubt(layer: Layer) -> Fields:
    return [{"hollow": value} for value in hollow(layer)]


SYMBOLS: dict[str, Callable[[Layer], Fields]] = {
    "town": _town,
    "area": _area,
    "deposit": _deposit,
    "gas": _gas,
    "plant": _doubt,
    "zone": _doubt,
    "plain": _doubt,
}
