"""A page for one component alone: a server of its own, the component's script and sheet, and what it reports."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from tests.browser.conftest import ROOT, WAIT_MS

VIEWS = ROOT / "views"
SCRIPTS = {
    "controls": ("web/dom.js", "web/legend.js", "web/filters.js", "web/asof.js", "controls.js"),
    "table": ("web/dom.js", "web/rows.js", "web/sheet.js", "table.js"),
    "panel": ("panel.js",),
    "jump": ("jump.js",),
}
PAGE = """<!doctype html><meta charset="utf-8"><title>component</title><link rel="icon" href="data:,">
<body style="margin:0"><div class="st-key-legend" style="width:WIDTHpx"></div><script type="module">
import draw from "./NAME.js";
const shadow = document.querySelector(".st-key-legend").attachShadow({mode: "open"});
const [root, style] = ["div", "style"].map((tag) => shadow.appendChild(document.createElement(tag)));
root.className = "NAME";
style.textContent = await (await fetch("./NAME.css")).text();
window.acts = [];
window.show = (data) => draw({data, parentElement: shadow, setTriggerValue: (name, act) => acts.push([name, act])});
window.ready = true;
</script>"""
SWATCH = "data:image/svg+xml;utf8,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 26 18'/%3E"


@dataclass
class Shown:
    """A component on its page."""

    page: Page
    faults: list[str]

    def show(self, data: dict[str, Any]) -> None:
        """Hand it data, as the page does after each run."""
        self.page.evaluate("data => window.show(data)", data)

    def acts(self) -> list[dict[str, Any]]:
        """What it reported so far."""
        told: list[list[Any]] = self.page.evaluate("() => window.acts")
        assert {name for name, _ in told} <= {"act"}
        return [act for _, act in told]

    def wait_for_acts(self, count: int) -> list[dict[str, Any]]:
        self.page.wait_for_function("count => window.acts.length >= count", arg=count)
        return self.acts()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the page without a word on the terminal."""

    def log_message(self, *said: Any) -> None:
        """Say nothing."""


@contextmanager
def harness(browser: Browser, folder: Path) -> Iterator[Callable[..., Shown]]:
    """Opens one component on a page of its own, which may talk to its own server only."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    contexts, opened = [], []

    def start(name: str, data: dict[str, Any] | None = None, width: int = 248, **options: Any) -> Shown:
        script = "\n".join((VIEWS / part).read_text(encoding="utf-8") for part in SCRIPTS[name])
        (folder / f"{name}.js").write_text(script, encoding="utf-8")
        (folder / f"{name}.css").write_text((VIEWS / f"{name}.css").read_text(encoding="utf-8"), encoding="utf-8")
        (folder / "index.html").write_text(PAGE.replace("NAME", name).replace("WIDTH", str(width)), encoding="utf-8")
        context = browser.new_context(viewport={"width": max(width, 375), "height": 800}, **options)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        shown = Shown(context.new_page(), [])
        opened.append(shown)
        context.route(lambda url: url.startswith("http") and not url.startswith(address), lambda route: route.abort())
        shown.page.on("pageerror", lambda error: shown.faults.append(str(error)))
        shown.page.goto(address)
        shown.page.wait_for_function("window.ready")
        if data:
            shown.show(data)
        return shown

    yield start
    ran = [shown.page.evaluate("() => window.__ran") for shown in opened]
    for context in contexts:
        context.close()
    server.shutdown()
    server.server_close()
    assert [fault for shown in opened for fault in shown.faults] == []
    assert not any(ran)


def smaller(found: Locator, pixels: int) -> list[str]:
    """Visible controls that are lower than that."""
    script = """(nodes, pixels) => nodes.filter(node => node.checkVisibility() && node.offsetHeight < pixels)
        .map(node => node.outerHTML)"""
    listed: list[str] = found.evaluate_all(script, pixels)
    return listed
