"""The table under the map: the rows of one visible layer in words; choosing a row selects its feature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st
from streamlit.column_config import Column

from layers.names import names_by_id
from layers.relate import layer
from layers.spec import LayerSpec, layer_spec
from layers.tabulate import NUMERIC, heading, table_of
from layers.text import markdown, number, pick, say, shown
from layers.view import View
from views.state import select

ROW_HEIGHT = 28
ROWS_SHOWN = 6
NAME_WIDTH = 160


def show(view: View, layer_ids: Sequence[str]) -> None:
    """A choice among the layers, and the chosen one's rows: name first, then the facts a reader meets first."""
    if not layer_ids:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="table_head"):
        chosen = st.selectbox(
            say(view.language, "table_of"),
            layer_ids,
            format_func=lambda layer_id: pick(layer_spec(layer_id).title, view.language),
            label_visibility="collapsed",
            width=280,
        )
        spec = layer(chosen).spec
        rows = table_of(chosen, view.language, spec.facts)
        st.markdown(f":gray[{markdown(say(view.language, 'rows', count=number(len(rows), view.language)))}]")
    name = say(view.language, "name")
    while name in rows:  # a layer may have a column of that title
        name += "\u00a0"
    called = names_by_id(chosen)
    rows.insert(0, name, [pick(called[key], view.language) or key for key in rows.index])
    key = f"table_{chosen}"
    st.dataframe(
        rows.style.set_uuid(chosen).format(_numbers(spec, view.language), na_rep=""),
        key=key,
        hide_index=True,
        height=ROW_HEIGHT * (ROWS_SHOWN + 1) + 5,
        row_height=ROW_HEIGHT,
        column_config={name: Column(width=NAME_WIDTH)},
        on_select=lambda: _pick(chosen, key, list(rows.index)),
        selection_mode="single-row",
        placeholder="",
    )


def _numbers(spec: LayerSpec, language: str) -> dict[Any, str | Callable[[object], str] | None]:
    """How each number column is written in the reader's language; the cells stay numbers and sort as such."""
    return {
        heading(column, language): partial(shown, column=column, language=language)
        for column in spec.columns
        if column.type in NUMERIC and column.name in (spec.facts or (column.name,))
    }


def _pick(layer_id: str, key: str, ids: list[str]) -> None:
    chosen = st.session_state[key]["selection"]["rows"]
    if chosen:
        select(layer_id, ids[chosen[0]])
