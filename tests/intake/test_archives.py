"""Archives that attack, and archives that are merely wrong."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from layers.intake import archive
from tests.intake.conftest import Judge

PARTS = ("shp", "shx", "dbf", "prj", "cpg")
Members = list[tuple[str | zipfile.ZipInfo, bytes]]


@pytest.fixture
def members(tmp_path: Path) -> Members:
    """The parts of a good Shapefile."""
    frame = gpd.GeoDataFrame({"name": ["Рудный", "b"]}, geometry=[shapely.box(68, 48, 69, 49), None], crs=4326)
    (tmp_path / "made").mkdir()
    frame.to_file(tmp_path / "made/a.shp", encoding="UTF-8")
    return [(f"a.{part}", (tmp_path / f"made/a.{part}").read_bytes()) for part in PARTS]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def packed(members: Members) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(name, data)
    return held.getvalue()


def test_a_good_one_is_taken_whatever_folder_it_lies_in(judge: Judge, members: Members) -> None:
    told = judge(packed([(f"Папка/глубже/{name}", data) for name, data in members] + [("__MACOSX/._a.shp", b"x")]))
    assert told.verdict == "accepted_with_report"
    assert [layer.features_kept for layer in told.layers] == [1]
    assert told.layers[0].dropped[0].reason == "has no geometry"
    assert told.layers[0].crs.value == "EPSG:4326"
    assert told.layers[0].encoding.value == "UTF-8"


@pytest.mark.parametrize("lost", ["shp", "shx", "dbf"])
def test_a_missing_part_is_named(judge: Judge, members: Members, lost: str) -> None:
    told = judge(packed([member for member in members if member[0] != f"a.{lost}"]))
    assert told.verdict == "rejected"
    assert f"no .{lost}" in told.reason


def test_a_wrong_checksum_is_refused(judge: Judge, members: Members) -> None:
    data = bytearray(packed(members))
    crc = zlib.crc32(members[0][1]).to_bytes(4, "little")
    while (at := data.find(crc)) >= 0:
        data[at] ^= 0xFF
    told = judge(bytes(data))
    assert told.verdict == "rejected"
    assert "damaged" in told.reason


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("twin", ["a.shp", "A.SHP", "A.shp"])
def test_a_member_twice_is_refused_also_in_other_letters(judge: Judge, members: Members, twin: str) -> None:
    told = judge(packed([*members, (twin, members[0][1])]))
    assert told.verdict == "rejected"
    assert "twice" in told.reason


@pytest.mark.parametrize(
    "name", ["../a.shp", "/etc/a.shp", "x/../../a.shp", "..\\a.shp", "C:\\a.shp", "\\\\host\\a.shp"]
)
def test_names_that_lead_out_are_refused(judge: Judge, members: Members, tmp_path: Path, name: str) -> None:
    before = sorted(path for path in tmp_path.parent.glob("*") if path != tmp_path)
    told = judge(packed([(name, members[0][1]), *members[1:]]))
    assert told.verdict == "rejected"
    assert "leads out" in told.reason
    assert sorted(path for path in tmp_path.parent.glob("*") if path != tmp_path) == before


def test_a_link_is_refused(judge: Judge, members: Members) -> None:
    link = zipfile.ZipInfo("b.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    told = judge(packed([*members, (link, b"/etc/passwd")]))
    assert told.verdict == "rejected"
    assert "link" in told.reason


def test_an_archive_in_an_archive_is_refused(judge: Judge, members: Members) -> None:
    assert "archive" in judge(packed([("inner.zip", packed(members))])).reason
    told = judge(packed([*members, ("b.sbn", packed(members))]))
    assert told.verdict == "rejected"
    assert "archive itself" in told.reason


def test_an_encrypted_one_is_refused(judge: Judge, members: Members) -> None:
    data = bytearray(packed(members))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + offset] |= 1
    told = judge(bytes(data))
    assert told.verdict == "rejected"
    assert "password" in told.reason


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_does(judge: Judge, members: Members) -> None:
    """The second one says in its directory that it is small."""
    bomb = packed([("a.shp", bytes(20_000_000)), *members[1:]])
    told = judge(bomb)
    assert told.verdict == "rejected"
    assert "inflates" in told.reason
    told = judge(bomb.replace((20_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little")))
    assert told.verdict == "rejected"


def test_what_comes_out_is_counted_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.zip"
    path.write_bytes(packed([("a.shp", bytes(range(256)) * 4), ("b.shp", bytes(range(256)) * 4)]))
    monkeypatch.setattr(archive, "MOST_BYTES", 2_047)
    with pytest.raises(archive.UploadError, match="inflates to more"):
        archive.verify(path)
    monkeypatch.setattr(archive, "MOST_BYTES", 2_048)
    assert archive.verify(path) == ["a.shp", "b.shp"]


@pytest.mark.parametrize(
    ("name", "word"), [("content.xml", "OpenDocument"), ("x.gdb/a01.gdbtable", "geodatabase"), ("a.TAB", "MapInfo")]
)
def test_an_archive_of_another_kind_is_named(judge: Judge, name: str, word: str) -> None:
    assert word in judge(packed([(name, b"x"), ("a.dat", b"x")])).reason


def test_too_many_members_are_refused(judge: Judge) -> None:
    told = judge(packed([(f"{n}.shp", b"") for n in range(archive.MOST_MEMBERS + 1)]))
    assert told.verdict == "rejected"
    assert "members" in told.reason


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + bytes(500), b"PK\x05\x06" + bytes(18)])
def test_no_archive_at_all(judge: Judge, data: bytes) -> None:
    assert judge(data).verdict == "rejected"


def test_two_shapefiles_are_two_layers_to_choose_from(judge: Judge, members: Members) -> None:
    both = packed([*members, *((f"b{name[1:]}", data) for name, data in members)])
    told = judge(both)
    assert told.verdict == "asks"
    assert [layer.name for layer in told.layers] == ["a", "b"]
    chosen = judge(both, layer=1)
    assert [layer.name for layer in chosen.layers] == ["b"]
    assert judge(both, layer=2).verdict == "rejected"


def test_shapes_and_rows_that_do_not_match_are_refused(judge: Judge, members: Members) -> None:
    parts = dict(members)
    table = bytearray(parts["a.dbf"])
    table[4:8] = (1).to_bytes(4, "little")
    told = judge(packed([*{**parts, "a.dbf": bytes(table)}.items()]))
    assert told.verdict == "rejected"
    assert "2 shapes" in told.reason


@pytest.mark.parametrize("part", ["shp", "shx", "dbf"])
def test_damaged_parts_never_lose_rows_silently(judge: Judge, members: Members, part: str) -> None:
    parts = dict(members)
    for cut in (0, 10, 50, 101, 120, 150):
        told = judge(packed([*{**parts, f"a.{part}": parts[f"a.{part}"][:cut]}.items()]))
        assert told.verdict == "rejected" or sum(layer.features_in for layer in told.layers) == 2
