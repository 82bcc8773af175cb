"""Layers of other shapes and formats, added by a file and a TOML, are drawn, told and never take the page down."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import Frame, expect

from tests.browser.conftest import Visit, running
from tests.browser.test_map import columns, wait_count

pytestmark = pytest.mark.browser

HEAD = """
id = "{id}"
kind = "file"
group = "geology"
order = 26
legend = true
shown = false
file = "{file}"
key = "id"
sources = ["atlas-compilation"]

[title]
en = "Layer {id}"
ru = "Слой {id}"
kk = "Қабат {id}"

[geometry]
type = "{type}"
{place}

[style]
symbol = "plain"
"""
SQUARE = shapely.box(66, 47, 68, 49)
BROKEN_LINE = shapely.LineString([(60, 45), (65, 47), (70, 46)])


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An atlas with polygons in GeoJSON, lines in a GeoPackage in metres, all sorts in WKT, and a broken file."""
    base = tmp_path_factory.mktemp("added")
    for folder in ("catalogue", "data", "vocabulary"):
        (base / folder).mkdir()

    def declare(name: str, file: str, kind: str, place: str = "", **types: str) -> None:
        text = HEAD.format(id=name, file=file, type=kind, place=place) + columns(id="text", **types)
        (base / "catalogue" / f"{name}.toml").write_text(text, encoding="utf-8")

    polygons = gpd.GeoDataFrame({"id": ["s", "none"]}, geometry=[SQUARE, None], crs="EPSG:4326")
    polygons.to_file(base / "data" / "polygons.geojson")
    declare("polygons", "polygons.geojson", "polygon")
    lines = gpd.GeoDataFrame({"id": ["l"]}, geometry=[BROKEN_LINE], crs="EPSG:4326").to_crs("EPSG:32642")
    lines.to_file(base / "data" / "lines.gpkg")
    declare("lines", "lines.gpkg", "line")
    rows = ['p,"MULTIPOINT (70 50, 72 50)"', f'q,"{SQUARE.wkt}"', f'l,"{BROKEN_LINE.wkt}"', "n,"]
    (base / "data" / "mixed.csv").write_text("id,shape\n" + "\n".join(rows), encoding="utf-8")
    declare("mixed", "mixed.csv", "any", 'wkt = "shape"', shape="text")
    (base / "data" / "broken.csv").write_text("id,lon,lat\na,east,50\n", encoding="utf-8")
    declare("broken", "broken.csv", "point", 'lon = "lon"\nlat = "lat"', lon="lon", lat="lat")
    with running({"ATLAS_EXTRA": str(base)}) as address:
        yield address


def wait_drawn(frame: Frame, layer: str, shapes: int, marks: int) -> None:
    """Wait until the map shows this many outlines or lines, and symbols, while this layer is the only one on.

    Symbols are placed in the frame after the outlines are put: neither is there just because the other is.
    """
    expect(frame.locator("path.leaflet-interactive")).to_have_count(shapes)
    script = "([layer, n]) => Atlas.state().layers[layer].marks.length === n"
    frame.wait_for_function(script, arg=[layer, marks])


@pytest.mark.parametrize(
    ("layer", "features", "shapes", "marks"), [("polygons", 1, 1, 1), ("lines", 1, 1, 0), ("mixed", 4, 2, 3)]
)
def test_a_layer_of_any_shape_is_drawn(
    added: str, visit: Callable[..., Visit], layer: str, features: int, shapes: int, marks: int
) -> None:
    here = visit(added)
    here.open(f"/?lang=en&layers={layer}")
    frame = here.map()
    wait_count(frame, layer, features)
    wait_drawn(frame, layer, shapes, marks)
    here.page.locator(".st-key-legend").get_by_text(f"Layer {layer}").wait_for()
    assert here.faults == []


def test_a_broken_layer_is_said_and_everything_else_goes_on(added: str, visit: Callable[..., Visit]) -> None:
    here = visit(added)
    here.open("/?lang=en&layers=towns,broken&sel=broken/a")
    here.page.get_by_text("Layer broken cannot be shown").first.wait_for()
    here.page.locator(".st-key-details").get_by_text("is not a number").wait_for()
    wait_count(here.map(), "towns", 27)
    here.open("/?lang=en&layers=towns,broken")
    here.page.get_by_role("heading", name="Choose something on the map").wait_for()
    wait_count(here.map(), "towns", 27)
    assert here.faults == []
