"""Facets: by what rows can be filtered, and which codes each row of a layer has in a facet.

A facet is a TOML record, not code: it names vocabularies, and every column whose codes are of one of them takes
part. A facet of towns reaches the other layers through the towns that their rows name or lie near.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from layers.dated import at, said, tables_read
from layers.errors import SHOWN, CatalogueError, UnknownNameError
from layers.linked import TOWNS, parts_of, relations_to_towns, towns_of
from layers.load import files_of, load
from layers.relate import files_behind, layer
from layers.schema import Layer
from layers.spec import ColumnSpec, LayerSpec, Stamp, Words, catalogue, layer_spec, read_toml, stamp, toml_stamp
from layers.vocabulary import vocabulary

FILE = Path(__file__).parent / "facets.toml"
NOT_STATED = "-"  # the code of a row to which a facet applies but that states nothing


@dataclass(frozen=True, eq=False)
class Facet:
    """One facet: vocabularies whose columns take part, a column of plain ``values``, or a table about towns.

    ``layer`` is the only one that a facet of ``values`` asks, where an entry names its own columns for it.
    ``attribute`` is what a facet reads of a vocabulary's terms instead of their codes, with the words of the
    vocabulary ``words``; ``where`` keeps rows of the table; ``town`` lets it reach layers through their towns.
    """

    id: str
    title: Words
    vocabularies: tuple[str, ...] = ()
    attribute: str = ""
    words: str = ""
    table: str = ""
    column: str = ""
    vocabulary: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    values: str = ""
    layer: str = ""
    town: bool = False

    @property
    def worded_by(self) -> str:
        """The vocabulary that has the words of its codes; none for a facet of plain values."""
        return self.words or self.vocabulary or (self.vocabularies[0] if len(self.vocabularies) == 1 else "")


def facets() -> Mapping[str, Facet]:
    """All facets in the order in which a reader meets them; those of a single layer come last."""
    of_one = tuple(spec for spec in catalogue().values() if spec.facets)
    return {**_facets(stamp(FILE)), **_of_single(of_one)} if of_one else _facets(stamp(FILE))


@lru_cache(maxsize=64)
def _of_single(specs: tuple[LayerSpec, ...]) -> Mapping[str, Facet]:
    found = {}
    for spec in specs:
        for number, name in enumerate(spec.facets, 1):
            made = f"{spec.id}_{number}"  # not the column's name, which a visitor may have chosen
            found[made] = Facet(id=made, title=_beside(spec, name), values=name, layer=spec.id)
    return found


def _beside(spec: LayerSpec, name: str) -> Words:
    """The column's title with its layer's, because others may have a column of the same title."""
    return {language: f"{title} ({spec.title[language]})" for language, title in spec.column(name).title.items()}


@lru_cache(maxsize=2)
def _facets(_content: Stamp) -> Mapping[str, Facet]:
    found = {}
    for name, raw in read_toml(FILE).items():
        lists: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
        try:
            found[name] = Facet(id=name, **lists)
        except TypeError as error:
            raise CatalogueError(f"facet {name}: {error}") from error
    return found


def facet(name: str) -> Facet:
    """The facet of that name; UnknownNameError when there is none."""
    if name not in facets():
        raise UnknownNameError("facet", name, list(facets()))
    return facets()[name]


def codes_of(name: str) -> tuple[str, ...]:
    """Every code that may be chosen in a facet, what is not stated last."""
    asked = facet(name)
    files = [path for spec in _stating(asked) for path in files_of(spec)]
    return _codes_of(asked, (*stamp(*files), *toml_stamp("vocabulary")))


@lru_cache(maxsize=64)
def _codes_of(asked: Facet, _content: Stamp) -> tuple[str, ...]:
    if asked.table:
        found = sorted(set(_table_codes(asked).dropna()))
    elif asked.values:
        found = sorted({cell for spec in _stating(asked) for cell in _cells(spec, asked.values)})
    elif asked.attribute:
        found = list(vocabulary(asked.words))
    else:
        found = [_coded(asked, name, code) for name in asked.vocabularies for code in vocabulary(name)]
    blanks = {_coded(asked, name, NOT_STATED) for name in asked.vocabularies} or {NOT_STATED}
    return (*found, *sorted(blanks))


def _stating(asked: Facet) -> list[LayerSpec]:
    """The entries in which a facet's plain values stand: its table, or every layer with such a column."""
    if asked.table:
        return [layer_spec(asked.table)]
    return [spec for spec in catalogue().values() if spec.kind == "file" and _answers(spec, asked)]


def _cells(spec: LayerSpec, column: str) -> list[str]:
    """What stands in a column of a layer; nothing of one that cannot be read, which is said where it is shown."""
    try:
        return [cell for cell in layer(spec.id).frame[column] if cell]
    except SHOWN:
        return []


def _answers(spec: LayerSpec, asked: Facet) -> bool:
    """Whether a layer has the column of plain values that a facet asks for, and is asked."""
    named = any(one.name == asked.values for one in spec.columns)
    return named and (asked.layer == spec.id if asked.layer else not spec.origin)


def codes(name: str, layer_id: str, radius_km: int, sure: bool = False, as_of: str = "") -> pd.Series[str] | None:
    """Codes of a layer's rows in a facet: one entry a row and code, indexed by the row's position from 0.

    None where the facet does not apply to the layer. A row that states nothing has NOT_STATED. ``radius_km`` matters
    for rows that name no town: the towns within it stand in, with ``sure`` those surely within it. With ``as_of`` the
    codes are those that had been stated by then.
    """
    asked, spec = facet(name), layer_spec(layer_id)
    town_radius = radius_km if asked.town and layer_id != TOWNS else 0
    return _codes(asked, spec, town_radius, sure and bool(town_radius), as_of, content_of(layer_id))


