"""Time from a press of a key or the mouse until a page shows what it should, told by the browser's own clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

LIMIT_MS = 30_000
QUIET_MS = 500
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'

# Of several presses, as of typed letters, the last one counts. Scripts of ours may keep keys to themselves, so the
# window hears them first.
NOTE_PRESS = """() => {
  if (window.benchPressed === undefined) {
    const note = () => (window.benchPressed = performance.timeOrigin + performance.now());
    for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, note, { capture: true });
  }
  window.benchPressed = null;
}"""

# What a condition may ask: a component of ours, which lies in a shadow root, and the window of the map.
NOTE_SIGHT = """([arg, limit]) => {
  const parts = (window.benchParts ??= {});
  const part = (name) => {
    if (!parts[name]?.isConnected) {
      const roots = [...document.querySelectorAll('*')].map((node) => node.shadowRoot).filter(Boolean);
      parts[name] = roots.map((root) => root.querySelector(`.${name}`)).find(Boolean);
    }
    return parts[name];
  };
  const map = () => document.querySelector('iframe[title*="folium"]').contentWindow;
  const holds = () => (CONDITION)(arg);
  if (holds()) throw new Error('holds before anything was done');
  const until = performance.now() + limit;
  window.benchSeen = new Promise((seen, late) => {
    const look = () => {
      if (holds()) seen(performance.timeOrigin + performance.now());
      else if (performance.now() > until) late(new Error('never seen'));
      else requestAnimationFrame(look);
    };
    look();
  });
}"""

QUIET = """([idle, quiet]) => {
  if (!document.querySelector(idle)) window.benchBusy = performance.now();
  return performance.now() - window.benchBusy > quiet;
}"""


def seconds_until(page: Page, condition: str, arg: Any, press: Callable[[], None]) -> float:
    """Seconds from the last press in ``page`` until a JavaScript condition on ``arg`` holds, to one frame (16 ms).

    The condition may call ``part(name)``, the root of a component of ours, and ``map()``, the window of the map.
    A condition that holds already, is never met, or was met without a press raises.
    """
    page.evaluate(NOTE_PRESS)
    page.evaluate(NOTE_SIGHT.replace("CONDITION", condition), [arg, LIMIT_MS])
    press()
    try:
        seen = page.evaluate("window.benchSeen")
    except PlaywrightError as error:
        raise RuntimeError(f"The page never showed {arg}: {condition}") from error
    pressed = page.evaluate("window.benchPressed")
    if pressed is None or seen <= pressed:
        raise RuntimeError(f"The page changed, but not by the press: {condition} with {arg}.")
    return float(seen - pressed) / 1000


def settle(page: Page) -> None:
    """Wait until the server has been running nothing for this page for half a second."""
    page.evaluate("window.benchBusy = performance.now()")
    page.wait_for_function(QUIET, arg=[IDLE, QUIET_MS])
