"""SQLite serves one process: a second one on the same data is refused. PostgreSQL serves any number."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import StartError
from bot.settings import Settings
from storage.database import sqlite_path


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the data, on SQLite, for as long as it lasts. Raises StartError when another process does."""
    if not settings.database.startswith("sqlite:"):
        yield
        return
    # Beside the database's file: two data folders may name the same one.
    path = sqlite_path(settings.database)
    try:
        for folder in (settings.data_dir, path.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = path.with_name(f"{path.name}.running").open("w")
    except OSError as error:
        raise StartError(f"{error.filename} cannot be written: {error.strerror}. Look at INTAKE_DATA_DIR.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(f"intake-bot is running on {path} already. Several processes need PostgreSQL.") from error
        yield
