"""Files by the sha256 of what is in them, on the local disk. Written and synced before a commit may name them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from pathlib import Path


class Files:
    """A folder of content-addressed files: `files/ab/cdef…`. Nothing is ever overwritten."""

    def __init__(self, data_dir: Path) -> None:
        self._root = data_dir / "files"
        # A sync that is repeated may succeed without having written anything: these are written once more, by their
        # next writer, and never taken away, for another's commit may name them.
        self._unsynced: set[str] = set()

    async def save(self, content: bytes) -> str:
        """Store bytes durably and return their sha256 (hex). Raises OSError when the disk refuses."""
        return await asyncio.to_thread(self._save, content)

    async def read(self, sha256: str) -> bytes:
        """The bytes behind a sha256. Raises FileNotFoundError."""
        return await asyncio.to_thread(self._path(sha256).read_bytes)

    def _path(self, sha256: str) -> Path:
        return self._root / place_of(sha256)

    def _save(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        if path.exists() and sha256 not in self._unsynced:
            # The folder's entry may be another writer's, not yet synced: our commit must not name it before it is.
            _sync_folder(path.parent)
            return sha256
        for folder in (self._root, path.parent):
            if not folder.exists():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                _sync_folder(folder.parent)
        unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        self._unsynced.add(sha256)
        _sync_folder(path.parent)
        self._unsynced.discard(sha256)
        return sha256


def place_of(sha256: str) -> str:
    """Where the file of a sha256 lies, within whatever holds files. Raises ValueError for what is none."""
    if len(sha256) != 64 or not all(letter in "0123456789abcdef" for letter in sha256):
        raise ValueError("A stored file is named by a sha256.")
    return f"{sha256[:2]}/{sha256[2:]}"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
