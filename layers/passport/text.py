"""The passport in sentences: what a screen reader speaks and a print-out says instead of map, chart and tables."""

from __future__ import annotations

from collections.abc import Iterator

from layers.passport.build import NEIGHBOURS
from layers.passport.model import AROUND, FACTS, GAS, LINES, LISTS, PEOPLE, UNKNOWN, Headcount, Passport
from layers.site.model import Count
from layers.spec import layer_spec
from layers.text import number, pick, say

APART = (FACTS, LISTS, PEOPLE, GAS, LINES, AROUND, UNKNOWN)  # sections with sentences of their own
HEADCOUNT = "population"  # facts that the sentences on people say better
TOLD_ELSEWHERE = (HEADCOUNT, "population_year", "former_names", "listed_2024")


def sentences(made: Passport) -> list[str]:
    """Sentences in the passport's language, in the order of its sections; every number is one of its cells'."""
    return [*_names(made), *_facts(made), *_lists(made), *_people(made), *_gas(made), *_around(made), *_rest(made)]


def _names(made: Passport) -> Iterator[str]:
    language = made.language
    called = {code: pick(made.names, code) for code in ("kk", "ru", "en")}
    yield say(language, "passport_text_names", name=made.name, **called)
    if made.former:
        yield say(language, "passport_former", names=", ".join(made.former))


def _facts(made: Passport) -> Iterator[str]:
    """Facts in the town's own words but for those that the next sentences say, and texts in a source's language."""
    known = {one.label for one in (*made.sheet.facts, *made.sheet.more) if one.column in TOLD_ELSEWHERE}
    for label, value in made.sections[FACTS].rows:
        if label.text not in known:
            yield say(made.language, "passport_text_fact", label=label.text, value=value.text.rstrip("."))


def _lists(made: Passport) -> Iterator[str]:
    for year, member, *rest in made.sections[LISTS].rows:
        told = ", ".join(cell.text for cell in rest if cell.text)
        yield say(made.language, "passport_text_list", year=year.text, member=member.text, basis=told)


def _people(made: Passport) -> Iterator[str]:
    """The newest and the first count of each territory, and every year for which counts differ."""
    scopes = dict.fromkeys(one.scope for one in made.people)
    for scope in scopes:
        series = [one for one in made.people if one.scope == scope]
        for one in (one for one in series if one.year == series[-1].year):
            yield _count(made, one)
        if series[0].year != series[-1].year:
            first = {"people": _heads(made, series[0]), "year": series[0].year}
            yield say(made.language, "passport_text_people_from", **first)
        for year in dict.fromkeys(one.year for one in series if one.rivals):
            values = "; ".join(f"{_heads(made, one)} ({one.kind_words})" for one in series if one.year == year)
            yield say(made.language, "passport_text_people_differ", year=year, values=values)


def _count(made: Passport, one: Headcount) -> str:
    told = {"scope": one.scope_words, "people": _heads(made, one), "year": one.year, "kind": one.kind_words}
    return say(made.language, "passport_text_people", **told)


def _heads(made: Passport, one: Headcount) -> str:
    return number(one.people, made.language)


def _gas(made: Passport) -> Iterator[str]:
    language = made.language
    for rank, row in enumerate(made.sections[GAS].rows, 1):
        year = next((cell.text for cell in row if cell.number is not None), "")
        key = "passport_text_gas" if year else "passport_text_gas_undated"
        yield say(language, key, rank=rank, status=row[0].text, year=year)
    for layer, name, reach, *_ in made.sections[LINES].rows:
        yield say(language, "passport_text_line", layer=layer.text, name=name.text, reach=reach.text)


def _around(made: Passport) -> Iterator[str]:
    language, sheet = made.language, made.sheet
    for layer_id in NEIGHBOURS:
        told = {"layer": pick(layer_spec(layer_id).title, language), "radius": number(made.radius_km, language)}
        near, count = sheet.neighbours.get(layer_id, ()), sheet.counts.get(layer_id, Count(0, 0))
        if not near:
            yield say(language, "passport_text_around_none", **told)
            continue
        first = {"name": near[0].name, "reach": near[0].relation.reach}
        low, high = number(count.low, language), number(count.high, language)
        if count.low == count.high:
            yield say(language, "passport_text_around", count=high, **told, **first)
        else:
            yield say(language, "passport_text_around_maybe", low=low, high=high, **told, **first)


def _rest(made: Passport) -> Iterator[str]:
    for one in made.sections.values():
        if one.id not in APART:
            count = number(len(one.rows), made.language)
            yield say(made.language, "passport_text_table", title=one.title, count=count)
    if unknown := made.sections[UNKNOWN].rows:
        yield say(made.language, "passport_text_unknown", count=number(len(unknown), made.language))
