"""The small map of a screening, and blocks as candidates."""

from __future__ import annotations

import numpy as np
import pytest

from layers.linked import TOWNS
from layers.names import names_by_id
from layers.relate import layer
from layers.screening.choice import Screening
from layers.screening.desk import screened
from layers.screening.mapped import MARKED, drawn, first, marked
from layers.spec import LANGUAGES
from layers.view import Selection


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_towns_are_ringed_and_named(language: str) -> None:
    found = screened(Screening(source=TOWNS), sure=False)
    first = [found.ids[place] for place in found.order[:MARKED]]
    assert marked(found) == tuple(Selection(TOWNS, key) for key in first)
    picture = drawn(found, language)
    assert picture.count('r="9.00"') == MARKED
    assert names_by_id(TOWNS)[first[0]][language] in picture


def test_zones_are_marked_at_their_towns_and_what_has_no_place_is_not() -> None:
    found = screened(Screening(source="industrial_zones"), sure=False)
    towns = dict(zip(found.every.ids, found.every.side.via, strict=True))
    ordered = [towns[found.ids[place]] for place in found.order]
    expected = dict.fromkeys([town for town in ordered if town][:MARKED])
    assert len(first(found)) == MARKED > len(expected)
    assert marked(found) == tuple(Selection(TOWNS, town) for town in expected)


def test_licence_blocks_are_candidates_at_their_own_places_and_areas() -> None:
    found = screened(Screening("heavy_industry", "licence_blocks"), sure=False)
    assert set(found.ids) == set(layer("licence_blocks").frame["id"])
    assert not found.every.via_town.any()
    assert all(one.layer == "licence_blocks" for one in marked(found))
    area = [one.measure for one in found.criteria].index("area")
    assert (
        (found.raw[area].best > 1.9) & (found.raw[area].best < 2.7)
    ).all()  # a minute by a minute at 43 to 53 degrees
    assert np.array_equal(found.raw[area].low, found.raw[area].high)
