"""Mail in floods ends with a bounded number of mails that leave and of topics that are made, and loses nothing.

The bounds, at the default settings: an hour of any flood costs 600 acknowledgements at most, 30 to one organisation
and 5 a day to one address; 10 topics for one sender, and about 200 for all who write for the first time.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from intake.incoming.accepting import Parking, Raw
from intake.incoming.floods import FOLDED, HELD_BACK
from intake.mail.providers import is_provider, organisation
from intake.message import Inbound, PutOff, Sender
from storage.database import Database
from storage.kinds import DeliveryKind
from storage.models import CommunicationRecord, CustomerRequest, Delivery, Event, Parked
from tests.builders import Core, chat, letter
from tests.stage import letter as mail
from tests.stage import stage

BOMB = int(os.environ.get("BOMB", "400"))  # forged senders; make bomb: 10,000
ANNA = Sender("anna@customer.example", "Anna")


def _core(folder: Path, **changes: object) -> Core:
    return Core(folder, organisation=organisation, is_provider=is_provider, **changes)


async def _count(kind: DeliveryKind) -> int:
    return await Delivery.filter(kind=kind).count()


async def _topics() -> int:
    """Requests that a topic is made for."""
    mirrored = await Delivery.filter(kind=DeliveryKind.MIRROR).values_list("request_id", flat=True)
    return len(set(mirrored))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_bomb_of_forged_senders_ends_with_few_mails_and_few_topics(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    """Each is a request; the default budgets hold, known customers are shown, and General hears of it once."""
    core = _core(tmp_path, topics_per_hour=100, acks_per_hour=200)
    await core.accept(letter(sender=ANNA))
    for number in range(BOMB):
        await core.accept(letter(sender=Sender(f"user{number}@company{number % 40}.example")))
    receipt = await core.accept(letter("I still wait.", sender=ANNA))
    assert await CustomerRequest.all().count() == BOMB + 2
    assert await CommunicationRecord.all().count() == BOMB + 2
    assert await _count(DeliveryKind.ACKNOWLEDGEMENT) <= 200
    assert await _topics() == 100 + 1
    assert await Delivery.filter(kind=DeliveryKind.MIRROR, record_id=receipt.record).exists()
    told = await Delivery.filter(kind=DeliveryKind.NOTICE, request_id__isnull=True)
    assert sorted(Counter(notice.subject for notice in told).items()) == [
        ("alarm:budget all", 1),
        ("alarm:flood of requests", 1),
    ]
    core.later(hours=2)
    await core.accept(letter(sender=Sender("new@customer.example")))
    assert await _topics() == 100 + 2


async def test_one_organisation_is_no_target(database: Database, tmp_path: Path) -> None:
    """All forged senders are of one company: it gets thirty mails."""
    core = _core(tmp_path)
    for number in range(80):
        await core.accept(letter(sender=Sender(f"user{number}@company.example")))
    assert await _count(DeliveryKind.ACKNOWLEDGEMENT) == 30


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_flood_of_one_sender_is_folded_then_put_off(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    """Five mails leave, ten topics are made, two hundred more are kept in the newest; what follows comes later."""
    core = _core(tmp_path)
    taken, parking = 0, Parking(core.house, core.outbox.wake)
    for number in range(10 + FOLDED + 30):
        message = letter(f"Again {number}", sender=ANNA)

        async def work(message: Inbound = message) -> None:
            await core.accept(message)

        try:
            await parking.handle(Raw("mail", message.key, b"x", {}), work)
            taken += 1
        except PutOff:
            assert not await CommunicationRecord.filter(text=message.text).exists()
    assert taken in range(10 + FOLDED, 10 + FOLDED + 3)
    assert await CustomerRequest.all().count() == 10
    assert await CommunicationRecord.all().count() == taken
    assert await Parked.all().count() == 0
    assert await _count(DeliveryKind.ACKNOWLEDGEMENT) == 5
    assert await _count(DeliveryKind.NOTICE) == 1
    assert await Event.filter(what="flood").count() == 1
    core.later(hours=1, minutes=1)
    assert (await core.accept(letter(sender=ANNA))).opened


async def test_what_is_folded_is_shown_together(database: Database, tmp_path: Path) -> None:
    """Once a minute, like a chat's flood."""
    core = _core(tmp_path)
    for _ in range(15):
        await core.accept(letter(sender=ANNA))
    late = Delivery.filter(kind=DeliveryKind.MIRROR, due_at__gt=core.now)
    assert await late.count() == 5
    assert {delivery.due_at for delivery in await late} == {core.now + timedelta(minutes=1)}


