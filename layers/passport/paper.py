"""The passport on two pages of A4: the same sections, cut where they would not fit, with numbered sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from layers.about import about
from layers.details import source_line, sources
from layers.linked import TOWNS
from layers.paper import typeset
from layers.paper.extent import Frame, around
from layers.paper.sketch import legend, map_svg
from layers.passport.build import NEIGHBOURS
from layers.passport.chart import kind_key, printed_charts
from layers.passport.model import AROUND, FACTS, LINES, PEOPLE, UNKNOWN, Cell, Passport, Row, Section
from layers.passport.text import counted
from layers.site.page import DOUBT
from layers.spec import layer_spec
from layers.text import day, moment, number, pick, say
from layers.view import Selection

TEMPLATE = "passport"
MAP_LAYERS = (
    *("towns", "plants", "prospecting_areas", "deposits"),
    *("gas_operating", "gas_construction", "gas_planned", "gas_mothballed"),
)
MOST_PAGES = 2
SIZES_PT = (9.4, 8.8, 8.2, 7.6)  # of the text, the first with which every row fits
CUTS = (40, 20, 12, 9, 7, 5, 4, 3, 2)  # rows of a section, the first that fits
LONGEST = 260  # letters of a cell on paper; the whole text stands in the Excel file
HIDDEN = {LINES: (3, 4)}  # columns that say in numbers what the reach says in words
QUIET = ("former_names", "geonames_id", "geometry_status", "basis", "coord_check")  # not on paper


def pdf(made: Passport) -> bytes:
    """The passport as PDF of at most MOST_PAGES pages, with as many rows as fit."""
    drawn = _drawings(made)
    drawings = [{"title": title, "svg": svg} for title, svg in printed_charts(made)]
    for most, size in (*((CUTS[0], size) for size in SIZES_PT), *((most, SIZES_PT[-1]) for most in CUTS[1:])):
        found = values(made, most, drawings) | drawn | {"size": size}
        if typeset.count(TEMPLATE, found) <= MOST_PAGES:
            break
    return typeset.pdf(TEMPLATE, found)


def values(made: Passport, most: int, drawings: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """What the template reads, but for the drawings: all words in the passport's language."""
    language = made.language
    credited = ", ".join(credit.text for credit in about().credits)
    as_of = say(language, "as_of", date=day(about().as_of, language))
    cited = sources(tuple(made.numbered))
    return {
        "lang": language,
        "title": made.name,
        "brand": say(language, "brand"),
        "under": made.under,
        "as_of": say(language, "passport_as_of", month=moment(made.as_of, language)) if made.as_of else "",
        "foot": " · ".join((as_of, f"{say(language, 'about_licence')}: {about().licence}")),
        "caution": made.caution,
        "former": say(language, "passport_former", names=", ".join(made.former)) if made.former else "",
        "facts": _facts(made),
        "sections": [
            _section(one, made, most, drawings) for one in made.sections.values() if one.id != FACTS and one.rows
        ],
        "sources_title": say(language, "sources"),
        "sources": [
            {"number": at, "text": source_line(replace(one, licence=""), language), "url": one.url}
            for at, one in enumerate(cited, 1)
        ],
        "credits": f"{say(language, 'about_credits')}: {credited}. {say(language, 'not_in_atlas')}",
    }


def passport_map(made: Passport, width_mm: float = 87.0, height_mm: float = 66.0) -> str:
    """The map around the town as SVG; nothing where the town has no place."""
    frame = _frame(made, width_mm, height_mm)
    marked = [Selection(TOWNS, made.town)]
    return map_svg(frame, MAP_LAYERS, made.language, marked, made.radius_km, made.as_of) if frame else ""


def map_legend(made: Passport) -> list[dict[str, str]]:
    """What its symbols mean, with how many of each are on it."""
    frame = _frame(made)
    return legend(frame, MAP_LAYERS, made.language, made.as_of) if frame else []


def map_in_words(made: Passport) -> str:
    """What the map shows, for who cannot see it."""
    return say(made.language, "passport_map_alt", name=made.name, radius=made.radius_km)


def map_note(made: Passport) -> str:
    """What the circle is, what the numbers of the legend count, and what is not drawn."""
    return say(made.language, "map_drawn_note", radius=made.radius_km)


