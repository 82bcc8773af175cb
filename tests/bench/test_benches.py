"""Every bench can at least be imported: they run by hand, so nothing else would tell that a name they use is gone."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

MODULES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "test_benches")


@pytest.mark.parametrize("name", [one for one in MODULES if not one.startswith("__")])
def test_a_bench_finds_all_that_it_uses(name: str) -> None:
    assert import_module(f"tests.bench.{name}").__doc__
