"""Shifts of datum and projections against formulas written by hand, and the published figures."""

from __future__ import annotations

import math

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.errors import GeoError
from geo.operations import (
    CASPIAN,
    CASPIAN_AREA,
    Operation,
    from_wgs84,
    operation_of,
    points_from_wgs84,
    points_to_wgs84,
    to_wgs84,
)
from geo.systems import COUNTRY, System, system_of, systems

GEOD = Geod(ellps="WGS84")
KRASSOWSKY, WGS84 = (6378245.0, 1 / 298.3), (6378137.0, 1 / 298.257223563)
# dx, dy, dz in metres, rx, ry, rz in arc-seconds, scale in ppm; 1 for coordinate frame, -1 for position vector
TO_WGS84 = (25.0, -141.0, -78.5, 0.0, -0.35, -0.736, 0.0, 1)
AT_CASPIAN = (43.822, -108.842, -119.585, 1.455, -0.761, 0.737, 0.549, -1)
# Town, longitude and latitude to a hundredth of a degree, metres that no shift at all costs.
TOWNS = (
    ("Altai", 84.27, 49.73, 65),
    ("Balkhash", 74.98, 46.85, 67),
    ("Kentau", 68.51, 43.52, 70),
    ("Ekibastuz", 75.32, 51.72, 76),
    ("Rudny", 63.13, 52.96, 90),
    ("Zhanaozen", 52.86, 43.34, 95),
    ("Kulsary", 54.02, 46.95, 95),
)


def helmert(lon: float, lat: float, parameters: tuple[float, ...]) -> tuple[float, float]:
    """Longitude and latitude on WGS 84 of a place at height 0 on Krassowsky 1940, by seven parameters."""
    a, f = KRASSOWSKY
    e2, phi, lam = f * (2 - f), math.radians(lat), math.radians(lon)
    n = a / math.sqrt(1 - e2 * math.sin(phi) ** 2)
    x, y, z = n * math.cos(phi) * math.cos(lam), n * math.cos(phi) * math.sin(lam), n * (1 - e2) * math.sin(phi)
    dx, dy, dz, rx, ry, rz, ppm, sign = parameters
    rx, ry, rz = (sign * math.radians(turn / 3600) for turn in (rx, ry, rz))
    scale = 1 + ppm * 1e-6
    x, y, z = (
        dx + scale * (x + rz * y - ry * z),
        dy + scale * (-rz * x + y + rx * z),
        dz + scale * (ry * x - rx * y + z),
    )
    a, f = WGS84
    e2, p = f * (2 - f), math.hypot(x, y)
    phi = math.atan2(z, p * (1 - e2))
    for _ in range(20):
        n = a / math.sqrt(1 - e2 * math.sin(phi) ** 2)
        phi = math.atan2(z + e2 * n * math.sin(phi), p)
    return math.degrees(math.atan2(y, x)), math.degrees(phi)


def transverse_mercator(lon: float, lat: float, system: System) -> tuple[float, float]:
    """Easting and northing on the system's own ellipsoid by Kruger's series in the third flattening (1912)."""
    a, f = WGS84 if system.datum == 4326 else KRASSOWSKY
    scale = 0.9996 if system.family == "utm" else 1.0
    n = f / (2 - f)
    e = math.sqrt(f * (2 - f))
    radius = a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    series = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16,
        13 * n**2 / 48 - 3 * n**3 / 5,
        61 * n**3 / 240,
    )

    def at(degrees: float, east: float) -> tuple[float, float]:
        phi, lam = math.radians(degrees), math.radians(east)
        t = math.sinh(math.atanh(math.sin(phi)) - e * math.atanh(e * math.sin(phi)))
        xi, eta = math.atan2(t, math.cos(lam)), math.atanh(math.sin(lam) / math.sqrt(1 + t * t))
        up = xi + sum(s * math.sin(2 * k * xi) * math.cosh(2 * k * eta) for k, s in enumerate(series, 1))
        side = eta + sum(s * math.cos(2 * k * xi) * math.sinh(2 * k * eta) for k, s in enumerate(series, 1))
        return scale * radius * side, scale * radius * up

    assert system.meridian is not None
    x, y = at(lat, lon - system.meridian)
    zone = (system.zone or 0) * 1e6
    false_easting = {"gk6": zone + 5e5, "gk3": zone + 5e5, "cs63": zone + 3e5}.get(system.family, 5e5)
    origin = at(8 / 60, 0)[1] if system.family == "cs63" else 0.0
    return x + false_easting, y - origin


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(GEOD.inv(*a, *b)[2])