def _frame(made: Passport, width_mm: float = 87.0, height_mm: float = 66.0) -> Frame | None:
    place = made.sheet.position
    if place.lon is None or place.lat is None:
        return None
    return around(place.lon, place.lat, made.radius_km, width_mm, height_mm)


def _drawings(made: Passport) -> dict[str, Any]:
    told = {"map_alt": map_in_words(made), "map_note": map_note(made)}
    return {"map": passport_map(made), "legend": map_legend(made), **told}


def _facts(made: Passport) -> list[dict[str, Any]]:
    """Facts but for those that say how the layer was made, and those that stand above."""
    quiet = {one.label for one in (*made.sheet.facts, *made.sheet.more) if one.column in QUIET}
    rows = made.sections[FACTS].rows
    return [{"label": label.text, **_cell(value, made.numbered)} for label, value in rows if label.text not in quiet]


def _section(one: Section, made: Passport, most: int, drawings: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """A section as rows of a label and the rest in one line; what lies around stands together by layer."""
    grouped = GROUPED.get(one.id)
    rows = list(grouped(made, most)) if grouped else [_entry(one, row, made) for row in one.rows[:most]]
    cut = 0 if grouped else len(one.rows) - len(rows)
    more = say(made.language, "passport_more", count=number(cut, made.language)) if cut else ""
    doubt = f"?: {say(made.language, 'possibly_within', radius=made.radius_km)}." if one.id == AROUND else ""
    note = " ".join(part for part in (one.note, doubt) if part)
    told = {"title": one.title, "note": note, "rows": rows, "more": more, "plain": one.id == UNKNOWN}
    return told | ({"charts": drawings, "key": kind_key(made)} if one.id == PEOPLE else {"charts": [], "key": []})


def _entry(section: Section, row: Row, made: Passport) -> dict[str, Any]:
    first, *rest = (place for place in range(len(row)) if place not in HIDDEN.get(section.id, ()))
    marks = sorted({made.numbered[source] for cell in row for source in cell.sources})
    told = [replace(row[place], text=section.headed(row, place)) for place in rest if row[place].text]
    return {"label": row[first].text, "parts": [_cell(cell, {}) for cell in told], "marks": marks}


def _people_rows(made: Passport, _most: int) -> Iterator[dict[str, Any]]:
    """All counts of a territory in one line, so that paper holds every one of them."""
    for scope in dict.fromkeys(one.scope_words for one in made.people):
        series = [one for one in made.people if one.scope_words == scope]
        told = [f"{one.year}: {number(one.people, made.language)} ({one.kind_words})" for one in series]
        marks = sorted({made.numbered[source] for one in series for source in one.sources if source in made.numbered})
        yield {"label": scope, "parts": [{"value": "; ".join(told), "foreign": False}], "marks": marks}


def _around_rows(made: Passport, most: int) -> Iterator[dict[str, Any]]:
    """What lies around by layer with how many, the nearest first; what only may be around has a question mark."""
    for layer_id in (one for one in NEIGHBOURS if made.sheet.neighbours.get(one)):
        title = pick(layer_spec(layer_id).title, made.language)
        own = list(zip(_rows_of(made, title), made.sheet.neighbours[layer_id], strict=True))
        told = [f"{row[1].text} — {row[2].text}{DOUBT if near.relation.doubt else ''}" for row, near in own[: 2 * most]]
        if len(own) > len(told):
            told.append(say(made.language, "passport_more", count=number(len(own) - len(told), made.language)))
        marks = sorted({made.numbered[source] for row, _ in own[: 2 * most] for source in row[1].sources})
        label = f"{title}: {counted(made, layer_id)}"
        yield {"label": label, "parts": [{"value": "; ".join(told), "foreign": False}], "marks": marks}


def _rows_of(made: Passport, title: str) -> list[Row]:
    return [row for row in made.sections[AROUND].rows if row[0].text == title]


GROUPED: Mapping[str, Callable[[Passport, int], Iterator[dict[str, Any]]]] = {
    PEOPLE: _people_rows,
    AROUND: _around_rows,
}


def _cell(cell: Cell, numbered: Mapping[str, int]) -> dict[str, Any]:
    text = cell.text if len(cell.text) <= LONGEST else f"{cell.text[:LONGEST].rsplit(' ', 1)[0]} …"
    marks = [numbered[source] for source in cell.sources if source in numbered]
    return {"value": text, "foreign": cell.foreign, "marks": marks}
