"""The details pane: all that is known of the selected thing, or an overview while nothing is selected."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from layers.about import about
from layers.block_choice import CODES, FEATURE
from layers.block_desk import has_blocks
from layers.details import details
from layers.elsewhere import name_of_ground, read_as, spots
from layers.errors import SHOWN, UnknownNameError
from layers.ground import Ground, ground
from layers.linked import TOWNS
from layers.names import names_by_id
from layers.overview import at_town, people_reach, place_unknown
from layers.sieve import sieve_of, sieved
from layers.spec import layer_spec
from layers.text import coordinates, day, number, pick, say
from layers.view import AROUND, BADGE, BLOCKS, GROUNDS, NO_AREA, PLACE, Selection, View
from views import around_here, panel


def show(view: View) -> None:
    """The whole pane; what cannot be shown is said in a sentence."""
    try:
        blocks = _overview(view) if view.selected is None else _selected(view.selected, view)
        if view.selected is not None:
            blocks[0]["close"] = say(view.language, "deselect")
    except UnknownNameError:
        what = f"{view.selected.layer}/{view.selected.id}" if view.selected else ""
        blocks = [_caution(say(view.language, "unknown_feature", what=what)), *_overview(view)]
    except SHOWN as error:
        known = view.selected and view.selected.layer not in GROUNDS
        title = pick(layer_spec(view.selected.layer).title, view.language) if known and view.selected else ""
        blocks = [_caution(say(view.language, "broken_layer", layer=title, reason=error))]
    panel.show(blocks, view, key="details_panel")


def _caution(text: str) -> panel.Block:
    return {"kind": "note", "tone": "caution", "text": text}


def _selected(selected: Selection, view: View) -> list[panel.Block]:
    if selected.layer in GROUNDS:
        return _at_ground(selected, view)
    if selected.id.startswith(BADGE):
        return _at_town(selected, view)
    # The list of what is near has the radius of its own, and names the nearest where the radius holds nothing.
    elsewhere = replace(view, area=NO_AREA) if view.area.kind == AROUND else view
    found = details(selected.layer, selected.id, view.language, view.radius_km, sieve_of(elsewhere), view.sure)
    blocks = panel.about(found, view, around_here.blocks(selected, view, folded=True))
    blocks.insert(1, {"kind": "ways", "rows": _ways(selected, view)})
    made = sieved(selected.layer, sieve_of(view))
    if made.row(selected.id) is None:
        blocks.insert(1, _caution(say(view.language, "selected_filtered")))
    return blocks


def _ways(selected: Selection, view: View) -> list[panel.Block]:
    """The ways to the screens about what is selected: a town's passport, the page of a site, its licence blocks."""
    ways = [panel.way(view, "site", say(view.language, "site_preview"))]
    if selected.layer == TOWNS:
        ways.insert(0, panel.way(view, "passport", say(view.language, "passport_open"), id=selected.id))
    return [*ways, _to_blocks(selected, view)] if has_blocks(selected) else ways


def _to_blocks(selected: Selection, view: View) -> panel.Block:
    """The way to the Blocks screen with the blocks of what is selected."""
    told = f"{CODES}:{selected.id}" if selected.layer == BLOCKS else f"{FEATURE}:{selected.layer}/{selected.id}"
    return panel.way(view, "blocks", say(view.language, "blocks_of_this"), blocks=told)


def _at_ground(selected: Selection, view: View) -> list[panel.Block]:
    """A position, a map sheet or licence blocks: how it was read, and what lies around it."""
    here = ground(selected)
    name, lines = _called(selected, here, view.language)
    blocks = [panel.title(name, lines), *panel.facts(read_as(selected, view.language))]
    blocks.insert(1, _to_blocks(selected, view))
    blocks.insert(1, panel.way(view, "site", say(view.language, "site_preview")))
    blocks += panel.systems(spots(here.shape, view.language), view.language)
    return [*blocks, *around_here.blocks(selected, view)]


def _called(selected: Selection, here: Ground, language: str) -> tuple[str, list[str]]:
    """The title of selected ground, and what kind of thing it is."""
    if selected.layer == PLACE:
        exact = [] if here.accuracy_km else [say(language, "ground_exact")]
        return coordinates(here.shape.y, here.shape.x, language), exact
    if here.sheet:
        return here.sheet.name, [say(language, "system_sheet" if here.sheet.number else "search_sheet_large")]
    return name_of_ground(selected, language), [say(language, "system_block")] if len(here.blocks) == 1 else []


def _at_town(selected: Selection, view: View) -> list[panel.Block]:
    """Rows without a position, shown at a town, and the way to that town."""
    spec, town = layer_spec(selected.layer), selected.id.removeprefix(BADGE)
    if spec.geometry is None or not spec.geometry.town:
        raise UnknownNameError("badge", selected.id, [])
    towns = spec.column(spec.geometry.town).ref
    called = names_by_id(towns)
    if town not in called:
        raise UnknownNameError("town", town, [])
    note = say(view.language, "at_town", town=pick(called[town], view.language))
    return [
        panel.title(pick(spec.title, view.language), [note]),
        panel.links(at_town(spec.id, town, sieve_of(view)), view),
        panel.links([Selection(towns, town)], view),
    ]


def _overview(view: View) -> list[panel.Block]:
    """What to read before anything is selected: people within reach, and what has no place."""
    blocks = [panel.title(say(view.language, "choose_title"), [say(view.language, "choose_text")])]
    blocks += _people(view)
    for layer_id in view.visible:
        lost = place_unknown(layer_id, sieve_of(view))
        if lost:
            name = f"{say(view.language, 'place_unknown')}: {pick(layer_spec(layer_id).title, view.language)}"
            blocks += [panel.heading(name, say(view.language, "place_unknown_text")), panel.links(lost, view)]
    as_of = say(view.language, "as_of", date=day(about().as_of, view.language))
    return [*blocks, *({"kind": "note", "text": text} for text in (as_of, say(view.language, "not_in_atlas")))]


def _people(view: View) -> list[panel.Block]:
    rows = []
    for layer_id in view.visible:
        if (row := people_reach(layer_id, view.radius_km, sieve_of(view))) is not None:
            title = pick(layer_spec(layer_id).title, view.language)
            kept = sieved(layer_id, sieve_of(view))
            none = say(view.language, "people_unknown" if len(kept.frame) else "people_nothing")
            told = _reach_in_words(row, view.language) if kept.measurable.any() else none
            rows.append({"label": title, "value": told, "marks": []})
    if not rows:
        return []
    note = say(view.language, "people_filtered") if sieve_of(view).names else ""
    return [
        panel.heading(say(view.language, "people_reach", radius=view.radius_km), note),
        {"kind": "facts", "rows": rows},
    ]


def _reach_in_words(row: pd.Series, language: str) -> str:
    people, towns = (
        _range(number(row[f"{what}_min"], language), number(row[f"{what}_max"], language), language)
        for what in ("people", "towns")
    )
    if pd.isna(row["people_max"]):  # of some town that counts the people are not known
        return say(language, "asof_people_unknown", towns=towns)
    return say(language, "people_towns", people=people, towns=towns)


def _range(low: str, high: str, language: str) -> str:
    if not (low and high):
        return say(language, "not_stated")
    return low if low == high else say(language, "people_range", low=low, high=high)
