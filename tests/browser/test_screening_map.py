"""The small map of the Screening screen and the way from it to the large one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.screen import parameters, title

pytestmark = pytest.mark.browser


def test_the_first_candidates_stand_on_a_small_map_and_all_on_the_large_one(
    atlas: str, visit: Callable[..., Visit]
) -> None:
    here = visit(atlas, width=375)
    page = here.page
    here.open("/screening?lang=en&s_from=towns")
    picture = page.get_by_role("img", name="The first 10 candidates that have a place")
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.documentElement.scrollWidth <= 375")
    first = page.locator(".st-key-screening_order td a").first.inner_text()
    page.get_by_role("link", name="Show all candidates on the map").click()
    title(page, first)
    asked = parameters(page.url)
    assert asked["table"] == "towns"
    assert asked["sel"].startswith("towns/")
