"""The base map: made from constants only, so that the browser never has to build it twice."""

from __future__ import annotations

import folium
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from layers import vendor
from layers.about import about
from layers.routes import web_url
from layers.text import gate

HOME = ((40.7, 46.6), (55.3, 87.2))  # the country with a margin: south-west, north-east in degrees
CENTRE = (48.0, 67.0)
FIRST_ZOOM = 5
LARGEST_ZOOM = 18
SCRIPTS = ("symbols.js", "labels.js", "atlas.js")


class Scripts(JSCSSMixin):
    """Our own scripts: they load when the frame mounts, so they belong to the base map."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        'Atlas.start({{ this._parent.get_name() }}, Atlas.decode("{{ this.argument }}"));'
        "{% endmacro %}"
    )

    def __init__(self, base: str) -> None:
        super().__init__()
        self._name = "Scripts"
        self.default_js = [(name, web_url(base, name)) for name in SCRIPTS]
        self.default_css = []
        fonts = [f"{base}/api/vendor/{path}" for path in vendor.FONTS]
        self.argument = gate({"home": HOME, "maxZoom": LARGEST_ZOOM, "fonts": fonts, "credits": [credit._asdict() for credit in about().credits]})


def base_map(base: str) -> folium.Map:
    """A new map with our scripts and controls and no layers; equal for every reader and every run.

    It is not cached: st_folium adds groups to the map it is given.
    """
    vendor.activate(base)
    made = folium.Map(
        CENTRE, zoom_start=FIRST_ZOOM, tiles=None, maxZoom=LARGEST_ZOOM, zoom_control=False, zoom_snap=0.25
    )
    scripts: MacroElement = Scripts(base)
    scripts.add_to(made)
    return made
