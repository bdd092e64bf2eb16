"""Store an agent's answer with what must leave for it. An album is put together here: one job for all its parts.

No part of an album leaves before it had time to come whole, and none leaves if any part is a note.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.agents.named import locked, next_version
from intake.agents.settling import UNDELIVERED
from intake.agents.spoken import AgentWords, keep, keep_note
from intake.agents.wording import Words, shape
from intake.house import House
from intake.message import Receipt
from intake.outgoing import jobs
from intake.words.occasions import Rendered
from storage import answers, requests
from storage.answers import Carried
from storage.kinds import Direction, Status
from storage.models import Agent, CommunicationRecord, CustomerRequest, Delivery, Participant
from storage.transaction import add, after_commit, change

# An album comes in parts, and nothing says which is the last: each part waits a little for the next one.
ALBUM_WAIT, ALBUM_LONGEST = timedelta(seconds=1.2), timedelta(seconds=10)
REOPENED = "The request was done; with this answer it waits for the customer again."


class AlbumChanged(Exception):
    """Something of the album came or left while this part's words were put together: look again."""


@dataclass(frozen=True, slots=True)
class Album:
    """What has come of a message's album before it."""

    parts: tuple[CommunicationRecord, ...] = ()
    jobs: tuple[Carried, ...] = ()  # that still wait for further parts
    is_note: bool = False
    taken_back: frozenset[int] = frozenset()
    versions: tuple[CommunicationRecord, ...] = ()  # the newer words of its parts

    @property
    def joined(self) -> tuple[CommunicationRecord, ...]:
        """The parts that wait to leave together, each in its newest words."""
        first = min((one.delivery.record_id or 0 for one in self.jobs), default=None)
        here = () if first is None else tuple(part for part in self.parts if part.id >= first)
        return tuple(answers.newest(part, self.versions) for part in here if part.id not in self.taken_back)


@dataclass(frozen=True, slots=True)
class Answer:
    """An agent's words, ready to leave: what was read and rendered before the transaction."""

    words: AgentWords
    said: Words  # together with the parts of the album that wait
    made: Rendered
    asked: CommunicationRecord | None  # the customer's message that a mail answers
    answered: CommunicationRecord | None  # the message that the agent replied to, when he did
    album: Album
    others: Sequence[Participant] = ()  # who get copies


async def album_of(words: AgentWords) -> Album:
    """What has come of a message's album before it. Inside a transaction its jobs are locked."""
    if words.album is None:
        return Album()
    parts = await answers.of_album(words.album)
    versions = await answers.versions([part.id for part in parts])
    carrying = await answers.carrying([part.id for part in parts])
    last = max((one.delivery.record_id or 0 for one in carrying), default=None)
    newest = [one for one in carrying if one.delivery.record_id == last]
    waits = all(one.waits for one in newest)
    is_note = any(one.direction is Direction.NOTE for one in (*parts, *versions))
    gone = await answers.taken_back([part.id for part in parts])
    return Album(tuple(parts), tuple(newest) if waits else (), is_note, frozenset(gone), tuple(versions))


async def store(house: House, wake: Callable[[], None], agent: Agent, answer: Answer, now: datetime) -> Receipt:
    """Store an answer inside the transaction around us. Raises AlbumChanged."""
    words = answer.words
    request = await locked(words.request)
    album = await album_of(words)
    if [part.id for part in album.joined] != [part.id for part in answer.album.joined]:
        raise AlbumChanged
    after_commit(wake)
    if album.is_note:
        note = await keep_note(agent, words, request, now)
        return Receipt(note.id, request.id, opened=False)
    answered = answer.answered or (album.parts[0] if album.parts and not album.jobs else None)
    record = await keep(
        agent, words, Direction.OUTGOING, request, now, answers=answered.id if answered is not None else None
    )
    if album.jobs:
        await _join(house, request, answer, album, now)
    else:
        await _queue(house, request, record, answer, now)
        copied = ", ".join(other.value for other in answer.others)
        await requests.add_event(request.id, now, agent.name, "reply", after=copied or None)
    await _answered(house, request, agent, now)
    if house.desk:
        await jobs.mark(request.id, record.id, now, now + jobs.QUICKLY)
    return Receipt(record.id, request.id, opened=False)


