"""The legend whose rows are the controls: switches, groups, opacity, order, roles and true counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, expect

from layers.roles import columns_for, in_order, role, roles
from layers.spec import catalogue, layer_spec
from layers.view import role_layers
from tests.browser.conftest import Visit
from tests.browser.screen import (
    counted,
    legend,
    on_map,
    parameters,
    requests,
    row,
    switch,
    title,
    wait_layers,
    wait_parameter,
)
from tests.browser.screen import role as choice
from tests.browser.test_map import identity, wait_count

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
SOME_LAYERS = "layers=towns,gas_operating,prospecting_areas"
LISTED = {spec.id for spec in catalogue().values() if spec.legend}


def opened(atlas: str, visit: Start, query: str = SOME_LAYERS) -> tuple[Visit, Frame]:
    """Explore with some parameters, once its towns are drawn."""
    here = visit(atlas)
    here.open(f"/?lang=en&{query}")
    frame = here.map()
    wait_count(frame, "towns", 27)
    return here, frame


def test_a_switch_takes_a_layer_from_map_and_table_and_brings_it_back(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit)
    before = identity(frame)
    tab = here.page.locator('.table [role=tab][data-layer="gas_operating"]')
    expect(tab).to_be_visible()
    switch(here.page, "gas_operating").click()
    wait_layers(frame, ["towns", "prospecting_areas"])
    expect(tab).to_have_count(0)
    assert parameters(here.page.url)["layers"] == "towns,prospecting_areas"
    switch(here.page, "gas_operating").focus()
    here.page.keyboard.press("Space")
    frame.wait_for_function("'gas_operating' in Atlas.state().layers")
    expect(tab).to_be_visible()
    assert identity(frame) == before
    assert set(legend(here.page)) == LISTED


def test_a_group_is_wholly_on_partly_on_or_off_and_its_box_says_which(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit)
    box = here.page.locator('.controls [data-group="geology"] h3 input')
    partly = "node => [node.checked, node.indeterminate]"
    assert box.evaluate(partly) == [False, True]
    box.click()
    wait_count(frame, "deposits", 408)
    assert box.evaluate(partly) == [True, False]
    box.click()
    wait_layers(frame, ["towns", "gas_operating"])
    assert box.evaluate(partly) == [False, False]
    switch(here.page, "prospecting_areas").click()
    frame.wait_for_function("'prospecting_areas' in Atlas.state().layers")
    assert box.evaluate(partly) == [False, True]


def test_opacity_and_order_change_the_drawing_without_asking_for_it_again(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit)
    before = identity(frame)
    with requests(here.page, "/api/layers/") as asked:
        row(here.page, "prospecting_areas").get_by_role("button", name="Opacity and order").click()
        row(here.page, "prospecting_areas").get_by_role("slider", name="Opacity").fill("40")
        frame.wait_for_function("Atlas.state().layers.prospecting_areas?.opacity === 0.4")
        frame.wait_for_function("Atlas.state().layers.prospecting_areas_badges?.opacity === 0.4")
        assert wait_parameter(here.page, "op", ".+") == "prospecting_areas:40"
        expect(row(here.page, "prospecting_areas").locator("output")).to_have_text("40%")
        raise_button = row(here.page, "prospecting_areas").get_by_role("button", name="Above other layers")
        raise_button.click()
        wait_layers(frame, ["towns", "prospecting_areas", "gas_operating"])
        raise_button.click()
        wait_layers(frame, ["prospecting_areas", "towns", "gas_operating"])
        expect(raise_button).to_be_disabled()
        row(here.page, "prospecting_areas").get_by_role("button", name="Below other layers").click()
        wait_layers(frame, ["towns", "prospecting_areas", "gas_operating"])
    assert parameters(here.page.url)["layers"] == "towns,prospecting_areas,gas_operating"
    assert asked == []
    assert identity(frame) == before


def heads(page: Page) -> list[str]:
    """The titles of the table's columns, without their units."""
    return page.locator(".table th[aria-sort] .title").evaluate_all(
        "nodes => nodes.map(node => node.firstChild.textContent)"
    )


