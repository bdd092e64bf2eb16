"""Say where a link leads when its words do not say it themselves."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

MAX_ADDRESS = 2000  # characters that are shown

# Gateways that put themselves before every link: where the parameter of their address leads.
_DETOURS = (("safelinks.protection.outlook.com", "/", "url"), ("www.google.com", "/url", "q"))


def destination(address: str, shown: str) -> str | None:
    """What to write behind the words `shown`: None when they say the same, or it leads nowhere outside the mail."""
    plain = address.strip().removeprefix("mailto:").partition("?")[0] if address.startswith("mailto:") else address
    plain = _direct("".join(plain[: 2 * MAX_ADDRESS].split()))
    if not shown or (not plain.lower().startswith(("http://", "https://", "tel:")) and "@" not in plain):
        return None
    return plain[:MAX_ADDRESS] if _bare(shown) != _bare(plain) else None


def _bare(address: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?", "", address.strip().lower()).rstrip("/")


def _direct(address: str) -> str:
    """Where a link leads once the gateway before it is left out."""
    for host, path, parameter in _DETOURS:
        if host not in address[:100]:
            continue
        try:
            split = urlsplit(address)
            found = parse_qs(split.query, max_num_fields=20).get(parameter)
        except ValueError:
            return address
        if found and split.path == path and (split.hostname or "").endswith(host):
            return found[0] if found[0].startswith(("http://", "https://")) else address
    return address
