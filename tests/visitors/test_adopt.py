"""A file's columns become the layer's: types that hold them, names of the visitor's own, rows in the file's order."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.facets import codes, facets
from layers.load import load
from layers.names import names_by_id
from layers.spec import LANGUAGES, layer_spec
from layers.visitors import store
from layers.visitors.whose import new_token, visiting
from tests.visitors.conftest import Take, geojson, point

HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def rows(*given: Mapping[str, Any]) -> str:
    return geojson(*((dict(one), point(70 + number / 10, 50)) for number, one in enumerate(given)))


def types(folder: Path) -> dict[str, str]:
    entry = json.loads((folder / store.ENTRY).read_text(encoding="utf-8"))
    return {column["name"]: column["type"] for column in entry["columns"]}


def parquet(**columns: Any) -> bytes:
    count = len(next(iter(columns.values())))
    shapes = gpd.points_from_xy(np.linspace(60, 70, count), [50.0] * count)
    out = io.BytesIO()
    gpd.GeoDataFrame(columns, geometry=shapes, crs="OGC:CRS84").to_parquet(out)
    return out.getvalue()


def test_each_column_has_the_type_that_holds_it(take: Take) -> None:
    token = new_token()
    given_values = {
        "whole": [1, -(2**62)],
        "part": [1.5, np.nan],
        "endless": [1.0, np.inf],
        "large": np.array([2**64 - 1, 0], "uint64"),
        "yes": [True, False],
        "day": pd.array(["2024-02-29", "1899-12-31"]).astype("date32[pyarrow]"),
        "words": ["а", ""],
    }
    folder = take(token, parquet(**given_values), "t.parquet")
    assert types(folder) == {
        "whole": "integer",
        "part": "number",
        "endless": "text",
        "large": "text",
        "yes": "flag",
        "day": "date",
        "words": "text",
    }
    with visiting(token):
        frame = load(folder.name).frame
    assert frame["whole"].tolist() == [1, -(2**62)]
    assert frame["large"].tolist() == [str(2**64 - 1), "0"]
    assert frame["endless"].tolist()[1].startswith("inf")
    assert [str(day)[:10] for day in frame["day"]] == ["2024-02-29", "1899-12-31"]


def test_a_column_that_cannot_be_held_is_kept_as_text(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag declared a date cannot be read as one, so all are text and every cell is there."""
    from layers.visitors import adopt

    monkeypatch.setattr(adopt, "_type", lambda kind: "date")
    token = new_token()
    folder = take(token, rows({"a": "чёрт", "b": 1}, {"a": "32.13.2024", "b": 2}), "t.geojson")
    assert set(types(folder).values()) == {"text"}
    with visiting(token):
        assert load(folder.name).frame["a"].tolist() == ["чёрт", "32.13.2024"]


def test_rows_keep_the_order_of_the_file(take: Take) -> None:
    token, count = new_token(), 3000
    mixed = [(number * 1873) % count for number in range(count)]
    data = geojson(*(({"n": number}, point(50 + (number % 37), 42 + (number % 13))) for number in mixed))
    folder = take(token, data, "t.geojson")
    with visiting(token):
        frame = load(folder.name).frame
    assert frame["n"].tolist() == mixed
    assert frame[layer_spec_key(folder, token)].tolist() == [str(number) for number in range(1, count + 1)]
    assert frame.geometry.x.tolist() == [50 + (number % 37) for number in mixed]


def layer_spec_key(folder: Path, token: str) -> str:
    with visiting(token):
        return layer_spec(folder.name).key


def test_two_thousand_columns_and_names_that_are_ours(take: Take) -> None:
    token = new_token()
    ours = ["row", "Row", "order", "shift_accuracy_km", "id", "lon", "sources", "left", "No.", "Точность сдвига датума"]
    head = [*ours, *(f"column {number}" for number in range(2000 - len(ours) - 2)), "x", "y"]
    cells = [f"{number}" for number in range(len(head) - 2)]
    folder = take(token, "\n".join(["\t".join(head), "\t".join([*cells, "70", "50"])]), "t.tsv")
    with visiting(token):
        made, spec = load(folder.name), layer_spec(folder.name)
        first = made.frame.iloc[0]
        read = {column: str(first[column]).removesuffix(".0") for column in made.frame.columns if column != "geometry"}
    kept = types(folder)
    assert len(kept) >= 1998
    assert spec.key not in kept
    assert {read[name] for name in kept} >= set(cells)
    for language in LANGUAGES:
        titles = [column.title[language] for column in spec.columns]
        assert len(titles) == len(set(titles)), [title for title in titles if titles.count(title) > 1]


@pytest.mark.parametrize("heading", ["name", "Название", "АТАУЫ", "Title"])
def test_a_column_of_names_names_the_rows(take: Take, heading: str) -> None:
    token = new_token()
    folder = take(token, rows({"n": 1, heading: "Жезқазған"}, {"n": 2, heading: ""}), "t.geojson")
    with visiting(token):
        named = names_by_id(folder.name)
    assert named["1"]["kk"] == "Жезқазған"
    assert len(named) == 2


def test_facets_are_text_columns_of_few_values_that_come_again(take: Take) -> None:
    token = new_token()
    told = [
        {
            "kind": "руда" if n % 2 else "уголь",
            "one": "same",
            "every": f"v{n}",
            "long": "x" * (61 + n % 2),
            "num": n % 2,
        }
        for n in range(8)
    ]
    folder = take(token, rows(*told), "t.geojson")
    assert json.loads((folder / store.ENTRY).read_text("utf-8"))["facets"] == ["kind"]
    with visiting(token):
        (mine,) = (facet for facet in facets().values() if facet.layer == folder.name)
        found = codes(mine.id, folder.name, 100)
        assert found is not None
        assert found.tolist() == ["уголь", "руда"] * 4
        assert codes(mine.id, "deposits", 100) is None
    assert folder.name not in {facet.layer for facet in facets().values()}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(HOSTILE, min_size=1, max_size=5, unique=True), cell=HOSTILE, title=HOSTILE)
def test_whatever_columns_cells_and_files_are_called_it_is_a_layer(
    take: Take, names: list[str], cell: str, title: str
) -> None:
    token = new_token()
    folder = take(token, rows(dict.fromkeys(names, cell), dict.fromkeys(names, "b")), f"{title}.geojson")
    with visiting(token):
        made = load(folder.name)
        assert len(made.frame) == 2
        assert len(layer_spec(folder.name).columns) >= len(names)
        assert names_by_id(folder.name)
    store.remove(folder)
