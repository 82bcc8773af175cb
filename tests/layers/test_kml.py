"""A KML read in pieces gives what GDAL makes of it as a whole, and takes no more memory when it is longer."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers import kml, stream
from layers.__main__ import main
from layers.errors import SourceError

Rows = tuple[pa.Schema, dict[str, str], list[dict[str, object]], list[bytes | None]]

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACES = 'xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"'
POINT = "<Point><coordinates>60,50,7</coordinates></Point>"
RING = "<LinearRing><coordinates>{}</coordinates></LinearRing>"
SHAPES = {
    "point": POINT,
    "line": "<LineString><coordinates>60,50 61,51</coordinates></LineString>",
    "hole": "<Polygon><outerBoundaryIs>{}</outerBoundaryIs><innerBoundaryIs>{}</innerBoundaryIs></Polygon>".format(
        RING.format("60,50 64,50 64,54 60,50"), RING.format("61,50.2 63,50.2 63,51 61,50.2")
    ),
    "points": f"<MultiGeometry>{POINT}{POINT}</MultiGeometry>",
    "mixed": f"<MultiGeometry>{POINT}<MultiGeometry>{POINT}</MultiGeometry></MultiGeometry>",
    "track": "<gx:Track><when>2010-05-28T02:02:09Z</when><when>2010-05-28T02:03:09Z</when>"
    "<gx:coord>60 50 1</gx:coord><gx:coord>61 51 2</gx:coord></gx:Track>",
    "model": "<Model><Location><longitude>60</longitude><latitude>50</latitude></Location></Model>",
    "none": "",
    "nowhere": "<Point><coordinates> </coordinates></Point>",
}
SCHEMAS = {
    "S": '<Schema name="S" id="S"><SimpleField name="a" type="int"/><SimpleField name="b" type="string"/></Schema>',
    "T": '<Schema name="T" id="T"><SimpleField name="t" type="double"><displayName>τ</displayName></SimpleField>'
    "</Schema>",
    "Pipe": '<Schema parent="Placemark" name="Pipe"><SimpleField name="q" type="int"/></Schema>',
}
MORE = {
    "nothing": "",
    "a": '<ExtendedData><SchemaData schemaUrl="#S"><SimpleData name="a">4</SimpleData></SchemaData></ExtendedData>',
    "b": '<ExtendedData><SchemaData schemaUrl="#S"><SimpleData name="b">ә</SimpleData></SchemaData></ExtendedData>',
    "t": '<ExtendedData><SchemaData schemaUrl="#T"><SimpleData name="t">.5</SimpleData></SchemaData></ExtendedData>',
    "no such": '<ExtendedData><SchemaData schemaUrl="#"><SimpleData name="u"/></SchemaData></ExtendedData>',
    "x": '<ExtendedData><Data name="x"><displayName>икс</displayName><value>1</value></Data></ExtendedData>',
    "y": '<ExtendedData><Data name="y"/><Data name="x"><value/></Data></ExtendedData>',
    "z": '<ExtendedData><Data><value>2</value></Data><Data name="z"><value>&lt;&#1041;</value></Data></ExtendedData>',
    "cdata": "<description><![CDATA[<b></Placemark></Folder>]]></description>",
    "comment": "<!-- <Folder> --><?go </Folder>?>",
    "time": "<TimeStamp><when>2020-01-02</when></TimeStamp>",
    "span": "<TimeSpan><begin>2020-01-02T03:04:05+05:00</begin></TimeSpan>",
    "snippet": "<Snippet>short</Snippet>",
    "camera": "<Camera><longitude>1</longitude><latitude>2</latitude><heading>4</heading></Camera>",
    "style": "<Style><LineStyle><color>ff0000ff</color></LineStyle></Style><visibility>0</visibility>",
}
BESIDE = [
    '<Style id="s"><IconStyle><Icon><href>http://x.invalid/y.png</href></Icon></IconStyle></Style>',
    "<NetworkLink><name>n</name><Link><href>http://localhost:1/a.kml</href></Link></NetworkLink>",
    "<GroundOverlay><name>g</name><Icon><href>x.png</href></Icon><LatLonBox><north>51</north><south>50</south>"
    "<east>61</east><west>60</west></LatLonBox></GroundOverlay>",
    "<ScreenOverlay><name>s</name></ScreenOverlay>",
    "<Pipe><name>old</name><q>5</q></Pipe>",
    "<Placemark/>",
    "stray <!-- words --> &amp; <?go on?>",
    "<description>of the folder</description>",
    "<name>a later name</name>",
    "<Folder/>",
]


def whole(path: Path, layer: str) -> Rows:
    """What GDAL makes of the file at once."""
    with contextlib.ExitStack() as stack, stream._told(path):
        return rows(stream._ogr(path, layer, stack))


def parted(path: Path, layer: str) -> Rows:
    with stream.opened(path, layer) as opened:
        return rows(opened)


def rows(opened: stream.Stream) -> Rows:
    parts = [*opened.parts]
    assert all([*part.geometry.index] == [*range(len(part.attributes))] for part in parts)
    cells = [row for part in parts for row in part.attributes.to_pylist()]
    return opened.schema, dict(opened.kinds), cells, [wkb for p in parts for wkb in shapely.to_wkb(p.geometry.array)]


def same(path: Path) -> list[int]:
    """Assert that all layers are the same and say how many rows each has."""
    with stream._told(path):
        names = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    for wrong in ("", "no such layer"):
        if wrong or len(names) != 1:
            said = []
            for reading in (whole, parted):
                with pytest.raises(SourceError) as error:
                    reading(path, wrong)
                said.append(str(error.value))
            assert said[0] == said[1]
    found = [(whole(path, name), parted(path, name)) for name in names]
    assert all(before == after for before, after in found)
    return [len(before[2]) for before, _ in found]


def placemark(number: object, more: str = "", shape: str = POINT) -> str:
    return f'<Placemark id="p{number}"><name>{number}</name>{more}{shape}</Placemark>'


def document(inner: str) -> str:
    return f"{HEAD}<kml {SPACES}><Document><name>D</name>{inner}</Document></kml>"


def written(folder: Path, text: str | bytes, name: str = "Орын 1.kml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture(params=[1, 2, 4096])
def piece_rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces as small as can be, small and as they are."""
    monkeypatch.setattr(stream, "BATCH_ROWS", request.param)


