"""A picture says beside the map what it shows: title, filters, date, sources, credits and counts of rows."""

from __future__ import annotations

from collections import Counter

import pytest

from layers.about import about
from layers.backgrounds import BACKGROUNDS, TILES
from layers.picture import MOST_PUBLISHERS, picture
from layers.spec import LANGUAGES
from layers.view import QUIET, Selection, View
from tests.layers import oracle

GOLD = View(layers=("deposits", "towns", "plants"), facets=(("commodity", ("gold",)),), text="карагандинская")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_legend_of_a_picture_has_the_visible_layers_from_the_top_with_the_rows_that_are_left(language: str) -> None:
    view = View(language=language, layers=GOLD.layers, facets=GOLD.facets, text=GOLD.text)
    found = picture(view, "/atlas")["legend"]
    assert [row["count"] for row in found] == [str(len(oracle.ids(view, one))) for one in view.visible]
    assert len({row["title"] for row in found}) == 3
    assert all(row["swatch"].startswith("/atlas/api/swatch/") for row in found)
    assert picture(View(language=language, layers=()), "")["legend"] == []


@pytest.mark.parametrize(
    ("language", "filters", "nothing"),
    [
        ("en", "Commodity: gold; Text: карагандинская", "roads"),
        ("ru", "Полезное ископаемое: золото; Текст: карагандинская", "дорог"),
        ("kk", "Пайдалы қазба: алтын; Мәтін: карагандинская", "жол"),
    ],
)
def test_its_lines_name_filters_date_sources_credits_and_what_is_not_there(
    language: str, filters: str, nothing: str
) -> None:
    view = View(language=language, layers=GOLD.layers, facets=GOLD.facets, text=GOLD.text)
    made = picture(view, "")
    assert made["lines"][0] == filters
    assert str(about().as_of.year) in made["lines"][1]
    assert [credit.short for credit in about().credits if credit.short not in made["lines"][-2]] == []
    assert nothing in made["lines"][-1].lower()
    assert made["date"] == about().as_of.isoformat()
    assert filters not in picture(View(language=language), "")["lines"]


def test_its_sources_are_the_publishers_of_the_rows_that_are_left_the_most_used_first() -> None:
    publishers = {row["id"]: row["publisher"] or row["title"] for row in oracle.table("sources")}
    counts = Counter[str]()
    for layer_id in GOLD.visible:
        kept = {*oracle.ids(GOLD, layer_id)}
        for row in oracle.rows(layer_id):
            counts.update(publishers[one] for one in oracle.parts(row["sources"]) if row["id"] in kept)
    line = next(line for line in picture(GOLD, "")["lines"] if line.startswith("Sources: "))
    told = line.removeprefix("Sources: ").partition(" and ")[0]
    assert counts[max(counts, key=lambda one: counts[one])] == counts[told.split(", ")[0]]
    named = [one for one in counts if one in told]
    assert len(named) >= min(len(counts), MOST_PUBLISHERS)
    least = min(counts[one] for one in named)
    assert all(counts[one] <= least for one in counts if one not in told)
    assert (f" and {len(counts) - MOST_PUBLISHERS} more" in line) == (len(counts) > MOST_PUBLISHERS)


@pytest.mark.parametrize(
    ("selected", "title"),
    [
        (None, "Monotown atlas"),
        (Selection("towns", "balkhash"), "Monotown atlas: Balkhash"),
        (Selection("industrial_zones", "badge:balkhash"), "Monotown atlas: Balkhash"),
        (Selection("place", "48.1,67.2"), "Monotown atlas: 48.1,67.2"),
        (Selection("towns", "zone_2"), "Monotown atlas"),
    ],
)
def test_its_title_names_what_is_selected(selected: Selection | None, title: str) -> None:
    assert picture(View(selected=selected), "")["title"] == title


def test_only_the_background_of_the_atlas_needs_no_network_and_the_others_name_whom_they_credit() -> None:
    assert BACKGROUNDS[0] == QUIET == View().background
    assert QUIET not in TILES
    assert {*BACKGROUNDS} == {QUIET, "street", "satellite"}
    for tiles in TILES.values():
        assert tiles.url.startswith("https://")
        assert all(part in tiles.url for part in ("{x}", "{y}", "{z}"))
        assert tiles.attribution
        assert 10 <= tiles.max_zoom <= 20
    assert "OpenStreetMap" in TILES["street"].attribution
