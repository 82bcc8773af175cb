"""Searching: from a cold page to a town and everything near it in two interactions, by any name, code or position."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Visit
from tests.browser.screen import parameters, table_row, title, wait_parameter

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
MOST_INTERACTIONS = 2


@dataclass
class Hand:
    """A reader's hand: filling a field, pressing a key and clicking count as one interaction each."""

    page: Page
    interactions: int = 0

    def fill(self, text: str) -> None:
        self.interactions += 1
        self.page.locator(".search input").fill(text)

    def press(self, key: str) -> None:
        self.interactions += 1
        self.page.keyboard.press(key)


def first_hit(page: Page, text: str) -> str:
    """What the first hit of a text selects, by layer and id."""
    page.locator(".search input").fill(text)
    hit = page.locator(".search [role=option]").first
    # The list of the text before stays until the answer to this one is there.
    expect(page.locator(".search:not(.waiting)")).to_be_visible()
    return f"{hit.get_attribute('data-layer')}/{hit.get_attribute('data-id')}"


@pytest.mark.parametrize(
    ("text", "language", "town", "name"),
    [
        ("Риддер", "ru", "ridder", "Риддер"),
        ("Ridder", "en", "ridder", "Ridder"),
        ("Лениногорск", "ru", "ridder", "Риддер"),
        ("Балқаш", "kk", "balkhash", "Балқаш"),
        ("Balqash", "en", "balkhash", "Balkhash"),
        ("Балхаш", "en", "balkhash", "Balkhash"),
        ("Zhezkazgna", "en", "zhezkazgan", "Zhezkazgan"),
    ],
)
def test_a_cold_page_tells_a_town_and_all_that_is_near_in_two_interactions(
    atlas: str, visit: Start, text: str, language: str, town: str, name: str
) -> None:
    here = visit(atlas)
    here.open(f"/?lang={language}")
    hand = Hand(here.page)
    hand.fill(text)
    hand.press("Enter")
    title(here.page, name)
    assert parameters(here.page.url)["sel"] == f"towns/{town}"
    near = here.page.locator(".st-key-details a[data-select]")
    expect(near.nth(2)).to_be_visible()
    reach = here.page.locator(".st-key-details .reach").all_inner_texts()
    assert [told for told in reach if any(letter.isdigit() for letter in told)] != []
    expect(table_row(here.page, town)).to_have_attribute("aria-selected", "true")
    frame = here.map()
    frame.wait_for_function("town => Atlas.state().layers.towns?.selected === town", arg=town)
    frame.wait_for_function("Atlas.state().zoom > 6")
    frame.wait_for_function("name => Atlas.state().labels.includes(name)", arg=name)
    assert hand.interactions <= MOST_INTERACTIONS
    assert here.faults == []


