"""Files lie under the sha256 of what is in them: once, whole, for us alone."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.files import Files


def _stored(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "files").rglob("*") if path.is_file())


async def test_a_file_is_found_by_its_sha256(tmp_path: Path) -> None:
    """What was saved is read back, byte for byte, also nothing at all."""
    files = Files(tmp_path)
    for content in (b"", b"hello", os.urandom(100_000)):
        sha256 = await files.save(content)
        assert sha256 == hashlib.sha256(content).hexdigest()
        assert await files.read(sha256) == content


async def test_the_same_bytes_are_written_once(tmp_path: Path) -> None:
    """A second save changes nothing, nor do many at once."""
    files = Files(tmp_path)
    await files.save(b"hello")
    [path] = _stored(tmp_path)
    before = path.stat()
    assert len({*await asyncio.gather(*(files.save(b"hello") for _ in range(8)))}) == 1
    assert _stored(tmp_path) == [path]
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


async def test_nobody_else_may_read(tmp_path: Path) -> None:
    """Files 0600, folders 0700, whatever the umask is."""
    before = os.umask(0)
    try:
        await Files(tmp_path).save(b"hello")
    finally:
        os.umask(before)
    [path] = _stored(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, tmp_path / "files")] == [0o700, 0o700]


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
async def test_a_write_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """A full disk: the error is told, no half file stays, and the next try is not fooled."""
    files = Files(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        _break(broken, call, full)
        with pytest.raises(OSError, match="No space left"):
            await files.save(b"hello")
    assert _stored(tmp_path) == []
    assert await files.read(await files.save(b"hello")) == b"hello"


async def test_a_file_whose_folder_was_not_synced_is_written_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next sync of the folder might succeed without having written its name. It is never taken away meanwhile."""
    files = Files(tmp_path)
    real = os.fsync

    def failing(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode) and list(tmp_path.glob("files/*/*")):
            raise OSError(5, "Input/output error")
        real(handle)

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", failing)
        with pytest.raises(OSError, match="Input/output"):
            await files.save(b"hello")
    [path] = _stored(tmp_path)
    before = path.stat().st_ino
    await files.save(b"hello")
    assert _stored(tmp_path) == [path]
    assert path.stat().st_ino != before


def _break(broken: pytest.MonkeyPatch, call: str, full: Callable[..., None]) -> None:
    match call:
        case "fsync":
            real = os.fsync
            # Folders can still be synced: only the file's own sync meets the full disk.
            broken.setattr(
                os, "fsync", lambda handle: real(handle) if stat.S_ISDIR(os.fstat(handle).st_mode) else full()
            )
        case "rename":
            broken.setattr(Path, "rename", full)
        case _:
            opened = os.open

            def to_a_full_disk(path: str | Path, flags: int, mode: int = 0o777) -> int:
                made = opened(path, flags, mode)
                if not flags & os.O_CREAT:
                    return made
                os.close(made)
                return opened("/dev/full", os.O_WRONLY)

            broken.setattr(os, "open", to_a_full_disk)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "A" * 64, "/" * 64, "." * 64, "a" * 64 + "\n"])
async def test_nothing_outside_is_ever_read(tmp_path: Path, name: str) -> None:
    """A name that is no sha256 is refused before the disk is asked."""
    with pytest.raises(ValueError, match="sha256"):
        await Files(tmp_path).read(name)


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """FileNotFoundError, which a caller can tell from a wrong name."""
    with pytest.raises(FileNotFoundError):
        await Files(tmp_path).read("0" * 64)
