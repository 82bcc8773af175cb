"""A layer's look for QGIS: symbols, labels and column titles, as the default style that a GeoPackage carries.

QGIS reads the style of a layer from the table ``layer_styles`` beside it. Rules choose the symbols, so that points
and areas of one layer each get theirs; symbols are those of the map. A position that is uncertain is hollow there too.
The XML is that of QGIS 3 (``QgsMapLayer::importNamedStyle``); newer releases read what 3.22 reads.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from xml.etree import ElementTree as Xml

import pandas as pd
import shapely

from layers.about import about
from layers.columns import SEPARATOR
from layers.palette import palette
from layers.schema import Layer
from layers.symbols import HOLLOW_ABOVE_KM, SWATCHES, UNCERTAIN
from layers.text import FALLBACK, pick
from layers.vocabulary import vocabulary

STYLES = "layer_styles"
GEOMETRY_COLUMN = "geom"  # what GDAL calls it in a GeoPackage
RELEASE = "3.22.0"
SVG_MM, HEXAGON_MM, SQUARE_MM, DOT_MM = 6.5, 5.0, 3.6, 2.4
TOWN_MM = 0.58  # a circle's diameter in mm for the root of a thousand people: the map's at 96 pixels an inch
TOWN_LEAST_MM = 1.6
LINE_MM = 0.6
DASHES_MM: Mapping[str, str] = {  # of gas lines by status
    "operating": "",
    "construction": "4.5;1.3",
    "planned": "1.6;1.6",
    "mothballed": "3.7;1.3;0.7;1.3",
}
DOTS_MM = "0.5;1.2"  # any other status
KINDS = {"marker": "Point", "line": "Line", "fill": "Polygon"}
LABEL_SIZE_PT, BUFFER_MM = 8, 0.7
AROUND_POINT, OVER_LINE = 6, 2  # placements of labels: cartographic around points, along lines
FROM_SYMBOL = "1"  # a label's distance is measured from the bounds of its symbol
REGULAR, BOLD = "50", "75"


class Rule(NamedTuple):
    """Which features get a symbol: a QGIS expression, what the legend calls them, the symbol's kind and parts."""

    filter: str
    label: str
    kind: str
    parts: list[Xml.Element]


def style_table(made: Layer, heads: Mapping[str, str], language: str) -> pd.DataFrame:
    """The table ``layer_styles`` with the default style of one layer; ``heads`` are the titles of its columns."""
    title = pick(made.spec.title, language)
    row = {
        "f_table_catalog": "",
        "f_table_schema": "",
        "f_table_name": made.spec.id,
        "f_geometry_column": GEOMETRY_COLUMN,
        "styleName": title,
        "styleQML": style(made, heads, language),
        "styleSLD": "",
        "useAsDefault": True,
        "description": title,
        "owner": "",
        "ui": None,
        "update_time": f"{about().as_of.isoformat()}T00:00:00.000Z",
    }
    return pd.DataFrame([row])


def style(made: Layer, heads: Mapping[str, str], language: str) -> str:
    """The style as QGIS writes it: rules with symbols, labels by name, an alias for each column."""
    root = Xml.Element("qgis", version=RELEASE, styleCategories="Symbology|Labeling|Fields", labelsEnabled="1")
    drawn = {int(dimension) for dimension in shapely.get_dimensions(made.frame.geometry[made.located].to_numpy())}
    rules = [rule for dimension in sorted(drawn) for rule in MAKERS[dimension](made, language)]
    renderer = Xml.SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0")
    listed = Xml.SubElement(renderer, "rules", key="all")
    symbols = Xml.SubElement(renderer, "symbols")
    for number, rule in enumerate(rules):
        kind = f"geometry_type($geometry) = '{KINDS[rule.kind]}'"
        told = f"({rule.filter}) AND {kind}" if rule.filter else kind
        Xml.SubElement(listed, "rule", key=f"r{number}", symbol=str(number), label=rule.label, filter=told)
        symbol = Xml.SubElement(symbols, "symbol", type=rule.kind, name=str(number), alpha="1", clip_to_extent="1")
        symbol.extend(rule.parts)
    if made.spec.name:
        root.append(_labels(made, language))
    aliases = Xml.SubElement(root, "aliases")
    for number, (column, head) in enumerate(heads.items()):
        Xml.SubElement(aliases, "alias", index=str(number), field=column, name=head)
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + Xml.tostring(root, encoding="unicode")


def hollow(made: Layer) -> str:
    """The expression for a position that is uncertain: what `layers.symbols.hollow` says of a row."""
    geometry = made.spec.geometry
    if geometry is None or not geometry.accuracy:
        return "false"
    accuracy = _column(geometry.accuracy)
    told = [f"{accuracy} IS NULL", f"{accuracy} > {HOLLOW_ABOVE_KM:g}"]
    if geometry.status:
        told.append(f"coalesce({_column(geometry.status)} IN ({_texts(UNCERTAIN)}), false)")
    return " OR ".join(told)


