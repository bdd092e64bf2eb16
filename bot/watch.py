"""Look every minute whether something needs a person. A table says what, in which words, and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from bot.alarms import Alarms
from bot.duties import Duty
from intake.outgoing import jobs
from intake.outgoing.waits import Breaker
from storage import alarms, figures, overview
from storage.overview import Waiting

log = structlog.get_logger()

LOOK_EVERY_S = 60.0
DUTY = "watch"  # one process looks for all of them
REMEMBERED = timedelta(days=7)  # an alarm of longer ago is not said to be over any more

AWAY_LONG = timedelta(minutes=5)
LITTLE_SPACE = 1 << 30  # bytes
LATE = {"mail": timedelta(minutes=20), "telegram": timedelta(minutes=10), "desk": timedelta(minutes=20)}
PARKED_LONG = timedelta(hours=6)  # each is told when it is parked; this is for those that were forgotten
BOUNCES_WITHIN, BOUNCES, BOUNCED_SHARE = timedelta(hours=1), 10, 0.2


@dataclass(frozen=True, slots=True)
class Seen:
    """What was looked at, at one moment."""

    now: datetime
    free: float | None  # bytes in the data directory
    waiting: tuple[Waiting, ...]  # what should have left
    parked_since: datetime | None
    returned: int
    left: int
    no_room: str | None = None  # why nothing is taken in
    away: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)  # by way out: since when, and why
    not_understood: str | None = None  # which part of understanding is left out


def no_room(seen: Seen) -> str | None:
    return f"⚠️ No mail is taken in: {seen.no_room} Senders try again for days; mend it." if seen.no_room else None


def disk_low(seen: Seen) -> str | None:
    if seen.no_room is not None or seen.free is None or seen.free >= LITTLE_SPACE:
        return None
    return (
        f"⚠️ Only {int(seen.free) >> 20} MiB are left on the disk of INTAKE_DATA_DIR. When it is full, mail is "
        "put off and nothing is taken in. Make room, or move the folder to a larger disk."
    )


def _late(channel: str) -> Callable[[Seen], str | None]:
    def late(seen: Seen) -> str | None:
        one = next((one for one in seen.waiting if one.channel == channel), None)
        if one is None or seen.now - one.since < LATE[channel]:
            return None
        what, do = LATE_WORDS[channel]
        minutes = int((seen.now - one.since).total_seconds() // 60)
        return f"⚠️ {what} for {minutes} minutes; {one.count} wait. Nothing is lost. {do}"

    return late


def mail_away(seen: Seen) -> str | None:
    since, reason = seen.away.get("mail", (seen.now, ""))
    if seen.now - since < AWAY_LONG:
        return None
    return (
        f"⚠️ The server of INTAKE_SMARTHOST is not there since {since:%H:%M} UTC ({reason.rstrip('.')}). Mail waits and "
        "is tried again for five days; look at that server."
    )


LATE_WORDS = {
    "mail": ("No mail has left", "Look at the server of INTAKE_SMARTHOST; /status and the log say what it answers."),
    "telegram": ("Answers have not reached customers' chats", "/status says what Telegram has slowed down."),
    "desk": ("The desk has been behind", "/status says whether Telegram has slowed it down or a right is missing."),
}


def parked_long(seen: Seen) -> str | None:
    if seen.parked_since is None or seen.now - seen.parked_since < PARKED_LONG:
        return None
    return (
        f"⚠️ Messages that the program could not handle are set aside since {seen.parked_since:%d %b %H:%M} UTC. "
        "They are kept whole: intake-bot parked lists them, intake-bot replay --all tries them again."
    )


def bounce_rate(seen: Seen) -> str | None:
    if seen.returned < BOUNCES or seen.returned < BOUNCED_SHARE * seen.left:
        return None
    return (
        f"⚠️ {seen.returned} of {seen.left} mails of the last hour came back. Either our mail is refused (look at one "
        "of the notices, and at the relay's log), or somebody writes to us under others' addresses (INTAKE_MAIL_AUTH)."
    )


def not_understood(seen: Seen) -> str | None:
    return f"⚠️ {seen.not_understood} The log names the place." if seen.not_understood else None


# The alarm's name, what it looks at, and what is told when it is over. To add one: a row, a test, docs/operating.md.
TABLE: tuple[tuple[str, Callable[[Seen], str | None], str], ...] = (
    ("room", no_room, "✅ Mail is taken in again."),
    ("away mail", mail_away, "✅ The server of INTAKE_SMARTHOST is there again."),
    ("disk", disk_low, "✅ There is room on the disk again."),
    ("late mail", _late("mail"), "✅ Mail leaves again."),
    ("late telegram", _late("telegram"), "✅ Answers reach customers' chats again."),
    ("late desk", _late("desk"), "✅ The desk is up to date again."),
    ("parked", parked_long, "✅ No message is set aside any more."),
    ("understanding", not_understood, "✅ All parts of messages are understood again."),
    ("bounces", bounce_rate, "✅ Mail does not come back more than usual any more."),
)


class Watch:
    """Looks, tells, and tells when it is over."""

    def __init__(
        self,
        alarms: Alarms,
        outgoing: Collection[str],
        free: Callable[[], float | None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        duty: Duty | None = None,
        room: Callable[[], str | None] = lambda: None,
        away: Callable[[], Mapping[str, Breaker]] = dict,
        not_understood: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`outgoing`: the channels that send; what waits for others is waited for. `free`: bytes on the disk.

        `duty`: while it is ours, we are the one who looks; None: always. `room`: why nothing is taken in, if so.
        `away`: the ways out whose wire is away. `not_understood`: which part of understanding is left out, if so.
        """
        self._alarms = alarms
        self._duty = duty or Duty.for_ever()
        self._outgoing = outgoing
        self._free = free
        self._clock = clock
        self._room = room
        self._away = away
        self._not_understood = not_understood

    async def run(self) -> None:
        """Look until cancelled, while no other process does."""
        await self._duty.during(self._keep_looking)

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - the loop goes on: whatever ails the database, /readyz says it
                log.warning("alarms not looked for", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look at everything once."""
        seen = await self._seen()
        standing = await alarms.standing(seen.now - REMEMBERED)
        for name, judge, ended in TABLE:
            words = judge(seen)
            if words is not None:
                await self._alarms.tell(words, name)
            elif name in standing:
                await self._alarms.over(name, ended)

    async def _seen(self) -> Seen:
        now = self._clock()
        due = await overview.due(now, jobs.MESSAGES)
        returned, left = await figures.returned_since(now - BOUNCES_WITHIN)
        free = await asyncio.to_thread(self._free)
        waiting = tuple(one for one in due if one.channel in self._outgoing)
        no_room = await asyncio.to_thread(self._room)
        away = {lane: (breaker.since, breaker.reason) for lane, breaker in self._away().items()}
        parked = await figures.oldest_parked()
        return Seen(now, free, waiting, parked, returned, left, no_room, away, self._not_understood())
