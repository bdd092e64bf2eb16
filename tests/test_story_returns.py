"""What comes back, end to end, over real SMTP and on both databases: bounces, delays, complaints, robots, loops."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from functools import partial
from pathlib import Path

import aiosmtplib
import pytest

from bot.demo.mailcatcher import CaughtMail
from bot.demo.views import Topic
from storage.kinds import DeliveryKind, DeliveryState, Status
from storage.models import CommunicationRecord, CustomerRequest, Delivery
from tests.stage import MAILBOX, Stage, letter, stage

DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example>"


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(database_url, tmp_path) as made:
        yield made


async def _answered(scene: Stage) -> tuple[Topic, CaughtMail]:
    """Anna has written, Maria has answered, the relay has taken it."""
    await scene.mail(letter("My kettle does not heat."), "anna@customer.example")
    topic = await scene.topic("R-1001", "does not heat")
    await scene.caught(1)
    scene.maria.writes_in(topic, "We send you a new one.")
    reply = (await scene.caught(2))[1]
    await scene.settled()
    return topic, reply


def _report(reply: CaughtMail, action: str, status: str, said: str) -> bytes:
    """A delivery report as a relay writes it, with the headers of what it is about."""
    returned = f"Message-ID: {reply.parsed['Message-ID']}\nSubject: {reply.parsed['Subject']}\n"
    return (
        f"From: {DAEMON}\nTo: {MAILBOX}\nSubject: Delivery Status Notification\nMessage-ID: {make_msgid()}\n"
        "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\nAbout <anna@customer.example>: {said}\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; anna@customer.example\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; {said}\n\n--b\nContent-Type: text/rfc822-headers\n\n{returned}\n--b--\n"
    ).encode()


async def _come_back(scene: Stage, raw: bytes, to: str = MAILBOX) -> None:
    """Hand in a mail with the null sender, as relays do (RFC 5321 §4.5.5)."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=scene.port, start_tls=False) as relay:
        await relay.sendmail("", [to], raw)


def _more_than(count: int, mails: list[CaughtMail]) -> bool:
    return len(mails) > count


def _told(scene: Stage, words: str) -> int:
    return sum(words in said.text for said in scene.desk.topic("R-1001").messages)


async def _reply() -> Delivery:
    return await Delivery.get(kind=DeliveryKind.REPLY)


async def test_an_answer_that_comes_back_is_failed_and_its_request_open_again(scene: Stage) -> None:
    """Reply → relay takes it → delivery report → the agents read why, and nothing is sent because of it."""
    async with scene.running():
        _, reply = await _answered(scene)
        await _come_back(scene, _report(reply, "failed", "5.2.2", "552 5.2.2 Over quota"))
        await scene.topic("R-1001", "The answer to anna@customer.example came back: the mailbox is full (5.2.2)")
        await scene.settled()
        assert (await _reply()).state is DeliveryState.FAILED
        assert (await CustomerRequest.get(id=1001)).status is Status.OPEN
        assert await CustomerRequest.all().count() == 1
        assert len(scene.catcher.mails) == 2


async def test_a_bounce_in_plain_words_finds_its_answer_too(scene: Stage) -> None:
    """qmail quotes the mail below its words; that is all there is."""
    async with scene.running():
        _, reply = await _answered(scene)
        raw = (
            f"From: MAILER-DAEMON@mx.example\nTo: {MAILBOX}\nSubject: failure notice\n\n"
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message.\n\n"
            "<anna@customer.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
            "--- Below this line is a copy of the message.\n\n"
        ).encode() + reply.raw
        await _come_back(scene, raw)
        await scene.topic("R-1001", "came back: the address does not exist (5.1.1)")
        await scene.settled()
        assert (await _reply()).state is DeliveryState.FAILED


async def test_a_delay_is_told_once_and_a_failure_after_it_again(scene: Stage) -> None:
    """A relay reports every few hours; the topic reads it once, and the end of it."""
    async with scene.running():
        _, reply = await _answered(scene)
        for _ in range(3):
            await _come_back(scene, _report(reply, "delayed", "4.4.1", "connection timed out"))
        await scene.topic("R-1001", "is delayed; the relay goes on trying")
        await scene.settled()
        assert _told(scene, "is delayed") == 1
        assert (await _reply()).state is DeliveryState.SENT
        assert (await CustomerRequest.get(id=1001)).status is Status.PENDING
        await _come_back(scene, _report(reply, "failed", "5.4.7", "delivery time expired"))
        await scene.topic("R-1001", "did not take it in time")
        await scene.settled()
        assert (await _reply()).state is DeliveryState.FAILED


