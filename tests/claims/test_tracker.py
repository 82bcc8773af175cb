"""Instructions and their evidence: nothing is done without a source, and no date is more precise than it is known."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from layers import inventory
from layers.claims.tracker import (
    DISPUTED,
    DONE,
    NO_EVIDENCE,
    OWN,
    STATES,
    Evidence,
    Instruction,
    chosen,
    faults,
    instructions,
    last_day,
    state_of,
)
from layers.dated import at, data_month, said
from layers.files import file_bytes
from layers.inventory import problems
from layers.periods import month_of, written
from layers.sieve import sieve_of, sieved
from layers.spec import ROOT
from layers.view import View
from layers.vocabulary import vocabulary

WORDS = {"en": "x", "ru": "x", "kk": "x"}
PIECE = Evidence("a-1", "2025-09-05", "done", "", WORDS, ("paper",))
BUILT = Instruction(
    id="a",
    title=WORDS,
    town="kentau",
    theme="heat",
    given="2024-04-02",
    due="2024",
    moved_to="",
    state=DONE,
    last_evidence="a-1",
    last_evidence_date="2025-09-05",
    sources=("paper",),
    evidence=(PIECE,),
)


def rows(name: str) -> pd.DataFrame:
    """A table as it stands in the file."""
    return pd.read_csv(ROOT / "data" / name, dtype=str, keep_default_na=False)


def test_no_state_of_the_table_claims_more_than_its_evidence() -> None:
    assert list(faults(instructions())) == []


def test_no_row_is_done_without_evidence_that_has_a_source() -> None:
    evidence = rows("evidence.csv")
    done = rows("instructions.csv").query("state == 'done'")  # none so far: the rules for one are tested below
    for key in done["id"]:
        told = evidence[(evidence["instruction_id"] == key) & (evidence["bearing"] == "done")]
        assert (told["sources"].str.replace(OWN, "").str.strip(";") != "").any(), key


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (replace(BUILT, evidence=(), last_evidence="", last_evidence_date=""), "done without evidence"),
        (replace(BUILT, evidence=(replace(PIECE, sources=(OWN,)),)), "done without evidence"),
        (replace(BUILT, evidence=(replace(PIECE, bearing="plan"),)), "done without evidence"),
        (replace(BUILT, evidence=(replace(PIECE, bearing="progress"),)), "done without evidence"),
        (replace(BUILT, state=DISPUTED), "its evidence makes it done"),
        (replace(BUILT, state=NO_EVIDENCE), "its evidence makes it done"),
        (replace(BUILT, last_evidence_date="2025"), "newest evidence"),
        (replace(BUILT, last_evidence="b-1"), "which is not its newest"),
        (replace(BUILT, moved_to="2026"), "moved_to"),
        (replace(BUILT, due="2024", moved_to="2024-08"), "when it was due anyway"),
    ],
)
def test_each_rule_is_told_when_it_is_broken(wrong: Instruction, says: str) -> None:
    assert any(says in told for told in faults([wrong]))
    assert list(faults([BUILT])) == []


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2024", date(2024, 12, 31)),
        ("2024-12", date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 29)),
        ("2025-12-01", date(2025, 12, 1)),
    ],
)
def test_a_date_that_is_not_precise_passes_on_its_last_day(moment: str, day: date) -> None:
    assert last_day(moment) == day
    late = replace(BUILT, due=moment, state=NO_EVIDENCE)
    assert not late.overdue(today=day)
    assert late.overdue(today=date.fromordinal(day.toordinal() + 1))
    assert not replace(late, state=DONE).overdue(today=date(2030, 1, 1))
    assert not replace(late, due="").overdue(today=date(2030, 1, 1))
    assert not replace(late, moved_to="2029").overdue(today=date(2028, 1, 1))


def test_every_instruction_of_the_session_is_tracked() -> None:
    tracked = {key for cell in rows("instructions.csv")["programme_rows"] for key in cell.split(";")}
    programme = rows("programme.csv")
    named = programme["indicator"].str.startswith("pm_instruction") | programme["indicator"].isin(
        [
            *("industrial_zone_instructed", "boiler_turbine_repair_planned", "offtake_contracts_target_factor"),
            *("gasification_towns_in_progress", "comprehensive_plan_approved", "industrial_zone_model_extension"),
            "akim_priority",
        ]
    )
    april = programme["sources"] == "primeminister-2024-04-02"
    near = april & (programme["indicator"] == "prospecting_area_nearby")
    assert set(programme[named | near]["id"]) <= tracked


def test_later_dates_of_the_zones_are_those_of_the_programme_rows() -> None:
    deadlines = rows("programme.csv").query("indicator == 'industrial_zone_deadline'").set_index("town_id")["value"]
    evidence = rows("evidence.csv").query("bearing == 'moved'")
    assert len(deadlines) == 4
    for town, day in deadlines.items():
        told = evidence[(evidence["instruction_id"] == f"zone-{town}") & (evidence["moved_to"] == day)]
        assert (told["sources"] == "newsline-1203191;trend-4058618").all()
        assert len(told) == 1


def test_filters_keep_what_they_name() -> None:
    zones = {one.id for one in chosen(theme="zones")}
    assert {"zone-khromtau", "zone-satpayev", "zone-balkhash", "zone-kulsary"} <= zones
    assert {one.town for one in chosen(town="balkhash")} == {"balkhash"}
    assert {one.state for one in chosen(missing=True)} == {NO_EVIDENCE}
    assert {one.id for one in chosen("zones", "", True)} == {
        "zone-balkhash",
        "zone-kulsary",
        "zone-model",
        "small-zones",
    }
    assert len(chosen()) == len(instructions()) == len(rows("instructions.csv"))


def test_the_check_of_the_catalogue_names_a_state_without_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(problems()) == []
    monkeypatch.setattr(inventory, "instructions", lambda: [replace(BUILT, evidence=())])
    told = list(problems())
    assert ("instructions", "state", "a") in {(one.layer, one.column, one.row) for one in told}


def test_at_a_date_only_the_evidence_of_that_time_counts() -> None:
    then = {one.id: one for one in instructions("2025-01")}
    assert then["heat-kentau"].state == "under_way"  # its boilers were reported as done in September 2025
    assert then["zone-khromtau"].state == NO_EVIDENCE
    assert then["zone-khromtau"].moved_to == ""
    assert instructions("2024-03") == ()
    assert {one.id: one.state for one in instructions("2026-11")} == {one.id: one.state for one in instructions()}


def test_the_state_by_then_is_what_the_evidence_until_then_amounts_to() -> None:
    then = rows("evidence.csv").set_index("id")["state_then"]
    for one in instructions():
        for piece in one.evidence:
            assert then[piece.id] == state_of([told for told in one.evidence if told.date <= piece.date])


def test_at_a_date_the_layer_shows_the_state_of_that_time() -> None:
    states = said("instructions", "2024-12").frame.set_index("id")["state"]
    assert states["heat-kentau"] == "under_way"
    assert states["zone-khromtau"] == NO_EVIDENCE  # all that is told of it came later
    assert states["prospecting-abai"] == NO_EVIDENCE
    moved = said("instructions", "2025-07").frame.set_index("id")["moved_to"]
    assert (moved["zone-satpayev"], moved["zone-kulsary"]) == ("2025-12-01", "2025-12-01")
    assert moved["heat-temirtau"] == ""  # its boiler slipped within the year in which it was due


# Every month in which an instruction had been given, until the data were last compared with their sources.
MONTHS = [written(month) for month in range(month_of("2024-04"), data_month() + 1)]


@pytest.mark.parametrize("as_of", [*MONTHS, ""])
def test_table_map_and_file_tell_one_state(as_of: str) -> None:
    lacking = View(as_of=as_of, facets=(("status", (f"instruction_state.{NO_EVIDENCE}",)),))
    missing = {one.id for one in chosen(missing=True, as_of=as_of)}
    assert missing == set(sieved("instructions", sieve_of(lacking)).frame["id"])
    layer = said("instructions", as_of).frame.set_index("id")
    assert {one.id: one.state for one in instructions(as_of)} == dict(layer["state"])
    told = file_bytes("instructions", "csv", lacking).decode("utf-8-sig")
    assert {row["Id"] for row in csv.DictReader(io.StringIO(told))} == missing


@pytest.mark.parametrize("as_of", MONTHS)
def test_the_state_of_a_month_is_what_evidence_surely_given_by_then_amounts_to(as_of: str) -> None:
    end = {4: "-12", 7: "", 10: ""}  # by the letters of a date: a year alone is over in December
    by_then = [piece for piece in rows("evidence.csv").itertuples() if (piece.date + end[len(piece.date)])[:7] <= as_of]
    for one in instructions(as_of):
        told = [piece for piece in by_then if piece.instruction_id == one.id]
        assert [piece.id for piece in one.evidence] == [piece.id for piece in sorted(told, key=lambda p: p.date)]
        assert one.state == state_of(one.evidence), one.id
        dates = [piece.date for piece in told if piece.bearing != "moved"]
        assert one.last_evidence_date == max(dates, default=""), one.id
        assert one.moved_to == max((piece.moved_to for piece in told), default=""), one.id


def test_evidence_of_a_year_counts_from_its_end() -> None:
    gas = {month: {one.id: one for one in instructions(month)}["gas-11-towns"] for month in ("2025-01", "2025-11")}
    assert {one.state for one in gas.values()} == {NO_EVIDENCE}  # works "in 2025" may have begun in December
    assert {one.id: one.state for one in instructions("2025-12")}["gas-11-towns"] == "under_way"


def test_what_was_not_yet_given_is_not_shown() -> None:
    assert len(said("instructions", "2024-03").frame) == 0
    later = at("instructions", "2024-03").frame.set_index("id")
    assert later.loc["zone-khromtau", "state"] == ""  # nor is anything told of it, not even that evidence lacks


def test_states_are_those_of_the_vocabulary() -> None:
    assert set(STATES) == set(vocabulary("instruction_state"))
    assert {one.state for one in instructions()} <= set(STATES)
