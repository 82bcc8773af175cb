"""The right column of the Blocks screen: the facts of a set, what it costs, what it touches."""

from __future__ import annotations

from datetime import date
from typing import Any

from layers.block_choice import FEATURE
from layers.block_costs import Cost, Law, costs, laws
from layers.block_desk import BlockSet
from layers.block_files import CODE_SOURCE, FORMS, MOST_DRAWN, file_url
from layers.block_touch import touched
from layers.block_words import contiguity, level_note, relation, rule_in_words, source_name
from layers.errors import SHOWN
from layers.legend import swatch
from layers.licence_fees import RATES
from layers.routes import swatch_url
from layers.spec import layer_spec
from layers.text import coordinates, day, distance, number, pick, say
from layers.view import Selection, View
from views import panel
from views.state import base_path
from views.table import TITLES


def show(view: View, found: BlockSet | None, refused: str) -> None:
    """The whole panel; without a set it says why there is none."""
    blocks = _set(view, found) if found is not None else _nothing(view, refused)
    panel.show(blocks, view, key="desk_panel")


def downloads(view: View) -> list[dict[str, str]]:
    """The files that can be taken away."""
    return [{"format": TITLES[form], "href": file_url(base_path(), form, view)} for form in FORMS]


def _nothing(view: View, refused: str) -> list[panel.Block]:
    blocks = [
        panel.title(say(view.language, "blocks_nothing"), [] if refused else [say(view.language, "blocks_intro")])
    ]
    return [*blocks, {"kind": "note", "tone": "caution", "text": refused}] if refused else blocks


def _set(view: View, found: BlockSet) -> list[panel.Block]:
    language = view.language
    spending, fee = laws()
    ids = tuple(dict.fromkeys((CODE_SOURCE, *spending.sources, *fee.sources)))
    marks = {source: place for place, source in enumerate(ids, 1)}
    try:
        origin = source_name(view.blocks, language)
    except SHOWN:
        origin = ""
    lines = [origin, rule_in_words(view, language) if found.ruled else ""]
    return [
        panel.title(say(language, "blocks_count", count=number(len(found.blocks), language)), lines),
        {
            "kind": "note",
            "tone": "caution",
            "text": f"{level_note(found, language)} {say(language, 'blocks_note_datum')}",
        },
        _facts(view, found, marks),
        *_list(found, language),
        *_key(view, found),
        *_costs(view, found, marks, spending, fee),
        *_touched(view, found),
        *panel.source_list(ids, view),
    ]


def _row(label: str, value: str, marks: list[int] | None = None) -> dict[str, Any]:
    return {"label": label, "value": value, "foreign": False, "marks": marks or []}


def _facts(view: View, found: BlockSet, marks: dict[str, int]) -> panel.Block:
    language = view.language
    west, south, east, north = found.bounds
    extent = f"{coordinates(south, west, language)} – {coordinates(north, east, language)}"
    area = f"{number(found.area_km2, language, 2)} {say(language, 'map_km2')}"
    rows = [
        _row(say(language, "blocks_area"), area, [marks[CODE_SOURCE]]),
        _row(say(language, "blocks_contiguity"), contiguity(found.part_sizes, language)),
        _row(say(language, "blocks_extent"), extent),
    ]
    if view.counted_south:
        rows.insert(2, _row(say(language, "blocks_contiguity_south"), contiguity(found.south_part_sizes, language)))
    if found.without_area:
        rows.append(_row(say(language, "blocks_without_area"), number(found.without_area, language)))
    return {"kind": "facts", "rows": rows}


def _list(found: BlockSet, language: str) -> list[panel.Block]:
    """The list of codes, folded, and what is to be said of contiguity and of a point's accuracy."""
    listed = {"kind": "facts", "rows": [_row("", found.formatted)], "summary": say(language, "blocks_list")}
    notes = [say(language, "blocks_contiguity_note")]
    if found.accuracy_km is None:
        notes.append(say(language, "blocks_point_unknown"))
    elif found.accuracy_km:
        away = say(language, "kilometres", distance=distance(found.accuracy_km, found.accuracy_km, language))
        notes.append(say(language, "blocks_point_accuracy", distance=away))
    short = [listed] if len(found.blocks) <= MOST_DRAWN else []
    return [*short, *({"kind": "note", "text": note} for note in notes)]


