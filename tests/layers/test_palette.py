"""The colours as they stand in our scripts and sheets: readable, visible, and apart for every eye."""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from layers.palette import palette

ROOT = Path(__file__).resolve().parents[2]
SYMBOLS = ROOT / "layers" / "web" / "symbols.js"
MAP_SHEET = ROOT / "layers" / "web" / "map.css"
SHEETS = [MAP_SHEET, *sorted((ROOT / "views").glob("*.css"))]
TEXT, MARK = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
WHITE = "#ffffff"
HEX = r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b"

# Full colour blindness in linear RGB: Machado, Oliveira & Fernandes, "A Physiologically-based Model for Simulation of
# Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (2009), severity 1.0.
EYES = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
APART = 15.0  # CIE 1976 difference; side by side 2.3 can just be told apart, across a map it takes several times that
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.119192, 0.9503041]]
)
DAYLIGHT = np.array([0.95047, 1.0, 1.08883])
REDS, GREENS = ((0, 65), (330, 360)), ((110, 200),)  # degrees of hue in CIELAB

# What is drawn on the map, and on what: everything may come to lie on the country, beyond it and on water.
GROUNDS = ("country", "land", "water")
MARKS = ("ink", "town", "townFill", "geology", "areaFill", "depositFill", "fuel", "industry", "gas", "power", "place")
OWN = ("own1", "own2", "own3", "own4")  # of what readers bring, a ring around a dot
MARKS_TOO = ("capital", "other", *OWN)
# Themes drawn with one shape, told apart by their hue: circles, filled squares. Badges are read from the script.
CIRCLES = ("townFill", "other", "townPale")
SQUARES = ("industry", "power")


@cache
def badges() -> dict[bool, list[str]]:
    """Names of the colours of badges, by whether they are hexagons or squares."""
    listed = re.findall(r"colour: PALETTE\.(\w+), hexagon: (true|false)", SYMBOLS.read_text(encoding="utf-8"))
    assert len(listed) >= 4
    return {shape: [name for name, hexagon in listed if (hexagon == "true") == shape] for shape in (True, False)}


@cache
def rules(sheet: Path) -> list[tuple[str, dict[str, str]]]:
    """A selector and its declarations, one entry a selector; what is nested in @media counts like the rest."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.S)
    found = []
    for heads, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        declared = dict(part.split(":", 1) for part in body.replace("\n", " ").split(";") if ":" in part)
        style = {name.strip(): value.strip() for name, value in declared.items()}
        found += [(" ".join(head.split()), style) for head in heads.split(",") if head.strip()]
    return found


def ground_of(sheet: Path, selector: str, style: dict[str, str]) -> str:
    """The colour below a text: the rule's own, else that of the nearest part around it that has one, else white."""
    parts = selector.split(" ")
    for length in range(len(parts), 0, -1):
        around = " ".join(parts[:length])
        wanted = [style] if length == len(parts) else [other for name, other in rules(sheet) if name == around]
        for other in wanted:
            value = other.get("background", other.get("background-color", ""))
            if colour := re.fullmatch(HEX, value, re.I):
                return colour[0].lower()
    return WHITE


