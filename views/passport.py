"""Passport: all that the atlas knows of one town, to read, to print on two pages, to take away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import streamlit as st

from layers.compare_query import compared_text, with_compared
from layers.details import source_line, sources
from layers.legend import swatch
from layers.linked import TOWNS
from layers.names import names_by_id
from layers.passport.build import NEIGHBOURS, passport
from layers.passport.chart import territory_charts
from layers.passport.model import AROUND, FACTS, GAS, LINES, LISTS, PEOPLE, UNKNOWN, Passport, Row, Section
from layers.passport.paper import map_in_words, map_legend, map_note, passport_map
from layers.passport.routes import passport_url
from layers.passport.text import counted, sentences
from layers.routes import swatch_url
from layers.spec import Words, layer_spec
from layers.text import alphabetical, pick, say
from layers.view import Selection, View
from views import asof, jump, mover, panel
from views.actions import run
from views.fields import field
from views.state import base_path, broken_parameters, current

PATH, TOWN_KEY = "passport", "passport_town"
LONG = 12  # rows of a layer around the town: more are folded
FILES = {"pdf": "PDF", "xlsx": "Excel", "md": "Markdown"}
LEFT = (GAS, LINES, LISTS)  # sections beside the map; the others follow below, over the whole width
SPLIT = [11, 9]


def show() -> None:
    """The whole screen: the passport of the town that the address names, else all towns to choose from."""
    mover.forget()
    view = _of_selected(current())
    with st.container(key="passport"):
        _chooser(view)
        if view.town:
            _passport(view)
        else:
            _choice(view)


def _of_selected(view: View) -> View:
    """Without a town in the address, the one that is selected: whoever comes from it on the map means that."""
    one = view.selected
    if view.town or "id" in st.query_params or one is None or one.layer != TOWNS or one.id not in names_by_id(TOWNS):
        return view
    return replace(view, town=one.id)


def _choice(view: View) -> None:
    """All towns as links; a name in the address that is none of them is said."""
    language = view.language
    blocks = [panel.title(say(language, "passport_choose"), [say(language, "passport_choose_note")]), _towns(view)]
    if "id" in broken_parameters():
        said = say(language, "passport_no_town", town=st.query_params.get("id", ""))
        blocks.insert(1, {"kind": "note", "tone": "caution", "text": said})
    panel.show(blocks, view, key="passport_choice")


def _chooser(view: View) -> None:
    """A box in which a town is found by any of its names."""
    called = {key: list(dict.fromkeys([pick(words, view.language), *words.values()])) for key, words in _names()}
    ordered = sorted(called, key=lambda key: alphabetical(called[key][0]))
    st.selectbox(
        say(view.language, "passport_choose"),
        ordered,
        format_func=lambda key: " · ".join(filter(None, called[key])),
        placeholder=say(view.language, "passport_choose"),
        label_visibility="collapsed",
        **field(TOWN_KEY, view.town or None, lambda town: run({"do": "town", "id": town})),
    )


def _names() -> Iterable[tuple[str, Words]]:
    return names_by_id(TOWNS).items()


def _towns(view: View, chosen: str = "") -> panel.Block:
    """Links to the passports of all towns, by name."""
    called = {key: pick(words, view.language) or key for key, words in names_by_id(TOWNS).items()}
    ordered = sorted(called.items(), key=lambda item: alphabetical(item[1]))
    rows = [panel.way(view, PATH, name, id=key) for key, name in ordered if key != chosen]
    return {"kind": "index", "rows": rows}


def _passport(view: View) -> None:
    made = passport(view.town, view.language, view.radius_km, view.as_of)
    head = panel.title(made.name, [made.under, _former(made)])
    panel.show([head, *_links(made, view)], view, key="passport_head")
    asof.show(view)
    left, right = st.columns(SPLIT, gap="medium")
    with left:
        with st.container(key="passport_map"):
            _map(made, view)
        panel.show(
            [block for name in LEFT for block in _section(made, name, view)],
            view,
            key="passport_left",
            cited=made.numbered,
        )
    with right:
        panel.show(_section(made, FACTS, view), view, key="passport_facts", cited=made.numbered)
        _people(made, view)
    rest = [name for name in made.sections if name not in (*LEFT, FACTS, PEOPLE, UNKNOWN)]
    blocks = [block for name in (*rest, UNKNOWN) for block in _section(made, name, view)]
    panel.show([*blocks, *_words(made), *_sources(made)], view, key="passport_rest", cited=made.numbered)
    panel.show(
        [panel.heading(say(view.language, "passport_choose")), _towns(view, made.town)], view, key="passport_more"
    )
    jump.show(view, jump.PASSPORT)


def _former(made: Passport) -> str:
    return say(made.language, "passport_former", names=", ".join(made.former)) if made.former else ""


def _links(made: Passport, view: View) -> list[panel.Block]:
    """To the files, to the map, to the page about the town as a site."""
    base, language = base_path(), view.language
    files = [
        {"kind": "way", "href": passport_url(base, made.town, form, view), "text": title}
        for form, title in FILES.items()
    ]
    own = Selection(TOWNS, made.town)
    on_map = panel.way(view, "", say(language, "passport_on_map"), sel=f"{TOWNS}/{made.town}")
    as_site = panel.way(view, "site", say(language, "passport_as_site"), sel=f"{TOWNS}/{made.town}")
    beside = compared_text(with_compared(view.compared, own))
    compare = panel.way(view, "compare", say(language, "site_compare_with"), cmp=beside)
    return [{"kind": "ways", "rows": [*files, on_map, as_site, compare]}]


def _map(made: Passport, view: View) -> None:
    if drawn := passport_map(made, 150, 104):
        told = map_in_words(made)
        st.image(drawn, width="stretch", caption=told, alt=told)
        specs = [(layer_spec(one["layer"]), one["text"]) for one in map_legend(made)]
        rows = [{"swatch": swatch_url(base_path(), *swatch(spec)), "text": text} for spec, text in specs]
        key: list[panel.Block] = [{"kind": "key", "rows": rows}, {"kind": "note", "text": map_note(made)}]
        panel.show(key, view, key="passport_key")


def _people(made: Passport, view: View) -> None:
    """The chart, and every count as a row."""
    if not made.people:
        return
    panel.show([panel.heading(made.sections[PEOPLE].title)], view, key="passport_people_head")
    for place, drawn in enumerate(territory_charts(made)):
        told = say(view.language, "claims_chart", title=f"{made.sections[PEOPLE].title}: {made.name}")
        st.altair_chart(drawn.properties(description=told), theme=None, key=f"passport_people_{place}")
    panel.show(_section(made, PEOPLE, view)[1:], view, key="passport_people_rows", cited=made.numbered)


def _section(made: Passport, name: str, view: View) -> list[panel.Block]:
    """A section as a heading and rows; empty ones are left out."""
    found = made.sections[name]
    if not found.rows:
        return []
    head = panel.heading(found.title, found.note)
    if name == UNKNOWN:
        return [head, *({"kind": "note", "text": row[0].text} for row in found.rows)]
    if name == FACTS:
        return [head, {"kind": "facts", "rows": [_fact(row, made) for row in found.rows]}]
    if name == AROUND:
        return [head, *_around(found, made, view)]
    rows = [_entry(found, row, made, at, view) for at, row in enumerate(found.rows)]
    return [head, {"kind": "entries", "rows": rows}]


def _around(found: Section, made: Passport, view: View) -> Iterable[panel.Block]:
    """What lies around by layer, each thing led by its name; many of one layer are folded."""
    for layer_id in NEIGHBOURS:
        title = pick(layer_spec(layer_id).title, view.language)
        own = [(at, row) for at, row in enumerate(found.rows) if row[0].text == title]
        if not own:
            continue
        rows = [_entry(found, row, made, at, view, first=1) for at, row in own]
        head = f"{title}: {counted(made, layer_id)}"
        folded = head if len(rows) > LONG else ""
        if not folded:
            yield panel.heading(head)
        yield {"kind": "entries", "rows": rows, "folded": folded}


def _fact(row: Row, made: Passport) -> panel.Block:
    label, value = row
    marks = [made.numbered[source] for source in value.sources]
    return {"label": label.text, "value": value.text, "foreign": value.foreign, "marks": marks}


def _entry(section: Section, row: Row, made: Passport, at: int, view: View, first: int = 0) -> panel.Block:
    """The cell ``first`` leads, those after it follow; numbers that the words already say are left out."""
    lead, *rest = [place for place in range(first, len(row)) if place not in _quiet(section)]
    marks = sorted({made.numbered[source] for cell in row for source in cell.sources})
    parts = [{"text": section.headed(row, one), "foreign": row[one].foreign} for one in rest if row[one].text]
    key = section.ids[at] if section.ids else f"{section.id}-{at}"
    way = panel.beside(section.id, key, view)
    return {"id": key, "way": way, "lead": row[lead].text, "rest": parts, "marks": marks}


def _quiet(section: Section) -> Sequence[int]:
    return (3, 4) if section.id in (LINES, AROUND) else ()


def _words(made: Passport) -> list[panel.Block]:
    """The same in sentences."""
    told = [{"kind": "note", "text": sentence} for sentence in sentences(made)]
    return [panel.heading(say(made.language, "passport_in_words")), *told]


def _sources(made: Passport) -> list[panel.Block]:
    rows = [
        {"number": number, "text": source_line(source, made.language), "url": source.url}
        for number, source in enumerate(sources(tuple(made.numbered)), 1)
    ]
    caution: panel.Block = {"kind": "note", "tone": "caution", "text": made.caution}
    return [panel.heading(say(made.language, "sources")), {"kind": "sources", "rows": rows}, caution]
