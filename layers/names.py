"""What features are called: the published names, by language, else words that say that none is published."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from layers.relate import content_stamp, layer
from layers.schema import Layer
from layers.spec import LANGUAGES, LayerSpec, Stamp, Words, layer_spec
from layers.text import pick


def names(made: Layer) -> list[Words]:
    """What each row is called by language: its published names, in the languages in which there are any.

    A row without any is called in each language what its entry says of such rows, else nothing.
    """
    found = published(made)
    if not made.spec.unnamed or all(found):
        return found
    assert made.spec.geometry is not None  # layers.rules sees to it
    town = made.spec.column(made.spec.geometry.town)
    called = names_by_id(town.ref) if town.ref else {}
    towns = [str(key) for key in made.frame[town.name]]
    return [own or _unnamed(made.spec, called.get(key, {}), key) for own, key in zip(found, towns, strict=True)]


def published(made: Layer) -> list[Words]:
    """The published names of each row by language; nothing for a language in which none is published."""
    columns = {language: made.frame[column] for language, column in made.spec.name.items()}
    rows = zip(*columns.values(), strict=True) if columns else ((),) * len(made.frame)
    return [{language: name for language, name in zip(columns, row, strict=True) if name} for row in rows]


def _unnamed(spec: LayerSpec, town: Words, key: str) -> Words:
    """Words in place of a name; where the row names no town, there is nothing to tell it by but its id."""
    if not key:
        return {}
    return {one: spec.unnamed[one].replace("{town}", pick(town, one) or key) for one in LANGUAGES}


def names_by_id(layer_id: str) -> Mapping[str, Words]:
    """Names of every feature of a layer."""
    spec = layer_spec(layer_id)
    return _names_by_id(spec, content_stamp(spec))


@lru_cache(maxsize=64)
def _names_by_id(spec: LayerSpec, _content: Stamp) -> Mapping[str, Words]:
    made = layer(spec.id)
    return dict(zip(made.frame[made.spec.key], names(made), strict=True))
