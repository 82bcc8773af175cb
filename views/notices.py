"""What an address says that cannot be shown: parameters that make no sense, and layers of other visitors."""

from __future__ import annotations

import streamlit as st

from layers.text import markdown, moment, say
from layers.view import View
from views.state import broken_parameters, names_others


def show(view: View) -> None:
    """A sentence for each kind, none where the address is as it should be."""
    if broken := broken_parameters():
        st.warning(markdown(say(view.language, "broken_link", parameters=", ".join(broken))))
    if names_others():
        st.warning(markdown(say(view.language, "others_link")))


def undated(view: View) -> list[dict[str, str]]:
    """A block that says that a screen shows all dates although one is chosen; none where none is."""
    if not view.as_of:
        return []
    text = say(view.language, "site_all_dates", month=moment(view.as_of, view.language))
    return [{"kind": "note", "tone": "caution", "text": text}]
