"""The reader's choices: read from the URL, written to the URL, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from layers.query import from_query, to_query
from layers.spec import LANGUAGES
from layers.view import View


def current() -> View:
    """The view that the URL describes; without a language in it, the browser's."""
    query = st.query_params.to_dict()
    view, _ = from_query(query)
    if "lang" in query:
        return view
    spoken = (st.context.locale or "")[:2]
    return replace(view, language=spoken) if spoken in LANGUAGES else view


def broken_parameters() -> tuple[str, ...]:
    """Names of the URL parameters that could not be understood."""
    return from_query(st.query_params.to_dict())[1]


def write(view: View) -> None:
    """Write a view to the URL, the one place where that is done."""
    if to_query(view) != st.query_params.to_dict():
        st.query_params.from_dict(to_query(view))


def base_path() -> str:
    """server.baseUrlPath with its leading slash, or an empty text."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""
