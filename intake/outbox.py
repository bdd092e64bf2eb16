"""Deliver what is due. The only code that asks a channel to send."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

import structlog

from intake import settling, telling
from intake.house import House
from intake.message import Channel, Outbound, Paced, Room, Sent, TryAgain, Undeliverable, Unknown
from intake.outgoing import outgoing
from intake.steady import SteadyClock
from intake.tally import What, tally
from intake.waits import Looks, back_off
from storage import deliveries, requests
from storage.database import DATABASE_AWAY
from storage.files import Files
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery
from storage.transaction import to_its_end, transaction

log = structlog.get_logger()

# (account, remote id) → bytes. Raises TryAgain or Undeliverable.
Fetch = Callable[[str, str], Awaitable[bytes]]

# How many jobs of each lane are worked on at once: a relay that stalls must not keep Telegram waiting. A channel's
# lane has its name; what fetches files has its own, and few places: a file may be 20 MiB.
PLACES = {"mail": 4, "desk": 6, "telegram": 8, "fetch": 2}
USUAL_PLACES = 4
OWN_FAULTS = 5  # attempts at a job that our own code fails at
SETTLE_AGAIN_S = 1.0
STOP_WITHIN_S = 7.0
GATHER_S = 0.01
FREE_EVERY_S = 1.0  # what needs no room is looked for so often while there is none
RECOVER_EVERY = timedelta(seconds=15)
GIVE_UP_AFTER = timedelta(days=5)  # RFC 5321 §4.5.4.1


class Outbox:
    """One loop. Jobs of one conversation leave one after the other, conversations side by side."""

    def __init__(
        self,
        house: House,
        channels: Mapping[str, Channel],
        fetchers: Mapping[str, Fetch],
        files: Files,
        owner: str,
        *,
        alone: bool,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """`alone`: no other process works on this database, so that what is `sending` at the start is an orphan."""
        self._house = house
        self._channels = channels
        self._fetchers = fetchers
        self._files = files
        self._owner = owner
        self._alone = alone
        self._clock = clock or SteadyClock()
        self._recovered = False
        self._recover_at = datetime.min.replace(tzinfo=UTC)
        self._woken = asyncio.Event()
        self._looks = Looks()
        self._free_at: dict[str, float] = {}
        self._working: dict[asyncio.Task[None], Delivery] = {}

    def wake(self) -> None:
        """There is new work."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled; then finish what is in flight."""
        try:
            while True:
                self._woken.clear()
                # A batch that is claimed must be started on, or it would wait as an orphan for the next start.
                if await to_its_end(self._turn()) == 0:
                    await self._sleep()
        finally:
            if self._working:
                await asyncio.wait(self._working, timeout=STOP_WITHIN_S)

    async def drain(self) -> None:
        """Deliver until nothing is due, then return."""
        while await self._turn() or self._working:
            if self._working:
                await asyncio.wait(self._working)

    async def _turn(self) -> int:
        """Take what is due in each lane and start on it. Returns how many jobs were taken; none when that failed."""
        taken = 0
        try:
            await self._recover()
            for lane in await self._lanes_due():
                for delivery in await self._claim(lane):
                    task = asyncio.create_task(self._deliver(delivery))
                    self._working[task] = delivery
                    task.add_done_callback(self._done)
                    taken += 1
        except DATABASE_AWAY as error:
            log.warning("outbox waits for the database", error=type(error).__name__)
            return 0
        except Exception:
            # Whatever it is, the loop goes on: without it nothing leaves any more.
            log.exception("outbox failed")
            return 0
        return taken

    async def _lanes_due(self) -> list[str]:
        """The lanes in which something waits. A claim is a transaction, and most of what wakes us is for one lane."""
        sends, fetches = [(lane, False) for lane in self._channels], [(channel, True) for channel in self._fetchers]
        due = await deliveries.due(self._clock(), [*sends, *fetches])
        found = [lane for (lane, _), waits in zip(sends, due, strict=False) if waits]
        return [*found, *(["fetch"] if any(due[len(sends) :]) else [])]

    async def _claim(self, lane: str) -> list[Delivery]:
        busy = sum(1 for delivery in self._working.values() if _lane(delivery) == lane)
        free = PLACES.get(lane, USUAL_PLACES) - busy
        if free <= 0:
            return []
        if lane == "fetch":
            return await self._claim_fetches(free)
        channel = self._channels[lane]
        if isinstance(channel, Paced):
            return await self._claim_in_turn(lane, channel.room(), free, busy)
        return await deliveries.claim(self._owner, self._clock(), free, lane)

    async def _claim_in_turn(self, lane: str, room: Room, free: int, busy: int) -> list[Delivery]:
        """What has room now, and no more: a job that is claimed only to be put back costs two writes and its turn."""
        most, at = min(free, room.jobs - busy), asyncio.get_running_loop().time()
        self._looks.add(at, room.after)
        upto = room.upto if most > 0 else None
        if upto is None:
            if not room.free or at < self._free_at.get(lane, 0.0):
                return []
            self._free_at[lane], most = at + FREE_EVERY_S, free
        rests = {kind: timedelta(seconds=rest) for kind, rest in room.rests.items()}
        turn = deliveries.Turn(upto, room.free, rests)
        return await deliveries.claim_in_turn(self._owner, self._clock(), most, lane, turn)

    async def _claim_fetches(self, free: int) -> list[Delivery]:
        claimed: list[Delivery] = []
        for channel in self._fetchers:
            room = free - len(claimed)
            claimed += await deliveries.claim(self._owner, self._clock(), room, channel, fetches=True) if room else []
        return claimed

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._working[task]
        self._woken.set()  # the next job of this conversation may go now
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("delivery failed", error=type(error).__name__)

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout_at(self._looks.next(asyncio.get_running_loop().time())):
                await self._woken.wait()
                # Commits come in crowds: one claim for all of them.
                await asyncio.sleep(GATHER_S)
        except TimeoutError:
            pass

    async def _recover(self) -> None:
        """Whoever was sending these has died: nobody knows whether they arrived."""
        now = self._clock()
        if now < self._recover_at:
            return
        ours = {delivery.id for delivery in self._working.values()}
        for delivery in await deliveries.expired(now, everything=self._alone and not self._recovered, but=ours):
            await self._lost(delivery, "the program stopped while sending")
        self._recovered, self._recover_at = True, now + RECOVER_EVERY

    async def _deliver(self, delivery: Delivery) -> None:
        with structlog.contextvars.bound_contextvars(delivery=delivery.id, request=delivery.request_id):
            fetches = delivery.kind is DeliveryKind.FETCH
            try:
                outbound = None if fetches else await outgoing(delivery)
            except DATABASE_AWAY as error:
                # Nothing has left yet.
                await self._later(delivery, TryAgain(f"the database is away ({type(error).__name__})"))
                return
            except Undeliverable as error:
                # A note, or what an agent has taken back: it does not get as far as its channel.
                await self._failed(delivery, str(error))
                return
            await self._attempt(delivery, outbound)

    async def _attempt(self, delivery: Delivery, outbound: Outbound | None) -> None:
        try:
            sent = await (
                self._fetch(delivery) if outbound is None else self._channels[delivery.channel].send(outbound)
            )
        except TryAgain as error:
            await self._later(delivery, error)
        except Undeliverable as error:
            await self._failed(delivery, str(error))
        except Unknown as error:
            await self._lost(delivery, str(error))
        except DATABASE_AWAY as error:
            # A channel asks the database before it sends, or where a repeated send does no harm.
            await self._later(delivery, TryAgain(f"the database or a file is away ({type(error).__name__})"))
        except Exception as error:
            log.exception("channel failed", channel=delivery.channel)
            fault = f"our own fault ({type(error).__name__})"
            await (self._lost if delivery.attempts < OWN_FAULTS else self._failed)(delivery, fault)
        else:
            await self._sent(delivery, sent)

    async def _fetch(self, delivery: Delivery) -> Sent:
        attachment = delivery.attachment
        if attachment is None or attachment.remote_id is None or attachment.stored:
            return Sent()
        content = await self._fetchers[delivery.channel](delivery.account, attachment.remote_id)
        try:
            sha256 = await self._files.save(content)
        except OSError as error:
            raise TryAgain(f"The file store refuses: {error.strerror}") from error
        await requests.attachment_fetched(attachment.id, sha256, len(content))
        return Sent()

    async def _sent(self, delivery: Delivery, sent: Sent) -> None:
        now = self._clock()

        async def work() -> bool:
            if not await deliveries.settle(delivery, DeliveryState.SENT, sent_at=now, external_ids=sent.ids):
                return False
            if self._house.desk and delivery.kind is DeliveryKind.REPLY:
                await telling.mark(delivery, now)
            return True

        if await self._settled(delivery, work):
            tally.add(What.SENT, _lane(delivery))
            log.info("sent", channel=delivery.channel, kind=str(delivery.kind), attempt=delivery.attempts)

    async def _later(self, delivery: Delivery, error: TryAgain) -> None:
        now = self._clock()
        if now - delivery.queued_at > GIVE_UP_AFTER:
            await self._failed(delivery, f"given up after {GIVE_UP_AFTER.days} days: {error}")
            return
        wait = error.after if error.after is not None else back_off(delivery.attempts)
        due_at = now + timedelta(seconds=wait)
        self._looks.add(asyncio.get_running_loop().time(), wait)

        async def work() -> bool:
            return await deliveries.settle(delivery, DeliveryState.QUEUED, error=str(error), due_at=due_at)

        if await self._settled(delivery, work):
            tally.add(What.RETRIED, _lane(delivery))
            log.info("try again", channel=delivery.channel, kind=str(delivery.kind), after=round(wait, 1))

    async def _settled(self, delivery: Delivery, work: Callable[[], Awaitable[bool]]) -> bool:
        """Write what came of an attempt, as often as it takes: what we know must not become "nobody knows".

        Gives up when the lease has ended; whoever takes the job then is told by the fence.
        """
        while True:
            try:
                return await transaction(work)
            except DATABASE_AWAY as error:
                log.warning("delivery not settled yet", error=type(error).__name__)
                if delivery.lease_until is None or self._clock() >= delivery.lease_until:
                    return False
                await asyncio.sleep(SETTLE_AGAIN_S)

    async def _failed(self, delivery: Delivery, reason: str) -> None:
        await self._give_up(delivery, DeliveryState.FAILED, reason, telling.failed(delivery, reason))

    async def _lost(self, delivery: Delivery, reason: str) -> None:
        """The answer was lost. Repeat it where nobody can see it twice; otherwise tell the agents."""
        channel = self._channels.get(delivery.channel)
        if delivery.kind is DeliveryKind.FETCH or (channel is not None and channel.repeatable):
            await self._later(delivery, TryAgain(reason))
        else:
            await self._give_up(delivery, DeliveryState.UNKNOWN, reason, telling.unknown(reason))

    async def _give_up(self, delivery: Delivery, state: DeliveryState, reason: str, told: str) -> None:
        now = self._clock()

        async def work() -> bool:
            if not await deliveries.settle(delivery, state, error=reason):
                return False
            if delivery.attachment_id is not None:
                await requests.attachment_lost(delivery.attachment_id, reason)
            if self._house.desk:
                await telling.tell(delivery, told, now)
            if state is DeliveryState.FAILED:
                await settling.waits_again(self._house, delivery, now)
            await requests.add_event(delivery.request_id, now, "outbox", f"{delivery.kind} {state}", after=reason)
            return True

        if await self._settled(delivery, work):
            tally.add(What.FAILED if state is DeliveryState.FAILED else What.UNKNOWN, _lane(delivery))
            log.warning("given up", channel=delivery.channel, kind=str(delivery.kind), state=str(state), reason=reason)


def _lane(delivery: Delivery) -> str:
    return "fetch" if delivery.kind is DeliveryKind.FETCH else delivery.channel
