"""A comparison and a site as files to take away: XLSX, CSV and PDF."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

import pandas as pd

from layers.about import about
from layers.compare_query import compared_text
from layers.errors import AtlasError, UnknownNameError, WordedError
from layers.excel import book
from layers.files import making
from layers.paper.typeset import pdf
from layers.query import to_query
from layers.site.compare import Comparison, comparison
from layers.site.page import comparison_values, site_values
from layers.site.sheet import site_sheet
from layers.site.tables import answers, gaps, harmless, side_by_side, source_table, told_about
from layers.text import say
from layers.view import DEFAULT_RADIUS_KM, View

COMPARE_FORMS = ("xlsx", "csv", "pdf")
SITE_FORMS = ("pdf",)


def compare_url(base: str, form: str, view: View) -> str:
    """Where the comparison is served as a file."""
    return f"{base}/api/compare.{form}?{urlencode(_asked(view) | {'cmp': compared_text(view.compared)})}"


def site_url(base: str, form: str, view: View) -> str:
    """Where the page of the selected site is served as a file."""
    return f"{base}/api/site.{form}?{urlencode(_asked(view) | {'sel': to_query(view)['sel']})}"


def _asked(view: View) -> dict[str, str]:
    radius = {} if view.radius_km == DEFAULT_RADIUS_KM else {"r": str(view.radius_km)}
    return {"lang": view.language, **radius}


def compare_name(form: str, view: View) -> str:
    """The name under which a comparison is saved: how many sites, which as a short digest, the data date."""
    digest = _digest(f"{compared_text(view.compared)} {view.radius_km}")
    return f"comparison-{len(view.compared)}-{digest}-{about().as_of.isoformat()}.{form}"


def site_name(form: str, view: View) -> str:
    """The name under which a site is saved."""
    digest = _digest(f"{to_query(view).get('sel')} {view.radius_km}")
    return f"site-{view.radius_km}km-{digest}-{about().as_of.isoformat()}.{form}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=3).hexdigest()


def compare_bytes(form: str, view: View) -> bytes:
    """The comparison in one of COMPARE_FORMS; AtlasError where a site does not exist, UnknownNameError for a form."""
    found = comparison(view.compared, view.language, view.radius_km)
    if found.broken:
        raise AtlasError(" ".join(found.broken))
    if not found.sites:
        raise WordedError("file_no_compared")
    if form == "pdf":
        with making():
            return pdf("compare", comparison_values(found))
    if form == "xlsx":
        return _xlsx(found, view.language)
    if form == "csv":
        table = answers(found)
        told = dict(told_about(found.sites, ""))
        heads = [say(view.language, key) for key in ("site_not_offer_title", "data_date", "about_licence")]
        table[say(view.language, "about_file")] = " · ".join(told[head] for head in heads)
        safe = table.map(harmless)
        return safe.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    raise UnknownNameError("format", form, COMPARE_FORMS)


def site_bytes(form: str, view: View) -> bytes:
    """The page of the selected site as a PDF; WordedError where nothing is selected, UnknownNameError for a form."""
    if form not in SITE_FORMS:
        raise UnknownNameError("format", form, SITE_FORMS)
    if view.selected is None:
        raise WordedError("file_no_site")
    values = site_values(site_sheet(view.selected, view.language, view.radius_km))
    with making():
        return pdf("site", values)


def _xlsx(found: Comparison, language: str) -> bytes:
    title = say(language, "site_compare_title")
    about_rows = told_about(found.sites, title)
    heads = [say(language, "about_what"), say(language, "about_value")]
    sheets = (
        (say(language, "page_compare"), side_by_side(found)),
        (say(language, "site_answers"), answers(found)),
        (say(language, "site_unknown_title"), gaps(found)),
        (say(language, "sources"), source_table(found.sites)),
        (say(language, "about_file"), pd.DataFrame(about_rows, columns=heads)),
    )
    with making() as folder:
        out = folder / "comparison.xlsx"
        book(sheets, out)
        return out.read_bytes()
