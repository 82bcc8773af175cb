"""The screen's state and its URL are the same thing."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.blocks import GRID_MIN, ROWS, SHEETS, ZONES, Block, block_at, format_codes
from geo.sheets import Sheet
from geo.systems import systems
from layers.backgrounds import BACKGROUNDS
from layers.block_choice import (
    CODES,
    FEATURE,
    KEPT,
    LAYER,
    LONGEST_IN_LINK,
    NO_SOURCE,
    RING,
    BlockSource,
    CoverRule,
    codes_of_source,
    source_of_codes,
)
from layers.claims.groups import groups
from layers.facets import codes_of, facets
from layers.ground import blocks_key, place_key
from layers.load import row_keys
from layers.query import MAXIMUM_ID, MAXIMUM_TEXT, READERS, filter_query, from_query, sieve_query, to_query
from layers.roles import roles
from layers.screening.candidates import sources_of_candidates
from layers.screening.choice import MOST_KM, MOST_PEOPLE, MOST_SEED, MOST_WEIGHT, Need, Screening, with_need
from layers.screening.profiles import book, profile
from layers.screening.query import SCREENING_READERS
from layers.spec import LANGUAGES, catalogue
from layers.view import (
    AROUND,
    BLOCKS,
    MOST_COMPARED,
    NO_AREA,
    PLACE,
    SEEN,
    SHAPE,
    SHEET,
    Area,
    Position,
    Selection,
    View,
    moved,
    role_layers,
    same_place,
    shown_too,
    with_facet,
)
from layers.vocabulary import vocabulary

if TYPE_CHECKING:
    from tests.conftest import Extra

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

longitudes = st.integers(-1_800_000, 1_800_000).map(lambda n: n / 10_000)
latitudes = st.integers(-900_000, 900_000).map(lambda n: n / 10_000)
positions = st.builds(Position, latitudes, longitudes, st.integers(8, 72).map(lambda n: n / 4))
codes = {name: st.sets(st.sampled_from(codes_of(name)), min_size=1).map(sorted).map(tuple) for name in facets()}
chosen = st.fixed_dictionaries({}, optional=codes).map(lambda found: tuple(sorted(found.items())))
percents = st.dictionaries(st.sampled_from(LEGEND), st.integers(0, 99)).map(lambda found: tuple(sorted(found.items())))
boxes = st.tuples(longitudes, latitudes, longitudes, latitudes).map(
    lambda box: (min(box[::2]), min(box[1::2]), max(box[::2]), max(box[1::2]))
)
rings = st.lists(st.tuples(longitudes, latitudes), min_size=3, max_size=100).map(tuple)
areas = st.one_of(
    st.just(NO_AREA),
    st.just(Area(AROUND)),
    st.builds(Area, st.just(SEEN), bounds=boxes),
    st.builds(Area, st.just(SHAPE), ring=rings),
)
places = st.builds(
    lambda lat, lon, system: Selection(PLACE, place_key(lat, lon, system)),
    latitudes,
    longitudes,
    st.sampled_from(systems()),
)
sheets = st.builds(Sheet, st.sampled_from(ROWS), st.sampled_from(ZONES), st.none() | st.sampled_from(SHEETS))
blocks = st.builds(block_at, st.integers(2520, 5399), st.integers(2400, 3359))
grounds = st.one_of(
    places,
    sheets.map(lambda sheet: Selection(SHEET, sheet.name)),
    st.lists(blocks, min_size=1, max_size=5).map(lambda found: Selection(BLOCKS, blocks_key(found))),
)
features = st.builds(Selection, st.sampled_from(PLACED), st.text(min_size=1, max_size=MAXIMUM_ID))
sides = st.sampled_from((*LEGEND, *BACKGROUNDS))
blocks = st.builds(block_at, st.integers(GRID_MIN[0], GRID_MIN[2] - 1), st.integers(GRID_MIN[1], GRID_MIN[3] - 1))
lists = st.lists(blocks, min_size=1, max_size=20).map(format_codes)
block_sources = st.one_of(
    st.just(NO_SOURCE),
    st.builds(BlockSource, st.just(CODES), lists),
    st.builds(BlockSource, st.just(KEPT), st.text("0123456789abcdef", min_size=32, max_size=32)),
    st.builds(BlockSource, st.just(RING), ring=rings),
    st.builds(BlockSource, st.just(LAYER), layer=st.sampled_from(PLACED)),
    (features | places).map(lambda one: BlockSource(FEATURE, layer=one.layer, id=one.id)),
)
covers = st.builds(CoverRule, st.sampled_from(("whole", "centre", "any"))) | st.builds(
    CoverRule, st.just("any"), st.integers(0, 99)
)
PROFILES = ("", *book().profiles)
some_km = st.integers(0, MOST_KM)
needs = st.fixed_dictionaries(
    {},
    optional={
        "gas": some_km.map(lambda km: Need("gas", km)),
        "town": st.builds(lambda km, people: Need("town", km, people), some_km, st.integers(0, MOST_PEOPLE)),
        "commodity": st.sets(st.sampled_from(("copper", "gold", "iron")), min_size=1).map(
            lambda found: Need("commodity", codes=tuple(sorted(found)))
        ),
        "status": st.just(Need("status", codes=("instructed", "operating"))),
        "accuracy": some_km.map(lambda km: Need("accuracy", km)),
    },
)


@st.composite
def screenings(draw: st.DrawFn) -> Screening:
    chosen = draw(st.sampled_from(PROFILES))
    criteria = [part.criterion for part in profile(chosen).parts]
    weights = draw(st.dictionaries(st.sampled_from(criteria), st.integers(0, MOST_WEIGHT)))
    source = draw(st.sampled_from(("", "blocks", *sources_of_candidates())))
    made = Screening(chosen, source, tuple(sorted(weights.items())), seed=draw(st.integers(0, MOST_SEED)))
    for kind, need in draw(needs).items():
        made = with_need(made, need, kind)
    return made


FIELDS = {
    "language": st.sampled_from(LANGUAGES),
    "role": st.sampled_from(tuple(roles())),
    "layers": st.none() | st.lists(st.sampled_from(LEGEND), unique=True).map(tuple),
    "opacity": percents,
    "facets": chosen,
    "text": st.text(max_size=MAXIMUM_TEXT).map(str.strip),
    "area": areas,
    "selected": st.none() | features | grounds,
    "radius_km": st.integers(1, 20).map(lambda n: n * 10),
    "sure": st.booleans(),
    "position": st.none() | positions,
    "background": st.sampled_from(BACKGROUNDS),
    "swipe": st.none() | st.tuples(sides, sides),
    "table": st.just("") | st.sampled_from(LEGEND),
    "blocks": block_sources,
    "cover": covers,
    "counted_south": st.booleans(),
    "licence_year": st.integers(1, 6),
    "index_tenge": st.integers(0, 1_000_000),
    "compared": st.lists(features | grounds, max_size=MOST_COMPARED, unique=True).map(tuple),
    "town": st.just("") | st.sampled_from(sorted(row_keys("towns"))),
    "claim": st.just("") | st.sampled_from(sorted(one.id for one in groups())),
    "missing": st.booleans(),
    "promise_theme": st.just("") | st.sampled_from(sorted(vocabulary("theme"))),
    "promise_town": st.just("") | st.sampled_from(sorted(row_keys("towns"))),
    "as_of": st.just("") | st.builds("{}-{:02d}".format, st.integers(2012, 2025), st.integers(1, 12)),
    "screening": screenings(),
}
views = st.builds(View, **FIELDS)


def test_the_views_below_differ_in_every_field_and_each_field_but_the_facets_has_one_parameter() -> None:
    assert set(FIELDS) == {field.name for field in fields(View)}
    assert len(READERS) == len(FIELDS) - 2  # a screening has five
    assert not set(READERS) & set(facets())


@given(views)
def test_a_view_comes_back_from_its_url_unchanged(view: View) -> None:
    assert from_query(to_query(view)) == (view, ())


@given(views)
def test_a_view_survives_the_encoding_of_an_address_bar(view: View) -> None:
    encoded = urlencode(to_query(view))
    decoded = {name: values[0] for name, values in parse_qs(encoded, keep_blank_values=True).items()}
    assert from_query(decoded) == (view, ())
    assert to_query(from_query(decoded)[0]) == to_query(view)


@given(views)
def test_a_file_or_layer_address_holds_the_whole_filter_and_nothing_else(view: View) -> None:
    again, broken = from_query(sieve_query(view))
    assert broken == ()
    kept = ("facets", "text", "area", "radius_km", "sure", "as_of")
    assert [getattr(again, name) for name in kept] == [getattr(view, name) for name in kept]
    assert again.selected == (view.selected if view.area.kind == AROUND else None)
    assert replace(again, selected=None) == View(**{name: getattr(view, name) for name in kept})
    assert filter_query(View()) == {}


@pytest.mark.parametrize("key", HOSTILE)
def test_a_hostile_id_survives(key: str) -> None:
    view = View(selected=Selection("towns", key))
    assert from_query(to_query(view)) == (view, ())


def test_no_parameters_are_the_first_visit_of_a_planner() -> None:
    view, broken = from_query({})
    assert (view, broken) == (View(), ())
    assert view.visible == roles()["planner"].layers
    assert to_query(view) == {"lang": "en"}


@pytest.mark.parametrize("role", roles())
def test_a_role_without_layers_in_the_url_shows_its_own(role: str) -> None:
    assert from_query({"role": role})[0].visible == roles()[role].layers
    assert from_query({"role": role, "layers": "towns"})[0].visible == ("towns",)


def test_no_layers_at_all_is_not_the_first_visit() -> None:
    assert from_query({"layers": ""})[0].visible == ()


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ("lang", "de"),
        ("lang", ""),
        ("blocks", ""),
        ("blocks", "codes:"),
        ("blocks", "codes:M-42-85-(10е-5в-26)"),
        ("blocks", "kept:../../etc"),
        ("blocks", "ring:67 48,68 48"),
        ("blocks", "layer:atlantis"),
        ("blocks", "layer:population"),
        ("blocks", "feature:towns"),
        ("blocks", "feature:atlantis/x"),
        ("blocks", "moon:x"),
        ("rule", "most"),
        ("rule", "any:100"),
        ("rule", "any:-1"),
        ("rule", "any:half"),
        ("rule", "whole:10"),
        ("south", "no"),
        ("year", "0"),
        ("year", "7"),
        ("year", "1.5"),
        ("mci", "0"),
        ("mci", "-1"),
        ("mci", "1000001"),
        ("mci", "9" * 5000),
        ("mci", "٣"),
        ("cmp", ""),
        ("cmp", "towns"),
        ("cmp", "atlantis/x"),
        ("cmp", "population/abai-1970"),
        ("cmp", "towns/abai,place/91,67"),
        ("cmp", ",".join(f"towns/{n}" for n in range(5))),
        ("id", "atlantis"),
        ("claim", "atlantis"),
        ("missing", "no"),
        ("ptheme", "atlantis"),
        ("ptown", "atlantis"),
        ("asof", ""),
        ("asof", "2013"),
        ("asof", "2013-13"),
        ("asof", "2011-12"),
        ("asof", "2099-01"),
        ("asof", "2013-12-01"),
        ("asof", "٢٠١٣-١٢"),
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
        ("sure", "no"),
        ("at", "50,60"),
        ("at", "50,60,5,1"),
        ("at", "north,60,5"),
        ("at", "nan,60,5"),
        ("at", "50,inf,5"),
        ("at", "91,60,5"),
        ("at", "50,181,5"),
        ("at", "50,60,1"),
        ("at", "50,60,99"),
        ("role", "miner"),
        ("op", "towns"),
        ("op", "towns:101"),
        ("op", "towns:-1"),
        ("op", "towns:half"),
        ("op", "atlantis:50"),
        ("op", "population:50"),
        ("op", ""),
        ("bg", "moon"),
        ("swipe", "towns"),
        ("swipe", "towns~atlantis"),
        ("swipe", "towns~plants~deposits"),
        ("table", "programme"),
        ("table", "atlantis"),
        ("region", "atlantis"),
        ("region", "karaganda,atlantis"),
        ("specialisation", "Karaganda"),
        ("gas", "yes"),
        ("listed", "1999"),
        ("group", "unobtainium"),
        ("commodity", "unobtainium"),
        ("status", "exploration"),
        ("status", "stage.unheard"),
        ("position", "here"),
        ("in", ""),
        ("in", "moon"),
        ("in", "view"),
        ("in", "view:60,50,61"),
        ("in", "view:61,50,60,51"),
        ("in", "view:60,51,61,50"),
        ("in", "view:60,50,181,51"),
        ("in", "view:nan,50,61,51"),
        ("in", "shape:60 50,61 51"),
        ("in", "shape:60 50,61 51,62"),
        ("in", "shape:60 50,61 51,62 91"),
        ("in", "shape:60 50,61 51,inf 50"),
        ("in", "shape:" + ",".join(["60 50"] * 101)),
        ("sel", "place/"),
        ("sel", "place/48"),
        ("sel", "place/north,67"),
        ("sel", "place/91,67"),
        ("sel", "place/48,181"),
        ("sel", "place/99,999"),
        ("sel", "place/48,67,99999"),
        ("sel", "place/48,67,28413,1"),
        ("sel", "sheet/"),
        ("sel", "sheet/Н-42"),
        ("sel", "sheet/M-43-145"),
        ("sel", "blocks/"),
        ("sel", "blocks/M-42-85"),
        ("sel", "blocks/M-42-85-(10е-5в-26)"),
        ("sel", "blocks/" + "M-42-85-(10е-5в-2)," * 200),
        ("sel", "place/48.12345678,67"),
        ("sel", "place/\u0664\u0668,67"),
        ("sel", "population/abai-1970"),
    ],
)
def test_a_broken_parameter_is_named_and_the_others_still_count(parameter: str, text: str) -> None:
    good = to_query(
        View(
            language="ru",
            role="investor",
            layers=("towns",),
            opacity=(("towns", 50),),
            facets=(("gas", ("connected",)), ("region", ("abai",))),
            text="x",
            area=Area(AROUND),
            selected=Selection("towns", "abai"),
            radius_km=50,
            sure=True,
            position=Position(50, 60, 6),
            background="street",
            swipe=("towns", "satellite"),
            table="plants",
            blocks=BlockSource(CODES, "M-42-85-(10е-5в-2,3)"),
            cover=CoverRule("any", 25),
            counted_south=True,
            licence_year=4,
            index_tenge=4000,
            compared=(Selection("towns", "abai"), Selection("plants", "a,b")),
            as_of="2013-12",
            town="ridder",
            claim="monotowns_population",
            missing=True,
            promise_theme="zones",
            promise_town="balkhash",
        )
    )
    assert set(good) == {*READERS, "gas", "region"}
    view, broken = from_query(good | {parameter: text})
    assert broken == (parameter,)
    without = {name: value for name, value in good.items() if name != parameter}
    assert view == from_query(without)[0]


@given(
    st.dictionaries(
        st.sampled_from([*READERS, *SCREENING_READERS, *facets()]),
        st.text(max_size=40)
        | st.text("0123456789.,:-~/ nae", max_size=40)
        | st.tuples(st.sampled_from(["view:", "shape:", "place/", "towns:", "towns~"]), st.text("0123456789., -~")).map(
            "".join
        ),
    )
)
def test_no_parameters_at_all_can_raise_and_what_is_understood_is_stable(query: dict[str, str]) -> None:
    view, broken = from_query(query)
    assert set(broken) <= set(query)
    assert from_query(to_query(view)) == (view, ())


def test_parameters_of_others_are_left_alone() -> None:
    assert from_query({"utm_source": "x", "embed": "true"}) == (View(), ())


def test_layers_come_in_the_order_of_the_url_and_once() -> None:
    first, second = LEGEND[:2]
    assert from_query({"layers": f"{second},{first},{second}"})[0].layers == (second, first)


def test_full_opacity_codes_twice_and_spaces_around_a_text_are_the_same_as_without() -> None:
    view, broken = from_query({"op": "towns:100,plants:7", "commodity": "gold,copper,gold", "q": "  ore "})
    assert broken == ()
    assert view == View(opacity=(("plants", 7),), facets=(("commodity", ("copper", "gold")),), text="ore")
    assert (view.percent("towns"), view.percent("plants")) == (100, 7)
    assert from_query({"commodity": "", "q": " "}) == (View(), ())


def test_a_place_reads_latitude_first_and_a_shape_longitude_first() -> None:
    view, broken = from_query({"sel": "place/48.1234,67.1234", "in": "shape:60 50,61 50,61 51"})
    assert broken == ()
    assert view.selected == Selection("place", "48.1234,67.1234")
    assert view.area == Area("shape", ring=((60.0, 50.0), (61.0, 50.0), (61.0, 51.0)))


def test_degrees_are_kept_to_four_decimals_so_that_the_url_says_all() -> None:
    view = from_query({"in": "view:60.123456,50,61,51.00001", "at": "50.123456,60,5.25"})[0]
    assert view.area.bounds == (60.1235, 50.0, 61.0, 51.0)
    assert view.position == Position(50.1235, 60.0, 5.25)
    assert from_query({"in": "view:-0.00001,50,61,51"})[0].area.bounds is not None
    assert to_query(from_query({"in": "view:-0.00001,50,61,51"})[0])["in"] == "view:0.0000,50.0000,61.0000,51.0000"


def test_one_more_layer_stands_above_the_first_that_comes_after_it_in_the_role() -> None:
    a, b, c, d = role_layers("planner")[:4]
    assert shown_too(View(layers=(a, c)), b) == (a, b, c)
    assert shown_too(View(layers=(c, a)), b) == (b, c, a)
    assert shown_too(View(layers=(a, b)), d) == (a, b, d)
    assert shown_too(View(layers=()), c) == (c,)


@pytest.mark.parametrize("role", roles())
def test_a_layer_switched_off_and_on_again_stands_where_the_role_had_it(role: str) -> None:
    shown = role_layers(role)
    for layer_id in shown:
        rest = tuple(one for one in shown if one != layer_id)
        assert shown_too(View(role=role, layers=rest), layer_id) == shown


@given(st.lists(st.sampled_from(LEGEND), unique=True), st.sampled_from(LEGEND))
def test_one_more_layer_leaves_the_order_of_the_others(visible: list[str], layer_id: str) -> None:
    assume(layer_id not in visible)
    found = shown_too(View(layers=tuple(visible)), layer_id)
    assert [one for one in found if one != layer_id] == visible
    assert found.count(layer_id) == 1


def test_a_layer_moves_by_places_and_stays_within_the_list() -> None:
    a, b, c = LEGEND[:3]
    assert moved((a, b, c), c, -1) == (a, c, b)
    assert moved((a, b, c), a, 1) == (b, a, c)
    assert moved((a, b, c), a, -1) == (a, b, c)
    assert moved((a, b, c), c, 1) == (a, b, c)
    assert moved((a, b, c), a, 99) == (b, c, a)
    with pytest.raises(ValueError, match="not in tuple"):
        moved((a, b), c, 1)


def test_a_facet_is_replaced_kept_in_order_and_out_of_use_without_codes() -> None:
    view = with_facet(with_facet(View(), "region", ["abai"]), "commodity", ["zinc", "gold", "zinc"])
    assert view.facets == (("commodity", ("gold", "zinc")), ("region", ("abai",)))
    assert with_facet(view, "region", ["ulytau"]).facets == (("commodity", ("gold", "zinc")), ("region", ("ulytau",)))
    assert with_facet(with_facet(view, "region", []), "commodity", ()) == View()


@pytest.mark.parametrize("role", roles())
def test_the_layers_of_a_role_are_its_own_as_long_as_no_reader_adds_others(role: str) -> None:
    assert role_layers(role) == roles()[role].layers
    assert set(role_layers(role)) <= set(LEGEND)


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


def test_a_value_with_a_comma_is_one_value_in_the_address(extra: Extra) -> None:
    columns = {"id": 'type = "text"', "lon": 'type = "lon"', "lat": 'type = "lat"', "operator": 'type = "text"'}
    extra.layer(
        "wells",
        'id,lon,lat,operator\na,75,46.8,"Drill, Pump & Sons 100%"\nb,75,46.9,Other',
        columns,
        head="legend = true",
    )
    chosen = View("en", facets=(("operator", ("Drill, Pump & Sons 100%", "Other")),))
    assert from_query(to_query(chosen)) == (chosen, ())
    assert from_query({"lang": "en", "operator": "Nobody"})[1] == ("operator",)


QUARTERS = [(row, ten, five) for row in "KLMN" for ten in "абвгде" for five in "абвг"]


def test_codes_in_any_spelling_are_one_source_in_the_published_spelling() -> None:
    typed = "М-42-85- (10e-5в-3 , 2);-M-42-85-(10е-5в-2)"
    assert source_of_codes(typed) == BlockSource(CODES, "M-42-85-(10е-5в-2,3)")
    assert from_query({"blocks": f"codes:{typed}"})[0].blocks == source_of_codes(typed)
    assert source_of_codes(" , ") == NO_SOURCE


def test_a_list_too_long_for_an_address_is_kept_under_a_name_and_never_cut() -> None:
    long = format_codes(Block(row, 42, 85, ten, five, n) for row, ten, five in QUARTERS for n in range(1, 26, 2))
    assert len(long) > LONGEST_IN_LINK
    source = source_of_codes(long)
    assert source.kind == KEPT
    assert codes_of_source(source) == long
    assert len(to_query(View(blocks=source))["blocks"]) < 50
    assert codes_of_source(BlockSource(KEPT, "0" * 32)) is None
