"""Our own components: each is plain data drawn by a script of ours, which sets every value as text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from views.actions import handler

HERE = Path(__file__).parent
# A component is one script, so parts that several share stand before it.
PARTS = {
    "controls": ("dom.js", "legend.js", "filters.js", "asof.js"),
    "promises": ("dom.js",),
    "asof": ("dom.js", "legend.js", "asof.js"),
    "table": ("dom.js", "rows.js", "sheet.js"),
    "compare": ("dom.js",),
    "upload": ("dom.js", "where.js"),
}
STYLES = {"asof": "controls"}  # a component that is drawn as a part of another


def mount(name: str, data: dict[str, Any], key: str, go: bool = False, act: Callable[[], None] | None = None) -> None:
    """Draw a component; what the reader does in it is run as an action (see ``views.actions``), or by ``act``."""
    _registered(name)(data=data, key=key, on_act_change=act or handler(key, go))


@st.cache_resource
def _registered(name: str) -> Any:
    scripts = [*(HERE / "web" / part for part in PARTS.get(name, ())), HERE / f"{name}.js"]
    style = HERE / f"{STYLES.get(name, name)}.css"
    return st.components.v2.component(
        f"atlas_{name}",
        html=f'<div class="{name}"></div>',
        css=style.read_text(encoding="utf-8") if style.exists() else None,
        js="\n".join(script.read_text(encoding="utf-8") for script in scripts),
    )
