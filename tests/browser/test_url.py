"""The address: it restores the exact view anywhere, back and forward walk through choices, links keep the view."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Frame, expect

from tests.browser.conftest import Visit
from tests.browser.screen import (
    chips,
    legend,
    on_map,
    option,
    parameters,
    role,
    row,
    switch,
    table_row,
    title,
    wait_parameter,
)
from tests.browser.test_map import identity, wait_count

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
NEAR = 0.02  # degrees: the position of an address is rounded, and a browser's centre to whole pixels
BLANK_TILE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)


def seen(here: Visit, frame: Frame) -> dict[str, Any]:
    """What a reader sees of a view, but for the exact pixel of the map's centre."""
    drawn = {
        layer: [of["ids"], of["order"], of["opacity"], of["selected"]]
        for layer, of in on_map(frame).items()
        if layer != "radius"
    }
    page = here.page
    state = frame.evaluate("(({background, swipe, shape, zoom}) => ({background, swipe, shape, zoom}))(Atlas.state())")
    state["background"] = [one["id"] for one in state["background"]]
    return {
        "drawn": drawn,
        "state": state,
        "legend": legend(page),
        "groups": page.locator(".controls [data-group] h3").all_text_contents(),
        "chips": chips(page).all_text_contents(),
        "radius": page.locator(".controls #radius").input_value(),
        "tab": page.get_by_role("tab", selected=True).get_attribute("data-layer"),
        "heads": page.locator(".table th[aria-sort] .title").all_text_contents(),
        "note": page.locator(".table .table-note").text_content(),
        "details": page.locator(".st-key-details h2").text_content(),
        "roles": page.locator(".st-key-top [role=radio][aria-checked=true]").all_text_contents(),
        "language": page.locator("html").get_attribute("lang"),
        "url": parameters(page.url),
    }


def settle(here: Visit, frame: Frame, zoom: float) -> None:
    """Wait until a view made of everything is wholly shown."""
    frame.wait_for_function("zoom => Math.abs(Atlas.state().zoom - zoom) < 0.01", arg=zoom)
    frame.wait_for_function("Atlas.state().swipe?.left === 'deposits' && Atlas.state().background.length === 1")
    frame.wait_for_function("Atlas.state().layers.towns?.selected === 'balkhash'")
    frame.wait_for_function("Atlas.state().layers.deposits?.opacity === 0.6")
    expect(chips(here.page)).to_have_count(3)
    expect(here.page.get_by_role("tab", selected=True)).to_have_attribute("data-layer", "deposits")
    expect(here.page.locator(".table tbody tr[data-id]").first).to_be_visible()
    title(here.page, "Балхаш")


