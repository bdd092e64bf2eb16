"""How agents see what became of their words, over the real wire: a reaction, and a notice with ways out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from telegram.constants import ReactionEmoji

from bot.demo.people import Person
from bot.demo.views import SimMessage
from storage.kinds import DeliveryKind, DeliveryState, Status
from storage.models import Address, CustomerRequest, Delivery
from tests.stage import Stage


async def _asked(scene: Stage) -> Person:
    boris = scene.sim.person("Boris")
    boris.start()
    boris.writes("Hello, my kettle is broken.")
    await scene.topic("R-1001", "kettle is broken")
    await scene.settled()
    return boris


async def _marked(scene: Stage, said: SimMessage, emoji: str | None) -> None:
    """An agent's message, once it carries this reaction of ours."""

    def there() -> bool:
        return any(
            one.id == said.id and one.reactions == ((emoji,) if emoji else ())
            for one in scene.desk.topic("R-1001").messages
        )

    await scene.sim.until(there, 20)


async def _notice(scene: Stage, words: str) -> SimMessage:
    return next(said for said in (await scene.topic("R-1001", words)).messages if words in said.text)


def _labels(said: SimMessage) -> list[str]:
    return [button.text for row in said.buttons for button in row]


async def test_what_is_delivered_quickly_gets_one_mark(scene: Stage) -> None:
    """👍, by a single call; notes and other people's words get none."""
    async with scene.running():
        boris = await _asked(scene)
        said = scene.maria.writes_in(scene.desk.topic("R-1001"), "We send a new one.")
        scene.maria.writes_in(scene.desk.topic("R-1001"), "// a nice man")
        await scene.reads(boris, "We send a new one.")
        await _marked(scene, said, ReactionEmoji.THUMBS_UP)
        await scene.settled()
        [call] = scene.sim.calls_of("setMessageReaction")
        assert call.params["message_id"] == said.id


async def test_what_waits_is_marked_until_it_is_there(scene: Stage) -> None:
    """👀 after two seconds, then 👍."""
    async with scene.running():
        boris = await _asked(scene)
        scene.sim.fail("sendMessage", count=1, retry_after=4, chat_id=boris.id)
        said = scene.maria.writes_in(scene.desk.topic("R-1001"), "One moment.")
        await _marked(scene, said, ReactionEmoji.EYES)
        await scene.reads(boris, "One moment.")
        await _marked(scene, said, ReactionEmoji.THUMBS_UP)


async def test_e21_a_blocked_customer_is_shown_with_reason_and_ways_out(scene: Stage) -> None:
    """👎, why, [Retry] and [Send by email]; the request waits for us; the mail goes to the proven address, once."""
    async with scene.running():
        boris = await _asked(scene)
        request = await CustomerRequest.get(id=1001)
        await Address.create(
            customer_id=request.customer_id,
            channel="mail",
            value="boris@customer.example",
            verified=True,
            created_at=datetime.now(UTC),
        )
        scene.sim.world.chats[boris.id].blocked = True
        said = scene.maria.writes_in(scene.desk.topic("R-1001"), "We send a new one.")
        await _marked(scene, said, ReactionEmoji.THUMBS_DOWN)
        notice = await _notice(scene, "Not delivered: the customer has blocked the bot")
        assert _labels(notice) == ["🔁 Retry", "✉️ Send by email"]
        assert (await CustomerRequest.get(id=1001)).status is Status.OPEN
        presses = [scene.maria.presses(notice, "✉️ Send by email") for _ in range(2)]
        await scene.sim.until(lambda: all(press.answered for press in presses), 20)
        [mail] = await scene.caught(1)
        assert mail.rcpt_tos == ("boris@customer.example",)
        assert "R-1001" in str(mail.parsed["Subject"])
        dealt = await _notice(scene, "→ Maria Agent sent it by email to boris@customer.example.")
        assert dealt.id == notice.id
        assert _labels(dealt) == []
        await _marked(scene, said, ReactionEmoji.THUMBS_UP)
        await scene.settled()
        assert len(scene.catcher.mails) == 1
        assert (await CustomerRequest.get(id=1001)).status is Status.PENDING


