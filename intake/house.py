"""What the core must know of the company it works for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from intake.policy import Policy, PolicyInUse

# The id that a message will carry, fixed before it leaves: (request, nonce, our account) → id, by channel.
Stamp = Callable[[int, str, str], str]


# Is this address, on its channel, one of our own?
IsOurs = Callable[[str], bool]


# Which organisation does an address belong to (None: none), and is it one where everybody has a mailbox?
Organisation = Callable[[str], str | None]
IsProvider = Callable[[str], bool]


def _nobody(_address: str) -> bool:
    return False


def domain(address: str) -> str | None:
    """What stands behind an address's @."""
    _, at, name = address.rpartition("@")
    return name.lower() if at else None


@dataclass(frozen=True, slots=True)
class House:
    """The company's own facts. `desk` says whether there is a desk to show requests on."""

    company: str = "Example Ltd"
    languages: tuple[str, ...] = ("en", "zh", "es", "de", "ru")
    default_language: str = "en"
    reopen: timedelta = timedelta(hours=72)
    acks_per_sender_per_day: int = 5  # 0: no limit
    acks_per_hour: int = 600  # 0: no limit
    requests_per_sender_per_hour: int = 10  # by mail; 0: no limit
    topics_per_hour: int = 200  # of requests, before those of new senders get none; 0: no limit
    desk: bool = True
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    is_ours: IsOurs = _nobody
    organisation: Organisation = domain
    is_provider: IsProvider = _nobody
    policies: PolicyInUse = field(default_factory=PolicyInUse)
    mailbox: str | None = None  # who speaks when a chat's answer goes out by mail; None: no mail leaves

    @property
    def policy(self) -> Policy:
        """The company's own rules, as they hold now: ask each time, they may have changed since."""
        return self.policies.policy
