"""Turn a received mail and its envelope into an `Inbound`. Pure and total; asks no database and no network."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from intake.mail.domains import domain_of, registered
from intake.mail.fingerprint import fingerprint
from intake.mail.html.sanitise import sanitised
from intake.mail.machines.robots import answers_by_subject
from intake.mail.parse import Mail, parse
from intake.mail.proof.domains import aligned
from intake.mail.proof.forwarders import rewritten
from intake.mail.proof.origin import Origin
from intake.mail.proof.verdict import Outcome, Verdict
from intake.mail.tokens import Tokens
from intake.message import Bounce, Hint, Inbound, Proof, Sender
from intake.words.lookalikes import DIRECTIONS, misleading

UNKNOWN_SENDER = "unknown@invalid"
MAX_NAME = 255
MAX_COPIED = 20


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the SMTP client said before the mail itself. `mail_from` is None for the null sender `<>`."""

    mail_from: str | None
    recipients: tuple[str, ...]
    peer: str
    helo: str = ""

    @property
    def origin(self) -> Origin:
        """Who handed the mail over."""
        return Origin(self.peer, self.helo, self.mail_from)

    def packed(self) -> dict[str, str]:
        """Plain text to keep beside a parked mail. No address has a line end in it."""
        sender = {} if self.mail_from is None else {"mail_from": self.mail_from}
        return {**sender, "recipients": "\n".join(self.recipients), "peer": self.peer, "helo": self.helo}

    @classmethod
    def unpacked(cls, facts: Mapping[str, str]) -> Envelope:
        """What `packed` made."""
        recipients = tuple(facts.get("recipients", "").split("\n"))
        return cls(facts.get("mail_from"), recipients, facts.get("peer", ""), facts.get("helo", ""))


def read(
    raw: bytes,
    envelope: Envelope,
    tokens: Tokens,
    mailboxes: Sequence[str],
    verdict: Verdict,
    now: datetime,
    key: str = "",
) -> Inbound:
    """Read one mail as it came over the wire. Never raises. `key`: its fingerprint, when that is known already."""
    mail = parse(_delivered(raw, envelope))
    sender, defects = _sender(mail, envelope)
    reply_to = _reply_to(mail, sender, mailboxes)
    from_us = _from_us(mail, sender, reply_to, tokens, mailboxes)
    # What speaks with our own address is our form's, whoever filled it in.
    unclear = _unclear(mail, sender, verdict) or mailbox_of(sender.value, mailboxes) is not None
    return Inbound(
        channel="mail",
        account=_account(envelope, mailboxes),
        key=key or fingerprint(raw, envelope.mail_from),
        sender=sender,
        received_at=now,
        text=mail.text,
        subject=mail.subject,
        reply_to=reply_to,
        verified=not unclear and verdict.proves(sender.value),
        forged=verdict.outcome is Outcome.FAIL,
        unclear=unclear,
        checked=verdict.words,
        warnings=misleading(sender.name, sender.value),
        external_id=mail.message_id,
        references=_references(mail),
        hints=tuple(_hints(mail, envelope, tokens)),
        conversation=mail.thread_index,
        copied=_copied(mail, sender, mailboxes),
        attachments=mail.attachments,
        sent_at=mail.date,
        auto_reason=mail.auto_reason,
        may_ack=_may_ack(mail, envelope, sender, mailboxes) and not (from_us or unclear),
        bounce=_bounce(mail, envelope, tokens),
        from_us=from_us,
        html=sanitised(mail.html, mail.text) if mail.html is not None else None,
        raw=raw,
        defects=(*mail.defects, *defects),
    )


def _delivered(raw: bytes, envelope: Envelope) -> bytes:
    """RFC 5321 §4.4: the server that takes a mail writes the envelope's sender above it; a null one marks reports."""
    # What programs put before the first field must stay before it: a byte order mark, blank lines, an mbox line.
    begun = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if envelope.mail_from is not None or begun[:6].lstrip(b">").startswith(b"From "):
        return raw
    return b"Return-Path: <>\r\n" + begun