def one(pair: tuple[np.ndarray, np.ndarray]) -> tuple[float, float]:
    return float(pair[0][0]), float(pair[1][0])


def there(lon: float, lat: float, code: str, by: str | None = None) -> tuple[float, float]:
    return one(points_to_wgs84(np.array([lon]), np.array([lat]), code, by))


any_system = st.sampled_from(systems())
parts = st.floats(0, 1)


def place(system: System, along: float, up: float) -> tuple[float, float]:
    """A place in the strip of a system, in the country's box."""
    return system.west + along * (system.east - system.west), COUNTRY[1] + up * (COUNTRY[3] - COUNTRY[1])


def test_nothing_asks_the_network() -> None:
    assert not pyproj.network.is_network_enabled()


def test_operations_have_the_published_names_and_accuracies() -> None:
    shift = Operation("EPSG:15865", "Pulkovo 1942 to WGS 84 (16)", 4.5)
    for system in systems():
        if system.datum == 4284:
            assert operation_of(system.code) == shift
        elif system.datum == 4326:
            assert operation_of(system.code) == Operation("none", "no shift of datum", 0.0)
    with pytest.raises(GeoError):
        operation_of("EPSG:4513")


@settings(deadline=None)
@given(lon=st.floats(46, 88), lat=st.floats(40, 56))
def test_the_shift_is_the_helmert_shift_with_the_published_parameters(lon: float, lat: float) -> None:
    assert metres(there(lon, lat, "EPSG:4284"), helmert(lon, lat, TO_WGS84)) < 1e-4


@settings(deadline=None)
@given(along=parts, up=parts)
def test_the_caspian_shift_is_the_helmert_shift_with_its_parameters(along: float, up: float) -> None:
    west, south, east, north = CASPIAN_AREA
    lon, lat = west + 0.1 + along * (east - west - 0.2), south + 0.1 + up * (north - south - 0.2)
    assert metres(there(lon, lat, "EPSG:4284", CASPIAN), helmert(lon, lat, AT_CASPIAN)) < 1e-4


@settings(max_examples=300, deadline=None)
@given(system=any_system.filter(lambda system: system.meridian is not None), along=parts, up=parts)
def test_metres_are_those_of_krugers_series(system: System, along: float, up: float) -> None:
    lon, lat = place(system, along, up)
    x, y = transverse_mercator(lon, lat, system)
    shifted = (lon, lat) if system.datum == 4326 else helmert(lon, lat, TO_WGS84)
    assert metres(there(x, y, system.code), shifted) < 1e-3


@settings(max_examples=300, deadline=None)
@given(system=any_system, along=parts, up=parts)
def test_there_and_back_is_the_same_place(system: System, along: float, up: float) -> None:
    lon, lat = place(system, along, up)
    x, y = points_from_wgs84(np.array([lon]), np.array([lat]), system.code)
    assert metres(one(points_to_wgs84(x, y, system.code)), (lon, lat)) < 1e-6


@pytest.mark.parametrize("system", systems(), ids=lambda system: system.code)
def test_there_and_back_is_the_same_place_in_the_whole_box(system: System) -> None:
    """Also far outside the strip, as where a whole country is kept in one zone."""
    random = np.random.default_rng(7)
    lon, lat = random.uniform(46, 88, 500), random.uniform(40, 56, 500)
    near = np.abs(lon - (system.meridian or lon)) < 25
    back = points_to_wgs84(*points_from_wgs84(lon[near], lat[near], system.code), system.code)
    assert near.any()
    assert GEOD.inv(lon[near], lat[near], *back)[2].max() < 1e-3


@pytest.mark.parametrize(("town", "lon", "lat", "cost_m"), TOWNS)
def test_what_no_shift_costs_at_towns(town: str, lon: float, lat: float, cost_m: int) -> None:
    assert metres(there(lon, lat, "EPSG:4284"), (lon, lat)) == pytest.approx(cost_m, abs=0.6), town


@pytest.mark.parametrize(("lon", "lat"), [(52.86, 43.34), (52.0, 46.9)])
def test_the_caspian_operation_differs_by_less_than_five_metres(lon: float, lat: float) -> None:
    assert metres(there(lon, lat, "EPSG:4284"), there(lon, lat, "EPSG:4284", CASPIAN)) == pytest.approx(4.85, abs=0.15)


