"""What is pasted: understood as what it was written as, with every system it can be in, and nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.blocks import outline, parse
from geo.operations import points_from_wgs84
from geo.systems import System, systems
from layers.understand import LONGEST, PATTERNS, NotUnderstood, Understood, point_of, understand

GEOD = Geod(ellps="WGS84")
ZONES = [system for system in systems() if system.meridian is not None]
FACTS = Path(__file__).resolve().parents[3] / "shared" / "facts" / "subsoil_block_codes.csv"


def read(text: str) -> Understood:
    found = understand(text)
    assert isinstance(found, Understood), (text, found)
    return found


def codes(text: str) -> list[str]:
    return [candidate.code for candidate in read(text).candidates]


def metres(a: shapely.Point, b: shapely.Point) -> float:
    return float(GEOD.inv(a.x, a.y, b.x, b.y)[2])


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.key)
def test_every_example_that_is_shown_is_understood(pattern) -> None:
    kinds = {"sheet": "sheet", "blocks": "blocks", "gauss_kruger": "metres", "utm": "metres"}
    for example in pattern.examples:
        assert read(example).kind == kinds.get(pattern.key, "degrees"), example


@pytest.mark.parametrize(
    "text",
    [
        "13456789 5234567",
        "13456789, 5234567",
        "13456789,5234567",
        "13456789; 5234567",
        "(13456789 5234567)",
        "13 456 789 5 234 567",
        "13\u00a0456\u00a0789\u20095\u2009234\u2009567",
        "13456789.0 5234567.0",
        "13456789,0 5234567,0",
        "13456789,0, 5234567,0",
        "X=5234567 Y=13456789",
        "Y=13456789 X=5234567",
        "x: 5234567, y: 13456789",
        "х=5234567; у=13456789",  # Cyrillic letters
        "13456789E 5234567N",
        "E 13456789 N 5234567",
        "N 5234567 E 13456789",
        "13456789 m 5234567 m",
        "13456789 м, 5234567 м",
        "5234567 13456789",
        "13456789 5234567 зона 13",
        "СК-42 13456789 5234567",
        "13456789 5234567 Pulkovo 1942 / Gauss-Kruger zone 13",
        "EPSG:28413 13456789 5234567",
    ],
)
def test_gauss_kruger_metres_with_their_zone(text: str) -> None:
    found = read(text)
    (only,) = found.candidates
    assert (found.kind, found.sure, only.code, only.operation, only.accuracy_m) == (
        "metres",
        "certain",
        "EPSG:28413",
        "EPSG:15865",
        4.5,
    )
    assert found.geometry == point_of(only)
    assert (found.geometry.x, found.geometry.y) == pytest.approx((74.42854934, 47.24386344), abs=1e-8)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("456789 5234567 зона 13", "EPSG:2503"),
        ("зона 13: 456789 5234567", "EPSG:2503"),
        ("13-я зона, 456789 5234567", "EPSG:2503"),
        ("456 789, 5 234 567 СК-42 зона 13", "EPSG:2503"),
        ("13-аймақ 456789 5234567", "EPSG:2503"),
        ("456789 5234567 zone 13", "EPSG:2503"),
        ("EPSG:2503 456789 5234567", "EPSG:2503"),
        ("epsg 2601 456789 5234567", "EPSG:2601"),  # the same metres as in the six-degree zone
        ("43N 456789 5234567", "EPSG:32643"),
        ("43U 456789 5234567", "EPSG:32643"),
        ("456789E 5234567N 43T", "EPSG:32643"),
        ("UTM 43 456789 5234567", "EPSG:32643"),
        ("UTM zone 43N: E 456789, N 5234567", "EPSG:32643"),
        ("456789 5234567 WGS 84 CM 75", "EPSG:32643"),
        ("456789 5234567 СК-42 осевой меридиан 75", "EPSG:2503"),
        ("456789 5234567 3-degree zone 26", "EPSG:2602"),
        ("456789 5234567 трёхградусная зона 26", "EPSG:2602"),
        ("456789 5234567 zone 25", "EPSG:2601"),
        ("2310000 5234567", "EPSG:2939"),
        ("CS63 zone K3 3310000 5234567", "EPSG:2940"),
        ("СК-63 4310000 5234567", "EPSG:2941"),
    ],
)
def test_words_say_the_zone(text: str, code: str) -> None:
    found = read(text)
    assert (found.sure, [candidate.code for candidate in found.candidates]) == ("certain", [code])


@pytest.mark.parametrize(
    "text", ["E 456789.43 N 5234567.25 зона 13", "13 зона N 5234567,25 E 456789,43", "456 789.43 5 234 567.25 зона 13"]
)
def test_decimals_are_no_zone(text: str) -> None:
    found = read(text)
    assert [candidate.code for candidate in found.candidates] == ["EPSG:2503"]
    assert metres(found.geometry, read("EPSG:28413 13456789.43 5234567.25").geometry) < 1e-6


def test_metres_without_a_zone_are_never_picked() -> None:
    found = read("456789 5234567")
    assert (found.sure, found.geometry) == ("several", None)
    assert {"EPSG:2503", "EPSG:32643", "EPSG:2602"} < {candidate.code for candidate in found.candidates}
    utm = read("UTM 456789 5234567")
    assert (utm.sure, len(utm.candidates)) == ("several", 7)
    assert all("UTM" in candidate.name for candidate in utm.candidates)
    assert codes("456789 5234567 CM 75") == ["EPSG:2503", "EPSG:32643"]
    kruger = read("ГК 456789 5234567")
    assert all("Gauss-Kruger" in candidate.name for candidate in kruger.candidates)


@settings(max_examples=200, deadline=None)
@given(system=st.sampled_from(ZONES), along=st.floats(0, 1), up=st.floats(0, 1), turned=st.booleans())
def test_metres_of_every_system_are_read_back(system: System, along: float, up: float, turned: bool) -> None:
    west, east = max(system.west, 46.01), min(system.east, 87.99)
    lon, lat = west + along * (east - west), 42 + up * 13.99
    x, y = (float(side[0]) for side in points_from_wgs84(np.array([lon]), np.array([lat]), system.code))
    pair = f"{y:.3f} {x:.3f}" if turned else f"{x:.3f} {y:.3f}"
    found = read(pair)
    right = [one for one in found.candidates if system.code in (one.code, *one.same_as)]
    assert metres(point_of(right[0]), shapely.Point(lon, lat)) < 0.002
    stated = read(f"{system.code} {pair}")
    assert (stated.sure, stated.candidates[0].code) == ("certain", system.code)
    assert codes(f"{pair} {system.name}") == [system.code]
    assert metres(stated.geometry, shapely.Point(lon, lat)) < 0.002


def test_degrees_are_asked_for_their_datum() -> None:
    found = read("48.5, 67.2")
    assert (found.kind, found.sure, found.geometry) == ("degrees", "several", None)
    assert codes("48.5, 67.2") == ["EPSG:4326", "EPSG:4284"]
    a, b = (point_of(candidate) for candidate in found.candidates)
    assert 65 < metres(a, b) < 95
    for text in ("48.5 67.2 Pulkovo 1942", "48.5 67.2 СК-42", "Пулково 1942: 48.5 67.2", "48.5 67.2 EPSG:4284"):
        assert codes(text) == ["EPSG:4284"], text
    for text in ("48.5 67.2 WGS84", "WGS 84 48.5, 67.2", "EPSG:4326 48.5 67.2", "48°30'0\" N 67°12'0\" E WGS-84"):
        assert codes(text) == ["EPSG:4326"], text
        assert (read(text).geometry.x, read(text).geometry.y) == pytest.approx((67.2, 48.5))


def test_degrees_in_an_order_that_is_not_said_are_asked_about() -> None:
    orders = {(candidate.code, candidate.swapped) for candidate in read("50.5, 51.5").candidates}
    assert len(orders) == 4
    assert {swapped for _, swapped in orders} == {False, True}
    assert not any(candidate.swapped for candidate in read("N50.5 E51.5").candidates)
    assert not any(candidate.swapped for candidate in read("51,5 в.д. 50,5 с.ш.").candidates)


def test_degrees_outside_the_country_are_read_as_wgs84() -> None:
    found = read("52.5, 13.4")
    (only,) = found.candidates
    assert (found.sure, only.code, only.inside_country) == ("certain", "EPSG:4326", False)
    assert found.geometry == shapely.Point(13.4, 52.5)


@pytest.mark.parametrize("text", ["M-43-101", "м-43-101", "М – 43 – 101"])
def test_a_sheet_is_shifted_from_the_datum_on_which_it_is_cut(text: str) -> None:
    found = read(text)
    assert (found.kind, found.sure, found.names) == ("sheet", "certain", ("M-43-101",))
    assert found.candidates[0].code == "EPSG:4284"
    cut = shapely.box(74.0, 49.0, 74.5, 49 + 20 / 60)
    for corner in shapely.get_coordinates(cut):
        assert 60 < metres(shapely.Point(corner), shapely.Point(nearest(found.geometry, corner))) < 95
    assert found.geometry.is_valid


def nearest(shape: shapely.Geometry, corner: np.ndarray) -> np.ndarray:
    vertices = shapely.get_coordinates(shape)
    return vertices[np.hypot(*(vertices - corner).T).argmin()]


def test_published_block_codes_are_read() -> None:
    if not FACTS.is_file():
        pytest.skip(f"no table of published codes: {FACTS} does not exist")
    with FACTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 32
    for row in rows:
        for text in (row["code"], row["published_as"]):
            found = read(text)
            assert (found.kind, found.sure) == ("blocks", "certain")
            assert row["code"] in found.names
            assert found.geometry.equals(outline(parse(text)))
            assert "datum of the block grid not published" in found.remarks


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("9" * (LONGEST + 1), "too long"),
        ("Kounrad", "unreadable"),
        ("48 67", "unreadable"),
        ("456789", "unreadable"),
        ("456789 5234567 7654321", "unreadable"),
        ("456789 5234567 somewhere", "unreadable"),
        ("Н-42-85", "sheet"),
        ("M-43-145", "sheet"),
        ("Н-42-85-(10е-5в-2)", "block"),
        ("M-42-85-(10е-5в-26)", "block"),
        ("(10е-5в-2)", "block"),
        ("зона 14 13456789 5234567", "stated system does not fit"),
        ("UTM 13 456789 5234567", "stated system does not fit"),
        ("456789 5234567 СК-63", "stated system does not fit"),
        ("EPSG:28414 13456789 5234567", "stated system does not fit"),
        ("EPSG:28414 48.5 67.2", "stated system does not fit"),
        ("CS63 zone K2 3310000 5234567", "stated system does not fit"),
        ("EPSG:2503 EPSG:32643 456789 5234567", "stated system does not fit"),
        ("UTM 43 13456789 5234567", "stated system does not fit"),
        ("6301000 5234567", "no system fits"),
        ("456789 456789", "no system fits"),
        ("99456789 5234567", "no system fits"),
    ],
)
def test_what_is_not_understood_names_its_fault_and_what_would_be(text: str, fault: str) -> None:
    found = understand(text)
    assert isinstance(found, NotUnderstood)
    assert (found.fault, found.patterns) == (fault, PATTERNS)
    assert bool(found.detail) == (fault in ("too long", "sheet", "block"))
    assert bool(found.reasons) == (fault == "no system fits")
    assert bool(found.candidates) == (fault == "stated system does not fit")


def test_cs63_without_parameters_is_refused_with_the_reason() -> None:
    found = understand("6301000 5234567")
    assert isinstance(found, NotUnderstood)
    assert "CS63 zone without published parameters" in found.reasons


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="0123456789 .,;:=°'\"-+NSEWXYхузонаUTMСК()MK", max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    found = understand(text)
    if isinstance(found, Understood):
        assert (found.geometry is None) == (found.sure == "several") == (len(found.candidates) > 1)


@pytest.mark.parametrize(
    "part", ["1 ", "123 456 ", "M-", "зона ", "x=", "13456789 ", "(", "10е-", "UTM 43 ", ",", "9", "epsg ", "-", "°"]
)
def test_long_hostile_texts_are_answered(part: str) -> None:
    assert isinstance(understand((part * LONGEST)[:LONGEST]), NotUnderstood)
    assert isinstance(understand("M-42-85-(" + (part * LONGEST)[: LONGEST - 9]), NotUnderstood)
