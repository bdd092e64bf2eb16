"""Whom agents have blocked: all that he writes is kept, nobody sees it, nothing is answered, and it can be undone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.desk.buttons import Deed, Signer
from bot.desk.keyboards import Keyboards
from intake.agents.blocking import FLAG, KEPT, NOT_FETCHED, Blocking
from intake.message import Attachment, Sender
from intake.tally import What, tally
from storage.database import Database
from storage.kinds import Status
from storage.models import Address, CommunicationRecord, CustomerRequest, Delivery, Event, StoredAttachment
from tests.builders import Core, chat, letter, words
from tests.stage import letter as mail
from tests.stage import stage

ANNA = Sender("anna@customer.example", "Anna")


def _blocking(core: Core) -> Blocking:
    return Blocking(core.house, core.outbox.wake)


async def test_what_a_blocked_sender_writes_is_kept_and_changes_nothing(database: Database, tmp_path: Path) -> None:
    """No request, no topic, no acknowledgement, nothing reopened; the record is whole, and its files' places known."""
    core = Core(tmp_path)
    maria, blocking = await core.agent(), _blocking(core)
    for come in (letter, chat):
        first = await core.accept(come("Buy my pills."))
        request = first.request or 0
        assert (await blocking.block(request, maria, core.now)).done
        await core.sorting.resolve(request, maria, core.now)
        jobs, before = await Delivery.all().count(), tally.counts[What.BLOCKED, come().channel]
        file = Attachment("x.jpg", "image/jpeg", 9, remote_id="r1")
        for again in (come("Buy them now!"), come("And these.", attachments=(file,))):
            receipt = await core.accept(again)
            assert (receipt.opened, receipt.request) == (False, request)
            assert (await core.accept(again)).duplicate
            assert (await CommunicationRecord.get(id=receipt.record)).text == again.text
        assert await Delivery.all().count() == jobs
        assert (await CustomerRequest.get(id=request)).status is Status.RESOLVED
        assert tally.counts[What.BLOCKED, again.channel] - before == 2
    assert await CustomerRequest.all().count() == 2
    assert await CommunicationRecord.filter(threaded_by=KEPT).count() == 4
    assert {file.error for file in await StoredAttachment.all()} == {NOT_FETCHED}


async def test_a_block_is_undone_and_says_what_came_meanwhile(database: Database, tmp_path: Path) -> None:
    """Both deeds are in the audit trail; afterwards he is a customer as before."""
    core = Core(tmp_path)
    maria, blocking = await core.agent(), _blocking(core)
    request = (await core.accept(letter(sender=ANNA))).request or 0
    assert (await blocking.block(request, maria, core.now)).done
    assert not (await blocking.block(request, maria, core.now)).done
    address = await Address.get(value=ANNA.value)
    assert (address.blocked_by, address.blocked_at) == ("Maria", core.now)
    for _ in range(3):
        await core.accept(letter(sender=ANNA))
    assert FLAG in (await CustomerRequest.get(id=request)).flags
    assert (await blocking.unblock(request, maria, core.now)).done
    assert not (await blocking.unblock(request, maria, core.now)).done
    assert FLAG not in (await CustomerRequest.get(id=request)).flags
    last = await Delivery.filter(kind="notice").order_by("-id").first()
    assert last is not None
    assert "3 messages came meanwhile; intake-bot show R-1001 prints them." in last.text
    trail = [(event.actor, event.what, event.after) for event in await Event.filter(what__contains="blocked")]
    assert trail == [("Maria", "blocked", ANNA.value), ("Maria", "unblocked", ANNA.value)]
    assert (await core.accept(letter(sender=ANNA))).opened


async def test_only_the_address_on_its_channel_is_blocked(database: Database, tmp_path: Path) -> None:
    """Others write as before, and so do agents to the blocked one."""
    core = Core(tmp_path)
    maria = await core.agent()
    request = (await core.accept(letter(sender=ANNA))).request or 0
    await _blocking(core).block(request, maria, core.now)
    assert (await core.accept(letter(sender=Sender("anna@elsewhere.example")))).opened
    assert (await core.accept(chat())).opened
    await core.deliver()
    await core.answers.reply(maria, words(request, "Please stop."), core.now)
    await core.deliver()
    assert [out.text for out in core.channels["mail"].sent if out.kind == "reply"] != []


