"""What the map writes and draws at every width: names of towns and of the country, dashes of gas lines, a small box."""

from __future__ import annotations

import pytest
from playwright.sync_api import Frame

from tests.browser.looker import LOOK, SETTLED
from tests.browser.test_map_tools import Open, page

__all__ = ["page"]
pytestmark = pytest.mark.browser

COUNTRY = "layers=towns,gas_operating,gas_construction,gas_planned,gas_mothballed,gas_none_found,plants"
CROWDED = f"{COUNTRY},prospecting_areas,industrial_zones"
# On a phone some long names have no room near their symbols before zoom 4, and a long leader line would be worse.
NO_ROOM = {375: 3}
UNNAMED = """() => {
  const { drawing, o } = [...Atlas.stage.drawings.values()].find(({ o }) => o.id === 'towns');
  const { map } = Atlas.panes;
  const scene = { map, size: map.getSize(), zoom: map.getZoom() };
  const named = new Set(Atlas.state().labels);
  return drawing.marks(scene)
    .filter(({ latlng, label }) => map.getBounds().contains(latlng) && !named.has(label.text))
    .map(({ ids }) => ids[0]);
}"""
# How many points of drawn lines or of the drawn shape lie below the country's name, and how many points there were.
BELOW_NAME = """() => {
  const name = document.querySelector('.atlas-label-own');
  const box = name && name.getBoundingClientRect();
  const paths = [...document.querySelectorAll('.atlas-pane-line path, .atlas-pane-filter path')];
  let [seen, below] = [0, 0];
  for (const path of paths) {
    const matrix = path.getScreenCTM();
    for (let at = 0; at <= path.getTotalLength(); at += 2) {
      const { x, y } = path.getPointAtLength(at).matrixTransform(matrix);
      seen += 1;
      if (box && x > box.left && x < box.right && y > box.top && y < box.bottom) below += 1;
    }
  }
  return { shown: Boolean(name), seen, below, middle: box && [(box.left + box.right) / 2, (box.top + box.bottom) / 2] };
}"""


def wait_names(frame: Frame, layers: str = CROWDED) -> None:
    """Wait until the layers are drawn, the fonts are there and the names stand still."""
    wanted = layers.removeprefix("layers=").split(",")
    frame.wait_for_function("ids => ids.every((id) => id in Atlas.state().layers)", arg=wanted)
    frame.wait_for_function("document.fonts.status === 'loaded' && 'backdrop_labels' in Atlas.state().layers")
    frame.evaluate(SETTLED)


@pytest.mark.parametrize("width", [1440, 1024, 375])
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_country_names_its_towns_and_no_name_lies_on_another(page: Open, width: int, language: str) -> None:
    _, frame = page(CROWDED, width, language)
    frame.evaluate(LOOK)
    wait_names(frame)
    assert len(frame.evaluate(UNNAMED)) <= NO_ROOM.get(width, 0)
    assert frame.evaluate("look.labelFaults()") == []
    assert frame.evaluate("Atlas.state().labels.length") > 25


@pytest.mark.parametrize("place", ["48,62", "49.5,78"])
def test_half_a_zoom_closer_a_phone_names_every_town(page: Open, place: str) -> None:
    _, frame = page(f"{CROWDED}&at={place},4", 375, "ru")
    frame.evaluate(LOOK)
    wait_names(frame)
    assert frame.evaluate("Atlas.state().zoom") == 4
    assert frame.evaluate(UNNAMED) == []
    assert frame.evaluate("look.labelFaults()") == []


@pytest.mark.parametrize("width", [1440, 1024])
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_countrys_name_lies_on_no_line_and_in_no_shape(page: Open, width: int, language: str) -> None:
    _, frame = page(CROWDED, width, language)
    wait_names(frame)
    found = frame.evaluate(BELOW_NAME)
    assert found["seen"] > 500
    assert (found["shown"], found["below"]) == (True, 0)


