"""A worker reaches its own folder and what Python needs, and no other file of the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.intake import fence
from tests.intake.conftest import Judge
from tests.intake.test_worker import CONFINED, POINT, command

ROOT = Path(__file__).resolve().parents[2]
needs_landlock = pytest.mark.skipif(
    not fence.FENCED, reason=f"this kernel has no Landlock of version {fence.LEAST_ABI} or later (Linux 5.19)"
)
TRY = "try:\n    {guard}{code}\nexcept OSError:\n    open('refused', 'w').close()\nelse:\n    open('done', 'w').close()"


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """The folder of another upload, with a file in it."""
    folder = tmp_path / "other-upload"
    folder.mkdir()
    (folder / "upload").write_text("not yours")
    return folder


READS = [
    "open('/etc/passwd').read()",
    f"open({str(ROOT / 'data/towns.csv')!r}).read()",
    f"open({str(ROOT)!r} + '/app.py')",
]
LISTS = [
    "import os; os.listdir('/etc')",
    f"import os; os.listdir({str(ROOT / 'data')!r})",
    "import os; os.listdir('/')",
]
OTHERS = [
    "open({0!r} + '/upload').read()",
    "import os; os.listdir({0!r})",
    "open({0!r} + '/new', 'w')",
    "open({0!r} + '/upload', 'a')",
    "import os; os.remove({0!r} + '/upload')",
    "import os; os.rename({0!r} + '/upload', 'mine')",
    "import os; os.link({0!r} + '/upload', 'mine')",
    "import os; os.mkdir({0!r} + '/made')",
    "import os; os.symlink('/etc/passwd', {0!r} + '/link')",
]
FACTS = [  # what Landlock leaves open
    "import os; os.chmod({0!r} + '/upload', 0o777)",
    "import os; os.utime({0!r} + '/upload', (0, 0))",
    "import os; os.truncate({0!r} + '/upload', 0)",
    "import os; os.chown({0!r} + '/upload', os.getuid(), os.getgid())",
    "import os; os.setpriority(0, os.getppid(), os.getpriority(0, os.getppid()))",
]


@needs_landlock
@pytest.mark.parametrize("code", [*READS, *LISTS, *OTHERS, *FACTS])
def test_what_is_not_its_own_is_out_of_reach(confined: Judge, tmp_path: Path, foreign: Path, code: str) -> None:
    """Each is possible without the guard, so that it is the guard that refuses."""
    code = code.format(str(foreign))
    confined(POINT, worker=command(TRY.format(guard=CONFINED, code=code)))
    assert (tmp_path / "private0/refused").is_file()
    assert (foreign / "upload").read_text() == "not yours"
    assert [path.name for path in foreign.iterdir()] == ["upload"]
    confined(POINT, worker=command(TRY.format(guard="", code=code)))
    assert (tmp_path / "private1/done").is_file()


@needs_landlock
def test_a_link_in_its_own_folder_leads_nowhere(confined: Judge, tmp_path: Path, foreign: Path) -> None:
    code = f"import os; os.symlink({str(foreign / 'upload')!r}, 'way')\n    {{guard}}open('way').read()"
    confined(POINT, worker=command(TRY.format(guard="", code=code.format(guard=CONFINED))))
    assert (tmp_path / "private0/refused").is_file()
    confined(POINT, worker=command(TRY.format(guard="", code=code.format(guard=""))))
    assert (tmp_path / "private1/done").is_file()


def test_its_own_folder_stays_its_own(confined: Judge, tmp_path: Path) -> None:
    code = (
        "import os; os.mkdir('a'); open('a/b', 'w').write('x'); os.rename('a/b', 'c'); os.rmdir('a'); "
        "assert open('c').read() == 'x'; open('/dev/null', 'w').write('x')"
    )
    confined(POINT, worker=command(TRY.format(guard=CONFINED, code=code)))
    assert (tmp_path / "private0/done").is_file()


def test_without_landlock_the_worker_reads_on_and_the_constant_says_so(
    confined: Judge, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fence, "FENCED", False)
    fence.enclose(tmp_path)  # does nothing: this process could not write its report otherwise
    (tmp_path.parent / "still-free").write_text("x")
    (tmp_path.parent / "still-free").unlink()
    code = "from layers.intake import fence; fence.FENCED = False; " + CONFINED + "open('/etc/passwd').read()"
    confined(POINT, worker=command(TRY.format(guard="", code=code)))
    assert (tmp_path / "private0/done").is_file()
