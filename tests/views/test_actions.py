"""What a reader does changes the view as asked; what a browser makes up changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from layers.block_choice import NO_SOURCE, BlockSource, CoverRule
from layers.query import from_query, to_query
from layers.view import Area, Selection, View
from views import actions

Run = Callable[..., View | None]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run an action on a view; the view that was written, or None when nothing was."""

    def once(view: View, **act: Any) -> View | None:
        written: list[View] = []
        monkeypatch.setattr(actions, "current", lambda: view)
        monkeypatch.setattr(actions, "write", written.append)
        monkeypatch.setattr(actions, "resume", lambda: False)
        monkeypatch.setattr(actions, "ask_to_show", lambda view, go: None)
        actions.run(act)
        return written[0] if written else None

    return once


TWO = View(layers=("towns", "plants"))


@pytest.mark.parametrize(
    ("act", "layers"),
    [
        ({"do": "toggle", "id": "plants"}, ("towns",)),
        ({"do": "toggle", "id": "deposits"}, ("towns", "plants", "deposits")),
        ({"do": "move", "id": "plants", "by": -1}, ("plants", "towns")),
        ({"do": "move", "id": "towns", "by": -1}, ("towns", "plants")),
        ({"do": "group", "id": "geology", "on": True}, ("towns", "plants", "prospecting_areas", "deposits")),
        ({"do": "group", "id": "towns", "on": False}, ("plants",)),
        ({"do": "select", "layer": "deposits", "id": "kounrad"}, ("towns", "plants", "deposits")),
    ],
)
def test_layers_come_go_and_move(run: Run, act: dict[str, Any], layers: tuple[str, ...]) -> None:
    done = run(TWO, **act)
    assert done is not None
    assert done.layers == layers


def test_a_role_sets_layers_and_table_and_leaves_the_readers_own_choices(run: Run) -> None:
    own = {"selected": Selection("towns", "ridder"), "radius_km": 50, "text": "au"}
    before = View(layers=("towns",), opacity=(("towns", 40),), table="towns", **own)  # type: ignore[arg-type]
    done = run(before, do="role", id="geologist")
    assert done == View(role="geologist", **own)  # type: ignore[arg-type]
    again = replace(before, role="geologist")
    assert run(again, do="role", id="geologist") == again, "the role that is set already sets nothing"


def test_codes_of_a_facet_are_added_and_taken_away(run: Run) -> None:
    one = run(View(), do="facet", facet="commodity", code="copper", on=True)
    assert one is not None
    assert one.facets == (("commodity", ("copper",)),)
    two = run(one, do="facet", facet="commodity", code="gold", on=True)
    assert two is not None
    assert two.facets == (("commodity", ("copper", "gold")),)
    assert run(one, do="facet", facet="commodity", code="copper", on=False) == View()


def test_the_radius_counts_only_what_is_sure_or_also_what_may_be(run: Run) -> None:
    sure = run(View(radius_km=50), do="sure", on=True)
    assert sure == View(radius_km=50, sure=True)
    assert run(View(sure=True, radius_km=50), do="sure", on=False) == View(radius_km=50)


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ("commodity", View(text="a", area=Area("radius"))),
        ("q", View(facets=(("commodity", ("copper",)),), area=Area("radius"))),
        ("in", View(facets=(("commodity", ("copper",)),), text="a")),
        ("all", View()),
    ],
)
def test_clearing_takes_away_what_was_named(run: Run, what: str, left: View) -> None:
    before = View(facets=(("commodity", ("copper",)),), text="a", area=Area("radius"))
    assert run(before, do="clear", what=what) == left


