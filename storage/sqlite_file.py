"""The file of an SQLite database: that it is there, nobody else's to read, and SQLite's alone to open."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path


def make(path: Path) -> None:
    """Let the file exist with narrow rights before SQLite would make it with wide ones. Raises OSError.

    One that exists is never opened here: to close it again would end SQLite's locks on it, which are the process's.
    The next program that reads the file would then delete the log that we go on writing to, and all that is in there
    (https://sqlite.org/howtocorrupt.html §2.2).
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)) from None
        if not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None


def keep_to_ourselves(path: Path) -> None:
    """A database that came back from a backup may be anybody's to read. What SQLite makes beside it has its rights."""
    for file in (path, *(path.with_name(f"{path.name}-{beside}") for beside in ("wal", "shm"))):
        # Where it is another user's, whoever shared it has decided.
        with suppress(OSError):
            if file.stat().st_mode & 0o077:
                file.chmod(0o600)
