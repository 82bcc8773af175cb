"""Pages in PDF: values of ours in a template of ours, set by Typst, which takes them as data and never as markup."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import orjson
import typst

from layers.about import about
from layers.errors import AtlasError
from layers.placemarks import xml_allowed
from layers.vendor import PAPER_FONTS, PAPER_FONTS_FOLDER

TEMPLATES = Path(__file__).parent / "templates"
SAMPLE = f"{PAPER_FONTS[0]}.ttf"


def pdf(template: str, values: Mapping[str, object]) -> bytes:
    """The pages of a template (its name below TEMPLATES, without the ending) with these values, as a tagged PDF.

    Values are plain: texts, numbers, lists and dicts, read there by ``#import "paper.typ": data``; SVG stands in them
    as text. The same values give the same bytes: the file is dated by the data. Letters that XML forbids are left out.
    AtlasError when set-up has not brought
    the typeface, without which Kazakh letters would be set in another one or be missing.
    """
    made: bytes = _compiled(template, values, format="pdf")
    return made


def pages(template: str, values: Mapping[str, object], pixels_per_inch: float = 110) -> list[bytes]:
    """The same pages as pictures in PNG, to look at."""
    made = _compiled(template, values, format="png", ppi=pixels_per_inch)
    return [made] if isinstance(made, bytes) else list(made)


def count(template: str, values: Mapping[str, object]) -> int:
    """How many pages the values take."""
    return len(pages(template, values, 12))


def _compiled(template: str, values: Mapping[str, object], **how: Any) -> Any:
    folder = PAPER_FONTS_FOLDER
    if not (folder / SAMPLE).is_file():
        raise AtlasError(f"{folder} has no {SAMPLE}: run make setup, which installs the typeface of printed pages.")
    dated = datetime.combine(about().as_of, time(), tzinfo=UTC)
    return typst.compile(
        str(TEMPLATES / f"{template}.typ"),
        root=str(TEMPLATES),
        font_paths=[str(folder)],
        ignore_system_fonts=True,
        sys_inputs={"data": orjson.dumps(xml_allowed(values)).decode()},
        timestamp=int(dated.timestamp()),
        **how,
    )