async def test_forged_proven_and_elsewhere_answered_mail_is_never_mixed(database: Database, tmp_path: Path) -> None:
    """Nobody gets into a request of the address's owner by flooding in his name, and he is not folded into theirs."""
    core = _core(tmp_path)
    kinds: tuple[dict[str, object], ...] = (
        {"verified": True},
        {"verified": False},
        {"forged": True},
        {"forged": True, "auto_reason": "a robot's"},
        {"verified": True, "reply_to": "eve@evil.example"},
    )
    written: dict[int, set[tuple[object, object, object]]] = {}
    for _ in range(13):
        for kind in kinds:
            message = replace(letter(sender=ANNA), **kind)  # type: ignore[arg-type]  # any field
            receipt = await core.accept(message)
            written.setdefault(receipt.request or 0, set()).add((message.verified, message.forged, message.reply_to))
    assert all(len(writers) == 1 for writers in written.values())
    # Ten for each of the four kinds: a forged robot's mail is as forged as the other.
    assert Counter(writers.pop() for writers in written.values()).most_common(1)[0][1] == 10
    assert len(written) == 40


async def test_robots_that_answer_each_other_come_to_an_end(database: Database, tmp_path: Path) -> None:
    """One that says nothing of itself answers each of our mails with a new one: five leave, ten topics at most."""
    core = _core(tmp_path)
    await core.accept(letter("I am out of office.", sender=ANNA))
    for _ in range(40):
        await core.deliver()
        sent = core.channels["mail"].sent
        if not sent:
            break
        for _answered in range(len(sent)):
            await core.accept(letter("I am out of office.", sender=ANNA))
        sent.clear()
    assert await _count(DeliveryKind.ACKNOWLEDGEMENT) == 5
    assert await CustomerRequest.all().count() <= 10


async def test_a_responder_that_answers_in_the_thread_gets_one_mail(database: Database, tmp_path: Path) -> None:
    """Its answers to our acknowledgement join the request; nothing is acknowledged but the first."""
    core = _core(tmp_path)
    receipt = await core.accept(letter("I am away.", sender=ANNA))
    await core.deliver()
    for _ in range(30):
        last = core.channels["mail"].sent[-1]
        answer = letter("I am away.", sender=ANNA, references=(last.message_id or "",))
        await core.accept(answer)
        await core.deliver()
    assert len(core.channels["mail"].sent) <= 5
    assert receipt.request is not None


async def test_two_of_us_writing_to_each_other_say_one_word_each(database_url: str, tmp_path: Path) -> None:
    """Our acknowledgement is an automatic message with the null sender: another intake-bot opens a quiet request."""
    async with stage(database_url, tmp_path) as scene, scene.running():
        await scene.mail(mail("Hello"), "anna@customer.example")
        [acknowledgement] = await scene.caught(1)
        letter = acknowledgement.parsed
        del letter["From"], letter["To"]
        letter["From"], letter["To"] = "support@other-shop.example", "support@shop.example"
        for _ in range(3):
            del letter["Message-ID"]
            letter["Message-ID"] = f"<{os.urandom(6).hex()}@other-shop.example>"
            await scene.mail(letter, "")  # type: ignore[arg-type]  # a Message is sent as well
        await scene.settled()
        assert await CustomerRequest.filter(reply_to="support@other-shop.example").exists()
        assert len(scene.catcher.mails) == 1


async def test_a_chat_is_never_folded_by_this_measure(database: Database, tmp_path: Path) -> None:
    """There, what answers nothing goes on with the open request anyway."""
    core = _core(tmp_path)
    for _ in range(15):
        await core.accept(chat())
    assert await CustomerRequest.all().count() == 1


async def test_a_request_without_a_topic_gets_one_when_somebody_wants_it(database_url: str, tmp_path: Path) -> None:
    """By /topic in General, which the alarm names."""
    async with stage(database_url, tmp_path) as scene, scene.running(topics_per_hour=1):
        for name in ("anna", "berta", "carla"):
            await scene.mail(mail(f"Hello, {name} here.", f"{name}@{name}.example"), f"{name}@{name}.example")
        await scene.topic("R-1001", "anna here")
        await scene.settled()
        held = await CustomerRequest.filter(id__gt=1001)
        assert [HELD_BACK in request.flags for request in held] == [True, True]
        assert not [topic for topic in scene.desk.topics() if "R-1002" in topic.name or "R-1003" in topic.name]
        await scene.general("/topic R-1042")
        scene.maria.writes_in_general("/topic R-1002")
        await scene.topic("R-1002", "berta here")
        await scene.settled()
