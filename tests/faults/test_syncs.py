"""What is acknowledged is on the disk before, by the order of the calls; a disk that fails to sync is not believed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.faults.traced import Call, traced
from tests.faults.ward import Ward, ward


@pytest.fixture
async def patient(tmp_path: Path, fresh_url: Callable[[str], str]) -> AsyncIterator[Ward]:
    """The program on SQLite."""
    async with ward(tmp_path, DATABASE_URL=fresh_url("sqlite")) as made:
        await made.program.start()
        await made.well()
        yield made


@pytest.mark.parametrize("large", [False, True], ids=["in the row", "as files"])
async def test_the_sync_comes_before_the_250(patient: Ward, tmp_path: Path, large: bool) -> None:
    """The log of SQLite is synced between the end of the mail and our answer; files and their folders before that."""
    async with traced(patient.program.pid, tmp_path / "trace") as trace:
        assert await patient.writes(large=large) == "250"
        calls = await trace.calls()
    begun = _first(calls, "sendto", '"354 ')
    said = _first(calls, "sendto", '"250 2.0.0 The mail is stored')
    between = calls[begun:said]
    committed = _last(between, "fdatasync", "intake.sqlite3-wal>) = 0")
    if large:
        named = _last(between, "rename", "/data/files/")
        written = [at for at, call in enumerate(between) if call.name == "fsync" and ".tmp>) = 0" in call.words]
        folders = [at for at, call in enumerate(between) if call.name == "fsync" and "/data/files/" in call.words]
        assert len(written) == 2, "the raw mail and its attachment"
        assert min(written) < named < max(folders) < committed


@pytest.mark.parametrize("call", ["fdatasync", "fsync"])
async def test_a_sync_that_fails_is_not_believed_when_it_is_repeated(patient: Ward, tmp_path: Path, call: str) -> None:
    """4xx while the disk fails; then everything is written anew, and each mail that was refused is there once."""
    async with traced(patient.program.pid, tmp_path / "trace", inject=f"{call}:error=EIO"):
        assert (await patient.writes(large=True))[:1] == "4"
    await patient.well()
    if call == "fdatasync":
        assert "the database is opened anew" in patient.program.log
    await patient.all_there()


def _first(calls: list[Call], name: str, words: str) -> int:
    return next(at for at, call in enumerate(calls) if call.name == name and words in call.words)


def _last(calls: list[Call], name: str, words: str) -> int:
    return max(at for at, call in enumerate(calls) if call.name == name and words in call.words)
