"""Groups of claims on a screen: spread, sum of our own rows, chart, and each statement with its sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from textwrap import wrap
from typing import Any

import streamlit as st

from layers.claims.chart import series_chart, spread_chart
from layers.claims.groups import SERIES, Group
from layers.claims.ledger import Claim
from layers.claims.sums import beside, tells_more
from layers.claims.told import (
    beside_of,
    date_of,
    ends_of,
    is_foreign,
    period_of,
    speaker_of,
    spread_of,
    title_of,
    value_of,
    why_of,
)
from layers.dated import DATING, MARKED
from layers.text import say
from layers.view import View
from layers.vocabulary import word
from views import panel

PATH = "promises"
TITLE_PIXELS, TITLE_LETTERS = 26, 40  # of a line, so that a phone cuts none
Cited = dict[str, int]


def numbered(ids: Iterable[str]) -> Cited:
    """Sources with the number of their mark, in the order in which they are met."""
    return {source: number for number, source in enumerate(dict.fromkeys(ids), 1)}


def section(one: Group, view: View, cited: Cited, note: str = "") -> None:
    """One group: what it says at the left, its chart at the right."""
    with st.container(key=f"figure_{one.id.replace('.', '_')}"):
        if not one.spreads:
            panel.show(blocks(one, view, cited, note), view, key=f"group_{one.id}", cited=cited)
            return
        left, right = st.columns([1, 1], gap="medium")
        with left:
            panel.show(blocks(one, view, cited, note), view, key=f"group_{one.id}", cited=cited)
        with right:
            drawn(one, view)


def drawn(one: Group, view: View, title: str = "") -> None:
    """The chart of a group, if it has one, under a title where it stands apart from its words."""
    if (made := chart(one, view.language, view.as_of)) is not None:
        made = made.properties(description=say(view.language, "claims_chart", title=title_of(one, view.language)))
        if title:
            lines = wrap(title, TITLE_LETTERS)
            made = made.properties(title=lines, height=made.height + TITLE_PIXELS * len(lines))
        st.altair_chart(made, theme=None, key=f"chart_{one.id}")


def chart(one: Group, language: str, as_of: str = "") -> Any | None:
    """The chart of a group; none where it has no two numbers to compare."""
    if not one.spreads:
        return None
    years = [claim.span for claim in one.claims if claim.measure == one.spreads[0].measure]
    series = one.state == SERIES and all(years) and beside(one, as_of) is None
    return series_chart(one, language) if series else spread_chart(one, language, beside(one, as_of))


def blocks(one: Group, view: View, cited: Cited, note: str = "") -> list[panel.Block]:
    """The group in words: its title, state, spread, our own sum, and every statement."""
    language = view.language
    state = say(language, f"claims_state_{one.state}")
    rows = [_fact(say(language, "claims_spread_label"), spread_of(spread, language)) for spread in one.spreads]
    if one.conflict and spread_of(one.conflict, language) not in {row["value"] for row in rows}:
        rows.append(_fact(say(language, "claims_same_time"), spread_of(one.conflict, language)))
    if (found := beside(one, view.as_of)) is not None:
        rows.append(_fact(say(language, "claims_own_sum"), beside_of(found, language)))
        rows.append(_fact(say(language, "claims_why"), why_of(found, language)))
    entries = {"kind": "entries", "rows": [_entry(claim, view, cited) for claim in one.claims], "folded": ""}
    facts = [{"kind": "facts", "rows": rows}] if rows else []
    sign = {"kind": "state", "mark": one.state, "text": state, "title": title_of(one, language), "note": note}
    return [sign, *facts, entries]


def _fact(label: str, value: str) -> panel.Block:
    return {"label": label, "value": value, "foreign": False, "marks": []}


def _entry(claim: Claim, view: View, cited: Cited) -> panel.Block:
    """One statement: value, period, who said it, when."""
    language = view.language
    rest = [period_of(claim, language), speaker_of(claim, language)]
    if claim.said and not claim.own:
        rest.append(say(language, "claims_told", date=date_of(claim, language)))
    rest += _dating(claim, language)
    foreign = is_foreign(claim, language)
    return {
        "id": claim.id,
        "lead": value_of(claim, language),
        "lead_foreign": foreign,
        "rest": [{"text": text, "foreign": False} for text in rest],
        "marks": [cited[source] for source in claim.sources if source in cited],
    }


def _dating(claim: Claim, language: str) -> list[str]:
    """What must be said of its date beside the month that is looked at."""
    return [word(DATING, claim.dating, language)] if claim.dating in MARKED else []


def line(one: Group, view: View, cited: Cited) -> panel.Block:
    """A group as one line: its title and values, and the way to all of it where there is more than one statement."""
    language = view.language
    told = ("; ".join([value_of(claim, language), *_dating(claim, language)]) for claim in one.claims)
    values = list(dict.fromkeys(told))
    foreign = any(is_foreign(claim, view.language) for claim in one.claims)
    rest = [{"text": "; ".join(values), "foreign": foreign}]
    marks = dict.fromkeys(cited[source] for claim in one.claims for source in claim.sources if source in cited)
    way = panel.to_claims(one, view) if tells_more(one, view.as_of) else None
    return {"id": one.id, "lead": title_of(one, view.language), "rest": rest, "marks": list(marks), "way": way}


def ways(every: Iterable[Group], view: View) -> panel.Block:
    """Links to groups, each with its spread."""
    rows = []
    for one in every:
        spread = ends_of(one.spreads[0], view.language) if one.spreads else ""
        rows.append(panel.way(view, PATH, title_of(one, view.language), claim=one.id) | {"note": spread})
    return {"kind": "index", "rows": rows}


def all_groups(view: View) -> panel.Block:
    """The way back to all groups."""
    return panel.way(replace(view, claim=""), PATH, say(view.language, "claims_all_groups"))
