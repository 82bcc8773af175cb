"""Pictures of the Explore screen for the README, made anew from the running atlas without a network."""

from __future__ import annotations

from argparse import ArgumentParser
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
    """Every scene in every width."""
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
        browser.close()


def _picture(browser: Browser, address: str, view: View, width: int) -> bytes:
    """One view in a new visitor's browser, once everything in it is there and stands still."""
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]}, locale=view.language, reduced_motion="reduce"
    )
    context.set_default_timeout(WAIT_MS)
    visit = Visit(context.new_page(), address)
    stay_home(context, visit)
    visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
    visit.open(f"/?{urlencode(to_query(view))}")
    visit.map()
    visit.page.wait_for_function(MAP_READY, arg={one: placed_counts(one)[0] for one in view.visible})
    visit.page.wait_for_function(PAGE_READY, arg=_name(view))
    settle(visit.page)
    taken = _still(visit.page, width, SIZES[width] * (PHONE_SCREENS if width == PHONE else 1))
    context.close()
    if visit.left_host or visit.faults:
        raise RuntimeError(f"{view.language}, {width}: left the host {visit.left_host}, faults {visit.faults}")
    return taken


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
