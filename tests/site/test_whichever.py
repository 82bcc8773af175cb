"""How far the nearest is says the same on the page of a site, in a passport and in a comparison."""

from __future__ import annotations

import pytest

from layers.linked import TOWNS
from layers.names import names_by_id
from layers.passport.build import NEIGHBOURS, passport
from layers.passport.chart import kind_key
from layers.passport.model import FACTS, LINES
from layers.passport.paper import values
from layers.site.cells import GAPS, KNOWN, LEAST_MOST, UNKNOWN, Cell, verdict_of
from layers.site.compare import comparison
from layers.site.page import DOUBT, site_values
from layers.site.sheet import site_sheet
from layers.site.tables import source_table
from layers.site.whichever import ends_of_nearest, nearest_in_words
from layers.site.words import labour_rows, line_rows
from layers.spec import LANGUAGES, layer_spec
from layers.text import distance, say
from layers.view import Selection
from tests.layers import oracle

STATES = ("gas_operating", "gas_construction", "gas_planned")
EVERY_TOWN = sorted(names_by_id(TOWNS))


@pytest.mark.parametrize("town", EVERY_TOWN)
def test_the_least_of_all_lows_and_of_all_highs_bound_the_nearest(town: str) -> None:
    """The oracle measures every operating line from the town by pyproj."""
    own, at = oracle.off_km("towns", town) or 0.0, oracle.towns()[town]
    ends = []
    for one in oracle.rows("gas_operating"):
        km, off = oracle.km("gas_operating", one["id"], *at), (oracle.off_km("gas_operating", one["id"]) or 0.0) + own
        ends.append((max(0.0, km - off), km + off))
    found = ends_of_nearest(site_sheet(Selection(TOWNS, town), "en", 50), "gas_operating")
    assert found is not None
    assert found[0] == pytest.approx(min(low for low, _ in ends), abs=0.01)
    assert found[1] == pytest.approx(min(high for _, high in ends), abs=0.01)


@pytest.mark.parametrize("town", EVERY_TOWN)
def test_page_passport_and_comparison_give_one_range(town: str) -> None:
    sheet, other = site_sheet(Selection(TOWNS, town), "en", 100), "ridder" if town != "ridder" else "abai"
    rows = {label: value for label, value, _ in line_rows(sheet)}
    compared = {row.key: row.cells[0] for row in comparison((sheet.selected, Selection(TOWNS, other)), "en", 100).rows}
    listed = passport(town, "en", 100).sections[LINES].rows
    for state in STATES:
        ends, title = ends_of_nearest(sheet, state), layer_spec(state).title["en"]
        cell = compared[f"{state}_km"]
        assert ends is not None
        assert cell.words.startswith(f"{distance(*ends, 'en')} km")
        assert (cell.low, cell.high) == (0.0 if sheet.unmeasured.get(state) else ends[0], ends[1])
        shown = rows[f"{title}: distance to the nearest"]
        told = nearest_in_words(sheet, state)
        assert shown == told if told else shown.startswith(f"{distance(*ends, 'en')} km")
        any_of = [row for row in listed if row[0].text == title and row[1].text == "the nearest, whichever it is"]
        assert bool(any_of) == bool(told and sheet.rivals.get(state))
        for row in any_of:
            assert row[2].text == told
            assert row[4].number == ends[1]


def test_what_is_not_measured_leaves_only_the_greatest_distance() -> None:
    sheet = site_sheet(Selection(TOWNS, "shakhtinsk"), "en", 50)
    ends = ends_of_nearest(sheet, "gas_construction")
    assert ends is not None
    assert nearest_in_words(sheet, "gas_construction") == f"at most {distance(ends[1], ends[1], 'en')} km"
    rows = {label: value for label, value, _ in line_rows(sheet)}
    (note,) = [value for label, value in rows.items() if "not measured" in label and "under construction" in label]
    assert "for Abai the reports give no project yet" in note
    far = {label: value for label, value, _ in line_rows(site_sheet(Selection(TOWNS, "balkhash"), "en", 50))}
    assert not any("for Abai the reports" in value for value in far.values())  # it names other towns


def test_a_plant_known_by_its_town_has_no_such_range() -> None:
    sheet = site_sheet(Selection(TOWNS, "ekibastuz"), "en", 50)
    assert ends_of_nearest(sheet, "plants") is None
    assert nearest_in_words(sheet, "plants") == ""
    assert any("Ekibastuz CHP" in value for _, value, _ in labour_rows(sheet))


@pytest.mark.parametrize(
    "town", ["aksai", "zhezkazgan", "karazhal", "aksu", "serebryansk", "zhanatas", "karatau", "arkalyk"]
)
def test_an_inferred_membership_says_so_and_cites_what_it_rests_on(town: str) -> None:
    made = passport(town, "en", 50)
    (value,) = [row[1] for row in made.sections[FACTS].rows if row[0].text == "On the 2024 list"]
    assert value.text.endswith("(reasoned, no source says it)")
    row = next(one for one in oracle.table("list_membership") if one["id"] == f"{town}-2024")
    assert list(value.sources) == row["sources"].split(";")


