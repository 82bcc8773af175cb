"""A visitor compares what is theirs; nobody else does."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from layers.site.choices import choices
from layers.site.compare import comparison
from layers.site.files import compare_url
from layers.view import Selection, View
from layers.visitors.whose import new_token, visiting
from tests.site.test_compare import THREE, asked
from tests.visitors.conftest import Take, geojson, point


def test_a_visitors_layer_is_compared_by_its_visitor_alone(take: Take) -> None:
    token = new_token()
    folder = take(token, geojson(({"name": "=1+1", "kind": "руда"}, point(72.9, 49.8))), "мой.geojson")
    with visiting(token):
        key = next(one.selected.id for one in choices("en") if one.selected.layer == folder.name)
        own = Selection(folder.name, key)
        found = comparison((own, THREE[0]), "en", 50)
        assert [one.ours for one in found.sites] == [False, True]
        assert found.sites[0].lines["gas_operating"].km is not None
        query = urlsplit(compare_url("", "csv", View(compared=(own, THREE[0]), radius_km=50))).query
    assert asked("compare.csv", query, token).status_code == 200
    assert asked("compare.csv", query, new_token()).status_code == 404
    assert asked("compare.csv", query).status_code == 404
    assert asked("site.pdf", f"sel={quote(f'{own.layer}/{own.id}')}", new_token()).status_code == 404
