"""The printed map: what stands where, in which pattern, and that names cover neither each other nor the edge."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.distance import pairwise_km
from layers.paper.extent import MM, Frame, around, over
from layers.paper.lettering import Board, Label
from layers.paper.sketch import GAS_DASHES, legend, located_in, map_svg
from layers.relate import layer
from layers.view import Selection
from tests.conftest import Extra

SVG = "{http://www.w3.org/2000/svg}"


def elements(drawn: str, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(drawn).iter(f"{SVG}{tag}"))


def texts(drawn: str) -> set[str]:
    return {one.text or "" for one in elements(drawn, "text")}


def place(town: str) -> tuple[float, float]:
    shape = layer("towns").row(town)["geometry"]
    return shape.x, shape.y


def test_the_marked_town_is_in_the_middle_ringed_and_named_in_the_language() -> None:
    frame = around(*place("ridder"), 100)
    for language, name in (("kk", "Риддер"), ("ru", "Риддер"), ("en", "Ridder")):
        drawn = map_svg(frame, ["towns"], language, [Selection("towns", "ridder")])
        assert name in texts(drawn)
        ring = next(one for one in elements(drawn, "circle") if one.get("r") == "9.00")
        assert float(ring.get("cx", "0")) == pytest.approx(frame.width / 2, abs=0.01)
        assert float(ring.get("cy", "0")) == pytest.approx(frame.height / 2, abs=0.01)


def test_a_radius_is_drawn_to_scale_and_what_it_holds_lies_inside() -> None:
    lon, lat = place("balkhash")
    frame = around(lon, lat, 150, 90, 70)
    drawn = map_svg(frame, ["towns"], "en", radius_km=150)
    circle = next(one for one in elements(drawn, "circle") if one.get("stroke-dasharray") == "4 3")
    assert float(circle.get("r", "0")) == pytest.approx(150 * frame.points_per_km, abs=0.01)
    assert 2 * float(circle.get("r", "0")) <= min(frame.width, frame.height) == pytest.approx(70 * MM)


def test_the_legend_counts_what_the_frame_shows() -> None:
    frame = around(*place("temirtau"), 60)
    shown = set(located_in(frame, "towns"))
    assert {"temirtau", "shakhtinsk", "abai", "saran"} <= shown
    assert "ridder" not in shown
    told = legend(frame, ["towns", "gas_mothballed"], "en")
    assert [one["text"] for one in told] == [f"Single-industry towns: {len(shown)}"]
    assert told[0]["swatch"].startswith("<svg")


def test_the_legend_says_of_how_many_the_place_is_too_uncertain_for_any_distance() -> None:
    frame = around(*place("kulsary"), 100)
    rows = layer("deposits").frame.set_index("id").loc[list(located_in(frame, "deposits"))]
    (told,) = legend(frame, ["deposits"], "en")
    assert 0 < rows["accuracy_km"].isna().sum() == len(rows)
    assert told["text"] == f"Deposits: {len(rows)}, of them not measured, since no accuracy is published: {len(rows)}"


def test_status_is_a_pattern_and_not_a_colour_alone() -> None:
    everywhere = [(geometry.x, geometry.y) for geometry in layer("towns").frame.geometry]
    patterns = set()
    for layer_id in ("gas_operating", "gas_construction", "gas_planned"):
        drawn = map_svg(over(everywhere, 180, 100), [layer_id], "en")
        patterns.add(
            next(one.get("stroke-dasharray") for one in elements(drawn, "path") if one.get("stroke") == "#c24e00")
        )
    assert patterns == {"none", GAS_DASHES["construction"], GAS_DASHES["planned"]}


def test_what_has_no_place_is_not_drawn() -> None:
    everywhere = over([place("ridder"), place("aksai")])
    drawn = set(located_in(everywhere, "industrial_zones"))
    made = layer("industrial_zones")
    assert drawn <= set(made.frame.loc[made.located, made.spec.key])


def test_over_holds_every_position() -> None:
    spots = [place("aksai"), place("ridder"), place("kentau")]
    frame = over(spots)
    assert {"aksai", "ridder", "kentau"} <= set(located_in(frame, "towns"))
    with pytest.raises(ValueError, match="no position"):
        over([])


def test_hostile_names_stay_text(extra: Extra) -> None:
    bad = '<script>alert(1)</script>"&{{7*7}}'
    extra.layer("hostile", f"id,lon,lat\n'{bad}',70,50\n".replace("'", ""))
    drawn = map_svg(Frame(70, 50, 50), ["hostile"], "en", [Selection("hostile", bad.replace('"', ""))])
    assert not elements(drawn, "script")


LABELS = st.lists(
    st.builds(Label, st.text("абвгд", min_size=1, max_size=9), st.floats(0, 220), st.floats(0, 160), st.just(7.0)),
    max_size=25,
)


@given(LABELS)
def test_names_overlap_neither_each_other_nor_the_edge(labels: list[Label]) -> None:
    board = Board(220, 160, [(0, 140, 60, 160)])
    shown = list(board.placed(labels))
    boxes = [(x, y + 7 * 0.24 - 7 * 1.15, x + label.width, y + 7 * 0.24) for label, x, y in shown]
    assert all(left >= 0 and top >= 0 and right <= 220 and foot <= 160 for left, top, right, foot in boxes)
    assert not list(_meeting([*boxes, (0, 140, 60, 160)]))


def _meeting(boxes: list[tuple[float, float, float, float]]) -> Iterator[object]:
    for one, other in combinations(boxes, 2):
        wide = min(one[2], other[2]) - max(one[0], other[0])
        high = min(one[3], other[3]) - max(one[1], other[1])
        if wide > 1e-6 and high > 1e-6:
            yield one, other


def test_a_name_longer_than_most_of_the_map_is_cut_at_a_word_and_stays_in_the_frame() -> None:
    name = "Temirtau CHP-2 (Qarmet; Karaganda TPS-2 in the database)"
    (label, x, _), (short, _, _) = Board(220, 160).placed(
        [Label(name, 110, 80, 8.5, first=True), Label("Abai", 30, 30, 7.0)]
    )
    assert label.text == "Temirtau CHP-2\u2026"
    assert 0 <= x <= 220 - label.width
    assert short.text == "Abai"


def test_the_frame_is_as_wide_as_it_says() -> None:
    frame = Frame(*place("balkhash"), half_width_km=200)
    north_of_it = pairwise_km(
        [layer("towns").row("balkhash")["geometry"]], [layer("towns").row("karazhal")["geometry"]]
    )
    assert ("karazhal" in set(located_in(frame, "towns"))) == (float(north_of_it[0]) < 200)
