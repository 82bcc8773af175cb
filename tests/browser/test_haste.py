"""A reader who is faster than the screen: what is chosen before the answer to the last choice has arrived."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from layers.screening.choice import Screening, needs_of_text
from tests.browser.conftest import START_SECONDS, Visit
from tests.browser.screen import wait_parameter
from tests.browser.screening_page import RANKED, choose, expect_order

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]


class Line:
    """What the server sends to a page, which can be kept back for a while."""

    def __init__(self, page: Page) -> None:
        self.page, self.keeping = page, False
        self.kept: list[tuple[WebSocketRoute, str | bytes]] = []
        page.route_web_socket("**/_stcore/stream", self._join)

    def _join(self, to_page: WebSocketRoute) -> None:
        to_page.connect_to_server().on_message(lambda message: self._pass(to_page, message))

    def _pass(self, to_page: WebSocketRoute, message: str | bytes) -> None:
        if self.keeping:
            self.kept.append((to_page, message))
        else:
            to_page.send(message)

    def wait_for(self, text: str) -> None:
        """Until a message that is kept back says this."""
        deadline = time.monotonic() + START_SECONDS
        while not any(text.encode() in message for _, message in self.kept if isinstance(message, bytes)):
            assert time.monotonic() < deadline, f"the server has not said {text!r}"
            self.page.evaluate("new Promise(requestAnimationFrame)")

    def let_go(self) -> None:
        """Give the page what was kept back, in its order."""
        self.keeping, kept, self.kept = False, self.kept, []
        for to_page, message in kept:
            to_page.send(message)


def test_a_filter_chosen_before_a_profile_has_arrived_keeps_the_weights_of_the_profile(
    atlas: str, visit: Start
) -> None:
    page = visit(atlas).page
    line = Line(page)
    page.goto(f"{atlas}/screening?lang=en")
    expect(page.locator(RANKED).first).to_be_visible()
    line.keeping = True
    choose(page, "Profile", "Heavy industry")
    line.wait_for("Seed of the simulation")  # below the weights: the server has set them
    choose(page, "Operating gas line", "within 50 km of an operating gas line")
    line.let_go()
    wait_parameter(page, "s_need", "gas:50")
    expect_order(page, Screening("heavy_industry", needs=needs_of_text("gas:50")))
    assert "s_w=" not in page.url
