"""Backgrounds of the map: our own, which needs no network, and tiles of others, loaded only when chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xyzservices import TileProvider, providers

from layers.view import QUIET

STREET, SATELLITE = "street", "satellite"
LARGEST_ZOOM = 18


@dataclass(frozen=True)
class Tiles:
    """Raster tiles of somebody else: URL template with {z}, {x}, {y}, and the credit they ask for."""

    url: str
    attribution: str
    max_zoom: int


def _tiles(provider: TileProvider) -> Tiles:
    return Tiles(provider.build_url(scale_factor=""), provider.attribution, int(provider.get("max_zoom", LARGEST_ZOOM)))


# xyzservices keeps each provider's address and mandatory credit.
TILES: Mapping[str, Tiles] = {
    STREET: _tiles(providers.OpenStreetMap.Mapnik),
    SATELLITE: _tiles(providers.Esri.WorldImagery),
}
BACKGROUNDS = (QUIET, *TILES)
