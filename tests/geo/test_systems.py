"""The table of systems against the data set of EPSG that is installed."""

from __future__ import annotations

import pytest
from pyproj import CRS

from geo.errors import GeoError
from geo.systems import COUNTRY, System, code_of, system_from, system_of, systems, twins

ZONES = [system for system in systems() if system.meridian is not None]
PARAMETERS = (
    "Latitude of natural origin",
    "Longitude of natural origin",
    "Scale factor at natural origin",
    "False easting",
    "False northing",
)


def code(system: System) -> str:
    return system.code


def number(system: System) -> int:
    return int(system.code.removeprefix("EPSG:"))


@pytest.mark.parametrize("system", systems(), ids=code)
def test_names_are_those_of_the_data_set_and_nothing_is_deprecated(system: System) -> None:
    assert system.crs.name == system.name
    assert not system.crs.is_deprecated
    assert system.crs.geodetic_crs.name == {4326: "WGS 84", 4284: "Pulkovo 1942", 10941: "QazTRF-23"}[system.datum]
    assert system.projected == (system.family != "geographic")


@pytest.mark.parametrize("system", ZONES, ids=code)
def test_zones_have_the_registered_parameters(system: System) -> None:
    found = {param.name: param.value for param in system.crs.coordinate_operation.params}
    easting = {
        "gk6": 1_000_000 * (system.zone or 0) + 500_000,
        "gk3": 1_000_000 * (system.zone or 0) + 500_000,
        "cs63": 1_000_000 * (system.zone or 0) + 300_000,
    }.get(system.family, 500_000)
    scale = 0.9996 if system.family == "utm" else 1.0
    south = 8 / 60 if system.family == "cs63" else 0.0
    assert [found[name] for name in PARAMETERS] == pytest.approx([south, system.meridian, scale, easting, 0.0])


@pytest.mark.parametrize("system", ZONES, ids=code)
def test_strips_are_those_for_which_the_systems_are_registered(system: System) -> None:
    area = system.crs.area_of_use
    assert (system.west, system.east) == pytest.approx((area.west, area.east), abs=0.011)  # kept to 0.01 degrees there


def test_every_zone_of_the_country_is_there_once() -> None:
    numbers = {number(system) for system in systems()} - {10941}
    six = {*range(28408, 28416), *range(2498, 2506), *range(32638, 32646)}
    three = {*range(2532, 2546), *range(2591, 2600), *range(2601, 2606)}  # 2600 is Lithuania's
    assert numbers == {4326, 4284, 2939, 2940, 2941} | six | three
    assert len(systems()) == len({system.code for system in systems()})
    assert not numbers & {2600, *range(28468, 28476)}


@pytest.mark.parametrize("system", systems(), ids=code)
def test_extents_are_eastings_and_northings_of_the_country(system: System) -> None:
    west, south, east, north = system.extent
    if not system.projected:
        assert system.extent == COUNTRY
        return
    assert 500_000 < east - west < 770_000
    assert (south, north) == pytest.approx((4_430_000, 6_215_000), abs=20_000)
    millions = west // 1_000_000
    assert millions == east // 1_000_000 or system.family == "cs63"
    assert millions == (system.zone if system.family in ("gk6", "gk3", "cs63") else 0)


@pytest.mark.parametrize("written", ["EPSG:28413", " epsg:28413 "])
def test_a_system_is_found_by_its_code(written: str) -> None:
    assert system_of(written).name == "Pulkovo 1942 / Gauss-Kruger zone 13"


@pytest.mark.parametrize(
    "written", ["", "28413x", "EPSG:", "+init=/etc/passwd:1", "EPSG:99999", "EPSG:1", "file.prj", "X[" * 99]
)
def test_what_is_no_system_is_refused(written: str) -> None:
    with pytest.raises(GeoError):
        system_of(written)


def test_a_datum_without_a_fixed_operation_is_refused_with_the_remedy() -> None:
    with pytest.raises(GeoError, match=r"CGCS2000 / 3-degree Gauss-Kruger zone 25.*no operation of known accuracy"):
        system_of("EPSG:4513")


def test_qaztrf_is_used_where_proj_knows_it_and_else_says_what_is_missing() -> None:
    if any(number(system) == 10941 for system in systems()):
        assert system_of("EPSG:10941").family == "geographic"
        return
    with pytest.raises(GeoError, match=r"QazTRF-23 .*not in the data set of PROJ .*qazgrid_kz\.gsb"):
        system_of("EPSG:10941")


@pytest.mark.parametrize("system", systems(), ids=code)
def test_a_prj_file_as_other_programs_write_it_is_recognised(system: System) -> None:
    assert system_from(CRS.from_wkt(system.crs.to_wkt("WKT1_ESRI"))) == system
    assert system_from(CRS.from_wkt(system.crs.to_wkt())) == system
    if system.meridian is not None:
        renamed = system.crs.to_wkt("WKT1_ESRI").replace(system.crs.name, "SK-42").replace("_GK_", "_Gauss_")
        found = system_from(CRS.from_wkt(renamed.replace('PROJCS["', 'PROJCS["Own ')))
        assert found in (system, *twins(system))


def test_other_systems_are_known_by_their_datum() -> None:
    mercator = system_from(CRS.from_epsg(3857))
    assert mercator is not None
    assert (mercator.code, mercator.family, mercator.datum) == ("EPSG:3857", "other", 4326)
    foreign = system_from(CRS.from_epsg(28407))
    assert foreign is not None
    assert (foreign.family, foreign.datum, foreign.projected) == ("other", 4284, True)
    assert system_of(foreign.code) == foreign
    assert system_from(CRS.from_epsg(4979)) == system_of("EPSG:4326")  # with heights
    assert system_from(CRS.from_string("OGC:CRS84")) == system_of("EPSG:4326")  # longitude first
    bound = CRS.from_wkt(
        CRS.from_epsg(28413)
        .to_wkt("WKT1_GDAL")
        .replace('AUTHORITY["EPSG","6284"]', 'TOWGS84[1,2,3,0,0,0,0],AUTHORITY["EPSG","6284"]')
    )
    assert bound.is_bound
    assert system_from(bound) == system_of("EPSG:28413")  # the shift it brings along is left aside
    assert system_from(CRS.from_epsg(4200)) == System("EPSG:4200", "Pulkovo 1995", "geographic", 4200)
    assert system_from(CRS.from_epsg(4490)) is None  # CGCS2000
    assert system_from(CRS.from_epsg(4978)) is None  # geocentric


def test_a_system_without_a_code_is_known_by_its_definition() -> None:
    own = CRS.from_wkt(CRS.from_epsg(28413).to_wkt("WKT1_ESRI").replace("13500000", "250000").replace("75.0", "66.5"))
    found = system_from(own)
    assert found is not None
    assert (found.family, found.datum) == ("other", 4284)
    assert found.code == code_of(own) == own.to_wkt()
    assert system_of(found.code) == found


def test_twins_are_three_degree_zones_on_a_six_degree_meridian() -> None:
    assert [twin.code for twin in twins(system_of("EPSG:2503"))] == ["EPSG:2601"]
    assert [twin.code for twin in twins(system_of("EPSG:2601"))] == ["EPSG:2503"]
    assert twins(system_of("EPSG:2602")) == ()
    assert twins(system_of("EPSG:28413")) == ()
    assert twins(system_of("EPSG:32643")) == ()
