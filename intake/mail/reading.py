"""Check and read mails: an ordinary one here and now, one that could keep others waiting in a process of its own."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from datetime import datetime

from intake.apart.children import Children
from intake.apart.limits import Limits
from intake.mail.apart.pieces import put_together
from intake.mail.apart.setting import Setting
from intake.mail.crowd import network_of
from intake.mail.inbound import Envelope, read
from intake.mail.proof.verdict import Verdict
from intake.message import CannotRead, Inbound

# Bytes; above it, reading a mail would keep everybody else waiting: a mail of that size costs 25 ms at most, and an
# ordinary one of HTML a third of that (tests/test_mail_cost.py).
HEAVY = 32 << 10

MODULE = "intake.mail.apart"
LIMITS = Limits()


def is_heavy(raw: bytes) -> bool:
    """Is a mail to be read apart? Told by what costs nothing to see."""
    return len(raw) > HEAVY


class Reading:
    """Reads the mails of one mail channel."""

    def __init__(self, setting: Setting, children: Children | None = None) -> None:
        self._setting = setting
        self._check = setting.check()
        self._children = children or Children(MODULE, setting.packed(), LIMITS)

    @property
    def process(self) -> int | None:
        """The id of the process whose children read apart, while there is one."""
        return self._children.pid

    async def start(self) -> None:
        """Have a process ready for the first heavy mail. Raises NoChildError; it is tried again when one comes."""
        await self._children.start()

    async def close(self) -> None:
        """Let the processes and threads go; what they are doing is not waited for."""
        self._check.close()
        await self._children.close()

    async def here(self, raw: bytes, facts: dict[str, str], key: str) -> Inbound:
        """Read in this process. `facts`: the envelope, packed; the verdict on the sender is added to them.

        `key`: the mail's fingerprint.
        """
        envelope, came = Envelope.unpacked(facts), datetime.fromisoformat(facts["received_at"])
        verdict = await self._check(raw, envelope.origin, came)
        facts |= verdict.packed()
        return read(raw, envelope, self._setting.tokens, self._setting.mailboxes, verdict, came, key)

    async def apart(self, raw: bytes, facts: dict[str, str]) -> Inbound:
        """Read in a child. With a verdict among the facts the sender is not checked again; else it is added to them.

        Raises CannotRead when the mail killed or stalled the child, and NoChildError when there is none.
        """
        async with self._children.child(_share(facts)) as child:
            await child.send(json.dumps(facts).encode())
            await child.send(raw)
            facts |= _verdict(await child.receive()).packed()
            try:
                return await put_together(child.receive, raw)
            except ValueError as error:
                raise CannotRead("it cannot be handed on as it reads") from error


def _share(facts: Mapping[str, str]) -> str:
    """As whose a mail counts: of the network that brought it; nobody's, when that was our own mail server."""
    network = network_of(facts.get("peer", ""))
    try:
        return "" if ipaddress.ip_network(network).is_private else network
    except ValueError:
        return ""


def _verdict(piece: bytes) -> Verdict:
    packed: Mapping[str, str] = json.loads(piece)
    return Verdict.unpacked(packed)
