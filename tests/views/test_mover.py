"""Which of the map's reports are moves of the reader."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from layers.view import Position, View
from views import mover

HOME, NEAR, FAR = Position(48.5, 66.9, 4.75), Position(48.5, 66.9, 6.75), Position(49.7, 84.3, 6.75)


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The map reports where it is while the address wants a view; what is written to the address."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)

    def told(at: Position, view: View) -> View | None:
        written: list[View] = []
        monkeypatch.setattr(mover, "write", written.append)
        list(mover.moves(view))
        mover.note({"center": {"lat": at.lat, "lng": at.lon}, "zoom": at.zoom}, view)
        return written[0] if written else None

    return told


def test_a_move_of_the_reader_is_written(report: Any) -> None:
    assert report(HOME, View()) is None
    assert report(FAR, View()) == View(position=FAR)


def test_a_late_report_of_a_place_that_was_wanted_before_is_no_move(report: Any) -> None:
    """Back twice: the first step wants NEAR, the second nothing, and only then the map says that it is at NEAR."""
    report(HOME, View())
    report(FAR, View())
    report(FAR, View(position=NEAR))  # the map is told to go to NEAR, and has not gone yet
    assert report(NEAR, View()) is None
    assert report(HOME, View()) is None


def test_a_place_that_was_wanted_once_can_be_moved_to_later(report: Any) -> None:
    report(HOME, View())
    report(NEAR, View(position=NEAR))
    assert report(FAR, View(position=NEAR)) == View(position=FAR)
    assert report(NEAR, View(position=FAR)) == View(position=NEAR)
