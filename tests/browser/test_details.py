"""The details: facts with units and sources that open, certainty in words and on the map, links that select."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.screen import parameters, title, wait_parameter

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
BASIS = {
    "en": {
        "computed": "computed",
        "via_town": "stands in",
        "stated": "as a source states",
        "no_accuracy": "without an accuracy",
    },
    "ru": {
        "computed": "вычислено",
        "via_town": "за место принят город",
        "stated": "сказано в источнике",
        "no_accuracy": "без точности",
    },
    "kk": {
        "computed": "есептелген",
        "via_town": "қаласы алынған",
        "stated": "дереккөзде айтылған",
        "no_accuracy": "дәлдігі көрсетілмей",
    },
}
CUT = """nodes => nodes.filter(node => {
    const box = node.getBoundingClientRect();
    return !node.checkVisibility() || node.scrollWidth > node.clientWidth || box.right > innerWidth || box.height < 10;
}).map(node => node.textContent)"""


def test_facts_have_units_dates_and_marks_that_open_their_sources(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&sel=towns/balkhash")
    title(here.page, "Balkhash")
    panel = here.page.locator(".st-key-details")
    people = panel.locator(".fact", has_text="Population of the town proper").first
    expect(people.locator("dd")).to_contain_text("73,450 people")
    marks = panel.locator(".fact a.mark")
    expect(marks.first).to_be_visible()
    numbers = set(panel.locator("a.mark").all_text_contents())
    listed = panel.locator(".sources li")
    assert numbers <= {str(number) for number in listed.evaluate_all("items => items.map(item => item.value)")}
    mark = people.locator("a.mark[href^=http]").first
    number = mark.inner_text()
    source = panel.locator(f'.sources li[data-source="{number}"] a')
    expect(source).to_have_attribute("href", mark.get_attribute("href") or "")
    assert mark.get_attribute("title") == source.inner_text()
    with here.page.expect_popup():
        mark.click()
    assert "sel=towns" in here.page.url


def test_what_is_near_has_a_distance_and_a_basis_and_each_is_a_link_that_selects(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&sel=towns/balkhash")
    page = here.page
    title(page, "Balkhash")
    near = page.locator(".st-key-details .links li")
    expect(near.first).to_be_visible()
    reaches = near.locator(".reach").all_inner_texts()
    assert [text for text in reaches if not text] == []
    assert [text for text in reaches if re.fullmatch(r"[\d.,]+(–[\d.,]+)? km", text)] != []
    assert [text for text in reaches if "position unknown" in text] != []
    assert set(near.evaluate_all("rows => rows.map(row => row.className)")) >= {"computed"}
    link = page.locator('.st-key-details a[data-select="deposits/kounrad"]')
    assert parameters(page.url[: page.url.index("?")] + (link.get_attribute("href") or ""))["sel"] == "deposits/kounrad"
    link.click()
    title(page, "Kounrad")
    frame = here.map()
    frame.wait_for_function("Atlas.state().layers.deposits?.selected === 'kounrad'")
    back = page.locator('.st-key-details a[data-select="towns/balkhash"]')
    back.click()
    title(page, "Balkhash")
    for name in ("Kounrad", "Balkhash"):
        page.go_back()
        title(page, name)
    assert here.faults == []


@pytest.mark.parametrize("language", list(BASIS))
def test_each_row_of_what_is_near_says_its_basis_and_why_it_is_a_range(atlas: str, visit: Start, language: str) -> None:
    """Temirtau has rows of each basis; in the column of a wide screen and in that of a phone."""
    here = visit(atlas)
    here.open(f"/?lang={language}&sel=towns/temirtau")
    near = here.page.locator(".st-key-details .links.drawn li")
    expect(near.first).to_be_visible()
    for width in (1440, 375):
        here.page.set_viewport_size({"width": width, "height": 812})
        rows = near.evaluate_all(
            "rows => rows.map(row => [row.className, row.innerText, row.querySelector('.reach').innerText])"
        )
        assert {basis for basis, *_ in rows} == set(BASIS[language])
        for basis, text, reach in rows:
            assert BASIS[language][basis] in text
            if basis == "computed":
                assert re.search(r"\d–\d.*\s(km|км)$", reach), reach
                assert len(re.findall(r"±\s[\d.,]+\s(?:km|км)", text)) == 2, text
        assert near.locator(".why").evaluate_all(CUT) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "possibly within 50 km"), ("ru", "возможно, в радиусе 50 км"), ("kk", "50 км радиуста болуы мүмкін")],
)
def test_what_may_be_within_the_radius_says_so_among_what_is_near(
    atlas: str, visit: Start, language: str, words: str
) -> None:
    """A range across the radius, and what only its town places; in the column of a wide screen and of a phone."""
    here = visit(atlas)
    here.open(f"/?lang={language}&sel=towns/temirtau&r=50")
    near = here.page.locator(".st-key-details .links.drawn li")
    doubtful = near.filter(has=here.page.locator(".doubt"))
    expect(doubtful.first).to_be_visible()
    assert {"computed", "via_town"} <= set(doubtful.evaluate_all("rows => rows.map(row => row.className)"))
    assert doubtful.count() < near.count()
    assert set(doubtful.locator(".doubt").all_inner_texts()) == {words}
    for width in (1440, 375):
        here.page.set_viewport_size({"width": width, "height": 812})
        assert near.locator(".why").evaluate_all(CUT) == []


@pytest.mark.parametrize(
    ("area", "name", "place", "words", "dashed"),
    [
        ("revnyushinsky-kazzinc", "Revnyushinsky", "49.69,84.34", "place named in the source, not the area", True),
        ("severny-katpar", "North Katpar", "48.73,72.95", "point published by a source", False),
    ],
)
def test_how_sure_a_position_is_stands_in_words_and_shows_on_the_map(
    atlas: str, visit: Start, area: str, name: str, place: str, words: str, dashed: bool
) -> None:
    here = visit(atlas)
    here.open(f"/?lang=en&layers=prospecting_areas&sel=prospecting_areas/{area}&at={place},10")
    expect(here.page.locator(".st-key-details h2")).to_contain_text(name)
    expect(here.page.locator(".st-key-details").get_by_text(words).first).to_be_attached()
    frame = here.map()
    mark = frame.get_by_role("button", name=re.compile(name))
    expect(mark.first).to_be_visible()
    expect(mark.first.locator("svg, path").first).to_be_attached()
    assert bool(mark.first.locator("[stroke-dasharray]").count()) == dashed


def test_rows_without_a_place_are_reached_by_the_number_at_their_town(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&layers=towns,industrial_zones&at=46.84,74.98,9")
    frame = here.map()
    frame.wait_for_function("Atlas.state().layers.industrial_zones_badges?.features > 0")
    frame.get_by_role("button", name=re.compile("^Industrial zones: .*Balkhash|^Industrial zones: 2")).first.click()
    assert wait_parameter(here.page, "sel", "industrial_zones/badge:.+") == "industrial_zones/badge:balkhash"
    panel = here.page.locator(".st-key-details")
    expect(panel.get_by_text("Position unknown, shown at Balkhash")).to_be_visible()
    panel.locator('a[data-select^="industrial_zones/"]').first.click()
    wait_parameter(here.page, "sel", "industrial_zones/(?!badge).+")


def test_home_shows_the_whole_country_again(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&at=46.84,74.98,9")
    frame = here.map()
    frame.wait_for_function("Math.abs(Atlas.state().zoom - 9) < 0.01")
    frame.get_by_role("button", name="Whole country", exact=True).click()
    frame.wait_for_function("Atlas.state().zoom < 6")
    assert frame.evaluate("window.map.getBounds().contains([[41, 47], [55, 87]])")
    frame.get_by_role("button", name="Full screen", exact=True).click()
    frame.wait_for_function("document.fullscreenElement !== null")


def test_a_selection_can_be_taken_back(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&sel=towns/balkhash")
    title(here.page, "Balkhash")
    here.page.locator(".st-key-details button.close").click()
    title(here.page, "Choose something on the map")
    assert "sel" not in parameters(here.page.url)


def test_the_search_field_lets_go_of_a_name_when_the_reader_goes_back_or_forward(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en")
    field = here.page.locator(".search input")
    for name in ("Balkhash", "Ridder"):
        field.fill(name)
        field.press("Enter")
        title(here.page, name)
        expect(field).to_have_value(name)
    here.page.go_back()
    title(here.page, "Balkhash")
    expect(field).to_have_value("")
    field.fill("Rudn")  # typed, and not yet taken
    here.page.go_forward()
    title(here.page, "Ridder")
    expect(field).to_have_value("")
    expect(here.page.locator(".search .popup")).to_be_hidden()


def test_the_way_to_the_table_is_one_press_where_it_lies_below_the_details(atlas: str, visit: Start) -> None:
    here = visit(atlas, 1024)
    here.open("/?lang=en&sel=towns/balkhash")
    title(here.page, "Balkhash")
    rows = here.page.locator('.table tr[data-id="balkhash"]')
    expect(rows).to_be_attached()
    expect(rows).not_to_be_in_viewport()
    here.page.get_by_role("navigation", name="Parts of the page").get_by_role("button", name="Table").click()
    expect(rows).to_be_in_viewport()
    covered = """bar => {
        const main = document.querySelector('[data-testid="stMain"]');
        main.scrollTo(0, main.scrollHeight);
        const table = document.querySelector('.st-key-tablebox');
        return table.getBoundingClientRect().bottom > bar.getBoundingClientRect().top;
    }"""
    assert not here.page.locator(".jump nav").evaluate(covered)


def test_the_first_click_after_another_screen_selects(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&at=46.84,74.98,9&layers=towns")
    name = "Single-industry towns: Balkhash"
    for _ in range(2):
        frame = here.map()
        frame.wait_for_function("Math.abs(Atlas.state().zoom - 9) < 0.01")
        frame.get_by_role("button", name=name, exact=True).click()
        title(here.page, "Balkhash")
        here.page.locator(".st-key-details button.close").click()
        title(here.page, "Choose something on the map")
        here.page.get_by_role("link", name="Country").click()
        here.page.get_by_role("heading", name="What was said of the whole country").wait_for()
        here.page.get_by_role("link", name="Map", exact=True).click()
