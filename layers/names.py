"""What features are called: the published names, by language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from layers.relate import content_stamp, layer
from layers.schema import Layer
from layers.spec import LayerSpec, Stamp, Words, layer_spec


def names(made: Layer) -> list[Words]:
    """The published names of each row by language; nothing for a language in which none is published."""
    columns = {language: made.frame[column] for language, column in made.spec.name.items()}
    rows = zip(*columns.values(), strict=True) if columns else ((),) * len(made.frame)
    return [{language: name for language, name in zip(columns, row, strict=True) if name} for row in rows]


def names_by_id(layer_id: str) -> Mapping[str, Words]:
    """Names of every feature of a layer."""
    spec = layer_spec(layer_id)
    return _names_by_id(spec, content_stamp(spec))


@lru_cache(maxsize=64)
def _names_by_id(spec: LayerSpec, _content: Stamp) -> Mapping[str, Words]:
    made = layer(spec.id)
    return dict(zip(made.frame[made.spec.key], names(made), strict=True))
