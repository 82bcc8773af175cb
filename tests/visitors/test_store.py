"""Files of visitors on the disk: counted, closed to others, and gone when their time is over."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import pytest

from layers.errors import UploadError
from layers.visitors import store
from layers.visitors.origin import KEY, origin_of
from layers.visitors.whose import folder_name, new_token, visiting

WHO = folder_name("a" * 43)
DAY = 24 * 3600.0


def older(folder: Path, seconds: float) -> None:
    """Have a file be received so long ago."""
    state = store.read_state(folder)
    store.write_state(folder, replace(state, received=state.received - seconds, since=state.since - seconds))
    os.utime(folder, (state.since - seconds,) * 2)  # one that changed just now may be being made


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_only_we_can_look_into_the_folders(uploads: Path) -> None:
    folder = store.begin(WHO, "a.csv")
    assert [path.stat().st_mode & 0o777 for path in (uploads, folder)] == [0o700, 0o700]
    assert store.NAME.fullmatch(folder.name)
    assert store.read_state(folder).step == store.RECEIVING


@pytest.mark.parametrize("wrong", ["open", "link", "dangling", "file", "foreign"])
def test_a_folder_that_may_be_anothers_is_refused_and_the_atlas_goes_on(
    uploads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    if wrong == "open":
        uploads.mkdir(mode=0o755)
        uploads.chmod(0o755)
    elif wrong in ("link", "dangling"):
        target = tmp_path / "elsewhere"
        if wrong == "link":
            target.mkdir(mode=0o700)
        uploads.symlink_to(target)
    elif wrong == "file":
        uploads.touch(0o600)
    else:
        uploads.mkdir(mode=0o700)
        monkeypatch.setattr(store.os, "getuid", lambda: 4_294_967_000)
    with pytest.raises(UploadError, match="open to others"):
        store.begin(WHO, "a.csv")
    assert store.folders(WHO) == []
    with visiting(new_token()):
        pass


def test_a_thirteenth_file_is_refused_also_when_all_come_at_once(uploads: Path) -> None:
    made: list[Path] = []
    faults: list[UploadError] = []

    def send() -> None:
        try:
            made.append(store.begin(WHO, "a.csv"))
        except UploadError as error:
            faults.append(error)

    threads = [threading.Thread(target=send) for _ in range(store.MOST_UPLOADS + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == len(store.folders(WHO)) == store.MOST_UPLOADS
    assert len(faults) == 3
    assert "remove one first" in str(faults[0])
    store.begin(folder_name("b" * 43), "another visitor's.csv")
    store.remove(made[0])
    store.begin(WHO, "again.csv")


def test_bytes_of_a_visitor_and_of_all_and_of_the_disk_are_bounded(
    uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (store.begin(WHO, "a.csv") / store.RAW).write_bytes(b"x" * 1000)
    monkeypatch.setattr(store, "MOST_BYTES", 500)
    monkeypatch.setattr(store, "MOST_VISITOR_BYTES", 1400)
    with pytest.raises(UploadError, match="Your files take up"):
        store.begin(WHO, "b.csv")
    monkeypatch.setattr(store, "MOST_BYTES_OF_ALL", 1400)
    with pytest.raises(UploadError, match="no room"):
        store.begin(folder_name("b" * 43), "b.csv")
    monkeypatch.undo()
    monkeypatch.setenv(store.ROOT_ENVIRONMENT, str(uploads))
    used = namedtuple("used", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: used(1, 1, store.LEAST_FREE_BYTES - 1))
    with pytest.raises(UploadError, match="no room"):
        store.begin(folder_name("b" * 43), "b.csv")


def test_many_tokens_from_one_address_do_not_take_the_room_of_the_others(
    uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_FROM_ONE", 3)
    first = [store.begin(folder_name(new_token()), "a.csv", "203.0.113.7") for _ in range(3)]
    for host in ("203.0.113.7", "::ffff:203.0.113.7"):
        with pytest.raises(UploadError, match="From your network address"):
            store.begin(folder_name(new_token()), "a.csv", host)
    for host in ("203.0.113.8", "2001:db8::7", "127.0.0.1", "::1", "", "testclient"):
        store.begin(folder_name(new_token()), "a.csv", host)
    store.remove(first[0])
    again = store.begin(folder_name(new_token()), "a.csv", "203.0.113.7")
    monkeypatch.setattr(store, "MOST_BYTES_FROM_ONE", store.MOST_BYTES + 1000)
    monkeypatch.setattr(store, "MOST_FROM_ONE", 100)
    (again / store.RAW).write_bytes(b"x" * 1001)
    with pytest.raises(UploadError, match="From your network address"):
        store.begin(folder_name(new_token()), "a.csv", "203.0.113.7")
    store.begin(folder_name(new_token()), "a.csv", "203.0.113.8")


def test_addresses_of_one_subscriber_are_one_and_no_address_is_written_down(uploads: Path) -> None:
    folder = store.begin(WHO, "a.csv", "203.0.113.7")
    origins = [origin_of(f"2001:db8:1:2::{end}", uploads) for end in ("1", "ffff")]
    assert origins[0] == origins[1] != origin_of("2001:db8:1:3::1", uploads)
    assert [origin_of(host, uploads) for host in ("127.0.0.1", "::1", "", "a.example")] == [""] * 4
    written = [path.read_bytes() for path in uploads.rglob("*") if path.is_file()]
    assert not any(b"203.0.113" in text or bytes([203, 0, 113, 7]) in text for text in written)
    assert store.read_state(folder).origin == origin_of("203.0.113.7", uploads)
    (uploads / KEY).unlink()
    assert store.read_state(folder).origin != origin_of("203.0.113.7", uploads)


def test_files_of_all_are_bounded_in_number(uploads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_OF_ALL", 2)
    for _ in range(2):
        store.begin(folder_name(new_token()), "a.csv")
    with pytest.raises(UploadError, match="no room"):
        store.begin(folder_name(new_token()), "a.csv")


def test_what_is_older_than_a_day_is_found_no_more_and_swept(uploads: Path) -> None:
    old, young = store.begin(WHO, "old.csv"), store.begin(WHO, "young.csv")
    (old / store.RAW).write_bytes(b"secret")
    older(old, DAY + 1)
    assert store.folders(WHO) == [young]
    with pytest.raises(UploadError, match="its day is over"):
        store.find(WHO, old.name)
    store.sweep()
    assert everything(uploads) == sorted([WHO, f"{WHO}/{young.name}", f"{WHO}/{young.name}/{store.STATE}"])
    older(young, DAY + 1)
    store.sweep()
    assert everything(uploads) == []


def test_time_is_the_clocks(uploads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, now = store.begin(WHO, "a.csv"), time.time()
    store.write_state(folder, store.State("a.csv", now, now, store.READY))
    monkeypatch.setattr(store.time, "time", lambda: now + DAY - 60)
    assert len(store.folders(WHO)) == 1
    monkeypatch.setattr(store.time, "time", lambda: now + DAY + 60)
    assert store.folders(WHO) == []


def test_a_question_is_kept_for_an_hour_only(uploads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, now = store.begin(WHO, "a.csv"), time.time()
    store.write_state(folder, store.State("a.csv", now, now, store.ASKS))
    monkeypatch.setattr(store.time, "time", lambda: now + store.ASKED_S - 60)
    assert len(store.folders(WHO)) == 1
    monkeypatch.setattr(store.time, "time", lambda: now + store.ASKED_S + 60)
    assert store.folders(WHO) == []


def test_removal_leaves_nothing_on_the_disk(uploads: Path) -> None:
    folder = store.begin(WHO, "a.csv")
    (folder / store.DATA).parent.mkdir()
    for name in (store.RAW, store.ENTRY, store.DATA):
        (folder / name).write_bytes(b"x")
    store.remove(folder)
    store.sweep()
    assert everything(uploads) == []


@pytest.mark.parametrize("damage", ["{", "[]", '{"file": 1}', ""])
def test_a_damaged_state_is_no_file_and_is_swept(uploads: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    folder = store.begin(WHO, "a.csv")
    (folder / store.STATE).write_text(damage, encoding="utf-8")
    assert store.folders(WHO) == []
    now = time.time()
    monkeypatch.setattr(store.time, "time", lambda: now + 60)
    store.sweep()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("reader", "ago"),
    [(os.getpid(), store.READING_S + 1), (0, 0.0), (2**22 + 1, 0.0)],
    ids=["silent for too long", "no process", "a process that is gone"],
)
def test_a_reading_that_a_restart_broke_off_is_rejected_with_a_remedy(uploads: Path, reader: int, ago: float) -> None:
    """Too old, or the process that had it read is no more."""
    folder = store.begin(WHO, "a.csv")
    state = store.read_state(folder)
    store.write_state(folder, replace(state, step=store.READING, reader=os.getpid()))
    assert store.read_state(folder).step == store.READING
    store.write_state(folder, replace(state, step=store.READING, since=time.time() - ago, reader=reader))
    found = store.read_state(folder)
    assert found.step == store.REJECTED
    assert found.report is not None
    assert found.report["reason"].endswith("send it again.")


@pytest.mark.parametrize(
    "name", ["..", ".", "", "upload_", "upload_0123456789/..", "upload_012345678G", "../x", "upload_0123456789\n"]
)
def test_a_guess_or_a_path_finds_nothing(uploads: Path, name: str) -> None:
    store.begin(WHO, "a.csv")
    with pytest.raises(UploadError, match="no such file"):
        store.find(WHO, name)


def test_a_path_to_anothers_file_finds_nothing(uploads: Path) -> None:
    store.begin(WHO, "a.csv")
    theirs = store.begin(folder_name("b" * 43), "b.csv")
    for name in (f"../{theirs.parent.name}/{theirs.name}", str(theirs), f"./../{theirs.parent.name}/{theirs.name}"):
        with pytest.raises(UploadError, match="no such file"):
            store.find(WHO, name)
