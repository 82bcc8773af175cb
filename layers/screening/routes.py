"""Where the files of a screening are fetched: /api/screening.xlsx and /api/screening.pdf, with the screen's address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from layers.files import making
from layers.query import to_query
from layers.saved import Saved, saved
from layers.screening.desk import Found, screened
from layers.screening.sheet import pdf
from layers.screening.workbook import workbook
from layers.view import View
from layers.visitors.routes import for_visitor

KEPT = ("lang", "sure", "blocks", "rule")  # what a file holds hangs on these, and on those that begin with PREFIX
PREFIX = "s_"
FORMS: Mapping[str, Callable[[Found, str, str], bytes]] = {"xlsx": workbook, "pdf": pdf}


def screening_routes(base: str) -> list[Route]:
    """The routes below ``base``."""
    return [Route(f"{base}/api/screening.{form}", for_visitor(_serve(form))) for form in FORMS]


def file_url(base: str, form: str, view: View) -> str:
    """Where the file of a view's screening is fetched."""
    return f"{base}/api/screening.{form}?{urlencode(screen_query(view))}"


def screen_query(view: View) -> dict[str, str]:
    """The parameters of a view that say what is screened."""
    return {name: text for name, text in to_query(view).items() if name in KEPT or name.startswith(PREFIX)}


def _serve(form: str) -> Callable[[Request], Response]:
    def make(view: View) -> Saved:
        with making():
            found = screened(view.screening, view.sure, view.blocks, view.cover)
            body = FORMS[form](found, view.language, f"/screening?{urlencode(screen_query(view))}")
        return Saved(body, form, f"screening-{found.profile.id}-{view.language}.{form}")

    return lambda request: saved(request, make, dated=False)
