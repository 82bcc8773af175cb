"""One filter drives everything: map, table, legend counts, the related things, what is taken away."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from playwright.sync_api import Frame, Page, expect

from layers.facets import facets
from layers.spec import layer_spec
from layers.text import say
from tests.browser.conftest import Visit
from tests.browser.screen import (
    chips,
    counted,
    expect_count,
    expect_rows,
    on_map,
    option,
    parameters,
    requests,
    row,
    table_row,
    title,
    wait_ids,
    wait_parameter,
)
from tests.browser.test_map import identity, wait_count

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
DEPOSITS = 408
FOLLOWED = """names => {
    const box = [...document.querySelectorAll('.st-key-tablebox *')].find(node => node.shadowRoot?.querySelector('a'));
    const [file, page] = [box?.shadowRoot.querySelector('.downloads a')?.href, location.href].map(href => href &&
        new URL(href).searchParams);
    return file && names.every(name => file.get(name) === page.get(name));
}"""
ONLY_DEPOSITS = "layers=towns,deposits,prospecting_areas&table=deposits"


def opened(atlas: str, visit: Start, query: str) -> tuple[Visit, Frame]:
    """Explore with some parameters, once its map is drawn."""
    here = visit(atlas)
    here.open(f"/?lang=en&{query}")
    return here, here.map()


def downloaded(here: Visit, form: str = "GeoJSON") -> dict[str, Any]:
    """The GeoJSON that the table offers just now."""
    href = here.page.locator(f'.table .downloads a:has(b:text-is("{form}"))').get_attribute("href")
    assert href is not None
    with urllib.request.urlopen(here.url + href, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def ids_of(here: Visit) -> set[str]:
    """Ids of what the table offers as a file, once that has followed the address."""
    here.page.wait_for_function(FOLLOWED, arg=[*facets(), "q", "in", "r", "sure"])
    return {feature["properties"]["id"] for feature in downloaded(here)["features"]}


def related(page: Page, layer: str) -> set[str]:
    """Ids of what the details list of a layer."""
    found = page.locator(f'.st-key-details a[data-select^="{layer}/"]')
    listed: list[str] = found.evaluate_all("all => all.map(link => link.dataset.select.split('/')[1])")
    return set(listed)


def expect_everywhere(here: Visit, frame: Frame, layer: str, total: int) -> set[str]:
    """Map, table, legend, details and file hold the same rows of a layer; returns their ids."""
    ids = ids_of(here)
    wait_ids(frame, layer, ids)
    expect_rows(here.page, len(ids))
    expect_count(here.page, layer, *([len(ids), total] if len(ids) < total else [total]))
    expect(here.page.locator(f'.table [role=tab][data-layer="{layer}"] .count')).to_have_text(
        re.compile(rf"^(\d+–)?{len(ids)}$")
    )
    assert related(here.page, layer) <= ids
    return ids


def test_a_facet_and_a_text_filter_everything_alike_and_are_cleared_one_by_one(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, f"{ONLY_DEPOSITS}&sel=towns/balkhash")
    title(here.page, "Balkhash")
    wait_count(frame, "deposits", DEPOSITS)
    before, unfiltered = identity(frame), related(here.page, "deposits")
    option(here.page, "commodity", "gold").click()
    wait_parameter(here.page, "commodity", "gold")
    gold = expect_everywhere(here, frame, "deposits", DEPOSITS)
    expect(here.page.locator(".st-key-details").get_by_text("More left out by the filter: ")).to_have_count(1)
    assert related(here.page, "deposits") < unfiltered
    expect(chips(here.page)).to_have_text(["Commodity: gold"])
    here.page.locator("#text-filter").fill("porphyry")
    expect(chips(here.page)).to_have_text(["Commodity: gold", "Text: porphyry"])
    wait_parameter(here.page, "q", "porphyry")
    both = expect_everywhere(here, frame, "deposits", DEPOSITS)
    assert set() < both < gold
    here.page.get_by_role("button", name="Clear: Commodity: gold").click()
    expect(chips(here.page)).to_have_text(["Text: porphyry"])
    wait_parameter(here.page, "commodity", "")
    text = expect_everywhere(here, frame, "deposits", DEPOSITS)
    assert text & gold == both
    here.page.get_by_role("button", name="Clear all filters").first.click()
    expect(chips(here.page)).to_have_count(0)
    wait_parameter(here.page, "q", "")
    assert len(expect_everywhere(here, frame, "deposits", DEPOSITS)) == DEPOSITS
    assert identity(frame) == before
    assert here.faults == []


@pytest.mark.parametrize(
    ("facet", "code", "layer"),
    [
        ("region", "karaganda", "towns"),
        ("specialisation", "copper", "towns"),
        ("gas", "planned", "towns"),
        ("listed", "2024", "towns"),
        ("group", "gold_silver", "deposits"),
        ("status", "stage.exploration", "prospecting_areas"),
        ("position", "licence_blocks", "prospecting_areas"),
    ],
)
def test_every_facet_narrows_its_layer(facet_page: Visit, facet: str, code: str, layer: str) -> None:
    page, frame = facet_page.page, facet_page.map()
    box = option(page, facet, code)
    count = counted(page.locator(f'.controls li[data-facet="{facet}"][data-code="{code}"] .count').inner_text())[0]
    assert count > 0
    before = on_map(frame)[layer]["features"]
    box.click()
    expect(chips(page)).to_have_count(1)
    frame.wait_for_function(
        "([layer, before]) => Atlas.state().layers[layer] && Atlas.state().layers[layer].features < before",
        arg=[layer, before],
    )
    shown = counted(row(page, layer).locator(".count").inner_text())
    assert 0 < shown[0] < shown[1]
    assert shown[0] <= count
    option(page, facet, code).click()
    expect(chips(page)).to_have_count(0)
    wait_count(frame, layer, before)


@pytest.fixture(scope="module")
def facet_page(atlas: str, browser: Any) -> Any:
    """One page on which one facet after the other is tried."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    here = Visit(context.new_page(), atlas)
    here.open(f"/?lang=en&{ONLY_DEPOSITS}")
    wait_count(here.map(), "deposits", DEPOSITS)
    yield here
    context.close()


