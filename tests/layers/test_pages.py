"""What a reader finds: every programme figure, every feature in every language, every row without a place."""

from __future__ import annotations

import csv
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from layers.details import Details, cited, details, sources
from layers.errors import UnknownNameError
from layers.overview import at_town, national, people_reach, place_unknown, placed_counts
from layers.relate import layer
from layers.related import Relation
from layers.spec import LANGUAGES, ROOT, catalogue

GEOD = Geod(ellps="WGS84")
LEGEND = tuple(spec.id for spec in catalogue().values() if spec.legend)
BADGED = tuple(name for name in LEGEND if (place := layer(name).spec.geometry) and place.town)
NOTHING = re.compile(r"\bnan\b|<NA>|\bNone\b|\bNaT\b")

national_in = cache(national)

with (ROOT / "data" / "programme.csv").open(encoding="utf-8", newline="") as file:
    PROGRAMME = [(row["id"], row["town_id"]) for row in csv.DictReader(file)]


@cache
def page(layer_id: str, key: str, language: str = "en", radius: int = 100) -> Details:
    """Details, worked out once for all tests that read them."""
    return details(layer_id, key, language, radius)


def related(layer_id: str, key: str, radius: int) -> list[Relation]:
    """All that a page names as nearby."""
    return [row for found in page(layer_id, key, "en", radius).relations.values() for row in found.rows]


@pytest.mark.parametrize(("figure", "town"), PROGRAMME)
def test_each_programme_figure_stands_on_its_towns_page_or_on_the_countrys(figure: str, town: str) -> None:
    found = page("towns", town, "en").entries if town else national_in("en")
    assert figure in [entry.id for entry in found["programme"]]


