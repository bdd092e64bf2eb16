"""Hold no more memory than a process needs: what is freed goes back to the machine."""

from __future__ import annotations

import contextlib
import ctypes

# Unless it is told, glibc keeps what is freed, up to twice the largest block that ever was, and a heap for each
# thread: a model of 30 MB that was loaded once would stay for good.
_AT_MOST = 1 << 20  # bytes
_HEAPS = 2
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # malloc.h


def give_back() -> None:
    """From now on; before the first thread. Where the C library is another, nothing is changed."""
    with contextlib.suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, _AT_MOST)
        mallopt(_MMAP_THRESHOLD, _AT_MOST)
        mallopt(_ARENA_MAX, _HEAPS)