async def test_a_complaint_is_told_and_flags_the_request(scene: Stage) -> None:
    """RFC 5965, the address hidden as providers do."""
    async with scene.running():
        _, reply = await _answered(scene)
        raw = (
            (
                f"From: fbl@provider.example\nTo: {MAILBOX}\nSubject: FW: your mail\nMIME-Version: 1.0\n"
                'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
                "--b\nContent-Type: text/plain\n\nThis is an email abuse report.\n"
                "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: Some/1.0\nVersion: 1\n"
                "Redacted-Address: a3f0@\n\n--b\nContent-Type: message/rfc822\n\n"
            ).encode()
            + reply.raw.replace(b"anna@customer.example", b"redacted@customer.example")
            + b"\n--b--\n"
        )
        await _come_back(scene, raw)
        await scene.topic("R-1001", "was reported as unwanted")
        await scene.settled()
        assert (await _reply()).state is DeliveryState.SENT
        assert any("unwanted" in flag for flag in (await CustomerRequest.get(id=1001)).flags)
        assert len(scene.catcher.mails) == 2


async def test_a_bounce_of_nothing_that_we_sent_opens_no_request(scene: Stage) -> None:
    """Backscatter: somebody else forged our address. It is kept, and nobody is bothered."""
    async with scene.running():
        _, reply = await _answered(scene)
        raw = _report(reply, "failed", "5.1.1", "user unknown").replace(b"Message-ID: <r1001.", b"Message-ID: <r1001.x")
        await _come_back(scene, raw)
        await scene.settled()
        assert await CustomerRequest.all().count() == 1
        assert await CommunicationRecord.filter(request_id=None).count() == 1
        assert _told(scene, "came back") == 0
        assert (await _reply()).state is DeliveryState.SENT


async def test_a_vacation_reply_is_shown_never_answered_and_reopens_nothing(scene: Stage) -> None:
    """RFC 3834: it answers our answer; the agents see it, the resolved request stays resolved."""
    async with scene.running() as app:
        topic, reply = await _answered(scene)
        assert topic.name.startswith("R-1001")
        agent = (await _reply()).record_id
        record = await CommunicationRecord.get(id=agent).select_related("agent")
        assert record.agent is not None
        assert await app.actions.resolve(1001, record.agent, record.at)
        away = letter("I am out of the office.", subject=f"Automatic reply: {reply.parsed['Subject']}")
        away["In-Reply-To"] = reply.parsed["Message-ID"]
        away["Auto-Submitted"] = "auto-replied"
        reply_to = str(reply.parsed["Reply-To"]).rpartition("<")[2].rstrip(">")
        await _come_back(scene, away.as_bytes(policy=SMTP), reply_to)
        await scene.topic("R-1001", "I am out of the office.")
        await scene.settled()
        assert (await CustomerRequest.get(id=1001)).status is Status.RESOLVED
        assert len(scene.catcher.mails) == 2
        assert await CustomerRequest.all().count() == 1


async def test_our_own_words_that_come_back_stand_aside(scene: Stage) -> None:
    """A forwarder sends our acknowledgement to ourselves; a mail says that we wrote it. Neither goes round."""
    async with scene.running():
        await scene.mail(letter("Hello"), "anna@customer.example")
        acknowledgement = (await scene.caught(1))[0]
        await _come_back(scene, acknowledgement.raw)
        await scene.mail(letter("I am you", sender=f"Kettle Shop <{MAILBOX}>"), "forger@other.example")
        await scene.settled()
        assert await CustomerRequest.all().count() == 1
        assert await CommunicationRecord.filter(request_id=None).count() == 2
        assert len(scene.catcher.mails) == 1


@pytest.mark.parametrize("address", ["help@desk.example", "help+{}@desk.example"])
async def test_a_desk_that_answers_every_acknowledgement_is_answered_a_few_times_only(
    scene: Stage, address: str
) -> None:
    """The worst one: its answers look like a person's, refer to nothing, and come from an address for each ticket."""
    async with scene.running():

        async def answer_everything() -> None:
            for answered in itertools.count(1):
                await scene.catcher.until(partial(_more_than, answered - 1), 60)
                sender = address.format(answered)
                words = letter(f"Number {answered}. Glad to help!", f"Desk <{sender}>", f"Ticket {answered}")
                await scene.mail(words, sender)

        other = asyncio.create_task(answer_everything())
        await scene.mail(letter("The first one", f"Desk <{address.format(0)}>", "Ticket 0"), address.format(0))
        # It ends when our last answer has been answered and nothing more leaves.
        await scene.caught(5)
        await scene.topic("R-1006", "Number 5")
        await scene.settled()
        other.cancel()
        assert len(scene.catcher.mails) == 5
        assert await CustomerRequest.all().count() == 6


async def test_a_robot_that_says_so_is_never_answered_at_all(scene: Stage) -> None:
    """Each kind of it, by its mail alone: nothing leaves."""
    async with scene.running():
        for number, header in enumerate(("Auto-Submitted", "X-Autoreply", "X-Auto-Response-Suppress", "List-Id")):
            mail: EmailMessage = letter(f"Robot {number}", f"robot{number}@other.example")
            mail[header] = {"X-Auto-Response-Suppress": "All", "List-Id": "<news.other.example>"}.get(header, "auto")
            await scene.mail(mail, f"robot{number}@other.example")
        await scene.mail(letter("No reply", "no-reply@other.example"), "no-reply@other.example")
        await scene.topic("R-1005", "No reply")
        await scene.settled()
        assert scene.catcher.mails == []
        assert await CustomerRequest.all().count() == 5