@pytest.mark.parametrize(
    "act",
    [
        {},
        {"do": "format_disk"},
        {"do": "toggle"},
        {"do": "toggle", "id": "atlantis"},
        {"do": "toggle", "id": "sources"},
        {"do": "move", "id": "deposits", "by": 1},
        {"do": "opacity", "id": "towns", "percent": "much"},
        {"do": "opacity", "id": "towns", "percent": 300},
        {"do": "opacity", "id": "atlantis", "percent": 30},
        {"do": "radius", "km": 15},
        {"do": "radius", "km": None},
        {"do": "sure"},
        {"do": "sure", "on": "yes"},
        {"do": "role", "id": "king"},
        {"do": "language", "id": "tlh"},
        {"do": "facet", "facet": "region", "code": "atlantis", "on": True},
        {"do": "facet", "facet": "atlantis", "code": "x", "on": True},
        {"do": "area", "kind": "view"},
        {"do": "shape", "ring": [[1, 2], [3, 4]]},
        {"do": "shape", "ring": [[1, 2], [3, 4], ["{{7*191}}", 5]]},
        {"do": "shape", "ring": [[1, 2], [3, 4], [500, 5]]},
        {"do": "select", "layer": "../data", "id": "x"},
        {"do": "select", "layer": "place", "id": "99,999"},
        {"do": "background", "id": "http://example.org/{z}"},
        {"do": "swipe", "left": "atlantis", "right": "street"},
        {"do": "table", "id": "sources"},
        {"do": ["toggle"]},
    ],
)
def test_an_action_that_makes_no_sense_changes_nothing(run: Run, act: dict[str, Any]) -> None:
    done = run(TWO, **act)
    assert done in (None, TWO)


@pytest.mark.parametrize("text", ["x" * 10_000, "  медь  ", "{{7*191}}", "a,b&c=d#e", "\x00"])
def test_any_text_is_a_filter_that_its_address_gives_back(run: Run, text: str) -> None:
    done = run(View(), do="text", text=text)
    assert done is not None
    assert from_query(to_query(done)) == (done, ())


@pytest.mark.parametrize(
    ("act", "done"),
    [
        ({"kind": "codes", "text": "М-42-85- (10e-5в-3, 2)"}, BlockSource("codes", "M-42-85-(10е-5в-2,3)")),
        (
            {"kind": "ring", "ring": [[67, 48], [68, 48], [68, 49]]},
            BlockSource("ring", ring=((67, 48), (68, 48), (68, 49))),
        ),
        ({"kind": "layer", "layer": "prospecting_areas"}, BlockSource("layer", layer="prospecting_areas")),
        ({"kind": "feature", "layer": "towns", "id": "abai"}, BlockSource("feature", layer="towns", id="abai")),
        ({"kind": ""}, NO_SOURCE),
    ],
)
def test_blocks_come_from_where_the_reader_says(run: Run, act: dict[str, Any], done: BlockSource) -> None:
    assert run(View(text="au"), do="blocks", **act) == View(text="au", blocks=done)


@pytest.mark.parametrize(
    "act",
    [
        {"do": "blocks", "kind": "codes", "text": "M-42-85-(10е-5в-26)"},
        {"do": "blocks", "kind": "ring", "ring": [[67, 48], [68, 48]]},
        {"do": "blocks", "kind": "ring", "ring": None},
        {"do": "blocks", "kind": "layer", "layer": "atlantis"},
        {"do": "blocks", "kind": "moon", "layer": "towns"},
        {"do": "blocks"},
        {"do": "cover", "rule": "any:100"},
        {"do": "cover", "rule": "most"},
        {"do": "year", "year": 7},
        {"do": "year", "year": "x"},
        {"do": "index", "tenge": -5},
        {"do": "index", "tenge": "{{7*7}}"},
    ],
)
def test_blocks_that_make_no_sense_change_nothing(run: Run, act: dict[str, Any]) -> None:
    assert run(View(), **act) is None


def test_rule_reading_year_and_index_are_set_and_taken_back(run: Run) -> None:
    assert run(View(), do="cover", rule="any:25") == View(cover=CoverRule("any", 25))
    assert run(View(), do="south", on=True) == View(counted_south=True)
    assert run(View(), do="year", year=4) == View(licence_year=4)
    assert run(View(), do="index", tenge=3932) == View(index_tenge=3932)
    assert run(View(index_tenge=3932), do="index", tenge=None) == View()