def test_the_caspian_operation_is_kept_to_its_area_and_datum() -> None:
    for away in ((71.4, 51.1), (54.02, 46.95)):
        with pytest.raises(GeoError, match="reaches beyond"):
            there(*away, "EPSG:4284", CASPIAN)
    with pytest.raises(GeoError, match="not offered for WGS 84"):
        there(52.0, 44.0, "EPSG:4326", CASPIAN)
    with pytest.raises(GeoError, match="EPSG:5044 is not offered"):
        there(52.0, 44.0, "EPSG:4284", "EPSG:5044")
    assert there(52.0, 44.0, "EPSG:4284", "EPSG:15865") == there(52.0, 44.0, "EPSG:4284")


def test_taking_utm_for_gauss_kruger_costs_two_kilometres_of_northing() -> None:
    for lat, km in ((42.0, 1.9), (54.0, 2.5)):
        x, y = points_from_wgs84(np.array([75.0]), np.array([lat]), "EPSG:32643")
        wrong = one(points_to_wgs84(x, y, "EPSG:2503"))
        assert metres(wrong, (75.0, lat)) / 1000 == pytest.approx(km, abs=0.1)


def test_zones_with_and_without_prefix_and_twins_mean_the_same_place() -> None:
    assert there(13456789, 5234567, "EPSG:28413") == pytest.approx(there(456789, 5234567, "EPSG:2503"), abs=1e-11)
    assert there(456789, 5234567, "EPSG:2601") == pytest.approx(there(456789, 5234567, "EPSG:2503"), abs=1e-11)


def test_geometries_of_any_kind_with_their_axes_swapped_or_not() -> None:
    area = shapely.from_wkt("POLYGON ((13400000 5200000, 13500000 5200000, 13500000 5300000, 13400000 5200000))")
    given_ = np.array(
        [area, None, shapely.Point(13456789, 5234567, 300), shapely.from_wkt("POINT EMPTY")], dtype=object
    )
    before = shapely.to_wkb(given_)
    moved = to_wgs84(given_, "EPSG:28413")
    assert (shapely.to_wkb(given_) == before).all()
    assert moved[1] is None
    assert moved[3].is_empty
    assert not moved[2].has_z
    assert shapely.get_coordinates(moved[2])[0] == pytest.approx(there(13456789, 5234567, "EPSG:28413"))
    turned = shapely.transform(given_, lambda coordinates: coordinates[:, ::-1])
    assert shapely.equals_exact(to_wgs84(turned, "EPSG:28413", swapped=True)[[0, 2]], moved[[0, 2]]).all()
    back = from_wgs84(moved, "EPSG:28413")
    assert shapely.equals_exact(back[0], area, 1e-3)
    assert to_wgs84(np.array([], dtype=object), "EPSG:28413").shape == (0,)


@pytest.mark.parametrize(
    ("x", "y", "code"),
    [
        (5234567, 13456789, "EPSG:28413"),
        (456789, 5234567, "EPSG:28413"),
        (13456789, 5234567, "EPSG:2503"),
        (13456789, 5234567, "EPSG:4326"),
        (48.0, 91.0, "EPSG:4284"),
        (math.inf, 5234567, "EPSG:28413"),
        (1e300, 5234567, "EPSG:32643"),
    ],
)
def test_metres_that_have_no_place_in_the_system_are_refused(x: float, y: float, code: str) -> None:
    with pytest.raises(GeoError, match=r"has no place with easting .*order of the axes"):
        points_to_wgs84(np.array([x]), np.array([y]), code)


def test_missing_values_stay_missing() -> None:
    for code in ("EPSG:28413", "EPSG:4284", "EPSG:4326"):
        x, y = points_from_wgs84(np.array([75.0, np.nan]), np.array([48.0, 48.0]), code)
        lon, lat = points_to_wgs84(x, y, code)
        assert np.isfinite([lon[0], lat[0]]).all()
        assert np.isnan(lon[1])


def test_any_other_system_on_a_known_datum_is_shifted_by_the_same_operation() -> None:
    assert there(9462156.6, 6446275.8, "EPSG:3857") == pytest.approx((85.0, 50.0), abs=1e-5)
    wide = one(points_to_wgs84(np.array([9.46e6]), np.array([5.2e6]), "EPSG:28409"))
    assert wide == pytest.approx(
        one(points_to_wgs84(np.array([9.46e6]), np.array([5.2e6]), system_of("EPSG:28409").code))
    )
