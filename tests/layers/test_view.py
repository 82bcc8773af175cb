"""The screen's state and its URL are the same thing."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from layers.spec import LANGUAGES, catalogue
from layers.query import MAXIMUM_ID, from_query, to_query
from layers.view import Position, Selection, View, same_place

PLACED = tuple(s.id for s in catalogue().values() if s.geometry or s.operation == "filter")
LEGEND = tuple(spec.id for spec in catalogue().values() if spec.legend)
HOSTILE = [
    "{{7*191}}",
    "{% raw %}",
    "{#5",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "${1}",
    "`",
    "a/b/c",
    "a&r=10",
    "a=b#c",
    "%2F%00",
    "a,b;c",
    "\u2028",
    "\x00",
    "🙂",
    " ",
    "badge:balkhash",
]

positions = st.builds(
    Position,
    st.integers(-900_000, 900_000).map(lambda n: n / 10_000),
    st.integers(-1_800_000, 1_800_000).map(lambda n: n / 10_000),
    st.integers(8, 72).map(lambda n: n / 4),
)
views = st.builds(
    View,
    language=st.sampled_from(LANGUAGES),
    layers=st.none() | st.sets(st.sampled_from(LEGEND)).map(lambda ids: tuple(i for i in LEGEND if i in ids)),
    selected=st.none() | st.builds(Selection, st.sampled_from(PLACED), st.text(min_size=1, max_size=MAXIMUM_ID)),
    radius_km=st.integers(1, 20).map(lambda n: n * 10),
    position=st.none() | positions,
)


@given(views)
def test_a_view_comes_back_from_its_url_unchanged(view: View) -> None:
    assert from_query(to_query(view)) == (view, ())


@given(views)
def test_a_view_survives_the_encoding_of_an_address_bar(view: View) -> None:
    encoded = urlencode(to_query(view))
    decoded = {name: values[0] for name, values in parse_qs(encoded, keep_blank_values=True).items()}
    assert from_query(decoded) == (view, ())


@pytest.mark.parametrize("key", HOSTILE)
def test_a_hostile_id_survives(key: str) -> None:
    view = View(selected=Selection("towns", key))
    assert from_query(to_query(view)) == (view, ())


def test_no_parameters_are_the_first_visit() -> None:
    view, broken = from_query({})
    assert (view, broken) == (View(), ())
    assert view.visible == tuple(spec.id for spec in catalogue().values() if spec.legend and spec.shown)


def test_no_layers_at_all_is_not_the_first_visit() -> None:
    assert from_query({"layers": ""})[0].visible == ()


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ("lang", "de"),
        ("lang", ""),
        ("layers", "towns,atlantis"),
        ("layers", "population"),
        ("sel", "towns"),
        ("sel", "towns/"),
        ("sel", "atlantis/x"),
        ("sel", "towns/" + "x" * (MAXIMUM_ID + 1)),
        ("r", "wide"),
        ("r", "15"),
        ("r", "0"),
        ("r", "210"),
        ("r", "1e2"),
        ("at", "50,60"),
        ("at", "50,60,5,1"),
        ("at", "north,60,5"),
        ("at", "nan,60,5"),
        ("at", "50,inf,5"),
        ("at", "91,60,5"),
        ("at", "50,181,5"),
        ("at", "50,60,1"),
        ("at", "50,60,99"),
    ],
)
def test_a_broken_parameter_is_named_and_the_others_still_count(parameter: str, text: str) -> None:
    good = to_query(View("ru", ("towns",), Selection("towns", "abai"), 50, Position(50, 60, 6)))
    view, broken = from_query(good | {parameter: text})
    assert broken == (parameter,)
    without = {name: value for name, value in good.items() if name != parameter}
    assert view == from_query(without)[0]


@given(st.dictionaries(st.sampled_from(["lang", "layers", "sel", "r", "at"]), st.text(max_size=40)))
def test_no_parameters_at_all_can_raise_and_what_is_understood_is_stable(query: dict[str, str]) -> None:
    view, broken = from_query(query)
    assert set(broken) <= set(query)
    assert from_query(to_query(view)) == (view, ())


def test_parameters_of_others_are_left_alone() -> None:
    assert from_query({"utm_source": "x", "embed": "true"}) == (View(), ())


def test_layers_come_in_legend_order_and_once_whatever_the_url_says() -> None:
    first, second = LEGEND[:2]
    assert from_query({"layers": f"{second},{first},{second}"})[0].layers == (first, second)


@given(positions, st.floats(-0.9, 0.9))
def test_a_centre_less_than_a_pixel_off_is_the_same_place(at: Position, pixels: float) -> None:
    pixel = 360 / (256 * 2**at.zoom)
    assert same_place(at, Position(at.lat, at.lon + pixels * pixel, at.zoom))


@given(positions)
def test_a_centre_ten_pixels_off_or_another_zoom_is_another_place(at: Position) -> None:
    pixel = 360 / (256 * 2**at.zoom)
    assume(abs(at.lon) + 10 * pixel < 180)
    assert not same_place(at, Position(at.lat, at.lon + 10 * pixel, at.zoom))
    assert not same_place(at, Position(at.lat, at.lon, at.zoom + 0.25))
    assert not same_place(at, None)
