"""Fields of Streamlit's own that show a value of the view and ask for another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st


def field(name: str, value: Any, take: Callable[[Any], None]) -> dict[str, Any]:
    """Key and callback of a field that shows ``value``; what the reader chooses in it goes to ``take``.

    A value that the reader did not choose here makes it a new field. Whatever else the reader does before the browser
    has drawn the new value is sent with the old one, which Streamlit would take for a choice made in the same field.
    """
    state, turns = st.session_state, f"{name}_turn"
    turn: int = state.get(turns, 0)
    key = f"{name}_{turn}"
    if key in state and not _same(state[key], value):
        turn += 1
        state[turns], key = turn, f"{name}_{turn}"
    if key not in state:
        state[key] = value

    def chosen() -> None:
        """One that is gone has nothing to say; Streamlit calls back for it when the browser has not heard of that."""
        if state.get(turns, 0) == turn:
            take(state[key])

    return {"key": key, "on_change": chosen}


def _same(shown: Any, value: Any) -> bool:
    """Equal; of several, in whatever order the reader chose them."""
    if isinstance(shown, list) and isinstance(value, list):
        return sorted(shown) == sorted(value)
    return bool(shown == value)
