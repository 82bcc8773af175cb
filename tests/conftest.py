"""Fixtures for all tests: a base of one's own beside the atlas's, and the folder of real files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from layers import spec

# The same examples every time, however slow the machine: `pytest --hypothesis-profile=default` looks for new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

POINT = 'type = "point"\nlon = "lon"\nlat = "lat"'
PLACED = {"id": 'type = "text"', "lon": 'type = "lon"', "lat": 'type = "lat"'}
WORDS = "{{ en = '{0}', ru = '{0} ru', kk = '{0} kk' }}"


class Extra:
    """A temporary base with catalogue/, data/ and vocabulary/, read after the atlas's own."""

    def __init__(self, folder: Path) -> None:
        """Make the empty folders; nothing is in them yet."""
        self.folder = folder
        self.written = 0
        for name in ("catalogue", "data", "vocabulary"):
            (folder / name).mkdir()

    def write(self, name: str, text: str) -> Path:
        """A file below the base, seen at once: its time is later than any before, and no stamp is kept."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        self.written += 1
        later = path.stat().st_mtime_ns + self.written * 1_000_000_000
        os.utime(path, ns=(later, later))
        spec._toml_stamp.cache_clear()
        return path

    def rows(self, layer_id: str, rows: str) -> Path:
        """The data file of a layer, as lines of CSV."""
        return self.write(f"data/{layer_id}.csv", rows.strip("\n") + "\n")

    def layer(
        self,
        layer_id: str,
        rows: str,
        columns: Mapping[str, str] = PLACED,
        geometry: str = POINT,
        head: str = "",
        tail: str = "",
    ) -> str:
        """A layer of kind file: ``columns`` gives the TOML lines of each but for its name and title.

        ``head`` holds further keys of the entry, ``tail`` further tables. Returns the id.
        """
        parts = [
            f'id = "{layer_id}"\nkind = "file"\nfile = "{layer_id}.csv"\n{head}\n',
            f"title = {WORDS.format(layer_id)}\n",
            f"[geometry]\n{geometry}\n" if geometry else "",
            f"{tail}\n",
        ]
        for name, lines in columns.items():
            parts.append(f'[[columns]]\nname = "{name}"\n{lines}\ntitle = {WORDS.format(name)}\n')
        self.rows(layer_id, rows)
        self.write(f"catalogue/{layer_id}.toml", "".join(parts))
        return layer_id

    def derived(self, layer_id: str, parents: list[str], operation: str, lines: str = "") -> str:
        """A derived layer; ``lines`` holds further TOML, its own tables last."""
        head = f'id = "{layer_id}"\nkind = "derived"\nfrom = {parents}\noperation = "{operation}"\n'
        self.write(f"catalogue/{layer_id}.toml", f"{head}title = {WORDS.format(layer_id)}\n{lines}\n")
        return layer_id


@pytest.fixture
def extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Extra]:
    """A base of one's own that the catalogue reads beside the atlas's."""
    folder = tmp_path / "extra"
    folder.mkdir()
    monkeypatch.setenv(spec.EXTRA_ENVIRONMENT, str(folder))
    spec._toml_stamp.cache_clear()
    yield Extra(folder)
    spec._toml_stamp.cache_clear()


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of real files, which are not part of the project; tests that need it skip without it."""
    default = Path(__file__).resolve().parents[2] / "shared" / "reference"
    folder = Path(os.environ.get("ATLAS_REFERENCE", default))
    if not folder.is_dir():
        pytest.skip(f"no real files: {folder} does not exist (ATLAS_REFERENCE names the folder)")
    return folder
