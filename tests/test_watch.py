"""What needs a person is told in General: once, with what to do, and again when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.alarms import Alarms
from bot.watch import LITTLE_SPACE, TABLE, Seen, Watch
from storage.database import Database
from storage.kinds import DeliveryState
from storage.models import Delivery, Parked
from storage.overview import Waiting
from tests.builders import NOW, Core, letter

WELL = Seen(NOW, 10.0 * LITTLE_SPACE, (), None, 0, 0)
LONG_AGO = NOW - timedelta(hours=7)
# What is wrong, and which alarm says so.
WRONG: tuple[tuple[str, Seen], ...] = (
    ("disk", replace(WELL, free=LITTLE_SPACE - 1.0)),
    ("late mail", replace(WELL, waiting=(Waiting("mail", 3, LONG_AGO),))),
    ("late telegram", replace(WELL, waiting=(Waiting("telegram", 3, LONG_AGO),))),
    ("late desk", replace(WELL, waiting=(Waiting("desk", 3, LONG_AGO),))),
    ("room", replace(WELL, no_room="/data/files cannot be written: read-only.")),
    ("away mail", replace(WELL, away={"mail": (LONG_AGO, "refused")})),
    ("parked", replace(WELL, parked_since=LONG_AGO)),
    ("bounces", replace(WELL, returned=10, left=50)),
)
FINE: tuple[Seen, ...] = (
    WELL,
    replace(WELL, free=None),
    replace(WELL, away={"mail": (NOW, "refused"), "telegram": (LONG_AGO, "")}),
    replace(WELL, waiting=(Waiting("mail", 900, NOW - timedelta(minutes=19)),)),
    replace(WELL, parked_since=NOW - timedelta(hours=5)),
    replace(WELL, returned=9, left=9),
    replace(WELL, returned=10, left=51),
)


@pytest.mark.parametrize("name", [name for name, _, _ in TABLE])
def test_each_alarm_is_told_of_its_own_trouble_alone_and_says_what_to_do(name: str) -> None:
    """Its words name a command, a setting, or where to look."""
    [judge] = [judge for one, judge, _ in TABLE if one == name]
    for of, seen in WRONG:
        words = judge(seen)
        assert (words is not None) == (of == name), of
        assert words is None or any(do in words for do in ("INTAKE_", "intake-bot ", "/status", "mend"))
    assert {judge(seen) for seen in FINE} == {None}


def _watch(core: Core, free: Sequence[float | None]) -> Watch:
    alarms = Alarms(core.house, core.outbox.wake, clock=lambda: core.now)
    return Watch(alarms, core.channels, lambda: free[-1], clock=lambda: core.now)


async def _told() -> list[str]:
    return [row.text for row in await Delivery.filter(kind="notice", request_id__isnull=True).order_by("id")]


async def test_an_alarm_is_told_once_in_six_hours_and_its_end_once(database: Database, tmp_path: Path) -> None:
    """Also over a restart, and when the trouble comes and goes."""
    core, free = Core(tmp_path), [float(LITTLE_SPACE)]
    watch = _watch(core, free)
    await watch.look()
    assert await _told() == []
    free.append(5.0)
    for _ in range(3):
        await watch.look()
        watch = _watch(core, free)  # a restart
        core.later(minutes=1)
    [alarm] = await _told()
    assert alarm.startswith("⚠️ Only 0 MiB")
    free.append(float(LITTLE_SPACE))
    for _ in range(3):
        await watch.look()
    assert (await _told())[1:] == ["✅ There is room on the disk again."]
    free.append(5.0)
    await watch.look()
    assert len(await _told()) == 2  # told less than six hours ago
    await core.deliver()
    core.later(hours=7)
    await _watch(core, free).look()
    assert len(await _told()) == 3


async def test_two_processes_tell_it_once(database: Database, tmp_path: Path) -> None:
    """Both find it at the same instant."""
    core = Core(tmp_path)
    await asyncio.gather(*(_watch(core, [5.0]).look() for _ in range(4)))
    assert len(await _told()) == 1


async def test_what_waits_and_what_comes_back_is_seen(database: Database, tmp_path: Path) -> None:
    """By what is stored: mail that does not leave, a message that was set aside, mails that came back."""
    core = Core(tmp_path)
    watch = _watch(core, [None])
    await core.accept(letter())
    await Parked.create(channel="mail", key="mail:x", at=NOW, error="E", raw_content=b"x", raw_sha256="0" * 64)
    core.later(hours=6, minutes=1)
    await watch.look()
    told = "\n".join(await _told())
    assert "No mail has left for 361 minutes; 1 wait" in told
    assert "The desk has been behind" in told
    assert "set aside since 24 Nov 09:00 UTC" in told
    await core.deliver()
    await Parked.all().update(replayed_at=core.now)
    await watch.look()
    assert {"✅ Mail leaves again.", "✅ The desk is up to date again.", "✅ No message is set aside any more."} <= set(
        await _told()
    )
    for number in range(10):
        await Delivery.create(
            kind="reply", channel="mail", conversation=f"x{number}", due_at=core.now, queued_at=core.now,
            sent_at=core.now, state=DeliveryState.FAILED,
        )  # fmt: skip
    core.later(minutes=1)
    await watch.look()
    assert any("10 of 10 mails of the last hour came back" in text for text in await _told())


async def test_what_waits_for_a_relay_that_was_never_set_is_no_alarm(database: Database, tmp_path: Path) -> None:
    """That answers by mail wait without a smarthost is a hint of /readyz."""
    core = Core(tmp_path)
    await core.accept(letter())
    core.later(hours=1)
    alarms = Alarms(core.house, core.outbox.wake, clock=lambda: core.now)
    await Watch(alarms, ("desk",), lambda: None, clock=lambda: core.now).look()
    assert not [text for text in await _told() if "mail" in text]
