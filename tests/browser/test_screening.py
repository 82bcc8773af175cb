"""The Screening screen: from a cold page to an order with its reasons and a file, in few interactions."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from layers.screening.choice import Screening, needs_of_text
from tests.browser.conftest import ROOT, Visit
from tests.browser.screen import wait_parameter
from tests.browser.screening_page import RANKED, choose, expect_order

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
AXE = ROOT / "layers" / "web" / "node_modules" / "axe-core" / "axe.min.js"
MOST_INTERACTIONS = 6  # I2 of the product


def ranked(page: Page) -> list[str]:
    """Names in the table of the order."""
    return [one.inner_text().strip() for one in page.locator(f"{RANKED} td:nth-child(3)").all()]


def test_an_investor_screens_the_country_in_six_interactions_and_takes_the_workbook(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/?lang=en")
    page.get_by_role("link", name="Screening").click()
    expect(page.locator(RANKED).first).to_be_visible()
    choose(page, "Profile", "Heavy industry")
    wait_parameter(page, "s_profile", "heavy_industry")
    choose(page, "Operating gas line", "within 50 km of an operating gas line")
    wait_parameter(page, "s_need", "gas:50")
    expect_order(page, Screening("heavy_industry", needs=needs_of_text("gas:50")))
    expect(page.get_by_text("Removed because")).to_be_visible()
    expect(page.get_by_text("Not an offer")).to_be_visible()
    address = page.get_by_role("link", name="Excel with live formulas").get_attribute("href") or ""
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel with live formulas").click()
    assert 4 <= len(here.did) <= MOST_INTERACTIONS, here.did
    assert parse_qs(urlsplit(address).query)["s_need"] == ["gas:50"]
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert [cell.value for cell in book["score"]["B"]][1:] == ranked(page)
    compare = page.get_by_role("link", name="Compare", exact=True).last.get_attribute("href") or ""
    assert parse_qs(urlsplit(compare).query)["cmp"][0].count("industrial_zones/") == 3
    preview = page.locator(f"{RANKED} a").first.get_attribute("href") or ""
    assert parse_qs(urlsplit(preview).query)["sel"][0].startswith("industrial_zones/")
    assert here.left_host == here.faults == []


def test_a_weight_is_changed_by_keyboard_and_the_link_holds_it(atlas: str, visit: Start) -> None:
    page = visit(atlas).page
    page.goto(f"{atlas}/screening?lang=en&s_profile=gas_ready")
    expect_order(page, Screening("gas_ready"))
    slider = page.get_by_role("slider", name="People of the own town")
    slider.focus()
    slider.press("End")
    wait_parameter(page, "s_w", "people:100")
    expect_order(page, Screening("gas_ready", weights=(("people", 100),)))
    page.get_by_role("button", name="Weights of the profile").click()
    expect_order(page, Screening("gas_ready"))


def test_at_zero_the_filter_that_removed_the_last_is_named_and_can_be_taken_out(atlas: str, visit: Start) -> None:
    page = visit(atlas).page
    page.goto(f"{atlas}/screening?lang=en&s_need=gas:100,commodity:gold&sure=yes")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("No candidate is left.")
    expect(alert).to_contain_text("removed the last candidate: within 100 km of an operating gas line")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator(RANKED)).to_have_count(15)


@pytest.mark.parametrize(("width", "language"), [(375, "kk")])
def test_a_narrow_screen_scrolls_only_downwards_and_axe_finds_nothing_serious(
    atlas: str, visit: Start, width: int, language: str
) -> None:
    page = visit(atlas, width).page
    page.goto(f"{atlas}/screening?lang={language}&s_need=gas:100")
    expect(page.locator(RANKED).first).to_be_visible()
    expect(page.locator("[data-testid=stVegaLiteChart] > svg")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []
