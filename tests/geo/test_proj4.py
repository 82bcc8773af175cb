"""The definitions for the browser: they lead to the same places as the operations here, to a millimetre."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from geo.errors import GeoError
from geo.operations import points_from_wgs84, points_to_wgs84
from geo.proj4 import definition
from geo.systems import PULKOVO_DEGREES, WGS84_DEGREES, System, system_of, systems

KNOWN = [system for system in systems() if system.datum in (4326, 4284)]
GEOD = Geod(ellps="WGS84")
LAT, ALONG = st.floats(40.0, 56.0), st.floats(-0.5, 1.5)


def there(system: System, lon: float, lat: float) -> tuple[float, float]:
    """By PROJ from the definition alone, with nothing of EPSG behind it."""
    plain = Transformer.from_crs("+proj=longlat +datum=WGS84 +no_defs", definition(system), always_xy=True)
    return plain.transform(lon, lat)


@given(st.sampled_from(KNOWN), LAT, ALONG)
def test_a_definition_leads_to_the_same_place_as_the_operation(system: System, lat: float, along: float) -> None:
    """A quarter of a zone beyond its strip included; whole degrees of the country where there are no zones."""
    lon = min(max(system.west + along * (system.east - system.west), 46.0), 88.0)
    x, y = there(system, lon, lat)
    wanted_x, wanted_y = (float(side[0]) for side in points_from_wgs84(np.array([lon]), np.array([lat]), system.code))
    if system.projected:
        assert np.hypot(x - wanted_x, y - wanted_y) < 0.01
    else:
        assert GEOD.inv(x, y, wanted_x, wanted_y)[2] < 0.01


def test_the_shift_is_the_published_one_with_the_signs_of_the_position_vector() -> None:
    assert "+towgs84=25.0,-141.0,-78.5,0.0,0.35,0.736,0.0 " in definition(PULKOVO_DEGREES)
    assert "+towgs84=0.0,0.0,0.0 " in definition(WGS84_DEGREES)


def test_a_gauss_kruger_zone_and_back() -> None:
    x, y = there(system_of("EPSG:28413"), 74.98, 46.85)
    assert (x, y) == pytest.approx((13498527, 5190622), abs=0.6)
    lon, lat = points_to_wgs84(np.array([x]), np.array([y]), "EPSG:28413")
    assert (lon[0], lat[0]) == pytest.approx((74.98, 46.85), abs=1e-7)


def test_what_is_no_transverse_mercator_is_refused() -> None:
    with pytest.raises(GeoError, match="transverse Mercator"):
        definition(system_of("EPSG:3857"))
