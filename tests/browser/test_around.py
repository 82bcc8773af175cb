"""What is around here: a click on the empty map asks, the list can be sorted, and taken away as it is."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.screen import parameters, title, wait_parameter

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]


def names(page: Page) -> list[str]:
    return page.locator(".st-key-details .found a[data-select]").all_inner_texts()


def test_a_click_on_the_empty_map_lists_all_around_and_gives_it_as_a_file(
    atlas: str, visit: Start, tmp_path: Path
) -> None:
    here = visit(atlas)
    here.open("/?lang=en&layers=towns&at=47.0000,76.0000,7&r=150")
    frame = here.map()
    frame.wait_for_function("Atlas.state().zoom === 7")
    frame.locator(".leaflet-container").click(position={"x": 300, "y": 330})
    chosen = wait_parameter(here.page, "sel", "place/.+")
    lat, lon = map(float, chosen.removeprefix("place/").split(","))
    frame.wait_for_function("([lat, lon]) => Atlas.state().place?.lat === lat", arg=[lat, lon])
    details = here.page.locator(".st-key-details")
    expect(details).to_contain_text("What is around here")
    expect(details.locator(".found a[data-select]").nth(5)).to_be_visible()
    listed = names(here.page)
    assert details.locator(".found .under", has_text="Deposits").count() > 0  # a layer that is not shown
    details.get_by_role("radio", name="by layer").check()
    assert sorted(names(here.page)) == sorted(listed)
    details.get_by_role("radio", name="by distance").check()
    assert names(here.page) == listed
    details.locator(".files summary").click()
    with here.page.expect_download() as saved:
        details.get_by_role("link", name="CSV").click()
    path = tmp_path / "around.csv"
    saved.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Name"] for row in rows] == listed
    assert re.match(r"around-150km-\w+-[\d-]+\.csv", saved.value.suggested_filename)
    assert here.faults == []


def test_a_drag_a_double_click_and_a_tool_ask_nothing(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&layers=towns")
    frame = here.map()
    zoom = frame.evaluate("Atlas.state().zoom")
    box = frame.locator(".leaflet-container")
    box.dblclick(position={"x": 300, "y": 500})
    frame.wait_for_function("zoom => Atlas.state().zoom > zoom", arg=zoom)
    frame.get_by_role("button", name="Measure").click()
    box.click(position={"x": 300, "y": 400})
    box.click(position={"x": 350, "y": 450})
    here.page.keyboard.press("Escape")
    frame.get_by_role("button", name="Filter by a drawn shape").click()
    box.drag_to(box, source_position={"x": 250, "y": 250}, target_position={"x": 420, "y": 420})
    wait_parameter(here.page, "in", "shape:.+")
    told = frame.evaluate("() => Atlas.channel.told.map((act) => act.do)")
    assert told == ["shape"]
    assert "sel" not in parameters(here.page.url)


def test_all_around_a_selected_town_is_a_fold_below_what_is_related(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&sel=towns/balkhash")
    title(here.page, "Balkhash")
    fold = here.page.locator(".st-key-details summary", has_text="Everything within 100 km")
    fold.click()
    expect(here.page.locator(".st-key-details details.more[open] .found a[data-select]").nth(5)).to_be_visible()
    found = names(here.page)
    assert "Balkhash" not in found
    expect(here.page.locator(".st-key-details .files a").first).to_have_attribute("href", re.compile("sel=towns"))
