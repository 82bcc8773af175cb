"""Where the pages about sites fetch files from: the comparison, and the page of one site."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from layers.saved import Saved, saved
from layers.site.files import COMPARE_FORMS, SITE_FORMS, compare_bytes, compare_name, site_bytes, site_name
from layers.view import View
from layers.visitors.routes import for_visitor

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

        def made(view: View) -> Saved | None:
            return Saved(make(form, view), form, name(form, view)) if form in forms else None

        return saved(request, made, dated=False)

    return answer
