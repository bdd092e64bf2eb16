"""Read the machine's part of a delivery report (RFC 3464): who failed, with which action and status."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.mail.addresses import is_address
from intake.mail.machines import bounce_status
from intake.message import Failure

MAX_FIELD = 2000  # characters

_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")  # RFC 3464 §2.3.3
_XTEXT = re.compile(r"\+(2B|3D)")
_UNICODE = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")


def failures(report: str) -> Iterator[Failure]:
    """RFC 3464 §2.1: groups of fields between blank lines, the first about the message, then one a recipient."""
    for group in groups(report):
        address = _recipient(group)
        if not address:
            continue
        diagnostic = typed(group.get("diagnostic-code", "")) or typed(group.get("x-supplementary-info", "")) or None
        action = _action(group.get("action", ""))
        written = bounce_status.in_field(group.get("status", ""))
        status = bounce_status.refined(written, diagnostic or "", late=action == "delayed")
        yield Failure(address, status or _class_only(group.get("status", "")), action, diagnostic)


def groups(report: str) -> Iterator[dict[str, str]]:
    """The fields of each group by their names in small letters; folded lines are joined."""
    group: dict[str, str] = {}
    name = ""
    for written in report.split("\n"):
        line = written.rstrip()
        field = re.match(r"([\w-]{1,80})\s*:\s*(.*)", line)
        # Some programs put no blank line between recipients, and some begin each with the original one.
        if not line or (field is not None and _begins_anew(field[1].lower(), group)):
            yield group
            group = {}
        if field is not None:
            name = field[1].lower()
            group.setdefault(name, field[2][:MAX_FIELD])
        elif line[:1] in (" ", "\t") and name in group and len(group[name]) < MAX_FIELD:
            group[name] += " " + line.strip()
    yield group


def typed(value: str) -> str:
    """`rfc822; john@example.com` without its type, angle brackets and comment."""
    kind, semicolon, rest = value.partition(";")
    words = (rest if semicolon and re.fullmatch(r"\s*[\w./-]+\s*", kind) else value).strip()
    bracketed = re.fullmatch(r"<([^<>]*)>.*", words)
    return bracketed[1].strip() if bracketed else words


def _begins_anew(name: str, group: dict[str, str]) -> bool:
    if name == "final-recipient":
        return name in group
    return name == "original-recipient" and name in group and "action" in group


def _recipient(group: dict[str, str]) -> str:
    """RFC 3464 §2.3.1: the original recipient is the one that we wrote to; forwarders change the final one."""
    named = [_address(group.get(name, "")) for name in ("original-recipient", "final-recipient", "x-actual-recipient")]
    return next((one for one in named if is_address(one)), next(filter(None, named[1:]), ""))


def _address(value: str) -> str:
    bare = typed(value).strip("'\" ")
    # RFC 3461 §4: xtext hides "+" and "="; RFC 6533 §3: utf-8-addr-xtext hides what is not ASCII.
    plain = _XTEXT.sub(lambda found: {"2B": "+", "3D": "="}[found[1]], bare)
    plain = _UNICODE.sub(lambda found: chr(int(found[1], 16)) if int(found[1], 16) < 0xD800 else found[0], plain)
    return re.sub(r"^(?:smtp|rfc822)[:=]|^mailto:", "", plain, flags=re.IGNORECASE).rstrip(".") or plain


def _action(value: str) -> str | None:
    word = re.match(r"[a-z-]+", value.lower())
    if word is None:
        return None
    # "failure", "fail", "delay": some programs have read the RFC only halfway.
    return next((action for action in _ACTIONS if action[:4] == word[0][:4]), word[0])


def _class_only(status: str) -> str | None:
    """`5`, `5.0`, `500`: only the class can be trusted (RFC 3463 §3.1: X.0.0 says just that)."""
    found = re.match(r"\s*([245])(?:\.\d{1,3}|\d\d)?\.?\s*(?:$|[\s(])", status)
    return f"{found[1]}.0.0" if found else None
