"""A reader's own file on the page: asked about, shown everywhere to its owner alone, removed, and never believed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, running
from tests.browser.looker import AXE, SERIOUS
from tests.browser.screen import expect_count, option, parameters, row, switch, table_row, title, wait_parameter
from tests.browser.test_hostile import VALUES

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
PLACES = {"Коунрад": (75.0, 46.98), "Саяк": (75.3, 46.9), "Акжал": (73.9, 47.9)}
ROCKS, METRES = ["гранит", "известняк", "гранит"], [120, 85, 40]
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
NOTICE = {
    "kk": "тек иесі ғана көретін",
    "ru": "файл, который видит только его владелец",
    "en": "a file that its owner alone sees",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An atlas with a folder of its own for visitors' files."""
    folder = tmp_path_factory.mktemp("uploads") / "own"
    with running({"ATLAS_UPLOADS": str(folder)}) as address:
        yield address


def shapefile(folder: Path) -> dict[str, Any]:
    """A zipped shapefile as a geologist has it: metres of zone 13 without its prefix, no .prj, text in cp1251."""
    columns = {"name": list(PLACES), "poroda": ROCKS, "glubina": METRES}
    places = gpd.GeoSeries.from_xy(*zip(*PLACES.values(), strict=True), crs="EPSG:4326").to_crs("EPSG:28413")
    shapes = gpd.GeoDataFrame(columns, geometry=places.translate(-13_000_000))
    pyogrio.write_dataframe(shapes, folder / "kern.shp", encoding="cp1251")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for suffix in ("shp", "shx", "dbf"):
            packed.write(folder / f"kern.{suffix}", f"kern.{suffix}")
    return {"name": "керн 2024.zip", "mimeType": "application/zip", "buffer": out.getvalue()}


def geojson(name: str, *rows: dict[str, Any]) -> dict[str, Any]:
    """A file of points, one for each row of values."""
    features = [
        {"type": "Feature", "properties": given, "geometry": {"type": "Point", "coordinates": [74 + n / 5, 47]}}
        for n, given in enumerate(rows)
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features})
    return {"name": name, "mimeType": "application/geo+json", "buffer": body.encode()}


def card(page: Page, file: str) -> Locator:
    return page.locator(".upload .card").filter(has=page.locator(".name", has_text=re.compile(rf"^{re.escape(file)}$")))


def send(page: Page, *files: dict[str, Any]) -> None:
    page.locator("#own-file").set_input_files(list(files))


def taken(page: Page, file: dict[str, Any]) -> str:
    """Send a file that needs no answer; the id of its layer once the address names it."""
    send(page, file)
    expect(card(page, file["name"])).to_have_attribute("data-step", "ready")
    return wait_parameter(page, "table", r"upload_[0-9a-f]{10}")


def test_the_geologists_shapefile_becomes_a_layer_like_any_other(desk: str, visit: Start, tmp_path: Path) -> None:
    here = visit(desk)
    asked: list[str] = []
    here.page.on("request", lambda request: asked.append(request.url))
    here.open("/?lang=ru")
    page, frame = here.page, here.map()
    seen = [page.url]
    page.on("framenavigated", lambda moved: seen.append(moved.url))
    send(page, shapefile(tmp_path))
    own = card(page, "керн 2024.zip")
    expect(own).to_have_attribute("data-step", "asks")
    expect(own.locator("svg.where .land").first).to_be_attached()
    expect(own.locator("svg.where .mark").nth(1)).to_be_attached()
    assert own.locator("input[type=radio]:checked").count() == 0
    expect(own.locator(".main")).to_be_disabled()
    fits = own.locator(".option", has_text="EPSG:2503")
    expect(fits).to_contain_text("4,5")
    fits.locator("input").check()
    expect(own.locator("svg.where .mark.chosen")).to_have_count(1)
    own.locator(".main").click()
    upload = wait_parameter(page, "table", r"upload_[0-9a-f]{10}")
    expect(own).to_have_attribute("data-step", "ready")
    frame.wait_for_function("id => Atlas.state().layers[id]?.features === 3", arg=upload)
    expect_count(page, upload, 3)
    table_row(page, "1").click()
    title(page, "Коунрад")
    details = page.locator(".st-key-details")
    expect(details).to_contain_text("гранит")
    expect(details).to_contain_text("EPSG:15865")
    expect(details.locator('a[data-select="towns/balkhash"]')).to_be_visible()
    table_row(page, "3").click()
    title(page, "Акжал")
    frame.wait_for_function("id => Atlas.state().layers[id].selected === '3'", arg=upload)
    details.locator('a[data-select^="towns/"]').first.click()
    frame.wait_for_function("Atlas.state().layers.towns?.selected")
    expect(details.locator(f'a[data-select^="{upload}/"]').first).to_be_visible()
    option(page, f"{upload}_1", "гранит").check()
    expect_count(page, upload, 2, 3)
    page.locator(".table .downloads > button").click()
    file = page.locator(".table .downloads a", has=page.locator("b:text-is('GeoJSON')"))
    expect(file).to_have_attribute("href", re.compile(f"{upload}_1="))  # the table follows the legend a moment later
    with page.expect_download() as saved:
        file.click()
    told = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert [one["properties"]["name"] for one in told["features"]] == ["Коунрад", "Акжал"]
    assert "EPSG:15865" in json.dumps(told["atlas"])
    assert "керн 2024.zip" in json.dumps(told["atlas"], ensure_ascii=False)
    page.reload()
    expect(card(page, "керн 2024.zip")).to_have_attribute("data-step", "ready")
    expect_count(page, upload, 2, 3)
    (token,) = [cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "atlas_visitor"]
    assert TOKEN.fullmatch(token)
    assert [url for url in (*asked, *seen, page.url) if token in url] == []
    card(page, "керн 2024.zip").locator("[data-remove]").click()
    expect(row(page, upload)).to_have_count(0)
    page.wait_for_url(lambda url: upload not in url)
    here.map().wait_for_function("id => !(id in Atlas.state().layers)", arg=upload)
    expect(page.locator(".upload .card")).to_have_count(0)
    assert here.left_host == []
    assert here.faults == []


