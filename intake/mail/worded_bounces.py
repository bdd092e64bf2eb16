"""Read bounces that speak in plain words (qmail, Exim, old Exchange, ...) instead of RFC 3464."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.mail import bounce_words as words
from intake.mail import headers
from intake.mail.addresses import is_address, read_addresses
from intake.mail.mime import Part
from intake.message import Failure

MAX_NOTICE_LINES = 200
MAX_LINE = 400

# What programs call themselves when they give mail back.
_SENDER = re.compile(r"(mailer-?daemon|mail-?daemon|postmaster|mdaemon|mail-?delivery-?(sub)?system)\b")
_SENDER_NAME = re.compile(r"mail delivery (sub)?system|internet mail delivery|mail(er)?[ -]daemon", re.IGNORECASE)
_ADDRESS = r"[^\s<>()\[\]{},;:\"'|*@]{1,64}@[^\s<>()\[\]{},;:\"'|*@/]{1,255}"
_CODE = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"\b[45]\d\d[ -]+#?[45]\.\d{1,3}\.\d{1,3}\b|#[45]\.\d{1,3}\.\d{1,3}\b|\b550[ -]")

# How an address stands in a notice, the surest first; the first that finds any is believed.
_SHAPES = (
    re.compile(rf"(?:final|original)-recipient:\s*(?:rfc822;)?\s*<?({_ADDRESS})", re.IGNORECASE),
    re.compile(rf"\s*<({_ADDRESS})>(?:\.\.\.)?\s*[:;(]"),
    re.compile(
        rf"[\s\-*•\"'<(\[]*(?:mailto:|smtp:|rfc822;\s*|to:\s*|recipient:\s*)?({_ADDRESS})[\s\"'>)\].:,;]*$",
        re.IGNORECASE,
    ),
    re.compile(rf"[\s\-*•\"'<(\[]*({_ADDRESS})\b"),
    re.compile(rf".{{0,200}}?rcpt to:\s*<?({_ADDRESS})", re.IGNORECASE),
    re.compile(rf".{{0,200}}?[<(\"' :=]({_ADDRESS})"),
)


@dataclass(frozen=True, slots=True)
class Worded:
    """A bounce in plain words; perhaps it names nobody."""

    failures: tuple[Failure, ...]


def read_words(root: Part, subject: str, sender: str, text: str) -> Worded | None:
    """The failures that a notice speaks of, or None when the mail is no notice."""
    named = [
        box.address
        for value in root.all("x-failed-recipients")
        for box in read_addresses(headers.unfold(value)).mailboxes
    ]
    notice = _notice(text)
    flat = " ".join(" ".join(notice).lower().split())
    if not named and not _is_notice(root, subject, sender, notice, flat):
        return None
    action = "delayed" if any(said in flat for said in words.DELAYED) else "failed"
    if named:
        return Worded(tuple(_failure(address, notice, action) for address in dict.fromkeys(named)))
    own = {box.address.lower() for box in read_addresses(headers.unfold(root.first("to"))).mailboxes} | {sender.lower()}
    return Worded(tuple(_failure(address, notice, action) for address in _addresses(notice, own)))


def _is_notice(root: Part, subject: str, sender: str, notice: list[str], flat: str) -> bool:
    """Words alone prove nothing: people write "does not exist" too. The sender or the subject must agree."""
    return_path = "".join(headers.unfold(value) for value in root.all("return-path")[:1]).lower()
    if _SENDER.match(sender.strip("<>\"' ").lower()) or return_path.startswith(("<>", "<mailer-daemon")):
        by_daemon = True
    else:
        by_daemon = bool(_SENDER_NAME.search(headers.unfold(root.first("from")[:400])))
    titled = bool(words.SUBJECT.match(re.sub(r"^([\W_]|re:)+", "", subject[:200], flags=re.IGNORECASE)))
    spoken = any(phrase in flat for phrase in words.PHRASES)
    return (by_daemon and (spoken or titled)) or (titled and spoken and _has_evidence(root, notice, flat))


def _has_evidence(root: Part, notice: list[str], flat: str) -> bool:
    """Subject and words could be a customer's whose parcel was not delivered; these things only programs write."""
    if root.content_type == "multipart/report" or _REPLY_CODE.search(flat):
        return True
    if any(part.content_type in ("message/rfc822", "text/rfc822-headers") for part in root.walk()):
        return True
    lines = [line for line in notice[:40] if line.strip()]
    for number, line in enumerate(lines):
        if any(phrase in line.lower() for phrase in words.PHRASES):
            # The address that failed stands right behind the bad news; a customer's stands below his name.
            return any(shape.match(near) for near in lines[number : number + 2] for shape in _SHAPES[:3])
    return False


def _notice(text: str) -> list[str]:
    lines: list[str] = []
    for line in text[: MAX_NOTICE_LINES * MAX_LINE].splitlines()[:MAX_NOTICE_LINES]:
        if lines and words.DIVIDER.match(line[:MAX_LINE]) and any("@" in before for before in lines):
            break
        lines.append(line[:MAX_LINE])
    return lines


def _addresses(notice: list[str], own: set[str]) -> list[str]:
    wanted = [
        line
        for line in notice
        if not words.ASIDE.search(line) or "recipient" in line.lower() or "rcpt to" in line.lower()
    ]
    for shape in _SHAPES:
        found = [match[1].rstrip(".") for line in wanted if (match := shape.match(line))]
        kept = [address for address in dict.fromkeys(found) if is_address(address) and not _is_aside(address, own)]
        if kept:
            return kept
    return []


def _is_aside(address: str, own: set[str]) -> bool:
    return address.lower() in own or bool(_SENDER.match(address.lower()))


def _failure(address: str, notice: list[str], action: str) -> Failure:
    """The words around an address say why."""
    at = next((number for number, line in enumerate(notice) if address in line), None)
    around = notice[at : at + 6] if at is not None else []
    said = " ".join(" ".join(around).split())[:500]
    code = _CODE.search(said) or _CODE.search(" ".join(notice))
    return Failure(address, code[1] if code else None, action, said or None)
