"""The mails of a run: what each is, which belong to one matter, and what must become of them."""

from __future__ import annotations

import email.utils
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage, Message
from email.policy import SMTP
from enum import StrEnum
from random import Random

from tests.telegram.story.ledger import Ledger, Side

MAILBOX, OTHER_MAILBOX = "support@shop.example", "returns@shop.example"
SUBJECTS = ("My kettle leaks", "Wo bleibt mein Paket?", "Invoice", "Rückgabe", "Чайник не работает")
TEXTS = (
    "My kettle leaks @, what can I do?",
    "Wann kommt meine Bestellung 4711? @",
    "@\n\nSecond line, and .\n.a dot at its start.\n",
    "Я хочу вернуть чайник. @",
    "¿Cuándo llega mi pedido? @",
)
ATTACHMENT = 80_000  # bytes: more than a row of the database holds


class Kind(StrEnum):
    """What a mail is."""

    FIRST = "first"  # a matter of its own
    AGAIN = "again"  # another matter under the subject of an earlier one
    ANSWER = "answer"  # to a mail of ours
    REFERENCE = "reference"  # to a mail of the same writer
    EARLY = "early"  # with the mail that it answers, at the same time: either may come first
    STRANGER = "stranger"  # with all that points at the request of somebody else
    AWAY = "away"  # a robot's answer to a mail of ours
    ROBOT = "robot"  # a robot's, about something new
    REPORT = "report"  # a bounce of something that nobody knows


@dataclass(slots=True, eq=False)
class Matter:
    """What belongs into one request: of one customer, and none of it into another one."""

    number: int
    customer: str
    subject: str
    answered: bool = True  # does its first mail deserve an acknowledgement
    copied: bool = False  # does it begin with what a stranger has copied from another one


@dataclass(slots=True, eq=False)
class Letter:
    """One mail, and how handing it in went. `matter`: None when it belongs into no request."""

    number: int
    token: str
    kind: Kind
    sender: str  # of the envelope; "" is the null sender
    recipients: tuple[str, ...]
    message_id: str
    raw: bytes
    matter: Matter | None
    dots: int = 0  # how often its final dot has left
    taken: int = 0  # how often it had its 250
    kills: int = 0  # how often the program was killed while it had it and had not answered
    refusals: list[str] = field(default_factory=list)  # a 5xx to it: it bounces

    def __str__(self) -> str:
        where = "aside" if self.matter is None else f"matter {self.matter.number}"
        return f"{self.token} ({self.kind}, {where}, {len(self.raw)} bytes)"

    @property
    def on_the_wire(self) -> bytes:
        """What follows DATA, up to its final dot. RFC 5321 §4.5.2: a dot at the start of a line is doubled."""
        return (b"\r\n" + self.raw).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


