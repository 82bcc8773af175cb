"""A running atlas and a browser that may talk to nobody else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Route, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
WAIT_MS = 30_000
PATIENCE_MS = 8_000
DRAWN = "window.Atlas && Atlas.state && 'backdrop_places' in Atlas.state().layers"
CHROME_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SIZES = {1440: 900, 1024: 768, 375: 812}

# In every frame, before the page can swallow them; text that is typed counts with the key that sends it.
COUNT_STEPS = """
addEventListener('pointerdown', (event) => {
  const [target] = event.composedPath();
  if (event.isTrusted) atlasDid(`press ${target.textContent?.trim().slice(0, 30) || target.tagName}`);
}, { capture: true });
addEventListener('keydown', (event) => {
  if (event.isTrusted && ['Enter', ' ', 'ArrowDown', 'ArrowRight'].includes(event.key)) atlasDid(`key ${event.key}`);
}, { capture: true });
addEventListener('input', (event) => {
  const [target] = event.composedPath();
  if (target.tagName === 'SELECT') atlasDid(`choose ${target.value}`);
}, { capture: true });
"""


@dataclass
class Visit:
    """A page of one running atlas, with all requests that tried to leave it and all faults it reported."""

    page: Page
    url: str
    left_host: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    did: list[str] = field(default_factory=list)  # what a hand did: each press of the pointer, each key that sends

    def open(self, path: str = "") -> None:
        """Open a screen and wait until its map, if it has one, has drawn every layer."""
        self.page.goto(self.url + path)
        self.page.wait_for_selector('[data-testid="stMainBlockContainer"]')

    def map(self) -> Frame:
        """The frame of the map, once its backdrop is drawn.

        While the server is cold, Streamlit may give up a slow component once and mount it again, so the frame
        is looked up anew until one has drawn.
        """
        deadline = time.monotonic() + START_SECONDS
        while True:
            frame = self.page.wait_for_selector('iframe[title*="folium"]').content_frame()
            try:
                frame.wait_for_function(DRAWN, timeout=PATIENCE_MS)
            except PlaywrightError:
                if time.monotonic() > deadline:
                    raise
            else:
                return frame


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser test that fails is tried once more, and the report says RERUN: on a busy machine a page may be late."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def chromium() -> str:
    """The browser: $ATLAS_CHROME, else Debian's Chromium or an installed Chrome; a failure when there is none."""
    names = [os.environ.get("ATLAS_CHROME", ""), "chromium", "google-chrome", "google-chrome-stable"]
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if not found:
        pytest.fail("No browser: install Debian's package chromium, or name a Chrome in ATLAS_CHROME.")
    return found


@contextmanager
def running(environment: dict[str, str] | None = None, base_path: str = "") -> Iterator[str]:
    """An atlas of its own on a free port; yields its address and ends the process afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    command += ["--server.baseUrlPath", base_path] if base_path else []
    address = f"http://127.0.0.1:{port}" + (f"/{base_path}" if base_path else "")
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | (environment or {}), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"{address}/_stcore/health", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail("The atlas ended while it was starting.")
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            select_nothing()
    pytest.fail(f"{url} did not answer within {START_SECONDS} seconds.")


def select_nothing() -> None:
    """Give the machine a moment between two questions."""
    import select

    select.select([], [], [], 0.1)


def stay_home(context: BrowserContext, visit: Visit) -> None:
    """Stop whatever wants to leave the atlas's host, and note it."""
    host = visit.url.split("/")[2]

    def guard(route: Route) -> None:
        if route.request.url.split("/")[2] == host:
            route.continue_()
        else:
            visit.left_host.append(route.request.url)
            route.abort()

    context.route(lambda address: address.startswith(("http:", "https:")), guard)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium(), args=CHROME_ARGUMENTS)
        yield made
        made.close()


@pytest.fixture(scope="session")
def atlas() -> Iterator[str]:
    """The atlas with its own layers only."""
    with running() as address:
        yield address


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a new browser profile on an atlas; whatever wants to leave its host is stopped and noted."""
    contexts, pages = [], []

    def start(url: str, width: int = 1440, locale: str = "en-GB") -> Visit:
        context = browser.new_context(viewport={"width": width, "height": SIZES.get(width, 900)}, locale=locale)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        made = Visit(context.new_page(), url)
        pages.append(made.page)
        stay_home(context, made)
        context.expose_binding("atlasDid", lambda _source, what: made.did.append(what))
        context.add_init_script(COUNT_STEPS)
        made.page.on("pageerror", lambda error: made.faults.append(str(error)))
        made.page.on("dialog", lambda dialog: (made.faults.append(f"dialog {dialog.message}"), dialog.dismiss()))
        return made

    yield start
    broken = [page.url for page in pages if page.locator('[data-testid="stException"]').count()]
    for context in contexts:
        context.close()
    assert not broken, f"the page shows an exception: {broken}"
