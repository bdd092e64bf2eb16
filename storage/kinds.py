"""The closed sets of the database, and the one way between a request's number and its id. Standard library only."""

from __future__ import annotations

import re
from enum import StrEnum

# The migration starts the ids here, so that the number customers see is the id itself and never looks like the first.
FIRST_REQUEST = 1001
# Who has done it, in the audit trail; an agent has his own name there.
INTAKE, CUSTOMER, PARTICIPANT = "intake", "customer", "participant"


class Status(StrEnum):
    """State of a request."""

    NEW = "new"  # nobody has answered yet
    OPEN = "open"  # we owe the customer an answer
    PENDING = "pending"  # the customer owes us an answer
    RESOLVED = "resolved"
    CLOSED = "closed"


class Priority(StrEnum):
    """How soon a request wants an agent."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Direction(StrEnum):
    """Which way a communication record went. A note never leaves the house."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    NOTE = "note"


class CaseType(StrEnum):
    """What happens with the goods of an after-sales case."""

    RETURN = "return"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    REFUND = "refund"


class CaseStatus(StrEnum):
    """How far an after-sales case has come."""

    ASKED = "asked"  # facts are missing
    COMPLETE = "complete"  # an agent can decide
    APPROVED = "approved"
    REFUSED = "refused"
    RECEIVED = "received"  # the goods are with us
    SENT_BACK = "sent_back"  # repaired or exchanged
    REFUNDED = "refunded"
    DONE = "done"
    DROPPED = "dropped"  # an agent says that it is none


class DeliveryKind(StrEnum):
    """What an outgoing job carries."""

    ACKNOWLEDGEMENT = "acknowledgement"  # to a customer, by itself
    GREETING = "greeting"  # to somebody who has asked nothing yet
    REPLY = "reply"  # to a customer, an agent's words
    QUESTION = "question"  # to a customer: what his after-sales case still needs
    STEP = "step"  # to a customer: how far his after-sales case has come
    MIRROR = "mirror"  # to the desk: a communication record, with the card when it is the request's first
    CARD = "card"  # to the desk: bring the request's card up to date
    NOTICE = "notice"  # to the desk: something an agent must know
    EDIT = "edit"  # to a customer: bring what he was sent up to an agent's newest words
    RECALL = "recall"  # to a customer: take back what he was sent
    MARK = "mark"  # to the desk: show on an agent's message how far its delivery has come
    TOPIC = "topic"  # to the desk: bring name, icon and state of the request's topic up to date
    BOARD = "board"  # to the desk: bring the summary in General up to date
    REBUILD = "rebuild"  # to the desk: make the request's topic again if it is lost
    FETCH = "fetch"  # from the wire: an attachment's bytes


class DeliveryState(StrEnum):
    """How far an outgoing job has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"  # bytes left and the answer was lost


class TopicState(StrEnum):
    """How far a request's place on the desk has come."""

    CREATING = "creating"  # written before the wire is asked, so that a crash leaves an orphan to adopt
    LIVE = "live"
    LOST = "lost"  # it was there and is gone: the next one begins with what was said
    RESTORING = "restoring"  # there again, what was said is not all shown yet


class Role(StrEnum):
    """What an agent may do."""

    AGENT = "agent"
    LEAD = "lead"  # may also assign to others and see how everybody is doing
    ADMIN = "admin"  # may also take agents on


def request_number(request_id: int) -> str:
    """The public number of a request: `R-1042`."""
    return f"R-{request_id}"


def request_id(number: str) -> int | None:
    """The id behind `R-1042`, `r1042` or `1042`, or None."""
    match = re.fullmatch(r"\s*(?:[Rr]-?)?([0-9]{1,12})\s*", number, re.ASCII)
    return int(match[1]) if match else None