def linear(colour: str) -> NDArray[np.float64]:
    """Red, green and blue as amounts of light."""
    digits = colour.removeprefix("#")
    full = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = np.array([int(full[k : k + 2], 16) / 255 for k in (0, 2, 4)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast as WCAG defines it."""
    dark, light = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB of linear RGB, in daylight."""
    xyz = TO_XYZ @ light / DAYLIGHT
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one: str, other: str, eye: str) -> float:
    """How different two colours look to an eye (CIE 1976)."""
    seen = [lab(np.clip(np.array(EYES[eye]) @ linear(colour), 0, 1)) for colour in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


def is_within(colour: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    """Whether a colour's hue lies within one of some ranges; greys have none."""
    _, a, b = lab(linear(colour))
    hue = np.degrees(np.arctan2(b, a)) % 360
    return bool(np.hypot(a, b) > 10) and any(low <= hue <= high for low, high in ranges)


def confused(one: str, other: str) -> list[str]:
    """Eyes that cannot tell two colours apart; red against green is never enough, however dark or light."""
    found = [eye for eye in EYES if difference(one, other, eye) < APART]
    mixed = any(is_within(a, REDS) and is_within(b, GREENS) for a, b in ((one, other), (other, one)))
    return [*found, *(["red against green"] if mixed else [])]


def sharing() -> list[tuple[str, str]]:
    """Pairs of themes that only their colour tells apart."""
    groups = [CIRCLES, SQUARES, OWN, *badges().values()]
    return sorted({pair for group in groups for pair in itertools.combinations(sorted(set(group)), 2)})


def texts() -> list[tuple[Path, str, str, str]]:
    """Every colour of text with its ground; colours of icons and of what is out of use are no text."""
    listed = []
    for sheet in SHEETS:
        for selector, style in rules(sheet):
            colour = style.get("color", "")
            if not re.fullmatch(HEX, colour, re.I) or re.search(r"icon|unfold|:disabled|atlas-label", selector):
                continue
            listed.append((sheet, selector, colour.lower(), ground_of(sheet, selector, style)))
    return listed


def test_text_has_a_contrast_of_four_and_a_half() -> None:
    listed = texts()
    assert len(listed) > 60
    weak = {
        f"{sheet.name} {selector}": round(contrast(*pair), 2)
        for sheet, selector, *pair in listed
        if contrast(*pair) < TEXT
    }
    assert weak == {}


def test_names_on_the_map_have_it_on_every_ground_they_may_lie_on() -> None:
    labels = {
        selector: style["color"]
        for selector, style in rules(MAP_SHEET)
        if "atlas-label" in selector and re.fullmatch(HEX, style.get("color", ""), re.I)
    }
    assert len(labels) >= 9
    own_ground = {".atlas-label-own": ("country",), ".atlas-label-country": ("land",), ".atlas-label-sea": ("water",)}
    weak = {
        (selector, ground): round(contrast(colour, palette()[ground]), 2)
        for selector, colour in labels.items()
        for ground in own_ground.get(selector, GROUNDS)
        if contrast(colour, palette()[ground]) < TEXT
    }
    assert weak == {}
    assert not [selector for selector, style in rules(MAP_SHEET) if "atlas-label" in selector and "opacity" in style]


@pytest.mark.parametrize("mark", [*MARKS, *MARKS_TOO])
def test_marks_have_a_contrast_of_three_on_land_and_water(mark: str) -> None:
    weak = {ground: contrast(palette()[mark], palette()[ground]) for ground in GROUNDS}
    assert {ground: round(value, 2) for ground, value in weak.items() if value < MARK} == {}


def test_pale_fills_have_an_outline_that_is_seen() -> None:
    """A pale fill alone would vanish; what surrounds it is dark against fill and ground."""
    for fill, line in (("townPale", "town"), ("depositPale", "geology"), ("paper", "geology"), ("paper", "industry")):
        assert contrast(palette()[fill], palette()[line]) >= MARK


def test_the_legend_draws_in_the_colours_of_the_map() -> None:
    drawn = {
        (path.name, colour.lower())
        for path in sorted(SYMBOLS.with_name("swatches").glob("*.svg"))
        for colour in re.findall(HEX, path.read_text(encoding="utf-8"), re.I)
    }
    assert len(drawn) > 20
    assert {(name, colour) for name, colour in drawn if colour not in palette().values()} == set()


def test_letters_on_symbols_are_read() -> None:
    for fill in ("areaFill", "power"):
        assert contrast(palette()[fill], palette()["paper"]) >= TEXT
    for ink in ("geology", "industry", "power", "other"):
        assert contrast(palette()[ink], palette()["paper"]) >= TEXT


def test_controls_and_their_icons_have_a_contrast_of_three() -> None:
    """Borders of fields, boxes to tick, and icons that stand without words."""
    found = {}
    for sheet in SHEETS:
        for selector, style in rules(sheet):
            ground = ground_of(sheet, selector, style)
            if re.search(r"icon|unfold", selector) and re.fullmatch(HEX, style.get("color", ""), re.I):
                found[f"{sheet.name} {selector}"] = contrast(style["color"], ground)
            if re.search(r"\.field$|\.search \.box$|select$", selector) and (
                drawn := re.search(HEX, style.get("border", ""))
            ):
                found[f"{sheet.name} {selector} border"] = contrast(drawn[0], ground)
            if re.search(r"\.(box|dot)\b", selector) and "svg" in (image := style.get("background-image", "")):
                strokes = re.findall(r"stroke='%23([0-9a-f]{6})'", image)
                found[f"{sheet.name} {selector} box"] = max([contrast(f"#{one}", WHITE) for one in strokes] or [MARK])
    assert len(found) >= 10
    weak = {name: round(value, 2) for name, value in found.items() if value < MARK and ":disabled" not in name}
    assert weak == {}


@pytest.mark.parametrize("pair", sharing(), ids="/".join)
def test_themes_of_one_shape_stay_apart_for_every_eye(pair: tuple[str, str]) -> None:
    assert confused(*(palette()[name] for name in pair)) == []


@pytest.mark.parametrize(
    ("one", "other", "eye"),
    [
        ("#ff0000", "#00ff00", "red against green"),
        ("#c0392b", "#6b7a1f", "deutan"),
        ("#b5651d", "#7a7a00", "protan"),
        ("#2f86c1", "#2c8f8f", "tritan"),
    ],
)
def test_colours_that_are_mixed_up_are_found_out(one: str, other: str, eye: str) -> None:
    assert eye in confused(one, other)
