"""The look of every screen in every language and width: nothing cut, nothing covered, all within reach of any hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import SIZES
from tests.browser.looker import LOOK, SETTLED, SIDEWAYS, Looker, Scene, opened

pytestmark = pytest.mark.browser

LANGUAGES = ("kk", "ru", "en")
MAP_SHARE = 0.6  # of the screen's width at 1440 px
TARGET, FINGER = 24, 44  # px
MOST_STOPS = 400  # presses of Tab, by far enough for every screen
MAP_STOPS = 30  # more would keep the keyboard on the map
FAULTY = """<!doctype html><style>
  body { margin: 0; font: 14px sans-serif } button { min-width: 24px; min-height: 24px; margin: 4px }
  .box { width: 60px; overflow: hidden; white-space: nowrap } .on { margin-top: -16px }
  .unmarked:focus { outline: none }
  .small { min-width: 0; min-height: 0; width: 20px; height: 20px; padding: 0 } p { margin: 8px }
</style>
<div class="box">all of it</div><div class="box">cut off in the middle</div>
<p>one above</p><p>one below</p><p>under</p><p class="on">covering</p>
<button>whole</button><button class="small">x</button><button class="unmarked">hidden focus</button>"""
FAULTS = {"clipped()": '"cut off in the middle"', "overlaps()": '"under" lies on', "small(24)": "button.small"}


SCENES = (
    Scene("balkhash", "/?lang={}&sel=towns/balkhash"),
    Scene("nothing", "/?lang={}", unfold=True),
    Scene("emptied", "/?lang={}&sel=towns/balkhash&q=zzzz&commodity=cu"),
    Scene("country", "/country?lang={}"),
    Scene("sources", "/sources?lang={}"),
    Scene("no blocks", "/blocks?lang={}"),
    Scene("blocks", "/blocks?lang={}&south=yes&mci=4000&blocks=feature:prospecting_areas/aktyubinskoe-1801"),
)
EVERY = [(scene, language) for scene in SCENES for language in LANGUAGES]
SCREENS = [(scene, language) for scene, language in EVERY if scene.name in ("balkhash", "country", "sources", "blocks")]


def name_of(value: object) -> str:
    """The name of a case."""
    return value.name if isinstance(value, Scene) else str(value)


@pytest.fixture(scope="module")
def looker(browser: Browser, atlas: str) -> Iterator[Looker]:
    """One page for all cases."""
    made = opened(browser, atlas)
    yield made
    made.here.page.context.close()


def test_the_look_finds_what_is_wrong(browser: Browser) -> None:
    """A page with one fault of each kind; beside each stands the same without it."""
    page = browser.new_page(viewport={"width": 400, "height": 400})
    page.set_content(FAULTY)
    page.evaluate(LOOK)
    for question, fault in FAULTS.items():
        found = page.evaluate(f"() => look.{question}")
        assert len(found) == 1, (question, found)
        assert fault in found[0]
    for _ in range(4):
        page.keyboard.press("Tab")
        page.evaluate("look.note()")
    assert page.evaluate("look.missed()") == []
    assert [one.split(".")[-1] for one in page.evaluate("look.unmarked()")] == ["unmarked"]
    page.close()


@pytest.mark.parametrize(("scene", "language"), EVERY, ids=name_of)
def test_all_is_to_be_read_and_to_be_hit(looker: Looker, scene: Scene, language: str) -> None:
    """In each width: no text cut or covered, no page that scrolls sideways, no target below 24 px."""
    looker.go(scene, language)
    faults: dict[str, list[str]] = {}
    for width in SIZES:
        looker.resize(width)
        faults |= {
            f"cut at {width}": looker.ask("clipped()"),
            f"one on another at {width}": looker.ask("overlaps()"),
            f"small at {width}": looker.ask(f"small({TARGET})"),
            f"sideways at {width}": looker.here.page.evaluate(SIDEWAYS),
            f"on the map at {width}": looker.frame.evaluate("look.labelFaults()") if looker.frame else [],
        }
    assert {claim: found for claim, found in faults.items() if found} == {}


def test_the_map_has_most_of_a_wide_screen(looker: Looker) -> None:
    looker.go(SCENES[0], "en")
    box = looker.here.page.locator(".st-key-mapbox iframe").bounding_box()
    assert box is not None
    assert box["width"] >= MAP_SHARE * 1440


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tools_of_the_map_stay_readable(looker: Looker, language: str) -> None:
    """Measuring, the shape and the divider, each with its box, in each width."""
    looker.go(SCENES[1], language)
    assert looker.frame
    faults: dict[str, list[str]] = {}
    for width in SIZES:
        looker.resize(width)
        for tool in ("measure", "shape", "swipe"):
            if width == 375:
                looker.frame.locator("button[data-name=tools]").click()
            looker.frame.locator(f"button[data-name={tool}]").click()
            looker.frame.locator(".atlas-panel").wait_for()
            looker.settle(width)
            found = [
                *looker.ask("clipped()"),
                *looker.ask(f"small({TARGET})"),
                *looker.frame.evaluate("look.labelFaults()"),
            ]
            faults[f"{tool} at {width}"] = found
            if width == 375:
                looker.frame.locator("button[data-name=tools]").click()
            looker.frame.locator(f"button[data-name={tool}]").click()
            looker.frame.locator(".atlas-panel").wait_for(state="detached")
    assert {claim: found for claim, found in faults.items() if found} == {}


def test_sliders_and_buttons_suit_a_finger(browser: Browser, atlas: str) -> None:
    made = opened(browser, atlas, has_touch=True, is_mobile=True)
    made.go(SCENES[1], "kk", 375)
    assert made.frame
    page = made.here.page
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    assert page.locator(".controls input[type=range]").count() == 3
    faults = [*made.ask("clipped()"), *made.ask("overlaps()"), *made.frame.evaluate("look.labelFaults()")]
    faults += made.ask(f"small({FINGER}, 'input[type=range], .controls button, .table button, .jump button')")
    faults += made.frame.evaluate(f"look.small({FINGER - 4}, '.atlas-button')")
    page.context.close()
    assert faults == []


@pytest.mark.parametrize(
    ("scene", "language", "width"),
    [
        (SCENES[1], "ru", 1440),
        (SCENES[0], "kk", 375),
        (SCENES[3], "en", 1024),
        (SCENES[4], "kk", 1440),
        (SCENES[6], "ru", 1440),
    ],
    ids=name_of,
)
def test_the_tab_key_reaches_every_control_and_is_seen_on_it(
    looker: Looker, scene: Scene, language: str, width: int
) -> None:
    """From the top to the end without a trap; the symbols of the map together are one stop."""
    looker.go(scene, language, width)
    page, frame = looker.here.page, looker.frame
    page.evaluate("look.toTop()")
    on_map = 0
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate("look.note()")
        if stop.get("frame") and frame:
            on_map += 1
            frame.evaluate("look.note()")
        elif stop["known"] or not stop["name"]:
            break
    else:
        pytest.fail(f"After {MOST_STOPS} presses of Tab the end is not reached.")
    assert on_map <= MAP_STOPS
    missed = looker.ask("missed()")
    assert missed == []
    assert looker.ask("unmarked()") == []


def test_arrow_keys_move_among_the_symbols_that_are_shown(looker: Looker) -> None:
    """Symbols on the far side of a swipe, or faded away, are out of the keyboard's reach."""
    address = "/?lang=en&layers=towns,plants,prospecting_areas&op=plants:0&swipe=towns~prospecting_areas"
    looker.go(Scene("swiped", address), "en")
    frame, page = looker.frame, looker.here.page
    assert frame
    frame.wait_for_function("Atlas.state().layers.towns?.features === 27 && document.querySelector('.atlas-divider')")
    frame.evaluate(SETTLED)
    stops = frame.locator(".atlas-mark[tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    seen = set()
    for key in ["ArrowRight"] * 12 + ["ArrowLeft"] * 16 + ["ArrowDown"] * 4 + ["ArrowUp"] * 4:
        page.keyboard.press(key)
        seen.add(frame.evaluate("document.activeElement.ariaLabel"))
    assert len(seen) > 8
    assert not [name for name in seen if not name or "plants" in name.lower()]
    places = frame.evaluate(
        """() => [...document.querySelectorAll('.atlas-mark[role=button]')].map((node) => {
            const { left, right } = node.getBoundingClientRect();
            node.focus();
            return [node.ariaLabel, (left + right) / 2 / innerWidth, document.activeElement === node];
        })"""
    )
    for name, x, reached in places:
        assert reached == (x <= 0.5 if name.startswith("Single-industry") else x >= 0.5) or abs(x - 0.5) < 0.02, name


@pytest.mark.parametrize(("scene", "language"), SCREENS, ids=name_of)
def test_axe_finds_nothing_serious(looker: Looker, scene: Scene, language: str) -> None:
    looker.go(scene, language)
    assert looker.grave() == []
