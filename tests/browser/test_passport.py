"""The Passport screen: a town in two steps from a cold page, found by any name, its files opened, no fault."""

from __future__ import annotations

import io
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Visit
from tests.browser.screen import title, wait_parameter

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
MOST_STEPS = 2
CHART = '[data-testid="stVegaLiteChart"] svg'


def shown(page: Page, name: str) -> None:
    """The passport of a town is drawn: its title, map, chart, facts and sources."""
    expect(page.locator(".st-key-passport_head h2")).to_have_text(name)
    expect(page.locator(".st-key-passport img").first).to_be_visible()
    expect(page.locator(CHART).first).to_be_visible()
    expect(page.locator(".st-key-passport_facts .fact").first).to_be_visible()
    expect(page.locator(".st-key-passport_rest .sources li").first).to_be_visible()


def test_from_a_cold_map_the_passport_is_two_clicks_away_and_so_it_is_from_its_town(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/?lang=ru")
    page.locator(".st-key-nav").get_by_role("link", name="Паспорт города").click()
    page.locator(".st-key-passport_choice").get_by_role("link", name="Риддер", exact=True).click()
    shown(page, "Риддер")
    wait_parameter(page, "id", "ridder")
    assert len(here.did) == MOST_STEPS, here.did
    page.get_by_role("link", name="Показать на карте").click()
    title(page, "Риддер")
    page.locator(".st-key-details").get_by_role("link", name="Паспорт города").click()
    shown(page, "Риддер")
    assert here.left_host == []
    assert here.faults == []


def test_from_a_town_chosen_on_the_map_the_menu_leads_to_its_passport_and_on_to_its_page(
    atlas: str, visit: Start
) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/?lang=ru&sel=towns/saran")
    title(page, "Сарань")
    page.locator(".st-key-nav").get_by_role("link", name="Паспорт города").click()
    shown(page, "Сарань")
    page.locator(".st-key-passport_head").get_by_role("link", name="Площадка").click()
    expect(page.locator(".st-key-site_head h2")).to_have_text("Сарань")
    keys = page.locator(".st-key-site_key .key li")
    expect(keys.filter(has_text="Месторождения")).to_have_count(1)  # listed around, so on the map too
    here.open("/passport?lang=ru&sel=deposits/kounrad")
    expect(page.locator(".st-key-passport_choice")).to_be_visible()  # no town: all to choose from
    assert here.faults == []


def test_the_files_hold_the_town_in_the_language_of_the_page(atlas: str, visit: Start, tmp_path: Path) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/passport?id=balkhash&lang=kk")
    shown(page, "Балқаш")
    read = {}
    for name, form in (("PDF", "pdf"), ("Excel", "xlsx"), ("Markdown", "md")):
        with page.expect_download() as waited:
            page.locator(".st-key-passport_head").get_by_role("link", name=name, exact=True).click()
        assert waited.value.suggested_filename.endswith(f".{form}")
        waited.value.save_as(tmp_path / f"p.{form}")
        read[form] = (tmp_path / f"p.{form}").read_bytes()
    pages = PdfReader(io.BytesIO(read["pdf"])).pages
    assert len(pages) <= 2
    assert "Балқаш" in pages[0].extract_text()
    cells = [cell.value for row in load_workbook(io.BytesIO(read["xlsx"])).worksheets[0].iter_rows() for cell in row]
    assert any("Қарағанды облысы" in str(cell) for cell in cells)
    assert read["md"].decode().startswith("# Балқаш")
    assert here.faults == []


def test_another_town_is_found_by_a_name_in_another_language_and_an_unknown_one_is_said(
    atlas: str, visit: Start
) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/passport?id=atlantis&lang=en")
    expect(page.locator(".st-key-passport_choice .caution")).to_contain_text("atlantis")
    box = page.get_by_role("combobox", name="Choose a town")
    box.click()
    box.fill("Теміртау")
    box.press("Enter")
    shown(page, "Temirtau")
    wait_parameter(page, "id", "temirtau")
    expect(page.locator(CHART).first).to_contain_text("178,517")
    assert here.faults == []


def test_a_file_that_cannot_be_made_is_refused_in_a_sentence(atlas: str) -> None:
    for path, code in (("atlantis.md?lang=en", 404), ("ridder.exe", 404), ("ridder.md?lang=xx", 400)):
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(f"{atlas}/api/passport/{path}")
        assert raised.value.code == code
        assert raised.value.read().decode().endswith(".")
        raised.value.close()
