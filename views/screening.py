"""Screening: candidates put in order by what the reader weighs, why the others fell out, how stable the order is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from layers.errors import SHOWN
from layers.query import to_query
from layers.refusals import fault_in_words
from layers.screening import words
from layers.screening.chart import MOST_DRAWN, letters_of, parts_chart, rank_chart
from layers.screening.desk import Found, screened
from layers.screening.notes import looseness, not_an_offer, notes
from layers.screening.routes import file_url, screen_query
from layers.text import markdown, moment, number, pick, say
from layers.view import Selection, View
from views import jump, mover, notices, screening_desk, screening_map
from views.state import base_path, current

SHEET = Path(__file__).parent / "screening.css"
MOST_COMPARED, TOP = 4, 3
MOST_LISTED = 30  # candidates in a table; the workbook has all
PICKED = "screening_picked"


def show() -> None:
    """The whole screen."""
    mover.forget()
    view = current()
    st.html(SHEET)
    try:
        with st.spinner(say(view.language, "screening_working")):
            found, refused = screened(view.screening, view.sure, view.blocks, view.cover), ""
    except SHOWN as error:
        found, refused = None, fault_in_words(error, view.language)
    with st.container(key="notices"):
        notices.show(view)
    with st.container(key="screening"):
        left, right = st.columns([1, 3])
        with left, st.container(key="screening_desk"):
            screening_desk.show(view)
        with right, st.container(key="screening_result"):
            if found is None:
                st.error(markdown(refused))
            else:
                _result(view, found)
    if found and found.ids:
        jump.show(view, jump.SCREENING, phone=True)


def _result(view: View, found: Found) -> None:
    language = view.language
    kept, every = number(len(found.ids), language), number(len(found.every.ids), language)
    st.markdown(f"## {markdown(words.title(found, language))}")
    st.markdown(f"**{markdown(say(language, 'screening_kept', kept=kept, all=every))}**")
    st.caption(markdown(not_an_offer(language)))
    if view.as_of:
        st.caption(markdown(say(language, "site_all_dates", month=moment(view.as_of, language))))
    _removed(view, found)
    if loose := looseness(found, language):
        st.info(markdown(loose))
    if not found.ids:
        return
    _onwards(view, found)
    screening_map.show(view, found)
    with st.container(key="screening_order"):
        st.markdown(f"### {markdown(say(language, 'screening_order'))}")
        st.altair_chart(rank_chart(found, language), theme=None, width="stretch", key="screening_ranks")
        if len(found.ids) > MOST_DRAWN:
            st.caption(markdown(say(language, "screening_first_drawn", most=number(MOST_DRAWN, language))))
        _table(_order(view, found))
    if len(found.ids) > MOST_LISTED:
        st.caption(markdown(say(language, "screening_first_shown", most=number(MOST_LISTED, language))))
    st.caption(markdown(say(language, "screening_pareto_note")))
    st.markdown(f"### {markdown(say(language, 'screening_parts'))}")
    if letters_of(found):
        st.altair_chart(parts_chart(found, language), theme=None, width="stretch", key="screening_parts")
    with st.container(key="screening_contributions"):
        _table(_parts(view, found))
    st.caption(markdown(say(language, "screening_parts_note")))
    if any(fit.nearest for fit in found.fits):
        st.markdown(f"### {markdown(say(language, 'screening_fit'))}")
        with st.container(key="screening_fit"):
            _table(_fits(view, found))
    st.markdown(f"### {markdown(say(language, 'screening_criteria'))}")
    st.markdown("\n".join(_criteria(found, language)))
    for note in notes(found, language):
        st.caption(markdown(note))


def _removed(view: View, found: Found) -> None:
    """What each filter removed; at zero, which one removed the last, with the way out."""
    language = view.language
    if not found.sieve.removed:
        st.caption(markdown(say(language, "screening_no_filters")))
        return
    for line in words.doubt_lines(found, language):
        st.caption(markdown(line))
    lines = words.removed_lines(found, language)
    if found.sieve.last:
        st.warning(markdown(f"{say(language, 'screening_nothing')} {lines.pop()}"))
    st.markdown(f"### {markdown(say(language, 'screening_removed_title'))}")
    st.markdown("\n".join(f"- {markdown(line)}" for line in lines))
    fallen = words.fallen(found, language)
    if fallen:
        with st.expander(markdown(f"{say(language, 'screening_fallen')}: {number(len(fallen), language)}")):
            st.markdown("\n".join(f"- {markdown(name)}: {markdown(why)}" for name, why in fallen[:MOST_LISTED]))


def _onwards(view: View, found: Found) -> None:
    """Ways to the comparison of the first three or of those picked, and the files."""
    language, base = view.language, base_path()
    listed = words.rows(found, language)[:MOST_LISTED]
    names = {row.id: f"{row.rank}. {row.name}" for row in listed}
    with st.container(key="screening_onwards", horizontal=True, vertical_alignment="bottom"):
        picked = st.multiselect(
            say(language, "screening_compare_pick"),
            list(names),
            default=[row.id for row in listed[:TOP]],
            format_func=names.__getitem__,
            max_selections=MOST_COMPARED,
            select_all=False,  # the first row of what was found is then a candidate, which Enter takes
            filter_mode="contains",
            wrap=True,
            key=f"{PICKED}_{urlencode(screen_query(view))}",
        )
        if picked:
            st.link_button(say(language, "screening_compare"), _compare_url(view, found, picked), type="primary")
        for form, label in (("xlsx", "screening_excel"), ("pdf", "screening_pdf")):
            st.link_button(say(language, label), file_url(base, form, view), icon=":material/download:")


def _compare_url(view: View, found: Found, picked: Sequence[str]) -> str:
    compared = tuple(Selection(found.every.layer, key) for key in picked)
    return f"{base_path()}/compare?{urlencode(to_query(replace(view, compared=compared)))}"


def _preview(view: View, found: Found, key: str, text: str) -> str:
    """A link to the site's preview, as markdown."""
    query = urlencode(to_query(replace(view, selected=Selection(found.every.layer, key))))
    return f"[{markdown(text)}]({base_path()}/site?{query})"


