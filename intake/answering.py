"""What agents say: answers to the customer on his own channel, and notes that never leave the house."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from intake import jobs
from intake.house import House
from intake.message import Attachment, Receipt
from intake.named import NoSuchRequest, locked, next_version
from intake.quoted import NOTHING, Quoted, last_words, may_stand
from intake.replies import Event, Rendered, Replies, ReplyFacts
from storage import requests
from storage.kinds import Direction, Status, request_number
from storage.models import Agent, CommunicationRecord, CustomerRequest, Delivery, Participant, StoredAttachment
from storage.transaction import add, after_commit, change, transaction


@dataclass(frozen=True, slots=True)
class AgentWords:
    """What an agent wrote for a request, as the desk read it. `key` is the same for every copy of the same message."""

    request: int
    key: str
    text: str
    external_id: str  # the wire's id of the agent's own message
    channel: str  # the wire that holds it and its files
    account: str
    origin: str | None = None  # where the wire can copy it from, whole
    attachments: tuple[Attachment, ...] = ()


class NobodyElse(Exception):
    """There is nobody to send a copy to. The message is a sentence for the agent."""


class Answers:
    """The agents' words. Who may speak is the desk's question."""

    def __init__(self, house: House, replies: Replies, wake: Callable[[], None]) -> None:
        self._house = house
        self._replies = replies
        self._wake = wake

    async def reply(self, agent: Agent, words: AgentWords, now: datetime) -> Receipt:
        """Send an agent's words to the customer on his own channel; the same is sent once. Raises NoSuchRequest."""
        request = await self._known(words.request)
        return await self._answer(agent, words, request, (), now)

    async def reply_all(self, agent: Agent, words: AgentWords, now: datetime) -> Receipt:
        """Send an agent's words to the customer, with a copy to everybody whom he named and who is not one of us.

        Raises NoSuchRequest, and NobodyElse when that would be a message to the customer alone.
        """
        request = await self._known(words.request)
        if request.channel not in self._house.stamps:
            raise NobodyElse("This is a chat with one person.")
        known = {address.value.lower() for address in request.customer.addresses} | {request.reply_to.lower()}
        others = tuple(
            other
            for other in await requests.participants_of(request.id)
            if other.channel == request.channel
            and other.value.lower() not in known
            and not self._house.is_ours(other.value)
        )
        if not others:
            raise NobodyElse("Nobody else takes part in this request.")
        return await self._answer(agent, words, request, others, now)

    async def note(self, agent: Agent, words: AgentWords, now: datetime) -> Receipt:
        """Keep an internal note with a request. It never leaves the house."""

        async def work() -> Receipt:
            request = await locked(words.request)
            record = await self._record(agent, words, Direction.NOTE, "note", request, now)
            await requests.add_event(request.id, now, agent.name, "note")
            return Receipt(record.id, request.id, opened=False)

        return await self._once(words, work)

    async def _once(self, words: AgentWords, work: Callable[[], Awaitable[Receipt]]) -> Receipt:
        """Do it unless the same message of the agent has done it before."""

        async def unless_known() -> Receipt:
            await locked(words.request)
            known = await requests.record_by_key(_dedupe_key(words))
            if known is not None:
                return Receipt(known.id, known.request_id, opened=False, duplicate=True)
            return await work()

        return await transaction(unless_known)

    async def _known(self, request_id: int) -> CustomerRequest:
        request = await requests.request_with_customer(request_id)
        if request is None:
            raise NoSuchRequest(request_number(request_id))
        return request

    async def _answer(
        self,
        agent: Agent,
        words: AgentWords,
        request: CustomerRequest,
        others: Sequence[Participant],
        now: datetime,
    ) -> Receipt:
        """Render, then store with what must leave. What is answered is what the agent can have seen: read before."""
        asked = await requests.last_incoming(request.id)
        rendered = self._replies.render(
            Event.ANSWERED,
            request.language,
            ReplyFacts(
                number=request_number(request.id),
                customer_name=request.customer.name,
                words=words.text,
                agent_name=agent.name,
                subject=request.subject,
                # Nobody becomes a reader of the conversation by a copy.
                quoted=NOTHING if others else await self._quoted(request, asked),
            ),
        )
        return await self._once(words, partial(self._reply, agent, words, rendered, asked, others, now))

    async def _quoted(self, request: CustomerRequest, asked: CommunicationRecord | None) -> Quoted:
        first = await requests.first_incoming(request.id)
        if asked is None or first is None:
            return NOTHING
        own = [address.value for address in request.customer.addresses if address.channel == request.channel]
        if not may_stand(asked.author, own, request.reply_to, opened=asked.id == first.id):
            return NOTHING
        return last_words(asked.author, asked.at, asked.reply_text)

    async def _reply(
        self,
        agent: Agent,
        words: AgentWords,
        rendered: Rendered,
        asked: CommunicationRecord | None,
        others: Sequence[Participant],
        now: datetime,
    ) -> Receipt:
        request = await locked(words.request)
        record = await self._record(agent, words, Direction.OUTGOING, request.channel, request, now)
        delivery = jobs.to_customer(self._house, request, record, now, automatic=False)
        threaded = request.channel in self._house.stamps
        delivery.subject = rendered.subject
        delivery.text = rendered.text if threaded else rendered.chat
        delivery.html = rendered.html if threaded else None
        delivery.cc = [other.value for other in others] or None
        if asked is not None and asked.external_id is not None and threaded:
            delivery.in_reply_to = asked.external_id
            delivery.references = await requests.message_ids(request.id, asked.id)
        await add(delivery)
        await change(record, external_id=delivery.message_id)
        await self._copy(request, delivery, others, now)
        await requests.add_event(request.id, now, agent.name, "reply", after=", ".join(delivery.cc or ()) or None)
        await self._answered(request, agent, now)
        if self._house.desk:
            await jobs.mark(request.id, record.id, now, now + jobs.QUICKLY)
        after_commit(self._wake)
        return Receipt(record.id, request.id, opened=False)

    async def _copy(
        self, request: CustomerRequest, delivery: Delivery, others: Sequence[Participant], now: datetime
    ) -> None:
        for other in others:
            await add(jobs.copy_for(other, delivery))
        if others and self._house.desk:
            told = f"This goes to the customer, with copies to {', '.join(other.value for other in others)}."
            await jobs.notice(request.id, delivery.record_id, told, now)

    async def _answered(self, request: CustomerRequest, agent: Agent, now: datetime) -> None:
        if request.status is not Status.PENDING:
            await requests.add_event(request.id, now, agent.name, "status", request.status, Status.PENDING)
        await change(
            request,
            status=Status.PENDING,
            updated_at=now,
            waiting_since=None,
            resolved_at=None,
            first_responded_at=request.first_responded_at or now,
            assignee_id=request.assignee_id or agent.id,
            version=next_version(request),
        )
        await self._card(request.id, now)

    async def _record(
        self,
        agent: Agent,
        words: AgentWords,
        direction: Direction,
        channel: str,
        request: CustomerRequest,
        now: datetime,
    ) -> CommunicationRecord:
        record = CommunicationRecord(
            request=request,
            direction=direction,
            channel=channel,
            dedupe_key=_dedupe_key(words),
            text=words.text,
            reply_text=words.text,
            author=agent.name,
            agent=agent,
            at=now,
            threaded_by="an agent wrote it in the request's topic",
            verified=True,
            origin=words.origin,
        )
        await add(record)
        await requests.add_link(request.id, record.id, words.external_id)
        for file in words.attachments:
            attachment = StoredAttachment(
                record=record,
                filename=file.filename,
                content_type=file.content_type[:255],
                size=file.size,
                remote_id=file.remote_id,
            )
            await add(attachment)
            await jobs.fetch(attachment, record, request, words.channel, words.account, now)
            after_commit(self._wake)
        return record

    async def _card(self, request_id: int, now: datetime) -> None:
        if self._house.desk:
            await jobs.card(request_id, now)


def _dedupe_key(words: AgentWords) -> str:
    return f"agent:{words.key}"
