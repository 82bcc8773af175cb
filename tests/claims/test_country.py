"""The national page: no row that speaks of the country or a region is missing, charts draw what the tables say."""

from __future__ import annotations

import pandas as pd
import pytest

from layers.claims.chart import series_chart, spread_chart
from layers.claims.country import by_theme, others, rows_of
from layers.claims.groups import DIFFER, SERIES, group, groups
from layers.claims.sums import beside
from layers.spec import LANGUAGES, ROOT
from layers.text import say


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_without_a_town_is_shown_once(language: str) -> None:
    wanted = []
    for name in ("programme.csv", "noted_claims.csv"):
        rows = pd.read_csv(ROOT / "data" / name, dtype=str, keep_default_na=False)
        wanted += list(rows[rows["subject_kind"] != "town"]["id"])
    shown = [entry.id for found in by_theme().values() for _, entry in rows_of(found, language)]
    assert sorted(shown) == sorted(wanted)
    assert len(wanted) > 90


def test_a_row_about_a_region_names_it() -> None:
    told = {entry.id: entry for found in by_theme().values() for _, entry in rows_of(found, "en")}
    assert "Karaganda Region" in {fact.value for fact in told["P131"].facts}


@pytest.mark.parametrize(
    ("language", "april"), [("en", "April 2024"), ("ru", "апрель 2024 г."), ("kk", "2024 ж. сәуір")]
)
def test_a_row_says_its_period_in_words_and_who_said_it(language: str, april: str) -> None:
    told = {
        entry.id: [fact.value for fact in entry.facts]
        for found in by_theme().values()
        for _, entry in rows_of(found, language)
    }
    assert april in told["P001"]
    assert "2024-04" not in told["P001"]
    assert any("2024" in value and ("Prime Minister" in value or "Премьер" in value) for value in told["P001"])
    assert told["P098"][-1] == say(language, "claims_calculated")


def test_other_tables_keep_their_rows_about_the_country() -> None:
    assert [entry.id for entry in others("en")["gas_status"]] == ["national"]
    assert set(others("en")) == {"gas_status"}


@pytest.mark.parametrize("one", [one for one in groups() if one.state in (DIFFER, SERIES) and one.spreads])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_holds_every_amount_of_its_group(one: object, language: str) -> None:
    found = group(one.id)  # type: ignore[attr-defined]
    measure = found.spreads[0].measure
    wanted = sorted(claim.amount for claim in found.claims if claim.measure == measure and claim.amount is not None)
    own = beside(found)
    for made in (series_chart(found, language), spread_chart(found, language, own)):
        data = made.to_dict()["datasets"].values()
        drawn = max((sorted(row["amount"] for row in rows if "amount" in row) for rows in data), key=len)
        extra = [own.own.amount] if own and len(drawn) > len(wanted) else []
        assert drawn == sorted([*wanted, *extra])
