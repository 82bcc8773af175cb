"""Charts of a screening: each candidate's rank with its interval, and what its score is made of."""

from __future__ import annotations

from collections import Counter
from typing import Any

import altair as alt

from layers.charts import CATEGORIES, INK, scale_of, themed
from layers.screening.desk import Found
from layers.screening.words import Row, rows
from layers.text import pick, say

MOST_DRAWN = 20  # candidates, so that a chart fits a page
ROW_HEIGHT = 22
LEAST_LABELLED = 6.0  # points: a narrower part holds no letter
LETTERS = "ABCDEFGHIJ"
SCREEN_LABELS, PAPER_LABELS = 190, 460  # pixels; without a browser the width of a text is guessed, and too high
AXIS, KEY = 56, 60  # pixels: on a screen the height is that of the whole chart, its axis and its key counted


def rank_chart(found: Found, language: str, paper: bool = False) -> Any:
    """The first candidates: point for the rank, bar from the 5th to the 95th percentile; diamonds are Pareto's."""
    first = rows(found, language)[:MOST_DRAWN]
    data = [
        {
            "name": name,
            "rank": int(found.ranked[row.place]),
            "low": int(found.stable.low[row.place]),
            "high": int(found.stable.high[row.place]),
            "best": bool(found.best[row.place]),
        }
        for row, name in zip(first, _named(first), strict=True)
    ]
    worst = max([2, *(int(found.stable.high[row.place]) for row in first)])
    base = alt.Chart(alt.InlineData(values=data)).encode(y=_names(first, paper))
    axis = alt.X(
        "low:Q",
        title=say(language, "screening_rank_axis"),
        scale=alt.Scale(domain=[1, worst], nice=False),
        axis=alt.Axis(tickMinStep=1, format="d"),
    )
    shape = alt.Shape("best:N", legend=None, scale=alt.Scale(domain=[True, False], range=["diamond", "circle"]))
    bars = base.mark_rule(strokeWidth=5, opacity=0.35, color=CATEGORIES[0]).encode(x=axis, x2="high:Q")
    dots = base.mark_point(size=75, filled=True, opacity=1, color=INK).encode(x="rank:Q", shape=shape)
    return _sized(bars + dots, language, say(language, "screening_order"), len(first), 0 if paper else AXIS)


def parts_chart(found: Found, language: str, paper: bool = False) -> Any:
    """What each criterion adds to the score of the first candidates; each part has its letter, so that print works."""
    first, letters = rows(found, language)[:MOST_DRAWN], letters_of(found)
    data = [part for row, name in zip(first, _named(first), strict=True) for part in _parts(found, row, name, language)]
    base = alt.Chart(alt.InlineData(values=data)).encode(y=_names(first, paper))
    key = alt.Color(
        "key:N", title=None, scale=scale_of(list(letters.values())), legend=alt.Legend(orient="top", columns=3)
    )
    bars = base.mark_bar(stroke="#ffffff", strokeWidth=1.2, height=15).encode(
        x=alt.X("start:Q", title=say(language, "screening_score_axis"), scale=alt.Scale(domain=[0, 100])),
        x2="end:Q",
        color=key,
        tooltip=[alt.Tooltip("criterion:N", title=" "), alt.Tooltip("points:Q", format=".1f", title="→")],
    )
    written = base.mark_text(color="#ffffff", fontWeight=700, fontSize=11).encode(x="middle:Q", text="letter:N")
    return _sized(bars + written, language, say(language, "screening_parts"), len(first), 0 if paper else AXIS + KEY)


def letters_of(found: Found) -> dict[int, str]:
    """The letter of each criterion of a weight above 0, by its column."""
    used = [column for column, weight in enumerate(found.weights) if weight > 0]
    return {column: LETTERS[place] for place, column in enumerate(used)}


def _parts(found: Found, row: Row, name: str, language: str) -> list[dict[str, Any]]:
    total, start, made = found.weights.sum(), 0.0, []
    for column, letter in letters_of(found).items():
        size = float(found.weights[column] / total * found.parts[row.place, column]) * 100
        made.append(
            {
                "name": name,
                "criterion": pick(found.criteria[column].title, language),
                "key": letter,
                "letter": letter if size >= LEAST_LABELLED else "",
                "start": start,
                "end": start + size,
                "middle": start + size / 2,
                "points": size,
            }
        )
        start += size
    return made


def _named(first: list[Row]) -> list[str]:
    """Rank and name; with the id too where two would be called the same."""
    plain = [f"{row.rank}. {row.name}" for row in first]
    often = Counter(plain)
    return [name if often[name] == 1 else f"{name} ({row.id})" for name, row in zip(plain, first, strict=True)]


def _names(first: list[Row], paper: bool) -> alt.Y:
    """The candidates from top to bottom in their order."""
    return alt.Y(
        "name:N", sort=_named(first), title=None, axis=alt.Axis(labelLimit=PAPER_LABELS if paper else SCREEN_LABELS)
    )


def _sized(chart: Any, language: str, described: str, count: int, beside: int) -> Any:
    """As high as its rows; ``described`` is what a screen reader calls it, the table beside it says the same."""
    height = ROW_HEIGHT * max(count, 1) + beside
    return themed(chart.properties(height=height, width="container", description=described), language)
