"""The Blocks screen: from codes, a drawn shape and a feature to blocks, money and files."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Frame, Page, expect

from geo.blocks import parse
from tests.browser.conftest import ROOT, Visit
from tests.browser.screen import parameters, wait_parameter

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
EIGHTEEN = "М-42-85-(10е-5в-2,3,4,5,7,8,9,10,12,13,14,15,18,19,20,23,24,25)"
TYPED = "blocks?lang=en&blocks=" + quote(f"codes:{EIGHTEEN}")
AXE = ROOT / "layers" / "web" / "node_modules" / "axe-core" / "axe.min.js"


def heading(page: Page, text: str) -> None:
    expect(page.locator(".st-key-details h2")).to_have_text(text)


def fact(page: Page, label: str) -> str:
    row = page.locator(".st-key-details .fact", has=page.locator("dt", has_text=re.compile(f"^{label}$")))
    return row.first.locator("dd").inner_text()


def drawn(frame: Frame, count: int) -> None:
    """Wait until the map shows so many shapes of the set."""
    frame.wait_for_function("count => Atlas.state().layers.blocks?.features === count", arg=count)


def type_codes(page: Page, text: str) -> None:
    field = page.get_by_label("Block codes")
    field.fill(text)
    page.get_by_role("button", name="Show these codes").click()


def test_codes_are_pasted_understood_counted_priced_and_drawn(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/blocks?lang=en")
    here.map()
    heading(page, "No blocks are chosen.")
    type_codes(page, "M-42-85-(10е-5в-26)")
    expect(page.get_by_role("alert").filter(has_text="it must be 1 to 25")).to_be_visible()
    expect(page.get_by_label("Block codes")).to_have_value("M-42-85-(10е-5в-26)")
    type_codes(page, EIGHTEEN)
    heading(page, "18 licence blocks")
    wait_parameter(page, "blocks", r"codes:M-42-85-\(10е-5в-2,.*25\)")
    frame = here.map()
    drawn(frame, 19)
    frame.wait_for_function("Atlas.state().zoom > 11 && Atlas.state().labels.includes('23')")
    assert fact(page, "Area on the ellipsoid").startswith("40.38 km²")
    assert fact(page, "Contiguity") == "one connected area"
    assert fact(page, "Least spending on exploration").startswith("3,260 MCI")
    assert fact(page, "Fee for the land plot").startswith("270 MCI")
    expect(page.locator(".st-key-details .caution")).to_contain_text("inferred, not proven")
    expect(page.locator('.st-key-details [data-select="prospecting_areas/aktyubinskoe-1801"]')).to_be_visible()
    expect(page.locator(".table table[role=grid]")).to_have_attribute("aria-rowcount", "19")
    page.get_by_label("Monthly calculation index").fill("4000")
    page.get_by_label("Monthly calculation index").press("Enter")
    expect(page.locator(".st-key-details .fact", has_text="Least spending").first).to_contain_text("13,040,000 tenge")
    page.get_by_role("radio", name="4", exact=True).click()
    expect(page.locator(".st-key-details .fact", has_text="Least spending").first).to_contain_text("4,940 MCI")
    page.get_by_text("Show the other reading of the codes").click()
    drawn(frame, 20)
    wait_parameter(page, "south", "yes")
    page.locator('.table tr[data-id="M-42-85-(10е-5в-25)"] td').first.click()
    frame.wait_for_function("Atlas.state().zoom > 13 && Atlas.state().labels.some((text) => text.includes('5в-25)'))")
    assert parameters(page.url)["mci"] == "4000"
    assert parameters(page.url)["year"] == "4"
    assert (here.left_host, here.faults) == ([], [])


def test_the_four_files_open_elsewhere(atlas: str, visit: Start, tmp_path: Path) -> None:
    here = visit(atlas)
    page = here.page
    here.open(f"/{TYPED}&south=yes")
    heading(page, "18 licence blocks")
    files = {}
    for form in ("CSV", "GeoPackage", "GeoJSON", "KML"):
        page.locator(".table .download").click()
        with page.expect_download() as waiting:
            page.locator(".table .menu a", has_text=re.compile(f"^{form}$")).click()
        files[form] = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(files[form])
    rows = list(csv.reader(io.StringIO(files["CSV"].read_text(encoding="utf-8-sig"))))
    assert set(parse(" ".join(row[0] for row in rows[1:]))) == set(parse(EIGHTEEN))
    assert len(json.loads(files["GeoJSON"].read_text(encoding="utf-8"))["features"]) == 36
    assert len([*ElementTree.parse(files["KML"]).iter("{http://www.opengis.net/kml/2.2}Placemark")]) == 36
    with sqlite3.connect(files["GeoPackage"]) as base:
        assert base.execute("SELECT count(*) FROM blocks").fetchone() == (36,)
        assert base.execute("SELECT count(*) FROM layer_styles").fetchone() == (1,)
    base.close()
    for path in files.values():
        assert b"inferred, not proven" in path.read_bytes()


def test_a_drawn_rectangle_is_the_source_and_the_rule_acts_on_it(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/blocks?lang=en&at=48.5000,67.2000,11&layers=towns")
    frame = here.map()
    frame.get_by_role("button", name="Blocks of a drawn shape").click()
    box = page.locator('iframe[title*="folium"]').bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.6 * box["height"], steps=5)
    page.mouse.up()
    wait_parameter(page, "blocks", "ring:.*")
    expect(page.locator(".st-key-details h2")).to_contain_text("licence blocks")
    count = int(page.locator(".st-key-details h2").inner_text().split()[0])
    assert count > 20
    assert frame.evaluate("Atlas.state().shape.length") == 4
    page.get_by_text("blocks wholly within it").click()
    wait_parameter(page, "rule", "whole")
    expect(page.locator(".st-key-details h2")).not_to_have_text(f"{count} licence blocks")
    assert int(page.locator(".st-key-details h2").inner_text().split()[0]) < count
    assert "in" not in parameters(page.url)


def test_the_details_of_a_feature_lead_to_its_blocks_and_back_goes_to_the_map(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/?lang=en&sel=prospecting_areas/tyuretai")
    page.get_by_role("link", name="Its licence blocks").click()
    heading(page, "4 licence blocks")
    drawn(here.map(), 5)
    expect(page.locator(".st-key-details .sub").first).to_have_text("Tyuretai")
    page.get_by_label("Feature").click()
    page.get_by_role("option", name="all areas of the layer").click()
    heading(page, "32 licence blocks")
    assert "6 parts" in fact(page, "Contiguity")
    page.go_back()
    heading(page, "4 licence blocks")


def test_a_point_has_one_block_and_a_list_too_long_for_a_link_is_kept(atlas: str, visit: Start) -> None:
    here = visit(atlas)
    page = here.page
    here.open("/blocks?lang=en&blocks=feature:towns/balkhash")
    heading(page, "1 licence block")
    expect(page.locator(".st-key-details")).to_contain_text("may be off by 1.0 km")
    long = ",".join(f"M-42-{sheet}-(10{ten}-5в-{n})" for sheet in range(1, 40) for ten in "абв" for n in (1, 3, 5))
    type_codes(page, long)
    heading(page, "351 licence blocks")
    expect(page.get_by_text("too long for a link")).to_be_visible()
    wait_parameter(page, "blocks", "kept:[0-9a-f]{32}")
    page.reload()
    heading(page, "351 licence blocks")


@pytest.mark.parametrize("width", [1440, 375])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(atlas: str, visit: Start, width: int) -> None:
    here = visit(atlas, width=width)
    page = here.page
    here.open(f"/{TYPED}&south=yes")
    here.map()
    heading(page, "18 licence blocks")
    expect(page.locator(".table tbody tr[data-id]").first).to_be_visible()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, { iframes: false, resultTypes: ['violations'] })")
    grave = [
        (one["id"], one["nodes"][0]["html"]) for one in found["violations"] if one["impact"] in ("serious", "critical")
    ]
    assert grave == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert (here.left_host, here.faults) == ([], [])
