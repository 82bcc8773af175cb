"""Where the page asks what a text may mean: the search as JSON."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from layers.errors import SHOWN, UnknownNameError
from layers.search import LONGEST, search
from layers.view import DEFAULT_LANGUAGE
from layers.visitors.routes import for_visitor

NOT_KEPT = {"Cache-Control": "no-store"}
LONGEST_LANGUAGE = 20  # characters of an unknown language that the answer repeats


def search_routes(base: str) -> list[Route]:
    """The route of the search below ``base``."""
    return [Route(f"{base}/api/search", for_visitor(_search))]


def search_url(base: str) -> str:
    """Where a text is asked for with ?q=...&lang=..."""
    return f"{base}/api/search"


def _search(request: Request) -> Response:
    asked = request.query_params
    try:
        found = search(asked.get("q", "")[:LONGEST], asked.get("lang", DEFAULT_LANGUAGE)[:LONGEST_LANGUAGE])
    except UnknownNameError as error:
        return PlainTextResponse(str(error), 400, NOT_KEPT)
    except SHOWN as error:
        return PlainTextResponse(str(error), 500, NOT_KEPT)
    return Response(orjson.dumps(found), media_type="application/json", headers=NOT_KEPT)
