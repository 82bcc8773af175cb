"""The filter: one set of choices that decides for every layer which of its rows are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.crs import WGS84
from geo.sketch import meets
from layers.columns import split
from layers.dated import DATING, at, known
from layers.errors import SHOWN
from layers.facets import codes, content_of, facet
from layers.names import names_by_id
from layers.reach import YES, Centre, centre_of, reach, spots_of
from layers.relate import layer
from layers.schema import Layer
from layers.spec import LANGUAGES, ColumnSpec, LayerSpec, Stamp, layer_spec
from layers.view import AROUND, NO_AREA, SEEN, SHAPE, Area, View
from layers.vocabulary import word

TEXT, AREA, AS_OF = "q", "in", "asof"  # names of the filters that are no facets, as in the URL
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Sieve:
    """What filters, and nothing that does not: equal sieves keep equal rows.

    ``centre`` is where what is selected lies, not its id: the file behind it may change. ``sure`` keeps, of what a
    distance decides, only what is surely within the radius; else what may be counts too. ``as_of`` keeps what held, or
    had been said, in that month, and shows it as it was (see `layers.dated`).
    """

    facets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    text: str = ""
    area: Area = NO_AREA
    radius_km: int = 0
    centre: Centre | None = None
    sure: bool = False
    as_of: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the filters in use."""
        others = ((TEXT, self.text), (AREA, self.area.kind), (AS_OF, self.as_of))
        return (*(name for name, _ in self.facets), *(name for name, used in others if used))


ALL = Sieve()


def sieve_of(view: View) -> Sieve:
    """The filter of a view; a radius around nothing keeps everything."""
    centre = _centre(view)
    area = view.area if view.area.kind != AROUND or centre is not None else NO_AREA
    through_towns = any(facet(name).town for name, _ in view.facets)
    needs_radius = through_towns or area.kind == AROUND
    return Sieve(
        view.facets,
        _folded(view.text),
        area,
        view.radius_km if needs_radius else 0,
        centre,
        view.sure and needs_radius,
        view.as_of,
    )


def _centre(view: View) -> Centre | None:
    if view.area.kind != AROUND or view.selected is None:
        return None
    try:
        return centre_of(view.selected)
    except SHOWN:
        return None  # the legend says what is wrong with its layer


def drawn(sieve: Sieve) -> Sieve:
    """The filter of what is drawn: the map need not be drawn anew for what it does not show anyway."""
    area = NO_AREA if sieve.area.kind == SEEN else sieve.area
    return replace(sieve, area=area)


def sieved(layer_id: str, sieve: Sieve) -> Layer:
    """The layer with the rows that every filter keeps; the layer itself where none applies."""
    return _sieved(layer_spec(layer_id), sieve, content_of(layer_id)) if sieve.names else layer(layer_id)


def masks(layer_id: str, sieve: Sieve) -> Mapping[str, Mask]:
    """For each filter that applies to the layer, by name: which rows it keeps, by position."""
    return _masks(layer_spec(layer_id), sieve, content_of(layer_id))


def bounds(layer_id: str, sieve: Sieve) -> tuple[int, int]:
    """How many rows are surely kept, and how many at most: they differ where a radius decides and positions may be off.

    What is asked to be surely within it is counted as it is.
    """
    if sieve.sure or not sieve.radius_km:
        rows = len(sieved(layer_id, sieve).frame)
        return rows, rows
    every = len(layer(layer_id).frame)
    maybe, surely = (_rest(masks(layer_id, one), "", every) for one in (sieve, replace(sieve, sure=True)))
    return int((surely & maybe).sum()), int((surely | maybe).sum())  # a row surely near no town may be near one


def culprits(layer_id: str, sieve: Sieve) -> list[str]:
    """The filters that leave a layer empty: each alone would have to go; all of them where none alone suffices.

    Nothing for a layer that has rows left or had none before.
    """
    found = masks(layer_id, sieve)
    if len(layer(layer_id).frame) == 0 or not found or _all(found.values()).any():
        return []
    alone = [name for name in found if _rest(found, name, len(layer(layer_id).frame)).any()]
    return alone or list(found)


def others(layer_id: str, sieve: Sieve, name: str) -> Mask:
    """The rows that all filters but one keep."""
    return _rest(masks(layer_id, sieve), name, len(layer(layer_id).frame))


def _all(found: Iterable[Mask]) -> Mask:
    kept: Mask = np.logical_and.reduce(list(found))
    return kept


def _rest(found: Mapping[str, Mask], name: str, rows: int) -> Mask:
    return _all([np.ones(rows, dtype=bool), *(mask for other, mask in found.items() if other != name)])


