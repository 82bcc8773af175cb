"""The whole path of a file over HTTP: sent, read, asked about, taken, seen by its owner alone, removed."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pyproj import Transformer
from starlette.routing import Router

from layers.errors import UploadError
from layers.files import file_url, table_url
from layers.intake import limits, slots, supervise
from layers.legend import groups
from layers.query import from_query
from layers.routes import layer_url
from layers.view import View
from layers.visitors import desk, store
from layers.visitors.origin import origin_of
from layers.visitors.routes import FILE_HEADER, LONGEST_ANSWER, upload_routes
from layers.visitors.whose import COOKIE, HEADER, folder_name, new_token, visiting
from tests.visitors.conftest import LOOK_S, PATIENCE_S, Answered, Guest, geojson, point

Guests = Callable[[], Guest]
PLACES = geojson(
    ({"name": "Бірінші кен", "kind": "руда"}, point(74.99, 46.85)),
    ({"name": "Екінші кен", "kind": "руда"}, point(75.5, 46.9)),
    ({"name": "Үшінші", "kind": "уголь"}, point(67.7, 47.8)),
)
ZONE_13 = Transformer.from_crs("EPSG:4326", "EPSG:28413", always_xy=True)


def addresses(guest: Guest, upload: str) -> list[str]:
    """Where a layer is served for the page of a visitor."""
    with visiting(guest.token):
        view = replace(View(), language="ru")
        kept, broken = from_query({"lang": "ru", f"{upload}_1": "руда"})
        assert kept.facets
        assert broken == ()
        return [
            layer_url("", upload),
            layer_url("", upload, view=kept),
            table_url("", upload, view),
            table_url("", upload, kept),
            *(file_url("", upload, form, kept) for form in ("csv", "geojson")),
        ]


def test_a_layer_is_served_to_its_owner_and_is_nothing_to_anybody_else(guest: Callable[[], Guest]) -> None:
    owner, stranger = guest(), guest()
    upload = owner.ready(PLACES)["id"]
    for address in addresses(owner, upload):
        for by in ("cookie", "header"):
            mine = owner.get(address, by=by)
            assert mine.status == 200, address
            assert mine.headers["cache-control"] == "no-store"
        assert "Бірінші".encode() in mine.body
        for answer in (stranger.get(address), owner.get(address, by="")):
            assert answer.status in (400, 404), address
            assert "Бірінші".encode() not in answer.body
    guessed = [address.replace(upload, "upload_0123456789") for address in addresses(owner, upload)]
    for address in guessed:
        assert owner.get(address).status in (400, 404)
    for path in (f"/api/uploads/{upload}", "/api/uploads/upload_0123456789"):
        assert stranger.get(path).status == 404
        assert owner.get(path, by="").status == 404
    assert stranger.get("/api/uploads").json == []
    assert [one["id"] for one in owner.get("/api/uploads").json] == [upload]


def test_a_file_is_counted_for_the_address_that_it_comes_from(uploads: Path) -> None:
    token, answers = new_token(), []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": PLACES.encode(), "more_body": False}

    async def send(message: Any) -> None:
        answers.append(message)

    headers = [(HEADER.encode(), token.encode()), (FILE_HEADER.encode(), b"a.geojson")]
    scope = {"type": "http", "method": "POST", "path": "/api/uploads", "root_path": "", "query_string": b""}
    scope |= {"headers": headers, "client": ("203.0.113.7", 50_000), "server": ("atlas", 80), "scheme": "http"}
    asyncio.run(Router(upload_routes(""))(scope, receive, send))
    assert answers[0]["status"] == 200
    (folder,) = store.folders(folder_name(token))
    assert store.read_state(folder).origin == origin_of("203.0.113.7", uploads) != ""


def test_the_search_finds_a_layer_for_its_owner_alone(guest: Guests) -> None:
    owner, stranger = guest(), guest()
    upload = owner.ready(PLACES)["id"]
    address = "/api/search?lang=kk&q=%D0%91%D1%96%D1%80%D1%96%D0%BD%D1%88%D1%96%20%D0%BA%D0%B5%D0%BD"
    for _ in range(2):
        hits = [(hit["layer"], hit["name"]) for hit in owner.get(address).json["hits"]]
        assert (upload, "Бірінші кен") in hits
        assert upload not in stranger.get(address).body.decode()
        assert upload not in owner.get(address, by="").body.decode()


def test_the_legend_counts_a_layer_for_its_owner_alone(guest: Guests) -> None:
    owner = guest()
    upload = owner.ready(PLACES)["id"]
    with visiting(owner.token):
        (own,) = (group for group in groups(View()) if group["id"] == "own")
        assert [(one["id"], one["count"]) for one in own["rows"]] == [(upload, "3")]
    assert [group for group in groups(View()) if group["id"] == "own"] == []


def test_a_file_without_a_system_asks_and_is_taken_where_it_was_answered(guest: Guests) -> None:
    """Metres of Gauss-Kruger zone 13 without its prefix: several zones are possible, and none is taken silently."""
    owner = guest()
    lon, lat = 75.2, 46.85
    east, north = ZONE_13.transform(lon, lat)
    body = f"name;x;y\nA;{east % 1_000_000:.2f};{north:.2f}\nB;{east % 1_000_000 + 900:.2f};{north:.2f}\n"
    sent = owner.send(body, "скважины.csv").json
    told = owner.until(sent["id"], store.ASKS, store.REJECTED, store.READY)
    assert told["step"] == store.ASKS, told
    candidates = told["report"]["layers"][0]["crs"]["candidates"]
    assert len(candidates) > 1
    assert all(one["near"] for one in candidates)
    answered = owner.answer(sent["id"], {"crs": candidates[0]["code"]})
    assert answered.status == 200, answered.body
    assert owner.until(sent["id"], store.READY, store.REJECTED, store.ASKS)["step"] == store.READY
    west, south, east, north = candidates[0]["falls_in"]
    with visiting(owner.token):
        shapes = json.loads(owner.get(layer_url("", sent["id"])).body)["features"]
    for feature in shapes:
        x, y = feature["geometry"]["coordinates"]
        assert west - 1e-4 <= x <= east + 1e-4
        assert south - 1e-4 <= y <= north + 1e-4
    assert not (store.root() / folder_name(owner.token) / sent["id"] / store.RAW).exists()


@pytest.mark.parametrize(
    "given",
    [
        *(b"", b"{", b"[]", b'"x"', b"null", b"[" * 3000, b"\xff\xfe", b'{"crs": NaN}'),
        *({"crs": 3}, {"layer": True}, {"layer": "0"}, {"layer": 1.5}, {"swap": 1}, {"encoding": []}, {"crs": {}}),
        {"crs": "x" * LONGEST_ANSWER},
    ],
)
def test_an_answer_that_is_none_changes_nothing(guest: Guests, given: Any) -> None:
    owner = guest()
    folder = store.begin(folder_name(owner.token), "a.csv")
    (folder / store.RAW).write_bytes(b"x")
    store.write_state(folder, replace(store.read_state(folder), step=store.ASKS))
    answered = owner.answer(folder.name, given)
    assert answered.status == 400
    assert answered.json["reason"]["text"] in ("The answer is not understood.", "The answer is too long.")
    assert store.read_state(folder).step == store.ASKS


def test_removal_removes_it_from_the_disk_and_from_every_route(guest: Guests, uploads: Path) -> None:
    owner = guest()
    upload = owner.ready(PLACES)["id"]
    served = addresses(owner, upload)
    assert guest().ask("DELETE", f"/api/uploads/{upload}").status == 404
    assert owner.ask("DELETE", f"/api/uploads/{upload}").status == 200
    assert list((uploads / folder_name(owner.token)).iterdir()) == []
    assert {owner.get(address).status for address in served} <= {400, 404}
    assert owner.get("/api/uploads").json == []
    assert owner.ask("DELETE", f"/api/uploads/{upload}").status == 404


def test_what_changes_something_needs_the_header_for_which_another_site_cannot_ask(guest: Guests) -> None:
    owner = guest()
    upload = owner.ready(PLACES)["id"]
    for by in ("cookie", ""):
        assert owner.ask("POST", "/api/uploads", PLACES.encode(), by=by).status == 403
        assert owner.ask("POST", f"/api/uploads/{upload}", b"{}", by=by).status == 403
        assert owner.ask("DELETE", f"/api/uploads/{upload}", by=by).status == 403
    assert [one["id"] for one in owner.get("/api/uploads").json] == [upload]
    for preflight in ("/api/uploads", f"/api/uploads/{upload}"):
        answer = owner.ask("OPTIONS", preflight, headers={"Origin": "https://example.org"}, by="")
        assert answer.status >= 400
        assert "access-control-allow-origin" not in answer.headers


def test_the_cookie_is_kept_from_scripts_and_other_sites_and_the_token_is_told_nowhere_else(guest: Guests) -> None:
    owner = guest()
    sent = owner.send(PLACES)
    cookie = sent.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}={owner.token}".lower())
    assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/", "max-age=86400"))
    assert owner.token.encode() not in sent.body
    owner.until(sent.json["id"], store.READY)


def head(guest: Guest, length: int) -> bytes:
    """The beginning of a request that sends a file of that many bytes."""
    lines = ("POST /api/uploads HTTP/1.1", "Host: a", f"X-Atlas-Visitor: {guest.token}", f"Content-Length: {length}")
    return "\r\n".join((*lines, "Connection: close", "", "")).encode()


def said(line: socket.socket) -> str:
    """All that the server answers, until one of the two ends it."""
    with line, line.makefile("rb") as answer:
        return b"".join(iter(lambda: answer.read(1), b"")).decode()


def test_a_file_of_more_than_200_mb_is_refused_by_its_stated_length(guest: Guests, uploads: Path) -> None:
    owner = guest()
    line = socket.create_connection(("127.0.0.1", owner.port), timeout=PATIENCE_S)
    line.sendall(head(owner, 200_000_001))
    answer = line.recv(65_536).decode()
    while "\r\n\r\n{" not in answer:
        answer += line.recv(65_536).decode()
    line.close()
    assert " 400 " in answer.splitlines()[0]
    assert "larger than 200 MB" in answer
    assert "python -m layers convert" in answer
    assert not uploads.exists() or list(uploads.rglob("raw")) == []


def test_a_file_that_states_no_length_is_counted_as_it_comes(
    guest: Guests, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MOST_BYTES", 5000)
    owner = guest()
    answered = owner.ask("POST", "/api/uploads", iter([b"x" * 1000] * 9))
    assert answered.status == 400
    assert "larger than" in answered.json["reason"]["text"]
    assert list(uploads.rglob("raw")) == []
    assert owner.get("/api/uploads").json == []


@pytest.mark.parametrize("way", ["closed", "stalled", "full"])
def test_a_body_that_breaks_off_or_stalls_leaves_nothing(
    guest: Guests, uploads: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    owner = guest()
    if way == "stalled":
        monkeypatch.setattr(desk, "STALLED_S", 0.2)
    line = socket.create_connection(("127.0.0.1", owner.port), timeout=PATIENCE_S)
    line.sendall(head(owner, 3_000_000) + b"x" * 1000)
    wait(lambda: list(uploads.rglob("raw")) != [] or way == "stalled")
    if way == "closed":
        line.close()
    elif way == "full":
        monkeypatch.setattr(store.shutil, "disk_usage", lambda _: type("Used", (), {"free": 0}))
        line.sendall(b"x" * 2_999_000)
        assert "no room" in said(line)
    else:
        assert "stopped coming" in said(line)
    wait(lambda: list(uploads.rglob("raw")) == [])
    assert owner.get("/api/uploads").json == []


def wait(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        threading.Event().wait(LOOK_S)


def test_an_empty_file_and_a_thirteenth_are_refused_in_words_however_large(guest: Guests) -> None:
    owner = guest()
    assert "is empty" in owner.send(b"").json["reason"]["text"]
    for _ in range(store.MOST_UPLOADS):
        store.begin(folder_name(owner.token), "a.csv")
    refused = owner.send(b"x" * 20_000_000)
    assert refused.status == 400
    assert "remove one first" in refused.json["reason"]["text"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "../../etc/passwd"),
        ("<img src=x onerror=alert(1)>{{7*7}}.csv", "<img src=x onerror=alert(1)>{{7*7}}.csv"),
        ("a\x00b\r\nSet-Cookie: x\u202ecsv", "a b  Set-Cookie: x csv"),
        ("", "file"),
        ("ә" * 500, "ә" * store.LONGEST_TITLE),
    ],
)
def test_a_files_name_is_but_a_title(guest: Guests, uploads: Path, name: str, kept: str) -> None:
    owner = guest()
    sent = owner.send(PLACES, name)
    assert sent.json["file"] == kept
    owner.until(sent.json["id"], store.READY)
    listed = {path.name for path in uploads.rglob("*")}
    allowed = {folder_name(owner.token), sent.json["id"], store.STATE, store.ENTRY, "data", "layer.parquet"}
    assert listed <= allowed


def worker(monkeypatch: pytest.MonkeyPatch, code: str, most_seconds: float = PATIENCE_S) -> None:
    """Have files be read by another command."""
    command = (sys.executable, "-S", "-c", code)
    monkeypatch.setattr(desk, "inspect", partial(supervise.inspect, worker=command, most_seconds=most_seconds))


EAT = f"import sys\ntry:\n    held = bytearray(1 << 60)\nexcept MemoryError:\n    sys.exit({limits.OUT_OF_MEMORY})"
LIE = "import os; os.symlink('/etc/passwd', 'report.json')"
ODD = "open('report.json', 'w').write('[' * 100000)"


@pytest.mark.parametrize(
    ("code", "seconds", "words"),
    [
        ("import time; time.sleep(1000)", 0.3, "took longer than"),
        (EAT, PATIENCE_S, "of memory"),
        ("import os; os.abort()", PATIENCE_S, "broke off"),
        ("pass", PATIENCE_S, "left no answer"),
        (LIE, PATIENCE_S, "left no answer"),
        (ODD, PATIENCE_S, "gave an answer on this file that is none"),
    ],
)
def test_a_worker_that_hangs_or_eats_or_breaks_is_survived_and_said(
    guest: Guests, monkeypatch: pytest.MonkeyPatch, code: str, seconds: float, words: str
) -> None:
    owner = guest()
    worker(monkeypatch, code, seconds)
    told = owner.until(owner.send(PLACES).json["id"], store.REJECTED, store.READY, store.ASKS)
    assert told["step"] == store.REJECTED
    assert words in told["report"]["reason"]["text"]
    monkeypatch.undo()


def waiting_for(gate: Path) -> str:
    """A worker that says that it is here and waits."""
    return f"import os, time\nopen('here', 'w').close()\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.02)"


def test_two_are_read_at_once_the_third_waits_and_says_so(
    guest: Guests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = tmp_path / "gate"
    worker(monkeypatch, waiting_for(gate))
    monkeypatch.setattr(slots, "SMALL_BYTES", 0)  # every file counts as large
    first, second, third = guest(), guest(), guest()
    sent = [(one, one.send(PLACES).json["id"]) for one in (first, second)]
    wait(lambda: len(list(store.root().rglob("here"))) == 2)
    last = third.send(PLACES).json["id"]
    told = third.get(f"/api/uploads/{last}").json
    assert (told["step"], told["stage"]) == (store.READING, {"name": "waiting", "rows": None})
    assert len(list(store.root().rglob("here"))) == 2
    assert first.send(PLACES).status == 200
    refused = first.send(PLACES)
    assert refused.status == 400
    assert "wait for them" in refused.json["reason"]["text"]
    gate.touch()
    for one, upload in (*sent, (third, last)):
        assert one.until(upload, store.REJECTED)["report"]["reason"]
    wait(lambda: all(one["step"] != store.READING for one in first.get("/api/uploads").json))


def test_a_small_file_does_not_wait_for_two_large_ones(
    guest: Guests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = tmp_path / "gate"
    worker(
        monkeypatch,
        f"import os, time\nopen('here', 'w').close()\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.02)",
    )
    monkeypatch.setattr(slots, "SMALL_BYTES", len(PLACES))
    large = [(one, one.send(PLACES + " " * 10).json["id"]) for one in (guest(), guest())]
    wait(lambda: len(list(store.root().rglob("here"))) == 2)
    owner = guest()
    small = owner.send(PLACES).json["id"]
    wait(lambda: len(list(store.root().rglob("here"))) == 3)
    gate.touch()
    for one, upload in (*large, (owner, small)):
        one.until(upload, store.REJECTED)


def test_a_file_removed_while_it_is_read_is_gone_for_good(
    guest: Guests, tmp_path: Path, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = tmp_path / "gate"
    worker(monkeypatch, f"import os, time\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.02)")
    owner = guest()
    upload = owner.send(PLACES).json["id"]
    wait(lambda: list(uploads.rglob("upload")) != [])
    assert owner.ask("DELETE", f"/api/uploads/{upload}").status == 200
    assert owner.get("/api/uploads").json == []
    gate.touch()
    wait(lambda: list(uploads.rglob("upload*")) == [])


def test_after_a_restart_a_broken_off_reading_says_so_and_can_be_removed(guest: Guests) -> None:
    owner = guest()
    folder = store.begin(folder_name(owner.token), "a.csv")
    state = store.read_state(folder)
    for gone in (
        replace(state, step=store.READING, reader=os.getpid(), since=time.time() - store.READING_S - 5),
        replace(state, step=store.READING, reader=2**22 + 1),
    ):
        store.write_state(folder, gone)
        told = owner.get(f"/api/uploads/{folder.name}").json
        assert told["step"] == store.REJECTED
        assert "server was stopped" in told["report"]["reason"]["text"]
    assert owner.ask("DELETE", f"/api/uploads/{folder.name}").status == 200


def test_an_export_that_a_foreign_layer_would_filter_is_refused(guest: Guests) -> None:
    answer: Answered = guest().get("/api/export/towns.csv?lang=en&upload_0123456789_1=x")
    assert answer.status == 404


@pytest.mark.parametrize("given", ['{"crs": "\\ud800"}', '{"layer": 99999999999999999999999}', '{"layer": -1}'])
def test_an_answer_that_cannot_be_kept_takes_no_place_for_good(guest: Guests, given: str) -> None:
    owner = guest()
    upload = owner.send(geojson(({"a": 1}, point(13456789, 5234567)))).json["id"]
    owner.until(upload, store.ASKS, store.REJECTED)
    for _ in range(slots.MOST_AT_ONCE + slots.MOST_WAITING + 1):
        assert owner.answer(upload, given.encode()).status == 400
    assert owner.get("/api/uploads").status == 200
    other = guest()
    other.until(other.send(PLACES).json["id"], store.READY)


def test_a_file_that_is_refused_a_reader_is_not_kept(
    guest: Guests, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise UploadError("Too many files are being read: try again in a minute.")

    monkeypatch.setattr(desk, "ask_reader", refuse)
    assert guest().send(PLACES).status == 400
    assert list(uploads.rglob("upload_*")) == []


def test_two_pages_of_one_browser_are_one_visitor(guest: Guests) -> None:
    first, second = guest(), guest()
    first.send(PLACES)
    cookie = {"Cookie": f"{COOKIE}={first.token}", HEADER: second.token, FILE_HEADER: "b.geojson"}
    answered = second.ask("POST", "/api/uploads", PLACES.encode(), by="", headers=cookie)
    assert answered.json["token"] == first.token
    assert len(first.get("/api/uploads").json) == 2
    assert second.get("/api/uploads").json == []
