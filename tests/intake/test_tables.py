"""Tables as people keep them: titles above the names, names in two rows, degrees and minutes apart, either order."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.intake import header
from tests.intake.conftest import Judge
from tests.intake.test_readers import only, workbook


def place_of(tmp_path: Path, job: int = 0) -> tuple[float, float]:
    point = gpd.read_parquet(tmp_path / f"job{job}/0.parquet").geometry.iloc[0]
    return point.x, point.y


@pytest.mark.parametrize(
    "text",
    [
        "\n\nlon,lat\n\n68.5,48.25\n",
        "Отчёт за 2024 год\n\nНазвание;Широта;Долгота\nа;48,25;68,5\n",
        "Title of a table,,\nname,lat,lon\na,48.25,68.5\n",
        "# made by hand\nlon|lat\n68.5|48.25\n",
        "Название;Координаты;\n;Широта;Долгота\nа;48,25;68,5\n",
        "№;Координаты;;;;;\n;с.ш.;;;в.д.;;\n;град;мин;сек;град;мин;сек\n1;48;15;00;68;30;00\n",
        "С.Ш.;В.Д.\n48,25;68,5\n",
        ";Широта;;;Долгота;;\nимя;град;мин;сек;град;мин;сек\nа;48;15;0;68;30;0\n",
    ],
)
def test_a_title_above_the_names_is_passed_over_and_told(judge: Judge, tmp_path: Path, text: str) -> None:
    told = judge(text)
    assert told.verdict.startswith("accepted"), told.reason
    assert only(told).features_in == 1
    assert place_of(tmp_path) == pytest.approx((68.5, 48.25))


@pytest.mark.parametrize(
    "text",
    [
        "Название;Координаты\nа;48°15'00\" с.ш., 68°30'00\" в.д.\n",
        "a;lat;lon\nx, y;N 48.25;E 68.5\n48.25 N;48,25;68,5\n",
    ],
)
def test_a_row_of_positions_is_no_header(judge: Judge, tmp_path: Path, text: str) -> None:
    told = judge(text)
    assert told.verdict == "accepted", told.reason
    assert place_of(tmp_path) == pytest.approx((68.5, 48.25))


def test_names_in_the_third_row_of_a_sheet_and_merged_ones(judge: Judge, tmp_path: Path) -> None:
    told = judge(workbook(A=[["Отчёт"], ["за год"], ["Название", "Широта", "Долгота"], ["а", 48.25, 68.5]]))
    assert only(told).columns == ("Название", "Широта", "Долгота")
    assert any("2 rows above" in warning for warning in only(told).warnings)
    told = judge(workbook(A=[["Название", "Координаты", None], [None, "Широта", "Долгота"], ["а", 48.25, 68.5]]))
    assert only(told).columns == ("Название", "Широта", "Долгота")
    assert place_of(tmp_path, 1) == pytest.approx((68.5, 48.25))


@pytest.mark.parametrize(
    ("row", "lon", "lat"),
    [("48;15;0;68;30;0", 68.5, 48.25), ("48;15;;68;30;", 68.5, 48.25), ("-48;15;0;68;30;36", 68.51, -48.25)],
)
def test_degrees_minutes_and_seconds_in_columns_of_their_own(
    judge: Judge, tmp_path: Path, row: str, lon: float, lat: float
) -> None:
    """Taken by their degrees alone such rows would lie up to a hundred kilometres off."""
    told = judge(f"lat_deg;lat_min;lat_sec;lon_deg;lon_min;lon_sec\n{row}\n")
    assert told.verdict == "accepted"
    assert place_of(tmp_path) == pytest.approx((lon, lat))


def test_minutes_beyond_sixty_are_not_read(judge: Judge) -> None:
    told = judge("Широта град;Широта мин;Долгота град;Долгота мин\n48;15;68;30\n48;75;68;30\n48;;;30\n")
    assert [(part.reason, part.rows) for part in only(told).dropped] == [
        ("has coordinates that cannot be read", 1),
        ("has a longitude or a latitude but not both", 1),
    ]


def test_two_pairs_of_columns_are_not_chosen_from(judge: Judge) -> None:
    for names in ("lon,lat,lon,lat", "Широта 1,Долгота 1,Широта 2,Долгота 2", "start_lon,start_lat,end_lon,end_lat"):
        told = judge(f"{names}\n68,48,70,50\n")
        assert told.verdict == "rejected"
        assert "could both hold" in told.reason


@pytest.mark.parametrize("again", ["68°30'00\";48°15'00\"", "68,5;48,25", ";"])
def test_a_pair_that_stands_there_twice_is_one(judge: Judge, tmp_path: Path, again: str) -> None:
    told = judge(f"lon_dd;lat_dd;lon_dms;lat_dms\n68,5;48,25;{again}\n")
    assert told.verdict == "accepted", told.reason
    assert place_of(tmp_path) == (68.5, 48.25)


def test_letters_in_a_column_beside_say_the_side_of_the_earth(judge: Judge, tmp_path: Path) -> None:
    told = judge("lat,ns,lon,ew\n48.25,S,68.5,W\n49,N,69,E\n")
    assert told.verdict == "accepted"
    frame = gpd.read_parquet(tmp_path / "job0/0.parquet").sort_values("ns")
    assert [(point.x, point.y) for point in frame.geometry] == [(69.0, 49.0), (-68.5, -48.25)]


def test_an_order_that_nothing_tells_is_asked(judge: Judge, tmp_path: Path) -> None:
    """In the west both 47 and 51 can be either."""
    for table in ("X,Y\n51.5,47.1\n", 'Координаты\n"47.1, 51.5"\n'):
        told = judge(table)
        assert told.verdict == "asks"
        assert "order" in told.reason
        assert len(only(told).crs.candidates) == 2
    assert judge("X,Y\n51.5,47.1\n", crs="4326").verdict == "accepted"
    assert place_of(tmp_path, 2) == (51.5, 47.1)
    assert judge("X,Y\n51.5,47.1\n", swap=True).verdict == "accepted"
    assert place_of(tmp_path, 3) == (47.1, 51.5)
    assert judge("lon,lat\n51.5,47.1\n").verdict == "accepted"


def test_a_column_keeps_one_order(judge: Judge, tmp_path: Path) -> None:
    told = judge('id,place\n1,"68.5, 48.25"\n2,"51.5, 47.1"\n')
    assert told.verdict == "accepted"
    frame = gpd.read_parquet(tmp_path / "job0/0.parquet").sort_values("id")
    assert frame.geometry.x.tolist() == [68.5, 51.5]
    judge('"lon, lat",id\n"51.5, 47.1",1\n')
    assert place_of(tmp_path, 1) == (51.5, 47.1)
    judge('"lat, lon",id\n"47.1, 51.5",1\n')
    assert place_of(tmp_path, 2) == (51.5, 47.1)
    told = judge('id,place\n1,"68.5, 48.25"\n2,"48.25, 68.5"\n')
    assert any("longitude first" in warning for warning in only(told).warnings)


def test_what_the_text_says_of_its_system_is_believed(judge: Judge) -> None:
    told = judge("Широта СК-42;Долгота СК-42\n48,25;68,5\n")
    assert only(told).crs.value == "EPSG:4284"
    assert only(told).crs.operation.startswith("EPSG:15865")
    told = judge("id,shape\n1,SRID=4284;POINT(68 48)\n")
    assert only(told).crs.value == "EPSG:4284"
    assert judge("id,shape\n1,SRID=4326;POINT(68 48)\n").verdict.startswith("accepted")
    two = judge("id,shape\n1,SRID=4284;POINT(68 48)\n2,SRID=4326;POINT(68 48)\n")
    assert two.verdict == "rejected"
    assert "several reference systems" in two.reason
    assert judge("id,shape\n1,SRID=999998;POINT(68 48)\n").verdict == "rejected"


def test_a_table_that_begins_as_a_program_does_is_a_table(judge: Judge) -> None:
    assert judge("MZ,lon,lat\n1,68,48\n").verdict == "accepted"
    assert "program" in judge(b"MZ\x90\0" + bytes(100)).reason


@given(st.lists(st.lists(st.text(max_size=6) | st.sampled_from(["lon", "lat", "X", "Широта", "мин"]), max_size=5)))
def test_whatever_stands_in_the_first_rows_there_is_a_header_or_none(rows: list[list[str]]) -> None:
    head = header.find_head(rows)
    assert head.row < max(1, min(len(rows), header.HEADS))
    assert 0 <= head.says <= 3


# Quotation marks that open where none should


def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_row(judge: Judge) -> None:
    notes = ['"12 дюймов' if n == 10 else "ok" for n in range(1, 1001)]
    rows = [f"{n};{75 + n / 1000};47.1;{note}" for n, note in enumerate(notes, 1)]
    told = judge("\n".join(["id;lon;lat;note", *rows]))
    assert told.verdict == "rejected"
    assert "Row 11 of the file" in told.reason
    assert "quotation mark that is never closed" in told.reason


@pytest.mark.parametrize(
    "text", ['lon,lat,name\n76.1,47.2,"x\n', 'lon,lat,"name\n76.1,47.2,x\n', 'lon,lat\n76.1,"47.2']
)
def test_it_is_refused_in_short_tables_and_in_the_names_too(judge: Judge, text: str) -> None:
    told = judge(text)
    assert told.verdict == "rejected"
    assert "quotation mark that is never closed" in told.reason


def test_rows_that_a_cell_has_swallowed_are_told(judge: Judge) -> None:
    told = judge('lon,lat,name\n76.1,47.2,"x\n76.2,47.3,y\n76.3,47.3,u"\n76.3,47.4,w\n')
    assert told.verdict == "accepted_with_report"
    assert any("cells hold whole rows" in warning for warning in only(told).warnings)


def test_a_line_break_within_a_cell_is_nothing_to_tell(judge: Judge) -> None:
    told = judge('lon,lat,name\n76.1,47.2,"first line\nsecond, line"\n76.2,47.3,"said ""so"""\n')
    assert (told.verdict, only(told).features_kept) == ("accepted", 2)


