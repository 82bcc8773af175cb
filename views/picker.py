"""Fields to choose sites by name: one to preview, up to four to compare."""

from __future__ import annotations

import streamlit as st

from layers.compare_query import key_of
from layers.elsewhere import name_of_ground
from layers.names import names_by_id
from layers.site.choices import choices
from layers.spec import layer_spec
from layers.text import pick, say
from layers.view import GROUNDS, MOST_COMPARED, Selection, View
from views import actions
from views.fields import field

ONE, SEVERAL = "site_pick", "compare_pick"


def one(view: View) -> None:
    """Choose the site to preview."""
    titles = _titles(view)
    st.selectbox(
        say(view.language, "site_pick_one"),
        list(titles),
        format_func=titles.__getitem__,
        filter_mode="contains",
        placeholder=say(view.language, "site_pick_hint"),
        **field(ONE, None, _select),
    )


def several(view: View) -> None:
    """Choose what stands side by side."""
    titles = _titles(view)
    chosen = [key_of(site) for site in view.compared]
    st.multiselect(
        say(view.language, "site_pick_several", most=MOST_COMPARED),
        list(titles),
        format_func=titles.__getitem__,
        max_selections=MOST_COMPARED,
        select_all=False,  # the first row of what was found is then a site, which Enter takes
        filter_mode="contains",
        wrap=True,
        placeholder=say(view.language, "site_pick_hint"),
        **field(SEVERAL, chosen, lambda keys: actions.run({"do": "compare", "ids": keys})),
    )


def _select(key: str | None) -> None:
    if key:
        layer_id, _, feature = key.partition("/")
        actions.run({"do": "select", "layer": layer_id, "id": feature})


def _titles(view: View) -> dict[str, str]:
    """What can be chosen, and what is chosen already, under its name and the title of its layer."""
    found = {choice.key: f"{choice.name} · {choice.kind}" for choice in choices(view.language)}
    for site in view.compared:
        found.setdefault(key_of(site), called(site, view.language))
    return found


def called(site: Selection, language: str) -> str:
    """The name of a site with the title of its layer; its id where it has none."""
    if site.layer in GROUNDS:
        return name_of_ground(site, language)
    name = pick(names_by_id(site.layer).get(site.id, {}), language) or site.id
    return f"{name} · {pick(layer_spec(site.layer).title, language)}"
