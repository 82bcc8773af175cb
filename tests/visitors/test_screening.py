"""A visitor's layer as candidates: screened for its owner, unknown to others, its texts never markup or formulas."""

from __future__ import annotations

import io

import numpy as np
import openpyxl
import pytest
from pyproj import Geod

from layers.load import load
from layers.query import from_query, of_others, to_query
from layers.relate import side_of_layer
from layers.screening import sheet
from layers.screening.candidates import candidates
from layers.screening.choice import Screening, needs_of_text
from layers.screening.desk import screened
from layers.screening.measures import measured
from layers.screening.notes import notes
from layers.screening.profiles import book
from layers.screening.words import rows
from layers.screening.workbook import workbook
from layers.view import View
from layers.visitors.whose import new_token, visiting
from tests.visitors.conftest import Take, geojson, point

GEOD = Geod(ellps="WGS84")
PLACES = {"=1+1": (70.0, 50.0), "{{7*7}} <b>": (76.0, 52.0), "#set page(width: 1pt)": (60.0, 45.0)}


def test_own_points_are_measured_ordered_and_written(take: Take) -> None:
    token = new_token()
    features = [({"name": name, "status": "operating"}, point(*at)) for name, at in PLACES.items()]
    folder = take(token, geojson(*features), "sites.geojson")
    with visiting(token):
        asked = Screening("gas_ready", folder.name, needs=needs_of_text("town:300:50000"))
        found = screened(asked, sure=False)
        assert len(found.every.ids) == len(PLACES)
        towns = load("towns").frame
        column = [part.criterion for part in found.parts_of].index("people")
        for place, at in enumerate(found.kept):
            here = side_of_layer(folder.name).geometry.iloc[at]
            away = [GEOD.inv(here.x, here.y, town.x, town.y)[2] for town in towns.geometry]
            near = min(away) <= 100_000  # further away nobody is counted on
            heads = towns["population"].iloc[int(np.argmin(away))] if near else None
            assert found.raw[column].best[place] == heads if near else np.isnan(found.raw[column].best[place])
        assert any("sites" in note for note in notes(found, "en"))
        told = openpyxl.load_workbook(io.BytesIO(workbook(found, "en", "/screening")))["values"]
        assert {cell.data_type for cell in told["B"]} == {"s"}
        assert {row.name for row in rows(found, "en")} <= set(PLACES)
        assert sheet.pdf(found, "en", "/screening").startswith(b"%PDF-")


def test_an_accuracy_that_nobody_told_is_not_taken_for_exact(take: Take) -> None:
    token = new_token()
    folder = take(token, geojson(*(({"name": str(n)}, point(70 + n, 50)) for n in range(3))), "points.geojson")
    asked = Screening("exploration_upside", folder.name, needs=needs_of_text("accuracy:0"))
    with visiting(token):
        assert screened(asked, sure=True).ids == []
        found = screened(asked, sure=False)
        assert found.sieve.doubtful.all()
        column = [part.criterion for part in found.parts_of].index("accuracy")
        assert np.isnan(found.raw[column].best).all()
        assert (found.parts[:, column] == 0).all()


def test_an_area_that_no_cell_states_is_that_of_the_outline(take: Take) -> None:
    token = new_token()
    box = {"type": "Polygon", "coordinates": [[[70, 50], [70.1, 50], [70.1, 50.1], [70, 50.1], [70, 50]]]}
    rows = [({"name": "stated", "area_ha": 5000.0}, box), ({"name": "empty", "area_ha": None}, box)]
    folder = take(token, geojson(*rows), "areas.geojson")
    with visiting(token):
        area = measured(book().criteria["area"], candidates(folder.name), ())
        lons, lats = zip(*box["coordinates"][0], strict=True)  # type: ignore[misc]
        outlined = abs(GEOD.polygon_area_perimeter(lons, lats)[0]) / 1e6
        assert area.best == pytest.approx([outlined] * 2, rel=1e-3)


def test_a_state_of_a_visitor_s_own_words_is_no_state_of_ours(take: Take) -> None:
    token = new_token()
    folder = take(token, geojson(({"name": "a", "status": "operating"}, point(70, 50))), "sites.geojson")
    with visiting(token):
        found = screened(Screening("heavy_industry", folder.name), sure=False)
        column = [part.criterion for part in found.parts_of].index("status")
        assert np.isnan(found.raw[column].best).all()


@pytest.mark.parametrize("stranger", [new_token(), ""], ids=["another", "nobody"])
def test_nobody_else_screens_it_and_their_link_keeps_the_rest(take: Take, stranger: str) -> None:
    token = new_token()
    folder = take(token, geojson(({"name": "a"}, point(70, 50))), "sites.geojson")
    with visiting(token):
        query = to_query(View(screening=Screening("gas_ready", folder.name)))
        assert from_query(query)[0].screening.source == folder.name
    with visiting(stranger):
        assert of_others(query)
        assert from_query(query) == (View(screening=Screening("gas_ready")), ())
