"""Where the files of a screening are fetched: /api/screening.xlsx and /api/screening.pdf, with the screen's address."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from layers.block_words import fault_in_words
from layers.errors import SHOWN, BusyError
from layers.files import MEDIA, making
from layers.query import from_query, of_others, to_query
from layers.screening.desk import screened
from layers.screening.sheet import pdf
from layers.screening.workbook import workbook
from layers.view import View
from layers.visitors.routes import for_visitor

KEPT = ("lang", "sure", "blocks", "rule")  # what a file holds hangs on these, and on those that begin with PREFIX
PREFIX = "s_"
FORMS = {"xlsx": MEDIA["xlsx"], "pdf": "application/pdf"}


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
    def answer(request: Request) -> Response:
        view, broken = from_query(request.query_params)
        if broken:
            return PlainTextResponse(f"Not understood: {', '.join(broken)}.", status_code=400)
        if view.as_of:  # the file would tell of all dates without a word
            return PlainTextResponse("asof does not act on this file: it tells what is known of all dates.", 400)
        if of_others(request.query_params):
            return PlainTextResponse("The address names a layer that is not yours, or was removed.", status_code=404)
        try:
            with making():
                found = screened(view.screening, view.sure, view.blocks, view.cover)
                link = f"/screening?{urlencode(screen_query(view))}"
                body = workbook(found, view.language, link) if form == "xlsx" else pdf(found, view.language, link)
        except BusyError as error:
            return PlainTextResponse(str(error), 503, {"Retry-After": "60"})
        except SHOWN as error:
            return PlainTextResponse(fault_in_words(error, view.language), status_code=404)
        name = f"screening-{found.profile.id}-{view.language}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(body, media_type=FORMS[form], headers=headers)

    return answer
