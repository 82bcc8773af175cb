"""Pages: our letters in our typeface, values as data, the same bytes for the same values."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from layers.errors import AtlasError
from layers.paper import typeset

KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі Өскемен қаласы"
HOSTILE = '#panic("x") *bold* _it_ $x$ <label> @cite \\ [a](b) #import "/etc/passwd"'
TEMPLATE = """#import "/paper.typ": *
#show: sheet
#head(data.title, data.under)
#facts(data.rows)
#sources(data.sources)
"""


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A folder of templates with the common parts and one page."""
    (tmp_path / "paper.typ").write_bytes((typeset.TEMPLATES / "paper.typ").read_bytes())
    (tmp_path / "page.typ").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(typeset, "TEMPLATES", tmp_path)
    return "page"


def values(**changed: Any) -> dict[str, Any]:
    rows = [{"label": "Label", "value": HOSTILE, "marks": [1, 2]}]
    cited = [{"number": 1, "text": HOSTILE, "url": "javascript:alert(1)"}]
    common = {"lang": "kk", "title": KAZAKH, "brand": "Atlas", "foot": "2026", "under": HOSTILE}
    return {**common, "rows": rows, "sources": cited} | changed


def test_kazakh_letters_are_set_in_the_typeface_and_can_be_read_back(template: str) -> None:
    reader = PdfReader(io.BytesIO(typeset.pdf(template, values())))
    assert KAZAKH in " ".join(reader.pages[0].extract_text().split())
    fonts = {str(font.get_object()["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert fonts
    assert all("SourceSans3" in font for font in fonts), fonts


def test_what_looks_like_markup_is_printed_as_it_is_and_no_address_but_a_web_one_is_linked(template: str) -> None:
    reader = PdfReader(io.BytesIO(typeset.pdf(template, values())))
    text = " ".join(reader.pages[0].extract_text().split())
    assert '#panic("x") *bold* _it_ $x$ <label> @cite' in text
    assert '#import "/etc/passwd"' in text
    assert "/Annots" not in reader.pages[0]


def test_the_same_values_give_the_same_bytes_and_others_do_not(template: str) -> None:
    assert typeset.pdf(template, values()) == typeset.pdf(template, values())
    assert typeset.pdf(template, values()) != typeset.pdf(template, values(title="Other"))


def test_pages_can_be_looked_at(template: str) -> None:
    made = typeset.pages(template, values())
    assert [page[:8] for page in made] == [b"\x89PNG\r\n\x1a\n"]


def test_a_missing_typeface_is_said(template: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(typeset, "PAPER_FONTS_FOLDER", tmp_path / "none")
    with pytest.raises(AtlasError, match="make setup"):
        typeset.pdf(template, values())
