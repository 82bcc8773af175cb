"""What becomes of a visitor's file, step by step: received, read by a worker, asked about, taken or turned away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from layers.errors import UploadError
from layers.intake import slots
from layers.intake.found import Answers
from layers.intake.slots import MOST_AT_ONCE, MOST_WAITING
from layers.intake.supervise import MB, MOST_BYTES, inspect
from layers.intake.verdict import Verdict, rejected
from layers.visitors import store
from layers.visitors.adopt import adopt
from layers.visitors.store import ASKS, READING, READY, REJECTED, State

LOG = logging.getLogger(__name__)
BUFFER_BYTES = MB
STALLED_S = 60.0  # without a byte of a file that is being sent
MOST_OF_ONE = 2  # files of one visitor that are read or wait for it

_readers = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="atlas-upload")
_readers_of_small = ThreadPoolExecutor(1, thread_name_prefix="atlas-small-upload")  # they wait for no large one
_asking = threading.Lock()
_queue = threading.BoundedSemaphore(MOST_AT_ONCE + MOST_WAITING)


async def receive(visitor: str, file: str, size: int | None, body: AsyncIterator[bytes], host: str = "") -> Path:
    """Store a file as it comes in, counted; UploadError where it is too large, empty or one too many."""
    if size is not None and size > MOST_BYTES:
        raise _too_large()
    folder = await run_in_threadpool(store.begin, visitor, file, host)
    try:
        await _stored(body, folder / store.RAW)
    except BaseException:  # also when the visitor goes away in the middle
        await run_in_threadpool(store.remove, folder)
        raise
    return folder


async def _stored(body: AsyncIterator[bytes], path: Path) -> None:
    held, done = bytearray(), 0
    with path.open("xb") as out:
        async for chunk in _lively(body):
            held += chunk
            done += len(chunk)
            if done > MOST_BYTES:
                raise _too_large()
            if len(held) >= BUFFER_BYTES:
                await run_in_threadpool(store.require_room)
                await run_in_threadpool(out.write, bytes(held))
                held.clear()
        await run_in_threadpool(out.write, bytes(held))
    if not done:
        raise UploadError("The file is empty: save the layer anew.")


async def _lively(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The parts of a body; UploadError where none comes for a while, for who sends nothing holds a place."""
    try:
        while True:
            async with asyncio.timeout(STALLED_S):
                part = await anext(body)
            yield part
    except StopAsyncIteration:
        return
    except TimeoutError as error:
        raise UploadError("The file stopped coming: send it again.") from error


async def drain(body: AsyncIterator[bytes]) -> None:
    """Read on and forget, at most what a file may have: a browser that still sends does not hear a refusal."""
    done = 0
    with contextlib.suppress(UploadError):
        async for chunk in _lively(body):
            done += len(chunk)
            if done > MOST_BYTES:
                return


def _too_large() -> UploadError:
    told = f"The file is larger than {MOST_BYTES // MB} MB: make it smaller, or use `python -m layers convert`."
    return UploadError(told)


def ask_reader(folder: Path, answers: Answers) -> None:
    """Have a file read with these answers; UploadError where too many wait or it is being read already."""
    with _asking:  # of several answers to one file the first is taken
        state = store.read_state(folder)
        if state.step in (READING, READY):
            raise UploadError("This file is being read or is a layer already.")
        if not (folder / store.RAW).is_file():
            raise UploadError("The file is not kept any more: send it again.")
        if sum(store.read_state(one).step == READING for one in store.folders(folder.parent.name)) >= MOST_OF_ONE:
            raise UploadError(f"{MOST_OF_ONE} of your files are being read: wait for them.")
        small = (folder / store.RAW).stat().st_size <= slots.SMALL_BYTES
        begun = replace(state, step=READING, since=time.time(), report=None, answers=asdict(answers))
        store.write_state(folder, replace(begun, reader=os.getpid()))
        if not _queue.acquire(blocking=False):
            store.write_state(folder, state)
            raise UploadError("Too many files are being read: try again in a minute.")
    readers = _readers_of_small if small else _readers
    readers.submit(_read, folder, answers).add_done_callback(partial(_after, folder))  # which lets go of the place


def _read(folder: Path, answers: Answers) -> None:
    """The work of a reader's thread."""
    state = replace(store.read_state(folder), since=time.time())  # it may have waited for long
    store.write_state(folder, state)
    step, report = _judged(folder, answers, state)
    if step == READY:
        (folder / store.RAW).unlink(missing_ok=True)
    store.write_state(folder, replace(state, step=step, since=time.time(), report=report.as_json()))


def _after(folder: Path, done: Future[None]) -> None:
    """Make room for the next; a file at which we failed, unless it was removed meanwhile, says so."""
    _queue.release()
    if not (folder / store.STATE).is_file():
        store.remove(folder)  # what was written after it had been removed
        return
    if (fault := done.exception()) is None:
        return
    LOG.error("reading an uploaded file failed", exc_info=fault)
    report = rejected("The server failed at this file, which is our fault: try again, or save it in another format.")
    state = replace(store.read_state(folder), step=REJECTED, since=time.time(), report=report.as_json())
    store.write_state(folder, state)


def _judged(folder: Path, answers: Answers, state: State) -> tuple[str, Verdict]:
    """The verdict on a file, and what it makes of it."""
    with _work(folder) as work:
        verdict = inspect(folder / store.RAW, answers, work, title=Path(state.file).stem)
        if verdict.exit_code:
            return ASKS if verdict.verdict == "asks" else REJECTED, verdict
        try:
            adopt(folder, work / "0.parquet", verdict.layers[0], state.file)
        except UploadError as error:
            return REJECTED, rejected(str(error))
        return READY, verdict


@contextlib.contextmanager
def _work(folder: Path) -> Iterator[Path]:
    """The folder of a worker, in that of the upload: what a server leaves that is killed is swept with the rest."""
    work = folder / store.WORK
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
