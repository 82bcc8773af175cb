"""The table under the map: the rows of one visible layer in words; choosing a row selects its feature."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from layers.files import file_url, forms, table_url
from layers.legend import count_of, emptied, rows_in_words, usable
from layers.roles import role
from layers.spec import layer_spec
from layers.text import pick, say
from layers.view import NO_AREA, View
from views.component import mount
from views.state import base_path

KEY = "table"
ROWS_ALONE = 16  # of a table that has the screen for itself
TITLES = {"geojson": "GeoJSON", "gpkg": "GeoPackage", "kml": "KML", "gpx": "GPX", "csv": "CSV", "xlsx": "Excel"}
TITLES |= {"parquet": "GeoParquet"}
WORDS = ("rows", "download", "loading", "failed", "retry", "sort_up", "sort_down", "none", "clear")


def show(view: View) -> None:
    """A tab for each visible layer, and the chosen one's rows with its downloads."""
    shown = usable(view)
    if shown:
        mount(KEY, _data(view, shown, _chosen(view, shown)), KEY)


def whole(layer_id: str, view: View) -> None:
    """A table of the catalogue on its own, whatever the filters of the map."""
    free = replace(view, facets=(), text="", area=NO_AREA, selected=None)
    data = _data(free, (layer_id,), layer_id) | {"rows_shown": ROWS_ALONE}
    mount(KEY, data, f"{KEY}_{layer_id}")


def _chosen(view: View, shown: tuple[str, ...]) -> str:
    """The table asked for, else that of the selected feature's layer, else the role's, else the first."""
    selected = view.selected.layer if view.selected else ""
    wanted = (view.table, selected, role(view.role).table, shown[0])
    return next(one for one in wanted if one in shown)


def _data(view: View, shown: tuple[str, ...], chosen: str) -> dict[str, Any]:
    language, base = view.language, base_path()
    selected = view.selected.id if view.selected and view.selected.layer == chosen else ""
    empty = next(iter(emptied(view, (chosen,))), None)
    return {
        "language": language,
        "url": table_url(base, chosen, view),
        "layer": chosen,
        "tabs": [_tab(one, view, chosen) for one in shown],
        "selected": selected,
        "words": {word: say(language, f"table_{word}") for word in WORDS},
        "note": rows_in_words(chosen, view),
        "downloads": [
            {"format": TITLES[form], "href": file_url(base, chosen, form, view)} for form in forms(chosen, view)
        ],
        "empty": empty,
    }


def _tab(layer_id: str, view: View, chosen: str) -> dict[str, Any]:
    return {
        "id": layer_id,
        "title": pick(layer_spec(layer_id).title, view.language),
        "count": count_of(layer_id, view),
        "on": layer_id == chosen,
    }
