"""Time from a press of the mouse until a page shows what it should, told by the browser's own clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Frame, Page

LIMIT_MS = 30_000
QUIET_MS = 500
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'

NOTE_PRESS = """() => {
  window.benchPressed = null;
  const note = () => (window.benchPressed = performance.timeOrigin + performance.now());
  addEventListener('pointerdown', note, { capture: true, once: true });
}"""

NOTE_SIGHT = """([arg, limit]) => {
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


def seconds_until(seen_in: Page | Frame, condition: str, arg: Any, page: Page, press: Callable[[], None]) -> float:
    """Seconds from the first press in ``page`` until a JavaScript condition on ``arg`` holds, to one frame (16 ms).

    A condition that holds already, is never met, or was met without a press raises.
    """
    page.evaluate(NOTE_PRESS)
    seen_in.evaluate(NOTE_SIGHT.replace("CONDITION", condition), [arg, LIMIT_MS])
    press()
    seen = seen_in.evaluate("window.benchSeen")
    pressed = page.evaluate("window.benchPressed")
    if pressed is None or seen <= pressed:
        raise RuntimeError(f"The page changed, but not by the press: {condition} with {arg}.")
    return float(seen - pressed) / 1000


def settle(page: Page) -> None:
    """Wait until the server has been running nothing for this page for half a second."""
    page.evaluate("window.benchBusy = performance.now()")
    page.wait_for_function(QUIET, arg=[IDLE, QUIET_MS])
