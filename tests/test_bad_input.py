"""Whatever comes over the wires is taken and found again; whatever is set wrong stops only its own part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiosmtplib
import pytest

from bot.demo.mailcatcher import MailCatcher
from storage import parking
from storage.exported import Line
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import CommunicationRecord, CustomerRequest, Delivery
from storage.reports import Kind, Wanted, lines
from tests.ports import free_port
from tests.stage import MAILBOX, Stage, letter, stage

LETTERS = {
    "garbage": bytes(range(256)) * 20,
    "garbage with a blank line": b"\xff\xfe\r\n\r\n" + bytes(reversed(range(256))) * 20,
    "nothing": b"",
    "only a header": b"Subject: only a header\r\n",
    "no sender": b"Subject: no sender\r\nMessage-ID: <nobody@customer.example>\r\n\r\nWho am I?\r\n",
    "no date, no id": b"From: anna@customer.example\r\nSubject: no id\r\n\r\nWhen was this?\r\n",
    "no body": b"From: anna@customer.example\r\nSubject: no body\r\nMessage-ID: <b@customer.example>\r\n\r\n",
    "no subject": b"From: anna@customer.example\r\n\r\nNo subject at all.\r\n",
    "all wrong": b"From: <<>>\r\nDate: yesterday\r\nMessage-ID: none\r\nContent-Type: multipart/mixed\r\n\r\nhm\r\n",
    "NUL": b"From: anna@customer.example\r\nSubject: a\0b\r\n\r\nc\0d\r\n",
    "a broken charset": b"From: anna@customer.example\r\nContent-Type: text/plain; charset=klingon\r\n\r\n\xc3\x28\r\n",
}


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(database_url, tmp_path) as made:
        yield made


async def _records() -> list[Line]:
    """As `intake-bot export` prints them."""
    return [line async for line in lines(Kind.RECORD, Wanted())]


async def _sent(scene: Stage, raw: bytes, sender: str = "anna@customer.example") -> None:
    """Hand in bytes by SMTP. Raises SMTPDataError for anything but 250."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=scene.port, start_tls=False) as client:
        await client.sendmail(sender, [MAILBOX], raw)


async def test_any_bytes_by_smtp_are_taken_and_found_again(scene: Stage) -> None:
    """250, one record for each, none parked, with the sha256 of what came."""
    async with scene.running():
        for count, raw in enumerate(LETTERS.values(), 1):
            await _sent(scene, raw)
            records = await _records()
            assert len(records) == count, records[-1:]
            assert records[-1]["raw_sha256"]
        assert await parking.waiting() == []
        await scene.settled()
        bad = (DeliveryState.FAILED, DeliveryState.UNKNOWN)
        assert [row.last_error for row in await Delivery.filter(state__in=bad)] == []


async def test_a_long_letter_over_a_long_quote_is_shown_whole(scene: Stage) -> None:
    """New words and quote are more than one message of Telegram's holds."""
    words = "\n".join(f"Line {number} of a long complaint about my kettle." for number in range(66))
    quote = "\n".join(f"> line {number} of an old mail" for number in range(80))
    async with scene.running():
        await scene.mail(letter(f"{words}\n\nOn Tue, Maria wrote:\n{quote}"), "anna@customer.example")
        topic = await scene.topic("R-1001", "Line 65 of a long complaint")
        await scene.settled()
        shown = "\n".join(said.text for said in scene.desk.topic("R-1001").messages)
        assert "Line 0 of" in shown
        assert "line 3 of an old mail" in shown
        assert await Delivery.filter(state=DeliveryState.FAILED).count() == 0
        assert topic.name.startswith("R-1001")


async def test_a_customer_with_endless_names_is_shown(scene: Stage) -> None:
    """The topic and its card are made whatever he calls himself."""
    async with scene.running():
        long = letter("Hello", sender=f'"{"<b>Anna & " * 60}" <{"a" * 60}@{"b" * 60}.example>', subject="&<" * 300)
        await scene.mail(long, "anna@customer.example")
        await scene.topic("R-1001", "Hello")
        await scene.settled()
        assert await Delivery.filter(state=DeliveryState.FAILED).count() == 0


async def test_what_a_chat_cannot_say_in_words_is_kept(scene: Stage) -> None:
    """Contents that did not exist when this was written, and a message of blanks."""
    boris = scene.sim.person("Boris")
    async with scene.running():
        boris.start()
        boris.sends("something that comes in 2030")
        boris.writes("\u200b")
        await scene.sim.until(scene.desk.topics)
        boris.writes("and words")
        await scene.topic("R-1001", "and words")
        await scene.settled()
        records = await _records()
        assert len(records) == 3
        assert await parking.waiting() == []
        assert await Delivery.filter(state__in=(DeliveryState.FAILED, DeliveryState.UNKNOWN)).count() == 0


async def test_a_desk_that_is_no_forum_stops_only_the_desk(scene: Stage) -> None:
    """The request is stored and the customer acknowledged; what the desk cannot show says why."""
    scene.desk.turn_topics(False)
    async with scene.running():
        for text in ("one", "two"):
            await scene.mail(letter(text, sender=f"{text}@customer.example"), f"{text}@customer.example")
        await scene.caught(2)
        assert await CustomerRequest.all().count() == 2
        await scene.put_off(DeliveryKind.MIRROR, times=2)
        mirrors = await Delivery.filter(kind=DeliveryKind.MIRROR)
        assert [row.state for row in mirrors] == [DeliveryState.QUEUED] * 2
        assert all("Topics are off" in (row.last_error or "") for row in mirrors)


async def test_a_wrong_token_stops_only_telegram(scene: Stage) -> None:
    """Mail comes in and is acknowledged; what the desk should have seen waits for the right token."""
    async with scene.running(telegram_token="7000000001:AAHwrong"):
        await scene.mail(letter("Hello"), "anna@customer.example")
        await scene.caught(1)
        assert (await Delivery.get(kind=DeliveryKind.MIRROR)).state in (DeliveryState.QUEUED, DeliveryState.SENDING)
    async with scene.running():
        await Delivery.filter(state=DeliveryState.QUEUED).update(due_at=datetime.now(UTC))
        scene.app.outbox.wake()
        await scene.topic("R-1001", "Hello")


async def test_a_relay_that_is_away_is_waited_for(scene: Stage) -> None:
    """The mail is taken and shown; its acknowledgement leaves once the relay is up."""
    relay, port = MailCatcher(), free_port()
    async with scene.running(smarthost=f"smtp://127.0.0.1:{port}"):
        await scene.mail(letter("Hello"), "anna@customer.example")
        await scene.topic("R-1001", "Hello")

        async def waiting() -> Delivery:
            return await Delivery.get(kind=DeliveryKind.ACKNOWLEDGEMENT)

        while not (row := await waiting()).last_error:
            assert row.state in (DeliveryState.QUEUED, DeliveryState.SENDING)
        await relay.start(port)
        try:
            await Delivery.filter(state=DeliveryState.QUEUED).update(due_at=datetime.now(UTC))
            scene.app.outbox.wake()
            await relay.until(lambda mails: len(mails) == 1, 20)
            await scene.settled()
        finally:
            await relay.stop()
        assert (await waiting()).state is DeliveryState.SENT
        assert await CommunicationRecord.all().count() == 1
