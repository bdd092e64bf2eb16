"""Is there room for another mail? Asked before one is taken: a disk that is full is found out too late by writing."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

# Two of the largest mails, each as a file and its attachments once more, and SQLite's log beside them.
LEAST = 128 << 20  # bytes
LOOK_EVERY_S = 1.0


class Room:
    """The folders that messages are written to."""

    def __init__(self, folders: Sequence[Path], least: int = LEAST) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._least = least
        self._looked_at = float("-inf")
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        """Why nothing should be taken now, in words for the operator, or None. Looked at once a second."""
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            self._trouble = next((found for folder in self._folders if (found := self._lacks(folder))), None)
        return self._trouble

    def _lacks(self, folder: Path) -> str | None:
        try:
            found = os.statvfs(folder)
            free = found.f_bavail * found.f_frsize
            if free < self._least:
                return f"Only {free >> 20} MiB are left in {folder}; mail is put off below {self._least >> 20}."
            if found.f_files and not found.f_favail:
                return f"No more files can be made in {folder}: its disk has no inodes left."
            probe = folder / f".probe-{secrets.token_hex(4)}"
            probe.touch(mode=0o600)
            probe.unlink()
        except OSError as error:
            return f"{folder} cannot be written: {error.strerror}."
        return None


def folders(data_dir: Path, database: Path | None) -> list[Path]:
    """Where messages are written: large mails and attachments, and SQLite's file, when there is one."""
    kept = data_dir / "files"
    with contextlib.suppress(OSError):  # whoever looks for room finds out
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [kept] if database is None else [kept, database.parent]


def free_bytes(folder: Path) -> float | None:
    """How much room there is on a folder's disk; None when nobody can tell."""
    try:
        return float(shutil.disk_usage(folder).free)
    except OSError:
        return None