def folder(name: str, *inner: str) -> str:
    return f"<Folder>{name and f'<name>{name}</name>'}{''.join(inner)}</Folder>"


ONE, TWO, THREE = (placemark(n) for n in (1, 2, 3))
FILES = {
    "placemarks in a document": (document(ONE + TWO + THREE), [3]),
    "all kinds of shapes": (document("".join(placemark(n, "", s) for n, s in SHAPES.items())), [len(SHAPES)]),
    "all kinds of attributes": (
        document(SCHEMAS["S"] + SCHEMAS["T"] + "".join(placemark(n, more) for n, more in MORE.items())),
        [len(MORE)],
    ),
    "columns of Data": (document("".join(placemark(n, MORE[n]) for n in ("nothing", "z", "x", "y", "x"))), [5]),
    "a schema after its rows": (document(placemark(1, MORE["t"]) + TWO + placemark(3, MORE["a"]) + SCHEMAS["S"]), [3]),
    "a schema for each folder": (
        document(
            SCHEMAS["S"]
            + SCHEMAS["T"]
            + folder("A", ONE, placemark(4, MORE["a"]))
            + folder("B", TWO, placemark(5, MORE["t"]))
        ),
        [2, 2],
    ),
    "folders": (document(folder("A", ONE) + folder("B", TWO, THREE)), [1, 2]),
    "folders of one name": (document(folder("A", ONE) + folder("A", TWO, THREE)), [1, 2]),
    "folders without a name": (document(folder("", ONE) + folder("", TWO, THREE)), [1, 2]),
    "folders in folders": (document(folder("A", ONE, folder("AA", TWO, THREE), ONE) + folder("B", ONE)), [2, 2, 1]),
    "placemarks beside folders": (document(ONE + folder("A", TWO) + THREE + ONE), [3, 1]),
    "an empty folder": (document(folder("A") + ONE), [1, 0]),
    "a folder that is but a tag": (document("<Folder/>" + ONE), [1, 0]),
    "a folder alone": (f"{HEAD}<kml {SPACES}>{folder('A', ONE, TWO)}</kml>", [2]),
    "a placemark alone": (f"{HEAD}<kml {SPACES}>{ONE}</kml>", [1]),
    "a document without a name": (document(ONE + TWO).replace("<name>D</name>", ""), [2]),
    "nothing but a document": (document(""), []),
    "what stands beside placemarks": (document(ONE + SCHEMAS["Pipe"] + "".join(BESIDE) + TWO), [5, 0]),
    "one id for all": (document(ONE * 5), [5]),
    "a prefix": (
        '<k:kml xmlns:k="http://www.opengis.net/kml/2.2"><k:Document><k:Placemark><k:name>1</k:name></k:Placemark>'
        "<k:Placemark><k:name>2</k:name></k:Placemark></k:Document></k:kml>",
        [2],
    ),
    "the namespace of Google": (
        document(ONE + TWO).replace("www.opengis.net/kml/2.2", "earth.google.com/kml/2.1"),
        [2],
    ),
    "cameras with a shape and without": (
        document(placemark(1, MORE["camera"]) + placemark(2, MORE["camera"], "") + placemark(3, MORE["camera"])),
        [3],
    ),
    "no namespace": (document(ONE + TWO).replace(SPACES, ""), [2]),
    "a byte order mark": (b"\xef\xbb\xbf" + document(ONE + TWO).encode(), [2]),
    "UTF-16": (document(placemark("Ж") + placemark("Ұ")).replace("UTF-8", "UTF-16").encode("utf-16"), [2]),
    "Latin 1": (document(placemark("é") + TWO).replace("UTF-8", "ISO-8859-1").encode("latin-1"), [2]),
    "lines and indents": (document(ONE + folder("A", TWO) + THREE).replace("><", ">\r\n\t <"), [2, 1]),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("piece_rows")
def test_all_is_as_gdal_reads_it_at_once(name: str, tmp_path: Path) -> None:
    text, counts = FILES[name]
    assert same(written(tmp_path, text)) == counts


def test_values_are_those_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BATCH_ROWS", 1)
    text = document(SCHEMAS["S"] + placemark(1, MORE["a"]) + TWO + placemark(3, MORE["b"], SHAPES["line"]))
    schema, _, cells, shapes = parted(written(tmp_path, text), "")
    assert [(row["id"], row["Name"], row["a"], row["b"]) for row in cells] == [
        ("p1", "1", 4, None),
        ("p2", "2", None, None),
        ("p3", "3", None, "ә"),
    ]
    assert schema.field("a").type == pa.int32()
    assert [shapely.from_wkb(wkb).wkt for wkb in shapes] == ["POINT (60 50)"] * 2 + ["LINESTRING (60 50, 61 51)"]


@st.composite
def folders(draw: st.DrawFn, depth: int = 0) -> str:
    """What may be in a folder: placemarks of all kinds, what stands beside them, and folders."""
    place = st.builds(
        placemark, st.integers(0, 9), st.sampled_from([*MORE.values()]), st.sampled_from([*SHAPES.values()])
    )
    inner = place | st.sampled_from([*BESIDE, *SCHEMAS.values()])
    if depth < 2:
        inner |= st.builds(
            folder, st.sampled_from(["", "A", "B", "Layer1", "A &amp; <![CDATA[<B>]]>"]), folders(depth + 1)
        )
    return "".join(draw(st.lists(place | inner, max_size=9)))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(folders(), st.integers(1, 4), st.integers(1, 3000), st.sampled_from([7, 1000]))
def test_any_kml_is_as_gdal_reads_it_at_once(inner: str, count: int, most: int, chunk: int) -> None:
    with tempfile.TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "BATCH_ROWS", count)
        patch.setattr(stream, "PIECE_BYTES", most)
        patch.setattr(kml, "CHUNK_BYTES", chunk)
        same(written(Path(made), document(inner)))


