"""The passport in sentences: what a screen reader speaks and a print-out says instead of map, chart and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from layers.linked import TOWNS
from layers.passport.build import NEIGHBOURS, UNSAID, differing
from layers.passport.model import AROUND, FACTS, GAS, LINES, LISTS, PEOPLE, UNKNOWN, Cell, Headcount, Passport, Row
from layers.site.model import Count
from layers.spec import layer_spec
from layers.text import number, pick, say

APART = (FACTS, LISTS, PEOPLE, GAS, LINES, AROUND, UNKNOWN)  # sections with sentences of their own
OPEN = "; "
FULL_STOP = re.compile(r"(?<!\s\w)\.+$")  # not of a single letter
TOLD_ELSEWHERE = ("former_names",)  # said with the names


def sentences(made: Passport) -> list[str]:
    """Sentences in the passport's language, in the order of its sections; every number is one of its cells'."""
    return [*_names(made), *_facts(made), *_lists(made), *_people(made), *_gas(made), *_around(made), *_rest(made)]


def _names(made: Passport) -> Iterator[str]:
    language = made.language
    kk, ru, en = (pick(made.names, code) for code in ("kk", "ru", "en"))
    yield say(language, "passport_text_names", name=made.name, kk=kk, ru=ru, en=en)
    if made.former:
        names = Cell(OPEN.join(made.former), foreign=True).marked(language)
        yield say(language, "passport_former", names=names)


def _facts(made: Passport) -> Iterator[str]:
    """Facts in the town's own words but for those that the next sentences say, and texts in a source's language."""
    known = {one.label for one in (*made.sheet.facts, *made.sheet.more) if one.column in TOLD_ELSEWHERE}
    for label, value in made.sections[FACTS].rows:
        if label.text not in known:
            yield _ended(f"{label.text}: {value.marked(made.language)}")


def _lists(made: Passport) -> Iterator[str]:
    for year, member, *rest in made.sections[LISTS].rows:
        told = ", ".join(cell.text for cell in rest if cell.text)
        yield say(made.language, "passport_text_list", year=year.text, member=member.text, basis=told)


def _people(made: Passport) -> Iterator[str]:
    """Every count of each territory, and every year for which counts differ."""
    language = made.language
    for scope in dict.fromkeys(one.scope_words for one in made.people):
        series = [one for one in made.people if one.scope_words == scope]
        rows = OPEN.join(f"{one.year} — {_heads(made, one)} ({one.kind_words})" for one in series)
        yield say(language, "passport_text_people", scope=scope, rows=rows)
    yield from differing(made.people, language)


def _heads(made: Passport, one: Headcount) -> str:
    return number(one.people, made.language)


def _gas(made: Passport) -> Iterator[str]:
    language, section = made.language, made.sections[GAS]
    for rank, row in enumerate(section.rows, 1):
        yield _ended(say(language, "passport_text_gas", rank=rank, claim=_phrase(section.heads, row, language)))
    if section.note:
        yield section.note
    yield from (_line(row, language) for row in made.sections[LINES].rows)


def _line(row: Row, language: str) -> str:
    layer, name, reach, _low, _high, why = (cell.text for cell in row)
    if not reach:
        return _ended(f"{layer}: {name}")
    if name == say(language, "passport_whichever"):
        return _ended(f"{layer}: {name}, {reach} ({why})")
    key = "passport_text_line_loose" if reach == say(language, "reach_not_measured") else "passport_text_line"
    return say(language, key, layer=layer, name=name, reach=reach, why=why)


def _around(made: Passport) -> Iterator[str]:
    """How many of each layer, and each of them with its distance and on what that rests."""
    language, radius = made.language, number(made.radius_km, made.language)
    for layer_id in NEIGHBOURS:
        title = pick(layer_spec(layer_id).title, language)
        rows = [row for row in made.sections[AROUND].rows if row[0].text == title]
        if not rows:
            key = "passport_text_around_no" if layer_id == TOWNS else "passport_text_around_none"
            if layer_id not in UNSAID:
                yield say(language, key, layer=title, radius=radius)
            continue
        told = counted(made, layer_id)
        listed = OPEN.join(f"{name.text}, {reach.text} ({why.text})" for _, name, reach, _, _, why in rows)
        yield say(language, "passport_text_around", layer=title, radius=radius, count=told, rows=listed)
    if note := made.sections[AROUND].note:
        yield note


def counted(made: Passport, layer_id: str) -> str:
    """How many of a layer lie within the radius: surely, and at most."""
    count = made.sheet.counts.get(layer_id, Count(0, 0))
    low, high = number(count.low, made.language), number(count.high, made.language)
    return say(made.language, "passport_count", low=low, high=high) if low != high else high


def _rest(made: Passport) -> Iterator[str]:
    """Every row of the other tables, and what is not known."""
    for one in made.sections.values():
        if one.id not in APART:
            count = number(len(one.rows), made.language)
            rows = OPEN.join(_phrase(one.heads, row, made.language) for row in one.rows)
            yield _ended(say(made.language, "passport_text_table", title=one.title, count=count, rows=rows))
            if one.note:
                yield one.note
    if unknown := made.sections[UNKNOWN].rows:
        rows = OPEN.join(_stopped(row[0].text) for row in unknown)
        told = say(made.language, "passport_text_unknown", count=number(len(unknown), made.language), rows=rows)
        yield _ended(told)


def _phrase(heads: tuple[str, ...], row: Row, language: str) -> str:
    """A row as a phrase: its first cell, and the others in brackets, each under its heading."""
    lead, *rest = (replace(cell, text=_stopped(cell.text)).marked(language) for cell in row)
    told = [f"{head.lower()}: {words}" for head, words in zip(heads[1:], rest, strict=True) if words]
    return f"{lead} ({OPEN.join(told)})" if told else lead


def _stopped(text: str) -> str:
    """Words without their full stop, unless it belongs to an abbreviation, such as that of the year in Russian."""
    return FULL_STOP.sub("", text)


def _ended(sentence: str) -> str:
    """A sentence with one full stop at its end."""
    return f"{sentence.rstrip('.')}."
