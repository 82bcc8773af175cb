"""A planner reads a town, its gas and how sure that is, and leaves with its passport, in as few steps as promised."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Visit
from tests.browser.screen import option, table_row, title
from tests.browser.test_site import grave

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
P1_STEPS, P2_STEPS, PASSPORT_STEPS = 2, 4, 2
MANY_PLACES_MS = 60_000


def head(page: Page, text: str) -> None:
    """The passport is that of this town."""
    expect(page.locator(".st-key-passport_head h2")).to_have_text(text)


def test_an_old_name_leads_to_the_town_and_its_passport(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page, steps = here.page, 0
    here.open("/?lang=ru")
    here.map()
    field = page.locator(".search input")
    field.fill("Лениногорск")
    steps += 1
    field.press("Enter")
    steps += 1
    title(page, "Риддер")
    expect(page.locator(".st-key-details .links.drawn li").nth(3)).to_be_visible()
    assert steps <= P1_STEPS
    page.get_by_role("link", name="Паспорт города", exact=True).last.click()
    head(page, "Риддер")
    assert (here.left_host, here.faults) == ([], [])


def test_the_passport_is_two_steps_from_a_cold_page_and_its_files_hold_what_it_says(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page, steps = here.page, 0
    here.open("/?lang=kk")
    page.locator(".st-key-nav").get_by_role("link", name="Қала паспорты").click()
    steps += 1
    page.locator(".st-key-passport").get_by_role("link", name="Балқаш", exact=True).click()
    steps += 1
    assert steps <= PASSPORT_STEPS
    head(page, "Балқаш")
    expect(page.locator(".st-key-passport_people canvas, .st-key-passport_people svg").first).to_be_visible()
    people = page.locator(".st-key-passport_facts .fact", has_text="73\u202f450")
    expect(people).to_be_visible()
    links = {name: page.locator(".st-key-passport_head").get_by_role("link", name=name) for name in ("PDF", "Excel")}
    files = {name: page.request.get(f"{atlas}{link.get_attribute('href')}") for name, link in links.items()}
    assert all(file.ok for file in files.values())
    reader = PdfReader(io.BytesIO(files["PDF"].body()))
    assert len(reader.pages) <= 2
    text = " ".join(" ".join(sheet.extract_text().split()) for sheet in reader.pages)
    assert "Балқаш" in text
    assert "73 450" in text.replace("\u202f", " ")
    book = openpyxl.load_workbook(io.BytesIO(files["Excel"].body()))
    assert 73450 in [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert (here.left_host, here.faults) == ([], [])


def test_towns_without_gas_and_how_far_the_nearest_line_is(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page, steps = here.page, 0
    here.open("/?lang=en&layers=towns,gas_operating&table=towns")
    here.map()
    option(page, "gas", "none_found").check()  # its list is opened first
    steps += 2
    row = table_row(page, "ridder")
    expect(row).to_be_visible()
    expect(table_row(page, "aksai")).to_have_count(0)
    row.click()
    steps += 1
    title(page, "Ridder")
    assert steps <= P2_STEPS
    near = page.locator(".st-key-details .links.drawn li", has_text="Operating gas lines").first
    expect(near).to_contain_text(re.compile(r"\d+–\d+ km"))
    expect(near).to_contain_text("±")
    assert here.faults == []


@pytest.mark.parametrize(("path", "width", "language"), [("passport?id=ridder", 375, "ru"), ("passport", 1024, "en")])
def test_it_is_readable_on_a_phone_and_has_nothing_grave(
    atlas: str, visit: Start, path: str, width: int, language: str
) -> None:
    here = visit(atlas, width)
    here.open(f"/{path}{'&' if '?' in path else '?'}lang={language}")
    ready = ".st-key-passport_rest .sources li" if "id=" in path else ".st-key-passport .index li"
    expect(here.page.locator(ready).first).to_be_visible(timeout=MANY_PLACES_MS)
    assert here.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert grave(here.page) == []
    expect(here.page.locator("html")).to_have_attribute("lang", language)
    assert (here.left_host, here.faults) == ([], [])