def mailbox_of(address: str, mailboxes: Sequence[str]) -> str | None:
    """The mailbox that an address stands for, plus-addresses included (RFC 5233), or None when it is not ours."""
    local, _, domain = address.lower().rpartition("@")
    found = [
        mailbox
        for mailbox in mailboxes
        for name, _, home in (mailbox.lower().rpartition("@"),)
        if domain == home and (local == name or local.startswith(name + "+"))
    ]
    return max(found, key=len, default=None)


def _sender(mail: Mail, envelope: Envelope) -> tuple[Sender, tuple[str, ...]]:
    if mail.from_ is not None:
        return Sender(value=_identity(mail.from_.address), name=_clean(mail.from_.name)[:MAX_NAME]), ()
    if envelope.mail_from:
        return Sender(value=_identity(envelope.mail_from)), ("no From: the envelope sender stands in",)
    return Sender(value=UNKNOWN_SENDER), ("no From and no envelope sender",)


def _unclear(mail: Mail, sender: Sender, verdict: Verdict) -> bool:
    """Is there no one sender? Without a From, or with two, nothing can be checked: that must be no way round the check.

    Nor may it be one that programs read in different ways, behind a blank line or with an unseen letter in it.
    """
    if mail.from_ is None or mail.several_from:
        return True
    # Nothing was checked, or it took too long to know of whom.
    if verdict.outcome in (Outcome.UNCHECKED, Outcome.TEMPORARY) and not verdict.sender:
        return False
    return not mail.from_.address.lower() == sender.value == verdict.sender


def _from_us(mail: Mail, sender: Sender, reply_to: str | None, tokens: Tokens, mailboxes: Sequence[str]) -> bool:
    """Do we speak ourselves? Then it is set aside, where nobody reads, so it takes more than our mark: another house
    may run this program too, and its agents write to us with the same mark. A web form often writes with our own
    address, but names the customer in Reply-To; we name nobody but ourselves there."""
    ours = mail.message_id is not None and tokens.read_message_id(mail.message_id) is not None
    if mailbox_of(sender.value, mailboxes) is not None:
        return reply_to is None or mail.loop or ours
    return mail.loop and ours


def _in_our_name(envelope: Envelope, mailboxes: Sequence[str]) -> bool:
    """Is a mailbox of ours the envelope's sender? One that is hosted elsewhere and forwards may write itself there, and
    is not us; but who can tell."""
    written = envelope.mail_from or ""
    return mailbox_of(written, mailboxes) is not None and not rewritten(written)


def _identity(address: str) -> str:
    """An address as it is compared and counted: no mail provider in use tells the case of letters apart."""
    local, at, domain = _clean(address).lower().rpartition("@")
    return f"{local}{at}{registered(domain)}"


def _clean(words: str) -> str:
    """Without control characters, and without those that turn the direction of writing and so hide what is written."""
    kept = (c for c in _TURNING.sub("", words) if unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


_TURNING = re.compile(f"[{DIRECTIONS}]")


def _reply_to(mail: Mail, sender: Sender, mailboxes: Sequence[str]) -> str | None:
    """Where answers go if not to the sender. Never to ourselves: that would be a conversation without a customer."""
    for wanted in mail.reply_to:
        address = _identity(wanted.address)
        if address and mailbox_of(address, mailboxes) is None:
            return address if address != sender.value else None
    return None


def _copied(mail: Mail, sender: Sender, mailboxes: Sequence[str]) -> tuple[Sender, ...]:
    """The other people it was addressed to: all of To and Cc but us and the sender himself. Each once."""
    people: dict[str, Sender] = {}
    for box in (*mail.to, *mail.cc):
        address = _identity(box.address)
        if "@" in address and address != sender.value and mailbox_of(address, mailboxes) is None:
            people.setdefault(address, Sender(address, _clean(box.name)[:MAX_NAME]))
    return tuple(people.values())[:MAX_COPIED]


def _account(envelope: Envelope, mailboxes: Sequence[str]) -> str:
    for recipient in envelope.recipients:
        if mailbox := mailbox_of(recipient, mailboxes):
            return mailbox
    return mailboxes[0] if mailboxes else ""


def _references(mail: Mail) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*mail.references, *mail.in_reply_to)))