def in_view(frame: Frame) -> shapely.Polygon:
    """What the map shows, in degrees."""
    south, west, north, east = frame.evaluate(
        "(b => [b.getSouth(), b.getWest(), b.getNorth(), b.getEast()])(window.map.getBounds())"
    )
    return shapely.box(west, south, east, north)


def wait_area(here: Visit, frame: Frame) -> None:
    """Wait until the filter is the extent that the map shows."""
    frame.wait_for_function("!window.map._panAnim || !window.map._panAnim._inProgress")
    west, south, east, north = in_view(frame).bounds
    here.page.wait_for_url(
        lambda url: same(parameters(url).get("in", ""), [west, south, east, north]), wait_until="commit"
    )


def same(text: str, bounds: list[float]) -> bool:
    """Whether a spatial filter is these bounds."""
    found = [float(part) for part in text.removeprefix("view:").split(",") if part]
    return len(found) == 4 and all(abs(a - b) < 0.001 for a, b in zip(found, bounds, strict=True))


def test_what_the_map_shows_follows_the_map(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, f"{ONLY_DEPOSITS}&at=49.8,73.1,7")
    frame.wait_for_function("Atlas.state().zoom === 7")
    wait_count(frame, "deposits", DEPOSITS)
    here.page.get_by_role("radio", name="what the map shows").click()
    wait_area(here, frame)
    expect(chips(here.page)).to_have_text(["Place: what the map shows"])
    seen = []
    for _ in range(2):
        wait_area(here, frame)
        inside = {
            feature["properties"]["id"]
            for feature in downloaded(here)["features"]
            if in_view(frame).intersects(shapely.geometry.shape(feature["geometry"]))
        }
        expect_rows(here.page, len(inside))
        expect_count(here.page, "deposits", len(inside), DEPOSITS)
        assert ids_of(here) == inside
        seen.append(inside)
        frame.locator("#map_div").focus()
        here.page.keyboard.press("ArrowRight")
        frame.wait_for_function("Math.abs(Atlas.state().center.lon - 73.1) > 0.3")
    assert seen[0] != seen[1]
    assert on_map(frame)["deposits"]["features"] == DEPOSITS


