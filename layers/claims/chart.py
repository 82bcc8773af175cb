"""What claims say, drawn: a dot for each with the range between them, and a line where the dates make a series."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from layers.charts import CATEGORIES, QUIET, themed
from layers.claims.groups import Group
from layers.claims.ledger import Claim
from layers.claims.sums import Beside
from layers.claims.told import beside_of, date_of, end_of, lacking_of, period_of, speaker_of
from layers.text import say
from layers.vocabulary import word

ROW_PIXELS, AXIS_PIXELS = 36, 60
STATED, CALCULATED, SUMMED = KINDS = ("stated", "calculated", "summed")
MARKS = ("circle", "diamond", "triangle-up")
LONGEST_SPEAKER = 28
BETWEEN, LABEL_PIXELS = " · ", 240


def rows_of(group: Group, language: str, beside: Beside | None = None) -> pd.DataFrame:
    """What the chart shows, row by row: label, amount in the group's measure, kind, and the words of its tooltip."""
    measure = group.spreads[0].measure
    rows = [_row(claim, language) for claim in group.claims if claim.measure == measure]
    if beside and beside.own.measure == measure:
        lacking = lacking_of(beside.own, language)
        label = BETWEEN.join(filter(None, [say(language, "claims_own_sum"), lacking]))
        told = beside_of(beside, language)
        rows.append({"label": label, "amount": beside.own.amount, "kind": SUMMED, "told": told, "speaker": ""})
    made = pd.DataFrame(rows)
    twice = made.groupby("label").cumcount()
    made["label"] = [f"{label} ({n + 1})" if n else label for label, n in zip(made["label"], twice, strict=True)]
    made["kind"] = [say(language, f"claims_kind_{kind}") for kind in made["kind"]]
    return made


def _row(claim: Claim, language: str) -> dict[str, object]:
    speaker = say(language, "claims_kind_calculated") if claim.own else speaker_of(claim, language)
    short = speaker if len(speaker) <= LONGEST_SPEAKER else f"{speaker[: LONGEST_SPEAKER - 1]}…"
    told = end_of(claim, language)
    kind = CALCULATED if claim.own else STATED
    period = period_of(claim, language)
    said = speaker if claim.own else f"{speaker}, {date_of(claim, language)}"
    label = f"{period}{BETWEEN}{short}"
    return {"label": label, "amount": claim.amount, "kind": kind, "told": told, "speaker": said, "period": period}


def spread_chart(group: Group, language: str, beside: Beside | None = None) -> Any:
    """A dot for each claim of a group's first spread, the range drawn through; the sum of our own rows beside them.

    Rows say in words what shape and hue say: no legend, which a phone has no room for.
    """
    rows = rows_of(group, language, beside)
    spread = group.spreads[0]
    ends = pd.DataFrame({"low": [spread.low.amount], "high": [spread.high.amount]})
    unit = word("unit", spread.measure, language)
    axis = alt.Axis(format=",~r", tickCount=4, labelOverlap=True)
    amount = alt.X("amount:Q", title=unit, scale=alt.Scale(zero=False, nice=True, padding=12), axis=axis)
    lines_of = f"split(datum.label, '{BETWEEN}')"  # period above speaker: a phone has no room beside
    named = alt.Axis(labelLimit=LABEL_PIXELS, labelExpr=lines_of, ticks=False, domain=False)
    label = alt.Y("label:N", sort=None, title=None, axis=named)
    shape, hue = _by_kind(rows, language)
    tip = [alt.Tooltip("told:N", title=unit), alt.Tooltip("speaker:N", title=say(language, "claims_speaker"))]
    dots = alt.Chart(rows).mark_point(size=90, filled=True, opacity=1).encode(amount, label, shape, hue, tooltip=tip)
    band = alt.Chart(ends).mark_rect(color=QUIET, opacity=0.12).encode(x="low:Q", x2="high:Q")
    return themed((band + dots).properties(height=AXIS_PIXELS + ROW_PIXELS * len(rows)), language)


def _by_kind(rows: pd.DataFrame, language: str) -> tuple[alt.Shape, alt.Color]:
    """Shape and hue by what a row is: stated, calculated, or a sum of ours."""
    kinds = [say(language, f"claims_kind_{kind}") for kind in KINDS]
    shown = [kind for kind in kinds if kind in set(rows["kind"])]
    marks = [MARKS[kinds.index(kind)] for kind in shown]
    colours = [CATEGORIES[kinds.index(kind)] for kind in shown]
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=shown, range=marks), legend=None)
    return shape, alt.Color("kind:N", scale=alt.Scale(domain=shown, range=colours), legend=None)


def series_chart(group: Group, language: str) -> Any:
    """The claims of a group by period, each a dot with its amount.

    A line joins them where each period has one and the same publisher says them all: only then it is one series.
    """
    rows = rows_of(group, language)
    unit = word("unit", group.spreads[0].measure, language)
    periods = alt.X("period:O", title=None, sort=None, axis=alt.Axis(labelAngle=0), scale=alt.Scale(padding=0.6))
    axis = alt.Axis(format=",~r", tickCount=4)
    amount = alt.Y("amount:Q", title=unit, scale=alt.Scale(zero=False, padding=18), axis=axis)
    tip = [alt.Tooltip("told:N", title=unit), alt.Tooltip("speaker:N", title=say(language, "claims_speaker"))]
    base = alt.Chart(rows).encode(periods, amount)
    shape, hue = _by_kind(rows, language)
    dots = base.mark_point(size=80, filled=True, opacity=1).encode(shape, hue, tooltip=tip)
    once = alt.Chart(rows.drop_duplicates(["period", "told"])).encode(periods, amount)
    texts = once.mark_text(dy=-12, fontSize=12).encode(text="told:N")
    line = base.mark_line(strokeDash=[4, 3], color=QUIET, opacity=0.6)
    one_series = rows["period"].is_unique and len({claim.sources for claim in group.claims}) == 1
    layers = [line, dots, texts] if one_series else [dots, texts]
    return themed(alt.layer(*layers), language).properties(height=190)