def content_of(layer_id: str) -> Stamp:
    """Stamp of all that the codes of a layer's rows come from: its files, the towns' and those of tables about them."""
    return (*stamp(*_files_read(layer_spec(layer_id))), *toml_stamp("vocabulary"))


@lru_cache(maxsize=256)
def _files_read(spec: LayerSpec) -> tuple[str, ...]:
    read = [TOWNS, *(one.table for one in facets().values() if one.table)]
    read += [table for one in (spec, layer_spec(TOWNS)) for table in tables_read(one)]
    specs = [spec, *map(layer_spec, read), *relations_to_towns(spec.id)]
    return tuple(sorted({path for one in specs for path in files_behind(one)}))


@lru_cache(maxsize=512)
def _codes(
    asked: Facet, spec: LayerSpec, radius_km: int, sure: bool, as_of: str, _content: Stamp
) -> pd.Series[str] | None:
    made = at(spec.id, as_of)
    own = [column for column in made.spec.columns if column.vocabulary and column.vocabulary in asked.vocabularies]
    if own:
        return _own_codes(made, asked, own)
    if asked.values and _answers(made.spec, asked):
        stated = pd.Series(made.frame[asked.values].astype("object").to_numpy())
        return _filled(stated[stated != ""], len(made.frame))
    if not asked.town:
        return None
    if spec.id == TOWNS:
        return _filled(_through_table(asked, pd.Series(made.frame[made.spec.key].to_numpy()), as_of), len(made.frame))
    linked = towns_of(spec.id, radius_km, sure)
    if linked is None:
        return None
    found = _filled(_town_codes(asked, linked, as_of), len(made.frame))
    if not sure:
        return found
    # What may be near a town is not surely near none: without a town that is sure it has no code at all.
    maybe = towns_of(spec.id, radius_km)
    doubtful = np.setdiff1d([] if maybe is None else maybe.index.to_numpy(), linked.index.to_numpy())
    return found[~found.index.isin(doubtful)]


def _town_codes(asked: Facet, linked: pd.Series[str], as_of: str) -> pd.Series[str]:
    """The facet's codes of the towns that each row is linked to."""
    towns = load(TOWNS)
    of_towns = codes(asked.id, TOWNS, 0, as_of=as_of)
    assert of_towns is not None
    by_town = of_towns.sort_index(kind="stable")
    starts = np.searchsorted(by_town.index.to_numpy(), np.arange(len(towns.frame) + 1))
    places = pd.Index(towns.frame[towns.spec.key].to_numpy()).get_indexer(linked.to_numpy())
    rows, places = linked.index.to_numpy()[places >= 0], places[places >= 0]
    counts = starts[places + 1] - starts[places]
    nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    found = by_town.to_numpy()[np.repeat(starts[places], counts) + nth]
    return pd.Series(found, index=np.repeat(rows, counts), dtype="object")


def _through_table(asked: Facet, keys: pd.Series[str], as_of: str) -> pd.Series[str]:
    """Codes of towns in a table about them, by the town's position among ``keys``."""
    found = _table_codes(asked, as_of)
    places = pd.Series(keys.index, index=keys.to_numpy())
    known = found[found.index.isin(places.index)]
    return pd.Series(known.to_numpy(), index=places.reindex(known.index).to_numpy(), dtype="str")


def _table_codes(asked: Facet, as_of: str = "") -> pd.Series[str]:
    """Codes of a table about towns, as text, indexed by town."""
    table = said(asked.table, as_of)
    towns = next(column.name for column in table.spec.columns if column.type == "ref" and column.ref == TOWNS)
    rows = table.frame
    for name, value in asked.where.items():
        rows = rows[rows[name] == value]
    stated = rows[rows[towns] != ""]
    return pd.Series(stated[asked.column].astype("str").to_numpy(), index=stated[towns].to_numpy())


def _own_codes(made: Layer, asked: Facet, own: list[ColumnSpec]) -> pd.Series[str]:
    """The codes that a layer's own columns state; columns of one vocabulary answer together."""
    parts = []
    for name in dict.fromkeys(column.vocabulary for column in own):
        found = pd.concat([parts_of(made.frame[column.name]) for column in own if column.vocabulary == name])
        if asked.attribute:
            terms = vocabulary(name)
            found = found.map(lambda code, terms=terms: str(terms.get(code, {}).get(asked.attribute, NOT_STATED)))
        parts.append(_filled(found, len(made.frame)).map(lambda code, name=name: _coded(asked, name, code)))
    stated: pd.Series[str] = pd.concat(parts)
    return stated


def _filled(found: pd.Series[str], rows: int) -> pd.Series[str]:
    """Each code of a row once, and NOT_STATED for every row that has none."""
    numbers, _ = pd.factorize(found.to_numpy())
    places = found.index.to_numpy(dtype="int64")
    _, first = np.unique(places * (len(found) + 1) + numbers, return_index=True)
    once = found.iloc[np.sort(first)]
    missing = np.setdiff1d(np.arange(rows), places)
    return pd.concat([once, pd.Series(NOT_STATED, index=missing, dtype="object")])


def _coded(asked: Facet, name: str, code: str) -> str:
    """A code as the facet knows it: with its vocabulary before it where there are several."""
    return f"{name}.{code}" if len(asked.vocabularies) > 1 else code