def _order(view: View, found: Found) -> list[dict[str, str]]:
    language = view.language
    keys = ("candidate", "score", "pareto", "moves", "position", "unknown")
    heads = [say(language, "screening_rank"), words.INTERVAL, *(say(language, f"screening_{key}") for key in keys)]
    made = []
    for row in words.rows(found, language)[:MOST_LISTED]:
        cells = [row.rank, row.interval, "", row.score, row.best, row.mover, row.position, row.unknown]
        told = [markdown(cell) for cell in cells]
        told[2] = _preview(view, found, row.id, row.name)
        made.append(dict(zip(heads, told, strict=True)))
    return made


def _parts(view: View, found: Found) -> list[dict[str, str]]:
    language, used, made = view.language, letters_of(found), []
    for row in words.rows(found, language)[:MOST_LISTED]:
        cells = {say(language, "screening_candidate"): _preview(view, found, row.id, f"{row.rank}. {row.name}")}
        for column, letter in used.items():
            told = words.value(found.criteria[column], found.raw[column], row.place, language)
            points = words.points(found, column, row.place, language)
            head = f"{letter} · {pick(found.criteria[column].title, language)}"
            cells[markdown(head)] = markdown(f"{told} → {points}")
        made.append(cells)
    return made


def _fits(view: View, found: Found) -> list[dict[str, str]]:
    language = view.language
    keys = ("candidate", "need_commodity", "fit_able", "fit_nearest")
    titles = [say(language, f"screening_{key}") for key in keys]
    made = []
    for row in words.rows(found, language)[:MOST_LISTED]:
        told = [markdown(part) for part in words.fit_in_words(found.fits[row.place], language)]
        made.append(dict(zip(titles, [_preview(view, found, row.id, row.name), *told], strict=True)))
    return made


def _criteria(found: Found, language: str) -> list[str]:
    """Each criterion with weight, scale and reason, as lines of a list."""
    letters, made = letters_of(found), []
    for column, (criterion, part) in enumerate(zip(found.criteria, found.parts_of, strict=True)):
        name = " · ".join(filter(None, (letters.get(column, ""), pick(criterion.title, language))))
        weight = f"{say(language, 'screening_weight').lower()} {number(float(found.weights[column]), language)}"
        told = f"{weight}; {words.scale_in_words(part, language)}. {pick(part.reason, language)}"
        made.append(f"- **{markdown(name)}**: {markdown(told)}")
    return made


def _table(rows: list[dict[str, str]]) -> None:
    """A table that a screen reader and a printer read too."""
    st.table({head: [row[head] for row in rows] for head in rows[0]})