# A comma within the name of one column of positions


@pytest.mark.parametrize(
    "text",
    [
        "lat, lon\tГлубина\n47°12', 76°06'\t30\n46°30', 77°18'\t45\n",
        "Широта (град мин), Долгота (град мин)\tГлубина\n47 12, 76 06\t30\n46 30, 77 18\t45\n",
        "lat, lon\tназвание\n47.2, 76.1\tа\n46.5, 77.3\tб\n",
        "n;lat, lon\n0;47.2, 76.1\n1;46.5, 77.3\n",
        '"n";"lat, lon"\n"0";"47.2, 76.1"\n"1";"46.5, 77.3"\n',
        "Скважина;Широта, долгота\nа;47.2, 76.1\nб;46.5, 77.3\n",
        "Скважина\tКоординаты (широта, долгота)\nа\t47.2, 76.1\nб\t46.5, 77.3\n",
        "Скважина|lon, lat\nа|76.1, 47.2\nб|77.3, 46.5\n",
    ],
)
def test_a_comma_in_the_name_of_one_column_parts_no_columns(judge: Judge, tmp_path: Path, text: str) -> None:
    told = judge(text)
    assert told.verdict == "accepted", told.reason
    assert only(told).features_kept == 2
    points = gpd.read_parquet(tmp_path / "job0/0.parquet").geometry
    assert [(at.x, at.y) for at in points] == [pytest.approx((76.1, 47.2)), pytest.approx((77.3, 46.5))]


