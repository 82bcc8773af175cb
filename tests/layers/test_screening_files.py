"""What a reader takes away: a workbook that works the order out anew, pages that set, in three languages."""

from __future__ import annotations

import io
import math
import re
from typing import Any

import numpy as np
import openpyxl
import pytest
from starlette.requests import Request
from starlette.responses import Response

from layers.routes import routes
from layers.screening import sheet
from layers.screening.choice import Screening, needs_of_text
from layers.screening.desk import Found, screened
from layers.screening.notes import looseness
from layers.screening.profiles import book
from layers.screening.words import rows
from layers.screening.workbook import LEAD, workbook
from layers.spec import LANGUAGES
from layers.text import say

PROFILES = tuple(book().profiles)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Recalculated:
    """A workbook worked out from its formulas alone, with the few functions that they use."""

    def __init__(self, body: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(body))

    def value(self, sheet_name: str, cell: str) -> Any:
        held = self.book[sheet_name][cell.replace("$", "")].value
        return self._worked_out(sheet_name, held[1:]) if isinstance(held, str) and held.startswith("=") else held

    def _worked_out(self, sheet_name: str, formula: str) -> Any:
        names = {
            "MAX": max,
            "MIN": min,
            "EXP": math.exp,
            "SUM": sum,
            "ROUND": round,
            "ISNUMBER": lambda found: isinstance(found, int | float),
            "IF": lambda asked, yes, no: yes() if asked() else no(),
            "RANK": lambda own, every, _: 1 + sum(other > own for other in every),
            "cell": lambda name, at: self.value(name, at),
            "block": lambda name, first, last: [
                self.value(name, one.coordinate)
                for row in self.book[name][f"{first}:{last}".replace("$", "")]
                for one in row
            ],
        }
        return eval(self._as_python(sheet_name, formula), {"__builtins__": {}, **names})

    @staticmethod
    def _as_python(sheet_name: str, formula: str) -> str:
        reference = re.compile(r"(?:'([^']+)'!)?(\$?[A-Z]{1,2}\$?\d+)(?::(\$?[A-Z]{1,2}\$?\d+))?")

        def named(found: re.Match[str]) -> str:
            name = found[1] or sheet_name
            return f"block({name!r}, {found[2]!r}, {found[3]!r})" if found[3] else f"cell({name!r}, {found[2]!r})"

        made = re.sub(r"(?<![<>=])=(?!=)", "==", reference.sub(named, formula).replace("<=", "≤").replace(">=", "≥"))
        made = made.replace("≤", "<=").replace("≥", ">=")
        return lazily(made)


def lazily(formula: str) -> str:
    """The arguments of IF as functions, so that only the one that is asked for is worked out, as in Excel."""
    at = formula.find("IF(")
    if at < 0:
        return formula
    parts, depth, start, end = [], 0, at + 3, at + 3
    while depth >= 0:
        letter = formula[end]
        depth += (letter == "(") - (letter == ")")
        if (letter == "," and depth == 0) or depth < 0:
            parts.append(formula[start:end])
            start = end + 1
        end += 1
    inside = ", ".join(f"lambda: ({lazily(part)})" for part in parts)
    return f"{formula[:at]}IF({inside}){lazily(formula[end:])}"


def columns(found: Found) -> tuple[str, str]:
    """Letters of the columns of score and rank."""
    first = LEAD + 2 * len(found.criteria) + 1
    return openpyxl.utils.get_column_letter(first), openpyxl.utils.get_column_letter(first + 1)


@pytest.mark.parametrize("profile", PROFILES)
def test_scores_and_ranks_worked_out_from_the_workbook_are_those_of_the_atlas(profile: str) -> None:
    found = screened(Screening(profile=profile, needs=needs_of_text("gas:200")), sure=False)
    made = Recalculated(workbook(found, "en", "/screening"))
    name, (score, rank) = say("en", "screening_sheet_score"), columns(found)
    assert len(found.order) > 2
    for line, row in enumerate(rows(found, "en"), 2):
        assert made.value(name, f"A{line}") == row.id
        assert made.value(name, f"{score}{line}") == pytest.approx(found.scored[row.place], abs=2e-9)
        assert made.value(name, f"{rank}{line}") == found.ranked[row.place]


