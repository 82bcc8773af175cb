"""Claims, their groups and their spreads: against hand-drawn claims and a plain recomputation of the tables."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.claims import ledger
from layers.claims.groups import AGREE, DIFFER, ONE, SERIES, WORDS, group, group_of, grouped, groups, state
from layers.claims.ledger import Claim, claims, meanings
from layers.claims.told import amount_of, date_of, ends_of, period_of, speaker_of, spread_of, title_of, value_of
from layers.claims.units import comparable, same
from layers.errors import SchemaError, UnknownNameError
from layers.load import load
from layers.periods import parse
from layers.spec import LANGUAGES, ROOT


def claim(amount: float | None, period: str = "2024-04", key: str = "A1", reading: str = "exact") -> Claim:
    """A claim about one thing, in people; without an amount a word that says nothing."""
    return Claim(
        id=key,
        table="programme",
        group="residents",
        thing="residents",
        theme="people",
        subject_kind="national",
        subject="",
        indicator="residents",
        reading=reading,
        value=str(amount),
        number=amount,
        unit="people" if amount is not None else "text",
        amount=amount,
        measure="people" if amount is not None else "",
        period=period,
        span=parse(period),
        official="",
        sources=("paper",),
        said="2024-04-02",
        own=False,
    )


def rows(name: str) -> pd.DataFrame:
    """A table as it stands in the file."""
    return pd.read_csv(ROOT / "data" / name, dtype=str, keep_default_na=False)


# Units


@pytest.mark.parametrize(
    ("value", "unit", "reading", "expected"),
    [
        (1.7, "trn_kzt", "exact", (1700.0, "bn_kzt")),
        (456.6, "bn_kzt", "exact", (456.6, "bn_kzt")),
        (802.4, "m_kzt", "exact", (0.8024, "bn_kzt")),
        (2.46, "bn_usd", "exact", (2460.0, "m_usd")),
        (64.2, "m_usd", "exact", (64.2, "m_usd")),
        (20, "towns", "exact", (20, "towns")),
        (2, "times", "fell_by_factor", (-50.0, "percent")),
        (4, "times", "fell_by_factor", (-75.0, "percent")),
    ],
)
def test_amounts_are_compared_in_one_unit(value: float, unit: str, reading: str, expected: tuple[float, str]) -> None:
    amount, measure = comparable(value, unit, reading)
    assert (pytest.approx(amount), measure) == expected


def test_a_fall_by_nothing_has_no_percentage() -> None:
    with pytest.raises(ValueError, match="factor 0"):
        comparable(0, "times", "fell_by_factor")


@pytest.mark.parametrize(
    ("first", "second"),
    [(62.8, 63), (18.46, 18.5), (20, 20.0), (-20.3, -20), (62.5, 63), (0.5, 1), (2.5, 3), (-62.5, -63), (0.285, 0.29)],
)
def test_the_finer_of_two_amounts_is_rounded_as_the_coarser(first: float, second: float) -> None:
    assert same(first, second)
    assert same(second, first)


@pytest.mark.parametrize(
    ("first", "second"), [(1_300_000, 1_400_000), (6, 10), (36.4, 40), (62.8, 62), (62.5, 62), (62.4, 63)]
)
def test_noughts_at_the_end_of_a_whole_number_are_no_rounding(first: float, second: float) -> None:
    assert not same(first, second)
    assert not same(second, first)


def money(number: float, unit: str, key: str) -> Claim:
    """A claim in tenge as published."""
    amount, measure = comparable(number, unit)
    return replace(claim(amount, key=key), number=number, unit=unit, measure=measure)


@pytest.mark.parametrize(
    ("published", "other", "expected"),
    [
        ((1.3, "trn_kzt"), (1265.4, "bn_kzt"), AGREE),  # told to 100 billion
        ((1.3, "trn_kzt"), (1250.0, "bn_kzt"), AGREE),  # a half goes up
        ((1.3, "trn_kzt"), (1249.9, "bn_kzt"), DIFFER),
        ((1.30, "trn_kzt"), (1350.0, "bn_kzt"), DIFFER),
        ((1.7, "trn_kzt"), (456.6, "bn_kzt"), DIFFER),
        ((802.4, "m_kzt"), (0.8, "bn_kzt"), AGREE),
        ((802.4, "m_kzt"), (802.44, "m_kzt"), AGREE),
        ((802.4, "m_kzt"), (802.5, "m_kzt"), DIFFER),
        ((1300.0, "bn_kzt"), (1265.4, "bn_kzt"), DIFFER),  # its noughts may be counted
    ],
)
def test_amounts_are_rounded_as_they_were_published(
    published: tuple[float, str], other: tuple[float, str], expected: str
) -> None:
    pair = [money(*published, "A1"), money(*other, "A2")]
    assert {state(pair), state(pair[::-1])} == {expected}


def test_what_the_atlas_calculated_makes_no_agreement_but_may_disagree() -> None:
    own = replace(claim(20), own=True)
    assert state([claim(20), own]) == WORDS
    assert state([claim(20), claim(20), own]) == AGREE
    assert state([claim(20), replace(claim(30), own=True)]) == DIFFER
    assert state([own, own]) == WORDS


# States of a group, drawn by hand


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([claim(20)], ONE),
        ([claim(20), claim(20)], AGREE),
        ([claim(62.8), claim(63)], AGREE),
        ([claim(1.3), claim(1.4)], DIFFER),
        ([claim(27, "2012-2023"), claim(20, "2024-04")], SERIES),
        ([claim(27, "2012-2024"), claim(20, "2024-04")], DIFFER),
        ([claim(27, "2012"), claim(20, "future")], DIFFER),  # it may speak of the same time
        ([claim(1.3, reading="at_least"), claim(1.4)], AGREE),
        ([claim(1.5, reading="at_least"), claim(1.4)], DIFFER),
        ([claim(1.5, reading="at_least"), claim(1.4, reading="at_least")], DIFFER),
        ([claim(-50, reading="fell_by_factor"), claim(-60)], AGREE),
        ([claim(-50, reading="fell_by_factor"), claim(4)], DIFFER),
        ([claim(None), claim(None)], WORDS),
        ([claim(None), claim(20)], WORDS),
    ],
)
def test_how_claims_stand_to_each_other_does_not_depend_on_their_order(parts: list[Claim], expected: str) -> None:
    assert {state(list(order)) for order in permutations(parts)} == {expected}


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=6))
def test_a_spread_runs_from_the_lowest_to_the_highest_claim(amounts: list[int]) -> None:
    (made,) = grouped([claim(float(amount), key=f"A{n}") for n, amount in enumerate(amounts)])
    (found,) = made.spreads
    assert (found.low.amount, found.high.amount) == (min(amounts), max(amounts))
    assert found.difference == max(amounts) - min(amounts)
    assert (made.state == AGREE) == (len(set(amounts)) == 1)


def test_amounts_in_two_currencies_have_a_spread_each_and_are_not_mixed() -> None:
    dollars = [replace(claim(amount, key=key), measure="m_usd") for amount, key in ((9.0, "D1"), (11.0, "D2"))]
    (made,) = grouped([claim(1.0, key="A1"), claim(2.0, key="A2"), *dollars])
    assert [(one.measure, one.low.id, one.high.id) for one in made.spreads] == [
        ("people", "A1", "A2"),
        ("m_usd", "D1", "D2"),
    ]


# The tables of the atlas


def test_every_row_of_both_tables_stands_in_exactly_one_group() -> None:
    ids = [*rows("programme.csv")["id"], *rows("noted_claims.csv")["id"]]
    told = [one.id for found in groups() for one in found.claims]
    assert sorted(told) == sorted(ids)
    assert all((found := group_of(key)) and key in {one.id for one in found.claims} for key in ids)
    assert group_of("no-such-row") is None


def test_every_indicator_has_one_meaning() -> None:
    listed = rows("claim_groups.csv")["indicator"]
    assert listed.is_unique
    used = {*rows("programme.csv")["indicator"], *rows("noted_claims.csv")["indicator"]}
    assert set(meanings()) == used


def test_a_group_speaks_of_one_subject() -> None:
    for found in groups():
        assert len({one.subject for one in found.claims}) == 1
        assert len({one.subject_kind for one in found.claims}) == 1


def test_boilers_of_seven_towns_and_of_the_whole_country_are_not_the_same_thing() -> None:
    seven, country = group_of("P047"), group_of("P134")
    assert seven
    assert country
    assert seven.id != country.id


def test_population_disagrees_with_all_its_figures_and_dates() -> None:
    found = group("monotowns_population")
    table = rows("programme.csv")
    told = table[table["indicator"].str.startswith("monotowns_population") & (table["subject_kind"] == "national")]
    assert {*told["id"], "N004"} == {one.id for one in found.claims}
    assert found.state == DIFFER
    (spread,) = found.spreads
    assert (spread.low.amount, spread.high.amount) == (1_300_000, 1_530_000)
    assert groups()[0] == found  # the first thing met on the screen


def test_figures_that_change_with_the_years_are_a_series_and_those_that_agree_are_told_so() -> None:
    states = {found.id: found.state for found in groups()}
    assert {states[one] for one in ("monotowns_count", "smes_operating", "fixed_investment")} == {SERIES}
    assert {states[one] for one in ("infrastructure_budget", "resources_discovered_value")} == {AGREE}
    assert {states[one] for one in ("comprehensive_plan_cost", "population_change")} == {DIFFER}


def test_at_a_date_a_group_holds_what_had_been_said_by_then() -> None:
    early = group("comprehensive_plans_approved", "2023-12")
    assert [one.id for one in early.claims] == ["P108"]
    assert early.state == ONE
    assert group("monotowns_population", "2024-12").spreads[0].high.id == "P106"
    later = {one.id for one in claims()} - {one.id for one in claims("2024-12")}
    assert "P102" in later
    assert group_of("P102", "2024-12") is None


def test_plans_of_trillions_and_billions_are_compared_in_billions() -> None:
    (spread,) = group("comprehensive_plan_cost").spreads
    assert (spread.low.amount, spread.high.amount) == (456.6, 1700.0)


def test_an_unknown_group_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(UnknownNameError, match="everything"):
        group("everything")


def test_a_speaker_is_an_official_only_where_the_facts_say_so() -> None:
    told = {one.id: one for one in claims()}
    assert speaker_of(told["N004"], "en") == "Nurlan Baibazarov"
    assert speaker_of(told["P069"], "en") == "Olzhas Bektenov"
    assert speaker_of(told["P001"], "en") == "Prime Minister of Kazakhstan"
    assert speaker_of(told["P009"], "en") == "calculated by the atlas"
    named = {one.official for one in claims() if one.official}
    officials = rows("programme.csv").query("indicator == 'official'")["id"]
    assert named <= set(officials)


def test_a_noted_figure_has_a_source_and_stood_where_it_says() -> None:
    noted = rows("noted_claims.csv")
    programme = rows("programme.csv").set_index("id")
    assert (noted["sources"] != "").all()
    for row in noted.itertuples():
        if row.stated_in in programme.index:
            cited = set(programme.at[row.stated_in, "sources"].split(";"))
            assert {*str(row.sources).split(";")} <= cited, row.id


def test_a_statement_of_more_than_is_a_bound_and_two_bounds_of_one_year_differ() -> None:
    """The oracle is the statement: "over" makes a bound, whatever its indicator's other rows are."""
    told = {one.id: one for one in claims()}
    for row in rows("noted_claims.csv").itertuples():
        over = str(row.statement).startswith(("Over ", "More than "))
        assert (told[str(row.id)].reading == "at_least") == over, row.id
    assert told["N034"].reading == "exact"
    found = group_of("N030")
    assert found is not None
    assert found.state == DIFFER
    assert value_of(told["N030"], "en") == "at least: 3,000 jobs"
    assert value_of(told["N028"], "ru") == "не менее: 1\u202f000 рабочих мест"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_group_has_words(language: str) -> None:
    for found in groups():
        assert title_of(found, language)
        for one in found.claims:
            assert value_of(one, language)
            assert period_of(one, language)
            assert speaker_of(one, language)


