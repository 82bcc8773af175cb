"""Country: every figure that speaks of the country or a region, disagreeing ones side by side."""

from __future__ import annotations

from layers.overview import national
from layers.text import say
from views import asof, mover, panel
from views.state import current


def show() -> None:
    """The whole screen."""
    mover.forget()
    view = current()
    blocks = [panel.title(say(view.language, "country_title"), [say(view.language, "country_text")])]
    tables = national(view.language, view.as_of)
    ids = tuple(dict.fromkeys(source for rows in tables.values() for row in rows for source in row.sources))
    numbered = {source: number for number, source in enumerate(ids, 1)}
    for table, entries in tables.items():
        blocks += panel.entries_of(table, entries, numbered, view, fold=False)
    asof.show(view)
    panel.show([*blocks, *panel.source_list(ids, view)], view, key="country_panel")
