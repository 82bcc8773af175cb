"""How long a choice takes to be seen wherever it is shown: a layer, another table, a filter, the radius."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

from playwright.sync_api import Frame, Page

from layers.details import details
from layers.facets import NOT_STATED, codes_of
from layers.overview import placed_counts
from layers.relate import layer
from layers.roles import in_order, role
from layers.sieve import sieve_of, sieved
from layers.spec import layer_spec
from layers.text import number, say
from layers.view import RADIUS_STEP_KM, Selection, View, with_facet
from tests.bench.cost import IDENTITY
from tests.bench.report import Samples
from tests.bench.watch import seconds_until, settle

TOGGLED = "deposits"  # the layer with the most features
FILTERED, FACET = "prospecting_areas", "commodity"
TURNS = 4  # of each choice in a round; a filter, a table and a radius that were not chosen before

HAS_LAYER = "([id, n]) => map().Atlas.state().layers[id]?.features === n"
LACKS_LAYER = "([id, n]) => !(id in map().Atlas.state().layers)"
SHOWS_TABLE = """({ table, note, rows, first }) => {
  const root = part('table');
  return root.querySelector('[role=tab][aria-selected=true]').dataset.layer === table
    && root.querySelector('.table-note').textContent === note
    && root.querySelector('[role=grid]').getAttribute('aria-rowcount') === String(rows + 1)
    && root.querySelector('tr[data-id]')?.dataset.id === first;
}"""
SHOWS_FILTERED = f"""(wanted) => map().Atlas.state().layers[wanted.table]?.features === wanted.drawn
  && part('controls').querySelector(`[data-layer="${{wanted.table}}"] .count`).textContent === wanted.count
  && ({SHOWS_TABLE})(wanted)"""
SHOWS_RADIUS = """({ km, note, near }) => {
  const circle = [...map().Atlas.stage.drawings.values()].find(({ o }) => o.id === 'radius');
  const listed = [...part('panel').querySelectorAll('[data-select]')].map((link) => link.dataset.select);
  return circle?.o.km === km
    && part('panel').textContent.includes(note)
    && JSON.stringify(listed) === JSON.stringify(near);
}"""


def toggles(page: Page, frame: Frame) -> Samples:
    """A click on a legend row until the map has gained or lost the layer, in the same frame and place."""
    found: Samples = {"toggle_off": [], "toggle_on": []}
    box = page.locator(f'.controls [data-layer="{TOGGLED}"] input[type=checkbox]')
    place, wanted = frame.evaluate(IDENTITY), [TOGGLED, placed_counts(TOGGLED)[0]]
    for _ in range(TURNS):
        settle(page)
        name, condition = ("toggle_off", LACKS_LAYER) if box.is_checked() else ("toggle_on", HAS_LAYER)
        found[name].append(seconds_until(page, condition, wanted, box.click))
        if frame.evaluate(IDENTITY) != place:
            raise RuntimeError("The toggle moved the map or built it anew.")
    return found


def tables(page: Page, frame: Frame) -> Samples:
    """The choice of another table until its rows are drawn; the map must not notice."""
    settle(page)
    untouched = _whole_map(frame)
    found = [_table(page, chosen) for chosen in View().visible[1 : TURNS + 1]]
    settle(page)
    if _whole_map(frame) != untouched:
        raise RuntimeError("The choice of a table changed the map.")
    return {"widget": found}


def _table(page: Page, chosen: str) -> float:
    settle(page)
    tab = page.locator(f'.table [role=tab][data-layer="{chosen}"]')
    return seconds_until(page, SHOWS_TABLE, _rows(chosen, View()), tab.click)


def _rows(table: str, view: View) -> dict[str, object]:
    """What the table says of a layer, how many rows it has and which is the first."""
    whole, kept = layer(table).frame, sieved(table, sieve_of(view)).frame
    count, total = number(len(kept), view.language), number(len(whole), view.language)
    note = say(view.language, "rows_of" if len(kept) < len(whole) else "rows", count=count, total=total)
    return {"table": table, "note": note, "rows": len(kept), "first": str(kept[layer_spec(table).key].iloc[0])}


def _whole_map(frame: Frame) -> str:
    return json.dumps(frame.evaluate("Atlas.state()"), sort_keys=True)


def filters(page: Page) -> Samples:
    """A commodity chosen until map, legend and table all show the areas with it and no others."""
    settle(page)
    page.locator(f'.table [role=tab][data-layer="{FILTERED}"]').click()
    page.locator(f'.controls details[data-facet="{FACET}"] summary').click()
    return {"filter": [_filter(page, code) for code in _commonest()]}


def _filter(page: Page, code: str) -> float:
    settle(page)
    view = with_facet(View(), FACET, [code])
    kept, total = sieved(FILTERED, sieve_of(view)), len(layer(FILTERED).frame)
    counts = {name: number(value, view.language) for name, value in (("count", len(kept.frame)), ("total", total))}
    wanted = {"drawn": int(kept.located.sum()), "count": say(view.language, "controls_of", **counts)}
    option = page.locator(f'.controls li[data-facet="{FACET}"][data-code="{code}"] input')
    option.scroll_into_view_if_needed()
    spent = seconds_until(page, SHOWS_FILTERED, wanted | _rows(FILTERED, view), option.click)
    settle(page)
    option.click()
    return spent


def _commonest() -> list[str]:
    """The commodities that most areas have, of those whose choice takes some areas off the map and leaves some."""
    kept = {
        code: sieved(FILTERED, sieve_of(with_facet(View(), FACET, [code])))
        for code in codes_of(FACET)
        if code != NOT_STATED
    }
    rows = {code: len(made.frame) for code, made in kept.items() if 0 < made.located.sum() < placed_counts(FILTERED)[0]}
    return sorted(rows, key=lambda code: -rows[code])[:TURNS]


def radii(page: Page, selected: Selection) -> Samples:
    """The radius slider moved by its arrow key until the circle on the map and the list of what is near follow."""
    first = View(selected=selected)
    settle(page)
    page.locator(".controls #radius").focus()
    steps = [replace(first, radius_km=first.radius_km + step * RADIUS_STEP_KM) for step in range(1, TURNS + 1)]
    wanted = [_near(view) for view in steps]
    if len({json.dumps(one["near"]) for one in wanted}) == 1:
        raise RuntimeError(f"The same lies near {selected} whatever the radius: there is nothing to wait for.")
    return {"radius": [_radius(page, one) for one in wanted]}


def _radius(page: Page, wanted: dict[str, object]) -> float:
    settle(page)
    return seconds_until(page, SHOWS_RADIUS, wanted, partial(page.keyboard.press, "ArrowRight"))


def _near(view: View) -> dict[str, object]:
    """The radius with what the details say lies within it, in the order of the role."""
    assert view.selected
    found = details(view.selected.layer, view.selected.id, view.language, view.radius_km, sieve_of(view)).relations
    near = [f"{row.layer}/{row.id}" for one in in_order(role(view.role).nearby, list(found)) for row in found[one].rows]
    note = say(view.language, "nearby_within", radius=view.radius_km)
    return {"km": view.radius_km, "note": note, "near": near}
