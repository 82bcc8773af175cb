"""What the repository may and may not hold."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LARGEST_BYTES = 2_000_000
TEXT_SUFFIXES = (".py", ".md", ".toml", ".txt", ".json", ".js", ".css", ".sh", ".csv", ".svg", "")
REGISTRIES = re.compile(r"registry\.npmjs|pypi\.org/simple|files\.pythonhosted|--(extra-)?index-url|^registry *=", re.M)


def tracked() -> list[Path]:
    """The files of the repository; the test is left out where there is none."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout, so nothing tells which files belong to the project")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_the_lock_file_pins_every_package_and_names_no_address() -> None:
    lock = json.loads((ROOT / "layers/web/package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all("resolved" not in package and "integrity" in package for package in packages.values())


def test_every_requirement_is_pinned_to_one_version() -> None:
    peers = [str(path.relative_to(ROOT)) for path in (ROOT / "tests/bench/joins/peers").glob("*.txt")]
    assert peers
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt", *peers):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        required = [line for line in lines if line and not line.startswith("#")]
        assert required
        assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.+]*", line) for line in required), name


def test_no_file_names_a_package_registry() -> None:
    own = Path(__file__).resolve()
    texts = [path for path in tracked() if path.suffix in TEXT_SUFFIXES and path != own]
    assert [path.name for path in texts if REGISTRIES.search(path.read_text(encoding="utf-8"))] == []


def test_no_third_party_file_and_nothing_large_is_kept() -> None:
    kept = tracked()
    assert not [path for path in kept if path.suffix in (".woff", ".woff2", ".ttf", ".geojson", ".gpkg", ".parquet")]
    assert not [path for path in kept if path.name.endswith((".min.js", ".min.css")) or "node_modules" in path.parts]
    assert not [path for path in kept if path.stat().st_size > LARGEST_BYTES]


def test_no_row_tells_its_reader_what_an_editor_has_to_do() -> None:
    asked = re.compile(r"\bverify\b|needs checking|choose one", re.I)
    told = [path for path in (ROOT / "data").glob("*.csv") if asked.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in told] == []
