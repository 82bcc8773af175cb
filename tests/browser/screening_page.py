"""What several tests do on the Screening screen."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from layers.screening.choice import Screening
from layers.screening.desk import screened
from layers.screening.words import rows

RANKED = ".st-key-screening_order tbody tr"


def choose(page: Page, label: str, option: str) -> None:
    """Choose in a menu; two interactions."""
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=option, exact=True).click()


def expect_order(page: Page, asked: Screening) -> None:
    """The table shows the order that the layers compute."""
    names = [row.name for row in rows(screened(asked, sure=False), "en")]
    expect(page.locator(f"{RANKED} td:nth-child(3)")).to_have_text(names)
