"""Where the pages about sites fetch files from: the comparison, and the page of one site."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from layers.errors import SHOWN, BusyError
from layers.files import MEDIA
from layers.query import from_query, of_others
from layers.site.files import COMPARE_FORMS, SITE_FORMS, compare_bytes, compare_name, site_bytes, site_name
from layers.view import View
from layers.visitors.routes import for_visitor

KINDS: Mapping[str, str] = {**MEDIA, "pdf": "application/pdf"}
Bytes = Callable[[str, View], bytes]
Name = Callable[[str, View], str]


def site_routes(base: str) -> list[Route]:
    """The routes below ``base``; the parameters say what a file holds, the ending which format it has."""
    return [
        Route(f"{base}/api/compare.{{form}}", for_visitor(_serve(COMPARE_FORMS, compare_bytes, compare_name))),
        Route(f"{base}/api/site.{{form}}", for_visitor(_serve(SITE_FORMS, site_bytes, site_name))),
    ]


def _serve(forms: tuple[str, ...], make: Bytes, name: Name) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        form = request.path_params["form"]
        view, broken = from_query(request.query_params)
        if broken:
            return PlainTextResponse(f"Not understood: {', '.join(broken)}.", status_code=400)
        if of_others(request.query_params):  # it would be left out in silence
            return PlainTextResponse("The address names a layer that is not yours, or was removed.", status_code=404)
        if view.as_of:  # the file would tell of all dates without a word
            return PlainTextResponse("asof does not act on this file: it tells what is known of all dates.", 400)
        if form not in forms:
            return PlainTextResponse("There is no such file.", status_code=404)
        try:
            body = make(form, view)
        except BusyError as error:
            return PlainTextResponse(str(error), 503, {"Retry-After": "60"})
        except SHOWN as error:
            return PlainTextResponse(str(error), status_code=404)
        saved = f'attachment; filename="{name(form, view)}"'
        return Response(
            body, media_type=KINDS[form], headers={"Content-Disposition": saved, "Cache-Control": "no-store"}
        )

    return answer
