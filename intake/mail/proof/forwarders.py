"""Forwarders whose own check we believe, because mail that they hand on fails ours: SPF knows their address only.

An entry of the setting is a network (`192.0.2.0/24`), a network with the name under which its servers write
Authentication-Results (`192.0.2.0/24=mx.host.example`), or the domain of an ARC sealer (`google.com`).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.mail import headers
from intake.mail.domains import ascii_domain
from intake.mail.proof.letter import Letter
from intake.mail.proof.origin import OURS, Network, Origin, ip_address, within

MAX_HOPS = 8
MAX_RECEIVED = 2000  # bytes of a field

_BY = re.compile(r"\sby\s")
_HELO = re.compile(r"\bhelo=(\[?[^\s()\[\]]{1,255}\]?)", re.IGNORECASE)
_ADDRESS = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]")
_ENCLOSED = re.compile(r"\(([^()]*)\)")
_REMARK = re.compile(r"\([^()\[\]]*\)")
_ENVELOPE_FROM = re.compile(r"envelope-(?:from|sender)\s+<([^<>\s]{0,320})>", re.IGNORECASE)
# SRS0=hash=time=domain=local; SRS1 has another forwarder's name and hash before it. Microsoft: mailbox+SRS=…
_SRS = re.compile(r"(?:SRS0[=+-]|[^@]*\+SRS=)[^=@]+=[^=@]+=([^=@]+)=([^@]+)", re.IGNORECASE)
_SRS1 = re.compile(r"SRS1[=+-][^=@]+=[^=@]+==[^=@]+=[^=@]+=([^=@]+)=([^@]+)", re.IGNORECASE)
_GMAIL = re.compile(r"[^@]*\+caf_=[^@]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Forwarders:
    """`networks` with the name of their Authentication-Results, empty when they write none; domains of `sealers`."""

    networks: tuple[tuple[Network, str], ...] = ()
    sealers: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entries: Sequence[str]) -> Forwarders:
        """Read the setting. Raises ValueError in words for the operator."""
        networks, sealers = [], []
        for entry in entries:
            place, equals, name = (part.strip() for part in entry.partition("="))
            if re.fullmatch(r"[0-9A-Fa-f.:]+(?:/[0-9]+)?", place, re.ASCII) and place[-1:] != ".":
                if equals and not name:
                    raise ValueError(f"{entry!r} names no server behind its =")
                networks.append((_network(place), name.lower()))
            elif not equals and "." in place and ascii_domain(place):
                sealers.append(ascii_domain(place))
            else:
                raise ValueError(
                    f"{entry!r} is neither a network (192.0.2.0/24), nor one with the name in its Authentication-"
                    "Results (192.0.2.0/24=mx.host.example), nor the domain of an ARC sealer (google.com)"
                )
        return cls(tuple(networks), frozenset(sealers))

    def name_at(self, origin: Origin) -> str | None:
        """The name of the Authentication-Results of the network that the mail came from; None: from no trusted one."""
        address = origin.address
        if address is None:
            return None
        return next((name for network, name in self.networks if within(address, (network,))), None)

    def hop_before(self, letter: Letter, origin: Origin) -> Origin | None:
        """Who handed the mail to the forwarder, as its own topmost Received says; None when it says nothing of use.

        A Received is believed because a trusted machine wrote it: the peer the topmost, and each the next below for
        as long as they name a machine of the forwarder.
        """
        trusted = (*OURS, *(network for network, _ in self.networks))
        mail_from = original_sender(origin.mail_from)
        for value in letter.all(b"received")[:MAX_HOPS]:
            hop = _received(headers.unfold(value[:MAX_RECEIVED]))
            if hop is None:
                return None
            mail_from = mail_from if hop.mail_from is None else hop.mail_from
            if (address := hop.address) is not None and not within(address, trusted):
                return origin.by(hop.peer, hop.helo, mail_from)
        return None


def original_sender(mail_from: str | None) -> str | None:
    """The envelope sender before forwarders wrote themselves into it (SRS), or as it is."""
    if mail_from is None:
        return None
    found = _SRS1.match(mail_from) or _SRS.match(mail_from)
    return f"{found[2]}@{found[1]}" if found else mail_from


def rewritten(mail_from: str) -> bool:
    """Did a forwarder write itself into this envelope sender?"""
    return any(pattern.match(mail_from) for pattern in (_SRS, _SRS1, _GMAIL))


def _network(written: str) -> Network:
    try:
        return ipaddress.ip_network(written)
    except ValueError as error:
        raise ValueError(f"{written!r} is no network: {error}") from None


def _received(value: str) -> Origin | None:
    """The client that a Received names.

    Postfix writes `from helo (name [address])`, Exim `from name ([address] helo=…)` or `from [address] (helo=…)`. What
    the client says of itself is taken out before the address is looked for.
    """
    start, _, rest = value.partition(" ")
    client = _BY.split(rest, maxsplit=1)[0] if start.lower() == "from" else ""
    said = _HELO.search(client)
    without = _REMARK.sub("", _HELO.sub("", client))
    inner = [match for enclosed in _ENCLOSED.findall(without) for match in _ADDRESS.findall(enclosed)]
    outer = _ADDRESS.findall(_ENCLOSED.sub("", without))
    written = (inner or outer)[:1]
    if not written or ip_address(written[0]) is None:
        return None
    sender = _ENVELOPE_FROM.search(value)
    helo = said[1] if said else client.split(" ", 1)[0]
    return Origin(written[0], helo, sender[1] if sender and sender[1] else None)
