"""A KML in pieces: what stands around the places every time, the places some at a time, byte for byte.

GDAL holds a KML in memory as a whole. A piece is a small KML for it: the tags, names and schemas of all folders, in
each of them the first places of every make, which give a layer its columns, and then the places whose turn it is.
So layers, columns and types are in every piece what they are in the file.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple, NoReturn
from xml.parsers import expat

from layers.errors import SourceError

FOLDERS = ("Document", "Folder")
FEATURES = (*FOLDERS, "Placemark", "NetworkLink", "GroundOverlay", "PhotoOverlay", "ScreenOverlay", "Tour")
AROUND = ("name", "Schema")  # what GDAL takes from a folder itself; of what is neither it takes nothing
CHUNK_BYTES = 1 << 20
PLACE = struct.Struct("<Iqq")  # the folder it is in, its first byte and the byte after it
FRAME, CHILD = "frame", "child"
SHAPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack", "Model")
PARTS = (*SHAPES, "Camera", "LookAt", "ExtendedData", "SchemaData")

Make = tuple[str, str, str, str]


class Split(NamedTuple):
    """What stands around the places of a KML, and where those stand.

    ``frame`` holds the bytes around the places with the first place of every make, and after those of a folder
    its number. ``listed`` is a file that lists all places, ``total`` their number, ``first`` that in the frame.
    """

    path: Path
    frame: list[bytes | int]
    listed: Path
    total: int
    first: int


def split(path: Path, listed: Path) -> Split:
    """Read through a KML once and list its places in the file ``listed``.

    Memory grows with the folders and with the names of columns, not with the places. Raises SourceError where it
    is not XML, declares a document type, or has features that GDAL would leave out without a word.
    """
    with path.open("rb") as file, listed.open("wb") as list_:
        found = _Reader(path.name, list_.write)
        try:
            while chunk := file.read(CHUNK_BYTES):
                found.parser.Parse(chunk)
            found.parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError) as error:  # the latter two: an encoding it does not know
            raise SourceError(f"{path.name} is not well-formed XML: {error}; save it again as KML in UTF-8.") from error
        found.finish(file.tell())
        written = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(_bytes(file, 0, 2), "ascii")
        frame = [
            part if isinstance(part, int) else part.encode(written) if isinstance(part, str) else _bytes(file, *part)
            for part in found.frame
        ]
    return Split(path, frame, listed, found.total, found.first)


def pieces(parted: Split, rows: int, most_bytes: int) -> Iterator[bytes]:
    """The KML in pieces of so many places and bytes of them, or one that is larger, after those of the frame.

    A frame that is larger makes the pieces as large, or it would be read too often. Without places there is none.
    """
    rows = max(rows, parted.first)
    most_bytes = max(most_bytes, sum(len(part) for part in parted.frame if isinstance(part, bytes)))
    held: dict[int, list[bytes]] = {}
    number = size = 0
    with parted.path.open("rb") as file, parted.listed.open("rb") as listed:
        while record := listed.read(PLACE.size):
            folder, start, end = PLACE.unpack(record)
            if number and (number >= rows or size + end - start > most_bytes):
                yield filled(parted.frame, held)
                held, number, size = {}, 0, 0
            held.setdefault(folder, []).append(_bytes(file, start, end))
            number, size = number + 1, size + end - start
    if number:
        yield filled(parted.frame, held)


def filled(frame: list[bytes | int], held: Mapping[int, list[bytes]]) -> bytes:
    """A frame with places, listed by the number of their folder, in it."""
    return b"".join(part if isinstance(part, bytes) else b"".join(held.get(part, [])) for part in frame)


def _bytes(file: BinaryIO, start: int, end: int) -> bytes:
    file.seek(start)
    return file.read(end - start)


@dataclass
class _Folder:
    """A folder that is open: what it is called without a name, how many features it has, their makes so far."""

    number: int
    given: str
    named: bool
    features: int = 0
    seen: dict[frozenset[str], set[Make]] = field(default_factory=dict)


class _Reader:
    """Notes where in a KML things begin and end, as a parser meets them.

    A parser tells where a tag begins. Where it ends is where the next thing begins, whatever that is.
    """

    def __init__(self, name: str, write: Callable[[bytes], object]) -> None:
        self.name, self.write = name, write
        self.frame: list[tuple[int, int] | int | str] = []
        self.total = self.first = self.folders = 0
        self.begun = 0  # the first byte of what is open: some of the frame, or a place
        self.kind = ""  # which of the two something in a folder is, or neither
        self.ending = ""  # that kind, when its end has been met
        self.closed = ""  # the tag of the last folder that ended
        self.tags: list[str] = []  # from the root to here
        self.inside = 0  # how many of them are of something in a folder that is none
        self.open: list[_Folder] = [_Folder(-1, "", True)]  # the root is the first
        self.features = set(FEATURES)
        self.schema = ""  # of the place that is open
        self.makes: set[Make] = set()  # what is in it: the tag around, the tag, its name and the schema
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.starts
        self.parser.EndElementHandler = self.ends
        self.parser.StartDoctypeDeclHandler = self.refuses

    def refuses(self, *_: object) -> NoReturn:
        """A document type, which may define texts by one another without end."""
        raise SourceError(f"{self.name} declares a document type, which no KML needs: take <!DOCTYPE ...> out of it.")

    def starts(self, name: str, said: Mapping[str, str]) -> None:
        """A tag that opens something."""
        self.settles()
        prefix, _, tag = name.rpartition(":")
        self.tags.append(tag)
        if tag == "Schema" and "parent" in said:
            self.features.add(said.get("name", ""))  # KML 2.0: from here on places may be called by their schema
        if not self.inside and len(self.tags) > 1:
            self._begins(prefix, tag)
        elif self.inside:
            self.inside += 1
        if self.inside and len(self.open) > 1:
            self._notes(tag, said)

    def _begins(self, prefix: str, tag: str) -> None:
        """Something in a folder, or in the root."""
        around = self.open[-1]
        around.features += tag in self.features
        around.named |= tag == "name"
        if around.number < 0 and around.features > 1:
            raise SourceError(f"{self.name} has several features side by side in <kml>: put them into a <Document>.")
        if around.number >= 0:
            self.begun = self.parser.CurrentByteIndex
        if tag in FOLDERS:
            tagged = f"{prefix}:name" if prefix else "name"
            given = f"<{tagged}>Layer{around.features - 1}</{tagged}>"  # what GDAL calls it, should it have no name
            self.open.append(_Folder(self.folders, given, around.number < 0))
            self.folders += 1
            self.waits(FRAME)
        else:
            self.kind = FRAME if tag in AROUND else CHILD if tag in self.features else ""
            self.inside, self.schema, self.makes = 1, "", set()

    def _notes(self, tag: str, said: Mapping[str, str]) -> None:
        """What the place has."""
        self.schema = said.get("schemaUrl", self.schema)
        self.makes.add((self.tags[-2], tag, said.get("name", ""), self.schema))

    def _is_new(self) -> bool:
        """Whether the place has something that none before it of the same parts had: it may give the layer a column.

        The parts count, for a column may need that one is missing: the heading of a camera needs that of a shape.
        """
        parts = frozenset(tag for _, tag, *_ in self.makes if tag in PARTS)
        seen = self.open[-1].seen.setdefault(parts, set())
        new = not self.makes <= seen
        seen |= self.makes
        return new

    def ends(self, name: str) -> None:
        """A tag that closes something."""
        self.settles()
        self.tags.pop()
        if self.inside:
            self.inside -= 1
            if len(self.open) > 1 and not self.inside:
                self.waits(self.kind)
        elif len(self.open) > 1:
            closed, self.closed = self.open.pop(), name
            self.frame += [closed.number] if closed.named else [closed.number, closed.given]
            self.begun = self.parser.CurrentByteIndex
            if len(self.open) > 1:
                self.waits(FRAME)

    def waits(self, ending: str) -> None:
        """What is open ends with this tag."""
        if ending:
            self.ending, self.parser.DefaultHandler = ending, self.settles

    def settles(self, _: str = "") -> None:
        """The next thing begins here."""
        if not self.ending:
            return
        end, new = self.parser.CurrentByteIndex, self.ending == CHILD and self._is_new()
        if self.ending == CHILD:
            self.write(PLACE.pack(self.open[-1].number, self.begun, end))
            self.total, self.first = self.total + 1, self.first + new
        if self.begun == end:  # a folder that is but a tag, as <Folder/>: it gets two, for its name to stand between
            self.frame[-3:] = [f"<{self.closed}>{self.frame[-1]}</{self.closed}>"]
        elif self.ending == FRAME or new:
            self.frame.append((self.begun, end))
        self.ending, self.parser.DefaultHandler = "", None

    def finish(self, size: int) -> None:
        """The rest of the file is of the frame."""
        self.frame.append((self.begun, size))
