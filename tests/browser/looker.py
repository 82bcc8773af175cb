"""A page that goes from screen to screen and width to width, and what is wrong with what it sees."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Frame, Page

from tests.browser.conftest import ROOT, SIZES, WAIT_MS, Visit, stay_home

LOOK = Path(__file__).with_name("look.js").read_text(encoding="utf-8")
AXE = ROOT / "layers" / "web" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
SETTLED = """() => new Promise((done) => {
  let [seen, since] = ['', performance.now()];
  const look = () => {
    const names = [...document.querySelectorAll('.atlas-label')];
    const now = names.map((one) => one.style.transform + one.textContent).join();
    if (now !== seen) [seen, since] = [now, performance.now()];
    if (performance.now() - since > 250) done();
    else requestAnimationFrame(look);
  };
  look();
})"""
DRAWN_ANEW = """(width) => Atlas.panes.map.getSize().x === document.documentElement.clientWidth
  && Math.abs(window.parent.innerWidth - width) < 1 && document.fonts.status === 'loaded'"""
SIDEWAYS = """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
  .filter((node) => node.scrollWidth > node.clientWidth).map((node) => `${node.scrollWidth} > ${node.clientWidth}`)"""


@dataclass(frozen=True)
class Scene:
    """A screen with something in it, and what is unfolded by hand once it is there."""

    name: str
    address: str
    unfold: bool = False

    @property
    def has_map(self) -> bool:
        return self.address.startswith(("/?", "/blocks?"))

    @property
    def has_table(self) -> bool:
        return self.has_map and self.name != "no blocks"


@dataclass
class Looker:
    """One page that goes from scene to scene and changes its size there."""

    here: Visit
    frame: Frame | None = None

    def go(self, scene: Scene, language: str, width: int = 1440) -> None:
        """Open a scene and wait until all of it is there."""
        self.here.page.set_viewport_size({"width": width, "height": SIZES[width]})
        self.here.open(scene.address.format(language))
        page = self.here.page
        page.locator(".panel h2").first.wait_for()
        self.frame = self.here.map() if scene.has_map else None
        page.wait_for_selector(IDLE)
        if scene.has_table:
            page.locator(".table [role=tab]").first.wait_for()
        if scene.unfold:
            page.locator(".controls .unfold").first.click()
            page.locator(".controls details[data-facet=region] summary").click()
            page.locator(".controls details[data-facet=region] .options").wait_for()
        self.settle(width)

    def resize(self, width: int) -> None:
        self.here.page.set_viewport_size({"width": width, "height": SIZES[width]})
        self.settle(width)

    def settle(self, width: int) -> None:
        """Until the fonts are there and the map's names stand still."""
        self.here.page.wait_for_function("document.fonts.status === 'loaded'")
        if self.frame:
            self.frame.wait_for_function(DRAWN_ANEW, arg=width)
            self.frame.evaluate(SETTLED)

    @property
    def documents(self) -> list[Page | Frame]:
        return [self.here.page, *([self.frame] if self.frame else [])]

    def ask(self, question: str) -> list[str]:
        """What the page and the map's frame have to complain of."""
        return [fault for document in self.documents for fault in document.evaluate(f"() => look.{question}")]

    def grave(self) -> list[tuple[str, str, str]]:
        """What axe-core calls serious or critical: rule, place, remedy."""
        assert AXE.exists(), "axe-core is missing: make setup installs it."
        script = AXE.read_text(encoding="utf-8")
        found = []
        for document in self.documents:
            document.evaluate(script)
            result = document.evaluate("axe.run(document, { iframes: false, resultTypes: ['violations'] })")
            found += [
                (rule["id"], str(node["target"]), rule["help"])
                for rule in result["violations"]
                if rule["impact"] in SERIOUS
                for node in rule["nodes"]
            ]
        return found


def opened(browser: Browser, atlas: str, **options: Any) -> Looker:
    """A looker in a profile of its own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", **options)
    context.set_default_timeout(WAIT_MS)
    context.add_init_script(LOOK)
    here = Visit(context.new_page(), atlas)
    stay_home(context, here)
    return Looker(here)
