"""How far a worker is: what it says is seen, and what a stranger puts there is nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.intake import stage, supervise
from layers.intake.found import Answers
from tests.intake.conftest import Judge
from tests.intake.test_worker import command


def test_a_worker_says_what_it_does(confined: Judge, tmp_path: Path) -> None:
    assert stage.stage(tmp_path) is None
    point = '{"type": "Point", "coordinates": [68, 48]}'
    assert confined(point).verdict == "accepted"
    assert stage.stage(tmp_path / "private0") == stage.Stage("writing", 0)


def test_who_waits_is_said_to_wait(tmp_path: Path) -> None:
    """The worker looks at what the supervisor left for it."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "own").mkdir()
    code = "import shutil; shutil.copy('stage.json', 'seen')"
    supervise.inspect(tmp_path / "file", Answers(), tmp_path / "own", worker=command(code))
    assert json.loads((tmp_path / "own/seen").read_text()) == {"name": "waiting", "rows": None}


def test_a_stage_is_replaced_not_rewritten_and_not_at_every_row(tmp_path: Path) -> None:
    stage.tell("reading", 1)  # nobody has asked
    teller = stage._Teller(tmp_path)
    for row in range(5):
        teller.tell("reading", row)
    assert stage.stage(tmp_path) == stage.Stage("reading", 0)
    teller.tell("checking", None)
    assert stage.stage(tmp_path) == stage.Stage("checking")
    assert [path.name for path in tmp_path.iterdir()] == [stage.FILE]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "{",
        "[" * 150,
        '{"name": "root"}',
        '{"name": ["reading"]}',
        '{"name": "reading", "rows": -1}',
        '{"name": "reading", "rows": 1e3}',
        '{"name": "reading", "rows": true}',
        '{"name": "reading", "rows": 10000000000}',
        '{"name": "reading", "rows": "<script>"}',
        '{"name": "reading", "rows": 1}' + " " * 200 + "x",
    ],
)
def test_what_is_no_stage_is_none(tmp_path: Path, said: str) -> None:
    (tmp_path / stage.FILE).write_text(said)
    found = stage.stage(tmp_path)
    assert found is None or found == stage.Stage("reading", 1)  # what stands beyond the first bytes is not read


@given(st.binary(max_size=300))
def test_whatever_stands_there_is_a_stage_or_none(tmp_path_factory: pytest.TempPathFactory, said: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / stage.FILE).write_bytes(said)
    assert stage.stage(folder) is None or stage.stage(folder).name in stage.NAMES  # type: ignore[union-attr]


def test_no_link_pipe_or_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text('{"name": "reading"}')
    (tmp_path / stage.FILE).symlink_to(tmp_path / "real")
    assert stage.stage(tmp_path) is None
    (tmp_path / stage.FILE).unlink()
    os.mkfifo(tmp_path / stage.FILE)  # reading it would wait for a writer
    assert stage.stage(tmp_path) is None
    (tmp_path / stage.FILE).unlink()
    (tmp_path / stage.FILE).mkdir()
    assert stage.stage(tmp_path) is None