def test_words_of_a_spread_name_both_ends_with_their_dates() -> None:
    (spread,) = group("monotowns_population").spreads
    expected = "1,300,000 people (2 April 2024) – 1,530,000 people (2013), apart by 230,000 people"
    assert spread_of(spread, "en") == expected
    assert ends_of(spread, "en") == "1,300,000 people – 1,530,000 people"
    (share,) = group("share_of_national_industrial_output").spreads
    assert spread_of(share, "en").endswith("apart by 3.6 percentage points")


def test_what_is_told_as_a_bound_is_an_open_end() -> None:
    found = group_of("N030")
    assert found is not None
    (spread,) = found.spreads
    assert ends_of(spread, "en") == "≥ 2,000 jobs – ≥ 6,000 jobs"
    (change,) = group("population_change").spreads
    assert ends_of(change, "en").startswith("≤ −50 %")
    (jobs,) = group("anchor_projects_jobs").spreads
    assert ends_of(jobs, "en").endswith("≥ 10,000 jobs")


def test_of_several_sources_both_dates_are_told_and_what_we_calculated_nobody_said() -> None:
    told = {one.id: one for one in claims()}
    assert date_of(told["N030"], "en") == "24 May 2023 – 8 November 2023"
    assert date_of(told["P001"], "en") == "2 April 2024"
    assert (told["P098"].said, date_of(told["P098"], "en")) == ("2024-04-02", "calculated by the atlas")


