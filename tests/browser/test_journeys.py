"""What a planner asks of the map, in as few steps as promised; the other jobs are followed on their own screens."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.screen import option, table_row, title

pytestmark = pytest.mark.browser
P2_STEPS = 4


def test_which_towns_have_no_gas_and_how_far_the_nearest_line_is(atlas: str, visit: Callable[..., Visit]) -> None:
    here = visit(atlas)
    page, steps = here.page, 0
    here.open("/?lang=en")
    here.map()
    option(page, "gas", "none_found").check()  # its list is opened first
    steps += 2
    row = table_row(page, "ridder")
    expect(row).to_be_visible()
    expect(table_row(page, "aksai")).to_have_count(0)
    row.click()
    steps += 1
    title(page, "Ridder")
    page.get_by_role("link", name="Town passport", exact=True).last.click()  # the filter hides lines in the details
    steps += 1
    assert steps <= P2_STEPS
    expect(page.locator(".st-key-passport_head h2")).to_have_text("Ridder")
    line = page.locator(".st-key-passport_left .entries li", has_text="Operating gas lines").first
    expect(line).to_contain_text(re.compile(r"\d+–\d+ km"))
    expect(line).to_contain_text("±")
    assert here.faults == []
