"""Where the passport's files and its map are served."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from layers.passport.build import passport
from layers.passport.files import FORMS, file_bytes, file_name
from layers.passport.paper import passport_map
from layers.saved import Saved, saved
from layers.view import View
from layers.visitors.routes import for_visitor

MAP = "svg"


def passport_routes(base: str) -> list[Route]:
    """The routes below ``base``."""
    return [Route(f"{base}/api/passport/{{name}}", for_visitor(_file))]


def passport_url(base: str, town: str, form: str, view: View) -> str:
    """Where the passport of a town is served in one of FORMS, or its map as SVG."""
    asked = {"lang": view.language, "r": str(view.radius_km)} | ({"asof": view.as_of} if view.as_of else {})
    return f"{base}/api/passport/{town}.{form}?{urlencode(asked)}"


def _file(request: Request) -> Response:
    town, _, form = request.path_params["name"].rpartition(".")

    def make(view: View) -> Saved | None:
        if form not in (*FORMS, MAP):
            return None
        made = passport(town, view.language, view.radius_km, view.as_of)
        if form == MAP:
            return Saved(passport_map(made), MAP)
        return Saved(file_bytes(made, form), form, file_name(made, form))

    return saved(request, make)
