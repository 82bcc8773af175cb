"""The colours of the map: they stand in the script that draws its symbols, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

SCRIPT = Path(__file__).parent / "web" / "symbols.js"
_BLOCK = re.compile(r"const PALETTE = Object\.freeze\(\{(.*?)\}\)", re.DOTALL)
_COLOUR = re.compile(r"(\w+): '(#[0-9A-Fa-f]{6})'")


@lru_cache(maxsize=1)
def palette() -> Mapping[str, str]:
    """The colours of symbols and grounds by name, each as # and six hexadecimal digits in lower case."""
    block = _BLOCK.search(SCRIPT.read_text(encoding="utf-8"))
    assert block is not None, f"{SCRIPT.name} has no PALETTE"
    return {name: colour.lower() for name, colour in _COLOUR.findall(block[1])}
