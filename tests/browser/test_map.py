"""The map: drawn without a network, never built anew, and wherever the server is mounted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame

from tests.browser.conftest import Visit, running
from tests.browser.screen import role, row, switch

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
START = {"kk": "en", "ru": "kk", "en": "ru"}  # the language from which a test turns to another
HEAD = """
id = "marks"
kind = "file"
group = "geology"
order = 25
legend = true
shown = true
file = "marks.csv"
key = "id"
name = { en = "name" }
sources = ["atlas-compilation"]

[title]
en = "Marks"
ru = "Метки"
kk = "Белгілер"

[geometry]
type = "point"
lon = "lon"
lat = "lat"

[style]
symbol = "plain"
"""
COLUMN = """
[[columns]]
name = "{name}"
type = "{type}"
title = {{ en = "{name}", ru = "{name}", kk = "{name}" }}
"""


def columns(**types: str) -> str:
    """Column declarations of a temporary layer."""
    return "".join(COLUMN.format(name=name, type=kind) for name, kind in types.items())


def marks(base: Path, rows: str) -> None:
    """Write the temporary layer and its rows (id,name,lon,lat)."""
    for folder in ("catalogue", "data", "vocabulary"):
        (base / folder).mkdir(exist_ok=True)
    declared = columns(id="text", name="text", lon="lon", lat="lat")
    (base / "catalogue" / "marks.toml").write_text(HEAD + declared, encoding="utf-8")
    (base / "data" / "marks.csv").write_text("id,name,lon,lat\n" + rows, encoding="utf-8")


def drawn(frame: Frame, layer: str) -> list[str]:
    """Ids of the features that the map shows of a layer."""
    return frame.evaluate("layer => Atlas.state().layers[layer]?.ids ?? []", layer)


def wait_drawn(frame: Frame, layer: str, ids: list[str]) -> None:
    """Wait until the map shows exactly these features of a layer."""
    frame.wait_for_function(
        "([layer, ids]) => JSON.stringify(Atlas.state().layers[layer]?.ids ?? []) === JSON.stringify(ids)",
        arg=[layer, ids],
    )


def wait_count(frame: Frame, layer: str, count: int) -> None:
    """Wait until the map shows that many features of a layer."""
    frame.wait_for_function("([layer, n]) => Atlas.state().layers[layer]?.features === n", arg=[layer, count])


def identity(frame: Frame) -> list[float]:
    """What stays equal as long as the frame is not built anew and the map does not move."""
    return frame.evaluate("(s => [s.frame, s.mounts, s.center.lat, s.center.lon, s.zoom])(Atlas.state())")


def test_every_located_layer_is_drawn_and_nothing_leaves_the_host(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open()
    frame = here.map()
    for layer, count in {"towns": 27, "gas_operating": 34, "prospecting_areas": 30, "plants": 8}.items():
        wait_count(frame, layer, count)
    switch(here.page, "deposits").click()
    wait_count(frame, "deposits", 408)
    for screen in ("country", "sources"):
        here.open(f"/{screen}")
        here.page.wait_for_load_state("networkidle")
    assert here.left_host == []
    assert here.faults == []


def test_a_toggle_removes_and_brings_back_a_layer_without_building_the_map_anew(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open()
    frame = here.map()
    before = identity(frame)
    box = switch(here.page, "towns")
    box.click()
    frame.wait_for_function("!('towns' in Atlas.state().layers)")
    assert identity(frame) == before
    box.click()
    wait_drawn(frame, "towns", sorted_ids(frame))
    assert identity(frame) == before


def sorted_ids(frame: Frame) -> list[str]:
    """All towns, in the order in which the layer is served, once they are drawn again."""
    frame.wait_for_function("Atlas.state().layers.towns?.features === 27")
    return drawn(frame, "towns")


def test_changing_one_id_changes_the_drawn_map_in_the_same_frame(tmp_path: Path, visit: Start) -> None:
    marks(tmp_path, "zone_1,One,70,48\n")
    with running({"ATLAS_EXTRA": str(tmp_path)}) as address:
        here = visit(address)
        here.open()
        frame = here.map()
        wait_drawn(frame, "marks", ["zone_1"])
        before = identity(frame)
        marks(tmp_path, "zone_2,One,70,48\n")
        switch(here.page, "towns").click()
        wait_drawn(frame, "marks", ["zone_2"])
        assert identity(frame) == before


def test_the_atlas_works_below_a_base_path(visit: Start) -> None:
    with running(base_path="deep/atlas") as address:
        here = visit(address)
        here.open("/?lang=ru&sel=towns/ridder")
        wait_count(here.map(), "towns", 27)
        here.page.get_by_role("heading", name="Риддер").wait_for()
        here.page.get_by_role("link", name="Источники").click()
        here.page.get_by_role("heading", name="Откуда сведения").wait_for()
        assert here.left_host == []


def test_a_click_on_a_town_opens_its_details_and_a_link_selects_the_next(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&at=46.84,74.98,9")
    frame = here.map()
    frame.wait_for_function("Math.abs(Atlas.state().zoom - 9) < 0.01")
    frame.get_by_role("button", name="Single-industry towns: Balkhash", exact=True).click()
    here.page.get_by_role("heading", name="Balkhash", exact=True).wait_for()
    panel = here.page.locator(".st-key-details")
    panel.get_by_text("73,450 people").first.wait_for()
    panel.get_by_role("link", name="Kounrad", exact=True).click()
    here.page.get_by_role("heading", name="Kounrad", exact=True).wait_for()
    assert "sel=deposits%2Fkounrad" in here.page.url
    assert here.faults == []


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/?lang=en&sel=towns/atlantis", "names something that the atlas does not have"),
        ("/?lang=en&r=fifty&at=1,2", "could not be understood and was left out: r, at"),
        ("/?lang=en&layers=", "No layer is switched on"),
    ],
)
def test_what_a_link_gets_wrong_is_said_in_a_sentence(atlas: str, visit: Start, address: str, sentence: str) -> None:
    here = visit(atlas)
    here.open(address)
    here.page.get_by_text(sentence).first.wait_for()
    assert here.faults == []


def test_an_empty_and_a_broken_layer_are_named_and_the_others_drawn(tmp_path: Path, visit: Start) -> None:
    marks(tmp_path, "")
    with running({"ATLAS_EXTRA": str(tmp_path)}) as address:
        here = visit(address)
        here.open("/?lang=en")
        here.page.get_by_text("Marks: the layer has no features.").wait_for()
        marks(tmp_path, "a,One,700,48\n")
        switch(here.page, "gas_planned").click()
        here.page.get_by_text("Marks cannot be shown").first.wait_for()
        wait_count(here.map(), "towns", 27)


@pytest.mark.parametrize(("language", "title"), [("kk", "Риддер"), ("ru", "Риддер"), ("en", "Ridder")])
def test_the_language_switch_turns_titles_and_names(atlas: str, visit: Start, language: str, title: str) -> None:
    here = visit(atlas)
    here.open(f"/?sel=towns/ridder&lang={START[language]}")
    here.map()
    names = {"kk": "Қаз", "ru": "Рус", "en": "Eng"}
    role(here.page, names[language]).click()
    here.page.wait_for_url(f"**lang={language}**")
    here.page.get_by_role("heading", name=title, exact=True).wait_for()
    legend = {"kk": "Кен орындары", "ru": "Месторождения", "en": "Deposits"}[language]
    row(here.page, "deposits").get_by_text(legend).wait_for()


def test_a_visit_to_another_screen_keeps_the_view(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&sel=towns/ridder&at=50.3,83.5,8")
    here.map().wait_for_function("Math.abs(Atlas.state().zoom - 8) < 0.01")
    here.page.get_by_role("link", name="Country").click()
    here.page.get_by_role("heading", name="What was said of the whole country").wait_for()
    here.page.get_by_role("link", name="Map", exact=True).click()
    here.map().wait_for_function("Math.abs(Atlas.state().zoom - 8) < 0.01")
    assert "at=50.3" in here.page.url
    here.page.get_by_role("heading", name="Ridder", exact=True).wait_for()


LEAVE_WHILE_REPORTING = """([link, moved]) => {
    const map = document.querySelector('iframe[title*="folium"]').contentWindow;
    document.querySelector(`.st-key-nav a[href*="${link}"]`).click();
    const report = { isStreamlitMessage: true, type: "streamlit:setComponentValue", dataType: "json", value: moved };
    map.setTimeout(`window.parent.postMessage(${JSON.stringify(report)}, "*")`, 0);
}"""


def test_a_map_that_reports_a_move_while_it_is_left_does_not_empty_the_next_screen(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en&sel=towns/ridder&at=50.3,83.5,8")
    here.map().wait_for_function("Math.abs(Atlas.state().zoom - 8) < 0.01")
    here.page.evaluate(LEAVE_WHILE_REPORTING, ["country", {"zoom": 7.5, "center": {"lat": 50, "lng": 82}}])
    here.page.get_by_role("heading", name="What was said of the whole country").wait_for()
    here.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    here.page.get_by_role("heading", name="What was said of the whole country").wait_for()


def test_the_link_to_the_screen_one_is_on_leaves_the_map_talking(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    here.open("/?lang=en")
    here.map()
    here.page.get_by_role("link", name="Map", exact=True).click()
    assert here.map().evaluate("window.parent !== window")