def expected_heads(role_id: str) -> list[str]:
    """The columns that a role reads first in its own table."""
    spec = layer_spec(role(role_id).table)
    return [spec.column(name).title["en"] for name in columns_for(role_id, spec)]


def sections(page: Page) -> list[str]:
    """The headings of the details that belong to the parts whose order a role sets."""
    found = page.locator(".st-key-details h3").all_text_contents()
    parts = {"Key facts": "facts", "Nearby": "nearby", "Sources": "sources"}
    return [parts[text] for text in found if text in parts]


def test_a_role_sets_layers_and_columns_and_hides_nothing_for_good(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, "q=a&op=towns:50")
    for one in [*list(roles())[1:], *list(roles())[:1]]:
        choice(here.page, role(one).title["en"]).click()
        wait_layers(frame, list(role_layers(one)))
        expect(here.page.get_by_role("tab", selected=True)).to_have_attribute("data-layer", role(one).table)
        expect(here.page.locator(".table th[aria-sort]")).to_have_count(1 + len(expected_heads(one)))
        assert heads(here.page)[1:] == expected_heads(one)
        shown = legend(here.page)
        assert set(shown) == LISTED
        assert {layer for layer, (on, _) in shown.items() if on} == set(role_layers(one))
        groups = here.page.locator(".controls [data-group]").evaluate_all("nodes => nodes.map(n => n.dataset.group)")
        assert groups == in_order(role(one).groups, groups)
        assert parameters(here.page.url)["q"] == "a"
    switch(here.page, "deposits").click()
    frame.wait_for_function("'deposits' in Atlas.state().layers")


def test_a_role_sets_the_order_of_the_details(atlas: str, visit: Start) -> None:
    here, frame = opened(atlas, visit, "sel=towns/ridder")
    title(here.page, "Ridder")
    orders = set()
    for one in [*list(roles())[1:], *list(roles())[:1]]:
        choice(here.page, role(one).title["en"]).click()
        wait_layers(frame, list(role_layers(one)))
        wanted = [part for part in role(one).panels if part in ("facts", "nearby", "sources")]
        expect(here.page.locator(".st-key-details h3", has_text="Sources")).to_be_visible()
        assert sections(here.page) == wanted
        headings = here.page.locator(".st-key-details h3").all_text_contents()
        near = [spec.title["en"] for spec in map(layer_spec, role(one).nearby) if spec.title["en"] in headings]
        assert [text for text in headings if text in near] == near
        orders.add(tuple(headings))
    assert len(orders) == len(roles())


def badges(frame: Frame, layer: str) -> int:
    """How many rows the numbers at the towns stand for."""
    url = on_map(frame).get(f"{layer}_badges", {}).get("url")
    if not url:
        return 0
    return frame.evaluate(
        "async url => (await (await fetch(url)).json()).features.reduce((n, f) => n + f.properties.count, 0)", url
    )


@pytest.mark.parametrize("query", ["role=planner", "layers=deposits,prospecting_areas,plants&region=karaganda,abai"])
def test_counts_are_those_of_the_map_its_badges_and_what_has_no_place(atlas: str, visit: Start, query: str) -> None:
    here = visit(atlas)
    here.open(f"/?lang=en&{query}")
    frame = here.map()
    shown = {layer: counted(count)[0] for layer, (on, count) in legend(here.page).items() if on}
    lost = here.page.locator(".st-key-details a[data-select]").evaluate_all("all => all.map(a => a.dataset.select)")
    for layer, count in shown.items():
        frame.wait_for_function("layer => layer in Atlas.state().layers", arg=layer)
        listed = sum(one.startswith(f"{layer}/") for one in lost)
        assert on_map(frame)[layer]["features"] + badges(frame, layer) + listed == count, layer
    assert len(shown) > 2
