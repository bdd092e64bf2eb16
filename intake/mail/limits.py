"""How much the mail server takes, and what it says when something is too much. Each answer is a full sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    size: int = 25 << 20  # of one mail
    buffered: int = 256 << 20  # of all mails that are coming in at the same time
    recipients: int = 50
    sessions: int = 200
    sessions_per_peer: int = 10
    idle: float = 60.0
    transfer: float = 120.0  # from DATA to the final dot
    delivery: float = 120.0  # from the final dot to our answer


# One fixed sentence for every failure of ours: it is never the sender's fault, and our errors are not his business.
FAILED = "451 4.3.0 We cannot store this mail at the moment; please send it again later."
BUSY = "421 4.3.2 All connections are in use; please try again later."
TOO_MANY_FROM_YOU = "421 4.7.0 Too many connections from your address; please close some."
CLOSING = "421 4.3.2 The service is closing; please try again in a minute."
TIMED_OUT = "421 4.4.2 Nothing came in time; the connection is closed."
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients for one mail; please send the others in another."
TOO_MUCH_AT_ONCE = "452 4.3.1 Too much mail is coming in at once; please send it again later."
FAR_TOO_BIG = "552 5.3.4 The mail is far too big; the connection is closed."


def too_big(limit: int) -> str:
    return f"552 5.3.4 The mail is bigger than the {limit} bytes that are taken here."
