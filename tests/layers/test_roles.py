"""Roles and facets: everything they name exists, and a role puts nothing out of reach."""

from __future__ import annotations

import pytest

from layers.details import tables_about
from layers.facets import facets
from layers.relate import layer
from layers.roles import DEFAULT_ROLE, columns_for, in_order, roles
from layers.spec import LANGUAGES, catalogue, layer_spec
from layers.vocabulary import vocabulary

ROLES = tuple(roles())
LEGEND = [spec.id for spec in catalogue().values() if spec.legend]
PANELS = {"facts", "tables", "nearby", "caution", "sources"}
TOWN_TABLES = [table.id for table, _ in tables_about("towns")]
RELATED = {parent for spec in catalogue().values() if spec.operation == "near" for parent in spec.parents}
RELATED -= {"gas_routes"}  # met through the layers filtered from it
GAS = [name for name in LEGEND if layer_spec(name).operation == "filter"]


def test_there_are_three_roles_and_the_planner_comes_first() -> None:
    assert ROLES == (DEFAULT_ROLE, "geologist", "investor") == ("planner", "geologist", "investor")


@pytest.mark.parametrize("role", ROLES)
def test_a_roles_title_is_translated(role: str) -> None:
    title = roles()[role].title
    assert set(title) == set(LANGUAGES)
    assert title["en"] not in (title["kk"], title["ru"])


@pytest.mark.parametrize("role", ROLES)
def test_a_role_names_what_exists_and_each_once(role: str) -> None:
    asked = roles()[role]
    assert set(asked.layers) <= set(LEGEND)
    assert asked.table in asked.layers
    assert set(asked.panels) == PANELS
    assert set(asked.tables) == set(TOWN_TABLES)
    assert set(asked.nearby) == RELATED
    assert set(asked.groups) == {layer_spec(name).group for name in LEGEND}
    for listed in (asked.layers, asked.panels, asked.tables, asked.nearby, asked.groups):
        assert len(listed) == len(set(listed))


@pytest.mark.parametrize("role", ROLES)
def test_every_legend_layer_stays_in_reach(role: str) -> None:
    """A role preselects: what it does not show keeps its row, in a group that the role lists."""
    asked = roles()[role]
    groups = in_order(asked.groups, list(dict.fromkeys(layer_spec(name).group for name in LEGEND)))
    rows = [name for group in groups for name in LEGEND if layer_spec(name).group == group]
    assert sorted(rows) == sorted(LEGEND)
    assert in_order(asked.tables, [*TOWN_TABLES, "of_a_user"])[-1] == "of_a_user"


@pytest.mark.parametrize("role", ROLES)
def test_a_roles_columns_are_declared_and_five_to_eight(role: str) -> None:
    for name, columns in roles()[role].columns.items():
        spec = layer(name).spec
        assert set(columns) <= {column.name for column in spec.columns}, name
        assert not set(columns) & {spec.key, *spec.name.values()}, name  # the name stands before them
        assert 5 <= len(columns) == len(set(columns)) <= 8, name


@pytest.mark.parametrize("role", ROLES)
def test_each_legend_layer_has_columns_and_gas_layers_those_of_the_gas_lines(role: str) -> None:
    for name in LEGEND:
        asked = "gas_routes" if name in GAS else name
        assert columns_for(role, layer(name).spec) == roles()[role].columns[asked]


def test_facets_name_what_exists_and_are_short() -> None:
    towns, things = ["region", "specialisation", "gas", "listed"], ["group", "commodity", "deposit_type", "status"]
    assert [*facets()] == [*towns, *things, "position", "operator"]
    used = {column.vocabulary for spec in catalogue().values() for column in spec.columns}
    for facet in facets().values():
        assert all(facet.title[language].strip() for language in LANGUAGES)
        assert all(len(facet.title[language]) <= 30 for language in LANGUAGES)  # about 220 px
        assert set(facet.vocabularies) <= used
        assert facet.vocabularies or facet.table or facet.values


def test_a_facet_of_a_table_names_its_columns_and_one_of_an_attribute_the_words_of_each() -> None:
    for facet in facets().values():
        if facet.table:
            names = {facet.column, *facet.where}
            assert names <= {column.name for column in layer_spec(facet.table).columns}
            assert facet.table in TOWN_TABLES
        for name in facet.vocabularies if facet.attribute else ():
            assert {str(term[facet.attribute]) for term in vocabulary(name).values()} <= set(vocabulary(facet.words))