def test_a_sourced_membership_cites_the_sources_of_the_list() -> None:
    (value,) = [
        row[1] for row in passport("ridder", "en", 50).sections[FACTS].rows if row[0].text == "On the 2024 list"
    ]
    assert (value.text, value.sources) == ("yes", ("primeminister-2024-04-02",))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("town", ["balkhash", "temirtau", "ridder"])
def test_paper_counts_what_is_around_as_a_range_and_marks_what_may_be_outside(town: str, language: str) -> None:
    made = passport(town, language, 100)
    (section,) = [one for one in values(made, 40)["sections"] if one["title"] == made.sections["around"].title]
    assert say(language, "possibly_within", radius=100) in section["note"]
    told = " ".join(part["value"] for row in section["rows"] for part in row["parts"])
    for layer_id in ("deposits", "prospecting_areas", "plants"):
        for near in made.sheet.neighbours.get(layer_id, ()):
            marked = f"{near.relation.reach}{DOUBT}" in told.partition(near.name)[2]
            assert marked or not near.relation.doubt
    assert told.count(DOUBT) == sum(
        bool(near.relation.doubt) for layer_id in NEIGHBOURS for near in made.sheet.neighbours.get(layer_id, ())
    )
    (deposits,) = [row["label"] for row in section["rows"] if layer_spec("deposits").title[language] in row["label"]]
    count = made.sheet.counts["deposits"]
    assert (str(count.low) in deposits, str(count.high) in deposits) == (True, True)


def test_a_mothballed_line_through_a_town_is_in_its_passport_and_not_missed_elsewhere() -> None:
    near = passport("aksai", "en", 100).sheet.neighbours["gas_mothballed"]
    assert [one.name for one in near] == ["Soyuz (Orenburg-western border)"]
    (row,) = [row for row in passport("aksai", "en", 100).sections["around"].rows if "Soyuz" in row[1].text]
    assert row[3].number == 0
    assert not any("Mothballed" in row[0].text for row in passport("ridder", "en", 100).sections["around"].rows)


def test_from_a_zone_at_its_town_only_the_zone_s_own_place_is_unknown() -> None:
    sheet = site_sheet(Selection("industrial_zones", "talas-subzone"), "en", 50)
    (karatau,) = sheet.neighbours[TOWNS]
    assert karatau.relation.reach == "0.0 (0.0–2.0) km from the point of Karatau; the own position is not known"
    assert not any("position unknown" in one.relation.reach for one in sheet.neighbours["deposits"])
    back = site_sheet(Selection(TOWNS, "karatau"), "en", 50).neighbours["industrial_zones"]
    assert all(one.relation.reach == "position unknown" for one in back if one.id == "talas-subzone")


def test_a_verdict_with_gaps_speaks_of_what_is_known() -> None:
    known = [Cell("1", KNOWN, None, 1, 1), Cell("5", KNOWN, None, 5, 5)]
    code, words = verdict_of([*known, Cell(state=UNKNOWN)], ["a", "b", "c"], "en")
    assert (code, words) == (LEAST_MOST, "of those known, least: a; most: b; not known for 1")
    assert verdict_of(known, ["a", "b"], "en")[1] == "least: a; most: b"
    assert verdict_of([known[0], Cell(state=UNKNOWN)], ["a", "b"], "en")[0] == GAPS


def test_the_paper_of_a_site_counts_and_marks_what_is_only_possible() -> None:
    sheet = site_sheet(Selection("prospecting_areas", "upper-kairakty"), "ru", 50)
    told = {part["title"].partition(":")[0]: part for part in site_values(sheet)["around"]}
    count = sheet.counts["deposits"]
    assert count.low < count.high
    assert told["Месторождения"]["title"].endswith(f": наверняка {count.low}, возможно до {count.high}")
    doubtful = [near.name for near in sheet.neighbours["deposits"] if near.relation.doubt]
    marked = [row[0] for row in told["Месторождения"]["rows"] if row[1].endswith(DOUBT)]
    assert marked == [name for name in doubtful if name in {row[0] for row in told["Месторождения"]["rows"]}]


def test_the_accuracy_of_an_outline_of_blocks_says_why_it_is_larger_than_published() -> None:
    sheet = site_sheet(Selection("prospecting_areas", "tyuretai"), "en", 50)
    assert sheet.position.accuracy_km == pytest.approx(7.5, abs=0.1)
    assert sheet.position.words.endswith("the numbering of its blocks is inferred")


def test_the_shape_of_a_kind_of_count_is_the_same_for_every_town() -> None:
    drawn: dict[str, set[str]] = {}
    for town in EVERY_TOWN:
        for one in kind_key(passport(town, "en", 50)):
            drawn.setdefault(one["text"], set()).add(one["swatch"])
    assert len(drawn) == 3
    assert all(len(marks) == 1 for marks in drawn.values())


def test_the_sources_of_a_comparison_are_in_the_reader_s_words() -> None:
    table = source_table([site_sheet(Selection(TOWNS, "ridder"), "ru", 50)])
    assert "все права защищены, взяты только факты" in set(table["Лицензия"])
    assert "2 апреля 2024 г." in set(table["Дата"])
