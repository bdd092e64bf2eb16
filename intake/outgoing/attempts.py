"""One attempt at one job of the outbox, and what becomes of it. The only code that asks a channel to send."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from intake.agents import settling
from intake.house import House
from intake.message import Away, Channel, Outbound, Sent, TryAgain, Undeliverable, Unknown
from intake.outgoing import telling
from intake.outgoing.bookkeeping import Books
from intake.outgoing.rendered import outgoing
from intake.outgoing.waits import GIVE_UP_AFTER, Breaker, back_off
from intake.tally import What, tally
from storage import requests
from storage.database import DATABASE_AWAY
from storage.deliveries import Settlement
from storage.files import Files
from storage.kinds import DeliveryKind, DeliveryState
from storage.models import Delivery

log = structlog.get_logger()

# (account, remote id) → bytes. Raises TryAgain or Undeliverable.
Fetch = Callable[[str, str], Awaitable[bytes]]

FETCH = "fetch"
OWN_FAULTS = 5  # attempts at a job that our own code fails at


@dataclass(slots=True, eq=False)
class Job:
    """A delivery that we have claimed."""

    delivery: Delivery
    breaker: Breaker  # of the way by which it leaves
    began: float  # the loop's time of the claim, or of the last renewal
    until: float | None  # the loop's time at which it must have ended, unless renewed; None: nobody else can take it
    expired: bool = False  # it is not tried any more
    _limit: asyncio.Timeout | None = None

    def renewed(self, at: float, until: float) -> None:
        """Ours until then."""
        self.began, self.until = at, until
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(until)

    async def within(self, work: Callable[[], Awaitable[Sent]]) -> Sent:
        """Do it while the job is ours. Whoever cannot renew his lease stops before somebody else begins."""
        if self.until is not None and asyncio.get_running_loop().time() >= self.until:
            raise TryAgain("this process could not keep the job", after=0)
        try:
            async with asyncio.timeout_at(self.until) as self._limit:
                return await work()
        except TimeoutError as error:
            if self._limit is not None and self._limit.expired():
                raise Unknown("this process could not keep the job while sending") from error
            raise
        finally:
            self._limit = None


class Attempts:
    """Tries jobs."""

    def __init__(
        self,
        house: House,
        channels: Mapping[str, Channel],
        fetchers: Mapping[str, Fetch],
        files: Files,
        clock: Callable[[], datetime],
        soon: Callable[[float], None],
    ) -> None:
        """`soon`: there will be something to do in so many seconds."""
        self._house = house
        self._channels = channels
        self._fetchers = fetchers
        self._files = files
        self._clock = clock
        self._soon = soon
        self._books = Books()

    async def attempt(self, job: Job) -> None:
        """Try a job and write what came of it."""
        delivery = job.delivery
        with _named(delivery):
            if job.expired:
                await self._failed(delivery, f"given up after {GIVE_UP_AFTER.days} days: {job.breaker.reason}")
                return
            try:
                outbound = None if delivery.kind is DeliveryKind.FETCH else await outgoing(delivery)
            except DATABASE_AWAY as error:
                # Nothing has left yet.
                await self._later(job, TryAgain(f"the database is away ({type(error).__name__})"))
            except Undeliverable as error:
                # A note, or what an agent has taken back: it does not get as far as its channel.
                await self._failed(delivery, str(error))
            else:
                await self._try(job, outbound)

    async def orphaned(self, job: Job) -> None:
        """Its owner has died while sending: nobody knows whether it arrived."""
        with _named(job.delivery):
            await self._lost(job, "the program stopped while sending")

    async def unbegun(self, job: Job) -> None:
        """It was claimed, and nobody has begun to send it."""
        await self._later(job, TryAgain("it was claimed and not begun", after=0))

    async def _try(self, job: Job, outbound: Outbound | None) -> None:
        delivery = job.delivery

        async def send() -> Sent:
            return await (
                self._fetch(delivery) if outbound is None else self._channels[delivery.channel].send(outbound)
            )

        try:
            sent = await job.within(send)
        except TryAgain as error:
            await self._later(job, error)
        except Undeliverable as error:
            await self._failed(delivery, str(error))
        except Unknown as error:
            await self._lost(job, str(error))
        except DATABASE_AWAY as error:
            # A channel asks the database before it sends, or where a repeated send does no harm.
            await self._later(job, TryAgain(f"the database or a file is away ({type(error).__name__})"))
        except Exception as error:
            log.exception("channel failed", channel=delivery.channel)
            fault = f"our own fault ({type(error).__name__})"
            if delivery.attempts < OWN_FAULTS:
                await self._lost(job, fault)
            else:
                await self._failed(delivery, fault)
        else:
            job.breaker.back()
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
        marks = self._house.desk and delivery.kind is DeliveryKind.REPLY
        settlement = Settlement(delivery, DeliveryState.SENT, sent_at=now, external_ids=sent.ids)
        if await self._books.enter(settlement, (lambda: telling.mark(delivery, now)) if marks else None):
            tally.add(What.SENT, lane(delivery))
            log.info("sent", channel=delivery.channel, kind=str(delivery.kind), attempt=delivery.attempts)

    async def _later(self, job: Job, error: TryAgain) -> None:
        delivery, breaker, now = job.delivery, job.breaker, self._clock()
        wait = error.after if error.after is not None else back_off(delivery.attempts, breaker.manner.longest_s)
        if isinstance(error, Away):
            wait = breaker.away(now, str(error))
        elif error.nobodys_fault:
            breaker.held_up(now)
        if breaker.has_expired(delivery.queued_at, now):
            await self._failed(delivery, f"given up after {GIVE_UP_AFTER.days} days: {error}")
            return
        self._soon(wait)
        due_at = now + timedelta(seconds=wait)
        if await self._books.enter(Settlement(delivery, DeliveryState.QUEUED, str(error), due_at)):
            tally.add(What.RETRIED, lane(delivery))
            log.info("try again", channel=delivery.channel, kind=str(delivery.kind), after=round(wait, 1))

    async def _failed(self, delivery: Delivery, reason: str) -> None:
        await self._give_up(delivery, DeliveryState.FAILED, reason, telling.failed(delivery, reason))

    async def _lost(self, job: Job, reason: str) -> None:
        """The answer was lost. Repeat it where nobody can see it twice; otherwise tell the agents."""
        delivery = job.delivery
        channel = self._channels.get(delivery.channel)
        if delivery.kind is DeliveryKind.FETCH or (channel is not None and channel.repeatable):
            await self._later(job, TryAgain(reason))
        else:
            await self._give_up(delivery, DeliveryState.UNKNOWN, reason, telling.unknown(reason))

    async def _give_up(self, delivery: Delivery, state: DeliveryState, reason: str, told: str) -> None:
        now = self._clock()

        async def follow() -> None:
            if delivery.attachment_id is not None:
                await requests.attachment_lost(delivery.attachment_id, reason)
            if self._house.desk:
                await telling.tell(delivery, told, now)
            if state is DeliveryState.FAILED:
                await settling.waits_again(self._house, delivery, now)
            await requests.add_event(delivery.request_id, now, "outbox", f"{delivery.kind} {state}", after=reason)

        if await self._books.enter(Settlement(delivery, state, reason), follow):
            tally.add(What.FAILED if state is DeliveryState.FAILED else What.UNKNOWN, lane(delivery))
            log.warning("given up", channel=delivery.channel, kind=str(delivery.kind), state=str(state), reason=reason)


@contextmanager
def _named(delivery: Delivery) -> Iterator[None]:
    """What is logged and stored within belongs to the delivery, and to the message that caused it."""
    with structlog.contextvars.bound_contextvars(
        delivery=delivery.id, request=delivery.request_id, trace=delivery.trace
    ):
        yield


def lane(delivery: Delivery) -> str:
    """The way by which a job leaves: its channel's, or that of files which are fetched."""
    return FETCH if delivery.kind is DeliveryKind.FETCH else delivery.channel
