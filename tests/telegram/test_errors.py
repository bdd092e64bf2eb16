"""Telegram's refusals as python-telegram-bot hands them on, over a real connection: each has the table's meaning."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.demo.simulator import Simulator
from bot.wire.client import Wire, make_bot
from bot.wire.errors import TABLE, Migrated, Outcome, SecondPoller, TokenRefused
from intake.message import Away, ChannelError, TryAgain, Undeliverable, Unknown

CHAT = 510_000_001


@pytest.fixture
async def wire() -> AsyncIterator[tuple[Simulator, Wire]]:
    """A simulated Telegram, and a bot's way out to it."""
    async with Simulator() as sim:
        anna = sim.person("Anna")
        assert anna.id == CHAT
        anna.start()
        wire = Wire(make_bot(sim.token, sim.url))
        await wire.connect()
        yield sim, wire
        await wire.close()


async def _met(wire: Wire, method: Callable[[], Awaitable[object]] | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await wire.call(CHAT, method or (lambda: wire.bot.send_message(CHAT, "Hello")))
    return caught.value


@pytest.mark.parametrize(("code", "prefix"), [(400, "Bad Request"), (403, "Forbidden")])
@pytest.mark.parametrize(("sign", "outcome", "reason"), TABLE, ids=[row[0] for row in TABLE])
async def test_each_row_of_the_table_is_met(
    wire: tuple[Simulator, Wire], sign: str, outcome: Outcome, reason: str, code: int, prefix: str
) -> None:
    """Whatever case python-telegram-bot makes of it, and whichever of the two codes Telegram gives it."""
    sim, ours = wire
    sim.fail("sendMessage", error_code=code, description=f"{prefix}: {sign.upper()}")
    error = await _met(ours)
    assert type(error) is type(outcome(reason))
    assert str(error) == reason


@pytest.mark.parametrize(
    ("code", "description", "outcome"),
    [
        (401, "Unauthorized", TokenRefused),
        (404, "Not Found", TokenRefused),
        (409, "Conflict: terminated by other getUpdates request", SecondPoller),
        (413, "Request Entity Too Large", Undeliverable),
        (429, "", TryAgain),
        (500, "Internal Server Error", Unknown),
        (502, "Bad Gateway", Unknown),
        (504, "Gateway Timeout", Unknown),
    ],
)
async def test_each_other_answer_has_its_meaning(
    wire: tuple[Simulator, Wire], code: int, description: str, outcome: type[ChannelError]
) -> None:
    """What was refused may be tried again or never; of an answer that only says that something broke nobody knows."""
    sim, ours = wire
    sim.fail("sendMessage", error_code=code, description=description, retry_after=7 if code == 429 else None)
    error = await _met(ours)
    assert type(error) is outcome
    if code == 429:
        assert isinstance(error, TryAgain)
        assert error.after == 7


async def test_a_connection_that_breaks_leaves_it_unknown(wire: tuple[Simulator, Wire]) -> None:
    """Before or after the message had its effect: from here both look the same."""
    sim, ours = wire
    for when in ("before", "after"):
        sim.cut("sendMessage", when=when)
        assert type(await _met(ours)) is Unknown


async def test_a_server_that_is_not_there_has_got_nothing(wire: tuple[Simulator, Wire]) -> None:
    """Nobody answered the call: nothing has left, it may be tried again."""
    _, ours = wire
    lost = Wire(make_bot("1:AAtoken", "http://127.0.0.1:1"))
    lost.connected = True
    assert type(await _met(lost, lambda: lost.bot.send_message(CHAT, "Hello"))) is Away
    assert (await ours.call(CHAT, lambda: ours.bot.send_message(CHAT, "Hello"))).text == "Hello"
    await lost.close()


def test_a_group_with_another_id_names_it() -> None:
    """Whoever meets it can follow."""
    moved = Migrated(-100123)
    assert moved.new_chat == -100123
    assert moved.after == 0
