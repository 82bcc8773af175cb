"""A panel of facts: blocks of plain values, drawn by our own script, which sets them as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from layers.claims.groups import Group, group_of
from layers.claims.ledger import TABLES as CLAIMS
from layers.claims.sums import tells_more
from layers.details import Details, Entry, Fact, cited, source_line, sources
from layers.elsewhere import Elsewhere, Spot
from layers.legend import swatch
from layers.names import names_by_id
from layers.query import to_query
from layers.related import Nearby, Relation
from layers.roles import in_order, role
from layers.routes import swatch_url
from layers.spec import layer_spec
from layers.text import number, pick, say
from layers.view import Selection, View
from views.component import mount
from views.state import base_path

LONG_TABLE = 4  # a table with more rows than this is folded

Block = dict[str, Any]


def show(blocks: Sequence[Block], view: View, key: str, cited: Mapping[str, int] | None = None) -> None:
    """Draw blocks; choosing a link selects what it names and runs the page again.

    ``cited`` numbers the sources of marks whose list stands in another panel of the page.
    """
    said = {"empty": "not_stated", "foreign": "source_text", "original": "original"}
    words = {word: say(view.language, key) for word, key in said.items()}
    used = {number for block in blocks for row in block.get("rows", ()) for number in row.get("marks", ())}
    known = _cited({source: number for source, number in (cited or {}).items() if number in used}, view)
    mount("panel", {"blocks": list(blocks), "language": view.language, "words": words, "cited": known}, key)


def _cited(numbered: Mapping[str, int], view: View) -> list[Block]:
    return [
        {"number": numbered[source.id], "text": source_line(source, view.language), "url": source.url}
        for source in sources(tuple(numbered))
    ]


def about(found: Details, view: View, around: Sequence[Block] = ()) -> list[Block]:
    """Blocks of everything known about one thing, in the order of the role; ``around`` follows what is related."""
    language = view.language
    numbered = {source: number for number, source in enumerate(cited(found), 1)}
    kind = pick(layer_spec(found.layer).title, language)
    caution: Block = {"kind": "note", "tone": "caution", "text": found.caution}
    parts = {
        "facts": _keyfact_rows(found, numbered, language),
        "tables": _tables(found, numbered, view),
        "nearby": [*related(found.relations, view), *around],
        "caution": [caution] if found.caution else [],
        "sources": source_list(tuple(numbered), view),
    }
    ordered = in_order(role(view.role).panels, list(parts))
    first = title(found.name, [kind, " · ".join(found.other_names)])
    return [first, *(block for part in ordered for block in parts[part])]


def _keyfact_rows(found: Details, numbered: dict[str, int], language: str) -> list[Block]:
    facts = fact_rows(found.facts, numbered)
    if found.position:
        place = {"label": say(language, "position_of"), "value": found.position, "foreign": False, "marks": []}
        facts["rows"].append(place)
    blocks = [heading(say(language, "key_facts")), facts]
    if found.more:
        blocks.append(fact_rows(found.more, numbered) | {"summary": say(language, "more_facts")})
    return [*blocks, *systems(found.elsewhere, language)]


def systems(found: Sequence[Spot], language: str) -> list[Block]:
    """Positions in other coordinate systems, each folded under which it is; nothing where there is none."""
    title = say(language, "system_title")
    titles = [f"{title}: {spot.where}" if spot.where else title for spot in found]
    folds = zip(titles, found, strict=True)
    return [block | {"summary": summary} for summary, spot in folds for block in facts(spot.lines)]


def facts(lines: Sequence[Elsewhere]) -> list[Block]:
    """Lines of a label and a value; nothing where there are none."""
    rows = [{"label": one.label, "value": one.value, "foreign": False, "marks": []} for one in lines]
    return [{"kind": "facts", "rows": rows}] if rows else []


def _tables(found: Details, numbered: dict[str, int], view: View) -> list[Block]:
    blocks = []
    for table in in_order(role(view.role).tables, list(found.entries)):
        if found.entries[table]:
            blocks += entries_of(table, found.entries[table], numbered, view)
    return blocks


def title(text: str, lines: Iterable[str] = ()) -> Block:
    """A panel's title with lines under it."""
    return {"kind": "title", "text": text, "lines": [line for line in lines if line]}


def heading(text: str, note: str = "") -> Block:
    """A group's heading."""
    return {"kind": "heading", "text": text, "note": note}


def way(view: View, path: str, text: str, **changed: str) -> Block:
    """A link to another screen that keeps the view, but for where the map is and what is changed."""
    query = {name: value for name, value in to_query(view).items() if name != "at"} | changed
    return {"kind": "way", "href": f"{base_path()}/{path}?{urlencode(query)}", "text": text}


