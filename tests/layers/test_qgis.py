"""A GeoPackage opens in QGIS with the symbols, labels and titles of the atlas."""

from __future__ import annotations

import base64
import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

import pytest

from layers.export import export
from layers.qgis import hollow
from layers.relate import layer
from layers.spec import LANGUAGES, catalogue
from layers.symbols import hollow as drawn_hollow
from layers.vocabulary import vocabulary

if TYPE_CHECKING:
    from tests.conftest import Extra

LAYERS = [spec.id for spec in catalogue().values() if spec.legend and layer(spec.id).located.any()]
QUOTED = re.compile(r'"((?:[^"]|"")+)"')
TEXT = re.compile(r"'(?:[^']|'')*'")


def styled(layer_id: str, folder: Path, language: str = "en") -> tuple[sqlite3.Connection, Xml.Element]:
    """An exported GeoPackage and the XML of its only, default style."""
    out = folder / f"{layer_id}-{language}.gpkg"
    export(layer_id, "gpkg", language, out)
    base = sqlite3.connect(out)
    ((table, column, xml, default),) = base.execute(
        "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
    )
    assert (table, default) == (layer_id, 1)
    assert base.execute("SELECT column_name FROM gpkg_geometry_columns").fetchall() == [(column,)]
    return base, Xml.fromstring(xml)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layer_id", LAYERS)
def test_a_style_names_columns_that_the_file_has(layer_id: str, language: str, tmp_path: Path) -> None:
    base, root = styled(layer_id, tmp_path, language)
    columns = {name for _, name, *_ in base.execute(f'PRAGMA table_info("{layer_id}")')}
    told = [node.get("filter", "") for node in root.iter("rule")]
    told += [node.get("value", "") for node in root.iter("Option") if node.get("name") == "expression"]
    told += [node.get("fieldName", "") for node in root.iter("text-style")]
    named = {name for expression in told for name in QUOTED.findall(TEXT.sub("", expression))}
    aliases = {node.get("field"): node.get("name") for node in root.iter("alias")}
    assert named <= columns
    assert {*aliases} == columns - {"fid", "geom"}
    assert all(aliases.values())
    base.close()


@pytest.mark.parametrize("layer_id", LAYERS)
def test_each_rule_has_a_symbol_of_its_kind_and_a_label(layer_id: str, tmp_path: Path) -> None:
    base, root = styled(layer_id, tmp_path)
    kinds = {node.get("name"): node.get("type") for node in root.iter("symbol")}
    words = {"marker": "'Point'", "line": "'Line'", "fill": "'Polygon'"}
    rules = list(root.iter("rule"))
    assert rules
    for rule in rules:
        assert words[str(kinds[rule.get("symbol")])] in rule.get("filter", "")
        assert rule.get("label")
    base.close()


@pytest.mark.parametrize("layer_id", LAYERS)
def test_what_is_hollow_on_the_map_is_hollow_in_qgis(layer_id: str, tmp_path: Path) -> None:
    """The expression is SQL as well, so SQLite can say which rows it means."""
    base, _ = styled(layer_id, tmp_path)
    rows = base.execute(f'SELECT {hollow(layer(layer_id))} FROM "{layer_id}" ORDER BY fid').fetchall()
    assert [bool(row[0]) for row in rows] == drawn_hollow(layer(layer_id))
    base.close()


def test_every_deposit_meets_one_rule_and_its_own_drawing(tmp_path: Path) -> None:
    base, root = styled("deposits", tmp_path)
    groups = {code: term.get("group") for code, term in vocabulary("commodity").items()}
    firsts = [str(cell).split(";")[0] for cell in layer("deposits").frame["commodities"]]
    lists = [TEXT.findall(rule.get("filter", "").split(" IN (")[1]) for rule in root.iter("rule")]
    *within, rest = [{text.strip("'") for text in found} for found in lists]
    for first in {*firsts}:
        assert sum(first in members for members in within) + (first not in rest) == 1
    for (code, _), members in zip(vocabulary("commodity_group").items(), within, strict=False):
        assert {groups[one] for one in members if one in groups} <= {code}
    pictures = [node.get("value", "") for node in root.iter("Option") if node.get("name") == "name"]
    drawings = [value for value in pictures if value.startswith("base64:")]
    assert len(drawings) == len(lists)
    for drawing in drawings:
        assert Xml.fromstring(base64.b64decode(drawing.removeprefix("base64:"))).tag.endswith("svg")
    base.close()


def test_gas_lines_are_told_apart_by_their_dashes(tmp_path: Path) -> None:
    base, root = styled("gas_routes", tmp_path)
    dashes = [node.get("value") for node in root.iter("Option") if node.get("name") == "customdash"]
    assert len(dashes) == len({*dashes}) == len([*root.iter("symbol")]) - 1  # operating lines are solid
    base.close()


def test_a_layer_without_any_position_has_no_style(tmp_path: Path) -> None:
    export("industrial_zones", "gpkg", "en", tmp_path / "zones.gpkg")
    with sqlite3.connect(tmp_path / "zones.gpkg") as base:
        assert not base.execute("SELECT name FROM sqlite_master WHERE name = 'layer_styles'").fetchall()
    base.close()


def test_a_title_that_looks_like_markup_stays_a_title(extra: Extra, tmp_path: Path) -> None:
    hostile = "<symbol/>&amp;'"
    extra.layer("wells", "id,lon,lat\na,75,46.8")
    entry = extra.folder / "catalogue" / "wells.toml"
    extra.write("catalogue/wells.toml", entry.read_text(encoding="utf-8").replace("'wells'", f'"{hostile}"'))
    base, root = styled("wells", tmp_path)
    assert {node.get("label") for node in root.iter("rule")} == {hostile}
    base.close()