def _markers(made: Layer, language: str) -> list[Rule]:
    colours, title = palette(), pick(made.spec.title, language)
    symbol = str(made.spec.style.get("symbol", "plain"))
    if symbol == "town":
        return _towns(made, language)
    if symbol == "deposit":
        return _deposits(made, language)
    if symbol == "area":
        hexagon = _simple("hexagon", HEXAGON_MM, colours["areaFill"], colours["geology"], _filled(made, "areaFill"))
        return [Rule("", title, "marker", [hexagon, _letters(made)])]
    if symbol == "plant":
        return [Rule("", title, "marker", [_svg("plant", "false")])]
    name = _plain_colour(made)
    shape, size = ("square", SQUARE_MM) if symbol == "zone" else ("circle", DOT_MM)
    return [Rule("", title, "marker", [_simple(shape, size, colours[name], colours[name], _filled(made, name))])]


def _plain_colour(made: Layer) -> str:
    """Of a layer without a symbol of its own, and of zones."""
    return str(made.spec.style.get("colour", "industry" if made.spec.style.get("symbol") == "zone" else "other"))


def _filled(made: Layer, name: str) -> dict[str, str]:
    """White where the position is uncertain."""
    return {"fillColor": f"if({hollow(made)}, '#ffffff', '{palette()[name]}')"}


def _towns(made: Layer, language: str) -> list[Rule]:
    colours, column = palette(), made.spec.column(str(made.spec.style["listed"]))
    size = _column(str(made.spec.style["size"]))
    wide = {"size": f"max({TOWN_LEAST_MM}, {TOWN_MM} * sqrt(coalesce({size}, 0) / 1000))"}
    title = pick(column.title, language)
    listed = _simple("circle", DOT_MM, colours["townFill"], colours["paper"], wide)
    other = _simple("circle", DOT_MM, colours["townPale"], colours["town"], wide)
    on = f"coalesce({_column(column.name)}, '') = 'yes'"
    return [
        Rule(on, title, "marker", [listed]),
        Rule(f"NOT ({on})", pick(made.spec.title, language), "marker", [other]),
    ]


def _deposits(made: Layer, language: str) -> list[Rule]:
    """A rule for each group of commodities, by the first commodity that a row names."""
    commodities, rules = vocabulary("commodity"), []
    first = f"coalesce(array_first(string_to_array({_letters_column(made)}, '{SEPARATOR}')), '')"
    for code, group in vocabulary("commodity_group").items():
        members = [one for one, term in commodities.items() if term.get("group") == code]
        drawn = _svg(f"glyph_{group.get('glyph', 'other')}", hollow(made))
        rules.append(Rule(f"{first} IN ({_texts(members)})", pick(group, language), "marker", [drawn]))
    rest = _svg("glyph_other", hollow(made))
    return [*rules, Rule(f"{first} NOT IN ({_texts(commodities)})", pick(made.spec.title, language), "marker", [rest])]


def _lines(made: Layer, language: str) -> list[Rule]:
    is_gas = made.spec.style.get("symbol") == "gas"
    title, colour = pick(made.spec.title, language), palette()["gas" if is_gas else _plain_colour(made)]
    if not is_gas:
        return [Rule("", title, "line", [_line(colour, "")])]
    column = made.spec.column(str(made.spec.style["status"]))
    words, known = vocabulary(column.vocabulary), _column(column.name)
    present = set(made.frame[column.name])
    rules = [
        Rule(
            f"{known} = {_texts([code])}",
            pick(words[code], language),
            "line",
            [_line(colour, DASHES_MM.get(code, DOTS_MM))],
        )
        for code in words
        if code in present
    ]
    return rules or [Rule("", title, "line", [_line(colour, "")])]


def _areas(made: Layer, language: str) -> list[Rule]:
    if made.spec.style.get("symbol") == "block":
        return _blocks(made, language)
    colour = palette()["areaFill" if made.spec.style.get("symbol") == "area" else _plain_colour(made)]
    options = {"color": _rgba(colour, 40), "outline_color": _rgba(colour), "outline_width": "0.4", "style": "solid"}
    return [Rule("", pick(made.spec.title, language), "fill", [_part("SimpleFill", options)])]


def _blocks(made: Layer, language: str) -> list[Rule]:
    """A rule for each reading of the codes: the atlas's own solid, the other dashed and empty, as on the map."""
    words, present, colour = vocabulary("block_reading"), set(made.frame["reading"]), palette()["town"]
    rules = []
    for code, fill, line in (("north", "solid", "solid"), ("south", "no", "dash")):
        options = {"color": _rgba(colour, 30), "style": fill, "outline_color": _rgba(colour), "outline_style": line}
        look = _part("SimpleFill", options | {"outline_width": "0.3"})
        if code in present:
            rules.append(Rule(f'"reading" = {_texts([code])}', pick(words[code], language), "fill", [look]))
    return rules


MAKERS = {0: _markers, 1: _lines, 2: _areas}  # by the dimension of a shape


