"""Pictures of the screens for the README, made anew from the running atlas without a network."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from layers.names import names_by_id
from layers.overview import placed_counts
from layers.query import to_query
from layers.text import pick
from layers.view import Position, Selection, View
from tests.bench.watch import settle
from tests.browser.conftest import CHROME_ARGUMENTS, ROOT, SIZES, Visit, chromium, running, stay_home

SCREENS = ROOT / "docs" / "screens"
WAIT_MS = 60_000
PHONE, PHONE_SCREENS = 375, 2  # a phone's picture shows two screens, one under the other
COLOURS, REFINED = 256, 5
LARGEST_BYTES = 200_000
MOST_LOOKS = 20

BALKHASH, EKIBASTUZ = Selection("towns", "balkhash"), Selection("towns", "ekibastuz")
SCENES = (
    View("en", selected=BALKHASH),
    View("ru", "geologist", selected=BALKHASH, position=Position(47.55, 71.6, 6.5), table="deposits"),
    View("kk", "investor", selected=EKIBASTUZ, table="industrial_zones"),
)
ON_PHONE = {"ru": Position(47.1, 74.4, 6.25)}  # a phone's map is too narrow for the others' place

# The desks: the picture's name, its address, and what stands on the screen when it is all there.
DESKS = {
    "passport": ("/passport?id=balkhash&lang=ru", ".st-key-passport_rest .sources li"),
    "promises": ("/promises?lang=en", ".promises tbody tr"),
    "country": ("/country?lang=kk", ".st-key-country_sources .sources li"),
    "screening": ("/screening?lang=en", ".st-key-screening_result .stVegaLiteChart :is(canvas, svg)"),
    "compare": (
        "/compare?cmp=industrial_zones/saran-iz,industrial_zones/kulsary-iz,industrial_zones/satpayev-iz&lang=ru",
        ".st-key-compare_charts .stVegaLiteChart :is(canvas, svg)",
    ),
    "site": ("/site?sel=industrial_zones/saran-iz&r=50&lang=en", ".st-key-site .sources li"),
}
DESK_HEIGHT = 1100

# The screen scrolls in a box of Streamlit's. Here that box is as high as the picture, and the bar at the foot of a
# phone's screen, which is fixed, stands at the foot of it.
UNROLLED = """
html, body, #root { height: auto !important; overflow: visible !important; }
.stApp { position: relative !important; transform: translate(0); }
.stApp, [data-testid="stAppViewContainer"], [data-testid="stMain"] {
  height: HEIGHTpx !important; overflow: hidden !important;
}
"""

# Every layer is drawn, in the fonts of the map.
MAP_READY = """(wanted) => {
  const { Atlas, document: drawn } = document.querySelector('iframe[title*="folium"]').contentWindow;
  const { layers } = Atlas.state();
  const fonts = [...drawn.fonts];
  return Object.entries(wanted).every(([id, n]) => layers[id]?.features === n)
    && 'backdrop_labels' in layers && 'radius' in layers
    && fonts.length > 0 && fonts.every((font) => font.status === 'loaded');
}"""
# Each component of ours stands in a shadow root.
PAGE_READY = """(name) => {
  const roots = [...document.querySelectorAll('*')].map((node) => node.shadowRoot).filter(Boolean);
  const has = (path) => roots.some((root) => root.querySelector(path));
  const images = roots.flatMap((root) => [...root.querySelectorAll('img')]);
  return document.fonts.status === 'loaded'
    && roots.some((root) => root.querySelector('.panel h2')?.textContent === name)
    && ['.panel .facts', '.controls [data-layer] .count', '.table tr[data-id]', '.search input'].every(has)
    && images.every((image) => image.complete && image.naturalWidth > 0);
}"""


def main() -> None:
    """Every scene of the map in every width, and every desk."""
    parser = ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=SCREENS, help="folder of the pictures")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, running() as address:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROME_ARGUMENTS)
        for view in SCENES:
            for width in SIZES:
                path = out / f"explore-{width}-{view.language}.png"
                at = ON_PHONE.get(view.language, view.position) if width == PHONE else view.position
                path.write_bytes(_small(_picture(browser, address, replace(view, position=at), width)))
                print(f"{path} {path.stat().st_size / 1000:.0f} kB", flush=True)
        for name, (address_of, ready) in DESKS.items():
            path = out / f"{name}-1440.png"
            path.write_bytes(_small(_desk(browser, address, address_of, ready)))
            print(f"{path} {path.stat().st_size / 1000:.0f} kB", flush=True)
        browser.close()


def _desk(browser: Browser, address: str, path: str, ready: str) -> bytes:
    """A desk in a new visitor's browser, once all of it is there and stands still."""
    with _visiting(browser, address, 1440, path.rpartition("lang=")[2]) as visit:
        visit.open(path)
        visit.page.locator(ready).first.wait_for(state="attached")
        for chart in visit.page.locator('[data-testid="stVegaLiteChart"]').all():
            chart.locator("canvas, svg").first.wait_for(state="attached")
        settle(visit.page)
        return _still(visit.page, 1440, DESK_HEIGHT)


@contextmanager
def _visiting(browser: Browser, address: str, width: int, language: str) -> Iterator[Visit]:
    """A new visitor's browser; RuntimeError where the page asked another host or failed."""
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]}, locale=language, reduced_motion="reduce"
    )
    context.set_default_timeout(WAIT_MS)
    visit = Visit(context.new_page(), address)
    stay_home(context, visit)
    visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
    yield visit
    context.close()
    if visit.left_host or visit.faults:
        raise RuntimeError(f"{language}, {width}: left the host {visit.left_host}, faults {visit.faults}")


def _picture(browser: Browser, address: str, view: View, width: int) -> bytes:
    """One view in a new visitor's browser, once everything in it is there and stands still."""
    with _visiting(browser, address, width, view.language) as visit:
        visit.open(f"/?{urlencode(to_query(view))}")
        visit.map()
        visit.page.wait_for_function(MAP_READY, arg={one: placed_counts(one)[0] for one in view.visible})
        visit.page.wait_for_function(PAGE_READY, arg=_name(view))
        settle(visit.page)
        return _still(visit.page, width, SIZES[width] * (PHONE_SCREENS if width == PHONE else 1))


def _name(view: View) -> str:
    """What the details call the selected thing."""
    assert view.selected
    return pick(names_by_id(view.selected.layer)[view.selected.id], view.language)


def _still(page: Page, width: int, height: int) -> bytes:
    """The picture when two of them in turn are alike."""
    page.add_style_tag(content=UNROLLED.replace("HEIGHT", str(height)))
    area = {"x": 0, "y": 0, "width": width, "height": height}
    before = b""
    for _ in range(MOST_LOOKS):
        taken = page.screenshot(full_page=True, clip=area, animations="disabled", caret="hide")
        if taken == before:
            return taken
        before = taken
    raise RuntimeError(f"The screen of {width} px still changes after {MOST_LOOKS} pictures.")


def _small(png: bytes) -> bytes:
    """The picture in few colours without dithering; rare ones count too, or small symbols would change theirs."""
    with Image.open(BytesIO(png)) as whole:
        few = whole.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, REFINED, dither=Image.Dither.NONE)
    made = BytesIO()
    few.save(made, "PNG", optimize=True)
    if made.tell() > LARGEST_BYTES:
        raise RuntimeError(f"A picture of {made.tell()} bytes: {LARGEST_BYTES} are the most.")
    return made.getvalue()


if __name__ == "__main__":
    main()
