"""The legend and the filters as plain values in the reader's language: what is visible, how much, and why not more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from layers.asof_query import dates_in_words
from layers.elsewhere import name_of_ground
from layers.errors import SHOWN
from layers.facets import NOT_STATED, Facet, codes, codes_of, facet, facets
from layers.linked import TOWNS
from layers.names import names_by_id
from layers.relate import content_of_all, layer
from layers.roles import in_order, role
from layers.sieve import AREA, AS_OF, TEXT, Sieve, bounds, culprits, masks, others, sieve_of, sieved
from layers.spec import LayerSpec, Stamp, catalogue, layer_spec
from layers.text import moment, number, pick, say
from layers.view import AROUND, BADGE, GROUNDS, Area, Selection, View
from layers.vocabulary import vocabulary, word

OWN = "own"  # the visitor's, before all others
GROUPS = (OWN, "towns", "geology", "industry", "energy")
OTHER = "other"

Values = dict[str, Any]


def groups(view: View) -> list[Values]:
    """Groups of legend rows, in the order of the role."""
    members: dict[str, list[LayerSpec]] = {}
    for spec in catalogue().values():
        if spec.legend:
            members.setdefault(group_of(spec), []).append(spec)
    return [_group(name, members[name], view) for name in in_order((OWN, *role(view.role).groups), list(members))]


def group_of(spec: LayerSpec) -> str:
    """The group of the legend in which a layer stands."""
    return spec.group if spec.group in GROUPS else OTHER


def _group(name: str, members: list[LayerSpec], view: View) -> Values:
    on = sum(spec.id in view.visible for spec in members)
    state = "all" if on == len(members) else "some" if on else "none"
    rows = [_row(spec, view) for spec in members]
    return {"id": name, "title": say(view.language, f"group_{name}"), "on": state, "rows": rows}


def _row(spec: LayerSpec, view: View) -> Values:
    on = spec.id in view.visible
    common = {
        "id": spec.id,
        "title": pick(spec.title, view.language),
        "swatch": swatch(spec),
        "on": on,
        "opacity": view.percent(spec.id),
        "order": view.visible.index(spec.id) + 1 if on else 0,
        "last": on and spec.id == view.visible[-1],
    }
    try:
        return common | _counts(spec, view)
    except SHOWN as error:
        fault = say(view.language, "broken_layer", layer=common["title"], reason=error)
        return common | {"count": "–", "total": "–", "filtered": False, "note": "", "fault": fault}


def _counts(spec: LayerSpec, view: View) -> Values:
    total, sieve = len(layer(spec.id).frame), sieve_of(view)
    kept, (least, _) = sieved(spec.id, sieve), bounds(spec.id, sieve)
    placed = int(kept.located.sum())
    unplaced = len(kept.frame) - placed
    note = dates_in_words(kept, view)
    if unplaced and placed:
        known, unknown = number(placed, view.language), number(unplaced, view.language)
        note = _joined(say(view.language, "count_placed", placed=known, unplaced=unknown), note)
    elif unplaced:
        note = _joined(say(view.language, "count_none_placed"), note)
    if set(sieve.names) - {AS_OF} and not masks(spec.id, sieve):
        note = _joined(note, say(view.language, "not_filtered"))
    return {
        "count": count_of(spec.id, view),
        "total": number(total, view.language),
        "filtered": least < total,
        "note": note,
        "fault": "",
    }


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def count_of(layer_id: str, view: View) -> str:
    """How many rows of a layer the filter keeps: surely to at most, where positions may be off and a radius decides."""
    return "–".join(dict.fromkeys(number(rows, view.language) for rows in bounds(layer_id, sieve_of(view))))


def rows_in_words(layer_id: str, view: View) -> str:
    """The same as a sentence above a table: of how many rows, where the filter may leave some away."""
    total = len(layer(layer_id).frame)
    if bounds(layer_id, sieve_of(view))[0] == total:
        return say(view.language, "rows", count=number(total, view.language))
    count = count_of(layer_id, view)
    return say(view.language, "rows_of", count=count, total=number(total, view.language))


def swatch(spec: LayerSpec) -> tuple[str, ...]:
    """Names of the drawings that may stand for a layer, the best first: its own, its symbol's, the plain one."""
    return (str(spec.style.get("colour", spec.id)), str(spec.style.get("symbol", "plain")), "plain")