@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize("forged", [True, False])
async def test_a_stranger_cannot_have_a_customer_blocked(
    database: Database, tmp_path: Path, proven: bool, forged: bool
) -> None:
    """What comes under the address of somebody who proves his mails, or whose domain does, is not his doing."""
    core = Core(tmp_path)
    maria, blocking = await core.agent(), _blocking(core)
    if proven:
        await core.accept(replace(letter(sender=ANNA), verified=True))
    spam = await core.accept(replace(letter("Buy my pills.", sender=ANNA), verified=False, forged=forged))
    outcome = await blocking.block(spam.request or 0, maria, core.now)
    assert outcome.done == (not proven and not forged)
    assert ("/block anna@customer.example" in outcome.says) == (proven or forged)
    assert (await core.accept(letter(sender=ANNA))).opened == (proven or forged)
    assert (await blocking.block_address(ANNA.value, maria, core.now)).done == (proven or forged)


async def test_an_address_is_blocked_by_name_and_listed(database: Database, tmp_path: Path) -> None:
    """However it is written; one that never wrote is none."""
    core = Core(tmp_path)
    maria, blocking = await core.agent(), _blocking(core)
    await core.accept(letter(sender=ANNA))
    assert await blocking.listed() == "Nobody is blocked."
    assert (await blocking.block_address(" Anna@Customer.example ", maria, core.now)).done
    assert "anna@customer.example (mail), since 24 Nov 2026, by Maria" in await blocking.listed()
    assert not (await blocking.block_address("nobody@customer.example", maria, core.now)).done
    assert (await blocking.unblock_address("anna@customer.example", maria, core.now)).done


@pytest.mark.parametrize(
    ("category", "flags", "expected"),
    [("refund", [], None), ("spam", [], Deed.BLOCK), ("refund", [FLAG], Deed.UNBLOCK), ("spam", [FLAG], Deed.UNBLOCK)],
)
def test_a_card_that_is_done_offers_what_fits(category: str, flags: list[str], expected: Deed | None) -> None:
    """Blocking where it was spam, letting in where he is blocked; never both."""
    signer = Signer(b"k")
    request = CustomerRequest(id=1001, status=Status.CLOSED, category=category, flags=flags)
    [row] = Keyboards(signer).card(request).inline_keyboard
    deeds = [pressed.deed for button in row if (pressed := signer.read(str(button.callback_data))) is not None]
    assert deeds == [Deed.REOPEN, *([expected] if expected else [])]


async def test_agents_block_and_unblock_on_the_desk(database_url: str, tmp_path: Path) -> None:
    """By command in the topic, by address in General; what he writes reaches nobody, his commands get no answer."""
    async with stage(database_url, tmp_path) as scene, scene.running():
        boris, maria = scene.sim.person("Boris"), scene.maria
        boris.start()
        boris.writes("Buy my pills.")
        topic = await scene.topic("R-1001", "Buy my pills.")
        maria.writes_in(topic, "/block")
        await scene.topic("R-1001", f"Maria Agent blocked {boris.id}")
        await scene.settled()
        said = len(scene.sim.chat_of(boris))
        boris.writes("Buy them now!")
        boris.writes("/help")
        await scene.heard()
        await scene.settled()
        assert await CommunicationRecord.filter(text="Buy them now!").exists()
        assert len([one for one in scene.sim.chat_of(boris) if one.from_bot]) <= said
        assert not [one for one in scene.desk.topic("R-1001").messages if "now!" in one.text]
        maria.writes_in_general(f"/unblock {boris.id}")
        await scene.topic("R-1001", "1 messages came meanwhile")
        await scene.general("Let in again.")
        boris.writes("Sorry.")
        await scene.topic("R-1001", "Sorry.")
        await scene.mail(mail("Hello"), "anna@customer.example")
        await scene.topic("R-1002", "Hello")
