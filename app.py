"""The entry point, one file in two parts: imported it is the ASGI app, run as a script it is the page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
LANGUAGE_NAMES = {"kk": "Қаз", "ru": "Рус", "en": "Eng"}
LANGUAGE_KEY = "language"


def _page() -> None:
    """Set up the page, draw the top bar and run the screen that the address names."""
    from layers.text import say
    from views import country, explore, sources
    from views.state import current

    language = current().language
    st.set_page_config(page_title=say(language, "brand"), layout="wide", initial_sidebar_state="collapsed")
    st.html(HERE / "views" / "app.css")
    screens = {
        "explore": st.Page(explore.show, title=say(language, "page_explore"), url_path="map", default=True),
        "country": st.Page(country.show, title=say(language, "page_country"), url_path="country"),
        "sources": st.Page(sources.show, title=say(language, "page_sources"), url_path="sources"),
    }
    chosen = st.navigation(list(screens.values()), position="hidden")
    _top(list(screens.values()))
    chosen.run()


def _top(screens: list[st.Page]) -> None:
    """Name, links between the screens that keep the view, and the language switch."""
    from layers.text import say
    from layers.view import to_query
    from views.state import current

    view = current()
    with st.container(key="top", horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key="brand", width="content"):
            st.markdown(f"# {say(view.language, 'brand')}")
        with st.container(key="nav", horizontal=True, width="stretch"):
            for screen in screens:
                st.page_link(screen, label=screen.title, query_params=to_query(view))
        st.session_state[LANGUAGE_KEY] = view.language
        st.segmented_control(
            say(view.language, "language"),
            list(LANGUAGE_NAMES),
            format_func=LANGUAGE_NAMES.__getitem__,
            key=LANGUAGE_KEY,
            required=True,
            label_visibility="collapsed",
            on_change=_speak,
        )


def _speak() -> None:
    from views.state import change

    change(language=st.session_state[LANGUAGE_KEY])


if __name__ == "__main__":
    _page()
else:
    from layers.routes import routes
    from views.state import base_path

    app = st.App(__file__, routes=routes(base_path()))
