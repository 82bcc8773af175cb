"""The map's tools: order, opacity, backgrounds, measuring, drawing, the swipe and the picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Frame, expect
from pyproj import Geod

from tests.browser.conftest import Visit
from tests.browser.test_map import identity, wait_count

pytestmark = pytest.mark.browser
Start = Callable[..., Visit]
Point = tuple[float, float]
Open = Callable[..., tuple[Visit, Frame]]
EARTH = Geod(ellps="WGS84")
ASTANA, ALMATY, AKTOBE = (71.43, 51.13), (76.92, 43.24), (57.17, 50.28)  # (lon, lat)
SOME_LAYERS = "layers=towns,gas_operating,prospecting_areas"
CLICK_PIXELS = 2  # a click falls on whole pixels


@pytest.fixture
def page(atlas: str, visit: Start) -> Open:
    """Open Explore with some parameters and wait for its towns."""

    def start(query: str = SOME_LAYERS, width: int = 1440, language: str = "en") -> tuple[Visit, Frame]:
        here = visit(atlas, width)
        here.open(f"/?lang={language}&{query}")
        frame = here.map()
        wait_count(frame, "towns", 27)
        return here, frame

    return start


def wait_all(frame: Frame) -> None:
    """Wait until the three layers are drawn and their symbols have places."""
    wait_count(frame, "gas_operating", 34)
    frame.wait_for_function(
        "['towns', 'prospecting_areas'].every((layer) => Atlas.state().layers[layer]?.marks.length > 0)"
    )


def click_at(frame: Frame, points: Sequence[Point]) -> None:
    """Click on the map at WGS 84 positions, slowly enough not to be taken for double clicks."""
    for lon, lat in points:
        spot = frame.evaluate("([lon, lat]) => window.map.latLngToContainerPoint([lat, lon])", [lon, lat])
        frame.locator("#map_div").click(position=spot)


def state(frame: Frame, what: str) -> object:
    """One entry of the map's state."""
    return frame.evaluate(f"Atlas.state().{what}")


def wait_url(here: Visit, parameter: str, pattern: str) -> str:
    """The value of a URL parameter once it matches."""
    here.page.wait_for_url(lambda url: re.fullmatch(pattern, value(url, parameter)) is not None)
    return value(here.page.url, parameter)


def value(url: str, parameter: str) -> str:
    return parse_qs(urlsplit(url).query).get(parameter, [""])[0]


@contextmanager
def nothing_fetched(here: Visit) -> Iterator[None]:
    """No layer or background is asked for meanwhile."""
    asked: list[str] = []
    here.page.on("request", lambda request: asked.append(request.url))
    yield
    assert [url for url in asked if "/api/layers/" in url or "/api/backdrop/" in url] == []


def test_order_and_opacity_change_without_fetching_moving_or_rebuilding(
    page: Open,
) -> None:
    here, frame = page()
    wait_all(frame)
    before = identity(frame)
    height = "id => Number(getComputedStyle(window.map.getPane(id)).zIndex)"
    assert frame.evaluate(height, "towns-town") > frame.evaluate(height, "prospecting_areas-area")
    with nothing_fetched(here):
        frame.evaluate("Atlas.tell({do: 'move', id: 'prospecting_areas', by: -2})")
        frame.wait_for_function("Atlas.state().layers.prospecting_areas?.order === 0")
        frame.evaluate("Atlas.tell({do: 'opacity', id: 'towns', percent: 40})")
        frame.wait_for_function("Atlas.state().layers.towns?.opacity === 0.4")
    assert frame.evaluate(height, "towns-town") < frame.evaluate(height, "prospecting_areas-area")
    assert frame.evaluate("getComputedStyle(window.map.getPane('towns-label')).opacity") == "0.4"
    assert identity(frame) == before
    assert here.faults == []


def test_a_wholly_transparent_layer_is_neither_drawn_nor_clickable(page: Open) -> None:
    _, frame = page(f"{SOME_LAYERS}&op=towns:0")
    frame.wait_for_function("Atlas.state().layers.towns?.opacity === 0")
    frame.wait_for_function("Atlas.state().layers.towns.marks.length === 0")  # placed in the frame after
    expect(frame.get_by_role("button", name=re.compile("Temirtau"))).to_have_count(0)
    assert "Temirtau" not in state(frame, "labels")


