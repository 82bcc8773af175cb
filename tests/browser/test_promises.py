"""Promises and Country from a cold page: what came of instructions, figures that disagree side by side."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.screen import on_map, wait_parameter

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
P3_STEPS, P4_STEPS = 3, 2
ZONES = {"zone-khromtau", "zone-satpayev", "zone-balkhash", "zone-kulsary"}


def test_where_a_zone_was_instructed_and_its_evidence_in_three_steps(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en")
    page = here.page
    page.get_by_role("link", name="Promises", exact=True).click()
    rows = page.locator(".promises tbody tr")
    page.locator('.promises [data-pick="theme"]').select_option("zones")
    wait_parameter(page, "ptheme", "zones")
    satpayev = page.locator('.promises tr[data-id="zone-satpayev"]')
    expect(satpayev).to_contain_text("under way")
    expect(satpayev).to_contain_text("Networks contracted for 802.4 million tenge")
    expect(satpayev.locator(".last .mark").first).to_have_attribute("href", re.compile("^https://kazpravda.kz/"))
    shown = rows.evaluate_all("rows => rows.map(row => row.dataset.id)")
    assert set(shown) >= ZONES
    page.get_by_label("Evidence missing").check()
    wait_parameter(page, "missing", "yes")
    expect(page.locator('.promises tr[data-id="zone-kulsary"]')).to_contain_text("no evidence of execution")
    expect(satpayev).to_have_count(0)
    assert 3 <= len(here.did) <= P3_STEPS, here.did
    states = rows.evaluate_all("rows => rows.map(row => row.dataset.state)")
    assert set(states) == {"no_evidence"}
    link = page.get_by_role("link", name="CSV: evidence missing").get_attribute("href")
    told = page.request.get(atlas + str(link)).text().lstrip("\ufeff")
    written = list(csv.DictReader(io.StringIO(told)))
    assert {row["State"] for row in written} == {"no evidence of execution"}
    assert {row["Id"] for row in written} >= {"zone-kulsary", "zone-balkhash"}
    assert here.left_host == []
    assert here.faults == []


def test_figures_that_disagree_stand_side_by_side_in_two_steps(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en")
    page = here.page
    page.get_by_role("link", name="Country", exact=True).click()
    row = page.locator('.panel .entries li[data-id="P002"]')
    expect(row).to_contain_text("1,300,000 people")
    row.get_by_role("link", name="Statements on this: 7").click()
    wait_parameter(page, "claim", "monotowns_population")
    assert 2 <= len(here.did) <= P4_STEPS, here.did
    group = page.locator(".st-key-figure_monotowns_population")
    for key, value in (("P002", "1,300,000"), ("P101", "1,400,000"), ("P102", "1,500,000"), ("P106", "1,530,000")):
        told = group.locator(f'li[data-id="{key}"]')
        expect(told).to_contain_text(value)
        expect(told.locator(".mark").first).to_be_visible()
    expect(group).to_contain_text("1,172,347 people; −127,653 people against the lowest")
    expect(group.locator('[data-testid="stVegaLiteChart"] :is(canvas, svg)').first).to_be_visible()
    top = group.bounding_box()
    assert top
    assert top["y"] < 600  # before everything else, so that nobody looks for it
    assert here.left_host == []
    assert here.faults == []


@pytest.mark.parametrize(
    ("address", "ready"),
    [
        ("/promises?lang=ru", ".st-key-promises_sources .sources li"),
        ("/passport?id=ridder&lang=kk", ".st-key-passport_more a"),
        ("/screening?lang=en", ".st-key-screening_contributions table"),
    ],
)
def test_on_a_phone_each_part_of_a_long_desk_is_one_press_away(
    atlas: str, visit: Start, address: str, ready: str
) -> None:
    here = visit(atlas, 375)
    here.open(address)
    page = here.page
    page.emulate_media(reduced_motion="reduce")
    page.locator(ready).first.wait_for(state="attached")
    presses = page.locator(".jump button")
    expect(presses).to_have_count(4)
    for press in presses.all():
        part = page.locator(f".st-key-{press.get_attribute('data-to')}")
        press.click()
        expect(part).to_be_in_viewport()
        expect(part).to_be_focused()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(page.locator(".jump")).to_be_hidden()


def test_the_instructions_are_a_layer_of_the_map(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/promises?lang=en")
    here.page.get_by_role("link", name="Show on the map").click()
    wait_parameter(here.page, "table", "instructions")
    frame = here.map()
    frame.wait_for_function("Atlas.state().layers.instructions_badges?.features > 0")
    assert "instructions_badges" in on_map(frame)
    expect(here.page.get_by_role("tab", selected=True)).to_have_attribute("data-layer", "instructions")


@pytest.mark.parametrize("width", [375])
def test_nothing_is_wider_than_a_narrow_page(atlas: str, visit: Start, width: int) -> None:
    here = visit(atlas, width)
    for path, inside in (("/promises?lang=kk", ".promises tbody tr"), ("/country?lang=ru", ".panel .entries li")):
        here.open(path)
        expect(here.page.locator(inside).first).to_be_visible()
        here.page.wait_for_selector('[data-testid="stVegaLiteChart"] :is(canvas, svg)')
        wider = "document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth"
        here.page.wait_for_function(wider)