def beside(table: str, row_id: str, view: View) -> Block | None:
    """The way from a row of the programme's tables to what else is told of the same; none where nothing else is."""
    found = group_of(row_id, view.as_of) if table in CLAIMS else None
    return to_claims(found, view) if found and tells_more(found, view.as_of) else None


def to_claims(group: Group, view: View) -> Block:
    """The way to a group of claims, which says how many there are."""
    return way(view, "promises", say(view.language, "claims_beside", count=len(group.claims)), claim=group.id)


def links(chosen: Iterable[Selection], view: View) -> Block:
    """Links that select features by their names, without a distance."""
    rows = []
    for one in chosen:
        name = pick(names_by_id(one.layer).get(one.id, {}), view.language) or one.id
        rows.append(link(one, name, view))
    return {"kind": "links", "rows": rows}


def entries_of(
    table: str, entries: Sequence[Entry], numbered: dict[str, int], view: View, fold: bool = True
) -> list[Block]:
    """A table's rows: the first value leads, the others follow; long tables are folded unless told otherwise."""
    heads = pick(layer_spec(table).title, view.language)
    rows = [entry(table, one, numbered, view) for one in entries]
    folded = f"{heads}: {say(view.language, 'rows', count=len(rows))}" if fold and len(rows) > LONG_TABLE else ""
    listed = {"kind": "entries", "rows": rows, "folded": folded}
    return [listed] if folded else [heading(heads), listed]


def source_list(ids: tuple[str, ...], view: View) -> list[Block]:
    """The numbered sources."""
    rows = _cited({source: number for number, source in enumerate(ids, 1)}, view)
    return [heading(say(view.language, "sources")), {"kind": "sources", "rows": rows}] if rows else []


def fact_rows(facts: Iterable[Fact], numbered: dict[str, int]) -> Block:
    """Facts with the numbers of their sources; what is not stated is said to be so."""
    rows = [
        {
            "label": fact.label,
            "value": fact.value,
            "foreign": fact.source_text and bool(fact.value),
            "marks": [numbered[source] for source in fact.sources if fact.value],
        }
        for fact in facts
    ]
    return {"kind": "facts", "rows": rows}


def entry(table: str, told: Entry, numbered: dict[str, int], view: View) -> Block:
    """One row of a table, with the way to what else is said of the same."""
    stated = [fact for fact in told.facts if fact.value]
    return {
        "id": told.id,
        "way": beside(table, told.id, view),
        "lead": stated[0].value if stated else told.id,
        "rest": [_part(fact) for fact in stated[1:]],
        "marks": [numbered[source] for source in told.sources if source in numbered],
    }


def _part(fact: Fact) -> Block:
    return {"text": f"{fact.label}: {fact.value}" if fact.bare else fact.value, "foreign": fact.source_text}


def related(relations: Mapping[str, Nearby], view: View) -> list[Block]:
    """What is related, each a link that selects it: one list, its layers in the order of the role."""
    if not relations:
        return []
    language, rows, hidden, further, nothing = view.language, [], [], [], []
    for other in in_order(role(view.role).nearby, list(relations)):
        found, spec = relations[other], layer_spec(other)
        title, drawing = pick(spec.title, language), swatch_url(base_path(), *swatch(spec))
        rows += [relation(r, drawing, "" if place else title, view) for place, r in enumerate(found.rows)]
        if found.more:
            further.append(f"{title} ({number(found.more, language)})")
        if found.left_out:
            hidden.append(f"{title} ({number(found.left_out, language)})")
        elif not found.rows:
            nothing.append(title)
    notes = [say(language, "left_out", layers=", ".join(hidden))] if hidden else []
    notes += [say(language, "nearby_more", layers=", ".join(further))] if further else []
    notes += [say(language, "nearby_none", layers=", ".join(nothing))] if nothing else []
    within = "nearby_surely_within" if view.sure else "nearby_within"
    head = heading(say(language, "nearby"), say(language, within, radius=view.radius_km))
    listed = [{"kind": "links", "rows": rows}] if rows else []
    return [head, *listed, *({"kind": "note", "text": text} for text in notes)]


def relation(found: Relation, drawing: str, note: str, view: View) -> Block:
    """A link to something related, with the drawing of its layer, how far it is, and on what that rests."""
    told = {"reach": found.reach, "basis": found.basis, "why": found.why, "doubt": found.doubt}
    return link(Selection(found.layer, found.id), found.name, view) | told | {"swatch": drawing, "note": note}


def link(chosen: Selection, text: str, view: View) -> Block:
    """A row of links: it selects what it names."""
    query = to_query(view) | {"sel": f"{chosen.layer}/{chosen.id}"}
    return {"layer": chosen.layer, "id": chosen.id, "href": f"?{urlencode(query)}", "text": text}
