"""What reading a mail takes to know of us: how marks are signed, which mailboxes are ours, how senders are checked."""

from __future__ import annotations

import json
from dataclasses import dataclass

from intake.mail.proof.check import Check, Policy
from intake.mail.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Setting:
    """The same for every mail. Goes to another process through a connection that nobody else can read."""

    tokens: Tokens
    mailboxes: tuple[str, ...]
    policy: Policy

    def check(self) -> Check:
        """What checks senders by the policy."""
        return self.policy.check()

    def packed(self) -> bytes:
        secrets = [secret.hex() for secret in (self.tokens.secret, *self.tokens.earlier)]
        policy = [self.policy.mail_auth, self.policy.forwarders, self.policy.dns_servers]
        return json.dumps([secrets, self.mailboxes, policy]).encode()

    @classmethod
    def unpacked(cls, packed: bytes) -> Setting:
        """What `packed` made."""
        secrets, mailboxes, (mail_auth, forwarders, dns_servers) = json.loads(packed)
        first, *earlier = map(bytes.fromhex, secrets)
        policy = Policy(mail_auth, tuple(forwarders), tuple(dns_servers))
        return cls(Tokens(first, tuple(earlier)), tuple(mailboxes), policy)
