"""Written coordinates: every form read as it was meant, and nothing else read as one."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.coordinates import LONGEST, Reading, read_position

DMS = Reading(48 + 30 / 60 + 15 / 3600, 67.2, "dms")
DDM = Reading(48 + 30.25 / 60, 67.2, "ddm")
DECIMAL = Reading(48.5, 67.2, "decimal")
LETTERS = {
    "en": ("N", "S", "E", "W"),
    "ru": ("с.ш.", "ю.ш.", "в.д.", "з.д."),
    "ru short": ("С", "Ю", "В", "З"),
    "kk": ("с.е.", "о.е.", "ш.б.", "б.б."),
    "kk short": ("С", "О", "Ш", "Б"),
    "kk words": ("солтүстік ендік", "оңтүстік ендік", "шығыс бойлық", "батыс бойлық"),
    "ru words": ("северной широты", "южной широты", "восточной долготы", "западной долготы"),
}


@pytest.mark.parametrize(
    "text",
    [
        "48.5, 67.2",
        "48.5 67.2",
        "48.5,67.2",
        "48,5; 67,2",
        "48,5 67,2",
        "48,5, 67,2",
        "(48.5, 67.2)",
        "  48.5\t67.2\n",
        "48.5\u00a067.2",
        "N48.5 E67.2",
        "N 48.5, E 67.2",
        "67.2E 48.5N",
        "48.5°N67.2°E",
        "48.5° с.ш. 67.2° в.д.",
        "48,5° с. ш., 67,2° в. д.",
        "48,5 с.е. 67,2 ш.б.",
        "67,2 ш.б. 48,5 с.е.",
        "широта 48,5 долгота 67,2",
        "lat=48.5, lon=67.2",
        "48.5 N, 67.2",
    ],
)
def test_decimal_degrees(text: str) -> None:
    assert read_position(text) == DECIMAL


@pytest.mark.parametrize(
    "text",
    [
        "48°30'15\" N, 67°12'00\" E",
        "48°30′15″N 67°12′00″E",
        "48°30’15” N 67°12’00” E",
        "48°30'15'' N 67°12'00'' E",
        "48 30 15 N 67 12 0 E",
        "67 12 0 E 48 30 15 N",
        "N 48° 30' 15\" E 67° 12' 00\"",
        "48º30'15\" С 67º12'00\" В",
        "48°30'15\" с.ш., 67°12'00\" в.д.",
        "48°30'15\" с.е., 67°12'00\" ш.б.",
        "48°30'15\" 67°12'00\"",
        "48 30 15 67 12 0",
        "48 30 15, 67 12 0",
        "48:30:15 67:12:00",
        "48-30-15 67-12-00",
        "48d30m15s 67d12m00s",
        "48 град 30 мин 15 сек 67 град 12 мин 0 сек",
    ],
)
def test_degrees_minutes_and_seconds(text: str) -> None:
    found = read_position(text)
    assert found is not None
    assert (found.lat, found.lon, found.form) == (pytest.approx(DMS.lat), pytest.approx(DMS.lon), "dms")


@pytest.mark.parametrize(
    "text", ["48°30.25'N 67°12.0'E", "48°30,25′ с.ш. 67°12,0′ в.д.", "48 30.25 N 67 12 E", "48 30,25 67 12,0"]
)
def test_degrees_and_minutes(text: str) -> None:
    found = read_position(text)
    assert found is not None
    assert (found.lat, found.lon, found.form) == (pytest.approx(DDM.lat), pytest.approx(DDM.lon), "ddm")


@pytest.mark.parametrize("letters", LETTERS.values(), ids=LETTERS)
@pytest.mark.parametrize("first", ["lat", "lon"])
def test_the_letters_of_each_language_say_which_hemisphere_is_meant(letters: tuple[str, ...], first: str) -> None:
    north, south, east, west = letters
    for up, lat in ((north, 33.5), (south, -33.5)):
        for side, lon in ((east, 18.25), (west, -18.25)):
            parts = [f"33.5° {up}", f"18.25° {side}"]
            text = ", ".join(parts if first == "lat" else parts[::-1])
            assert read_position(text) == Reading(lat, lon, "decimal"), text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("67.2 48.5", Reading(48.5, 67.2, "decimal", swapped=True)),  # only so in Kazakhstan
        ("120.5, 45.2", Reading(45.2, 120.5, "decimal", swapped=True)),  # no latitude of 120 degrees
        ("-33.9, 18.4", Reading(-33.9, 18.4, "decimal")),  # neither order is in Kazakhstan
        ("50.5, 51.5", Reading(50.5, 51.5, "decimal")),  # both are: latitude first
        ("67.2E 48.5N", Reading(48.5, 67.2, "decimal")),  # the letters said it, nothing was supposed
        ("48.5, -67.2", Reading(48.5, -67.2, "decimal")),
    ],
)
def test_without_letters_latitude_is_first_unless_only_the_other_order_makes_sense(text: str, read: Reading) -> None:
    assert read_position(text) == read


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "48", "48.5", "2024", "11 towns", "48 67", "48, 67", "48,67", "351610000", "2701-EL", "Novo-1"),
        *("M-43-101-(10v-5g-7)", "М-45-73-(10в-5а-10)", "М-42-85-(10е-5в-2,3,4)", "CS 14-Aktobe II", "Novo-1, Novo-2"),
        *("48.5N", "48.5N 67.2N", "-48.5N 67.2E", "91.5N 67.2E", "48.5N 181.5E", "95.5 100.5", "200.5, 10.5"),
        *("48°60' N 67°0' E", "48°30'60\" N 67°0'0\" E", "48°30.5'10\" N 67°1'1\" E", "48.5°30' N 67°1' E"),
        *(
            "10 20 30 11 12 13",
            "1 2 3 4",
            "48 30 15 67 12",
            "48 30.25",
            "48.5 67.2 1",
            "48.5.1 67.2",
            "1e5 2e5",
            "48.5' N 67.2' E",
        ),
        *("48.5 о.б. 67.2 ш.б.", "48.5 в 67", "Kounrad 48.5, 67.2", "48.5, 67.2 Kounrad", "x 48.5 y 67.2"),
    ],
)
def test_what_is_not_clearly_a_pair_of_coordinates_is_not_read_as_one(text: str) -> None:
    assert read_position(text) is None


latitudes = st.integers(-90 * 36000, 90 * 36000)  # tenths of a second
longitudes = st.integers(-180 * 36000, 180 * 36000)
languages = st.sampled_from(sorted(LETTERS))


def sexagesimal(tenths: int) -> tuple[int, int, str]:
    """Degrees, minutes and seconds of an angle without its sign."""
    degrees, rest = divmod(abs(tenths), 36000)
    minutes, seconds = divmod(rest, 600)
    return degrees, minutes, f"{seconds / 10:g}"


@given(latitudes, longitudes, languages, st.booleans())
def test_what_is_written_in_degrees_minutes_and_seconds_is_read_back(lat: int, lon: int, who: str, comma: bool) -> None:
    north, south, east, west = LETTERS[who]
    parts = []
    for angle, letter in ((lat, north if lat >= 0 else south), (lon, east if lon >= 0 else west)):
        degrees, minutes, seconds = sexagesimal(angle)
        parts.append(f"{degrees}°{minutes:02d}′{seconds}″ {letter}")
    text = " ".join(parts)
    found = read_position(text.replace(".", ",") if comma and "." not in north else text)
    assert found is not None
    assert (found.lat, found.lon) == (pytest.approx(lat / 36000, abs=1e-9), pytest.approx(lon / 36000, abs=1e-9))
    assert (found.form, found.swapped) == ("dms", False)


@given(st.integers(-90 * 60000, 90 * 60000), st.integers(-180 * 60000, 180 * 60000), languages)
def test_what_is_written_in_degrees_and_minutes_is_read_back(lat: int, lon: int, who: str) -> None:
    north, south, east, west = LETTERS[who]
    parts = []
    for angle, letter in ((lat, north if lat >= 0 else south), (lon, east if lon >= 0 else west)):
        degrees, thousandths = divmod(abs(angle), 60000)
        parts.append(f"{degrees}° {thousandths / 1000:.3f}' {letter}")
    found = read_position(", ".join(parts))
    assert found is not None
    assert (found.lat, found.lon) == (pytest.approx(lat / 60000, abs=1e-9), pytest.approx(lon / 60000, abs=1e-9))
    assert found.form == "ddm"


@given(st.integers(400000, 560000), st.integers(460000, 880000), st.sampled_from([", ", "; ", " ", ","]), st.booleans())
def test_what_is_written_in_decimal_degrees_is_read_back(lat: int, lon: int, between: str, comma: bool) -> None:
    """In Kazakhstan without letters; where both orders lie in it, latitude is first."""
    written = [f"{degrees / 10000:.4f}" for degrees in (lat, lon)]
    if comma and between != ",":
        written = [part.replace(".", ",") for part in written]
    assert read_position(between.join(written)) == Reading(lat / 10000, lon / 10000, "decimal")
    other = read_position(between.join(reversed(written)))
    assert other is not None
    if lon > 560000 or lat < 460000:
        assert other == Reading(lat / 10000, lon / 10000, "decimal", swapped=True)


@given(st.text() | st.text(alphabet="0123456789 .,;°'\"-+NSEWсшвдюзеоб()", max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    found = read_position(text)
    if found is not None:
        assert -90 <= found.lat <= 90
        assert -180 <= found.lon <= 180


@pytest.mark.parametrize("text", ["1" * LONGEST, " " * 10**6, "1 " * 60, "N" * LONGEST, "48°" * 40, "9" * 10**6])
def test_a_hostile_text_is_answered_at_once(text: str) -> None:
    start = time.perf_counter()
    assert read_position(text) is None
    assert time.perf_counter() - start < 0.05


@pytest.mark.parametrize("gap", [" " * 56, " :" * 28, "=:" * 28, "\t\u00a0" * 28, ";" * 56])
def test_long_runs_between_numbers_are_refused_and_not_tried_in_every_way(gap: str) -> None:
    # With the runs left as they are, this took a quarter of a minute, in which no reader was served.
    assert read_position(f"x{gap}1{gap}';1.5") is None
