"""What agents do: it reaches the customer once, notes never do, and every deed leaves its event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from intake.agents.named import NoSuchRequest
from intake.message import Attachment, Inbound
from storage.kinds import DeliveryKind, Direction, Role, Status
from storage.models import Agent, CommunicationRecord, CustomerRequest, Delivery, Event
from tests.builders import TOKENS, Core, chat, letter, words

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path)


async def test_a_reply_by_mail_is_threaded_and_signed(core: Core) -> None:
    """It answers the customer's last letter, names the earlier ones, and its own id proves the request."""
    opening = letter()
    receipt = await core.accept(opening)
    agent = await core.agent()
    await core.answers.reply(agent, words(receipt.request or 0, "We send a new kettle."), core.now)
    reply = await Delivery.get(kind=DeliveryKind.REPLY)
    assert reply.in_reply_to == opening.external_id
    assert opening.external_id in reply.references
    assert TOKENS.read_message_id(reply.message_id or "") == receipt.request
    assert reply.text.startswith("We send a new kettle.")
    assert "We send a new kettle." in (reply.html or "")
    assert "R-1001" in reply.subject
    record = await CommunicationRecord.get(direction=Direction.OUTGOING)
    assert (record.external_id, record.text, record.author) == (reply.message_id, "We send a new kettle.", "Maria")


async def test_a_reply_in_a_chat_is_the_words_alone(core: Core) -> None:
    """No frame, no subject: it is a conversation."""
    receipt = await core.accept(chat())
    await core.answers.reply(await core.agent(), words(receipt.request or 0, "Sure, one moment."), core.now)
    reply = await Delivery.get(kind=DeliveryKind.REPLY)
    assert (reply.text, reply.html, reply.recipient) == ("Sure, one moment.", None, "501")


async def test_the_same_message_of_an_agent_is_sent_once(core: Core) -> None:
    """An update that Telegram repeats has no second effect, even at the same instant."""
    receipt = await core.accept(chat())
    agent, said = await core.agent(), words(receipt.request or 0, "Hello")
    await asyncio.gather(*(core.answers.reply(agent, said, core.now) for _ in range(5)))
    assert await Delivery.filter(kind=DeliveryKind.REPLY).count() == 1


@pytest.mark.parametrize("message", [letter, chat])
@pytest.mark.parametrize("files", [(), (Attachment("secret.pdf", "application/pdf", 3, remote_id="s"),)])
async def test_a_note_never_leaves(core: Core, message: Callable[[], Inbound], files: tuple[Attachment, ...]) -> None:
    """Whatever it holds, on whatever channel: no delivery to the customer."""
    receipt = await core.accept(message())
    await core.deliver()
    core.fetched["s"] = b"pdf"
    agent = await core.agent()
    await core.answers.note(agent, words(receipt.request or 0, "He is angry.", attachments=files), core.now)
    await core.deliver()
    assert [sent.kind for channel in ("mail", "telegram") for sent in core.channels[channel].sent] == [
        DeliveryKind.ACKNOWLEDGEMENT
    ]
    assert await CommunicationRecord.filter(direction=Direction.NOTE, text="He is angry.").count() == 1


async def test_resolving_twice_changes_nothing_the_second_time(core: Core) -> None:
    """A stale button has no effect and leaves no event."""
    receipt = await core.accept(chat())
    agent = await core.agent()
    assert await core.actions.resolve(receipt.request or 0, agent, core.now)
    assert not await core.actions.resolve(receipt.request or 0, agent, core.now)
    assert (await CustomerRequest.get(id=receipt.request)).status is Status.RESOLVED
    assert await Event.filter(what="status", after="resolved").count() == 1
    assert await core.actions.reopen(receipt.request or 0, agent, core.now)
    assert not await core.actions.reopen(receipt.request or 0, agent, core.now)


async def test_an_agent_is_added_once_and_by_whom_is_known(core: Core) -> None:
    """The second time says that he is one already."""
    assert await core.actions.add_agent("77", "Olga", "Maria", core.now, Role.ADMIN)
    assert not await core.actions.add_agent("77", "Olga", "Maria", core.now)
    assert (await Agent.get(identity="77")).role is Role.ADMIN
    assert (await Event.get(what="agent added")).actor == "Maria"


async def test_an_agent_who_is_named_in_the_settings_becomes_an_admin(core: Core) -> None:
    """Whoever was an agent before is promoted; nobody is taken down again."""
    await core.actions.add_agent("77", "Olga", "Maria", core.now)
    assert await core.actions.add_agent("77", "", "settings", core.now, Role.ADMIN)
    assert not await core.actions.add_agent("77", "", "Maria", core.now)
    assert (await Agent.get(identity="77")).role is Role.ADMIN


async def test_a_request_that_is_not_there_is_said(core: Core) -> None:
    """Never a silent nothing."""
    with pytest.raises(NoSuchRequest, match="R-4242"):
        await core.answers.reply(await core.agent(), words(4242, "Hello?"), core.now)


async def test_the_first_answer_assigns_the_request(core: Core) -> None:
    """Who answers first is responsible; a colleague who helps out does not take it over."""
    receipt = await core.accept(chat())
    maria, olga = await core.agent(), await core.agent("Olga", "902")
    await core.answers.reply(maria, words(receipt.request or 0, "Hello"), core.now)
    await core.answers.reply(olga, words(receipt.request or 0, "Me too"), core.now)
    assert (await CustomerRequest.get(id=receipt.request)).assignee_id == maria.id


async def test_one_waiting_card_update_is_enough(core: Core) -> None:
    """However often a request changes before the desk is reached."""
    receipt = await core.accept(chat())
    agent = await core.agent()
    for number in range(4):
        await core.answers.reply(agent, words(receipt.request or 0, f"{number}"), core.now)
    assert await Delivery.filter(kind=DeliveryKind.CARD).count() == 1
