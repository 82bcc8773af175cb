"""The chart of a town's people: territories apart, and counts that differ side by side."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from layers import charts
from layers.passport.model import Passport
from layers.text import number, say

COLUMNS = ("year", "people", "scope", "kind", "told", "sources", "apart")
LEGEND_PIXELS = 60


def people_frame(made: Passport) -> pd.DataFrame:
    """One row a count: year, people, territory and kind in words, number in words, numbers of its sources.

    ``apart`` says that other counts of that year and territory differ.
    """
    rows = [
        (
            one.year,
            one.people,
            one.scope_words,
            one.kind_words,
            number(one.people, made.language),
            ", ".join(str(made.numbered[source]) for source in one.sources if source in made.numbered),
            one.rivals > 0,
        )
        for one in made.people
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def people_chart(made: Passport, width: int = 420, height: int = 110) -> Any:
    """The charts of all territories below each other, each ``height`` by ``width`` pixels."""
    parts = [part.properties(width=width, height=height) for part in _territories(made)]
    return charts.themed(alt.vconcat(*parts, spacing=12), made.language)


def territory_charts(made: Passport, height: int = 150) -> list[Any]:
    """The same charts one by one, each as wide as its place on the screen; the first has room for the legend."""
    heights = (height + (0 if place else LEGEND_PIXELS) for place in range(len(made.people)))
    parts = zip(_territories(made), heights, strict=False)
    return [charts.themed(part.properties(width="container", height=high), made.language) for part, high in parts]


def _territories(made: Passport) -> list[Any]:
    """A chart for each territory, so that no line joins two; every count is a mark of its own, its shape the kind.

    A line joins the years for which sources agree. Where they do not, each count stands with its number, and no line
    runs through any of them. The axes of people do not start at 0 and differ: each chart is read by itself.
    """
    rows = people_frame(made)
    kinds = list(dict.fromkeys(rows["kind"]))
    years = (int(rows["year"].min()) - 3, int(rows["year"].max()) + 3)
    return [
        _territory(rows[rows["scope"] == scope], place, years, kinds, made.language).properties(
            title=alt.TitleParams(scope, fontSize=12)
        )
        for place, scope in enumerate(dict.fromkeys(rows["scope"]))
    ]


def _territory(rows: pd.DataFrame, place: int, years: tuple[int, int], kinds: list[str], language: str) -> Any:
    """The counts of one territory; the legend stands above the first."""
    axis = alt.Axis(format="d", tickCount=7, tickMinStep=1, grid=False)
    x = alt.X("year:Q", title=None, scale=alt.Scale(domain=list(years), nice=False), axis=axis)
    y = alt.Y("people:Q", title=None, scale=alt.Scale(zero=False, padding=8), axis=alt.Axis(format=",d", tickCount=3))
    legend = alt.Legend(title=None, orient="top", columns=2, labelLimit=0) if place == 0 else None
    shapes = alt.Scale(domain=kinds, range=list(charts.SHAPES[: len(kinds)]))
    hue = charts.CATEGORIES[place % len(charts.CATEGORIES)]
    dash = charts.DASHES[place % len(charts.DASHES)]
    hints = {"year": "passport_year", "told": "passport_people", "scope": "passport_scope", "kind": "passport_kind"}
    tips = [*(alt.Tooltip(f"{name}:N", title=say(language, key)) for name, key in hints.items())]
    tips.append(alt.Tooltip("sources:N", title=say(language, "passport_source")))
    line = alt.Chart(rows[~rows["apart"]]).mark_line(color=hue, strokeWidth=1.8, strokeDash=list(dash), opacity=0.6)
    points = alt.Chart(rows).mark_point(size=55, filled=True, opacity=1, color=hue)
    shape = alt.Shape("kind:N", scale=shapes, legend=legend)
    apart = rows[rows["apart"]].sort_values(["year", "people"])
    later = apart.groupby("year").cumcount() > 0
    words = [
        alt.Chart(part).mark_text(dy=dy, fontSize=11, color=charts.INK).encode(x, y, text="told:N")
        for part, dy in ((apart[later], -11), (apart[~later], 12))
        if len(part)
    ]
    return alt.layer(line.encode(x, y), points.encode(x, y, shape, tooltip=tips), *words)