def former_names() -> dict[str, str]:
    """The first former name of every town that has one, without what stands in brackets."""
    with (ROOT / "data" / "towns.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["former_names"]]
    return {row["former_names"].split(";")[0].split(" (")[0]: row["id"] for row in rows}


def test_codes_ids_and_former_names_find_what_they_name(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en")
    wanted = {"632410000": "towns/ridder", "balkhash": "towns/balkhash", "Novy Uzen": "towns/zhanaozen"}
    wanted |= {"Сәтбаев": "towns/satpayev", "Yermak": "towns/aksu", "Semipalatinsk-21": "towns/kurchatov"}
    assert {text: first_hit(here.page, text) for text in wanted} == wanted
    known = former_names()
    assert known["Leninogorsk"] == "ridder"
    here.page.locator(".search input").fill("Leninogorsk")
    expect(here.page.locator(".search [role=option] .note").first).to_have_text("formerly: Leninogorsk (1941-2002)")


@pytest.mark.parametrize(
    ("text", "place", "town"),
    [
        ("50.34, 83.51", "place/50.3400,83.5100", "Ridder"),
        ("46°50'53\"N 74°58'48\"E", "place/46.848056,74.980000", "Balkhash"),
        ("48° 00.6' N 66° 45.0' E", "place/48.0100,66.7500", "Satpayev"),
    ],
)
def test_coordinates_go_there_and_list_what_is_near(atlas: str, visit: Start, text: str, place: str, town: str) -> None:
    here = visit(atlas)
    here.open("/?lang=en")
    hand = Hand(here.page)
    hand.fill(text)
    hand.press("Enter")
    assert wait_parameter(here.page, "sel", "place/.+") == place
    details = here.page.locator(".st-key-details")
    expect(details.get_by_role("link", name=town, exact=True)).to_be_visible()
    frame = here.map()
    lat, lon = map(float, place.removeprefix("place/").split(","))
    frame.wait_for_function(
        "([lat, lon]) => Atlas.state().place?.lat === lat && Atlas.state().place.lon === lon", arg=[lat, lon]
    )
    frame.wait_for_function("Atlas.state().zoom > 6")
    assert frame.evaluate("([lat, lon]) => window.map.getBounds().contains([lat, lon])", [lat, lon])
    assert hand.interactions <= MOST_INTERACTIONS


def test_nothing_found_says_so_and_what_can_be_typed(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en")
    expect(here.page.locator(".search input")).to_be_editable()
    here.page.keyboard.press("/")
    expect(here.page.locator(".search input")).to_be_focused()
    here.page.keyboard.type("qqqqxx")
    expect(here.page.locator(".search .said")).to_contain_text("Nothing found. Type a town by any of its names")
    here.page.keyboard.press("Enter")
    here.page.get_by_role("button", name="Clear the search").click()
    expect(here.page.locator(".search .popup")).to_be_hidden()
    assert "sel" not in parameters(here.page.url)


def test_a_search_that_gets_no_answer_says_so(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=ru")
    expect(here.page.locator(".search input")).to_be_editable()
    here.page.context.set_offline(True)
    here.page.locator(".search input").fill("Риддер")
    expect(here.page.locator(".search .said")).to_contain_text("Поиск не ответил.")
    here.page.context.set_offline(False)


def test_metres_say_what_was_understood_on_the_page_and_in_its_link(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en")
    hand = Hand(here.page)
    hand.fill("13456789 5234567")
    expect(here.page.locator(".search .understood")).to_contain_text("Gauss-Kruger, zone 13 (EPSG:28413)")
    hand.press("Enter")
    assert wait_parameter(here.page, "sel", "place/.+") == "place/47.243863,74.428549,28413"
    told = here.page.locator(".st-key-details .fact")
    expect(told.nth(0)).to_contain_text("X (north) 5,234,567\u00a0m; Y (east) 13,456,789\u00a0m")
    expect(told.nth(1)).to_contain_text("EPSG:15865, published accuracy 4.5 m")
    expect(here.page.locator(".search input")).to_have_value("13456789 5234567")
    other = visit(atlas)
    other.open(here.page.url.removeprefix(atlas))
    expect(other.page.locator(".st-key-details .fact").nth(0)).to_contain_text("Gauss-Kruger, zone 13")


def test_enter_picks_no_zone_and_a_line_does(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en")
    here.page.locator(".search input").fill("456789 5234567")
    lines = here.page.locator(".search [role=option]")
    expect(lines).to_have_count(21)
    here.page.keyboard.press("Enter")
    expect(here.page.locator(".search .fault")).to_contain_text("Choose a line")
    assert "sel" not in parameters(here.page.url)
    lines.filter(has_text="UTM zone 43N").click()
    assert wait_parameter(here.page, "sel", "place/.+").endswith(",32643")


@pytest.mark.parametrize(
    ("text", "selected", "most_degrees"),
    [("М-43-101", "sheet/M-43-101", 0.6), ("M-43-101-(10в-5г-7), (10в-5г-8)", "blocks/M-43-101-(10в-5г-7,8)", 0.1)],
)
def test_a_sheet_and_blocks_are_outlined_and_filled_by_the_map(
    atlas: str, visit: Start, text: str, selected: str, most_degrees: float
) -> None:
    here = visit(atlas)
    here.open("/?lang=en")
    hand = Hand(here.page)
    hand.fill(text)
    expect(here.page.locator(".search [role=option]").first).to_be_visible()
    hand.press("Enter")
    assert wait_parameter(here.page, "sel", "(sheet|blocks)/.+") == selected
    frame = here.map()
    frame.wait_for_function("Atlas.state().plot !== null && Atlas.state().zoom > 8")
    west, east = frame.evaluate(
        "() => { const x = Atlas.state().plot.polygons.flat(2).map(([lon]) => lon);"
        " return [Math.min(...x), Math.max(...x)]; }"
    )
    assert east - west < most_degrees
    assert frame.evaluate(
        "([west, east]) => { const seen = map.getBounds(); return seen.getWest() < west && seen.getEast() > east; }",
        [west, east],
    )
    assert here.faults == []


def test_what_is_wrong_in_a_code_is_said_with_what_would_do(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=ru")
    here.page.locator(".search input").fill("M-42-85-(10е-5в-26)")
    expect(here.page.locator(".search .fault")).to_have_text("Номер блока — 1–25, а не «26».")
    expect(here.page.locator(".search .patterns code").first).to_be_visible()
    here.page.locator(".search input").fill("Риддер")
    expect(here.page.locator(".search [role=option]").first).to_contain_text("Риддер")
    expect(here.page.locator(".search .patterns")).to_be_hidden()
