"""What a picture of the map says beside the map: title, what was filtered, legend, date, sources, credits."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

from layers.about import about
from layers.columns import split
from layers.details import sources
from layers.legend import active, called, count_of, swatch, usable
from layers.relate import content_of_all
from layers.routes import swatch_url
from layers.sieve import Sieve, sieve_of, sieved
from layers.spec import Stamp, layer_spec
from layers.text import day, pick, say
from layers.view import View
from layers.wire import doubts

MOST_PUBLISHERS = 8
READ_MAYBE = "read_maybe"  # the drawing and the words of the mark of what is only possibly within the radius
READ_UNDATED = "read_undated"


def picture(view: View, base: str) -> dict[str, Any]:
    """Title, lines and legend of a picture, all as text in the reader's language."""
    language = view.language
    filters = "; ".join(one["text"] for one in active(view))
    lines = [
        filters,
        say(language, "as_of", date=day(about().as_of, language)),
        _sources(view),
        say(language, "picture_credits", credits=", ".join(credit.short for credit in about().credits)),
        say(language, "not_in_atlas"),
    ]
    return {
        "title": _title(view),
        "lines": [line for line in lines if line],
        "legend": [*(_legend_row(layer_id, view, base) for layer_id in usable(view)), *_marks(view, base)],
        "date": about().as_of.isoformat(),
    }


def _title(view: View) -> str:
    brand = say(view.language, "brand")
    name = called(view.selected, view.language) if view.selected else ""
    return f"{brand}: {name}" if name else brand


def _legend_row(layer_id: str, view: View, base: str) -> dict[str, str]:
    spec = layer_spec(layer_id)
    count = count_of(layer_id, view)
    return {"swatch": swatch_url(base, *swatch(spec)), "title": pick(spec.title, view.language), "count": count}


def marks(view: View) -> list[str]:
    """Names of the marks that may be on the map: of doubt while the radius filters, of no date while a date does."""
    return [*([READ_MAYBE] if doubts(sieve_of(view)) else []), *([READ_UNDATED] if view.as_of else [])]


def _marks(view: View, base: str) -> list[dict[str, str]]:
    return [{"swatch": swatch_url(base, one), "title": say(view.language, one), "count": ""} for one in marks(view)]


def _sources(view: View) -> str:
    """The publishers behind the visible rows, the most used first."""
    used = _publishers(usable(view), sieve_of(view), content_of_all())
    told = ", ".join(used[:MOST_PUBLISHERS])
    if len(used) > MOST_PUBLISHERS:
        told = say(view.language, "and_more", listed=told, count=len(used) - MOST_PUBLISHERS)
    return say(view.language, "picture_sources", sources=told) if told else ""


@lru_cache(maxsize=64)
def _publishers(shown: tuple[str, ...], sieve: Sieve, _content: Stamp) -> tuple[str, ...]:
    counts = Counter[str]()
    for layer_id in shown:
        frame = sieved(layer_id, sieve).frame
        cells = frame["sources"] if "sources" in frame else [";".join(layer_spec(layer_id).sources)] * len(frame)
        counts.update(source for cell in cells for source in split(cell))
    publishers = Counter[str]()
    for source in sources(tuple(counts)):
        publishers[source.publisher or source.title] += counts[source.id]
    return tuple(name for name, _ in publishers.most_common())