@pytest.mark.parametrize("language", list(NOTICE))
def test_a_copied_address_shows_the_rest_and_says_why_a_layer_is_missing(
    desk: str, visit: Start, language: str
) -> None:
    owner = visit(desk)
    owner.open(f"/?lang={language}")
    upload = taken(owner.page, geojson("тайна.geojson", {"name": "secret place"}))
    stranger = visit(desk)
    stranger.open(owner.page.url.removeprefix(desk) + f"&op={upload}:50&sel={upload}/1&{upload}_1=x")
    page = stranger.page
    expect(page.locator(".st-key-notices")).to_contain_text(NOTICE[language])
    stranger.map().wait_for_function("Atlas.state().layers.towns?.features === 27")
    expect(row(page, upload)).to_have_count(0)
    expect(page.locator(".upload .card")).to_have_count(0)
    assert "secret place" not in page.content()
    switch(page, "deposits").click()
    page.wait_for_url(lambda url: upload not in url)
    expect(page.get_by_text(NOTICE[language])).to_have_count(0)
    assert stranger.faults == []


def test_several_files_at_once_are_several_layers_and_a_wrong_one_is_turned_away(desk: str, visit: Start) -> None:
    here = visit(desk)
    here.open("/?lang=en")
    page = here.page
    files = [geojson("one.geojson", {"name": "a"}), geojson("two.geojson", {"name": "b"}, {"name": "c"})]
    for file in files:
        taken(page, file)
    send(page, {"name": "cat.gif", "mimeType": "image/gif", "buffer": b"GIF89a" + b"\0" * 50})
    expect(card(page, "cat.gif")).to_have_attribute("data-step", "rejected")
    expect(card(page, "cat.gif").locator(".fault")).to_contain_text("Not taken:")
    own = page.locator('.controls [data-layer^="upload_"]')
    expect(own).to_have_count(2)
    swatches = own.locator("img").evaluate_all("nodes => nodes.map(node => node.src)")
    assert len(set(swatches)) == 2
    card(page, "one.geojson").locator("[data-remove]").click()
    expect(own).to_have_count(1)
    card(page, "cat.gif").locator("[data-remove]").click()
    expect(page.locator(".upload .card")).to_have_count(1)
    assert here.faults == []


def test_a_file_goes_on_while_another_screen_is_used(desk: str, visit: Start) -> None:
    here = visit(desk)
    here.open("/?lang=en")
    page = here.page
    send(page, geojson("away.geojson", {"name": "x"}))
    expect(card(page, "away.geojson")).to_have_attribute("data-step", re.compile("reading|ready"))
    page.locator(".st-key-nav a", has_text="Country").click()
    page.wait_for_url(re.compile("/country"))
    page.locator(".st-key-nav a").first.click()
    expect(card(page, "away.geojson")).to_have_attribute("data-step", "ready")
    expect(page.locator('.controls [data-layer^="upload_"]')).to_have_count(1)
    assert here.faults == []


