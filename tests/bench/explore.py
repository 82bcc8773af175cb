"""What a reader of the Explore screen waits for, and what it costs the server: one round takes every measure once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Frame, Page
from playwright.sync_api import TimeoutError as TooLate

from layers.backdrop import NAMES
from layers.overview import placed_counts
from layers.spec import layer_spec
from layers.view import View
from tests.bench import choose, cost, cpu, seek
from tests.bench.report import Measure, Samples
from tests.bench.watch import LIMIT_MS, settle
from tests.bench.wire import Wire
from tests.browser.conftest import SIZES, Visit, running

WIDTH = 1440
LOCALE = "en-GB"

MEASURES = (
    Measure("first_map", "Server start to first map", "s", 3),
    Measure("server_answers", "  of which until the server answers", "s"),
    Measure("first_page", "  of which browser, first visitor", "s"),
    Measure("warm_page", "Browser to map, warm server", "s"),
    Measure("toggle_off", f"Toggle: {choose.TOGGLED} leave the map", "s", 0.5),
    Measure("toggle_on", f"Toggle: {choose.TOGGLED} are on the map", "s", 0.5),
    Measure("widget", "Unrelated widget: another table is drawn", "s", 0.3),
    Measure("filter", "Filter: map, legend and table follow", "s", 0.5),
    Measure("radius", "Radius: circle and list of what is near", "s", 0.5),
    Measure("search", "Search: last letter to the hits", "s", 0.3),
    Measure("search_go", "Search: Enter to map and details there", "s", 1.0),
    Measure("rerun_cpu", "Server CPU of an unchanged rerun", "ms", 50),
    Measure("full_bytes", "Websocket, full rerun", "kB", 30),
    Measure("fragment_bytes", "Websocket, fragment rerun (pan)", "kB", 10),
)

# Asked of the page, for Playwright now and then loses a question put to a frame that has only just been made.
HAS_ALL = """wanted => {
  const frame = document.querySelector('iframe[title*="folium"]');
  const layers = frame?.contentWindow.Atlas?.state?.().layers ?? {};
  return Object.entries(wanted).every(([id, n]) => id in layers && (n === null || layers[id].features === n));
}"""


def samples_of_a_round(browser: Browser) -> Samples:
    """All measures on a server of its own, by name; the first visitor, then a second one who stays."""
    began = perf_counter()
    with running() as address:
        answers = perf_counter()
        with _opened(browser, address):
            shown = perf_counter()
        found: Samples = {
            "first_map": [shown - began],
            "server_answers": [answers - began],
            "first_page": [shown - answers],
        }
        again = perf_counter()
        with _opened(browser, address) as (page, frame, wire):
            found["warm_page"] = [perf_counter() - again]
            settle(page)
            found |= cost.reruns(page, wire, cpu.server_on(urlsplit(address).port or 0))
            found |= _choices(page, frame)
            found |= cost.pans(page, frame, wire)
    return found


def _choices(page: Page, frame: Frame) -> Samples:
    """What a reader does one after the other; the last search leaves a town selected, from which the radius counts."""
    found = choose.toggles(page, frame) | choose.tables(page, frame) | choose.filters(page)
    searched, selected = seek.searches(page)
    return found | searched | choose.radii(page, selected)


@contextmanager
def _opened(browser: Browser, address: str) -> Iterator[tuple[Page, Frame, Wire]]:
    """A new visitor with an empty cache whose map shows all that a first visit shows."""
    context = browser.new_context(viewport={"width": WIDTH, "height": SIZES[WIDTH]}, locale=LOCALE)
    context.set_default_timeout(LIMIT_MS)
    visit = Visit(context.new_page(), address)
    wire, waiting = Wire(visit.page), _unanswered(visit.page)
    visit.open()
    try:
        visit.page.wait_for_function(HAS_ALL, arg=_first_visit())
    except TooLate as error:
        raise RuntimeError(f"The map of a first visit never became complete; unanswered: {waiting}") from error
    yield visit.page, visit.map(), wire
    context.close()


def _unanswered(page: Page) -> set[str]:
    """Addresses that the page has asked for and not got yet; the set changes as answers come."""
    waiting: set[str] = set()
    page.on("request", lambda request: waiting.add(request.url))
    page.on("requestfinished", lambda request: waiting.discard(request.url))
    return waiting


def _first_visit() -> dict[str, int | None]:
    """Everything on the map of a first visit, with the number of its features where the data tell it."""
    wanted: dict[str, int | None] = {f"backdrop_{name}": None for name in NAMES}
    for layer_id in View().visible:
        wanted[layer_id], _ = placed_counts(layer_id)
        geometry = layer_spec(layer_id).geometry
        if geometry and geometry.town:
            wanted[f"{layer_id}_badges"] = None
    if not any(wanted.values()):
        raise RuntimeError("A first visit shows no features: there is nothing to measure.")
    return wanted