def test_the_countrys_name_makes_way_for_a_shape_and_goes_when_nothing_is_free(page: Open) -> None:
    _, frame = page(COUNTRY)
    wait_names(frame, COUNTRY)
    x, y = frame.evaluate(BELOW_NAME)["middle"]
    corner = "([x, y]) => { const { lat, lng } = window.map.containerPointToLatLng([x, y]); return [lng, lat]; }"
    ring = [frame.evaluate(corner, [x + dx, y + dy]) for dx, dy in ((-90, -40), (90, -40), (90, 40), (-90, 40))]
    drawn = "ring => Atlas.shape(L.featureGroup([]).addTo(window.map), {ring})"
    frame.evaluate(drawn, ring)
    frame.wait_for_function("Atlas.state().shape !== null")
    frame.evaluate(SETTLED)
    found = frame.evaluate(BELOW_NAME)
    assert found["below"] == 0
    assert not found["shown"] or abs(found["middle"][0] - x) > 90 or abs(found["middle"][1] - y) > 40
    frame.evaluate(drawn, [[40, 38], [95, 38], [95, 58], [40, 58]])
    frame.wait_for_function("!document.querySelector('.atlas-label-own')")


def test_dashes_tell_the_status_of_gas_lines_at_every_zoom(page: Open) -> None:
    """Each status has a pattern of its own, and short lines hold a whole one; patterns grow with the zoom."""
    _, frame = page(COUNTRY)
    statuses = ["operating", "construction", "planned", "mothballed", "unknown"]
    drawn = {
        zoom: {one: frame.evaluate("([s, z]) => Atlas.symbols.gasLine(s, z, false)", [one, zoom]) for one in statuses}
        for zoom in (3.5, 5, 7, 9)
    }
    for zoom, styles in drawn.items():
        lengths = {one: [float(part) for part in (style["dashArray"] or "0").split()] for one, style in styles.items()}
        assert lengths.pop("operating") == [0]
        weight = styles["planned"]["weight"]
        assert all(gap >= 2 * weight for parts in lengths.values() for gap in parts[1::2]), zoom
        assert lengths["construction"][0] >= 2.5 * lengths["planned"][0] >= 5 * lengths["unknown"][0], zoom
        assert len(lengths["mothballed"]) == 4
    for one in statuses:
        looks = [drawn[zoom][one] for zoom in drawn]
        assert [look["weight"] for look in looks] == sorted({look["weight"] for look in looks})
        assert one == "operating" or len({look["dashArray"] for look in looks}) == len(looks)
    totals = {one: sum(map(float, drawn[3.5][one]["dashArray"].split())) for one in statuses[1:]}
    assert max(totals.values()) <= 17


@pytest.mark.parametrize("zoom", [3.5, 7])
def test_a_picture_has_the_dashes_of_the_screen(page: Open, zoom: float) -> None:
    here, frame = page(f"{COUNTRY}&at=50.5,53,{zoom}")
    wait_names(frame, COUNTRY)
    shown = frame.evaluate(
        """() => [...document.querySelectorAll('.atlas-pane-line path[stroke-dasharray]')]
            .filter((path) => path.getAttribute('d') !== 'M0 0').map((path) => path.getAttribute('stroke-dasharray'))"""
    )
    frame.evaluate(
        """() => {
            const { prototype } = CanvasRenderingContext2D;
            const { setLineDash } = prototype;
            window.dashes = [];
            prototype.setLineDash = function (parts) {
              if (parts.length) window.dashes.push(parts.join(' '));
              return setLineDash.call(this, parts);
            };
        }"""
    )
    with here.page.expect_download():
        frame.locator("button[data-name=picture]").click()
    assert len(set(shown)) >= 2
    assert set(shown) <= set(frame.evaluate("window.dashes"))


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_on_a_phone_the_dividers_box_is_one_row(page: Open, language: str) -> None:
    _, frame = page("layers=towns,gas_operating,prospecting_areas&swipe=towns~prospecting_areas", 375, language)
    frame.evaluate(LOOK)
    frame.locator(".atlas-panel-compact").wait_for()
    wait_names(frame, "layers=towns")
    box, area = frame.locator(".atlas-panel").bounding_box(), frame.locator("#map_div").bounding_box()
    assert box
    assert area
    assert box["height"] <= 0.15 * area["height"]
    assert frame.evaluate("look.clipped()") == []
    assert [one for one in frame.evaluate("look.labelFaults()") if "panel" in one] == []
    assert frame.locator(".atlas-panel button[data-name=close]").text_content() != ""
    frame.locator(".atlas-panel button[data-name=close]").click()
    frame.locator(".atlas-panel").wait_for(state="detached")
