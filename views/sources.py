"""Sources: who published what the atlas shows, when and under which licence; and the credits of the map."""

from __future__ import annotations

from layers.about import about
from layers.text import day, say
from views import mover, panel, table
from views.state import current


def show() -> None:
    """The whole screen."""
    mover.forget()
    view = current()
    as_of = say(view.language, "as_of", date=day(about().as_of, view.language))
    head = panel.title(say(view.language, "sources_title"), [say(view.language, "sources_text"), as_of])
    credited = [{"number": n, "text": c.text, "url": c.url} for n, c in enumerate(about().credits, 1)]
    blocks = [head, panel.heading(say(view.language, "credits_title")), {"kind": "sources", "rows": credited}]
    panel.show(blocks, view, key="sources_panel")
    table.whole("sources", view)
