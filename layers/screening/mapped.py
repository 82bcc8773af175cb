"""The first candidates of a screening on the whole country, as SVG."""

from __future__ import annotations

from functools import lru_cache

from layers.linked import TOWNS
from layers.paper.extent import over
from layers.paper.sketch import map_svg
from layers.relate import content_of_all, layer
from layers.screening.desk import Found
from layers.spec import Stamp
from layers.view import Selection

MARKED = 10
SIZE_MM = (150.0, 84.0)


def marked(found: Found) -> tuple[Selection, ...]:
    """The first candidates that have a place, the best first; one known by its town alone is marked at that town."""
    every, made = found.every, []
    for place in found.order:
        at = found.kept[place]
        if every.placed[at]:
            town = str(every.side.via.iloc[at])
            made.append(Selection(TOWNS, town) if town else Selection(every.layer, every.ids[at]))
    return tuple(dict.fromkeys(made[:MARKED]))


def drawn(found: Found, language: str) -> str:
    """The map with these ringed and named; nothing where none has a place."""
    marks = marked(found)
    return _drawn(found.every.layer, marks, language, content_of_all()) if marks else ""


@lru_cache(maxsize=64)
def _drawn(source: str, marks: tuple[Selection, ...], language: str, _content: Stamp) -> str:
    points = layer(TOWNS).frame.geometry
    frame = over([(point.x, point.y) for point in points], *SIZE_MM)
    return map_svg(frame, tuple(dict.fromkeys((source, TOWNS))), language, marks)
