"""A browser may ask for a run with an older address than the server wrote last: no choice is lost by that."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from layers.query import to_query
from layers.view import Area, Position, View
from views import state


class Address(dict[str, str]):
    """st.query_params as far as the atlas uses it."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, query: dict[str, str]) -> None:
        self.clear()
        self.update(query)


@pytest.fixture
def streamlit(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A session whose address the test sets as a browser would."""
    made = SimpleNamespace(session_state={}, query_params=Address(), context=SimpleNamespace(cookies={}))
    monkeypatch.setattr(state, "st", made)
    return made


FIRST = View(language="ru", layers=("towns",))


def opened(streamlit: SimpleNamespace, view: View) -> None:
    """The browser asks for a run of the whole page."""
    streamlit.query_params.from_dict(to_query(view))
    state.begin()


def test_a_run_of_the_map_with_an_older_address_goes_on_from_the_newer_choice(streamlit: SimpleNamespace) -> None:
    opened(streamlit, FIRST)
    second = replace(FIRST, layers=("towns", "plants"))
    state.write(second)
    streamlit.query_params.from_dict(to_query(FIRST))  # sent before the browser knew
    assert state.resume() is True  # the whole page has yet to show the choice
    assert state.current() == second


def test_a_move_of_the_map_needs_no_run_of_the_whole_page(streamlit: SimpleNamespace) -> None:
    opened(streamlit, replace(FIRST, area=Area("view", bounds=(60.0, 45.0, 70.0, 50.0))))
    moved = replace(FIRST, area=Area("view", bounds=(61.0, 45.0, 71.0, 50.0)), position=Position(47.5, 66.0, 6.0))
    state.write(moved)
    assert state.resume() is False
    assert state.current() == moved


def test_going_back_in_the_browser_is_a_choice_of_its_own(streamlit: SimpleNamespace) -> None:
    opened(streamlit, FIRST)
    opened(streamlit, replace(FIRST, layers=("towns", "plants")))
    opened(streamlit, FIRST)
    assert state.resume() is False
    assert state.current() == FIRST


def test_a_first_visit_has_nothing_to_go_on_from(streamlit: SimpleNamespace) -> None:
    streamlit.query_params.from_dict({"lang": "kk"})
    assert state.resume() is False
    assert state.current() == View(language="kk")
