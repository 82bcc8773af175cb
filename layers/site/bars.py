"""Distances and people of the compared sites as charts: a mark for the number, a bar for the range it lies in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import altair as alt

from layers.charts import CATEGORIES, INK, QUIET, themed
from layers.site.cells import AT_TOWN, KNOWN, Cell, Row, labelled
from layers.site.compare import Comparison
from layers.site.tables import answer
from layers.text import say
from layers.vocabulary import word

CHARTED = ("gas_operating_km", "gas_construction_km", "gas_planned_km", "plant_km", "people", "population")
ROW_PIXELS, HEAD_PIXELS = 26, 44
NAME_PIXELS = 210


class Bars(NamedTuple):
    """One chart (``spec`` is what Vega-Lite reads of it), what it shows, and the same in words."""

    key: str
    title: str
    chart: Any
    spec: dict[str, Any]
    words: str


@lru_cache(maxsize=32)
def bars(found: Comparison, width: int | str = "container") -> tuple[Bars, ...]:
    """A chart for each number that some site has; ``width`` in pixels, or that of what holds it. Do not change them."""
    language = found.sites[0].language
    names = labelled(found.sites)
    known = (row for row in found.rows if any(cell.state in (KNOWN, AT_TOWN) for cell in row.cells))
    return tuple(_bars(row, names, language, width) for row in known if row.key in CHARTED)


def _bars(row: Row, names: list[str], language: str, width: int | str) -> Bars:
    words = "; ".join(f"{name}: {answer(cell, language)}" for name, cell in zip(names, row.cells, strict=True))
    drawn = _chart(row, names, language, width).properties(description=f"{row.label}. {words}")
    chart = themed(drawn, language)
    return Bars(row.key, row.label, chart, chart.to_dict(), words)


def _chart(row: Row, names: list[str], language: str, width: int | str) -> Any:
    """The range as a bar, the number as a disc, that of the town that stands in as a hollow diamond."""
    values = [_datum(name, cell, language) for name, cell in zip(names, row.cells, strict=True)]
    most = max((value[end] or 0 for value in values for end in ("high", "at_town")), default=0)
    axis = alt.Axis(title=word("unit", row.unit, language), tickCount=5, grid=True)
    along = alt.X("low:Q", axis=axis, scale=alt.Scale(domain=[0, most * 1.04 or 1], nice=False))
    rows = alt.Y("site:N", sort=names, title=None, axis=alt.Axis(labelLimit=NAME_PIXELS, labelColor=INK))
    base = alt.Chart(alt.InlineData(values)).encode(y=rows, tooltip=[alt.Tooltip("told:N", title=" ")])
    known, town = "isValid(datum.low)", "isValid(datum.at_town)"
    span = base.transform_filter(known).mark_bar(aria=False, height=9, color="#9db8cb").encode(x=along, x2="high:Q")
    disc = base.transform_filter(known).mark_point(
        aria=False, shape="circle", filled=True, size=80, opacity=1, color=CATEGORIES[0]
    )
    ends = base.transform_filter(f"{known} && !isValid(datum.value)").mark_tick(
        aria=False, thickness=3, size=15, color=CATEGORIES[0]
    )
    hollow = base.transform_filter(town).mark_point(
        aria=False, shape="diamond", filled=False, size=110, strokeWidth=2, color=INK
    )
    lost = base.transform_filter(f"!{known} && !{town}").mark_text(
        aria=False, align="left", dx=4, color=QUIET, fontStyle="italic"
    )
    layers = [
        span,
        ends.encode(x=along),
        ends.encode(x="high:Q"),
        disc.encode(x="value:Q"),
        hollow.encode(x="at_town:Q"),
        lost.encode(text="told:N", x=alt.value(0)),
    ]
    fitted = HEAD_PIXELS if width == "container" else 0  # what holds it counts the axis too
    return alt.layer(*layers).properties(width=width, height=ROW_PIXELS * len(names) + fitted)


def _datum(name: str, cell: Cell, language: str) -> dict[str, Any]:
    known = cell.state == KNOWN and cell.low is not None
    middle = cell.value if cell.value is not None or cell.low != cell.high else cell.low
    return {
        "site": name,
        "low": cell.low if known else None,
        "high": cell.high if known else None,
        "value": middle if known else None,
        "at_town": cell.town_value if cell.state == AT_TOWN else None,
        "told": answer(cell, language),
    }


def key_words(language: str) -> str:
    """What the marks mean."""
    return say(language, "site_bars_key")
