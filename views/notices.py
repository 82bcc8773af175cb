"""What an address says that cannot be shown: parameters that make no sense, and layers of other visitors."""

from __future__ import annotations

import streamlit as st

from layers.text import markdown, say
from layers.view import View
from views.state import broken_parameters, names_others


def show(view: View) -> None:
    """A sentence for each kind, none where the address is as it should be."""
    if broken := broken_parameters():
        st.warning(markdown(say(view.language, "broken_link", parameters=", ".join(broken))))
    if names_others():
        st.warning(markdown(say(view.language, "others_link")))