def test_lengths_and_areas_are_those_of_the_ellipsoid(page: Open) -> None:
    here, frame = page()
    frame.locator("button[data-name=measure]").click()
    click_at(frame, [ASTANA, ALMATY, AKTOBE])
    measured = frame.evaluate("Atlas.state().measured")
    lon, lat = zip(*measured["points"], strict=True)
    area, _ = EARTH.polygon_area_perimeter(lon, lat)
    legs = EARTH.line_lengths(lon, lat)
    assert measured["legs"] == pytest.approx(list(legs), abs=0.001)
    assert measured["length"] == pytest.approx(sum(legs), abs=0.001)
    assert measured["area"] == pytest.approx(abs(area), rel=1e-9)
    assert frame.locator(".atlas-panel-value").first.text_content() == f"{sum(legs) / 1000:,.1f} km"
    frame.locator("#map_div").press("Enter")
    assert state(frame, "mode") is None
    assert state(frame, "measured.length") == measured["length"]
    frame.get_by_role("button", name="Close", exact=True).click()
    assert state(frame, "measured") is None
    assert "sel=" not in here.page.url


def test_measuring_needs_no_pointer(page: Open) -> None:
    _, frame = page()
    frame.locator("button[data-name=measure]").focus()
    keyboard = frame.page.keyboard
    keyboard.press("Enter")
    for key in ("Enter", "ArrowRight", "Enter"):
        centre = frame.evaluate("window.map.getCenter().lng")
        keyboard.press(key)
        if key == "ArrowRight":
            frame.wait_for_function("lng => Math.abs(window.map.getCenter().lng - lng) > 1", arg=centre)
            frame.wait_for_function("!window.map._panAnim || !window.map._panAnim._inProgress")
    assert len(frame.evaluate("Atlas.state().measured.legs")) == 1
    keyboard.press("Backspace")
    assert state(frame, "measured") is None
    keyboard.press("Escape")
    assert state(frame, "mode") is None


@pytest.mark.parametrize("kind", ["rectangle", "polygon"])
def test_a_drawn_shape_becomes_the_spatial_filter(page: Open, kind: str) -> None:
    here, frame = page()
    before = identity(frame)
    frame.locator("button[data-name=shape]").click()
    frame.locator(f"button[data-name={kind}]").click()
    click_at(frame, [ASTANA, ALMATY] if kind == "rectangle" else [ASTANA, ALMATY, AKTOBE])
    if kind == "polygon":
        frame.locator("#map_div").press("Enter")
    written = wait_url(here, "in", "shape:.+").removeprefix("shape:")
    ring = [tuple(map(float, corner.split())) for corner in written.split(",")]
    assert len(ring) == (4 if kind == "rectangle" else 3)
    degrees = frame.evaluate("360 / 256 / 2 ** window.map.getZoom()") * CLICK_PIXELS
    assert any(abs(lon - ASTANA[0]) < degrees and abs(lat - ASTANA[1]) < degrees for lon, lat in ring)
    frame.wait_for_function("Atlas.state().shape !== null")
    assert identity(frame) == before


def test_escape_leaves_a_sketch_without_telling(page: Open) -> None:
    here, frame = page()
    frame.locator("button[data-name=shape]").click()
    click_at(frame, [ASTANA])
    frame.locator("#map_div").press("Escape")
    assert state(frame, "mode") is None
    assert frame.evaluate("Atlas.channel.told") == []
    assert "in=" not in here.page.url


def test_the_swipe_clips_what_is_chosen_and_nothing_else(page: Open) -> None:
    here, frame = page(f"{SOME_LAYERS}&swipe=towns~prospecting_areas")
    frame.wait_for_function("Atlas.state().swipe?.left === 'towns'")
    wait_all(frame)
    clip = "id => window.map.getPane(id).style.clipPath"
    assert frame.evaluate(clip, "towns-town") != frame.evaluate(clip, "prospecting_areas-area")
    assert frame.evaluate(clip, "towns-label") == frame.evaluate(clip, "towns-town") != ""
    assert frame.evaluate(clip, "gas_operating-line") == ""
    slider = frame.get_by_role("slider")
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuenow") == "52"
    frame.locator("select[data-name=left]").select_option("gas_operating")
    wait_url(here, "swipe", "gas_operating~prospecting_areas")
    frame.wait_for_function("window.map.getPane('towns-town').style.clipPath === ''")
    frame.locator("button[data-name=swipe]").click()
    wait_url(here, "swipe", "")
    frame.wait_for_function("Atlas.state().swipe === null")


