"""The base map: made from constants only, so that the browser never has to build it twice."""

from __future__ import annotations

import folium
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from layers import vendor
from layers.about import about
from layers.routes import BUNDLE, READOUT, vendor_url, web_url
from layers.text import gate
from layers.view import ZOOMS

HOME = ((40.7, 46.6), (55.3, 87.2))  # the country with a margin: south-west, north-east in degrees
CENTRE = (48.0, 67.0)
FIRST_ZOOM = 5


class Scripts(JSCSSMixin, MacroElement):
    """Our own scripts in one file: they load when the frame mounts, so they belong to the base map."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        'Atlas.start({{ this._parent.get_name() }}, Atlas.decode("{{ this.argument }}"));'
        "{% endmacro %}"
    )

    def __init__(self, base: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Scripts"
        self.default_js = [("atlas", web_url(base, BUNDLE))]
        self.default_css = []
        fonts = [vendor_url(base, path) for path in vendor.FONTS]
        credited = [{"text": credit.short, "url": credit.url} for credit in about().credits]
        zooms = {"minZoom": ZOOMS[0], "maxZoom": ZOOMS[1]}
        systems = {"script": vendor_url(base, vendor.PROJ4_JS), "data": web_url(base, READOUT)}
        self.argument = gate({"home": HOME, **zooms, "fonts": fonts, "credits": credited, "systems": systems})


class BaseMap(folium.Map):
    """A folium map that loads Leaflet from our own address and nothing else.

    folium's list of scripts names Bootstrap, jQuery, icon fonts and their addresses outside; our symbols
    and controls need none of them.
    """

    def __init__(self, base: str) -> None:
        super().__init__(CENTRE, zoom_start=FIRST_ZOOM, tiles=None, maxZoom=int(ZOOMS[1]), zoom_control=False)
        self.default_js = [("leaflet", vendor_url(base, vendor.LEAFLET_JS))]
        self.default_css = [("leaflet_css", vendor_url(base, vendor.LEAFLET_CSS))]


def base_map(base: str) -> folium.Map:
    """A new map with our scripts and controls and no layers; equal for every reader and every run.

    It is not cached: st_folium adds groups to the map it is given.
    """
    made = BaseMap(base)
    Scripts(base).add_to(made)
    return made
