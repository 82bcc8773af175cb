"""The chart of a town's people: territories apart, and counts that differ side by side."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from layers import charts
from layers.passport.model import Passport
from layers.text import number, say

COLUMNS = ("year", "people", "scope", "kind", "told", "sources")


def people_frame(made: Passport) -> pd.DataFrame:
    """One row a count: year, people, territory and kind in words, number in words, numbers of its sources."""
    rows = [
        (
            one.year,
            one.people,
            one.scope_words,
            one.kind_words,
            number(one.people, made.language),
            ", ".join(str(made.numbered[source]) for source in one.sources if source in made.numbered),
        )
        for one in made.people
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def people_chart(made: Passport, width: int = 420, height: int = 190) -> Any:
    """Counts as points, their shape the kind; each territory has a colour, a dash and a line of its own.

    No line joins different territories. Where counts of a year differ the line takes their mean, and each is a point.
    The people axis starts at 0.
    """
    rows, language = people_frame(made), made.language
    scopes, kinds = list(dict.fromkeys(rows["scope"])), list(dict.fromkeys(rows["kind"]))
    years = alt.X(
        "year:Q", title=None, axis=alt.Axis(format="d", tickMinStep=5), scale=alt.Scale(zero=False, nice=True)
    )
    legend = alt.Legend(title=None, orient="top", direction="vertical", labelLimit=0)
    colour = alt.Color("scope:N", scale=charts.scale_of(scopes), legend=legend)
    base = alt.Chart(rows, width=width, height=height).encode(x=years, color=colour)
    people = alt.Axis(format=",d", tickCount=4)
    line = base.mark_line(strokeWidth=1.8).encode(
        y=alt.Y("mean(people):Q", title=say(language, "passport_people"), axis=people),
        strokeDash=alt.StrokeDash("scope:N", scale=alt.Scale(domain=scopes, range=list(_dashes(scopes))), legend=None),
    )
    shapes = alt.Scale(domain=kinds, range=list(charts.SHAPES[: len(kinds)]))
    hints = {"year": "passport_year", "told": "passport_people", "scope": "passport_scope", "kind": "passport_kind"}
    points = base.mark_point(size=55, filled=True, opacity=1).encode(
        y=alt.Y("people:Q", axis=people),
        shape=alt.Shape(
            "kind:N", scale=shapes, legend=alt.Legend(title=None, orient="bottom", columns=2, labelLimit=0)
        ),
        tooltip=[
            *(alt.Tooltip(f"{name}:N", title=say(language, key)) for name, key in hints.items()),
            alt.Tooltip("sources:N", title=say(language, "passport_source")),
        ],
    )
    return charts.themed(alt.layer(line, points).resolve_scale(shape="independent"), language)


def _dashes(scopes: list[str]) -> list[list[int]]:
    return [list(charts.DASHES[place % len(charts.DASHES)]) for place in range(len(scopes))]