# Names of plane coordinates


@pytest.mark.parametrize(
    "names",
    [
        "N;Easting;Northing",
        "N;Восток;Север",
        "Скв;Y (восток);X (север)",
        "Скв;Координата Y;Координата X",
        "Скв;У42;Х42",
        "n;Y_GK;X_GK",
        "Скв;Координаты Y, м;Координаты X, м",
    ],
)
def test_plane_coordinates_are_found_beside_a_column_that_counts(judge: Judge, names: str) -> None:
    told = judge(f"{names}\n1;13583400.8;5230118.7\n2;13584400.8;5231118.7\n")
    assert told.verdict == "asks", told.reason
    assert only(told).crs.candidates[0].code == "EPSG:28413"


def test_east_and_north_as_letters_are_a_pair(judge: Judge) -> None:
    told = judge("E;N;Easting;Northing\n13583400.8;5230118.7;13583400.8;5230118.7\n")
    assert told.verdict == "asks", told.reason


def test_a_last_column_without_a_name_keeps_its_cells(judge: Judge) -> None:
    told = judge("name,lon,lat,\nшахта,76,47,примечание\nb,77,46,\n")
    assert only(told).features_kept == 2
    assert only(told).columns[-1] == "column_4"
    told = judge("name,lon,lat,,,\na,76,47,,,\nb,77,46,,,\n")
    assert (told.verdict, only(told).columns) == ("accepted", ("name", "lon", "lat"))


# Eastings of another zone


def test_eastings_of_another_zone_than_the_chosen_one_are_told(judge: Judge) -> None:
    rows = [f"{13_500_000 + 1000 * n},5230118" for n in range(97)] + [f"{14_300_000 + n},5230118" for n in range(3)]
    told = judge("\n".join(["easting,northing", *rows]), crs="28413")
    (warning,) = [one for one in only(told).warnings if "another zone" in one]
    assert warning.startswith("3 shapes have eastings that begin with the number of another zone (14)")
    plain = judge("\n".join(["easting,northing", *rows[:97]]), crs="28413")
    assert not [one for one in only(plain).warnings if "another zone" in one]
