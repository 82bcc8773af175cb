"""What a reader of the Explore screen waits for, and what it costs the server: one round takes every measure once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Frame, Page
from playwright.sync_api import TimeoutError as TooLate

from layers.backdrop import NAMES
from layers.overview import placed_counts
from layers.relate import layer
from layers.spec import layer_spec
from layers.text import pick
from layers.view import DEFAULT_LANGUAGE, View
from tests.bench import cpu
from tests.bench.report import Measure
from tests.bench.watch import IDLE, LIMIT_MS, seconds_until, settle
from tests.bench.wire import FRAGMENT, FULL, Run, Wire
from tests.browser.conftest import SIZES, Visit, running

WIDTH = 1440
LOCALE = "en-GB"
TOGGLED = "deposits"  # the layer with the most features
TURNS = 4  # toggles, tables and pans of a round: there and back, twice
WARM_UPS = 3
RERUNS = 20  # of one batch: /proc counts CPU time in hundredths of a second

MEASURES = (
    Measure("first_map", "Server start to first map", "s", 3),
    Measure("server_answers", "  of which until the server answers", "s"),
    Measure("first_page", "  of which browser, first visitor", "s"),
    Measure("warm_page", "Browser to map, warm server", "s"),
    Measure("toggle_off", f"Toggle: {TOGGLED} leave the map", "s", 0.5),
    Measure("toggle_on", f"Toggle: {TOGGLED} are on the map", "s", 0.5),
    Measure("widget", "Unrelated widget: another table is drawn", "s", 0.3),
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
HAS_LAYER = "([id, n]) => Atlas.state().layers[id]?.features === n"
LACKS_LAYER = "([id, n]) => !(id in Atlas.state().layers)"
# The grid's canvas is new for each table; a first row in more than three colours has its text.
SHOWS_TABLE = """([table, rows]) => {
  const [head, canvas] = ['.st-key-table_head', `.st-key-${table} canvas`].map((path) => document.querySelector(path));
  if (!canvas?.width || !head.textContent.includes(rows)) return false;
  const row = canvas.getContext('2d').getImageData(45, 34, 145, 18).data;
  return new Set(new Uint32Array(row.buffer)).size > 3;
}"""
IDENTITY = "(s => [s.frame, s.mounts, s.center.lat, s.center.lon, s.zoom])(Atlas.state())"

Samples = dict[str, list[float]]


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
            found |= _reruns(page, wire, cpu.server_on(urlsplit(address).port or 0))
            found |= _toggles(page, frame)
            found |= _tables(page, frame)
            found |= _pans(page, frame, wire)
    return found


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


def _reruns(page: Page, wire: Wire, server: int) -> Samples:
    """Reruns of the whole page by Streamlit's own key; nothing has changed, so nothing but the run costs."""
    _rerun(page, wire, WARM_UPS)
    before = cpu.seconds(server)
    runs = _rerun(page, wire, RERUNS)
    spent = cpu.seconds(server) - before
    return {"rerun_cpu": [1000 * spent / len(runs)], "full_bytes": [run.bytes / 1000 for run in runs]}


def _rerun(page: Page, wire: Wire, times: int) -> list[Run]:
    page.evaluate("document.activeElement.blur()")  # a key pressed in a field or in the map is not Streamlit's
    runs: list[Run] = []
    for _ in range(times):
        page.wait_for_selector(IDLE)  # the key does nothing while the page still shows a run
        runs += wire.runs_of(partial(page.keyboard.press, "r"))
    if [run.status for run in runs] != [FULL] * times:
        raise RuntimeError(f"{times} full reruns were asked for, these came: {runs}")
    return runs


def _toggles(page: Page, frame: Frame) -> Samples:
    """A click on a legend row until the map has gained or lost the layer, in the same frame and place."""
    found: Samples = {"toggle_off": [], "toggle_on": []}
    row = page.locator(f".st-key-show_{TOGGLED} label")
    place = frame.evaluate(IDENTITY)
    for _ in range(TURNS):
        settle(page)
        shown = frame.evaluate(HAS_LAYER, [TOGGLED, placed_counts(TOGGLED)[0]])
        name, condition = ("toggle_off", LACKS_LAYER) if shown else ("toggle_on", HAS_LAYER)
        found[name].append(seconds_until(frame, condition, [TOGGLED, placed_counts(TOGGLED)[0]], page, row.click))
        if frame.evaluate(IDENTITY) != place:
            raise RuntimeError("The toggle moved the map or built it anew.")
    return found


def _tables(page: Page, frame: Frame) -> Samples:
    """The choice of another table until its rows are drawn; the map must not notice."""
    settle(page)
    untouched = _whole_map(frame)
    first, second = View().visible[:2]
    found = [_table(page, first if turn % 2 else second) for turn in range(TURNS)]
    if _whole_map(frame) != untouched:
        raise RuntimeError("The choice of a table changed the map.")
    return {"widget": found}


def _table(page: Page, chosen: str) -> float:
    settle(page)
    count = len(layer(chosen).frame)
    title = re.compile(rf"^{re.escape(pick(layer_spec(chosen).title, DEFAULT_LANGUAGE))}$")
    page.locator(".st-key-table_head").get_by_role("combobox").click()
    option = page.get_by_role("option").filter(has_text=title)
    spent = seconds_until(page, SHOWS_TABLE, [f"table_{chosen}", f"{count} rows"], page, option.click)
    page.wait_for_selector(f".st-key-table_{chosen} [aria-rowcount='{count + 1}']", state="attached")
    return spent


def _whole_map(frame: Frame) -> str:
    return json.dumps(frame.evaluate("Atlas.state()"), sort_keys=True)


def _pans(page: Page, frame: Frame, wire: Wire) -> Samples:
    """The map moved by its arrow keys; each move runs the map's fragment and nothing else."""
    found: list[Run] = []
    frame.locator(".leaflet-container").focus()
    for turn in range(TURNS):
        settle(page)
        before = len(wire.runs), frame.evaluate(IDENTITY), page.url
        wire.runs_of(partial(page.keyboard.press, "ArrowLeft" if turn % 2 else "ArrowRight"))
        settle(page)
        if before[1] == frame.evaluate(IDENTITY) or before[2] == page.url:
            raise RuntimeError("The arrow key did not move the map, or the address does not tell its place.")
        found += wire.runs[before[0] :]
    if {run.status for run in found} != {FRAGMENT}:
        raise RuntimeError(f"A pan runs the map's fragment only, but these came: {found}")
    return {"fragment_bytes": [run.bytes / 1000 for run in found]}