def _simple(shape: str, size_mm: float, fill: str, stroke: str, defined: Mapping[str, str]) -> Xml.Element:
    options = {"name": shape, "size": f"{size_mm:g}", "size_unit": "MM", "color": _rgba(fill)}
    options |= {"outline_color": _rgba(stroke), "outline_width": "0.3", "outline_width_unit": "MM"}
    return _part("SimpleMarker", options, defined)


def _line(colour: str, dash_mm: str) -> Xml.Element:
    options = {"line_color": _rgba(colour), "line_width": f"{LINE_MM:g}", "line_width_unit": "MM", "capstyle": "flat"}
    if dash_mm:
        options |= {"use_custom_dash": "1", "customdash": dash_mm, "customdash_unit": "MM"}
    return _part("SimpleLine", options)


def _svg(name: str, uncertain: str) -> Xml.Element:
    """A picture of the legend, and the same with nothing in it for an uncertain position."""
    drawn = (SWATCHES / f"{name}.svg").read_text(encoding="utf-8")
    empty = re.sub(r'fill="#[0-9a-f]{6}"', 'fill="#ffffff"', drawn)
    filled, bare = (f"base64:{base64.b64encode(one.encode()).decode()}" for one in (drawn, empty))
    defined = {} if uncertain == "false" else {"name": f"if({uncertain}, '{bare}', '{filled}')"}
    return _part("SvgMarker", {"name": filled, "size": f"{SVG_MM:g}", "size_unit": "MM"}, defined)


def _letters(made: Layer) -> Xml.Element:
    """The element of a row's first commodity, on its symbol."""
    elements = {code: str(term.get("element", "")) for code, term in vocabulary("commodity").items()}
    pairs = ", ".join(f"{_texts([code])}, {_texts([element])}" for code, element in elements.items())
    first = f"array_first(string_to_array({_letters_column(made)}, '{SEPARATOR}'))"
    defined = {
        "char": f"coalesce(map_get(map({pairs}), {first}), '')",
        "fillColor": f"if({hollow(made)}, '{palette()['geology']}', '#ffffff')",
    }
    options = {"font": "Sans Serif", "font_style": "Bold", "chr": "", "size": "2.2", "size_unit": "MM"}
    options |= {"color": _rgba("#ffffff"), "outline_width": "0"}
    return _part("FontMarker", options, defined)


def _letters_column(made: Layer) -> str:
    return _column(str(made.spec.style["letters"]))


def _labels(made: Layer, language: str) -> Xml.Element:
    order = dict.fromkeys(made.spec.name[code] for code in (language, *FALLBACK) if code in made.spec.name)
    called = ", ".join(f"nullif({_column(column)}, '')" for column in order)
    labeling = Xml.Element("labeling", type="simple")
    settings = Xml.SubElement(labeling, "settings", calloutType="simple")
    text = {"fieldName": f"coalesce({called})", "isExpression": "1", "fontSize": str(LABEL_SIZE_PT)}
    text |= {"fontSizeUnit": "Point", "textColor": _rgba(palette()["ink"])}
    text["fontWeight"] = BOLD if made.spec.style.get("symbol") == "town" else REGULAR
    written = Xml.SubElement(settings, "text-style", text)
    halo = {"bufferDraw": "1", "bufferSize": f"{BUFFER_MM:g}", "bufferSizeUnits": "MM"}
    Xml.SubElement(written, "text-buffer", halo | {"bufferColor": _rgba("#ffffff")})
    line = made.spec.geometry is not None and made.spec.geometry.type == "line"
    around = {"placement": str(OVER_LINE if line else AROUND_POINT), "offsetType": FROM_SYMBOL, "dist": "0.4"}
    first = made.spec.style.get("symbol") == "town"
    Xml.SubElement(settings, "placement", around | {"distUnits": "MM", "priority": "10" if first else "5"})
    Xml.SubElement(settings, "rendering", drawLabels="1", scaleVisibility="0", obstacle="1")
    return labeling


def _part(kind: str, options: Mapping[str, str], defined: Mapping[str, str] | None = None) -> Xml.Element:
    """A layer of a symbol; ``defined`` are properties that expressions give."""
    made = Xml.Element("layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    listed = Xml.SubElement(made, "Option", type="Map")
    for name, value in options.items():
        Xml.SubElement(listed, "Option", name=name, type="QString", value=value)
    if defined:
        held = Xml.SubElement(Xml.SubElement(made, "data_defined_properties"), "Option", type="Map")
        Xml.SubElement(held, "Option", name="name", type="QString", value="")
        properties = Xml.SubElement(held, "Option", name="properties", type="Map")
        for name, expression in defined.items():
            one = Xml.SubElement(properties, "Option", name=name, type="Map")
            Xml.SubElement(one, "Option", name="active", type="bool", value="true")
            Xml.SubElement(one, "Option", name="expression", type="QString", value=expression)
            Xml.SubElement(one, "Option", name="type", type="int", value="3")
        Xml.SubElement(held, "Option", name="type", type="QString", value="collection")
    return made


def _rgba(colour: str, alpha: int = 255) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"


def _column(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _texts(values: Iterable[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)
