"""Where a visitor's browser sends files, asks how far they are, answers questions and has them removed.

Whatever changes something must carry the token in a header, which no other site can make a browser send; reading
is answered to the cookie as well. What another one asks for is answered as what does not exist.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from layers.errors import UploadError
from layers.intake.found import Answers
from layers.intake.supervise import MOST_BYTES
from layers.spec import LANGUAGES
from layers.view import DEFAULT_LANGUAGE
from layers.visitors import desk, store
from layers.visitors.told import said, told
from layers.visitors.whose import COOKIE, HEADER, TOKEN, folder_name, visiting

FILE_HEADER = "x-atlas-file"
LONGEST_ANSWER = 4_096  # bytes
MOST_LAYERS = 10_000  # of one file, more than any has
NOT_KEPT = {"Cache-Control": "no-store"}


def token_of(request: Request) -> str:
    """The token of whoever asks; nothing where there is none."""
    given = request.headers.get(HEADER) or request.cookies.get(COOKIE) or ""
    return given if TOKEN.fullmatch(given) else ""


def for_visitor(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A route that sees the layers of whoever asks beside the atlas's own."""

    def answered(request: Request) -> Response:
        with visiting(token_of(request)):
            return answer(request)

    return answered


def upload_routes(base: str) -> list[Route]:
    """The routes of visitors' files below ``base``."""
    store.keep_swept()
    one = f"{uploads_url(base)}/{{upload}}"
    return [
        Route(uploads_url(base), _receive, methods=["POST"]),
        Route(uploads_url(base), _list, methods=["GET"]),
        Route(one, _show, methods=["GET"]),
        Route(one, _answer, methods=["POST"]),
        Route(one, _remove, methods=["DELETE"]),
    ]


def uploads_url(base: str) -> str:
    """Where files are sent."""
    return f"{base}/api/uploads"


async def _receive(request: Request) -> Response:
    if not _sent(request):
        return _forbidden(request)
    token = _known(request) or _sent(request)
    name = unquote(request.headers.get(FILE_HEADER, ""), errors="replace") or "file"
    size = request.headers.get("content-length", "")
    body = request.stream()
    length = int(size) if size.isdecimal() else None
    host = request.client.host if request.client else ""
    try:
        folder = await desk.receive(folder_name(token), _in_one_line(name), length, body, host)
        await run_in_threadpool(_begin_reading, folder)
    except UploadError as error:
        if length is None or length <= MOST_BYTES:
            await _heard_out(body)
        return _fault(request, str(error))
    except ClientDisconnect:
        return _fault(request, "The file did not arrive whole: send it again.")
    answer = await run_in_threadpool(_state, request, folder.name, token)
    secure, path = request.url.scheme == "https", request.url.path.removesuffix(uploads_url("")) or "/"
    age = int(store.OLDEST_S)
    answer.set_cookie(COOKIE, token, max_age=age, httponly=True, samesite="strict", secure=secure, path=path)
    return answer


def _known(request: Request) -> str:
    """The token of the browser's cookie: two pages of one browser are one visitor, whatever each was given."""
    kept = request.cookies.get(COOKIE, "")
    return kept if TOKEN.fullmatch(kept) else ""


def _begin_reading(folder: Path) -> None:
    try:
        desk.ask_reader(folder, Answers())
    except UploadError:
        store.remove(folder)  # nobody is told its name
        raise


async def _heard_out(body: AsyncIterator[bytes]) -> None:
    with contextlib.suppress(ClientDisconnect):
        await desk.drain(body)


def _list(request: Request) -> Response:
    token = token_of(request)
    language = _language(request)
    return _json([told(folder, language) for folder in store.folders(folder_name(token))] if token else [])


def _show(request: Request) -> Response:
    return _state(request, request.path_params["upload"], token_of(request))


def _state(request: Request, upload: str, token: str) -> Response:
    try:
        found = told(store.find(folder_name(token), upload), _language(request))
        return _json(found | ({"token": token} if token != _sent(request) else {}))
    except UploadError as error:
        return _fault(request, str(error), 404)


async def _answer(request: Request) -> Response:
    token, upload = _sent(request), request.path_params["upload"]
    if not token:
        return _forbidden(request)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_ANSWER:
            return _fault(request, "The answer is too long.")
    try:
        answers = _answers(bytes(body))
        folder = await run_in_threadpool(store.find, folder_name(token), upload)
        await run_in_threadpool(desk.ask_reader, folder, answers)
    except UploadError as error:
        return _fault(request, str(error))
    return await run_in_threadpool(_state, request, upload, token)


def _remove(request: Request) -> Response:
    token = _sent(request)
    if not token:
        return _forbidden(request)
    try:
        store.remove(store.find(folder_name(token), request.path_params["upload"]))
    except UploadError as error:
        return _fault(request, str(error), 404)
    return _json({})


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


def _sent(request: Request) -> str:
    """The token in the header alone: a form on another site can send a cookie, but no header."""
    given = request.headers.get(HEADER, "")
    return given if TOKEN.fullmatch(given) else ""


def _answers(body: bytes) -> Answers:
    """Answers as a stranger sends them; UploadError where they are none."""
    try:
        given: dict[str, Any] = json.loads(body)
        layer, crs, encoding, swap = (given.get(name) for name in ("layer", "crs", "encoding", "swap"))
        json.dumps(given, ensure_ascii=False).encode()  # half a letter can be written in JSON, and nowhere else
    except (ValueError, AttributeError, RecursionError) as error:
        raise UploadError("The answer is not understood.") from error
    kinds = ((layer, int), (crs, str), (encoding, str), (swap, bool))
    strange = layer is not None and not 0 <= layer < MOST_LAYERS if type(layer) is int else False
    if strange or any(value is not None and type(value) is not kind for value, kind in kinds):
        raise UploadError("The answer is not understood.")
    return Answers(layer, crs, encoding, bool(swap))


def _in_one_line(name: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in name[: store.LONGEST_TITLE])
    return shown.encode("utf-8", "replace").decode("utf-8")


def _json(value: object, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json", headers=NOT_KEPT)


def _fault(request: Request, reason: str, status: int = 400) -> Response:
    return _json({"reason": said(reason, _language(request))}, status)


def _forbidden(request: Request) -> Response:
    return _fault(request, "Files are taken from the page of the atlas only: load it again.", 403)