def test_within_the_radius_follows_the_slider(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, f"{ONLY_DEPOSITS}&sel=towns/ridder")
    wait_count(frame, "deposits", DEPOSITS)
    here.page.get_by_role("radio", name="within the radius of the selection").click()
    wait_parameter(here.page, "in", "radius")
    wide = expect_everywhere(here, frame, "deposits", DEPOSITS)
    here.page.locator(".controls #radius").fill("30")
    wait_parameter(here.page, "r", "30")
    narrow = expect_everywhere(here, frame, "deposits", DEPOSITS)
    assert set() < narrow < wide
    frame.wait_for_function("Atlas.state().layers.radius !== undefined")
    here.page.locator(".controls #radius").press("ArrowRight")
    wait_parameter(here.page, "r", "40")
    assert narrow <= expect_everywhere(here, frame, "deposits", DEPOSITS) <= wide


def maybe(frame: Frame, layer: str) -> set[str]:
    """Ids of what the map marks as only possibly within the radius."""
    return set(on_map(frame)[layer]["maybe"])


def test_what_may_be_within_the_radius_counts_until_a_reader_takes_it_out(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, f"{ONLY_DEPOSITS}&sel=towns/temirtau&in=radius&r=50")
    box = here.page.get_by_role("checkbox", name="count what is possibly within it, too")
    expect(box).to_be_checked()
    every = expect_everywhere(here, frame, "deposits", DEPOSITS)
    doubtful = maybe(frame, "deposits")
    assert set() < doubtful < every
    expect(here.page.locator(".controls .key")).to_contain_text("question mark: possibly within the radius")
    assert on_map(frame)["radius"]["accuracy"] == 2
    box.press("Space")
    wait_parameter(here.page, "sure", "yes")
    assert expect_everywhere(here, frame, "deposits", DEPOSITS) == every - doubtful
    assert maybe(frame, "deposits") == set()
    expect(chips(here.page)).to_have_text(["Place: surely within 50 km of Temirtau"])
    expect(box).to_be_focused()
    listed = here.page.locator(".st-key-details .links li", has=here.page.locator('a[data-select^="deposits/"]'))
    expect(listed.locator(".doubt")).to_have_count(0)
    expect(here.page.locator(".controls .key")).not_to_contain_text("question mark")
    here.page.go_back()
    wait_parameter(here.page, "sure", "")
    assert expect_everywhere(here, frame, "deposits", DEPOSITS) == every
    assert maybe(frame, "deposits") == doubtful
    expect(box).to_be_checked()
    here.page.go_forward()
    wait_parameter(here.page, "sure", "yes")
    wait_ids(frame, "deposits", every - doubtful)
    assert here.faults == []


def test_what_may_be_within_the_radius_has_a_question_mark_with_words(atlas: str, visit: Start) -> None:
    layers = "layers=deposits,gas_operating,industrial_zones"
    _, frame = opened(atlas, visit, f"{layers}&sel=towns/temirtau&in=radius&r=50&at=50.05,72.96,9")
    doubt = " – possibly within 50 km"
    named = [re.compile(f"^{name}.*{doubt}") for name in ("Deposits: Kazakhstanskaya", "Industrial zones: Temirtau")]
    line = frame.locator('.leaflet-pane[class*="gas_operating-badge"] .atlas-mark')  # its line is what is clicked
    for found in (line, *(frame.get_by_role("button", name=name) for name in named)):
        expect(found).to_be_visible()
        expect(found.locator("circle")).to_have_count(2)
    sure = frame.get_by_role("button", name=re.compile("^Deposits: Nurkazgan"))
    expect(sure).to_be_visible()
    expect(sure.locator("circle")).to_have_count(0)
    frame.wait_for_function("Atlas.state().layers.gas_operating.maybe.length === 1")


