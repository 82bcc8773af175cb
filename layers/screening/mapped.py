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


def first(found: Found) -> list[int]:
    """Positions among all candidates of the best that have a place, the best first."""
    kept, placed = found.kept, found.every.placed
    return [kept[place] for place in found.order if placed[kept[place]]][:MARKED]


def marked(found: Found) -> tuple[Selection, ...]:
    """What stands for these on the map: themselves, or the town by which alone they are known, each once."""
    every = found.every
    towns = [str(every.side.via.iloc[at]) for at in first(found)]
    own = [Selection(every.layer, every.ids[at]) for at in first(found)]
    return tuple(dict.fromkeys(Selection(TOWNS, town) if town else one for town, one in zip(towns, own, strict=True)))


def drawn(found: Found, language: str) -> str:
    """The map with these ringed and named; nothing where none has a place."""
    marks = marked(found)
    return _drawn(found.every.layer, marks, language, content_of_all()) if marks else ""


@lru_cache(maxsize=64)
def _drawn(source: str, marks: tuple[Selection, ...], language: str, _content: Stamp) -> str:
    points = layer(TOWNS).frame.geometry
    frame = over([(point.x, point.y) for point in points], *SIZE_MM)
    return map_svg(frame, tuple(dict.fromkeys((source, TOWNS))), language, marks)
