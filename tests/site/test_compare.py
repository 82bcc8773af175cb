"""Sites side by side: cells from the sheets, verdicts that hold, files that read back equal, routes that refuse."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from layers.about import about
from layers.names import names_by_id
from layers.query import from_query, to_query
from layers.site.bars import CHARTED, bars
from layers.site.cells import (
    ABSENT,
    AT_TOWN,
    GAPS,
    KNOWN,
    LEAST_MOST,
    OVERLAP,
    SAME,
    UNKNOWN,
    Cell,
    labelled,
    verdict_of,
)
from layers.site.choices import choices, presets
from layers.site.compare import comparison
from layers.site.files import compare_bytes, compare_name, compare_url, site_bytes, site_url
from layers.site.page import sketch_of
from layers.site.routes import site_routes
from layers.site.sheet import cited_by_sheet
from layers.site.tables import FORMULA, answer, answers, harmless
from layers.spec import LANGUAGES
from layers.text import say
from layers.view import MOST_COMPARED, Selection, View
from layers.visitors.routes import COOKIE
from tests.conftest import Extra

THREE = (
    Selection("industrial_zones", "saran-iz"),
    Selection("towns", "ridder"),
    Selection("prospecting_areas", "aktyubinskoe-1801"),
)
VIEW = View(compared=THREE, radius_km=50)
KAZAKH = re.compile("[әғқңөұүһі]")


def parameters(url: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def asked(path: str, query: str, token: str = "") -> Response:
    """What a route answers, asked without a server."""
    name, _, form = path.partition(".")
    (route,) = [one for one in site_routes("") if one.path.startswith(f"/api/{name}.")]
    headers = [(b"cookie", f"{COOKIE}={token}".encode())] if token else []
    scope = {"type": "http", "method": "GET", "query_string": query.encode(), "headers": headers, "app": Starlette()}
    return route.endpoint(Request({**scope, "path": path, "path_params": {"form": form}}))


def test_cells_hold_the_numbers_of_the_sheets() -> None:
    found = comparison(THREE, "en", 50)
    rows = {row.key: row for row in found.rows}
    for place, site in enumerate(found.sites):
        line, cell = site.lines["gas_operating"], rows["gas_operating_km"].cells[place]
        assert (cell.value, cell.low, cell.high, cell.town_value) == (line.km, line.low_km, line.high_km, line.via_km)
        people = rows["people"].cells[place]
        assert site.reached is not None
        at_town = site.reached.at_town
        if site.reached.low == site.reached.high:
            assert (people.town_value if at_town else people.low) == site.reached.low
        assert (people.low is None) == at_town
    assert [cell.state for cell in rows["accuracy_km"].cells] == [UNKNOWN, KNOWN, KNOWN]
    assert [cell.state for cell in rows["fact_jobs"].cells] == [KNOWN, ABSENT, ABSENT]
    assert rows["fact_jobs"].cells[0].value == 1000


def test_what_stands_at_a_town_never_has_a_range() -> None:
    for row in comparison(THREE, "en", 200).rows:
        for cell in row.cells:
            if cell.state == AT_TOWN:
                assert (cell.value, cell.low, cell.high) == (None, None, None)
                assert cell.words
            assert bool(cell.words) == (cell.state in (KNOWN, AT_TOWN))


def test_all_that_is_counted_around_a_site_at_its_town_is_that_of_the_town_and_never_least_or_most() -> None:
    zones = [Selection("industrial_zones", zone) for zone in ("kulsary-iz", "khromtau-park")]
    asked = (*zones, Selection("towns", "ridder"))
    for row in comparison(asked, "en", 100).rows:
        if row.key.endswith("_within") or row.key in ("people_within", "towns_within"):
            assert [cell.state for cell in row.cells[:2]] == [AT_TOWN] * 2, row.key
            assert row.code == GAPS, row.key


def test_a_figure_told_as_a_bound_has_no_high_end_and_makes_nothing_least() -> None:
    zones = tuple(Selection("industrial_zones", one) for one in ("saran-iz", "ekibastuz-iz", "khromtau-park"))
    (row,) = [row for row in comparison(zones, "en", 50).rows if row.key == "fact_jobs"]
    saran, ekibastuz, _ = row.cells
    assert saran.words == "at least: 1,000"
    assert (saran.low, saran.high, saran.value) == (1000, None, 1000)
    assert (ekibastuz.low, ekibastuz.high) == (4000, 4000)
    assert row.code == OVERLAP  # 1,000 or more jobs may be more than 4,000


def test_a_position_that_the_town_stands_in_for_is_not_counted_as_known() -> None:
    (row,) = [row for row in comparison(THREE, "en", 50).rows if row.key == "position"]
    assert [cell.state for cell in row.cells] == [AT_TOWN, KNOWN, KNOWN]
    told = answers(comparison(THREE, "en", 50))
    assert [*told.loc[told["What is compared"] == row.label, "Known or not"]] == [
        "measured from the point of its town",
        "known",
        "known",
    ]


def test_namesakes_are_told_apart_and_a_tie_has_no_least() -> None:
    cells = [Cell("0", low=0, high=0), Cell("0", low=0, high=0), Cell("5", low=5, high=5)]
    assert verdict_of(cells, ["Koktenkol", "Koktenkol", "Ridder"], "en")[1] == "most: Ridder"


def test_a_row_is_complete_and_its_verdict_is_in_words() -> None:
    for language in LANGUAGES:
        for row in comparison(THREE, language, 50).rows:
            assert len(row.cells) == len(THREE)
            assert bool(row.code) == bool(row.verdict)
            lost = sum(cell.state in (UNKNOWN, AT_TOWN) for cell in row.cells)
            assert (say(language, "site_verdict_gaps", count=str(lost)) in row.verdict) == bool(lost)


ranges = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda ends: (min(ends), max(ends))), min_size=2, max_size=4
)


@given(ranges, st.integers(0, 2))
def test_a_site_is_called_least_or_most_only_if_it_surely_is(ends: list[tuple[int, int]], lost: int) -> None:
    cells = [Cell("x", low=low, high=high) for low, high in ends] + [Cell(state=UNKNOWN)] * lost
    names = [f"site{place}" for place in range(len(cells))]
    code, words = verdict_of(cells, names, "en")
    every = list(zip(names, ends, strict=False))
    least = [name for name, (_, high) in every if all(high < low for other, (low, _) in every if other != name)]
    most = [name for name, (low, _) in every if all(low > high for other, (_, high) in every if other != name)]
    assert [name for name in names if f"least: {name}" in words] == least
    assert [name for name in names if f"most: {name}" in words] == most
    same = len(set(ends)) == 1 and ends[0][0] == ends[0][1]
    assert code == (SAME if same else LEAST_MOST if least or most else OVERLAP)
    assert ("not known for" in words) == bool(lost)


def test_words_differ_or_do_not_and_one_answer_is_no_comparison() -> None:
    assert verdict_of([Cell("a"), Cell("a")], ["1", "2"], "en") == (SAME, "the same")
    assert verdict_of([Cell("a"), Cell("b")], ["1", "2"], "en")[1] == "different"
    assert verdict_of([Cell("a"), Cell(state=UNKNOWN)], ["1", "2"], "en") == (GAPS, "not known for 1")
    assert verdict_of([Cell("a"), Cell(state=ABSENT)], ["1", "2"], "en") == ("", "")


def test_a_site_that_does_not_exist_is_told_and_the_others_stand() -> None:
    found = comparison((*THREE, Selection("towns", "atlantis")), "en", 50)
    assert [one.selected for one in found.sites] == list(THREE)
    assert found.missing == (Selection("towns", "atlantis"),)
    assert "atlantis" in found.broken[0]
    assert comparison((), "en", 50).rows == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_reads_back_equal(language: str) -> None:
    view = View(language=language, compared=THREE, radius_km=50)
    book = openpyxl.load_workbook(io.BytesIO(compare_bytes("xlsx", view)))
    found = comparison(THREE, language, 50)
    wide, long, gaps, cited, told = book.worksheets
    cells = [cell for row in found.rows for cell in row.cells]
    lines = list(long.iter_rows(min_row=2, values_only=True))
    assert len(lines) == len(cells)
    for line, cell in zip(lines, cells, strict=True):
        assert line[4] == (cell.words or None)
        assert [None if end is None else float(end) for end in line[6:10]] == [
            None if end is None else pytest.approx(end) for end in (cell.value, cell.low, cell.high, cell.town_value)
        ]
        assert (line[12] or "") == "; ".join(cell.sources)
    for line, row in zip(wide.iter_rows(min_row=2, values_only=True), found.rows, strict=True):
        assert line[1] == row.label
        assert [line[3 + 3 * place] for place in range(3)] == [answer(cell, language) for cell in row.cells]
        assert [line[4 + 3 * place] for place in range(3)] == [
            None if cell.low is None else pytest.approx(cell.low) for cell in row.cells
        ]
        assert (line[-1] or "") == row.verdict
    assert gaps.max_row == 1 + sum(len(one.unknown) for one in found.sites)
    sources = {source for one in found.sites for source in cited_by_sheet(one)}
    assert {row[0] for row in cited.iter_rows(min_row=2, values_only=True)} == sources
    about_file = dict(told.iter_rows(min_row=2, values_only=True))
    assert about_file[say(language, "data_date")] == about().as_of.isoformat()
    assert about_file[say(language, "site_not_offer_title")] == say(language, "site_not_offer")
    assert not [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_csv_holds_every_answer_with_its_numbers() -> None:
    rows = list(csv.DictReader(io.StringIO(compare_bytes("csv", VIEW).decode("utf-8-sig"))))
    table = answers(comparison(THREE, "en", 50))
    assert [row["Answer"] for row in rows] == [harmless(words) for words in table["Answer"]]
    assert [float(row["low"]) for row in rows if row["low"]] == pytest.approx([*table["low"].dropna()])
    assert all("not an offer" in row["About this file"] for row in rows)


@given(st.text(max_size=8))
def test_no_text_of_a_csv_begins_as_a_formula(text: str) -> None:
    assert not str(harmless(text)).startswith(FORMULA)
    assert str(harmless(text)).removeprefix("'") == text.removeprefix("'")


def test_hostile_names_are_no_formula_and_no_markup(extra: Extra) -> None:
    bad = '=cmd|" /c calc"!A0 #panic("x")'
    extra.layer("plots", f'id,lon,lat\n"{bad.replace(chr(34), chr(34) * 2)}",70,50\n', head="legend = true")
    view = View(compared=(Selection("plots", bad), THREE[1]), selected=Selection("plots", bad), radius_km=50)
    assert from_query(to_query(view)) == (view, ())
    book = openpyxl.load_workbook(io.BytesIO(compare_bytes("xlsx", view)))
    found = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if bad in str(cell.value)]
    assert found
    assert {cell.data_type for cell in found} == {"s"}
    lines = compare_bytes("csv", view).decode("utf-8-sig").splitlines()
    assert not [line for line in lines if line.startswith(FORMULA)]
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(site_bytes("pdf", view))).pages)
    assert '#panic("x")' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_say_what_the_sheet_says(language: str) -> None:
    view = View(language=language, selected=THREE[0], compared=THREE, radius_km=50)
    called = names_by_id(THREE[0].layer)[THREE[0].id]
    for body in (site_bytes("pdf", view), compare_bytes("pdf", view)):
        reader = PdfReader(io.BytesIO(body))
        text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
        assert called[language] in text
        for key in ("site_not_offer_short", "site_unknown_title", "site_unknown_position"):
            assert say(language, key).casefold() in text.casefold()
        # a site stands under its names in all languages
        assert bool(KAZAKH.search(text.replace(called["kk"], ""))) == (language == "kk")
    assert site_bytes("pdf", view) == site_bytes("pdf", view)


def test_charts_leave_out_nothing_and_draw_no_number_that_is_not_known() -> None:
    found = comparison(THREE, "en", 50)
    drawn = {one.key: one for one in bars(found)}
    assert set(drawn) == {row.key for row in found.rows if row.key in CHARTED}
    for row in found.rows:
        if row.key in drawn:
            made = drawn[row.key].chart.to_dict()
            values = made["datasets"][made["data"]["name"]]
            assert [one["site"] for one in values] == labelled(found.sites)
            assert [one["low"] for one in values] == [cell.low for cell in row.cells]
            assert [one["at_town"] for one in values] == [cell.town_value for cell in row.cells]
            assert all(answer(cell, "en") in drawn[row.key].words for cell in row.cells)


def test_a_map_is_drawn_where_there_is_a_place_and_none_where_there_is_not() -> None:
    found = comparison((*THREE, Selection("industrial_zones", "sez-pavlodar")), "en", 50)
    assert [sketch_of(one).startswith("<svg") for one in found.sites] == [True, True, True, False]


def test_addresses_lead_to_the_files_and_their_names_tell_which() -> None:
    view = View(language="ru", compared=(Selection("towns", "a,b%2C"), *THREE), selected=THREE[1], radius_km=50)
    again, broken = from_query(parameters(compare_url("", "csv", view)))
    assert broken == ()
    assert (again.language, again.compared, again.radius_km) == ("ru", view.compared, 50)
    again, _ = from_query(parameters(site_url("", "pdf", view)))
    assert (again.selected, again.radius_km) == (THREE[1], 50)
    assert compare_name("csv", view) != compare_name("csv", VIEW)


def test_the_route_answers_with_the_file_and_keeps_nothing() -> None:
    told = asked("compare.csv", urlsplit(compare_url("", "csv", VIEW)).query)
    assert told.status_code == 200
    assert told.headers["cache-control"] == "no-store"
    assert compare_name("csv", VIEW) in told.headers["content-disposition"]
    assert bytes(told.body) == compare_bytes("csv", VIEW)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("compare.csv", "", 404),
        ("compare.csv", "cmp=atlantis/x", 400),
        ("compare.csv", "cmp=" + ",".join(f"towns/{n}" for n in range(5)), 400),
        ("compare.csv", "cmp=towns/atlantis", 404),
        ("compare.csv", "cmp=towns/ridder&asof=2013-01", 400),
        ("compare.exe", "cmp=towns/abai", 404),
        ("compare.csv", "cmp=upload_x/1", 404),
        ("site.pdf", "", 404),
        ("site.pdf", "sel=towns/atlantis", 404),
        ("site.csv", "sel=towns/abai", 404),
        ("site.pdf", "sel=towns/abai&r=15", 400),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(path: str, query: str, status: int) -> None:
    told = asked(path, query)
    assert told.status_code == status
    assert bytes(told.body).decode().strip()


def test_what_can_be_chosen_exists_and_sets_fit() -> None:
    for language in LANGUAGES:
        found = list(choices(language))
        assert len({one.key for one in found}) == len(found)
        assert {one.selected.layer for one in found} == {"industrial_zones", "towns", "prospecting_areas", "plants"}
        assert all(1 < len(one.sites) <= MOST_COMPARED for one in presets(language))
        assert {site for one in presets(language) for site in one.sites} <= {one.selected for one in found}
    instructed = {site.id for site in next(iter(presets("en"))).sites}
    assert instructed == {"khromtau-park", "satpayev-iz", "balkhash-iz", "kulsary-iz"}