@lru_cache(maxsize=256)
def _sieved(spec: LayerSpec, sieve: Sieve, content: Stamp) -> Layer:
    made, found = at(spec.id, sieve.as_of), _masks(spec, sieve, content)
    return Layer(made.spec, made.frame[_all(found.values())]) if found else made


@lru_cache(maxsize=256)
def _masks(spec: LayerSpec, sieve: Sieve, _content: Stamp) -> Mapping[str, Mask]:
    found = {name: _facet_mask(name, chosen, spec.id, sieve) for name, chosen in sieve.facets}
    if sieve.text:
        found[TEXT] = _text_mask(spec.id, sieve.text, sieve.as_of)
    if sieve.area.kind:
        found[AREA] = _area_mask(spec.id, sieve)
    if (said := known(spec.id, sieve.as_of)) is not None:
        found[AS_OF] = said
    return {name: mask for name, mask in found.items() if mask is not None}


def _facet_mask(name: str, chosen: tuple[str, ...], layer_id: str, sieve: Sieve) -> Mask | None:
    """Rows with one of the chosen codes; None where the facet, or what is chosen in it, does not apply.

    Codes of several vocabularies ("stage.exploration") are taken apart: each column answers for its own.
    """
    found = codes(name, layer_id, sieve.radius_km, sieve.sure, sieve.as_of)
    if found is None:
        return None
    kept = np.zeros(len(layer(layer_id).frame), dtype=bool)
    if len(facet(name).vocabularies) > 1:
        own = {code.partition(".")[0] for code in found.unique()}
        chosen = tuple(code for code in chosen if code.partition(".")[0] in own)
        if not chosen:
            return None
    kept[found.index[found.isin(chosen)].to_numpy()] = True
    return kept


def _text_mask(layer_id: str, text: str, as_of: str) -> Mask:
    spec = layer_spec(layer_id)
    cells = _texts(spec, as_of, content_of(layer_id))
    return cells.str.contains(text, regex=False).to_numpy(dtype=bool)


@lru_cache(maxsize=64)
def _texts(spec: LayerSpec, as_of: str, _content: Stamp) -> pd.Series[str]:
    """All that a row says in one folded text: every cell, and in every language its codes and what it refers to."""
    made = at(spec.id, as_of)
    told = [column for column in made.spec.columns if column.type != "sources" and column.name != DATING]
    cells = [[_written(cell) for cell in made.frame[column.name]] for column in told]
    words = [_in_words(column, made.frame[column.name]) for column in told if column.vocabulary or column.ref]
    lines = ["\n".join(row) for row in zip(*cells, *words, strict=True)]
    return pd.Series([_folded(line) for line in lines], dtype="str")


def _written(cell: object) -> str:
    return "" if cell is None or cell is pd.NA or cell != cell else str(cell).removesuffix(".0")


def _in_words(column: ColumnSpec, cells: Iterable[str]) -> list[str]:
    """For each cell the words of its codes, or the names of what it refers to, in every language."""
    if column.ref:
        named = names_by_id(column.ref)
        return ["\n".join(name for key in split(cell) for name in named.get(key, {}).values()) for cell in cells]
    return [
        "\n".join(word(column.vocabulary, code, language) for code in split(cell) for language in LANGUAGES)
        for cell in cells
    ]


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")


def _area_mask(layer_id: str, sieve: Sieve) -> Mask:
    """Rows whose place meets the area; a row without one is where the towns that it names are."""
    kept = np.zeros(len(layer(layer_id).frame), dtype=bool)
    if sieve.area.kind == AROUND:
        assert sieve.centre is not None
        close = reach(layer_id, sieve.centre, sieve.radius_km)
        kept[close.index[close["within"] == YES] if sieve.sure else close.index] = True
        return kept
    spots = spots_of(layer_id)
    ring = sieve.area.ring if sieve.area.kind == SHAPE else _corners(sieve.area)
    kept[spots.row[meets(gpd.GeoSeries(spots.index.geometries, crs=WGS84), ring).to_numpy()]] = True
    return kept


def distances(layer_id: str, sieve: Sieve) -> pd.DataFrame | None:
    """How far the kept rows are from what a radius is drawn around: see `layers.reach.reach`.

    Indexed as the sieved frame is; None where no radius filters.
    """
    if sieve.area.kind != AROUND or sieve.centre is None:
        return None
    kept = _all(masks(layer_id, sieve).values())
    found = reach(layer_id, sieve.centre, sieve.radius_km)
    found = found[kept[found.index.to_numpy()]]
    told: pd.DataFrame = found.set_axis(layer(layer_id).frame.index[found.index.to_numpy()])
    return told


def _corners(area: Area) -> list[tuple[float, float]]:
    assert area.bounds is not None
    west, south, east, north = area.bounds
    return [(west, south), (east, south), (east, north), (west, north)]