async def _queue(
    house: House, request: CustomerRequest, record: CommunicationRecord, answer: Answer, now: datetime
) -> None:
    delivery = jobs.to_customer(house, request, record, now, automatic=False)
    mail = request.channel in house.stamps
    shape(answer.said, answer.made, mail=mail).put(delivery)
    delivery.cc = [other.value for other in answer.others] or None
    if answer.words.album is not None:
        delivery.due_at = now + ALBUM_WAIT
    if mail and answer.asked is not None and answer.asked.external_id is not None:
        delivery.in_reply_to = answer.asked.external_id
        delivery.references = await requests.message_ids(request.id, answer.asked.id)
    elif not mail and answer.answered is not None:
        delivery.in_reply_to = await _known_as(answer.answered)
        # A quote must stand in the message word for word, or the chat refuses it.
        quote = answer.words.quote
        delivery.quote = quote if quote and quote in answer.answered.text else None
    await add(delivery)
    if delivery.message_id is not None:
        await change(record, external_id=delivery.message_id)
    await _copy(house, request, delivery, answer.others, now)


async def _known_as(answered: CommunicationRecord) -> str | None:
    """The wire's id of a customer's message; one of ours is looked up when the answer leaves."""
    if answered.direction is not Direction.INCOMING:
        return None
    if answered.revises is None:
        return answered.external_id
    first = await requests.record_with_files(answered.revises)
    return first.external_id if first is not None else None


async def _join(house: House, request: CustomerRequest, answer: Answer, album: Album, now: datetime) -> None:
    """Let one more part leave with the album's job, which waits a little longer for the next one."""
    main = next((one.delivery for one in album.jobs if one.delivery.addressed_to is None), album.jobs[0].delivery)
    formed = shape(answer.said, answer.made, mail=request.channel in house.stamps)
    for job in (one.delivery for one in album.jobs):
        formed.put(job)
        due_at = max(job.due_at, min(now + ALBUM_WAIT, job.queued_at + ALBUM_LONGEST))
        await change(job, subject=job.subject, text=job.text, html=job.html, marks=job.marks, due_at=due_at)
    if answer.others and not main.cc:
        await change(main, cc=[other.value for other in answer.others])
        await _copy(house, request, main, answer.others, now)


async def _copy(
    house: House, request: CustomerRequest, delivery: Delivery, others: Sequence[Participant], now: datetime
) -> None:
    for other in others:
        await add(jobs.copy_for(other, delivery))
    if others and house.desk:
        told = f"This goes to the customer, with copies to {', '.join(other.value for other in others)}."
        await jobs.notice(request.id, delivery.record_id, told, now)


async def _answered(house: House, request: CustomerRequest, agent: Agent, now: datetime) -> None:
    """It is the customer's turn now. Whoever closed the request meanwhile reads that it goes on."""
    before, changed = request.status, request.status is not Status.PENDING or request.assignee_id is None
    if before is not Status.PENDING:
        await requests.add_event(request.id, now, agent.name, "status", before, Status.PENDING)
    await change(
        request,
        status=Status.PENDING,
        updated_at=now,
        waiting_since=None,
        resolved_at=None,
        first_responded_at=request.first_responded_at or now,
        assignee_id=request.assignee_id or agent.id,
        flags=[flag for flag in request.flags if flag != UNDELIVERED],
        version=next_version(request) if changed else request.version,
    )
    if house.desk:
        await jobs.card(request.id, now)
        if before is not Status.PENDING:
            await jobs.topic(request.id, now)
        if before in (Status.RESOLVED, Status.CLOSED):
            await jobs.notice(request.id, None, REOPENED, now)
