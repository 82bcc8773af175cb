"""The table under the map: any visible layer, sorted, linked both ways with the map, and taken away in any format."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pyogrio
import pytest
from openpyxl import load_workbook
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import Visit
from tests.browser.screen import expect_rows, option, parameters, table_row, title, wait_parameter
from tests.browser.test_map import wait_count

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
FORMATS = {"GeoJSON": "geojson", "GeoPackage": "gpkg", "KML": "kml", "GPX": "gpx", "CSV": "csv", "Excel": "xlsx"}
FORMATS |= {"GeoParquet": "parquet"}


def opened(atlas: str, visit: Start, query: str) -> tuple[Visit, Frame]:
    """Explore with some parameters, once its towns are drawn."""
    here = visit(atlas)
    here.open(f"/?lang=en&{query}")
    frame = here.map()
    wait_count(frame, "towns", 27)
    return here, frame


def column(page: Page, name: str) -> list[str]:
    """The cells of a column in the rows that the page holds, from the top."""
    titles = page.locator(".table th[aria-sort] .title").all_inner_texts()
    place = next(number for number, title in enumerate(titles) if title.startswith(name))
    script = "(rows, place) => rows.map(row => row.children[place].textContent)"
    cells: list[str] = page.locator(".table tbody tr[data-id]").evaluate_all(script, place)
    return cells


def test_every_visible_layer_has_a_tab_with_its_rows(atlas: str, visit: Start) -> None:
    here, _ = opened(atlas, visit, "")
    tabs = here.page.locator(".table [role=tab]")
    layers = tabs.evaluate_all("tabs => tabs.map(tab => tab.dataset.layer)")
    assert len(layers) == 9
    for layer in layers:
        tab = here.page.locator(f'.table [role=tab][data-layer="{layer}"]')
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        expect_rows(here.page, int(tab.locator(".count").inner_text()))
        expect(here.page.locator(".table tbody tr[data-id]").first).to_be_visible()
    assert parameters(here.page.url)["table"] == layers[-1]
    assert here.faults == []


def test_a_head_sorts_numbers_as_numbers_up_down_and_back(atlas: str, visit: Start) -> None:
    here, _ = opened(atlas, visit, "table=towns")
    head = here.page.locator(".table th[aria-sort]", has_text="Population of the town proper")
    expect(head).to_have_attribute("aria-sort", "none")
    first = column(here.page, "Name")
    for state in ("ascending", "descending"):
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", state)
        cells = column(here.page, "Population of the town proper")
        numbers = [int(re.sub(r"\D", "", cell)) for cell in cells if cell]
        assert len(numbers) > 5
        assert numbers == sorted(numbers, reverse=state == "descending")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "none")
    assert column(here.page, "Name") == first
    names = here.page.locator(".table th[aria-sort]").first
    names.get_by_role("button").click()
    assert column(here.page, "Name") == sorted(column(here.page, "Name"))


def test_a_row_selects_on_the_map_and_a_symbol_marks_and_shows_its_row(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, "table=towns&at=46.84,74.98,8")
    table_row(here.page, "khromtau").click()
    title(here.page, "Khromtau")
    frame.wait_for_function("Atlas.state().layers.towns?.selected === 'khromtau'")
    frame.wait_for_function("window.map.getBounds().contains([50.2516, 58.4357])")
    expect(table_row(here.page, "khromtau")).to_have_attribute("aria-selected", "true")
    assert parameters(here.page.url)["sel"] == "towns/khromtau"
    expect(table_row(here.page, "tekeli")).not_to_be_in_viewport()
    here.open("/?lang=en&table=towns&at=44.85,78.77,9")
    frame = here.map()
    frame.get_by_role("button", name="Single-industry towns: Tekeli", exact=True).click()
    title(here.page, "Tekeli")
    expect(table_row(here.page, "tekeli")).to_have_attribute("aria-selected", "true")
    inside = "row => (([r, b]) => r.top >= b.top && r.bottom <= b.bottom + 1)" + (
        "([row, row.closest('.sheet-box')].map(node => node.getBoundingClientRect()))"
    )
    assert table_row(here.page, "tekeli").evaluate(inside)


def test_the_keyboard_alone_goes_through_tabs_rows_and_downloads(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, "table=towns")
    page = here.page
    expect_rows(page, 27)
    page.get_by_role("tab", selected=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", selected=True)).to_have_attribute("data-layer", "industrial_zones")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", selected=True)).to_have_attribute("data-layer", "towns")
    expect_rows(page, 27)
    page.locator(".table tr[tabindex='0']").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    wait_parameter(page, "sel", "towns/kentau")
    title(page, "Kentau")
    frame.wait_for_function("Atlas.state().layers.towns?.selected === 'kentau'")
    expect(table_row(page, "kentau")).to_be_focused()


def rows_in(form: str, path: Path) -> int:
    """The number of features or rows of a file."""
    if form == "geojson":
        return len(json.loads(path.read_bytes())["features"])
    if form == "csv":
        return len(list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))) - 1
    if form == "xlsx":
        return load_workbook(path).worksheets[0].max_row - 1
    if form in ("kml", "gpx"):
        tags = {"Placemark", "wpt", "trk", "rte"}
        return sum(node.tag.rpartition("}")[2] in tags for node in ElementTree.parse(path).iter())
    return len(gpd.read_parquet(path) if form == "parquet" else pyogrio.read_dataframe(path, layer="deposits"))


def links(page: Page) -> Mapping[str, str]:
    """The formats offered, each with its address."""
    found: list[tuple[str, str]] = page.locator(".table .downloads a").evaluate_all(
        "all => all.map(link => [link.querySelector('b').textContent, link.getAttribute('href')])"
    )
    return dict(found)


def test_every_format_offered_holds_just_the_rows_that_are_seen(atlas: str, visit: Start) -> None:
    here, _ = opened(atlas, visit, "layers=towns,deposits&table=deposits")
    option(here.page, "commodity", "copper").click()
    wait_parameter(here.page, "commodity", "copper")
    expect_rows(here.page, 191)
    offered = links(here.page)
    assert set(offered) == set(FORMATS)
    for name, form in FORMATS.items():
        here.page.get_by_role("button", name="Download").click()
        with here.page.expect_download() as download:
            here.page.locator(".table .downloads a", has=here.page.locator(f"b:text-is('{name}')")).click()
        saved = download.value.suggested_filename
        assert re.fullmatch(rf"deposits-filtered-[0-9a-f]+-\d{{4}}-\d\d-\d\d\.{form}", saved), saved
        path = download.value.path().rename(download.value.path().with_suffix(f".{form}"))
        assert rows_in(form, path) == 191, form
    assert here.faults == []


def test_what_a_format_cannot_hold_is_not_offered(atlas: str, visit: Start) -> None:
    here, _ = opened(atlas, visit, "layers=towns,prospecting_areas&table=prospecting_areas")
    expect_rows(here.page, int(here.page.get_by_role("tab", selected=True).locator(".count").inner_text()))
    assert "GPX" not in links(here.page)
    assert "KML" in links(here.page)
    here.page.locator('.table [role=tab][data-layer="towns"]').click()
    expect_rows(here.page, 27)
    assert "GPX" in links(here.page)
