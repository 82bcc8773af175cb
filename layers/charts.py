"""Charts: one look for screen and paper, in the palette of the map, and the same chart as SVG without a browser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import altair as alt
import vl_convert

from layers.palette import palette
from layers.placemarks import xml_allowed
from layers.text import THIN_SPACE
from layers.vendor import PAPER_FONTS_FOLDER

TYPEFACE = "'Source Sans 3', 'Source Sans', sans-serif"
INK, QUIET, GRID = "#1d2733", "#55616d", "#e6eaed"
# Okabe and Ito, "Color universal design" (2008), darkened to a contrast of 3 on white; amounts take cividis.
CATEGORIES = ("#0B5A8F", "#B36B00", "#00805E", "#9C3F74", "#2B3138", "#4A3AA8")
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")  # besides hue, so that print works
DASHES = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3))
SCHEME = "cividis"
BEYOND_BASIC, NO_GLYPH = re.compile("[\U00010000-\U0010ffff]"), "\u25a1"


def themed(chart: Any, language: str) -> Any:
    """The chart (any Altair chart) in the look of the atlas, its numbers written as the language writes them."""
    axis: dict[str, Any] = {
        "labelColor": QUIET,
        "titleColor": INK,
        "gridColor": GRID,
        "domainColor": "#8c958f",
        "tickColor": "#8c958f",
    }
    sizes: dict[str, Any] = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 600}
    return chart.configure(
        font=TYPEFACE,
        background="#ffffff",
        padding=8,
        locale={"number": number_locale(language)},
        axis=alt.Axis(**axis, **sizes, labelLimit=220),
        axisX=alt.Axis(titleAnchor="end"),  # on a phone a title is wider than what is left beside long labels
        legend=alt.LegendConfig(labelColor=INK, titleColor=INK, orient="top", labelLimit=320, **sizes),
        header=alt.HeaderConfig(labelColor=INK, labelFontSize=13, labelFontWeight=600, titleFontSize=0),
        title=alt.TitleConfig(color=INK, fontSize=14, fontWeight=600, anchor="start"),
        view=alt.ViewConfig(stroke=None),
        range={"category": list(CATEGORIES), "symbol": list(SHAPES)},
    )


def number_locale(language: str) -> dict[str, Any]:
    """Decimal mark and thousands as Vega takes them: as ``layers.text.number`` writes them."""
    marks = (".", ",") if language == "en" else (",", THIN_SPACE)
    return {"decimal": marks[0], "thousands": marks[1], "grouping": [3], "currency": ["", ""], "minus": "\u2212"}


def svg(chart: Any) -> str:
    """A themed chart as SVG for paper, made without a browser, a network or a font of the machine.

    Letters that XML forbids are left out of every text: on one of them the library would end the whole process.
    """
    vl_convert.register_font_directory(str(PAPER_FONTS_FOLDER))
    drawn: str = vl_convert.vegalite_to_svg(_drawable(xml_allowed(chart.to_dict())), vl_version=vl_version())
    return drawn


def _drawable(part: Any) -> Any:
    """The same with a mark for each letter beyond the basic plane: cutting a long label could halve such a one."""
    if isinstance(part, str):
        return BEYOND_BASIC.sub(NO_GLYPH, part)
    if isinstance(part, dict):
        return {name: _drawable(value) for name, value in part.items()}
    return [_drawable(one) for one in part] if isinstance(part, list) else part


def vl_version() -> str:
    """The Vega-Lite version that Altair writes, as vl-convert names it: major and minor."""
    return ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def colour(name: str) -> str:
    """A colour of the map's palette by its name, so that a theme has the same hue on chart and map."""
    return palette()[name]


def scale_of(values: Sequence[str], colours: Sequence[str] = CATEGORIES) -> alt.Scale:
    """A colour scale that gives each of these values its own colour, in this order."""
    return alt.Scale(domain=list(values), range=[colours[place % len(colours)] for place in range(len(values))])
