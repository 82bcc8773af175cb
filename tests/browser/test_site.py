"""An investor previews a site and compares three, in as few steps as promised, and opens what was downloaded."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import ROOT, Visit
from tests.browser.screen import parameters, wait_parameter

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
AXE = ROOT / "layers" / "web" / "node_modules" / "axe-core" / "axe.min.js"
THREE = "industrial_zones/saran-iz,towns/ridder,prospecting_areas/aktyubinskoe-1801"
I1_STEPS, I3_STEPS = 4, 5


def grave(page: Page) -> list[object]:
    """What axe-core finds serious or critical, the map's frame apart."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { iframes: false, resultTypes: ['violations'] })")
    return [
        (one["id"], one["nodes"][0]["html"]) for one in found["violations"] if one["impact"] in ("serious", "critical")
    ]


def test_a_site_is_previewed_in_three_steps_and_shared_by_its_link(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/?lang=ru")
    here.map()
    field = page.locator(".search input")
    field.fill("Сарань")
    expect(page.locator(".search [role=option]").first).to_be_visible()
    field.press("Enter")
    page.get_by_role("link", name="Обзор этой площадки").click()
    expect(page.locator(".st-key-site_head h2")).to_have_text("Сарань")
    assert 2 <= len(here.did) <= I1_STEPS, here.did
    assert parameters(page.url)["sel"] == "towns/saran"
    expect(page.locator(".st-key-site_head .caution")).to_contain_text("не предложение")
    facts = page.locator(".st-key-site .fact", has_text="Действующие газопроводы")
    expect(facts).to_contain_text(re.compile(r"км; Сарыарка.*действует \(2019\)"))
    expect(page.get_by_text("Что неизвестно")).to_be_visible()
    here.map().wait_for_function("'radius' in Atlas.state().layers && 'towns' in Atlas.state().layers")
    slider = page.get_by_role("slider", name="Радиус, км")
    slider.press("ArrowRight")
    wait_parameter(page, "r", "110")
    expect(page.locator(".st-key-site .fact", has_text="Жители городов в пределах 110 км")).to_be_visible()
    link = page.get_by_role("link", name="Скачать PDF")
    expect(link).to_have_attribute("href", re.compile("r=110"))
    told = page.request.get(f"{atlas}{link.get_attribute('href')}")
    assert told.ok
    assert "Сарань" in PdfReader(io.BytesIO(told.body())).pages[0].extract_text()
    again = visit(atlas)
    again.open(page.url.removeprefix(atlas))
    expect(again.page.locator(".st-key-site_head h2")).to_have_text("Сарань")
    assert (here.left_host, here.faults) == ([], [])


def test_three_sites_are_compared_and_taken_away_in_five_steps(atlas: str, visit: Start, tmp_path: Path) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/?lang=en")
    here.map()
    page.locator(".st-key-nav").get_by_role("link", name="Compare").click()
    for place, name in enumerate(("Saran industrial zone", "Kulsary industrial zone", "SEZ Saryarka"), 1):
        page.locator(".compare .names").get_by_role("button", name=name, exact=True).click()
        expect(page.locator(".compare thead .name")).to_have_count(place)
    with page.expect_download() as caught:
        page.locator(".compare .files").get_by_role("link", name="XLSX").click()
    assert 5 <= len(here.did) <= I3_STEPS, here.did
    caught.value.save_as(tmp_path / "compared.xlsx")
    book = openpyxl.load_workbook(tmp_path / "compared.xlsx")
    heads = [cell.value for cell in next(book.worksheets[0].iter_rows())]
    assert heads[3:12:3] == ["1. Saran industrial zone", "2. Kulsary industrial zone", "3. SEZ Saryarka"]
    shown = page.locator('.compare tr[data-key="gas_operating"] td:not(.verdict) .answer').all_inner_texts()
    rows = {row[1]: row for row in book.worksheets[0].iter_rows(values_only=True)}
    stated = rows["Operating gas lines: which is the nearest"]
    assert all(str(answer) in text for answer, text in zip(stated[3:12:3], shown, strict=True))
    charts = page.locator(".st-key-compare_charts canvas, .st-key-compare_charts svg").first
    expect(charts).to_be_visible()
    gaps = page.locator(".compare .gaps")
    assert (charts.bounding_box() or {})["y"] < (gaps.bounding_box() or {})["y"]
    expect(page.locator(".compare .key img").first).to_be_visible()
    page.get_by_role("button", name="Remove: 2. Kulsary industrial zone").click()
    wait_parameter(page, "cmp", "industrial_zones/saran-iz,industrial_zones/sez-saryarka")
    assert (here.left_host, here.faults) == ([], [])


@pytest.mark.parametrize(
    ("path", "width", "language"),
    [(f"compare?cmp={THREE}&r=50", 375, "kk"), ("site?sel=industrial_zones/saran-iz&r=50", 375, "ru")],
)
def test_a_phone_shows_all_of_it_and_nothing_grave(
    atlas: str, visit: Start, path: str, width: int, language: str
) -> None:
    here = visit(atlas, width)
    here.open(f"/{path}&lang={language}")
    ready = ".compare tbody tr" if path.startswith("compare") else ".st-key-site .sources li"
    expect(here.page.locator(ready).first).to_be_visible()
    expect(here.page.locator("html")).to_have_attribute("lang", language)
    assert here.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert grave(here.page) == []
    assert (here.left_host, here.faults) == ([], [])


def test_enter_takes_the_one_site_that_was_found_first(atlas: str, visit: Start) -> None:
    page = visit(atlas).page
    page.goto(f"{atlas}/compare?lang=ru")
    field = page.get_by_role("combobox", name="Площадки для сравнения").first
    field.click()
    field.press_sequentially("зона Сатпаева")
    expect(page.get_by_role("option")).to_have_count(1)
    field.press("Enter")
    wait_parameter(page, "cmp", "industrial_zones/satpayev-iz")
    field.press_sequentially("Риддер")
    expect(page.get_by_role("option").nth(1)).to_be_visible()
    field.press("Enter")
    expect(page.locator(".compare thead .name")).to_have_count(2)
