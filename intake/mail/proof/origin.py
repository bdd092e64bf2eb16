"""Who handed a mail over, and what he called himself: what SPF is about."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Addresses that no stranger on the internet has: a relay or a proxy of ours stands there, and SPF knows nothing of it.
OURS: tuple[Network, ...] = tuple(
    ipaddress.ip_network(written)
    for written in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)


@dataclass(frozen=True, slots=True)
class Origin:
    """`mail_from` is None for the null sender."""

    peer: str
    helo: str = ""
    mail_from: str | None = None

    @property
    def address(self) -> IPAddress | None:
        return ip_address(self.peer)

    @property
    def inside(self) -> bool:
        """Did one of our own machines hand it over, so that nothing can be said of the sender's?"""
        address = self.address
        return address is None or within(address, OURS)

    def by(self, peer: str, helo: str, mail_from: str | None) -> Origin:
        """The hop before."""
        return replace(self, peer=peer, helo=helo, mail_from=mail_from)


def ip_address(written: str) -> IPAddress | None:
    """An address, an IPv4 one in IPv6 clothes undressed; None when it is none."""
    try:
        address = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def within(address: IPAddress, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