def _hints(mail: Mail, envelope: Envelope, tokens: Tokens) -> Iterator[Hint]:
    """What the mail points at, strongest first, each request and proof once."""
    # A token that stands only in Cc or Delivered-To counts too: mail is forwarded, and people press "reply to all".
    headers = (*(box.address for box in (*mail.to, *mail.cc)), *mail.delivered_to)
    addressed = [tokens.read_address(address) for address in (*envelope.recipients, *headers)]
    addressed.append(tokens.read_plus(mail.plus or ""))
    # The latest message of ours is the one that was answered, so In-Reply-To comes first and References from the end.
    answered = [tokens.read_message_id(name) for name in (*mail.in_reply_to, *reversed(mail.references))]
    number = re.fullmatch(r"[Rr]-([0-9]{1,15})", mail.subject_token or "", re.ASCII)
    named = [int(number[1])] if number else []
    for proof, requests in (
        (Proof.SIGNED_ADDRESS, addressed),
        (Proof.SIGNED_MESSAGE_ID, answered),
        (Proof.SUBJECT, named),
    ):
        for request in dict.fromkeys(requests):
            if request is not None:
                yield Hint(request, proof)


def _bounce(mail: Mail, envelope: Envelope, tokens: Tokens) -> Bounce | None:
    """What the mail reports. One that came back to a bounce address of ours says by that which delivery it is about."""
    addresses = (*envelope.recipients, *mail.delivered_to, *(box.address for box in mail.to))
    delivery = next((found for address in addresses if (found := tokens.read_bounce_address(address))), None)
    if delivery is None:
        return mail.bounce if _is_a_machines(mail, envelope, tokens) else None
    if mail.bounce is not None:
        return replace(mail.bounce, delivery=delivery)
    # Nothing else is sent there with the null sender, however strangely it is worded; but for absence notes, which
    # RFC 3834 §4 sends there too: these came from the very person that the mail has reached.
    if envelope.mail_from is None and not _answers_itself(mail):
        return Bounce("bounce", delivery=delivery)
    return None


def _is_a_machines(mail: Mail, envelope: Envelope, tokens: Tokens) -> bool:
    """May a report be set aside when it speaks of nothing that we sent? People pass bounces on, answer them, and write
    in their words of parcels: what only reads like one is a request, where somebody sees it."""
    if mail.bounce is None or mail.bounce.kind != "bounce" or mail.evident or envelope.mail_from is None:
        return True
    # What it brings back is ours, and it does not just answer it.
    original = mail.bounce.original_id or ""
    return tokens.read_message_id(original) is not None and original not in (*mail.in_reply_to, *mail.references)


# How the reasons begin that only an answering program gives.
_ANSWERS = (
    *("Auto-Submitted: auto-replied", "read receipt", "rule of an Exchange mailbox", "X-Auto"),
    *("subject of an automatic answer", "an answer that only speaks of an absence"),
)
_SYSTEMS = ("", "mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon")


def _answers_itself(mail: Mail) -> bool:
    """Is it somebody's absence note: it answers a message, or says that it is automatic, and no system wrote it?"""
    sender = mail.from_.address.lower().partition("@")[0] if mail.from_ else ""
    if sender in _SYSTEMS or sender.startswith("microsoftexchange"):
        return False
    # The null sender alone is a reason, and may stand before those that say more.
    said = (mail.auto_reason or "").startswith(_ANSWERS)
    return said or bool(mail.in_reply_to) or answers_by_subject(mail.subject)


def _may_ack(mail: Mail, envelope: Envelope, sender: Sender, mailboxes: Sequence[str]) -> bool:
    # RFC 3834 §2: a null sender is never answered.
    if not mail.may_ack or envelope.mail_from is None or sender.value == UNKNOWN_SENDER:
        return False
    # A letter that no charset has stands in it for what could not be read: it may be anybody's.
    if mail.loop or _in_our_name(envelope, mailboxes) or "\ufffd" in sender.value:
        return False
    # A Reply-To of somebody else would make us write to a third party who never wrote to us.
    return all(
        _same_house(wanted.address, sender.value) and mailbox_of(wanted.address, mailboxes) is None
        for wanted in mail.reply_to
    )


def _same_house(one: str, other: str) -> bool:
    """Do two addresses belong to one organisation? Everything lies below `com`, and belongs to nobody there."""
    return aligned(domain_of(one), domain_of(other), strict=False)
