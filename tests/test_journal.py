"""Laws of the journal: what the program died at is known to the next one; what merely waited is not."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from storage.journal import FORGOTTEN_AFTER_S, PROCESSES, SIZE, Journal, watched

DAY = 24 * 3600.0
# What a program does until it dies: {deed} is where.
PROGRAM = """
import asyncio, os, signal, sys, time
from pathlib import Path
from storage.journal import Journal, watched

def die():
    os.kill(os.getpid(), signal.SIGKILL)

async def at_once():
    die()

async def after_waiting():
    await asyncio.sleep(0.01)
    die()

async def in_a_thread():
    await asyncio.to_thread(watched(die))

async def waiting():
    asyncio.get_running_loop().call_later(0.05, die)
    await asyncio.sleep(60)

async def done():
    await asyncio.sleep(0)

async def main():
    journal = Journal(Path(sys.argv[1]))
    print(journal.deaths("mail:one"), flush=True)
    other = journal.watch("mail:other", asyncio.sleep(0.005))
    await asyncio.gather(other, journal.watch("mail:one", globals()[sys.argv[2]]()))
    die()

asyncio.run(main())
"""


def _died(folder: Path, deed: str) -> int:
    """Run it to its death, and say how many deaths it knew of before."""
    command = [sys.executable, "-c", PROGRAM, str(folder), deed]
    done = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    return int(done.stdout.split()[-1])


@pytest.mark.parametrize("deed", ["at_once", "after_waiting", "in_a_thread"])
def test_what_the_program_dies_at_is_known_to_the_next_one(tmp_path: Path, deed: str) -> None:
    """However far the work had come, and how often; and nothing else is suspected."""
    assert [_died(tmp_path, deed) for _ in range(3)] == [0, 1, 2]
    journal = Journal(tmp_path)
    assert (journal.deaths("mail:one"), journal.deaths("mail:other")) == (3, 0)


@pytest.mark.parametrize("deed", ["waiting", "done"])
def test_what_waits_or_is_done_when_the_program_is_killed_is_not_suspected(tmp_path: Path, deed: str) -> None:
    """Hundreds may wait for the database at the moment at which somebody pulls the plug."""
    _died(tmp_path, deed)
    assert Journal(tmp_path).deaths("mail:one") == 0


def test_what_is_survived_is_forgotten(tmp_path: Path) -> None:
    """By this process and by the next."""
    _died(tmp_path, "at_once")
    journal = Journal(tmp_path)
    assert journal.deaths("mail:one") == 1
    journal.survived("mail:one")
    assert journal.deaths("mail:one") == 0
    os.close(journal._file)
    assert Journal(tmp_path).deaths("mail:one") == 0


def test_a_suspicion_ends_when_no_mail_server_would_try_any_more(tmp_path: Path) -> None:
    """And a clock that was set back makes none eternal."""
    _died(tmp_path, "at_once")
    now = (tmp_path / "journal.0").stat().st_mtime
    for later, deaths in ((DAY, 1), (FORGOTTEN_AFTER_S + DAY, 0)):
        journal = Journal(tmp_path, lambda later=later: now + later)  # type: ignore[misc]  # the default binds it
        assert journal.deaths("mail:one") == deaths
        os.close(journal._file)


def test_processes_that_share_a_folder_have_a_file_each(tmp_path: Path) -> None:
    """The one that comes after a crash takes the file of the one that crashed."""
    first, second = Journal(tmp_path), Journal(tmp_path)
    assert (first.deaths("a"), second.deaths("a")) == (0, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal.0", "journal.1"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())
    _died(tmp_path, "at_once")
    assert Journal(tmp_path).deaths("mail:one") == 1
    assert PROCESSES > 2


def test_the_first_start_of_all_makes_the_folder(tmp_path: Path) -> None:
    """With PostgreSQL nothing else needs a data folder before the first large file comes."""
    data = tmp_path / "new" / "data"
    Journal(data).take_up(b"x" * 32)
    assert [file.name for file in data.iterdir()] == ["journal.0"]
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


async def test_without_a_file_the_work_is_done_all_the_same(tmp_path: Path) -> None:
    """A folder that cannot be written to is somebody else's to complain about."""
    (tmp_path / "no folder").touch()
    journal = Journal(tmp_path / "no folder")
    assert await journal.watch("a", asyncio.sleep(0, "done")) == "done"
    assert journal.deaths("a") == 0


def test_the_oldest_suspicion_makes_room_for_a_new_one(tmp_path: Path) -> None:
    """The file never grows."""
    for number in range(300):
        journal = Journal(tmp_path, lambda number=number: 1e9 + number)  # type: ignore[misc]  # the default binds it
        journal.deaths("a")
        journal.take_up(number.to_bytes(32, "big"))
        os.close(journal._file)
    journal = Journal(tmp_path, lambda: 1e9 + 300)
    journal.deaths("a")
    assert 100 < len(journal._suspects) < 300
    assert (299).to_bytes(32, "big") in journal._suspects
    assert (0).to_bytes(32, "big") not in journal._suspects
    assert (tmp_path / "journal.0").stat().st_size == SIZE


async def test_a_cancelled_work_hears_of_it_and_its_result_comes_back() -> None:
    """The journal stands between two parts of the program, and neither notices."""
    journal, heard = Journal(), []

    async def work() -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            heard.append("cancelled")
            raise
        return "never"

    task = asyncio.create_task(journal.watch("a", work()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert heard == ["cancelled"]

    async def fails() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await journal.watch("a", fails())
    assert await journal.watch("a", asyncio.to_thread(watched(threading.get_ident))) != threading.get_ident()