def usable(view: View) -> tuple[str, ...]:
    """The visible layers that can be read."""
    return tuple(layer_id for layer_id in view.visible if is_readable(layer_id))


def is_readable(layer_id: str) -> bool:
    """Whether a layer's files are there and conform."""
    try:
        layer(layer_id)
    except SHOWN:
        return False
    return True


def active(view: View) -> list[Values]:
    """The filters in use, each in words."""
    return [{"what": name, "text": _in_words(name, view)} for name in sieve_of(view).names]


def acting(layer_id: str, view: View) -> list[str]:
    """The filters that act on a layer, in words that let a reader make them again."""
    exact = []
    for name in masks(layer_id, sieve_of(view)):
        told = _in_words(name, view)
        if name == AREA and view.area.kind != AROUND:
            told = f"{told} ({_degrees_of(view.area)})"
        elif name == AREA and not view.sure:  # else it says so already
            told = f"{told} ({_sureness(view)})"
        elif name == AS_OF:
            told = f"{told} ({say(view.language, 'asof_rule')})"
        elif name not in (TEXT, AREA) and facet(name).town and layer_id != TOWNS:
            through = say(view.language, "through_towns_within", radius=view.radius_km)
            told = f"{told} ({through}; {_sureness(view)})"
        exact.append(told)
    return exact


def _sureness(view: View) -> str:
    """Whether what may be within the radius counts."""
    return say(view.language, "only_surely_within" if view.sure else "maybe_within_counts")


def _degrees_of(area: Area) -> str:
    """The corners of a spatial filter as longitude and latitude."""
    corners = area.ring or ((area.bounds[:2], area.bounds[2:]) if area.bounds else ())
    return "WGS 84: " + ", ".join(" ".join(f"{degrees:g}" for degrees in corner) for corner in corners)


def _in_words(name: str, view: View) -> str:
    if name == TEXT:
        return say(view.language, "active_text", text=view.text)
    if name == AS_OF:
        return say(view.language, "asof_active", date=moment(view.as_of, view.language))
    if name == AREA and view.area.kind == AROUND and view.selected:
        return say(
            view.language,
            "area_around_surely" if view.sure else "area_around",
            radius=view.radius_km,
            name=called(view.selected, view.language),
        )
    if name == AREA:
        return say(view.language, f"area_{view.area.kind}")
    chosen = ", ".join(code_in_words(name, code, view.language) for code in dict(view.facets)[name])
    return say(view.language, "active_facet", facet=pick(facet(name).title, view.language), chosen=chosen)


def called(selected: Selection, language: str) -> str:
    """What a selected thing is called, a bare position by its degrees; nothing for what does not exist."""
    if selected.layer in GROUNDS:
        return name_of_ground(selected, language)
    town = selected.id.removeprefix(BADGE)
    layer_id = TOWNS if town != selected.id else selected.layer
    named = names_by_id(layer_id)
    return pick(named[town], language) or town if town in named else ""


def emptied(view: View, among: tuple[str, ...] | None = None) -> list[Values]:
    """The visible layers (or those given) without a row left and which filter emptied them, one sentence a filter."""
    sieve, alike = sieve_of(view), dict[tuple[str, tuple[str, ...]], list[str]]()
    for layer_id in usable(view) if among is None else among:
        if guilty := culprits(layer_id, sieve):
            what = guilty[0] if others(layer_id, sieve, guilty[0]).any() else "all"
            alike.setdefault((what, tuple(guilty)), []).append(layer_id)
    return [_emptied(layers, what, guilty, view.language) for (what, guilty), layers in alike.items()]


def _emptied(layers: list[str], what: str, guilty: tuple[str, ...], language: str) -> Values:
    titles = ", ".join(pick(layer_spec(layer_id).title, language) for layer_id in layers)
    named = " + ".join(_title_of(name, language) for name in guilty)
    text = say(language, "emptied", layers=titles, filter=named)
    return {"layers": layers, "text": text, "what": what, "clear": _clear(what, language)}


