"""Elements of an XML file one at a time: no DOCTYPE, no entities, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from layers.errors import UploadError

DEEPEST = 100  # elements within elements
CHUNK = 1 << 20
TOP = 3  # elements down to a folder of the document: kml, Document, Folder
Take = Callable[[Element, list[str], int], None]
"""Is given an element, the names of the folders that it is in, and the number of the document's folder, 0 for none."""


def walk(path: Path, wanted: set[str], take: Take, root: str) -> dict[int, str]:
    """Hand on every wanted element of an XML file, names without their spaces; UploadError where it is broken.

    Returns the names of the folders of the document, by their number from 1.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    walker = _Walker(wanted, take, root)
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.data
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    parser.buffer_text = True
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UploadError(f"The file is not XML throughout ({error}): export it anew.") from error
    except (LookupError, ValueError) as error:
        raise UploadError("The file is in an encoding that XML readers do not know: save it as UTF-8.") from error
    return walker.names


class _Walker:
    """Builds the wanted elements and forgets the others."""

    def __init__(self, wanted: set[str], take: Take, root: str) -> None:
        self.wanted, self.take, self.root = wanted, take, root
        self.above: list[str] = []
        self.folders: list[tuple[int, str]] = []
        self.builder: TreeBuilder | None = None
        self.since = 0
        self.naming = ""
        self.top, self.tops = 0, 0  # the folder of the document that is open, and how many there were
        self.names: dict[int, str] = {}

    def start(self, name: str, given: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if not self.above and name != self.root:
            raise UploadError(f"The file is XML but its first element is not <{self.root}>: export it anew.")
        self.above.append(name)
        if len(self.above) > DEEPEST:
            raise UploadError("The file is nested too deeply: export it anew.")
        if self.builder is None and name in self.wanted:
            self.builder, self.since = TreeBuilder(), len(self.above)
        if self.builder is not None:
            self.builder.start(name, {key.rpartition(" ")[2]: value for key, value in given.items()})
        elif name in ("Folder", "Document"):
            self.folders.append((len(self.above), ""))
            if len(self.above) == TOP and self.above[-2] == "Document":
                self.tops += 1
                self.top = self.tops
        self.naming = "" if name == "name" else self.naming

    def data(self, text: str) -> None:
        if self.builder is not None:
            self.builder.data(text)
        elif self.above and self.above[-1] == "name":
            self.naming += text

    def end(self, name: str) -> None:
        name = name.rpartition(" ")[2]
        if self.builder is not None:
            self.builder.end(name)
            if len(self.above) == self.since:
                self.take(self.builder.close(), [told for _, told in self.folders if told], self.top)
                self.builder = None
        elif name == "name" and self.folders and self.folders[-1][0] == len(self.above) - 1:
            self.folders[-1] = (self.folders[-1][0], self.naming.strip()[:200])
            if self.folders[-1][0] == TOP and self.top:
                self.names[self.top] = self.folders[-1][1]
        elif self.folders and self.folders[-1][0] == len(self.above):
            self.folders.pop()
            self.top = 0 if len(self.above) == TOP else self.top
        self.above.pop()


def _no_doctype(*_: object) -> None:
    raise UploadError("The file has a DOCTYPE or entities, which could name other files: save it without.")