def test_a_drawn_shape_in_the_address_filters_everything(atlas: str, visit: Start) -> None:
    here, frame = opened(
        atlas, visit, f"{ONLY_DEPOSITS}&in=shape:72.0000 49.0000,76.0000 49.0000,76.0000 51.0000,72.0000 51.0000"
    )
    frame.wait_for_function("Atlas.state().shape !== null")
    inside = expect_everywhere(here, frame, "deposits", DEPOSITS)
    assert 0 < len(inside) < DEPOSITS
    expect(chips(here.page)).to_have_text(["Place: drawn shape"])
    here.page.get_by_role("radio", name="everywhere").click()
    wait_count(frame, "deposits", DEPOSITS)
    frame.wait_for_function("Atlas.state().shape === null")
    expect_rows(here.page, DEPOSITS)


def test_an_empty_result_names_the_filter_that_emptied_it_and_offers_to_clear_it(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, f"{ONLY_DEPOSITS}&group=iron&q=zzzz")
    notice = here.page.locator(".controls .emptied", has_text="Deposits")
    expect(notice).to_contain_text("Deposits: no rows left; emptied by: Text.")
    expect(here.page.locator(".table .words")).to_contain_text("Deposits: no rows left; emptied by: Text.")
    wait_ids(frame, "deposits", set())
    expect_count(here.page, "deposits", 0, DEPOSITS)
    here.page.locator(".table .words button").click()
    wait_parameter(here.page, "q", "")
    expect(notice).to_have_count(0)
    iron = expect_everywhere(here, frame, "deposits", DEPOSITS)
    assert 0 < len(iron) < DEPOSITS
    here.page.locator("#text-filter").fill("zzzz")
    expect(notice).to_be_visible()
    notice.get_by_role("button").click()
    wait_parameter(here.page, "q", "")
    assert expect_everywhere(here, frame, "deposits", DEPOSITS) == iron
    assert table_row(here.page, sorted(iron)[0]).count() <= 1
    with requests(here.page, "/api/layers/deposits") as asked:
        here.page.get_by_role("button", name="Clear all filters").first.click()
        wait_count(frame, "deposits", DEPOSITS)
    assert len(asked) <= 1


@pytest.mark.parametrize(
    ("language", "after"),
    [("en", "no rows left; emptied by: "), ("ru", "строк не осталось; причина: "), ("kk", "жол қалмады; себебі: ")],
)
def test_layers_emptied_by_one_filter_stand_in_one_sentence(
    atlas: str, visit: Start, language: str, after: str
) -> None:
    listed = ("towns", "deposits", "prospecting_areas", "plants", "industrial_zones")
    here = visit(atlas)
    here.open(f"/?lang={language}&layers={','.join(listed)}&q=zzzz")
    notice = here.page.locator(".controls .emptied")
    titles = ", ".join(layer_spec(one).title[language] for one in listed)
    expect(notice.locator("li")).to_have_text([f"{titles}: {after}{say(language, 'filter_q')}."])
    expect(notice.get_by_role("button")).to_have_count(1)
    notice.get_by_role("button").click()
    wait_parameter(here.page, "q", "")
    expect(notice).to_have_count(0)


def test_the_radius_filters_map_and_legend_alike_though_the_selected_layer_is_off(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, "layers=plants&sel=towns/stepnogorsk&in=radius&table=plants")
    expect_count(here.page, "plants", 1, 20)
    wait_count(frame, "plants", 0)  # the one plant there has no position of its own: its badge stands at the town
    frame.wait_for_function("Atlas.state().layers.plants_badges?.features === 1")
    expect(chips(here.page)).to_have_text(["Place: within 100 km of Stepnogorsk"])


def test_a_selected_thing_that_the_filter_hides_says_so(atlas: str, visit: Start) -> None:
    here, _ = opened(atlas, visit, "sel=towns/balkhash&region=abai")
    expect(here.page.locator(".st-key-details .caution").first).to_contain_text("The filter hides this")