def test_hostile_names_and_values_are_text_wherever_they_stand(desk: str, visit: Start) -> None:
    """File, column, layer and cell: on the card, in legend, table, details, on the map, in facets, search, files."""
    here = visit(desk)
    page = here.page
    here.open("/?lang=en")
    frame = here.map()
    evil = '<img src=x onerror="window.__ran=1">{{7*191}}${7*191}{% x %}</script>'
    values = [value for value in VALUES if len(value) < 200] + ["\u202eevil\u0000", "javascript:alert(1)"]
    rows = [{"name": value, evil: value, "k\u202e'\"`": values[n % 2]} for n, value in enumerate(values)]
    called = evil.replace("/", "")  # a file's name has no slash
    file = geojson(f"{called}.geojson", *rows)
    send(page, file)
    expect(page.locator(".upload .card .name").first).to_have_text(file["name"])
    upload = wait_parameter(page, "table", r"upload_[0-9a-f]{10}")
    frame.wait_for_function("([id, n]) => Atlas.state().layers[id]?.features === n", arg=[upload, len(values)])
    assert called in row(page, upload).locator(".name").inner_text()
    expect(page.locator(".table thead")).to_contain_text(evil)
    for key in ("1", "8", "10"):
        table_row(page, key).click()
        title(page, values[int(key) - 1])
        expect(page.locator(".st-key-details")).to_contain_text(evil)
    listed = page.locator(f'.controls details[data-facet^="{upload}_"]')
    expect(listed.first).to_contain_text("k")
    listed.first.locator("summary").click()
    listed.first.locator("[data-code]").first.locator("input").check()
    expect(page.locator(".controls .chip").first).to_contain_text(values[0][:10])
    page.locator(".search input").fill("svg onload")
    expect(page.locator(f'.search [role=option][data-layer="{upload}"]').first).to_contain_text("onload")
    page.keyboard.press("Escape")
    marks = frame.locator(".atlas-mark[role=button]")
    marks.first.focus()
    marks.first.hover()
    card(page, file["name"]).locator(".report summary").click()
    for place in (page.main_frame, frame):
        assert place.evaluate("window.__ran") is None
        assert "1337" not in place.content()
    for form in ("csv", "geojson", "kml", "gpx", "xlsx", "gpkg", "parquet"):
        got = page.context.request.get(f"{desk}/api/export/{upload}.{form}?lang=en")
        assert got.status == 200, form
        if form == "geojson":
            names = [one["properties"]["name"] for one in got.json()["features"]]
            assert names[0] == values[0]
            assert evil in got.text().replace('\\"', '"')
    assert here.left_host == []
    assert here.faults == []


def test_hostile_words_in_a_question_are_text(desk: str, visit: Start) -> None:
    """The names of the layers of a file stand in a question."""
    here = visit(desk)
    here.open("/?lang=en")
    evil = '<img src=x onerror="window.__ran=1">{{7*191}}'
    point = "<Placemark><name>a</name><Point><coordinates>70,50</coordinates></Point></Placemark>"
    safe = evil.replace("<", "&lt;")
    folders = "".join(f"<Folder><name>{safe} {n}</name>{point}</Folder>" for n in range(2))
    body = f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{folders}</Document></kml>'
    send(here.page, {"name": "a.kml", "mimeType": "text/xml", "buffer": body.encode()})
    own = card(here.page, "a.kml")
    expect(own).to_have_attribute("data-step", "asks")
    expect(own.locator(".option").first).to_contain_text(evil)
    own.locator(".option input").first.check()
    own.locator(".main").click()
    expect(own).to_have_attribute("data-step", "ready")
    upload = wait_parameter(here.page, "table", r"upload_[0-9a-f]{10}")
    expect(row(here.page, upload).locator(".name")).to_contain_text(evil)
    assert here.page.evaluate("window.__ran") is None
    assert "1337" not in here.page.content()
    assert here.left_host == []
    assert here.faults == []


def test_axe_finds_nothing_serious_in_a_question_and_a_report(desk: str, visit: Start, tmp_path: Path) -> None:
    assert AXE.exists(), "axe-core is missing: make setup installs it."
    here = visit(desk)
    here.open("/?lang=kk")
    page = here.page
    taken(page, geojson("a.geojson", {"name": "a", "geometry": 1}))
    card(page, "a.geojson").locator(".report summary").click()
    send(page, {"name": "cat.gif", "mimeType": "image/gif", "buffer": b"GIF89a" + b"\0" * 50})
    send(page, shapefile(tmp_path))
    expect(card(page, "керн 2024.zip")).to_have_attribute("data-step", "asks")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({include: [['.st-key-legend']]})")
    serious = [one for one in found["violations"] if one["impact"] in SERIOUS]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in serious] == []
    assert parameters(page.url)["lang"] == "kk"
