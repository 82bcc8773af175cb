"""Where the passport's files and its map are served."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from layers.errors import SHOWN, BusyError
from layers.passport.build import passport
from layers.passport.files import FORMS, MEDIA, file_bytes, file_name
from layers.passport.paper import passport_map
from layers.query import from_query
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
    view, broken = from_query(request.query_params)
    if broken:
        return PlainTextResponse(f"Not understood: {', '.join(broken)}.", status_code=400)
    if form not in (*FORMS, MAP):
        return PlainTextResponse("There is no such file.", status_code=404)
    try:
        made = passport(town, view.language, view.radius_km, view.as_of)
        if form == MAP:
            return Response(passport_map(made), media_type="image/svg+xml", headers={"Cache-Control": "no-store"})
        body = file_bytes(made, form)
    except BusyError as error:
        return PlainTextResponse(str(error), 503, {"Retry-After": "60"})
    except SHOWN as error:
        return PlainTextResponse(str(error), status_code=404)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(made, form)}"', "Cache-Control": "no-store"}
    return Response(body, media_type=MEDIA[form], headers=headers)
