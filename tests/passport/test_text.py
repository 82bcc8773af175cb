"""The sentences of a passport say what its tables say: number by number, for every town and language."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd
import pytest

from layers.passport.build import passport
from layers.passport.model import AROUND, GAS, LINES, LISTS, PEOPLE, Passport
from layers.passport.text import sentences
from layers.spec import LANGUAGES, ROOT

TOWNS = list(pd.read_csv(ROOT / "data" / "towns.csv")["id"])
RADIUS_KM = 100
SPACES = "\u202f\u00a0"
ABBREVIATED = re.compile(r"\s\w\.$")  # "2 апреля 2024 г."
# A number as people read it: digits with thousands apart by a thin space or comma, and a decimal mark.
NUMBER = re.compile(r"\d+(?:[\u202f,]\d{3})*(?:[.,]\d+)?")


def numbers(text: str) -> Counter[str]:
    """Numbers of a text as written, without the marks between thousands."""
    found = NUMBER.findall(text)
    return Counter(re.sub(r"[\u202f,](?=\d{3}(?:\D|$))", "", one) for one in found)


def shown(made: Passport) -> set[str]:
    """Every number that stands in a cell, head, note or name of the passport, or counts its rows."""
    texts = [cell.text for one in made.sections.values() for row in one.rows for cell in row]
    texts += [part for one in made.sections.values() for part in (one.title, one.note, *one.heads)]
    texts += [*made.names.values(), *made.former, str(made.radius_km)]
    counts = [len(one.rows) for one in made.sections.values()]
    counts += [end for count in made.sheet.counts.values() for end in (count.low, count.high)]
    ranks = range(1, len(made.sections[GAS].rows) + 1)
    return {number for text in texts for number in numbers(text)} | {str(one) for one in (0, *counts, *ranks)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("town", TOWNS)
def test_every_number_of_the_sentences_is_one_of_the_tables(town: str, language: str) -> None:
    made = passport(town, language, RADIUS_KM)
    told = numbers(" ".join(sentences(made)))
    assert set(told) - shown(made) == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("town", TOWNS)
def test_every_value_of_the_tables_stands_in_the_sentences(town: str, language: str) -> None:
    made = passport(town, language, RADIUS_KM)
    text = " ".join(sentences(made))
    kept = [one for key, one in made.sections.items() if key not in (LISTS, PEOPLE, LINES, AROUND)]
    cells = [cell.text for one in kept for row in one.rows for cell in row]
    cells += [cell.text for key in (LINES, AROUND) for row in made.sections[key].rows for cell in (*row[1:3], row[5])]
    cells += [row[0].text for row in made.sections[LISTS].rows]
    cells += [cell for one in made.people for cell in (str(one.year), one.kind_words, one.scope_words)]
    stopped = [cell if ABBREVIATED.search(cell) else cell.rstrip(".") for cell in cells]
    assert [cell for cell in stopped if cell not in text] == []
    assert not [sentence for sentence in sentences(made) if sentence.endswith("..")]


@pytest.mark.parametrize("town", TOWNS)
def test_every_count_of_people_in_the_file_is_spoken_drawn_and_listed(town: str) -> None:
    """The oracle is the file itself, read without the atlas."""
    rows = pd.read_csv(ROOT / "data" / "population.csv")
    rows = rows[rows["town_id"] == town]
    made = passport(town, "ru", RADIUS_KM)
    told = numbers(" ".join(sentences(made)))
    assert Counter((one.year, one.people, one.scope, one.kind) for one in made.people) == Counter(
        zip(rows["year"], rows["population"], rows["scope"], rows["kind"], strict=True)
    )
    assert all(str(people) in told for people in rows["population"])
    listed = [row for row in made.sections[PEOPLE].rows if any(cell.number == 0 for cell in row)]
    assert not listed
    assert len(made.sections[PEOPLE].rows) == len(rows)


def test_counts_of_the_same_year_and_territory_that_differ_are_all_said_to_differ() -> None:
    rows = pd.read_csv(ROOT / "data" / "population.csv")
    groups = rows.groupby(["town_id", "year", "scope"])["population"].nunique()
    conflicts = groups[groups > 1].reset_index()
    assert len(conflicts) >= 5
    for town, year, scope in conflicts[["town_id", "year", "scope"]].itertuples(index=False):
        made = passport(town, "en", RADIUS_KM)
        own = rows[(rows["town_id"] == town) & (rows["year"] == year) & (rows["scope"] == scope)]["population"]
        note = made.sections[PEOPLE].note
        assert str(year) in note
        assert all(f"{people:,}" in note for people in own)
        assert all(one.rivals for one in made.people if (one.year, one.scope) == (year, scope))


def test_gas_claims_that_differ_stand_side_by_side_and_are_said_to_differ() -> None:
    rows = pd.read_csv(ROOT / "data" / "gas_status.csv").dropna(subset=["town_id"])
    for town, own in rows.groupby("town_id"):
        section = passport(str(town), "en", RADIUS_KM).sections[GAS]
        assert len(section.rows) == len(own)
        assert bool(section.note) == (own["status"].nunique() > 1), town
