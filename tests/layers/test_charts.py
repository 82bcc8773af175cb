"""Charts: the language's numbers, the map's palette, and the same drawing on paper."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import altair as alt
import pandas as pd
import pytest

from layers import charts
from layers.text import number

ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize("letter", ["\x00", "\x01", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_a_letter_that_xml_forbids_does_not_end_the_process(letter: str) -> None:
    """In a process of its own: without the guard the library aborts the one that calls it."""
    code = (
        "import altair as alt; from layers import charts\n"
        f"name = 'a' + {letter!a} + 'b<&>'\n"
        "rows = alt.InlineData(values=[{'name': name, 'x': 1}])\n"
        "drawn = charts.svg(charts.themed(alt.Chart(rows).mark_point().encode(y='name:N', x='x:Q'), 'en'))\n"
        "assert 'ab&lt;&amp;&gt;' in drawn, drawn"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_cut_label_halves_no_letter() -> None:
    rows = alt.InlineData(values=[{"name": "\U0001f600" * 60, "x": 1}])
    drawn = charts.svg(charts.themed(alt.Chart(rows).mark_point().encode(y="name:N", x="x:Q"), "en"))
    assert "\u25a1" in drawn


def test_values_keep_their_colours_in_their_order() -> None:
    scale = charts.scale_of(["a", "b"])
    assert (scale.domain, scale.range) == (["a", "b"], list(charts.CATEGORIES[:2]))
    assert charts.colour("gas") == "#c24e00"