def test_the_countrys_page_tells_nothing_that_belongs_to_a_town() -> None:
    of_towns = {figure for figure, town in PROGRAMME if town}
    assert not of_towns & {entry.id for entry in national("en")["programme"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_programme_figure_shows_its_value_and_names_its_sources(language: str) -> None:
    entries = {entry.id: entry for entry in national(language)["programme"]}
    values = {fact.column: fact.value for fact in entries["P002"].facts}
    people = {"kk": "1\u202f300\u202f000 адам", "ru": "1\u202f300\u202f000 человек", "en": "1,300,000 people"}
    assert values["value_number"] == people[language]
    assert values["value"] == ""  # the published text says no more than the number
    assert entries["P002"].sources == ("primeminister-2024-04-02",)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layer_id", LEGEND)
def test_every_feature_of_every_legend_layer_tells_its_facts_in_words(layer_id: str, language: str) -> None:
    known = {*layer("sources").frame["id"]}
    for key in layer(layer_id).frame["id"]:
        found = page(layer_id, key, language)
        assert found.name, key
        nearby = [(r.name, r.reach) for related in found.relations.values() for r in related.rows]
        entries = [fact for rows in found.entries.values() for entry in rows for fact in entry.facts]
        facts = [*found.facts, *found.more, *entries]
        assert all(fact.label for fact in facts), key
        assert all(name and reach for name, reach in nearby), key
        words = [found.name, *found.other_names, *(text for pair in nearby for text in pair)]
        for text in [*words, *(fact.value for fact in facts if not fact.source_text)]:
            assert not NOTHING.search(text), (key, text)
        assert {*cited(found)} <= known
        assert cited(found), key


@pytest.mark.parametrize("layer_id", LEGEND)
def test_every_fact_that_is_stated_has_a_source(layer_id: str) -> None:
    for key in layer(layer_id).frame["id"]:
        found = page(layer_id, key, "en")
        assert all(fact.sources for fact in (*found.facts, *found.more) if fact.value), key


def test_a_facet_names_its_own_sources_and_not_the_rows() -> None:
    facts = {fact.column: fact.sources for fact in details("towns", "stepnogorsk", "en", 100).facts}
    assert facts["population"] == ("wikipedia-fr-stepnogorsk",)
    assert facts["enterprises"] == ("kt-1377968594",)


def test_a_name_stands_in_the_language_with_the_others_beside_it() -> None:
    assert [details("towns", "kulsary", language, 100).name for language in ("kk", "ru", "en")] == [
        "Құлсары",
        "Кульсары",
        "Kulsary",
    ]
    assert {*details("towns", "kulsary", "ru", 100).other_names} == {"Құлсары", "Kulsary"}


@pytest.mark.parametrize("layer_id", [*LEGEND, "programme"])
def test_an_unknown_id_is_a_sentence(layer_id: str) -> None:
    with pytest.raises(UnknownNameError, match=f"no feature in {layer_id} 'zone_2'"):
        details(layer_id, "zone_2", "en", 100)
    with pytest.raises(UnknownNameError, match="no layer 'atlantis'"):
        details("atlantis", "x", "en", 100)


@pytest.mark.parametrize("radius", [10, 100, 200])
def test_what_is_nearby_may_lie_within_the_radius_or_is_the_only_one(radius: int) -> None:
    """Of deposits without an accuracy those whose published point lies within the radius; the others by their range."""
    rows = layer("town_deposits").frame
    loose = layer("deposits").frame.query("accuracy_km != accuracy_km")
    for town in layer("towns").frame["id"]:
        mine = rows[rows["left"] == town]
        inside = {*mine["right"][mine["distance_min_km"] <= radius]}
        found = {r.id for r in related("towns", town, radius) if r.layer == "deposits"}
        at = layer("towns").row(town)["geometry"]  # type: ignore[index]
        km = GEOD.inv([at.x] * len(loose), [at.y] * len(loose), loose.geometry.x, loose.geometry.y)[2] / 1000
        assert found == (inside or {mine.iloc[0]["right"]}) | set(loose["id"][km <= radius]), town


@pytest.mark.parametrize("layer_id", ["deposits", "prospecting_areas"])
def test_towns_that_may_be_within_the_radius_are_named_or_else_the_nearest_however_far(layer_id: str) -> None:
    """By force from every point with an accuracy; some lie more than 200 km from any town."""
    towns = layer("towns").frame
    made = layer(layer_id)
    for row in made.frame[made.measurable].itertuples():
        if row.geometry.geom_type != "Point":
            continue
        many = np.full(len(towns), row.geometry.x), np.full(len(towns), row.geometry.y)
        km = pd.Series(GEOD.inv(*many, towns.geometry.x, towns.geometry.y)[2], index=towns["id"]) / 1000
        found = {r.id for r in related(layer_id, row.id, 100) if r.layer == "towns"}
        least = km - row.accuracy_km - towns["accuracy_km"].to_numpy()
        assert found == ({*km.index[least <= 100]} or {km.idxmin()}), row.id


def test_a_zone_at_balkhash_has_no_distance_but_says_where_it_is_shown() -> None:
    reach = {r.id: r.reach for r in related("towns", "balkhash", 10) if r.layer == "industrial_zones"}
    assert reach == dict.fromkeys(("balkhash-iz", "balkhash-small-iz"), "position unknown")


def test_a_zone_at_another_town_names_that_town() -> None:
    reach = {r.id: r.reach for r in related("towns", "temirtau", 100) if r.layer == "industrial_zones"}
    assert reach["saran-iz"] == "position unknown; 29 km to its town Saran"


@pytest.mark.parametrize("layer_id", BADGED)
def test_each_row_without_a_position_is_at_its_town_or_under_place_unknown_and_never_both(layer_id: str) -> None:
    made = layer(layer_id)
    assert made.spec.geometry is not None
    unknown = {row.id for row in place_unknown(layer_id)}
    shown = {row.id: town for town in layer("towns").frame["id"] for row in at_town(layer_id, town)}
    towns = dict(zip(made.frame["id"], made.frame[made.spec.geometry.town], strict=True))
    assert unknown | {*shown} == {*made.frame["id"][~made.located]}
    assert not unknown & {*shown}
    assert shown == {key: towns[key] for key in shown}
    assert all(not towns[key] for key in unknown)


def test_one_zone_and_18_areas_have_neither_place_nor_town() -> None:
    assert len(place_unknown("industrial_zones")) == 1
    assert len(place_unknown("prospecting_areas")) == 18


@pytest.mark.parametrize("layer_id", LEGEND)
def test_the_counts_of_the_legend_add_up(layer_id: str) -> None:
    made = layer(layer_id)
    placed, not_placed = placed_counts(layer_id)
    assert (placed, placed + not_placed) == (int(made.frame.geometry.notna().sum()), len(made.frame))
    shown = sum(len(at_town(layer_id, town)) for town in layer("towns").frame["id"]) if layer_id in BADGED else 0
    assert not_placed == shown + len(place_unknown(layer_id))


def test_people_within_reach_are_told_for_areas_and_gas_lines_and_nothing_else() -> None:
    told = {layer_id for layer_id in LEGEND if people_reach(layer_id, 100) is not None}
    assert told == {"prospecting_areas", "gas_operating", "gas_construction", "gas_planned"}
    row = people_reach("prospecting_areas", 50)
    assert row is not None
    assert row["radius_km"] == 50


def test_sources_come_in_the_order_asked_for() -> None:
    asked = ("wri-gppd-1.3.0", "geonames")
    assert tuple(source.id for source in sources(asked)) == asked
