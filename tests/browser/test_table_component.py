"""The table under the map, alone: few rows in the page, all of them to be reached, sorted, chosen and taken away."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.harness import Shown, harness, smaller

pytestmark = pytest.mark.browser

ROWS = 400
HOSTILE = "<img src=x onerror='window.__ran=1'>"


@pytest.fixture
def alone(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Shown]]:
    """Open the table on a page of its own, beside the rows that it asks for."""
    columns = [
        {"name": "name", "title": "Name", "unit": "", "numeric": False},
        {"name": "people", "title": "Population of the town proper", "unit": "people", "numeric": True},
        {"name": "note", "title": "Note", "unit": "", "numeric": False},
    ]
    rows = [[f"id{n}", [f"Town {n}", str(n * 7 % 400), "y" * n], [None, n * 7 % 400, None]] for n in range(ROWS)]
    rows[3] = ["id3", [HOSTILE, "", ""], [None, None, None]]
    for number in range(12):
        text = json.dumps({"columns": columns, "rows": rows[: ROWS - number]})
        (tmp_path / f"rows{number}.json").write_text(text, encoding="utf-8")
    with harness(browser, tmp_path) as start:
        yield start


def table(number: int = 0, **more: Any) -> dict[str, Any]:
    titles = {"towns": "Towns", "areas": "Prospecting areas", "plants": "Heat and power plants"}
    words = {"rows": "{count} rows", "none": "No layer is switched on.", "sort_up": "up", "sort_down": "down"}
    words |= {"download": "Download", "loading": "Loading", "failed": "Not loaded.", "retry": "Again", "clear": "Clear"}
    made = {
        "language": "en",
        "url": f"rows{number}.json",
        "tabs": [{"id": name, "title": title, "count": "3", "on": name == "towns"} for name, title in titles.items()],
        "selected": "",
        "words": words,
        "note": "",
        "downloads": [{"format": name, "href": f"/{name}", "title": ""} for name in ("GeoJSON", "CSV")],
        "empty": None,
    }
    return made | more


def body(here: Shown) -> Locator:
    return here.page.locator("tbody tr[data-id]")


def row(here: Shown, key: str) -> Locator:
    return here.page.locator(f"tr[data-id={key}]")


def test_only_rows_in_view_are_in_the_page_and_all_are_counted(alone: Callable[..., Shown]) -> None:
    here = alone("table", table(), width=840)
    expect(row(here, "id0")).to_be_visible()
    assert body(here).count() < 30
    expect(here.page.get_by_role("grid", name="Towns")).to_have_attribute("aria-rowcount", str(ROWS + 1))
    expect(here.page.get_by_role("status")).to_have_text("400 rows")
    box = here.page.locator(".sheet-box")
    head = here.page.locator("thead").evaluate("node => node.offsetHeight")
    assert box.evaluate("node => node.clientHeight") == head + 6 * 28
    box.evaluate("node => { node.scrollTop = node.scrollHeight; }")
    expect(row(here, "id399")).to_have_attribute("aria-rowindex", str(ROWS + 1))
    assert body(here).count() < 30
    assert smaller(here.page.locator("button, tbody tr[data-id]"), 24) == []


def test_a_head_sorts_up_down_and_back_with_empty_cells_last(alone: Callable[..., Shown]) -> None:
    here = alone("table", table(), width=840)
    head = here.page.get_by_role("columnheader", name="Population of the town proper, people")
    for state, first in (("ascending", "id0"), ("descending", "id57"), ("none", "id0")):
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", state)
        expect(body(here).first).to_have_attribute("data-id", first)
        if state != "none":
            here.page.locator(".sheet-box").evaluate("node => { node.scrollTop = node.scrollHeight; }")
            expect(body(here).last).to_have_attribute("data-id", "id3")
            here.page.locator(".sheet-box").evaluate("node => { node.scrollTop = 0; }")
    assert head.locator(".unit").inner_text() == ", people"
    assert here.acts() == []


def test_the_keyboard_moves_the_row_and_chooses_it(alone: Callable[..., Shown]) -> None:
    here = alone("table", table(), width=840)
    row(here, "id0").focus()
    for key in ("ArrowDown", "ArrowDown", "PageDown", "ArrowUp"):
        here.page.keyboard.press(key)
    expect(row(here, "id7")).to_be_focused()
    assert here.page.locator("tbody tr[tabindex='0']").count() == 1
    here.page.keyboard.press("End")
    expect(row(here, "id399")).to_be_focused()
    here.page.keyboard.press("Enter")
    assert here.wait_for_acts(1) == [{"do": "select", "layer": "towns", "id": "id399"}]
    here.show(table(selected="id399"))
    expect(row(here, "id399")).to_be_focused()
    expect(row(here, "id399")).to_have_attribute("aria-selected", "true")


def test_what_is_selected_elsewhere_is_scrolled_to_within_the_box(alone: Callable[..., Shown]) -> None:
    here = alone("table", table(), width=355)
    expect(row(here, "id0")).to_be_visible()
    here.show(table(selected="id200"))
    expect(row(here, "id200")).to_be_in_viewport()
    assert here.page.evaluate("() => [scrollY, document.documentElement.scrollWidth <= innerWidth]") == [0, True]
    assert here.page.locator(".sheet-box").evaluate("node => node.scrollWidth > node.clientWidth")
    expect(here.page.locator("tr[aria-selected=true]")).to_have_count(1)


def test_tabs_move_with_arrows_and_report_when_chosen(alone: Callable[..., Shown]) -> None:
    here = alone("table", table(), width=355)
    here.page.get_by_role("tab", name="Towns 3").focus()
    here.page.keyboard.press("ArrowRight")
    expect(here.page.get_by_role("tab", name="Prospecting areas 3")).to_be_focused()
    here.page.keyboard.press("Enter")
    assert here.wait_for_acts(1) == [{"do": "table", "id": "areas"}]
    tabs = [tab | {"on": tab["id"] == "areas"} for tab in table()["tabs"]]
    here.show(table(1, tabs=tabs, note="12 of 67"))
    expect(here.page.get_by_role("tab", selected=True)).to_be_focused()
    expect(here.page.get_by_role("status")).to_have_text("12 of 67")


def test_the_download_menu_opens_and_closes_with_the_keyboard(alone: Callable[..., Shown]) -> None:
    here = alone("table", table(), width=840)
    button = here.page.get_by_role("button", name="Download")
    button.press("Enter")
    link = here.page.get_by_role("link", name="CSV")
    assert link.get_attribute("href") == "/CSV"
    assert link.get_attribute("download") is not None
    here.page.keyboard.press("ArrowDown")
    expect(here.page.get_by_role("link", name="GeoJSON")).to_be_focused()
    here.page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    here.page.mouse.click(5, 700)
    expect(link).to_be_hidden()


def test_an_address_is_asked_once_until_eight_others_were(alone: Callable[..., Shown]) -> None:
    here = alone("table", None, width=840)
    asked: list[str] = []
    here.page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    for number in (0, 1, 0, *range(2, 10), 0):
        here.show(table(number))
        expect(here.page.get_by_role("status")).to_have_text(f"{ROWS - number} rows")
    assert asked == [f"rows{number}.json" for number in (*range(10), 0)]


def test_missing_rows_are_said_in_words(alone: Callable[..., Shown]) -> None:
    here = alone("table", table(url="absent.json"), width=840)
    expect(here.page.get_by_role("alert")).to_contain_text("Not loaded.")
    here.show(table(empty={"text": "Commodity empties the table.", "what": "commodity"}))
    expect(here.page.get_by_text("Commodity empties the table.")).to_be_visible()
    expect(body(here)).to_have_count(0)
    here.page.get_by_role("button", name="Clear").click()
    assert here.wait_for_acts(1) == [{"do": "clear", "what": "commodity"}]
    here.show(table(tabs=[], url="", downloads=[]))
    expect(here.page.get_by_text("No layer is switched on.")).to_be_visible()
