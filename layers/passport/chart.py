"""The chart of a town's people: territories apart, and counts that differ side by side."""

from __future__ import annotations

from textwrap import wrap
from typing import Any, Literal

import altair as alt
import pandas as pd

from layers import charts
from layers.passport.model import Passport
from layers.text import number, say
from layers.vocabulary import vocabulary, word

COLUMNS = ("year", "people", "scope", "kind", "told", "sources", "apart")
KINDS = "population_kind"
LEGEND_PIXELS = 60
PLAIN_PIXELS, LABELLED_PIXELS = 8, 24  # free above and below the marks: a number there must not leave the plot
SIDES: tuple[Literal["left", "center", "right"], ...] = ("left", "center", "right")
NUMBER_SHARE = 0.25  # of the axis of years: about the width of a number on paper
TITLE_LETTERS = 44  # of a line, so that a phone cuts none
MARKS = (  # the shapes of layers.charts.SHAPES, drawn for the key on paper
    '<circle cx="5" cy="5" r="4"/>',
    '<rect x="1.5" y="1.5" width="7" height="7"/>',
    '<path d="M5 1 9 8.5H1Z"/>',
    '<path d="M5 .5 9.5 5 5 9.5 .5 5Z"/>',
)


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


def territory_charts(made: Passport, height: int = 150) -> list[Any]:
    """A chart for each territory, as wide as its place on the screen; the first has room for the legend."""
    heights = (height + (0 if place else LEGEND_PIXELS) for place in range(len(made.people)))
    parts = zip(_territories(made, 2), heights, strict=False)
    titled = ((part, high, alt.TitleParams(wrap(scope, TITLE_LETTERS), fontSize=12)) for (scope, part), high in parts)
    return [
        charts.themed(part.properties(width="container", height=high, title=title), made.language)
        for part, high, title in titled
    ]


def printed_charts(made: Passport, width: int = 260, height: int = 64) -> list[tuple[str, str]]:
    """Title and SVG of the same charts for paper, each plot of that size in pixels.

    Title and legend (``kind_key``) stand apart, because what draws without a browser takes Cyrillic letters for wider
    than they are.
    """
    parts = _territories(made, 0)
    sized = ((scope, part.properties(width=width, height=height)) for scope, part in parts)
    return [(scope, charts.svg(charts.themed(part, made.language))) for scope, part in sized]


def kind_key(made: Passport) -> list[dict[str, str]]:
    """What the shapes of the marks mean: ``swatch`` as SVG, ``text`` the kind of count."""
    kinds = dict.fromkeys(one.kind_words for one in made.people)
    drawn = ((kind, MARKS[_place_of(kind, made.language)]) for kind in kinds)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10" fill="{charts.INK}">'
    return [{"swatch": f"{head}{mark}</svg>", "text": kind} for kind, mark in drawn]


def _place_of(kind: str, language: str) -> int:
    """Where a kind of count stands among all, so that its shape is the same for every town."""
    return [word(KINDS, code, language) for code in vocabulary(KINDS)].index(kind)


def _territories(made: Passport, legend_columns: int) -> list[tuple[str, Any]]:
    """A chart for each territory, so that no line joins two; every count is a mark of its own, its shape the kind.

    A line joins the years for which sources agree. Where they do not, each count stands with its number, and no line
    runs through any of them. The axes of people do not start at 0 and differ: each chart is read by itself.
    """
    rows = people_frame(made)
    if rows.empty:
        return []
    kinds = list(dict.fromkeys(rows["kind"]))
    years = (int(rows["year"].min()) - 3, int(rows["year"].max()) + 3)
    return [
        (scope, _territory(rows[rows["scope"] == scope], place, years, kinds, made.language, legend_columns))
        for place, scope in enumerate(dict.fromkeys(rows["scope"]))
    ]


def _territory(
    rows: pd.DataFrame, place: int, years: tuple[int, int], kinds: list[str], language: str, columns: int
) -> Any:
    """The counts of one territory; the legend stands above the first."""
    axis = alt.Axis(format="d", tickCount=7, tickMinStep=1, grid=False)
    x = alt.X("year:Q", title=None, scale=alt.Scale(domain=list(years), nice=False), axis=axis)
    room = alt.Scale(zero=False, padding=LABELLED_PIXELS if rows["apart"].any() else PLAIN_PIXELS)
    y = alt.Y("people:Q", title=None, scale=room, axis=alt.Axis(format=",d", tickCount=3))
    legend = alt.Legend(title=None, orient="top", columns=columns, labelLimit=0) if columns and place == 0 else None
    shapes = alt.Scale(domain=kinds, range=[charts.SHAPES[_place_of(kind, language)] for kind in kinds])
    hue = charts.CATEGORIES[place % len(charts.CATEGORIES)]
    dash = charts.DASHES[place % len(charts.DASHES)]
    hints = {"year": "passport_year", "told": "passport_people", "scope": "passport_scope", "kind": "passport_kind"}
    tips = [*(alt.Tooltip(f"{name}:N", title=say(language, key)) for name, key in hints.items())]
    tips.append(alt.Tooltip("sources:N", title=say(language, "passport_source")))
    line = alt.Chart(rows[~rows["apart"]]).mark_line(color=hue, strokeWidth=1.8, strokeDash=list(dash), opacity=0.6)
    points = alt.Chart(rows).mark_point(size=55, filled=True, opacity=1, color=hue)
    shape = alt.Shape("kind:N", scale=shapes, legend=legend)
    apart = rows[rows["apart"]].sort_values(["year", "people"])
    above = apart.groupby("year").cumcount() > 0
    lean = _lean(apart["year"], years)
    words = [
        alt.Chart(part).mark_text(dy=dy, align=side, fontSize=11, color=charts.INK).encode(x, y, text="told:N")
        for dy, high in ((-11, above), (12, ~above))
        for side in SIDES
        if len(part := apart[high & (lean == side)])
    ]
    return alt.layer(line.encode(x, y), points.encode(x, y, shape, tooltip=tips), *words)


def _lean(at: pd.Series, years: tuple[int, int]) -> pd.Series:
    """On which side of their marks numbers begin, so that those of close years do not meet: outwards, else centred."""
    close = NUMBER_SHARE * (years[1] - years[0])
    known = sorted(set(at))
    sides = {}
    for before, year, after in zip([None, *known], known, [*known[1:], None], strict=False):
        left, right = before is not None and year - before < close, after is not None and after - year < close
        sides[year] = "center" if left == right else "left" if left else "right"
    return at.map(sides)
