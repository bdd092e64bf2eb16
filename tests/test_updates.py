"""An update on its way to its commit: conversations in order, side by side, and one bad update stops no other."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from telegram import Update

from bot.receiving.updates import Updates, conversation
from bot.wire.client import Wire, make_bot
from intake.incoming.accepting import Parking
from storage import parking
from tests.builders import BOT, Core

pytestmark = pytest.mark.usefixtures("database")


class Handled:
    """Remembers which texts were handled, in their order."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def __call__(self, update: Update) -> None:
        self.texts.append((update.message.text if update.message else None) or "")


@pytest.fixture
def updates(tmp_path: Path) -> Updates:
    wire = Wire(make_bot(f"{BOT}:AAHnobody-is-asked", "http://127.0.0.1:9"))
    return Updates(wire, Parking(Core(tmp_path).house, lambda: None))


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 1, "message": {"nonsense": True}},
        {"update_id": 1, "message": {"message_id": 1, "date": "yesterday", "chat": {"id": 1, "type": "private"}}},
        {"update_id": 1, "callback_query": {}},
        {"update_id": 1, "message": None},
        {"update_id": 1, "something_new": {"chat": 1}},
        {"update_id": 1, "message": {"chat": []}},
        {"update_id": 1, "message": "text"},
    ],
)
async def test_no_update_can_stop_the_others(updates: Updates, raw: dict[str, object]) -> None:
    """Whatever Telegram sends one day: handled or parked, never raised."""
    handled = Handled()
    await updates.handle_batch([raw], handled)
    await updates.handle_in_turn(raw, handled)
    assert len(handled.texts) / 2 + len(await parking.waiting()) == 1


def _said(number: int, chat: int, text: str) -> dict[str, object]:
    person = {"id": chat, "is_bot": False, "first_name": "Boris"}
    where = {"id": chat, "type": "private"}
    return {
        "update_id": number,
        "message": {"message_id": number, "date": 1, "chat": where, "from": person, "text": text},
    }


TEXTS = ("1a", "2a", "1b", "2b", "1c", "2c")


@pytest.mark.parametrize("batch", [True, False])
async def test_a_conversation_keeps_its_order_and_waits_for_no_other(updates: Updates, batch: bool) -> None:
    """Each chat one after the other, the chats side by side; in a batch, and when all come at once."""
    handled, held = Handled(), asyncio.Event()

    async def handle(update: Update) -> None:
        assert update.message is not None
        if update.message.text == "1a":
            await held.wait()
        await handled(update)
        if update.message.text == "2c":
            held.set()

    said = [_said(number, int(text[0]), text) for number, text in enumerate(TEXTS)]
    async with asyncio.timeout(10):
        if batch:
            await updates.handle_batch(said, handle)
        else:
            await asyncio.gather(*(updates.handle_in_turn(raw, handle) for raw in said))
    assert handled.texts == ["2a", "2b", "2c", "1a", "1b", "1c"]


async def test_what_follows_a_failure_in_a_batch_is_not_tried(updates: Updates) -> None:
    """It would be stored before what the customer had written first."""
    handled = Handled()

    async def handle(update: Update) -> None:
        if update.message is not None and update.message.text == "1b":
            raise TimeoutError
        await handled(update)

    with pytest.raises(TimeoutError):
        await updates.handle_batch([_said(number, int(text[0]), text) for number, text in enumerate(TEXTS)], handle)
    assert sorted(handled.texts) == ["1a", "2a", "2b", "2c"]


def test_a_conversation_is_a_chat_or_a_topic() -> None:
    """What must stay in order together; what is not known shares one place."""
    topic = {"message": {"chat": {"id": -100}, "message_thread_id": 7, "is_topic_message": True}}
    assert conversation(_said(1, 5, "a")) == conversation({"edited_message": {"chat": {"id": 5}}})
    assert conversation(topic) != conversation({"message": {"chat": {"id": -100}}})
    assert conversation(topic) == conversation({"callback_query": topic})
    assert conversation({"poll": {}}) == conversation({})