def _key(view: View, found: BlockSet) -> list[panel.Block]:
    """What is drawn."""
    language, base = view.language, base_path()
    rows = [{"swatch": swatch_url(base, "blocks"), "text": say(language, "blocks_key_north")}]
    if view.counted_south:
        rows.append({"swatch": swatch_url(base, "blocks_south"), "text": say(language, "blocks_key_south")})
    note = say(language, "blocks_key_numbers")
    if len(found.blocks) > MOST_DRAWN:
        note = say(language, "blocks_outline_only", most=number(MOST_DRAWN, language))
    return [{"kind": "key", "rows": rows}, {"kind": "note", "text": note}]


def _costs(view: View, found: BlockSet, marks: dict[str, int], spending: Law, fee: Law) -> list[panel.Block]:
    """The amounts of the chosen year, those of all years folded, with the laws."""
    language = view.language
    every = costs(len(found.blocks))
    chosen = next(one for one in every if one.year == view.licence_year)
    rows = [
        _row(say(language, "blocks_spend"), _amount(chosen.spend_mci, view), [marks[one] for one in spending.sources]),
        _row(say(language, "blocks_fee"), _amount(chosen.fee_mci, view), [marks[one] for one in fee.sources]),
    ]
    years = [_row(say(language, "blocks_year_line", year=one.year), _both(one, view)) for one in every]
    told = ((say(language, "blocks_spend"), spending), (say(language, "blocks_fee"), fee))
    entries = [_law(label, law, marks, language) for label, law in told]
    return [
        panel.heading(say(language, "blocks_costs", year=view.licence_year)),
        {"kind": "facts", "rows": rows},
        {"kind": "facts", "rows": years, "summary": say(language, "blocks_each_year")},
        {"kind": "entries", "rows": entries, "folded": ""},
        {"kind": "note", "text": pick(layer_spec(RATES).caution, language)},
    ]


def _amount(mci: float, view: View) -> str:
    """An amount in indices, and in tenge where the reader typed what the index is."""
    language = view.language
    amount = number(mci, language, 0 if mci == int(mci) else 2)
    if not view.index_tenge:
        return say(language, "blocks_mci", amount=amount)
    return say(language, "blocks_mci_tenge", amount=amount, tenge=number(mci * view.index_tenge, language))


def _both(one: Cost, view: View) -> str:
    return f"{_amount(one.spend_mci, view)}; {_amount(one.fee_mci, view)}"


def _law(label: str, law: Law, marks: dict[str, int], language: str) -> dict[str, Any]:
    """The law behind an amount, titled as its source has it, with the article and the day of its state."""
    told = say(language, "blocks_law", article=law.article, day=day(date.fromisoformat(law.state_of), language))
    rest = [{"text": law.law, "foreign": language != "en"}, {"text": told, "foreign": False}]
    return {"id": law.article, "lead": label, "rest": rest, "marks": [marks[source] for source in law.sources]}


def _touched(view: View, found: BlockSet) -> list[panel.Block]:
    """What the set touches, each a link that selects it; and the layers of which it touches nothing."""
    language, base, rows, nothing = view.language, base_path(), [], []
    by_layer, broken = touched(found)
    own = (view.blocks.layer, view.blocks.id) if view.blocks.kind == FEATURE else None
    for layer_id, ones in by_layer.items():
        spec = layer_spec(layer_id)
        others = [one for one in ones if (one.layer, one.id) != own]
        for place, one in enumerate(others):
            told = relation(one, language)
            row = panel.link(Selection(one.layer, one.id), told.name, view)
            row |= {"reach": told.reach, "basis": told.basis, "why": told.why, "doubt": told.doubt}
            title = pick(spec.title, language)
            rows.append(row | {"swatch": swatch_url(base, *swatch(spec)), "note": "" if place else title})
        if not others:
            nothing.append(pick(spec.title, language))
    none = (
        [{"kind": "note", "text": say(language, "blocks_touched_none", layers=", ".join(nothing))}] if nothing else []
    )
    for layer_id, reason in broken.items():
        title = pick(layer_spec(layer_id).title, language)
        text = say(language, "blocks_broken_layer", layer=title, reason=reason)
        none.append({"kind": "note", "tone": "caution", "text": text})
    head = panel.heading(say(language, "blocks_touched"), say(language, "blocks_touched_note"))
    return [head, *([{"kind": "links", "rows": rows}] if rows else []), *none]