def test_a_background_that_cannot_be_loaded_leaves_the_quiet_one(page: Open) -> None:
    here, frame = page(f"{SOME_LAYERS}&bg=street")
    frame.wait_for_function("document.querySelector('.atlas-status').textContent.includes('background')")
    assert {urlsplit(url).hostname for url in here.left_host} == {"tile.openstreetmap.org"}
    assert [one["id"] for one in frame.evaluate("Atlas.state().background")] == ["street"]
    assert frame.evaluate("Atlas.state().layers.backdrop_country.features") > 0
    assert "OpenStreetMap contributors" in (frame.locator(".atlas-credits").text_content() or "")
    here.page.goto(here.page.url.replace("bg=street", "bg=quiet"))
    assert here.map().evaluate("Atlas.state().background") == []


def test_a_bare_position_is_marked_and_brought_into_view(page: Open) -> None:
    _, frame = page(f"{SOME_LAYERS}&sel=place/48.5,67.2&r=50")
    frame.wait_for_function("Atlas.state().place !== null")
    place = frame.evaluate("Atlas.state().place")
    assert (place["lat"], place["lon"], place["km"]) == (48.5, 67.2, 50)
    frame.wait_for_function("label => Atlas.state().labels.includes(label)", arg=place["label"])


def test_reveal_moves_only_to_what_is_out_of_sight(page: Open) -> None:
    _, frame = page()
    before = identity(frame)
    frame.evaluate("Atlas.reveal(null, {nonce: 'a', bounds: [[48, 67], [49, 68]], zoom: 3})")
    assert identity(frame) == before
    frame.evaluate("Atlas.reveal(null, {nonce: 'b', bounds: [[48, 67], [48, 67]], zoom: 8})")
    assert state(frame, "zoom") == 8
    moved = identity(frame)
    frame.evaluate("Atlas.reveal(null, {nonce: 'b', bounds: [[50, 70], [50, 70]], zoom: 8})")
    assert identity(frame) == moved


def test_the_picture_holds_the_map_and_its_title(page: Open) -> None:
    here, frame = page(language="kk")
    size = frame.evaluate("window.map.getSize()")
    with here.page.expect_download() as download:
        frame.locator("button[data-name=picture]").click()
    assert re.fullmatch(r"atlas-\d{4}-\d\d-\d\d\.png", download.value.suggested_filename)
    with Image.open(download.value.path()) as picture:
        assert picture.width == 2 * (size["x"] + 32)
        assert picture.height > 2 * size["y"]
        title = picture.convert("L").crop((32, 0, picture.width // 2, 84))
        drawn = picture.crop((32, 88, picture.width - 32, 88 + 2 * size["y"]))
        assert title.getextrema()[0] < 80 < 200 < title.getextrema()[1]
        assert len(drawn.convert("RGB").getcolors(2**24) or []) > 500
    assert here.left_host == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_coordinates_have_the_decimal_comma(page: Open, language: str) -> None:
    _, frame = page(language=language)
    shown = frame.locator(".atlas-coordinates").text_content() or ""
    assert re.search(r"\d,\d{4}°", shown)
    assert not re.search(r"\d\.\d", shown)


@pytest.mark.parametrize("width", [1440, 375])
def test_buttons_are_large_named_and_apart(page: Open, width: int) -> None:
    _, frame = page(width=width)
    if width == 375:
        frame.get_by_role("button", name="Tools").click()
    boxes = []
    for button in frame.locator(".atlas-button:visible").all():
        assert button.get_attribute("title") == button.get_attribute("aria-label") != ""
        boxes.append(button.bounding_box())
    assert len(boxes) >= 8
    assert all(box and box["width"] >= 30 and box["height"] >= 30 for box in boxes)
    panels = [node.bounding_box() for node in frame.locator(".atlas-scale, .atlas-credits").all()]
    every = [box for box in [*boxes, *panels] if box]
    assert not [(a, b) for k, a in enumerate(every) for b in every[:k] if overlap(a, b)]


def overlap(a: dict[str, float], b: dict[str, float]) -> bool:
    """Whether two boxes share more than their borders."""
    across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
    along = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
    return across > 1 and along > 1


@pytest.mark.parametrize("zoom", [5.5, 6, 7, 8])
def test_every_town_in_view_has_its_name(page: Open, zoom: float) -> None:
    """Where towns crowd most: around Karaganda."""
    _, frame = page(f"layers=towns,prospecting_areas,industrial_zones,plants,gas_operating&at=49.8,72.8,{zoom}")
    frame.wait_for_function("zoom => Atlas.state().zoom === zoom", arg=zoom)
    frame.wait_for_function(
        "['Temirtau', 'Saran', 'Abai', 'Shakhtinsk'].every((name) => Atlas.state().labels.includes(name))"
    )
