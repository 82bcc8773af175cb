"""The reader's choices: read from the URL, written to the URL, and nowhere else.

A browser sends the address it had when it asked for a run, which may be older than what the server has written
since: a run of the map alone, asked for while another choice was under way, would bring the old view back. So a
session remembers the parameters it read or wrote last, and a run that is not a navigation goes on from these.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from layers.query import from_query, of_others, to_query
from layers.refusals import repeated
from layers.spec import LANGUAGES
from layers.view import SEEN, View
from layers.visitors.whose import COOKIE, TOKEN, new_token, visit

LATEST, SHOWN_WHOLE, VISITOR = "latest_query", "whole_query", "visitor"


def begin() -> None:
    """A run of the whole page begins: its address is what the reader sees from now on."""
    visit(visitor())
    st.session_state[LATEST] = st.query_params.to_dict()
    st.session_state[SHOWN_WHOLE] = _choices(st.session_state[LATEST])


def resume() -> bool:
    """Go on from the parameters read or written last; True when the whole page does not show them yet."""
    visit(visitor())
    latest = st.session_state.get(LATEST)
    if latest is None:
        return False
    if st.query_params.to_dict() != latest:
        st.query_params.from_dict(latest)
    return _choices(latest) != st.session_state.get(SHOWN_WHOLE)


def visitor() -> str:
    """The token of this visitor: the session's, else the one of an earlier visit that the browser kept as a cookie."""
    if VISITOR not in st.session_state:
        kept = st.context.cookies.get(COOKIE, "")
        st.session_state[VISITOR] = kept if TOKEN.fullmatch(kept) else new_token()
    token: str = st.session_state[VISITOR]
    return token


def be_visitor(token: str) -> None:
    """Another page of this browser was given a token before this one: from here on it is that visitor's too."""
    if TOKEN.fullmatch(token):
        st.session_state[VISITOR] = token


def current() -> View:
    """The view that the URL describes; without a language in it, the browser's."""
    query = st.query_params.to_dict()
    view, _ = from_query(query)
    if "lang" in query:
        return view
    spoken = (st.context.locale or "")[:2]
    return replace(view, language=spoken) if spoken in LANGUAGES else view


def broken_parameters() -> tuple[str, ...]:
    """Names of the URL parameters that could not be understood, or say two things."""
    pairs = ((name, text) for name in st.query_params for text in st.query_params.get_all(name))
    return tuple(dict.fromkeys((*from_query(st.query_params.to_dict())[1], *repeated(pairs))))


def names_others() -> bool:
    """Whether the URL names a layer that another visitor may have, and this one has not."""
    return of_others(st.query_params.to_dict())


def write(view: View) -> None:
    """Write a view to the URL, the one place where that is done."""
    query = to_query(view)
    st.session_state[LATEST] = query
    if query != st.query_params.to_dict():
        st.query_params.from_dict(query)


def base_path() -> str:
    """server.baseUrlPath with its leading slash, or an empty text."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def _choices(query: dict[str, str]) -> dict[str, str]:
    """The parameters without those that follow the map."""
    follows = query.get("in", "").startswith(SEEN)
    return {name: value for name, value in query.items() if name != "at" and not (name == "in" and follows)}
