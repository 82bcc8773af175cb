"""The date: one slider for map, legend, table, details and files, in the address and on every screen."""

from __future__ import annotations

import csv
import io
import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, expect

from tests.browser.conftest import Visit
from tests.browser.screen import chips, expect_count, expect_rows, parameters, title, wait_ids, wait_parameter
from tests.browser.test_map import identity

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]


def opened(atlas: str, visit: Start, query: str) -> tuple[Visit, Frame]:
    """Explore with some parameters, once its map is drawn."""
    here = visit(atlas)
    here.open(f"/?lang=en&{query}")
    return here, here.map()


def listed(here: Visit) -> int:
    """How many towns the CSV that the table offers has on the list."""
    href = here.page.locator('.table .downloads a:has(b:text-is("CSV"))').get_attribute("href")
    assert href is not None
    with urllib.request.urlopen(here.url + href, timeout=30) as answer:
        rows = list(csv.DictReader(io.StringIO(answer.read().decode("utf-8-sig"))))
    assert len(rows) == 27
    return sum(row["On the list of that date"] == "yes" for row in rows)


def test_the_slider_moves_by_keyboard_and_everything_follows(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, "layers=industrial_zones,towns&table=industrial_zones")
    slider, before = here.page.locator("#asof"), identity(frame)
    expect_count(here.page, "industrial_zones", 15)
    expect(slider).to_have_attribute("aria-valuetext", "all dates")
    slider.press("Home")
    assert wait_parameter(here.page, "asof", r"2012-\d\d") == "2012-12"
    expect(slider).to_have_attribute("aria-valuetext", "December 2012")
    expect(chips(here.page)).to_have_text(["As of December 2012"])
    expect_count(here.page, "industrial_zones", 3, 15)
    expect_rows(here.page, 3)
    wait_ids(frame, "industrial_zones_badges", {"aksu", "temirtau"})
    slider.press("ArrowRight")
    wait_parameter(here.page, "asof", "2013-12")
    here.page.locator('.controls [data-asof="all"]').click()
    wait_parameter(here.page, "asof", "")
    expect_count(here.page, "industrial_zones", 15)
    expect(chips(here.page)).to_have_count(0)
    assert identity(frame) == before
    assert here.faults == []


def test_the_file_of_the_towns_has_27_on_the_list_of_2013_and_20_on_that_of_2024(atlas: str, visit: Start) -> None:
    here, _ = opened(atlas, visit, "layers=towns&table=towns&asof=2013-12&sel=towns/saran")
    title(here.page, "Saran")
    facts = here.page.locator(".st-key-details .facts").first
    expect(facts).to_contain_text(re.compile(r"On the list of that date\s*yes"))
    assert listed(here) == 27
    here.open("/?lang=en&layers=towns&table=towns&asof=2024-12&sel=towns/saran")
    expect(facts).to_contain_text(re.compile(r"On the list of that date\s*no"))
    assert listed(here) == 20
    assert here.faults == []


def test_what_has_no_date_is_marked_on_the_map_and_the_country_keeps_the_date(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, "layers=plants,towns&asof=2013-12")
    mark = frame.locator('.atlas-mark[aria-label*="Balkhash CHP"]')
    expect(mark).to_have_attribute("aria-label", re.compile("undated: shown at every date"))
    here.page.get_by_role("link", name="Country").click()
    then = here.page.get_by_text("Number of towns in the 2012-2020 programme.")
    later = here.page.get_by_text("Gasification work continues in 11 towns.")
    expect(then).to_be_visible()
    assert parameters(here.page.url)["asof"] == "2013-12"
    expect(later).to_have_count(0)
    here.page.locator('.asof [data-asof="all"]').click()
    expect(later).to_be_visible()
    assert here.faults == []
