"""The entry point, one file in two parts: imported it is the ASGI app, run as a script it is the page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
LANGUAGE_NAMES = {"kk": "Қаз", "ru": "Рус", "en": "Eng"}
LANGUAGE_KEY, ROLE_KEY = "language", "role"


def _page() -> None:
    """Set up the page, draw the top bar and run the screen that the address names."""
    from layers.text import say
    from views import blocks, compare, country, explore, page, passport, promises, screening, site, sources
    from views.state import begin, current

    begin()
    view = current()
    st.set_page_config(page_title=say(view.language, "brand"), layout="wide", initial_sidebar_state="collapsed")
    st.html(HERE / "views" / "app.css")
    screens = {
        "explore": st.Page(explore.show, title=say(view.language, "page_explore"), url_path="map", default=True),
        "passport": st.Page(passport.show, title=say(view.language, "page_passport"), url_path="passport"),
        "promises": st.Page(promises.show, title=say(view.language, "page_promises"), url_path="promises"),
        "country": st.Page(country.show, title=say(view.language, "page_country"), url_path="country"),
        "screening": st.Page(screening.show, title=say(view.language, "page_screening"), url_path="screening"),
        "compare": st.Page(compare.show, title=say(view.language, "page_compare"), url_path="compare"),
        "blocks": st.Page(blocks.show, title=say(view.language, "page_blocks"), url_path="blocks"),
        "sources": st.Page(sources.show, title=say(view.language, "page_sources"), url_path="sources"),
    }
    beside = st.Page(site.show, title=say(view.language, "page_site"), url_path="site")
    chosen = st.navigation([*screens.values(), beside], position="hidden")
    _top(list(screens.values()), chosen is screens["explore"])
    chosen.run()
    page.show(view)


def _top(screens: list[st.Page], on_map: bool) -> None:
    """Name, links between the screens that keep the view, search, roles and languages."""
    from layers.query import to_query
    from layers.roles import roles
    from layers.text import pick, say
    from views import search
    from views.state import current

    view = current()
    titles = {one.id: pick(one.title, view.language) for one in roles().values()}
    with st.container(key="top"):
        with st.container(key="brand", width="content"):
            st.markdown(f"# {say(view.language, 'brand')}")
        with st.container(key="nav", horizontal=True, width="content"):
            for screen in screens:
                st.page_link(screen, label=screen.title, query_params=to_query(view))
        with st.container(key="search"):
            if on_map:
                search.show(view)
        with st.container(key="role_box", width="content"):
            if on_map:
                _choice(say(view.language, "role"), titles, ROLE_KEY, view.role)
        with st.container(key="language_box", width="content"):
            _choice(say(view.language, "language"), LANGUAGE_NAMES, LANGUAGE_KEY, view.language)


def _choice(label: str, titles: dict[str, str], key: str, chosen: str) -> None:
    """One of a few, as buttons side by side; choosing is an action of the same name."""
    from views.actions import run

    st.session_state[key] = chosen
    st.segmented_control(
        label,
        list(titles),
        format_func=titles.__getitem__,
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: run({"do": key, "id": st.session_state[key]}),
    )


if __name__ == "__main__":
    _page()
else:
    from layers.routes import routes
    from views.state import base_path

    app = st.App(__file__, routes=routes(base_path()))
