"""At most two files are read at once, over all processes of a server, and a place is never lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from layers.errors import UploadError
from layers.intake import slots

HOLD = (
    "import sys, pathlib; from layers.intake import slots; slots.folder = lambda: pathlib.Path(sys.argv[1])\n"
    "with slots.working():\n    print('held', flush=True)\n    sys.stdin.read()"
)
ROOT = Path(__file__).resolve().parents[2]


def holder(folder: Path) -> subprocess.Popen[str]:
    """Another process that has asked for a place; it says so when it has one."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_two_processes_have_the_places_and_the_third_gets_that_of_one_that_died(own_slots: Path) -> None:
    first, second = holder(own_slots), holder(own_slots)
    got = threading.Event()
    try:
        for other in (first, second):
            assert other.stdout is not None
            assert other.stdout.readline() == "held\n"
        assert slots._first_free("work", slots.MOST_AT_ONCE) is None

        def third() -> None:
            with slots.working():
                got.set()

        waiting = threading.Thread(target=third)
        waiting.start()
        assert not got.is_set()
        first.kill()  # it releases nothing by itself
        waiting.join(30)
        assert got.is_set()
    finally:
        for other in (first, second):
            other.kill()
            other.communicate()


def test_the_queue_is_full_for_every_process(own_slots: Path) -> None:
    held = [slots._first_free("queue", slots.MOST_AT_ONCE + slots.MOST_WAITING) for _ in range(8)]
    assert None not in held
    with pytest.raises(UploadError, match="Too many"), slots.queued():
        pass
    os.close(held[3] or 0)
    with slots.queued():
        pass
    for place in (*held[:3], *held[4:]):
        os.close(place or 0)


@pytest.mark.parametrize("wrong", ["open", "link", "file"])
def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(slots.tempfile, "gettempdir", lambda: str(tmp_path))
    place = slots.folder()
    assert place.stat().st_mode & 0o777 == 0o700
    assert slots.folder() == place
    if wrong == "open":
        place.chmod(0o755)
    else:
        place.rmdir()
        place.symlink_to(tmp_path) if wrong == "link" else place.touch(0o600)
    with pytest.raises(UploadError, match="remove it"):
        slots.folder()