def test_the_furthest_apart_of_one_time_stand_beside_the_whole_spread() -> None:
    """1.53 million are of 2013, so the disagreement of April 2024 is a smaller one."""
    found = group("monotowns_population")
    assert found.conflict is not None
    assert (found.conflict.low.amount, found.conflict.high.amount) == (1_300_000, 1_400_000)
    assert found.conflict.low.period == found.conflict.high.period == "2024-04"
    for one in groups():
        assert one.conflict is None or one.state == DIFFER


def test_a_claim_says_what_its_date_says_of_a_month() -> None:
    then = {one.id: one.dating for one in claims("2022-06")}
    assert set(then.values()) == {"dated", "within"}
    assert then["P107"] == "within"  # sources of 2021 and of September 2023
    assert {one.dating for one in claims()} == {""}


def test_a_difference_says_which_way_it_goes() -> None:
    assert amount_of(804.0, "people", "en", sign=True) == "+804 people"
    assert amount_of(-1.0, "areas", "en", sign=True) == "−1 area"
    assert amount_of(0.0, "towns", "en", sign=True) == "0 towns"


def test_a_number_unlike_its_value_and_an_indicator_that_measures_nothing_known_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert list(ledger.faults()) == []
    whole = ledger.load("programme")
    frame = whole.frame.copy()
    numbers = frame.index[frame["value_number"].notna()]
    frame.loc[numbers[0], "value_number"] += 1
    frame.loc[numbers[1], "indicator"] = "mood"
    monkeypatch.setattr(ledger, "load", lambda name: replace(whole, frame=frame) if name == "programme" else load(name))
    first, second = (frame.loc[at] for at in numbers[:2])
    assert [(one.column, one.row, one.value) for one in ledger.faults()] == [
        ("value_number", first["id"], f"{first['value_number']:g}"),
        ("indicator", second["id"], "mood"),
    ]
    ledger._claims.cache_clear()
    with pytest.raises(SchemaError, match=r"'mood'.*claim_groups"):
        claims("2024-05")
