"""A screening on paper: order with intervals, contributions, filters, criteria, where ore can go, sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from layers.about import about
from layers.charts import svg
from layers.details import source_line
from layers.paper import typeset
from layers.screening import words
from layers.screening.chart import MOST_DRAWN, letters_of, parts_chart, rank_chart
from layers.screening.cited import cited
from layers.screening.desk import Found
from layers.screening.notes import looseness, not_an_offer, notes
from layers.text import day, number, pick, say

TEMPLATE = "screening"
MOST_ON_PAPER = 100  # candidates in the tables; a layer of blocks can have two thousand
CHART_WIDTH = 420  # pixels of the drawing; the page scales it
ORDER = ("candidate", "score", "pareto", "moves", "position", "unknown")
CRITERIA = ("criterion", "weight", "scale", "reason")
FIT = ("candidate", "need_commodity", "fit_able", "fit_nearest")


def pdf(found: Found, language: str, link: str) -> bytes:
    """The pages as a PDF; ``link`` is the address of the screening below the atlas's own."""
    return typeset.pdf(TEMPLATE, values(found, language, link))


def values(found: Found, language: str, link: str) -> dict[str, Any]:
    """What the template shows: texts and drawings."""
    kept, every = number(len(found.ids), language), number(len(found.every.ids), language)
    shown = words.rows(found, language)[:MOST_ON_PAPER]
    return {
        "title": words.title(found, language),
        "under": pick(found.profile.about, language),
        "brand": say(language, "brand"),
        "lang": language,
        "foot": _foot(language),
        "offer": not_an_offer(language),
        "kept": f"{say(language, 'screening_kept', kept=kept, all=every)}. {looseness(found, language)}".strip(),
        "removed_title": say(language, "screening_removed_title"),
        "removed": words.filtered_lines(found, language),
        "order_title": say(language, "screening_order"),
        "order_heads": [say(language, "screening_rank"), words.INTERVAL, *_heads(ORDER, language)],
        "order": [_cells(row) for row in shown],
        "ranks": _drawn(rank_chart(found, language, paper=True)) if shown else "",
        "parts_title": say(language, "screening_parts"),
        "parts": _drawn(parts_chart(found, language, paper=True)) if shown and letters_of(found) else "",
        "cut": _cut(found, language),
        "pareto": say(language, "screening_pareto_note"),
        "criteria_title": say(language, "screening_criteria"),
        "criteria_heads": ["", *_heads(CRITERIA, language)],
        "criteria": _criteria(found, language),
        "fit_title": say(language, "screening_fit"),
        "fit_heads": _heads(FIT, language),
        "fit": [[row.name, *words.fit_in_words(found.fits[row.place], language)] for row in shown],
        "notes": notes(found, language),
        "link": f"{say(language, 'screening_link')}: {link}",
        "sources_title": say(language, "sources"),
        "sources": [
            {"number": place, "text": source_line(one, language), "url": asdict(one)["url"]}
            for place, one in enumerate(cited(found), 1)
        ],
        "credits": " ".join(credit.text for credit in about().credits),
    }


def _cut(found: Found, language: str) -> list[str]:
    """What the charts and the tables leave out, each in a sentence."""
    count = len(found.ids)
    told = [say(language, "screening_first_drawn", most=number(MOST_DRAWN, language))] if count > MOST_DRAWN else []
    listed = say(language, "screening_first_shown", most=number(MOST_ON_PAPER, language))
    return [*told, listed] if count > MOST_ON_PAPER else told


def _cells(row: words.Row) -> list[str]:
    """In the order of ORDER."""
    return [row.rank, row.interval, row.name, row.score, row.best, row.mover, row.position, row.unknown]


def _heads(keys: Sequence[str], language: str) -> list[str]:
    return [say(language, f"screening_{key}") for key in keys]


def _foot(language: str) -> str:
    dated = say(language, "as_of", date=day(about().as_of, language))
    return f"{dated} · {say(language, 'about_licence')}: {about().licence}"


def _drawn(chart: Any) -> str:
    return svg(chart.properties(width=CHART_WIDTH))


def _criteria(found: Found, language: str) -> list[list[str]]:
    letters = letters_of(found)
    return [
        [
            letters.get(column, "–"),
            pick(criterion.title, language),
            number(float(found.weights[column]), language),
            words.scale_in_words(part, language),
            pick(part.reason, language),
        ]
        for column, (criterion, part) in enumerate(zip(found.criteria, found.parts_of, strict=True))
    ]
