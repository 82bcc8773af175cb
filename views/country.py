"""Country: every figure that speaks of the country or a region by theme, disagreeing ones side by side and drawn."""

from __future__ import annotations

import streamlit as st

from layers.claims.country import by_theme, others, rows_of
from layers.claims.groups import DIFFER, SERIES, Group
from layers.claims.told import title_of
from layers.details import Entry
from layers.text import say
from layers.view import View
from layers.vocabulary import word
from views import asof, figures, mover, panel
from views.state import current


def show() -> None:
    """The whole screen."""
    mover.forget()
    view = current()
    language = view.language
    themes = {theme: rows_of(found, language, view.as_of) for theme, found in by_theme(view.as_of).items()}
    rest = others(language, view.as_of)
    entries = [entry for rows in themes.values() for _, entry in rows]
    entries += [entry for rows in rest.values() for entry in rows]
    cited = figures.numbered(source for entry in entries for source in entry.sources)
    head = panel.title(say(language, "country_title"), [say(language, "country_text")])
    panel.show([head], view, key="country_panel")
    asof.show(view)
    for theme, found in by_theme(view.as_of).items():
        _theme(theme, found, themes[theme], view, cited)
    blocks = [block for table, rows in rest.items() for block in panel.entries_of(table, rows, cited, view, fold=False)]
    panel.show([*blocks, *panel.source_list(tuple(cited), view)], view, key="country_sources", cited=cited)


def _theme(
    theme: str, found: tuple[Group, ...], rows: tuple[tuple[str, Entry], ...], view: View, cited: figures.Cited
) -> None:
    """A theme: what disagrees or changes as spreads and charts, then every row."""
    drawn = [one for one in found if one.state in (DIFFER, SERIES) and one.spreads]
    blocks = [panel.heading(word("theme", theme, view.language))]
    blocks += [figures.ways(drawn, view)] if drawn else []
    blocks.append({"kind": "entries", "rows": [panel.entry(*row, cited, view) for row in rows], "folded": ""})
    with st.container(key=f"theme_{theme}"):
        if not drawn:
            panel.show(blocks, view, key=f"country_{theme}", cited=cited)
            return
        left, right = st.columns([3, 2], gap="medium")
        with left:
            panel.show(blocks, view, key=f"country_{theme}", cited=cited)
        with right:
            for one in drawn:
                figures.drawn(one, view, title_of(one, view.language))
