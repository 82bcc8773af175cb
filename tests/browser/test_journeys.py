"""What a planner asks of the map, in as few steps as promised; the other jobs are followed on their own screens."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.screen import option, table_row, title

pytestmark = pytest.mark.browser
P1_STEPS, P2_STEPS = 2, 4


@pytest.mark.parametrize(("typed", "language", "name"), [("Риддер", "en", "Ridder"), ("Leninogorsk", "kk", "Риддер")])
def test_a_town_by_any_name_with_all_that_is_near_it(
    atlas: str, visit: Callable[..., Visit], typed: str, language: str, name: str
) -> None:
    here = visit(atlas)
    here.open(f"/?lang={language}")
    here.map()
    field = here.page.locator(".search input")
    field.fill(typed)
    expect(here.page.locator(".search [role=option]").first).to_be_visible()
    field.press("Enter")
    title(here.page, name)
    expect(here.page.locator(".st-key-details .near li, .st-key-details .entries li").first).to_be_visible()
    assert 1 <= len(here.did) <= P1_STEPS, here.did
    assert here.faults == []


def test_which_towns_have_no_gas_and_how_far_the_nearest_line_is(atlas: str, visit: Callable[..., Visit]) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/?lang=en")
    here.map()
    option(page, "gas", "none_found").check()  # its list is opened first
    row = table_row(page, "ridder")
    expect(row).to_be_visible()
    expect(table_row(page, "aksai")).to_have_count(0)
    row.click()
    title(page, "Ridder")
    page.get_by_role("link", name="Town passport", exact=True).last.click()  # the filter hides lines in the details
    expect(page.locator(".st-key-passport_head h2")).to_have_text("Ridder")
    assert 4 <= len(here.did) <= P2_STEPS, here.did
    line = page.locator(".st-key-passport_left .entries li", has_text="Operating gas lines").first
    expect(line).to_contain_text(re.compile(r"\d+–\d+ km"))
    expect(line).to_contain_text("±")
    assert here.faults == []