def test_the_formulas_are_live_another_weight_gives_the_order_of_that_weight() -> None:
    before = screened(Screening(profile="gas_ready"), sure=False)
    made = Recalculated(workbook(before, "ru", "/screening"))
    at = [part.criterion for part in before.parts_of].index("people")
    made.book[say("ru", "screening_sheet_criteria")][f"D{at + 2}"] = 100
    after = screened(Screening(profile="gas_ready", weights=(("people", 100),)), sure=False)
    ranked = dict(zip(after.ids, after.ranked, strict=True))
    name, (_, rank) = say("ru", "screening_sheet_score"), columns(before)
    for line, row in enumerate(rows(before, "ru"), 2):
        assert made.value(name, f"{rank}{line}") == ranked[row.id]
    assert list(before.ranked) != list(after.ranked)


def test_what_is_not_known_is_an_empty_cell_and_counts_nothing() -> None:
    found = screened(Screening(profile="exploration_upside"), sure=False)
    made = Recalculated(workbook(found, "en", "/screening"))
    name = say("en", "screening_sheet_score")
    line = next(n for n, row in enumerate(rows(found, "en"), 2) if row.id == "kuirektykol")
    at = LEAD + 1 + [part.criterion for part in found.parts_of].index("accuracy")
    assert made.value(name, f"{openpyxl.utils.get_column_letter(at)}{line}") is None
    assert made.value(name, f"{openpyxl.utils.get_column_letter(at + len(found.criteria))}{line}") == 0


@pytest.mark.parametrize("profile_id", PROFILES)
def test_programs_that_do_not_calculate_read_what_the_formulas_give(profile_id: str) -> None:
    found = screened(Screening(profile=profile_id), sure=False)
    body = workbook(found, "en", "/screening")
    made, name = Recalculated(body), say("en", "screening_sheet_score")
    stored = openpyxl.load_workbook(io.BytesIO(body), data_only=True)[name]
    formulas = [cell for row in made.book[name].iter_rows() for cell in row if cell.data_type == "f"]
    assert len(formulas) == len(found.ids) * (len(found.criteria) + 2)
    for cell in formulas:
        assert stored[cell.coordinate].value == pytest.approx(made.value(name, cell.coordinate), abs=1e-9)


def test_only_our_own_cells_are_formulas(monkeypatch: pytest.MonkeyPatch) -> None:
    found = screened(Screening(), sure=False)
    names = ['=HYPERLINK("http://x")' for _ in found.every.ids]
    monkeypatch.setattr(type(found.every), "names", lambda self, language: names)
    book_ = openpyxl.load_workbook(io.BytesIO(workbook(found, "en", "=1+1")))
    formulas = [cell for one in book_ for row in one.iter_rows() for cell in row if cell.data_type == "f"]
    own = re.compile(r"=(IF\((ISNUMBER\([A-Z]+\d+\)|SUM\('criteria'!)|RANK\()")
    assert formulas
    assert all(own.match(cell.value) for cell in formulas)
    assert book_["values"]["B2"].value == names[0]
    assert book_["values"]["B2"].data_type == "s"


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_and_workbook_are_made_in_each_language_and_name_their_sources(language: str) -> None:
    found = screened(Screening(profile="heavy_industry", needs=needs_of_text("town:100:50000")), sure=False)
    assert sheet.pdf(found, language, "/screening").startswith(b"%PDF-")
    told = sheet.values(found, language, "/screening")
    assert told["lang"] == language
    assert len(told["order"]) == len(found.ids)
    assert told["sources"]
    assert "2026" in told["offer"]
    book_ = openpyxl.load_workbook(io.BytesIO(workbook(found, language, "/screening")))
    sources = book_[say(language, "sources")]
    assert sources.max_row == len(told["sources"]) + 1