def test_a_view_made_by_hand_opens_the_same_in_a_new_browser(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/?lang=en")
    frame = here.map()
    wait_count(frame, "towns", 27)
    role(page, "Geologist").click()
    wait_parameter(page, "role", "geologist")
    role(page, "Рус").click()
    wait_parameter(page, "lang", "ru")
    switch(page, "plants").click()
    wait_parameter(page, "layers", ".*plants.*")
    row(page, "deposits").locator("button").click()
    row(page, "deposits").get_by_role("slider").fill("60")
    wait_parameter(page, "op", "deposits:60")
    row(page, "deposits").locator("[data-key=raise]").click()
    wait_parameter(page, "layers", "deposits,.+")
    page.locator('.table [role=tab][data-layer="towns"]').click()
    table_row(page, "balkhash").click()
    wait_parameter(page, "sel", "towns/balkhash")
    page.locator('.table [role=tab][data-layer="deposits"]').click()
    wait_parameter(page, "table", "deposits")
    option(page, "commodity", "copper").click()
    wait_parameter(page, "commodity", "copper")
    page.locator("#text-filter").fill("а")
    page.locator("#text-filter").press("Enter")
    wait_parameter(page, "q", "а")
    page.locator('[data-area="radius"] input').click()
    wait_parameter(page, "in", "radius")
    page.locator(".controls #radius").fill("150")
    wait_parameter(page, "r", "150")
    page.locator('[data-background="street"] input').click()
    wait_parameter(page, "bg", "street")
    frame.locator("button[data-name=swipe]").click()
    frame.locator("select[data-name=left]").select_option("deposits")
    wait_parameter(page, "swipe", "deposits~.+")
    zoom = frame.evaluate("window.map.getZoom()")
    frame.locator("button[data-name=zoom_in]").click()
    wait_parameter(page, "at", rf".+,{zoom + 1:g}")
    settle(here, frame, zoom + 1)
    made = seen(here, frame)
    assert set(made["url"]) == {
        *("lang", "role", "layers", "op", "sel", "table", "commodity", "q", "in", "r", "bg", "swipe", "at"),
    }
    there = visit(atlas, locale="kk-KZ")
    there.page.goto(page.url)
    other = there.map()
    settle(there, other, zoom + 1)
    assert seen(there, other) == made
    places = [one.evaluate("Atlas.state().center") for one in (frame, other)]
    assert all(abs(places[0][axis] - places[1][axis]) < NEAR for axis in ("lat", "lon"))
    assert here.faults == there.faults == []


def test_back_and_forward_walk_through_choices_and_never_through_map_moves(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/?lang=en&table=towns")
    frame = here.map()
    wait_count(frame, "towns", 27)
    start = frame.evaluate("Atlas.state().center")
    before = identity(frame)
    table_row(page, "khromtau").click()
    title(page, "Khromtau")
    zoom = frame.evaluate("window.map.getZoom()")
    for step in (1, 2):
        frame.locator("button[data-name=zoom_in]").click()
        wait_parameter(page, "at", rf".+,{zoom + step:g}")
    table_row(page, "altai").click()
    title(page, "Altai")
    wait_parameter(page, "at", r"4\d\.\d+,8\d\..+")  # the map has told that it followed
    page.go_back()
    title(page, "Khromtau")
    frame.wait_for_function("Atlas.state().layers.towns?.selected === 'khromtau'")
    expect(table_row(page, "khromtau")).to_have_attribute("aria-selected", "true")
    page.go_back()
    title(page, "Choose something on the map")
    frame.wait_for_function(
        "at => Math.abs(Atlas.state().center.lat - at.lat) + Math.abs(Atlas.state().center.lon - at.lon) < 0.1",
        arg=start,
    )
    assert "at" not in parameters(page.url)
    page.go_forward()
    title(page, "Khromtau")
    page.go_forward()
    title(page, "Altai")
    assert identity(frame)[:2] == before[:2]
    assert here.faults == []


def test_links_between_the_screens_keep_every_parameter(atlas: str, visit: Start) -> None:
    wanted = {"lang": "en", "role": "geologist", "layers": "deposits,towns", "op": "towns:50", "commodity": "copper"}
    wanted |= {"q": "a", "in": "shape:70.0000 45.0000,80.0000 45.0000,80.0000 52.0000", "r": "50"}
    wanted |= {"sel": "towns/balkhash", "at": "46.8400,74.9800,8", "swipe": "towns~deposits", "table": "towns"}
    here = visit(atlas)
    here.open(f"/?{urlencode(wanted)}")
    frame = here.map()
    frame.wait_for_function("Math.abs(Atlas.state().zoom - 8) < 0.01")
    screens = {"Country": "What was said of the whole country", "Sources": "Where the figures come from"}
    for name, heading in screens.items():
        here.page.get_by_role("link", name=name, exact=True).click()
        here.page.get_by_role("heading", name=heading).wait_for()
        assert parameters(here.page.url) == wanted
    here.page.get_by_role("link", name="Map", exact=True).click()
    title(here.page, "Balkhash")
    frame = here.map()
    frame.wait_for_function("Math.abs(Atlas.state().zoom - 8) < 0.01")
    found = parameters(here.page.url)
    near = [float(part) for part in found.pop("at").split(",")]
    assert [abs(a - b) < NEAR for a, b in zip(near, (46.84, 74.98, 8), strict=True)] == [True] * 3
    assert found == {name: value for name, value in wanted.items() if name != "at"}


def answer_tiles(here: Visit) -> list[str]:
    """Let tiles be answered by this test; the addresses that were asked for."""
    asked: list[str] = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(body=BLANK_TILE, content_type="image/png", headers={"Access-Control-Allow-Origin": "*"})

    here.page.context.route(re.compile(r"^https://"), answer)
    return asked


@pytest.mark.parametrize(
    ("background", "host", "credit"),
    [
        ("street", "tile.openstreetmap.org", "OpenStreetMap contributors"),
        ("satellite", "server.arcgisonline.com", "Esri"),
    ],
)
def test_tiles_are_asked_for_only_when_chosen_and_credited(
    atlas: str, visit: Start, background: str, host: str, credit: str
) -> None:
    here = visit(atlas)
    asked = answer_tiles(here)
    here.open("/?lang=en")
    frame = here.map()
    wait_count(frame, "towns", 27)
    expect(here.page.locator(".table tbody tr[data-id]").first).to_be_visible()
    before = identity(frame)
    assert asked == here.left_host == []
    assert credit not in frame.locator(".atlas-credits").inner_text()
    here.page.locator(f'[data-background="{background}"] input').click()
    frame.wait_for_function("Atlas.state().background.length === 1")
    expect(frame.locator(".atlas-credits")).to_contain_text(credit)
    frame.wait_for_function("document.querySelectorAll('img.leaflet-tile-loaded').length > 0")
    assert {urlsplit(url).hostname for url in asked} == {host}
    assert identity(frame) == before
    here.page.locator('[data-background="quiet"] input').click()
    frame.wait_for_function("Atlas.state().background.length === 0")
    expect(frame.locator(".atlas-credits")).not_to_contain_text(credit)


def test_a_missing_network_is_said_and_the_quiet_background_stays(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=ru")
    frame = here.map()
    here.page.locator('[data-background="satellite"] input').click()
    expect(frame.locator(".atlas-status")).to_contain_text("Подложка не загрузилась: есть ли сеть?")
    assert frame.evaluate("Atlas.state().layers.backdrop_country.features") > 0
    assert {urlsplit(url).scheme for url in here.left_host} == {"https"}


def test_a_broken_address_shows_what_it_can_and_names_the_rest(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&layers=towns&op=towns:500&bg=mars&commodity=moon&in=shape:1 2&swipe=a~b&table=x&role=king")
    sentence = here.page.get_by_text("could not be understood and was left out").first
    expect(sentence).to_be_visible()
    told = sentence.inner_text()
    assert all(name in told for name in ("op", "bg", "commodity", "in", "swipe", "table", "role"))
    wait_count(here.map(), "towns", 27)
    assert here.left_host == []


def test_a_broken_parameter_is_told_and_the_map_stays_when_it_goes(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&commodity=unobtainium&sel=towns/balkhash")
    page, frame = here.page, here.map()
    title(page, "Balkhash")
    warning = page.get_by_text("Part of this link could not be understood").first
    warning.wait_for()
    before = identity(frame)
    frame.locator("button[data-name=zoom_in]").click()
    wait_parameter(page, "at", r".+")
    table_row(page, "altai").click()
    title(page, "Altai")
    warning.wait_for(state="detached")
    frame.wait_for_function("Atlas.state().layers.towns?.selected === 'altai'")
    assert identity(frame)[:2] == before[:2]
    assert "commodity" not in parameters(page.url)