def test_pieces_have_so_many_places_and_bytes(tmp_path: Path) -> None:
    held = kml.split(written(tmp_path, document(ONE * 50)), tmp_path / "places")
    assert (held.total, held.first) == (50, 1)
    found = [piece.count(b"<Placemark") - 1 for piece in kml.pieces(held, 20, 10**6)]
    assert found == [20, 20, 10]
    assert {piece.count(b"<Placemark") - 1 for piece in kml.pieces(held, 20, 5 * len(ONE))} == {5}
    assert len([*kml.pieces(held, 1, 1)]) >= 16  # at least as much as is read each time


REFUSED = {
    "it breaks off": (document(ONE * 9)[:-40], "{} is not well-formed XML: "),
    "a tag that nobody opened": (
        document(ONE * 9 + "</Folder>" + ONE),
        "{} is not well-formed XML: mismatched tag: line 2",
    ),
    "no XML": ("name,lon,lat\n", "{} is not well-formed XML: syntax error: line 1, column 0; save it again"),
    "bytes of another encoding": (document(placemark("Ж")).encode("cp1251"), "{} is not well-formed XML: "),
    "an unknown encoding": (document(ONE).replace("UTF-8", "none"), "{} is not well-formed XML: unknown encoding"),
    "an encoding that GDAL does not know": (
        document(ONE).replace("UTF-8", "windows-1251"),
        "{} cannot be read as a vector layer: ERROR parsing kml {path} :unknown encoding",
    ),
    "entities": (
        document(placemark("&e;")).replace(HEAD, '<!DOCTYPE kml [<!ENTITY e "boo">]>'),
        "declares a document type",
    ),
    "a document type": (document(ONE).replace(HEAD, HEAD + "<!DOCTYPE kml>"), "take <!DOCTYPE ...> out of it."),
    "placemarks side by side": (f"<kml {SPACES}>{ONE}{TWO}</kml>", "has several features side by side in <kml>"),
    "documents side by side": (f"<kml {SPACES}><Document>{ONE}</Document><Document/></kml>", "side by side in <kml>"),
    "another root": (f"<Document {SPACES}>{ONE}</Document>", "{} cannot be read as a vector layer: "),
    "no place": (document(""), "none of its layers has a geometry"),
    "out of the world": (document(ONE * 3 + placemark(4, "", POINT.replace("60", "500"))), "row 4"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_told_and_nothing_is_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stream, "BATCH_ROWS", 2)
    text, said = REFUSED[name]
    path = written(tmp_path, text)
    assert main(["convert", str(path), str(tmp_path / "o.parquet")]) == 1
    assert said.format(path.name, path=path) in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == [path]


PEAK = """
import sys
from pathlib import Path
from layers.stream import opened
with opened(Path(sys.argv[1])) as made:
    rows = sum(len(part.geometry) for part in made.parts)
told = Path("/proc/self/status").read_text()
print(rows, *(line.split()[1] for line in told.splitlines() if line.startswith("VmHWM")))
"""


def peak_kb(path: Path, count: int) -> int:
    """Peak memory of a process that reads so many polygons, in KB."""
    ring = " ".join(f"{60 + n / 100},{50 + n * n / 1000}" for n in [*range(20), 0])
    shape = f"<Polygon><outerBoundaryIs>{RING.format(ring)}</outerBoundaryIs></Polygon>"
    with path.open("w", encoding="utf-8") as file:
        before, after = document("|").split("|")
        file.writelines([before, *(placemark(n, MORE["x"], shape) + "\n" for n in range(count)), after])
    done = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
    rows, peak = map(int, done.stdout.split())
    assert rows == count
    return peak


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Read as a whole, five times the rows take nearly twice the memory."""
    assert peak_kb(tmp_path / "b.kml", 50_000) < 1.2 * peak_kb(tmp_path / "a.kml", 10_000)
