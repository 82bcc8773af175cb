"""Legend with filters, details panel and jump bar, each alone: what they show, report and keep."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.harness import SWATCH, Shown, harness, smaller

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror='window.__ran=1'>{{7*191}}"
LONG = "Консервацияланған және мәліметтері табылмаған магистральдық газқұбырлары"


@pytest.fixture
def alone(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Shown]]:
    """Open one component on a page of its own."""
    with harness(browser, tmp_path) as start:
        yield start


def row(layer: str, title: str, **more: Any) -> dict[str, Any]:
    made = {"id": layer, "title": title, "swatch": SWATCH, "on": True, "count": "12", "total": "67", "filtered": False}
    return made | {"note": "", "opacity": 100, "order": 2, "last": False, "fault": ""} | more


STOPS = [{"month": month, "text": f"end of {month}"} for month in ("2012-12", "2013-12", "2014-04")]


def controls(language: str = "en") -> dict[str, Any]:
    names = "layers filters opacity raise lower settings show_group clear clear_all none_left text area options"
    names += " radius possible possible_note area_view area_radius area_shape area_radius_off area_shape_hint area_none"
    names += " how_to_read background asof asof_all asof_clear asof_hint"
    options = [{"code": f"c{n}", "text": f"option {n}", "count": str(n), "on": n == 1} for n in range(14)]
    return {
        "language": language,
        "words": {name: name.replace("_", " ") for name in names.split()} | {"of": "{count} of {total}"},
        "groups": [
            {"id": "towns", "title": "Towns", "on": "all", "rows": [row("towns", HOSTILE, order=1)]},
            {
                "id": "geology",
                "title": "Geology",
                "on": "some",
                "rows": [
                    row("deposits", "Deposits", filtered=True, note="30 placed", opacity=50),
                    row("areas", LONG, on=False, note="not shown while off", last=True),
                ],
            },
        ],
        "backgrounds": [{"id": name, "title": name, "on": name == "quiet", "note": ""} for name in ("quiet", "street")],
        "active": [{"what": "commodity", "text": "Commodity: copper"}, {"what": "q", "text": "Text: x"}],
        "emptied": [
            {"layers": ["deposits"], "text": "No deposits are left.", "what": "commodity", "clear": "clear commodity"}
        ],
        "facets": [
            {"id": "commodity", "title": "Commodity", "open": False, "note": "acts on deposits", "options": options},
            {"id": "status", "title": LONG, "open": False, "note": "", "options": options[:3]},
        ],
        "text": "",
        "area": {"kind": "", "radius_possible": False},
        "radius": {"km": 100, "min": 10, "max": 200, "step": 10, "sure": False},
        "asof": {"month": "2013-05", "text": "May 2013", "note": "held then", "stops": STOPS},
        "key": [{"swatch": SWATCH, "text": "hollow: position uncertain"}],
        "absent": "Not in the atlas: roads.",
    }


def test_a_legend_row_is_named_by_layer_and_count_and_reports_its_switch(alone: Callable[..., Shown]) -> None:
    here = alone("controls", controls())
    box = here.page.get_by_role("checkbox", name="Deposits 12 of 67", exact=True)
    expect(box).to_be_checked()
    expect(here.page.get_by_role("checkbox", name=f"{HOSTILE} 12")).to_be_checked()
    expect(here.page.get_by_text("30 placed")).to_be_visible()
    expect(here.page.get_by_text("not shown while off")).to_have_count(0)
    group = here.page.locator("[data-group=geology] h3 input")
    assert group.evaluate("node => node.indeterminate")
    box.click()
    assert here.wait_for_acts(1) == [{"do": "toggle", "id": "deposits"}]


def test_a_second_act_waits_for_the_answer_to_the_first(alone: Callable[..., Shown]) -> None:
    data = controls()
    here = alone("controls", data)
    here.page.locator("[data-layer=deposits] .box").click()
    here.page.locator("[data-group=towns] h3 .box").click()
    assert [act["do"] for act in here.acts()] == ["toggle"]
    here.show(copy.deepcopy(data))
    assert here.acts()[1:] == [{"do": "group", "id": "towns", "on": False}]


def test_opacity_is_reported_once_when_the_slider_is_let_go(alone: Callable[..., Shown]) -> None:
    here = alone("controls", controls())
    deposits = here.page.locator("[data-layer=deposits]")
    deposits.get_by_role("button").click()
    slider = deposits.get_by_role("slider")
    expect(deposits.locator("output")).to_have_text("50%")
    at = slider.bounding_box()
    assert at is not None
    here.page.mouse.move(at["x"] + at["width"] / 2, at["y"] + 12)
    here.page.mouse.down()
    for part in (0.6, 0.7, 0.8, 1.0):
        here.page.mouse.move(at["x"] + at["width"] * part, at["y"] + 12)
    expect(deposits.locator("output")).to_have_text("100%")
    assert here.acts() == []
    here.page.mouse.up()
    assert here.wait_for_acts(1) == [{"do": "opacity", "id": "deposits", "percent": 100}]
    assert deposits.get_by_role("button", name="raise").is_enabled()


def test_new_data_keep_focus_folds_scroll_and_what_is_being_typed(alone: Callable[..., Shown]) -> None:
    data = controls()
    here = alone("controls", data)
    here.page.locator("[data-layer=deposits] .unfold").click()
    facet = here.page.locator("details[data-facet=commodity]")
    facet.locator("summary").click()
    facet.locator(".scrolled").evaluate("node => { node.scrollTop = 90; }")
    field = here.page.locator("#text-filter")
    field.press_sequentially("ri")
    here.show(controls())
    expect(field).to_be_focused()
    expect(field).to_have_value("ri")
    assert facet.evaluate("node => node.open")
    assert facet.locator(".scrolled").evaluate("node => node.scrollTop") == 90
    expect(here.page.locator("[data-layer=deposits]").get_by_role("slider")).to_be_visible()
    assert here.wait_for_acts(1) == [{"do": "text", "text": "ri"}]
    field.press_sequentially("d")
    field.press("Enter")
    here.show(controls() | {"text": "ri"})
    assert here.wait_for_acts(2)[1] == {"do": "text", "text": "rid"}


def test_the_date_stands_at_its_stop_and_the_last_place_is_all_dates(alone: Callable[..., Shown]) -> None:
    here = alone("controls", controls())
    slider = here.page.get_by_role("slider", name="asof")
    expect(slider).to_have_value("0")  # between two stops it stands at the one before
    expect(slider).to_have_attribute("aria-valuetext", "May 2013")
    slider.press("End")
    assert here.wait_for_acts(1) == [{"do": "asof", "month": ""}]
    expect(slider).to_have_attribute("aria-valuetext", "asof all")
    expect(here.page.locator("[data-asof=all]")).to_have_count(0)


def test_facets_scroll_are_found_in_and_report(alone: Callable[..., Shown]) -> None:
    here = alone("controls", controls())
    commodity, status = (here.page.locator(f"details[data-facet={name}]") for name in ("commodity", "status"))
    commodity.locator("summary").click()
    status.locator("summary").click()
    expect(status.locator(".scrolled, .find")).to_have_count(0)
    commodity.locator(".find").fill("13")
    expect(commodity.locator("li:visible")).to_have_count(1)
    commodity.locator("[data-code=c13] input").click()
    assert here.wait_for_acts(1) == [{"do": "facet", "facet": "commodity", "code": "c13", "on": True}]


def test_filters_are_cleared_one_by_one_and_the_keyboard_stays_among_them(alone: Callable[..., Shown]) -> None:
    data = controls()
    here = alone("controls", data)
    here.page.locator("[data-clear=commodity]").press("Enter")
    assert here.wait_for_acts(1) == [{"do": "clear", "what": "commodity"}]
    here.show(data | {"active": data["active"][1:]})
    expect(here.page.locator("[data-clear=q]")).to_be_focused()
    radius = here.page.get_by_role("radio", name="area radius")
    expect(radius).to_be_disabled()
    expect(here.page.get_by_text("area radius off")).to_be_visible()
    here.page.get_by_role("radio", name="area view").click()
    assert here.wait_for_acts(2)[1] == {"do": "area", "kind": "view"}


def test_the_radius_counts_what_may_be_within_it_until_a_reader_says_otherwise(alone: Callable[..., Shown]) -> None:
    data = controls()
    here = alone("controls", data)
    box = here.page.get_by_role("checkbox", name="possible", exact=True)
    expect(box).to_be_checked()
    expect(box).to_have_accessible_description("possible note")
    box.press("Space")
    assert here.wait_for_acts(1) == [{"do": "sure", "on": True}]
    here.show(data | {"radius": data["radius"] | {"sure": True}})
    expect(box).not_to_be_checked()
    expect(box).to_be_focused()
    box.press("Space")
    assert here.wait_for_acts(2)[1] == {"do": "sure", "on": False}


@pytest.mark.parametrize("touch", [False, True])
def test_the_column_fits_and_can_be_hit(alone: Callable[..., Shown], touch: bool) -> None:
    here = alone("controls", controls("kk"), has_touch=touch, is_mobile=touch)
    here.page.locator("[data-layer=areas] .unfold").click()
    here.page.locator("details summary").first.click()
    wide = "nodes => nodes.filter(node => node.getBoundingClientRect().right > 249).map(node => node.className)"
    assert here.page.locator(".controls *").evaluate_all(wide) == []
    assert smaller(here.page.locator("button, input, summary, label.switch"), 44 if touch else 24) == []


def test_the_panel_draws_relations_and_marks_foreign_text_once(alone: Callable[..., Shown]) -> None:
    link = {"layer": "deposits", "id": "a/b", "href": "?sel=deposits/a/b", "text": "Kounrad", "reach": "0–46 km"}
    link |= {"basis": "computed", "swatch": SWATCH, "note": "Deposits", "why": f"computed; position ± 21 km {HOSTILE}"}
    link |= {"doubt": "possibly within 30 km"}
    blocks = [
        {"kind": "title", "text": "Balkhash", "lines": ["a town"]},
        {"kind": "heading", "text": "Key facts"},
        {"kind": "facts", "rows": [{"label": "Enterprise", "value": "Казахмыс", "foreign": True, "marks": [1]}]},
        {"kind": "heading", "text": "Nearby"},
        {"kind": "links", "rows": [link]},
        {"kind": "sources", "rows": [{"number": 1, "text": "Bureau", "url": "https://example.org/"}]},
    ]
    words = {"empty": "not stated", "foreign": "in the language of the source", "original": "orig."}
    here = alone("panel", {"blocks": blocks, "language": "en", "words": words}, width=288)
    assert here.page.locator(".links li > *:not(img)").all_inner_texts() == [
        "Kounrad\nDeposits",
        "0–46 km",
        f"possibly within 30 km; computed; position ± 21 km {HOSTILE}",
    ]
    expect(here.page.get_by_title("in the language of the source")).to_have_text(["orig."])
    assert here.page.locator(".foreign").get_attribute("lang") == ""
    assert smaller(here.page.locator("a, button, summary"), 24) == []
    here.page.get_by_role("link", name="Kounrad").press("Enter")
    assert here.wait_for_acts(1) == [{"do": "select", "layer": "deposits", "id": "a/b"}]
    here.show({"blocks": [{"kind": "title", "text": "Kounrad", "lines": []}], "language": "en", "words": words})
    expect(here.page.get_by_role("heading", name="Kounrad")).to_be_focused()


@pytest.mark.parametrize("touch", [False, True])
def test_a_basis_in_words_lies_on_nothing_and_is_cut_by_nothing(alone: Callable[..., Shown], touch: bool) -> None:
    link = {"layer": "deposits", "id": "a", "href": "?", "text": LONG, "swatch": SWATCH, "why": f"computed; {LONG}"}
    rows = [
        link | {"reach": "0–46 km", "basis": "computed", "note": LONG},
        link | {"reach": "0–46 km", "basis": "computed", "note": "", "text": "Kounrad"},
        link | {"reach": LONG, "basis": "via_town", "note": "", "text": "Kounrad"},
    ]
    data = {"blocks": [{"kind": "links", "rows": rows}], "language": "kk", "words": {}}
    here = alone("panel", data, width=355, has_touch=touch, is_mobile=touch)
    met = """rows => rows.flatMap(row => {
        const boxes = [...row.querySelectorAll('a, .under, .reach, .why')].map(node => {
            const range = document.createRange();
            range.selectNodeContents(node);
            return range.getBoundingClientRect();
        });
        const [why, ...others] = boxes.reverse();
        return others.map(box => Math.round(why.top - box.bottom));
    })"""
    assert min(here.page.locator(".links li").evaluate_all(met)) >= -2
    wide = """nodes => nodes.filter(node => {
        return node.scrollWidth > node.clientWidth || node.getBoundingClientRect().right > 356;
    }).map(node => node.textContent)"""
    assert here.page.locator(".links li > *:not(img)").evaluate_all(wide) == []


def test_a_source_mark_is_small_to_the_eye_close_to_its_text_and_large_to_the_hand(alone: Callable[..., Shown]) -> None:
    fact = {"label": "Region", "value": "Abai", "foreign": False, "marks": [1, 2, 13]}
    sources = [{"number": number, "text": "Bureau", "url": ""} for number in (1, 2, 13)]
    blocks = [{"kind": "facts", "rows": [fact]}, {"kind": "sources", "rows": sources}]
    here = alone("panel", {"blocks": blocks, "language": "en", "words": {}}, width=288)
    boxes = "nodes => nodes.map(node => node.getBoundingClientRect()).map(box => [box.left, box.right, box.height])"
    marks = here.page.locator("a.mark").evaluate_all(boxes)
    plates = here.page.locator("a.mark span").evaluate_all(boxes)
    text = here.page.locator("dd span").first.bounding_box()
    assert text is not None
    assert [box for box in marks if box[1] - box[0] < 24 or box[2] < 24] == []
    assert [(a, b) for a, b in pairwise(marks) if b[0] < a[1]] == []  # no target lies on another
    assert [box for box in plates if box[1] - box[0] > 20 or box[2] > 17] == []
    assert 1 <= plates[0][0] - (text["x"] + text["width"]) <= 6
    assert max(b[0] - a[1] for a, b in pairwise(plates)) <= 7


@pytest.mark.parametrize(
    "order", ["facts tables near sources", "facts near sources tables", "facts near tables sources"]
)
def test_near_things_stand_beside_the_others_where_there_is_room(alone: Callable[..., Shown], order: str) -> None:
    link = {"layer": "deposits", "id": "a", "href": "?", "text": "Kounrad", "reach": "1 km", "basis": "computed"}
    known = {
        "facts": [{"kind": "facts", "rows": [{"label": "Region", "value": "Abai", "foreign": False, "marks": []}]}],
        "tables": [{"kind": "heading", "text": "Series"}, {"kind": "entries", "rows": [], "folded": ""}],
        "near": [
            {"kind": "heading", "text": "Nearby", "note": "within 100 km"},
            {"kind": "links", "rows": [link]},
            {"kind": "note", "text": "nothing"},
        ],
        "sources": [
            {"kind": "heading", "text": "Sources"},
            {"kind": "sources", "rows": [{"number": 1, "text": "Bureau", "url": ""}]},
        ],
    }
    blocks = [{"kind": "title", "text": "Balkhash"}, *(block for part in order.split() for block in known[part])]
    here = alone("panel", {"blocks": blocks, "language": "en", "words": {}}, width=720)
    near = here.page.locator(".near")
    assert near.locator("h3").all_inner_texts() == ["NEARBY"]
    expect(near.locator("li")).to_have_count(1)
    expect(near.get_by_text("nothing")).to_be_visible()
    facts, beside = here.page.locator(".known").bounding_box(), near.bounding_box()
    assert facts is not None
    assert beside is not None
    assert beside["x"] >= facts["x"] + facts["width"]
    assert beside["y"] == facts["y"]
    series = here.page.get_by_role("heading", name="Series").bounding_box()
    assert series is not None
    assert series["x"] == facts["x"]


@pytest.mark.parametrize(("width", "seen"), [(375, True), (1024, True), (1199, True), (1200, False)])
def test_the_jump_bar_moves_the_page_wherever_its_parts_stand_below_each_other(
    alone: Callable[..., Shown], width: int, seen: bool
) -> None:
    parts = {"map": "mapbox", "details": "details", "layers": "legend", "table": "tablebox"}
    told = [{"to": to, "text": name, "drawing": "map"} for name, to in parts.items()]
    here = alone("jump", {"language": "en", "label": "Parts of the page", "parts": told, "phone": False})
    here.page.set_viewport_size({"width": width, "height": 768})
    here.page.evaluate("() => { document.querySelector('.st-key-legend').style = 'margin-top:2000px;height:900px'; }")
    bar = here.page.get_by_role("navigation", name="Parts of the page")
    if not seen:
        expect(here.page.locator(".jump")).to_be_hidden()
        return
    expect(bar.get_by_role("button")).to_have_text(list(parts))
    assert smaller(here.page.get_by_role("button"), 44 if width == 375 else 36) == []
    box = bar.bounding_box()
    assert box is not None
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, width, 768)
    here.page.get_by_role("button", name="layers").click()
    here.page.wait_for_function("() => window.scrollY > 1900")
