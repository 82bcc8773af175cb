"""Charts: the language's numbers, the map's palette, and the same drawing on paper."""

from __future__ import annotations

import altair as alt
import pandas as pd
import pytest

from layers import charts
from layers.text import number


def sample() -> alt.Chart:
    rows = pd.DataFrame(
        {"year": [1999, 2009, 2023], "people": [1068500, 903000, 945510], "scope": ["қала", "қала", "ә"]}
    )
    return alt.Chart(rows, width=260, height=160).mark_point().encode(x="year:O", y="people:Q", color="scope:N")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_numbers_are_written_as_the_language_writes_them(language: str) -> None:
    drawn = charts.svg(charts.themed(sample(), language))
    assert f">{number(1_000_000, language)}<" in drawn


def test_it_is_drawn_in_the_palette_and_named_in_kazakh() -> None:
    drawn = charts.svg(charts.themed(sample(), "kk"))
    assert ">қала<" in drawn
    assert {one.lower() for one in charts.CATEGORIES[:2]} <= {part.lower() for part in drawn.replace('"', " ").split()}


def test_values_keep_their_colours_in_their_order() -> None:
    scale = charts.scale_of(["a", "b"])
    assert (scale.domain, scale.range) == (["a", "b"], list(charts.CATEGORIES[:2]))
    assert charts.colour("gas") == "#c24e00"
