"""The mails of the playground's story, and how they are handed in."""

from __future__ import annotations

import email
import email.policy
import struct
import zlib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr

import aiosmtplib

ANNA = "Anna Schmidt <anna.schmidt@customer.example>"
JUERGEN = "Jürgen Müller <j.mueller@firma.example>"


def broken_kettle() -> EmailMessage:
    """A question in English with a photo."""
    mail = _letter(
        ANNA,
        "Kettle does not heat",
        "Hello,\n\nthe kettle from my order 4711-0815 does not heat any more. The lamp is on, the water stays cold.\n"
        "What can we do? A photo is attached.\n\nBest regards\nAnna\n\n-- \nAnna Schmidt\n+49 30 1234567\n",
    )
    mail.add_attachment(picture(), maintype="image", subtype="png", filename="kettle.png")
    return mail


def wrong_invoice() -> EmailMessage:
    """A complaint in German with a document."""
    mail = _letter(
        JUERGEN,
        "Falsche Rechnung",
        "Guten Tag,\n\ndie Rechnung zu Bestellung 20931 ist um 12 Euro zu hoch. Bitte prüfen Sie das.\n\n"
        "Mit freundlichen Grüßen\nJürgen Müller\n",
    )
    mail.add_attachment("Pos;Betrag\n1;49,00\n2;12,00\n", subtype="csv", filename="Rechnung März.csv")
    return mail


def answer_to(reply: bytes) -> EmailMessage:
    """Anna's answer to an agent's mail, as a mail program writes it: to Reply-To, threaded, quoting."""
    got = email.message_from_bytes(reply, policy=email.policy.default)
    mail = _letter(
        ANNA,
        str(got["Subject"]),
        "That was quick, thank you!\n\nAnna\n\n"
        "On Tue, 24 Nov 2026 at 10:12, Kettle & Co <support@demo.example> wrote:\n"
        "> Dear Anna, I am sorry.\n> A new kettle is on its way to you today.\n",
    )
    del mail["To"]
    mail["To"] = str(got["Reply-To"])
    mail["In-Reply-To"] = str(got["Message-ID"])
    mail["References"] = f"{got['References']} {got['Message-ID']}"
    return mail


async def hand_in(port: int, mailbox: str, mail: EmailMessage) -> None:
    """Send a mail to our own SMTP server, as somebody's mail server would."""
    if "To" not in mail:
        mail["To"] = mailbox
    recipient = parseaddr(str(mail["To"]))[1]
    sender = parseaddr(str(mail["From"]))[1]
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=port, sender=sender, recipients=[recipient], start_tls=False)


def subject_of(raw: bytes) -> str:
    """The subject of a mail that was caught."""
    return str(email.message_from_bytes(raw, policy=email.policy.default)["Subject"])


def reply_to(raw: bytes) -> str:
    """Where the answers to a mail that was caught go."""
    return str(email.message_from_bytes(raw, policy=email.policy.default)["Reply-To"])


def text_of(raw: bytes) -> str:
    """The plain text of a mail that was caught."""
    body = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain",))
    return str(body.get_content()).strip() if body is not None else ""


def picture() -> bytes:
    """A small real PNG: an orange square."""
    width = height = 32
    rows = b"".join(b"\x00" + b"\xff\x8c\x1a" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def label() -> bytes:
    """A very small PDF."""
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


def _letter(sender: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["Subject"], mail["Date"] = sender, subject, formatdate()
    mail["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].partition("@")[2])
    mail.set_content(text)
    return mail
