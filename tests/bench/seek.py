"""How long a search takes: from the last letter to the hits, and from Enter until the map and the details are there."""

from __future__ import annotations

from functools import partial

from playwright.sync_api import Page

from geo.sketch import surroundings
from layers.found import Hit
from layers.reach import centre_of
from layers.search import search
from layers.view import DEFAULT_LANGUAGE, DEFAULT_RADIUS_KM, Selection
from tests.bench.report import Samples
from tests.bench.watch import seconds_until, settle

# Far from each other, and each with a last letter that changes what is found: else earlier hits would do. The last
# one stays selected.
SOUGHT = ("zhanaoz", "kentau", "aksai", "temirt")
BETWEEN_LETTERS_MS = 60  # faster than the field asks, as a practised typist

LISTS = """({ text, hits }) => {
  const root = part('search');
  const listed = [...root.querySelectorAll('[role=option]')].map((row) => `${row.dataset.layer}/${row.dataset.id}`);
  return root.querySelector('input').value === text
    && root.querySelector('[role=listbox]').checkVisibility()
    && JSON.stringify(listed) === JSON.stringify(hits);
}"""
# The map is where it was asked to go when the surroundings of the hit fill it: in view, in its middle, and not small.
IS_THERE = """({ layer, id, name, bounds }) => {
  const { L, Atlas, map: shown } = map();
  const wanted = L.latLngBounds(bounds);
  const [seen, state] = [shown.getBounds(), Atlas.state()];
  return part('panel').querySelector('h2')?.textContent === name
    && part('panel').querySelector('.facts') !== null
    && state.layers[layer]?.selected === id
    && state.layers.radius?.selected === id
    && seen.contains(wanted)
    && wanted.contains(seen.getCenter())
    && seen.getNorth() - seen.getSouth() < 3 * (wanted.getNorth() - wanted.getSouth());
}"""


def searches(page: Page) -> tuple[Samples, Selection]:
    """Names typed and taken, one after the other; also what is selected in the end."""
    found: Samples = {"search": [], "search_go": []}
    for text in SOUGHT:
        settle(page)
        hits = search(text, DEFAULT_LANGUAGE).hits
        found["search"].append(_type(page, text, hits))
        settle(page)
        found["search_go"].append(_go(page, hits[0]))
    return found, Selection(hits[0].layer, hits[0].id)


def _type(page: Page, text: str, hits: tuple[Hit, ...]) -> float:
    if hits == search(text[:-1], DEFAULT_LANGUAGE).hits:
        raise RuntimeError(f"The last letter of {text} changes nothing: choose another word to search for.")
    field = page.locator(".search input")
    field.fill("")
    field.focus()
    wanted = {"text": text, "hits": [f"{hit.layer}/{hit.id}" for hit in hits]}
    return seconds_until(page, LISTS, wanted, partial(page.keyboard.type, text, delay=BETWEEN_LETTERS_MS))


def _go(page: Page, hit: Hit) -> float:
    centre = centre_of(Selection(hit.layer, hit.id))
    assert centre is not None, f"{hit.name} has no place to go to"
    bounds = surroundings(centre.place, DEFAULT_RADIUS_KM)
    wanted = {"layer": hit.layer, "id": hit.id, "name": hit.name, "bounds": bounds}
    return seconds_until(page, IS_THERE, wanted, partial(page.keyboard.press, "Enter"))
