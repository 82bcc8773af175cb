"""What the tests of the intake share: a verdict in this process, and one by a confined worker."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layers.errors import UploadError
from layers.intake import slots, supervise
from layers.intake.found import Answers
from layers.intake.verdict import Verdict, from_json, rejected
from layers.intake.worker import UPLOAD, verdict_of

Judge = Callable[..., Verdict]


@pytest.fixture(autouse=True)
def own_slots(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Places for workers of this test alone: a server on the same machine neither waits for it nor is waited for."""
    folder = tmp_path_factory.mktemp("slots")
    monkeypatch.setattr(slots, "folder", lambda: folder)
    return folder


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """The verdict on some bytes, read in this process; the report survives JSON, and every row is accounted for."""
    numbers = itertools.count()

    def verdict(data: bytes | str, **answers: Any) -> Verdict:
        folder = tmp_path / f"job{next(numbers)}"
        folder.mkdir()
        (folder / UPLOAD).write_bytes(data.encode() if isinstance(data, str) else data)
        try:
            told = verdict_of(folder, Answers(**answers), "title")
        except UploadError as error:
            told = rejected(str(error))
        assert told.reason
        assert told.verdict != "rejected" or told.reason.endswith(".")
        assert ":" in told.reason or told.verdict.startswith("accepted") or "?" in told.reason
        assert from_json(json.loads(json.dumps(told.as_json()))) == told
        for number, layer in enumerate(told.layers):
            assert layer.features_in == layer.features_kept + sum(part.rows for part in layer.dropped)
            if told.verdict.startswith("accepted"):
                assert (folder / f"{number}.parquet").is_file()
        return told

    return verdict


@pytest.fixture
def confined(tmp_path: Path) -> Judge:
    """The verdict on some bytes by a worker process, of another command if one is given."""
    numbers = itertools.count()

    def verdict(data: bytes | str, **given: Any) -> Verdict:
        number = next(numbers)
        folder, path = tmp_path / f"private{number}", tmp_path / f"file{number}.bin"
        folder.mkdir()
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return supervise.inspect(path, Answers(), folder, **given)

    return verdict
