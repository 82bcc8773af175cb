"""One visitor never sees what another has, whatever runs beside; nobody sees anything without a token."""

from __future__ import annotations

import threading
from pathlib import Path

from layers.spec import catalogue
from layers.visitors.whose import TOKEN, folder_name, new_token, visit, visiting
from tests.visitors.conftest import Take

CSV = "name,lon,lat\nA,70,50\nB,71,51\n"


def own() -> set[str]:
    return {name for name in catalogue() if name.startswith("upload_")}


def test_a_visitor_sees_their_own_layer_and_nobody_elses(take: Take) -> None:
    first, second = new_token(), new_token()
    mine, theirs = take(first, CSV).name, take(second, CSV).name
    assert own() == set()
    with visiting(first):
        assert own() == {mine, f"{mine}_near", f"{mine}_served"}
        with visiting(second):
            assert own() == {theirs, f"{theirs}_near", f"{theirs}_served"}
        assert mine in own()
    assert own() == set()
    for stranger in ("", new_token(), first[:-1], first + "x", folder_name(first), "../" + folder_name(first)):
        with visiting(stranger):
            assert own() == set(), stranger


def test_threads_answer_different_visitors_at_the_same_time(take: Take) -> None:
    tokens = [new_token() for _ in range(4)]
    ids = {token: take(token, CSV).name for token in tokens}
    start, wrong = threading.Barrier(len(tokens)), []

    def look(token: str) -> None:
        start.wait()
        for _ in range(25):
            with visiting(token):
                seen = {name for name in own() if name.count("_") == 1}
                if seen != {ids[token]}:
                    wrong.append((token, seen))
            if own():
                wrong.append(("nobody", own()))

    threads = [threading.Thread(target=look, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_thread_that_answers_nobody_has_no_layers_of_the_one_that_started_it(take: Take) -> None:
    token = new_token()
    take(token, CSV)
    seen = []
    with visiting(token):
        thread = threading.Thread(target=lambda: seen.append(own()))
        thread.start()
        thread.join()
    assert seen == [set()]

    def another() -> None:
        visit(token)
        seen.append(own())
        visit("")
        seen.append(own())

    thread = threading.Thread(target=another)
    thread.start()
    thread.join()
    assert len(seen[1]) == 3
    assert seen[2] == set()


def test_the_disk_gives_no_token_away(uploads: Path, take: Take) -> None:
    token = new_token()
    folder = take(token, CSV)
    assert TOKEN.fullmatch(token)
    for path in uploads.rglob("*"):
        assert token not in str(path)
        assert not path.is_file() or token.encode() not in path.read_bytes()
    assert folder.parent.name == folder_name(token)
    assert not TOKEN.fullmatch(folder.parent.name)
    assert len({new_token() for _ in range(1000)}) == 1000
