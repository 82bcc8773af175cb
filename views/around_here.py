"""Everything within the radius of what is selected: one list by distance or by layer, and the same as a file."""

from __future__ import annotations

from collections.abc import Mapping

from layers.files import around_url
from layers.legend import swatch
from layers.nearby import around_selected
from layers.related import Nearby
from layers.roles import in_order, role
from layers.routes import swatch_url
from layers.sieve import sieve_of
from layers.spec import layer_spec
from layers.surroundings import without_radius
from layers.text import number, pick, say
from layers.view import Selection, View
from views import panel
from views.state import base_path

FILES = {"csv": "CSV", "xlsx": "Excel", "geojson": "GeoJSON", "gpkg": "GeoPackage", "kml": "KML"}
MOST_AT_ONCE = 40  # rows that are written before one asks for the others


def blocks(selected: Selection, view: View, folded: bool = False) -> list[panel.Block]:
    """The list with its switch and its files; one sentence where nothing is found or the place is not known."""
    language = view.language
    found = around_selected(selected, language, view.radius_km, sieve_of(without_radius(view)), view.sure)
    if found is None:
        return []
    rows = _rows(found, view)
    note = _note(found, view)
    count = number(len(rows), language)
    if not rows:
        nothing: panel.Block = {"kind": "note", "text": say(language, "place_none")}
        return [] if folded else [panel.heading(say(language, "around_here"), note), nothing]
    listed = {
        "kind": "around",
        "summary": say(language, "around_all", radius=view.radius_km, count=count) if folded else "",
        "note": note,
        "rows": rows,
        "orders": _orders(rows, found, view),
        "most": MOST_AT_ONCE,
        "words": {
            "all": say(language, "around_show_all", count=count),
            "order": say(language, "around_order"),
            "files": say(language, "table_download"),
        },
        "files": [{"format": title, "href": around_url(base_path(), form, view)} for form, title in FILES.items()],
    }
    return [listed] if folded else [panel.heading(say(language, "around_here"), ""), listed]


def _rows(found: Mapping[str, Nearby], view: View) -> list[panel.Block]:
    """All that was found, the nearest first, each with the title of its layer."""
    told = sorted((one for near in found.values() for one in near.rows), key=lambda one: one.away_km)
    specs = {layer_id: layer_spec(layer_id) for layer_id in found}
    titles = {layer_id: pick(spec.title, view.language) for layer_id, spec in specs.items()}
    drawn = {layer_id: swatch_url(base_path(), *swatch(spec)) for layer_id, spec in specs.items()}
    return [panel.relation(one, drawn[one.layer], titles[one.layer], view) for one in told]


def _orders(rows: list[panel.Block], found: Mapping[str, Nearby], view: View) -> list[panel.Block]:
    """Places of the rows by distance, and by layer in the order of the role."""
    rank = {layer_id: place for place, layer_id in enumerate(in_order(role(view.role).nearby, list(found)))}
    by_layer = sorted(range(len(rows)), key=lambda place: rank[rows[place]["layer"]])
    return [
        {"id": "distance", "title": say(view.language, "around_by_distance"), "places": [*range(len(rows))]},
        {"id": "layer", "title": say(view.language, "around_by_layer"), "places": by_layer},
    ]


def _note(found: Mapping[str, Nearby], view: View) -> str:
    """What the list holds, and how much a filter hides of it."""
    language = view.language
    within = "around_surely" if view.sure else "around_within"
    hidden = sum(near.left_out for near in found.values())
    told = [say(language, within, radius=view.radius_km)]
    told += [say(language, "around_hidden", count=number(hidden, language))] if hidden else []
    return " ".join(told)
