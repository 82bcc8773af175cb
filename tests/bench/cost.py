"""What the Explore screen costs the server and the wire: reruns that change nothing, and moves of the map."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import Frame, Page

from tests.bench import cpu
from tests.bench.report import Samples
from tests.bench.watch import IDLE, settle
from tests.bench.wire import FRAGMENT, FULL, Run, Wire

WARM_UPS = 3
RERUNS = 20  # of one batch: /proc counts CPU time in hundredths of a second
PANS = 4
IDENTITY = "(s => [s.frame, s.mounts, s.center.lat, s.center.lon, s.zoom])(Atlas.state())"


def reruns(page: Page, wire: Wire, server: int) -> Samples:
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


def pans(page: Page, frame: Frame, wire: Wire) -> Samples:
    """The map moved by its arrow keys; each move runs the map's fragment and nothing else."""
    found: list[Run] = []
    frame.locator(".leaflet-container").focus()
    for turn in range(PANS):
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
