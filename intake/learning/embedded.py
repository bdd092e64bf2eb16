"""Keep what texts mean from one refit to the next: embeddings by the hashes of their texts.

Of the last refit's texts alone: one that was erased is gone from the file with the next. Nothing depends on the file:
what is not in it is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from intake.understanding.model import embedding
from intake.understanding.model.embedding import MOST_CHARACTERS, SIZE
from intake.understanding.model.file import Floats

LARGEST = 16 << 20  # bytes of the file; ten thousand texts take half of it
MOST_S = 150.0  # of the processor for what is new; the rest is done by the next refit
MOST_WALL_S = 300.0
_ENTRY = np.dtype([("text", "S32"), ("vector", "<f2", SIZE)])


class Embedded:
    """Embeds texts, and keeps them in a file; `path` None: nowhere."""

    def __init__(self, path: Path | None, most_s: float = MOST_S) -> None:
        self._path = path
        self._most_s = most_s

    def embed(self, texts: Sequence[str]) -> Floats:
        """A row a text; NaN where there was no time for it. Those are kept that are asked for now."""
        known = self._read()
        names = [_name(text) for text in texts]
        cpu, wall = time.process_time() + self._most_s, time.monotonic() + MOST_WALL_S
        found = np.full((len(texts), SIZE), np.nan, np.float16)
        for place, (name, text) in enumerate(zip(names, texts, strict=True)):
            if name not in known and time.process_time() < cpu and time.monotonic() < wall:
                known[name] = embedding.embed([text])[0].astype(np.float16)
            if name in known:
                found[place] = known[name]
        self._write({name: known[name] for name in names if name in known})
        return found.astype(np.float32)

    def _read(self) -> dict[bytes, npt.NDArray[np.float16]]:
        """What is there of this library's; nothing, if the file is not whole."""
        try:
            if self._path is None or self._path.stat().st_size > LARGEST:
                return {}
            head, _, content = self._path.read_bytes().partition(b"\n")
            entries = np.frombuffer(content, _ENTRY)
        except (OSError, ValueError):
            return {}
        if head != _head() or not np.isfinite(entries["vector"]).all():
            return {}
        return {bytes(entry["text"]).ljust(32, b"\0"): entry["vector"] for entry in entries}

    def _write(self, known: dict[bytes, npt.NDArray[np.float16]]) -> None:
        """For our eyes alone, and never half. A disk that is full costs time at the next refit, no more."""
        if self._path is None:
            return
        entries = np.zeros(len(known), _ENTRY)
        for place, (name, vector) in enumerate(known.items()):
            entries[place] = (name, vector)
        fresh = self._path.with_suffix(".new")
        try:
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(_head() + b"\n" + entries.tobytes())
            fresh.replace(self._path)
        except OSError:
            # Rather nothing than what may hold texts that are erased.
            for path in (fresh, self._path):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)


def _head() -> bytes:
    return f"embeddings 1 {embedding.edition()} {MOST_CHARACTERS}".encode()


def _name(text: str) -> bytes:
    return hashlib.sha256(text[:MOST_CHARACTERS].encode("utf-8", "replace")).digest()
