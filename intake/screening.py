"""Which messages are treated otherwise than a person's. A table of rules; the facts were gathered by the adapters."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from intake.message import Inbound


class Treatment(StrEnum):
    """What the pipeline does with a message."""

    WELCOME = "welcome"  # a person's: request and acknowledgement
    QUIETLY = "quietly"  # request, but nothing is sent by itself
    REPORT = "report"  # about something we sent: recorded where that belongs, opens no request
    ASIDE = "aside"  # recorded, belongs to no request


FORGED = "the sender is forged"
Rule = tuple[str, Callable[[Inbound], bool], Treatment]

# The first rule that fires decides. To add one: a row here and a test; docs/adding-a-rule.md.
RULES: tuple[Rule, ...] = (
    # Our own words coming back: answering them is a loop, RFC 3834 §2.
    ("our own message", lambda message: message.from_us, Treatment.ASIDE),
    # RFC 3464, RFC 5965: the record matters, a reply loops.
    ("report on what we sent", lambda message: message.bounce is not None, Treatment.REPORT),
    # A web shop's form is a robot too: its words are wanted, an answer to it is not.
    ("automatic message", lambda message: message.auto_reason is not None, Treatment.QUIETLY),
    # The domain says that it is not its mail: an answer would go to somebody who wrote nothing.
    (FORGED, lambda message: message.forged, Treatment.QUIETLY),
    # Lists and bulk mail of people, null senders: RFC 3834 §2.
    (
        "not acknowledged: from a list, or to be answered elsewhere",
        lambda message: not message.may_ack,
        Treatment.QUIETLY,
    ),
)

# The rules by which nothing goes by itself to whoever wrote: a request that they opened has their names as flags.
SILENCED = frozenset(name for name, _, treatment in RULES if treatment is Treatment.QUIETLY)


def screen(message: Inbound) -> tuple[Treatment, str]:
    """How to treat a message, and the name of the rule that says so (empty for a person's ordinary message)."""
    for name, fires, treatment in RULES:
        if fires(message):
            return treatment, name
    return Treatment.WELCOME, ""
