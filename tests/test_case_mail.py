"""After-sales cases by mail: one letter that says it all, one that does not; real SMTP, on both databases."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.demo.mailcatcher import CaughtMail
from intake.cases.saying import told
from intake.cases.wording import Told
from storage.kinds import CaseStatus, CaseType
from storage.models import AfterSalesCase, CommunicationRecord, Delivery
from tests.stage import WAIT_S, Stage, letter, stage

EVERYTHING = (
    "Hello,\n\nmy kettle is broken and I would like to have it repaired. It is the model K-200, serial number "
    "SN48213077. I bought it on 3 March 2026, order number 48213.\n\nKind regards\nAnna Schmidt"
)
LITTLE = "Hallo,\n\nich möchte meinen Wasserkocher zurückgeben.\n\nViele Grüße\nAnna Schmidt"


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(database_url, tmp_path) as made:
        yield made


async def test_a_letter_that_says_everything_is_asked_nothing(scene: Stage) -> None:
    """One acknowledgement, which says that nothing is missing and what was understood; no question, now or later."""
    async with scene.running():
        await scene.mail(letter(EVERYTHING, subject="Repair"), "anna@customer.example")
        [acknowledged] = await scene.caught(1)
        await scene.topic("R-1001", "K-200")
        await scene.mail(_answer("Thank you!", acknowledged), "anna@customer.example")
        await _records(2)
        await scene.settled()
        assert len(scene.catcher.mails) == 1
        case = await AfterSalesCase.get()
    text = _text(acknowledged)
    assert "[R-1001]" in str(acknowledged.parsed["Subject"])
    assert "all that we need" in text
    assert "Bought on: 2026-03-03" in text
    assert "?" not in text
    assert acknowledged.parsed["Auto-Submitted"] == "auto-replied"
    assert (case.status, case.type, case.asked_at) == (CaseStatus.COMPLETE, CaseType.REPAIR, None)
    assert (case.serial_number, case.purchased_on) == ("SN48213077", date(2026, 3, 3))


async def test_a_list_of_questions_is_answered_between_its_lines(scene: Stage) -> None:
    """Asked once, by number, in his language; answered below the quoted questions; said back in the same thread."""
    async with scene.running():
        await scene.mail(letter(LITTLE, subject="Rückgabe"), "anna@customer.example")
        [asked] = await scene.caught(1)
        text = _text(asked)
        assert [line[:2] for line in text.splitlines() if line[:1].isdigit()] == ["1.", "2.", "3."]
        assert "Ihre Nachricht ist angekommen" in text
        answers = {"1.": "48213", "2.": "K-200", "3.": "3. März 2026"}
        lines = [
            f"> {line}{chr(10)}{answers[line[:2]]}" if line[:2] in answers else f"> {line}" for line in text.split("\n")
        ]
        written = "\n".join(["Gerne:", "", "Kettle Shop schrieb:", *lines, "", "-- ", "Anna Schmidt"])
        await scene.mail(_answer(written, asked), "anna@customer.example")
        [_, understood] = await scene.caught(2)
        await scene.topic("R-1001", "Bestellnummer: 48213")
        await scene.mail(_answer("1. 99999", understood), "anna@customer.example")
        await _records(4)
        await scene.settled()
        assert len(scene.catcher.mails) == 2
        case = await AfterSalesCase.get()
    assert understood.parsed["In-Reply-To"] != asked.parsed["In-Reply-To"]
    assert "R-1001" in str(understood.parsed["Subject"])
    assert understood.parsed["Auto-Submitted"] == "auto-replied"
    assert understood.mail_from == ""
    said = _text(understood)
    assert "Bestellnummer: 48213" in said
    assert "Gekauft am: 2026-03-03" in said
    assert (case.status, case.order_number, case.model) == (CaseStatus.COMPLETE, "48213", "K-200")


async def test_half_an_answer_is_taken_and_nothing_is_asked_again(scene: Stage) -> None:
    """What is still missing is an agent's to ask; what the customer adds later is read, and said back once."""
    async with scene.running():
        await scene.mail(letter(LITTLE, subject="Rückgabe"), "anna@customer.example")
        [asked] = await scene.caught(1)
        await scene.mail(_answer("1. 48213", asked), "anna@customer.example")
        await _records(2)
        await scene.settled()
        assert len(scene.catcher.mails) == 1
        assert (await AfterSalesCase.get()).missing == ["product", "purchased_on"]
        await scene.mail(_answer("2. K-200\n3. weiß ich nicht mehr", asked), "anna@customer.example")
        [_, understood] = await scene.caught(2)
        await scene.settled()
        case = await AfterSalesCase.get()
    assert "Danke für Ihre Antworten" in _text(understood)
    assert (case.status, case.missing, case.skipped) == (CaseStatus.ASKED, ["purchased_on"], ["purchased_on"])


async def test_robots_are_asked_nothing(scene: Stage) -> None:
    """A shop's form and a list open a case for the agents, and get neither acknowledgement nor question."""
    async with scene.running():
        for name, value in (("Auto-Submitted", "auto-generated"), ("List-Id", "<news.customer.example>")):
            mail = letter(LITTLE, subject=name)
            mail[name] = value
            await scene.mail(mail, "robot@customer.example")
        await _records(2)
        await scene.settled()
        assert scene.catcher.mails == []
        assert await AfterSalesCase.filter(asked_at=None, status=CaseStatus.ASKED).count() == 2
        assert await Delivery.filter(kind__in=("acknowledgement", "question")).count() == 0


@pytest.mark.parametrize(
    "model",
    ["cheap-pills.example", "http://evil.example/x", "call +1 800 555 0199 now, win!", "a@evil.example", "x" * 99],
)
def test_nothing_is_said_back_that_a_stranger_could_want_sent(model: str) -> None:
    """Whoever writes under a forged address would otherwise make the company send his words to somebody else."""
    case = AfterSalesCase(type=CaseType.RETURN, order_number="48213", model=model)
    assert told(case, CommunicationRecord(verified=True)) == [Told("order_number", "48213")]
    kettle = AfterSalesCase(type=CaseType.RETURN, order_number=model, model="K-200")
    assert told(kettle, CommunicationRecord(verified=False)) == []
    assert told(kettle, CommunicationRecord(verified=True)) == [Told("product", "K-200")]


def _answer(text: str, to: CaughtMail) -> EmailMessage:
    mail = letter(text, subject=f"Re: {to.parsed['Subject']}", to=str(to.parsed["Reply-To"]))
    mail["In-Reply-To"] = mail["References"] = str(to.parsed["Message-ID"])
    return mail


def _text(mail: CaughtMail) -> str:
    part = next(part for part in mail.parsed.walk() if part.get_content_type() == "text/plain")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode().replace("\r\n", "\n")


async def _records(count: int) -> None:
    end = time.monotonic() + WAIT_S
    while await CommunicationRecord.all().count() < count:
        assert time.monotonic() < end, "they do not come"
        await asyncio.sleep(0.02)
