"""What the server sends over the websocket, split into the runs of the script that caused it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

FULL = ForwardMsg.FINISHED_SUCCESSFULLY
FRAGMENT = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


@dataclass(frozen=True)
class Run:
    """One run of the script: how it ended, and the bytes received since the run before it ended."""

    status: int
    bytes: int


class Wire:
    """Listens to the websocket of one page; made before the page is opened."""

    def __init__(self, page: Page) -> None:
        self.runs: list[Run] = []
        self._socket: WebSocket | None = None
        self._pending = 0
        page.on("websocket", self._opened)

    def runs_of(self, act: Callable[[], None]) -> list[Run]:
        """Runs that ended from doing something until the first run after it had ended; at least one."""
        assert self._socket is not None, "the page is not open"
        before = len(self.runs)
        with self._socket.expect_event("framereceived", _ends_a_run):
            act()
        return self.runs[before:]

    def _opened(self, socket: WebSocket) -> None:
        self._socket = socket
        socket.on("framereceived", self._received)

    def _received(self, payload: str | bytes) -> None:
        """Payloads count as they are before the protocol's framing and any compression."""
        self._pending += len(payload)
        if _ends_a_run(payload):
            self.runs.append(Run(_message(payload).script_finished, self._pending))
            self._pending = 0


def _ends_a_run(payload: str | bytes) -> bool:
    return _message(payload).WhichOneof("type") == "script_finished"


def _message(payload: str | bytes) -> ForwardMsg:
    message: ForwardMsg = ForwardMsg.FromString(payload if isinstance(payload, bytes) else payload.encode())
    return message
