"""What speaks of the whole country or of a region: claims by theme, and the rows of other tables that name no town."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from layers.claims.groups import Group, groups
from layers.claims.ledger import TABLES, Claim
from layers.claims.told import date_of, period_of, speaker_of
from layers.dated import at
from layers.details import Entry, Fact, entries_of, fact_of
from layers.overview import national
from layers.text import say
from layers.vocabulary import vocabulary

TOWN, REGION, PERIOD = "town", "subject_region", "period"


def by_theme(as_of: str = "") -> Mapping[str, tuple[Group, ...]]:
    """Groups of claims that speak of no single town, by theme in the order of its vocabulary; no theme is empty.

    With a month (YYYY-MM) they hold what had been said by then.
    """
    about = [one for one in groups(as_of) if one.subject_kind != TOWN]
    themes = {theme: tuple(one for one in about if one.theme == theme) for theme in vocabulary("theme")}
    return {theme: found for theme, found in themes.items() if found}


def rows_of(found: tuple[Group, ...], language: str, as_of: str = "") -> tuple[tuple[str, Entry], ...]:
    """The rows behind groups, each with its table, in words; those of one group stand side by side.

    A row about a region names it after what it measures.
    """
    made: list[tuple[str, Entry]] = []
    for claim in (claim for one in found for claim in one.claims):
        told = at(claim.table, as_of)
        spec, rows = told.spec, told.frame
        row = rows[rows[spec.key] == claim.id]
        region = fact_of(spec, spec.column(REGION), row.iloc[0], language)
        for entry in entries_of(spec, row, language):
            first, *rest = (_in_words(fact, claim, language) for fact in entry.facts)
            made.append((claim.table, replace(entry, facts=(first, region, *rest, _said(claim, language)))))
    return tuple(made)


def _in_words(fact: Fact, claim: Claim, language: str) -> Fact:
    """A period as Promises writes it; every other fact as it is."""
    return replace(fact, value=period_of(claim, language)) if fact.column == PERIOD and fact.value else fact


def _said(claim: Claim, language: str) -> Fact:
    """Who said it and when."""
    speaker = speaker_of(claim, language)
    told = speaker if claim.own else f"{speaker}, {date_of(claim, language)}"
    return Fact("", say(language, "claims_speaker"), told)


def others(language: str, as_of: str = "") -> dict[str, tuple[Entry, ...]]:
    """Rows of the other tables that name no town, as far as they had been said by a month."""
    return {table: entries for table, entries in national(language, as_of).items() if table not in TABLES}
