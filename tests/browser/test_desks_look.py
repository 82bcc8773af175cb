"""The look of the desks in every language and width: nothing cut, nothing sideways, nothing that axe calls serious."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import SIZES
from tests.browser.looker import IDLE, SIDEWAYS, Looker, opened

pytestmark = pytest.mark.browser

LANGUAGES = ("kk", "ru", "en")
TARGET = 24  # px
TARGETS = "a[href], button, select, summary, [role=slider]"  # boxes of Streamlit take a click beside their field too
ZONES = "industrial_zones/saran-iz,industrial_zones/kulsary-iz"
# Address, and what stands on the screen when all of it is there.
DESKS = {
    "passport": ("/passport?id=balkhash", ".st-key-passport_rest .sources li"),
    "passport of a date": ("/passport?id=temirtau&asof=2013-12", ".st-key-passport_rest .sources li"),
    "promises": ("/promises?theme=zones", ".promises tbody tr"),
    "screening": ("/screening?", ".st-key-screening_result .stVegaLiteChart :is(canvas, svg)"),
    "compare": (f"/compare?cmp={ZONES}", ".st-key-compare_charts canvas, .st-key-compare_charts svg"),
    "site": ("/site?sel=industrial_zones/saran-iz&r=50", ".st-key-site .sources li"),
}


@pytest.fixture(scope="module")
def looker(browser: Browser, atlas: str) -> Iterator[Looker]:
    """One page for all cases."""
    made = opened(browser, atlas)
    yield made
    made.here.page.context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("desk", DESKS)
def test_a_desk_is_to_be_read_and_to_be_hit(looker: Looker, desk: str, language: str) -> None:
    address, ready = DESKS[desk]
    page = looker.here.page
    page.set_viewport_size({"width": 1440, "height": SIZES[1440]})
    looker.here.open(f"{address}&lang={language}")
    page.locator(ready).first.wait_for(state="attached")
    page.wait_for_selector(IDLE)
    page.wait_for_function("language => document.documentElement.lang === language", arg=language)
    looker.frame = looker.here.map() if desk == "site" else None
    faults: dict[str, object] = {}
    for width in SIZES:
        looker.resize(width)
        page.wait_for_function(f"() => ({SIDEWAYS})().length === 0")  # charts take their new width a moment later
        faults |= {
            f"cut at {width}": looker.ask("clipped()"),
            f"small at {width}": looker.ask(f"small({TARGET}, '{TARGETS}')"),
            f"grave at {width}": looker.grave() if width != 1024 else [],
        }
    assert {claim: found for claim, found in faults.items() if found} == {}
    assert (looker.here.left_host, looker.here.faults) == ([], [])
