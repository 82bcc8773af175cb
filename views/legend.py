"""The left column: the legend whose rows are the controls, the filters, the background, how to read it."""

from __future__ import annotations

from typing import Any

from layers.backgrounds import BACKGROUNDS
from layers.legend import active, emptied, groups, options, symbols_key
from layers.picture import marks
from layers.routes import swatch_url
from layers.text import say
from layers.view import QUIET, RADIUS_KM, RADIUS_STEP_KM, View
from views import asof
from views.component import mount
from views.state import base_path

KEY = "controls"
READ = ("read_size", "read_faded", "read_hollow", "read_badge")
WORDS = (
    *("layers", "filters", "opacity", "raise", "lower", "settings", "show_group", "of", "clear"),
    *(
        "radius",
        "possible",
        "possible_note",
        "text",
        "text_hint",
        "area",
        "area_none",
        "area_view",
        "area_radius",
        "area_radius_off",
    ),
    *("area_shape", "area_shape_hint", "none_left", "options", "background", "how_to_read"),
)

BLANKS = {name: f"{{{name}}}" for name in ("count", "total", "group")}  # filled in the browser


def show(view: View) -> None:
    """Draw the column; what is done in it changes the URL and runs the page again."""
    mount(KEY, _data(view), KEY)


def _data(view: View) -> dict[str, Any]:
    language, base = view.language, base_path()
    listed = groups(view)
    for group in listed:
        for row in group["rows"]:
            row["swatch"] = swatch_url(base, *row["swatch"])
    return {
        "language": language,
        "words": {word: say(language, f"controls_{word}", **BLANKS) for word in WORDS}
        | {"clear_all": say(language, "clear_all")}
        | asof.words(view),
        "groups": listed,
        "active": active(view),
        "emptied": emptied(view),
        "facets": options(view),
        "asof": asof.data(view),
        "text": view.text,
        "area": {"kind": view.area.kind, "radius_possible": view.selected is not None},
        "radius": {"km": view.radius_km, "min": RADIUS_KM[0], "max": RADIUS_KM[1], "step": RADIUS_STEP_KM}
        | {"sure": view.sure},
        "backgrounds": _backgrounds(view),
        "key": _key(view, base),
        "absent": say(language, "not_in_atlas"),
    }


def _backgrounds(view: View) -> list[dict[str, Any]]:
    online = say(view.language, "background_online")
    return [
        {
            "id": one,
            "title": say(view.language, f"background_{one}"),
            "on": one == view.background,
            "note": "" if one == QUIET else online,
        }
        for one in BACKGROUNDS
    ]


def _key(view: View, base: str) -> list[dict[str, str]]:
    """How to read the symbols; the marks and the shapes of deposits while these may be on the map."""
    told = {"read_faded": "read_faded_then"} if view.as_of else {}
    rows = [
        {"swatch": swatch_url(base, name), "text": say(view.language, told.get(name, name))}
        for name in (*READ, *marks(view))
    ]
    if "deposits" in view.visible:
        rows += [one | {"swatch": swatch_url(base, one["swatch"])} for one in symbols_key(view.language)]
    return rows