class Desk:
    """Writes the mails. `customers`: who may write; what they know of each other is nothing."""

    def __init__(self, ledger: Ledger, customers: Sequence[str]) -> None:
        self.letters: list[Letter] = []
        self.matters: list[Matter] = []
        self._ledger = ledger
        self._customers = customers

    def by_id(self, message_id: str) -> Letter | None:
        return next((letter for letter in self.letters if letter.message_id == message_id), None)

    def write(self, kind: Kind, dice: Random, ours: Sequence[Message[str, str]]) -> list[Letter]:
        """A mail of this kind, or what comes nearest to it; with an early answer, both mails.

        `ours`: the mails that customers had from us so far.
        """
        stored = [letter for letter in self.letters if letter.taken and _is_persons(letter)]
        match kind:
            case Kind.AGAIN if stored:
                earlier = _matter(dice.choice(stored))
                return [self._letter(kind, self._new(earlier.customer, earlier.subject), dice)]
            case Kind.REFERENCE if stored:
                answered = dice.choice(stored)
                return [self._letter(kind, _matter(answered), dice, {"In-Reply-To": f"<{answered.message_id}>"})]
            case Kind.ANSWER | Kind.AWAY if found := self._answerable(ours, dice):
                matter, mail = found
                return [self._answer(kind, matter, mail, dice)]
            # Not from another stranger's: what that one has copied may lead back to what is his own.
            case Kind.STRANGER if (found := self._answerable(ours, dice)) and not found[0].copied:
                return [self._strangers(*found, dice)]
            case Kind.EARLY:
                matter = self._new(dice.choice(self._customers), dice.choice(SUBJECTS))
                parent = self._letter(Kind.FIRST, matter, dice)
                child = self._letter(kind, matter, dice, {"In-Reply-To": f"<{parent.message_id}>"})
                return dice.sample([parent, child], 2)
            case Kind.ROBOT:
                matter = self._new(f"no-reply{dice.randrange(3)}@forms.example", "Form filled in", answered=False)
                return [self._letter(kind, matter, dice, {"Auto-Submitted": "auto-generated"})]
            case Kind.REPORT:
                return [self._report()]
            case _:
                matter = self._new(dice.choice(self._customers), dice.choice(SUBJECTS))
                return [self._letter(Kind.FIRST, matter, dice)]

    def _new(self, customer: str, subject: str, *, answered: bool = True, copied: bool = False) -> Matter:
        matter = Matter(len(self.matters), customer, subject, answered, copied)
        self.matters.append(matter)
        return matter

    def _answerable(self, ours: Sequence[Message[str, str]], dice: Random) -> tuple[Matter, Message[str, str]] | None:
        """A mail of ours, and the matter that it is about."""
        for mail in dice.sample(ours, min(len(ours), 5)):
            answered = self.by_id(str(mail["In-Reply-To"]).strip("<>"))
            if answered is not None and answered.matter is not None and answered.matter.answered:
                return answered.matter, mail
        return None

    def _answer(self, kind: Kind, matter: Matter, mail: Message[str, str], dice: Random) -> Letter:
        """By a mail program: some keep the address to answer to, some the ids, most both."""
        to_token, by_id = dice.choice(((True, True), (True, True), (True, False), (False, True)))
        fields = {"In-Reply-To": str(mail["Message-ID"])} if by_id else {}
        fields |= {"Auto-Submitted": "auto-replied"} if kind is Kind.AWAY else {}
        to = str(mail["Reply-To"]) if to_token else MAILBOX
        return self._letter(kind, matter, dice, fields, to=to, subject=_again(mail))

    def _strangers(self, matter: Matter, mail: Message[str, str], dice: Random) -> Letter:
        """He has seen the other one's mail, and has copied from it all that he could."""
        somebody = dice.choice([one for one in self._customers if one != matter.customer])
        fields = {"In-Reply-To": str(mail["Message-ID"]), "References": str(mail["References"] or mail["Message-ID"])}
        fields["References"] = " ".join(fields["References"].split())
        to = str(mail["Reply-To"]) if dice.random() < 0.5 else MAILBOX
        own = self._new(somebody, _again(mail), copied=True)
        return self._letter(Kind.STRANGER, own, dice, fields, to=to, subject=own.subject)

    def _letter(
        self,
        kind: Kind,
        matter: Matter,
        dice: Random,
        fields: dict[str, str] | None = None,
        to: str = MAILBOX,
        subject: str | None = None,
    ) -> Letter:
        number, token = self._ledger.next_token(Side.CUSTOMER)
        domain = matter.customer.rpartition("@")[2]
        mail = EmailMessage(policy=SMTP.clone(refold_source="none"))
        name = f"Customer {matter.customer.partition('@')[0].title()}"
        mail["From"], mail["To"] = f"{name} <{matter.customer}>", to
        mail["Subject"] = matter.subject if subject is None else subject
        mail["Message-ID"] = f"<{number}.{dice.randrange(1 << 40)}@{domain}>"
        mail["Date"] = email.utils.formatdate()
        for field_name, value in (fields or {}).items():
            mail[field_name] = value
        mail.set_content(dice.choice(TEXTS).replace("@", token), cte="8bit")
        if dice.random() < 0.1:
            mail.add_attachment(dice.randbytes(ATTACHMENT), "image", "jpeg", filename=f"kettle{number}.jpg")
        recipients = (to, OTHER_MAILBOX) if dice.random() < 0.05 else (to,)
        return self._add(number, token, kind, matter.customer, recipients, mail, matter)

    def _report(self) -> Letter:
        """RFC 3464, about a mail that we never sent."""
        number, token = self._ledger.next_token(Side.CUSTOMER)
        raw = (
            f"From: MAILER-DAEMON@relay.example\nTo: {MAILBOX}\nSubject: Undelivered mail {token}\n"
            f"Message-ID: <{number}.report@relay.example>\nMIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
            f"--b\nContent-Type: text/plain\n\nIt did not arrive. {token}\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\n"
            f"Final-Recipient: rfc822; nobody{number}@elsewhere.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
        ).replace("\n", "\r\n")
        message_id = f"{number}.report@relay.example"
        letter = Letter(number, token, Kind.REPORT, "", (MAILBOX,), message_id, raw.encode(), None)
        self.letters.append(letter)
        return letter

    def _add(
        self,
        number: int,
        token: str,
        kind: Kind,
        sender: str,
        recipients: tuple[str, ...],
        mail: EmailMessage,
        matter: Matter,
    ) -> Letter:
        message_id = str(mail["Message-ID"]).strip("<>")
        letter = Letter(number, token, kind, sender, recipients, message_id, mail.as_bytes(), matter)
        self.letters.append(letter)
        return letter


def _again(mail: Message[str, str]) -> str:
    return "Re: " + " ".join(str(mail["Subject"]).split())


def _is_persons(letter: Letter) -> bool:
    return letter.matter is not None and letter.matter.answered and letter.kind is not Kind.AWAY


def _matter(letter: Letter) -> Matter:
    assert letter.matter is not None, "a report belongs to no matter"
    return letter.matter