def _clear(what: str, language: str) -> str:
    return say(language, "clear_all") if what == "all" else say(language, "clear", filter=_title_of(what, language))


def _title_of(name: str, language: str) -> str:
    if name in (TEXT, AREA, AS_OF):
        return say(language, f"filter_{name}")
    return pick(facet(name).title, language)


def options(view: View) -> list[Values]:
    """The facets with their options: how many rows of the visible layers each would keep beside the other filters."""
    shown = usable(view)
    every = _options(shown, sieve_of(view), view.radius_km, view.sure, content_of_all())
    chosen = dict(view.facets)
    return [_facet(one, counts, chosen.get(one.id, ()), acting, view.language) for one, counts, acting in every]


@lru_cache(maxsize=64)
def _options(
    shown: tuple[str, ...], sieve: Sieve, radius_km: int, sure: bool, _content: Stamp
) -> list[tuple[Facet, dict[str, tuple[int, int]], tuple[str, ...]]]:
    """For each facet: by code the rows now and the rows in all, and the layers on which it acts."""
    found = []
    for name in facets():
        now, every, acting = Counter[str](), Counter[str](), []
        for layer_id in shown:
            stated = codes(name, layer_id, radius_km, sure, sieve.as_of)
            if stated is None:
                continue
            acting.append(layer_id)
            kept = stated[others(layer_id, sieve, name)[stated.index.to_numpy()]]
            every.update(stated.tolist())
            now.update(kept.tolist())
        found.append((facet(name), {code: (now[code], every[code]) for code in every}, tuple(acting)))
    return found


def _facet(
    one: Facet, counts: dict[str, tuple[int, int]], chosen: Iterable[str], acting: tuple[str, ...], language: str
) -> Values:
    listed = [code for code in codes_of(one.id) if code in counts or code in chosen]
    if not one.table:  # years stand in their own order, all else by how often it is met
        listed.sort(key=lambda code: (code.split(".")[-1] == NOT_STATED, -counts.get(code, (0, 0))[1]))
    rows = [
        {
            "code": code,
            "text": code_in_words(one.id, code, language),
            "count": number(counts.get(code, (0, 0))[0], language),
            "on": code in chosen,
        }
        for code in listed
    ]
    titles = ", ".join(pick(layer_spec(layer_id).title, language) for layer_id in acting)
    note = say(language, "acts_on", layers=titles) if titles else say(language, "acts_on_none")
    if one.town:
        note += " " + say(language, "through_towns")
    if len(one.vocabularies) > 1:
        note += " " + say(language, "own_states")
    return {"id": one.id, "title": pick(one.title, language), "note": note, "open": bool(chosen), "options": rows}


def code_in_words(name: str, code: str, language: str) -> str:
    """A facet's code in words; that of a row which states nothing says so."""
    one = facet(name)
    if one.values and code != NOT_STATED:
        return code
    source, dot, plain = code.rpartition(".")
    if plain == NOT_STATED:
        return say(language, "not_stated_in", what=_owner(source, language)) if dot else say(language, "not_stated")
    source = source or one.worded_by
    return word(source, plain, language) if source else plain


def _owner(name: str, language: str) -> str:
    """The layers whose columns hold codes of a vocabulary, by title."""
    using = [spec for spec in catalogue().values() if any(column.vocabulary == name for column in spec.columns)]
    return ", ".join(dict.fromkeys(pick(spec.title, language) for spec in using if spec.geometry))


def symbols_key(language: str) -> list[Values]:
    """Shapes of the deposit symbols with the commodity groups that they stand for."""
    shapes: dict[str, list[str]] = {}
    for code, term in vocabulary("commodity_group").items():
        shapes.setdefault(str(term.get("glyph", "other")), []).append(word("commodity_group", code, language))
    return [{"swatch": f"glyph_{shape}", "text": ", ".join(words)} for shape, words in shapes.items()]
