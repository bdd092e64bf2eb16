"""The name by which the log follows a message: made at the wire, kept with all that the message causes.

Every log line in its context carries it, every record and every delivery that is made there is stored with it, and it
is bound again when a delivery leaves. So one search finds all lines of a message, and a stored row finds its lines.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bound_contextvars, get_contextvars

TRACE = "trace"  # as log lines and the envelopes of parked messages call it
LONGEST = 32  # characters that a column holds


def current() -> str | None:
    """The trace that we are on, or None."""
    found = get_contextvars().get(TRACE)
    return found if isinstance(found, str) else None


@contextmanager
def traced(known: str | None = None) -> Iterator[str]:
    """Follow a message within: a new one, or one whose name is known. Gives its name."""
    name = known[:LONGEST] if known else secrets.token_hex(6)
    with bound_contextvars(trace=name):
        yield name
