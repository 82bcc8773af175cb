"""The flat map around a centre: lengths and directions from there are those of the ellipsoid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from geo.azimuthal import azimuthal_km

LON, LAT = st.floats(45, 90), st.floats(38, 58)


@given(LON, LAT, LON, LAT)
def test_it_is_the_azimuthal_equidistant_projection_of_proj(lon: float, lat: float, x: float, y: float) -> None:
    peer = Transformer.from_pipeline(f"+proj=pipeline +step +proj=aeqd +lat_0={lat} +lon_0={lon} +ellps=WGS84")
    expected = np.array(peer.transform(x, y)) / 1000
    assert azimuthal_km(np.array([[x, y]]), (lon, lat))[0] == pytest.approx(expected, abs=1e-6)


def test_a_degree_of_latitude_lies_north_and_the_centre_in_the_middle() -> None:
    found = azimuthal_km(np.array([[70.0, 50.0], [70.0, 51.0]]), (70.0, 50.0))
    assert found[0] == pytest.approx([0, 0], abs=1e-9)
    assert found[1] == pytest.approx([0, 111.24], abs=0.01)  # a degree of meridian at 50.5 north


def test_no_position_gives_none() -> None:
    assert azimuthal_km(np.empty((0, 2)), (70.0, 50.0)).shape == (0, 2)