def test_an_empty_result_is_written_too() -> None:
    found = screened(Screening(needs=needs_of_text("gas:0")), sure=True)
    assert found.ids == []
    assert found.sieve.last is not None
    assert openpyxl.load_workbook(io.BytesIO(workbook(found, "kk", "/screening")))
    assert sheet.pdf(found, "kk", "/screening").startswith(b"%PDF-")


def fetched(form: str, query: str) -> Response:
    """What the route of that file answers."""
    route = next(one for one in routes("") if getattr(one, "path", "") == f"/api/screening.{form}")
    scope = {"type": "http", "method": "GET", "headers": [], "path": route.path, "query_string": query.encode()}  # type: ignore[attr-defined]
    answer: Response = route.endpoint(Request(scope))  # type: ignore[attr-defined]
    return answer


@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_without_any_weight_the_files_are_made_too(form: str) -> None:
    asked = "s_profile=gas_ready&s_w=gas_coming:0,gas_operating:0,people:0,plant_fuel:0"
    assert fetched(form, asked).status_code == 200


def test_without_any_weight_nothing_is_in_order_and_that_is_said() -> None:
    weights = tuple((part.criterion, 0) for part in book().profiles["gas_ready"].parts)
    assert looseness(screened(Screening(profile="gas_ready", weights=weights), sure=False), "en").startswith(
        "Every weight"
    )


def test_the_pages_list_every_candidate_and_say_what_the_charts_leave_out() -> None:
    found = screened(Screening(profile="exploration_upside"), sure=False)
    told = sheet.values(found, "en", "x")
    assert len(told["order"]) == len(told["fit"]) == len(found.ids) == 67
    assert told["cut"] == ["The charts draw the first 20."]
    zones = sheet.values(screened(Screening(profile="heavy_industry"), sure=False), "en", "x")
    assert zones["cut"] == []


def test_candidates_that_only_possibly_meet_the_filters_are_marked_in_every_file() -> None:
    asked = Screening(profile="heavy_industry", needs=needs_of_text("commodity:copper"))
    found = screened(asked, sure=False)  # no zone states a commodity
    assert int(found.sieve.doubtful.sum()) == len(found.ids) > 0
    said, count = say("en", "screening_possibly"), say("en", "screening_doubt", count=str(len(found.ids)))
    told = sheet.values(found, "en", "/screening")
    assert count in told["removed"]
    assert all(said in row[-1] for row in told["order"])
    book_ = openpyxl.load_workbook(io.BytesIO(workbook(found, "en", "/screening")))
    cells = [str(cell) for page in book_ for row in page.iter_rows(values_only=True) for cell in row if cell]
    assert count in cells
    assert sum(said in cell for cell in cells) == len(found.ids)


def test_an_order_that_hardly_is_one_is_called_so() -> None:
    zones, towns = (screened(Screening(one), sure=False) for one in ("heavy_industry", "gas_ready"))
    for found in (zones, towns):
        spans = found.stable.high - found.stable.low + 1
        loose = float(np.sort(spans)[len(spans) // 2]) > len(spans) / 2
        assert bool(looseness(found, "en")) == loose
        assert (looseness(found, "en") in sheet.values(found, "en", "/screening")["kept"]) or not loose
    assert looseness(zones, "en")


def test_the_files_are_served_and_what_makes_no_sense_is_refused() -> None:
    answer = fetched("xlsx", "lang=en&s_profile=gas_ready&s_need=town:100:50000")
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    assert answer.headers["cache-control"] == "no-store"
    assert openpyxl.load_workbook(io.BytesIO(bytes(answer.body))).sheetnames[0] == "score"
    paper = fetched("pdf", "lang=kk")
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    for wrong in (
        "s_profile=gold",
        "s_need=gas:-1",
        "s_need=commodity:unobtainium",
        "s_w=people:1000",
        "s_seed=1.5",
        "asof=2013-01",
    ):
        assert fetched("xlsx", wrong).status_code == 400
    assert fetched("xlsx", "s_from=own_0123456789abcdef").status_code in (400, 404)