@pytest.mark.parametrize(
    ("lost", "why"),
    [
        ("deactivated", "the customer's Telegram account is gone"),
        ("never started", "the customer has never started the bot"),
    ],
)
async def test_e21_who_is_gone_or_never_started_is_said(scene: Stage, lost: str, why: str) -> None:
    """👎 and the reason; without a mail address no way out by mail is offered."""
    async with scene.running():
        boris = await _asked(scene)
        chat = scene.sim.world.chats[boris.id]
        chat.deactivated, chat.started = lost == "deactivated", lost == "deactivated"
        said = scene.maria.writes_in(scene.desk.topic("R-1001"), "We send a new one.")
        await _marked(scene, said, ReactionEmoji.THUMBS_DOWN)
        notice = await _notice(scene, f"Not delivered: {why}")
        assert _labels(notice) == ["🔁 Retry"]


async def test_a_notice_stands_below_the_answer_that_it_is_about(scene: Stage) -> None:
    """So it is plain which one [Retry] means. An answer that was deleted has its notice all the same."""
    async with scene.running():
        boris = await _asked(scene)
        scene.sim.world.chats[boris.id].blocked = True
        first, second, gone = (
            scene.maria.writes_in(scene.desk.topic("R-1001"), words) for words in ("It is on its way.", "Today.", "Oh.")
        )
        scene.maria.deletes(gone)

        def notices() -> list[int | None]:
            said = scene.desk.topic("R-1001").messages
            return [one.reply_to for one in said if one.text.startswith("Not delivered")]

        await scene.sim.until(lambda: len(notices()) == 3, 20)
        assert set(notices()) == {first.id, second.id, None}


async def test_a_retry_sends_the_same_words_once(scene: Stage) -> None:
    """Two agents press it: the customer reads it once, and the second agent who did it."""
    async with scene.running():
        boris = await _asked(scene)
        scene.sim.world.chats[boris.id].blocked = True
        said = scene.maria.writes_in(scene.desk.topic("R-1001"), "We send a new one.")
        notice = await _notice(scene, "Not delivered")
        scene.sim.world.chats[boris.id].blocked = False
        presses = [scene.maria.presses(notice, "🔁 Retry") for _ in range(3)]
        await scene.sim.until(lambda: all(press.answered for press in presses), 20)
        await scene.reads(boris, "We send a new one.")
        await _marked(scene, said, ReactionEmoji.THUMBS_UP)
        await scene.settled()
        assert [said.text for said in scene.sim.chat_of(boris)].count("We send a new one.") == 1
        assert [press.text for press in presses] == ["Maria Agent sent it again."] * 3


async def test_an_unknown_answer_is_shown_and_confirmed(scene: Stage) -> None:
    """🤔 and [It arrived] [Send again]; nothing is sent by itself; confirmed, it is 👍."""
    async with scene.running():
        boris = await _asked(scene)
        scene.sim.cut("sendMessage", when="after", chat_id=boris.id)
        said = scene.maria.writes_in(scene.desk.topic("R-1001"), "We send a new one.")
        await _marked(scene, said, ReactionEmoji.THINKING_FACE)
        notice = await _notice(scene, "Nobody knows whether this reached the customer")
        assert _labels(notice) == ["👍 It arrived", "🔁 Send again"]
        press = scene.maria.presses(notice, "👍 It arrived")
        await scene.sim.until(lambda: press.answered)
        assert press.text == "Maria Agent says that it arrived."
        await _marked(scene, said, ReactionEmoji.THUMBS_UP)
        await scene.settled()
        assert [said.text for said in scene.sim.chat_of(boris)].count("We send a new one.") == 1
        assert (await Delivery.get(kind=DeliveryKind.REPLY)).state is DeliveryState.SENT


async def test_a_group_without_reactions_loses_nothing(scene: Stage) -> None:
    """A decoration that Telegram refuses is not worth a word."""
    async with scene.running():
        boris = await _asked(scene)
        scene.sim.fail("setMessageReaction", error_code=400, description="Bad Request: REACTION_INVALID")
        scene.maria.writes_in(scene.desk.topic("R-1001"), "We send a new one.")
        await scene.reads(boris, "We send a new one.")
        await scene.settled()
        assert await Delivery.filter(kind=DeliveryKind.NOTICE).count() == 0
