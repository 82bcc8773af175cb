"""KML and KMZ: folders to choose from, and places that say two things at once."""

from __future__ import annotations

import io
import zipfile

import pytest

from layers.intake import markup
from tests.intake.conftest import Judge
from tests.intake.test_readers import GPX, KML, PLACE, lost, only

ONE, TWO = PLACE.format("one", "68,48"), PLACE.format("two", "69,49")


def folder(name: str, inside: str) -> str:
    return f"<Folder><name>{name}</name>{inside}</Folder>"


def test_folders_of_the_document_are_layers_to_choose_from(judge: Judge) -> None:
    text = KML.format(folder("Wells", ONE) + folder("Roads", TWO + TWO) + folder("empty", ""))
    told = judge(text)
    assert told.verdict == "asks"
    assert [(layer.name, layer.features_in) for layer in told.layers] == [("Wells", 1), ("Roads", 2)]
    assert [layer.name for layer in judge(text, layer=1).layers] == ["Roads"]
    assert judge(text, layer=2).verdict == "rejected"


def test_places_beside_the_folders_are_a_layer_too(judge: Judge) -> None:
    told = judge(KML.format(ONE + folder("A", TWO) + folder("A", TWO) + folder("", TWO)))
    assert [layer.name for layer in told.layers] == ["title", "A", "A", "folder 3"]


@pytest.mark.parametrize(
    "inside",
    [
        folder("all", folder("a", ONE) + folder("b", TWO)),
        folder("a", folder("x", ONE) + TWO),
        ONE + folder("a", TWO),
        folder("a", ONE + TWO) + folder("b", ""),
    ],
)
def test_one_folder_with_folders_within_stays_whole(judge: Judge, inside: str) -> None:
    told = judge(KML.format(inside))
    assert told.verdict == "accepted"
    assert only(told).features_kept == 2
    assert "folder" in only(told).columns


def test_too_many_folders_stay_together_and_that_is_said(judge: Judge) -> None:
    number = markup.MOST_LAYERS + 1
    told = judge(KML.format("".join(folder(str(n), ONE) for n in range(number))))
    assert only(told).features_kept == number
    assert any("too many" in warning for warning in only(told).warnings)


def test_folders_of_a_kmz_and_its_files_are_one_row_of_layers(judge: Judge) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("doc.kml", KML.format(folder("A", ONE) + folder("B", TWO)))
        made.writestr("other.kml", KML.format(ONE))
    told = judge(held.getvalue())
    assert [layer.name for layer in told.layers] == ["A", "B", "other"]
    assert [layer.name for layer in judge(held.getvalue(), layer=2).layers] == ["other"]


def test_several_shapes_of_a_place_are_all_kept(judge: Judge) -> None:
    line = "<LineString><coordinates>68,48 69,49</coordinates></LineString>"
    point = "<Point><coordinates>68,48</coordinates></Point>"
    told = judge(KML.format(f"<Placemark>{point}{line}</Placemark>"))
    assert only(told).geometry_types == ("GeometryCollection",)
    assert only(judge(KML.format(f"<Placemark>{point}{point}</Placemark>"))).geometry_types == ("MultiPoint",)


@pytest.mark.parametrize("written", ["68,5,48,25,0", "68,48 69,49", "68,5 48,25"])
def test_a_point_of_too_many_numbers_is_not_guessed_at(judge: Judge, written: str) -> None:
    """Decimal commas: 68,5,48,25 would be a place at 68 E, 5 N."""
    told = judge(KML.format(ONE + PLACE.format("x", written)))
    assert lost(told) == {"has coordinates that cannot be read": 1}
    assert judge(KML.format(PLACE.format("x", "68,48,"))).verdict == "accepted"


def test_a_track_piece_of_one_point_is_told_of(judge: Judge) -> None:
    point = '<trkpt lat="48" lon="68"/>'
    told = judge(GPX.format(f"<trk><trkseg>{point}</trkseg><trkseg>{point * 2}</trkseg></trk>"))
    assert any("single point" in warning for warning in only(told).warnings)
