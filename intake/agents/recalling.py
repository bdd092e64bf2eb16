"""Take an answer back: out of the outbox when it has not left, out of the customer's chat when it has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from intake.agents import wording
from intake.agents.named import locked
from intake.agents.wording import Words, shape
from intake.house import House
from intake.outgoing import jobs
from intake.replies import Replies
from intake.words.occasions import Rendered
from storage import answers, requests
from storage.answers import Carried
from storage.kinds import DeliveryKind, DeliveryState, Direction, Role
from storage.models import Agent, CommunicationRecord, Delivery
from storage.transaction import add, after_commit, change, transaction

A_NOTE = "This is a note; it was never sent."
NOT_OURS = "Only an answer of ours can be taken back: answer it with /del."
NOT_YOURS = "Who wrote it can take it back, or a lead."
DONE_ALREADY = "It was taken back already."
NOT_LEFT = "It had not left yet, and does not leave."
UNDER_WAY = "It is being taken back. What the customer has read he has read."
NOBODY_KNOWS = "Nobody knows whether it arrived, so it cannot be taken back; it is not sent again."
BY_MAIL = "It was sent by mail, and a mail cannot be taken back."


class Recalling:
    """The verb for what should not have been said."""

    def __init__(self, house: House, replies: Replies, wake: Callable[[], None]) -> None:
        self._house = house
        self._replies = replies
        self._wake = wake

    async def recall(self, agent: Agent, request_id: int, record_id: int, now: datetime) -> None:
        """Take back the message that shows this record, on behalf of an agent who writes in this request's topic."""
        record = await requests.record_with_files(record_id)
        refusal = await _refusal(record, agent)
        if record is None or refusal is not None:
            await self._say(request_id, refusal or NOT_OURS, now)
            return
        others, made = await self._without(record, agent)

        async def work() -> None:
            await locked(record.request_id or request_id)
            if record.id in await answers.taken_back([record.id]):
                told = DONE_ALREADY
            else:
                told = await self._take_back(record, others, made, now)
                await requests.add_event(record.request_id, now, agent.name, "recall", before=f"record {record.id}")
            if self._house.desk:
                await jobs.notice(request_id, None, told, now)
            after_commit(self._wake)

        await transaction(work)

    async def _without(self, record: CommunicationRecord, agent: Agent) -> tuple[Words | None, Rendered | None]:
        """What is left of the album that leaves with a record when it does not."""
        said = await wording.leaving_with(record, but=[record.id])
        request = await requests.request_with_customer(record.request_id or 0)
        if said is None or request is None:
            return None, None
        asked = await requests.last_incoming(request.id)
        return said, await wording.rendered(self._replies, request, agent.name, said, asked)

    async def _take_back(
        self, record: CommunicationRecord, others: Words | None, made: Rendered | None, now: datetime
    ) -> str:
        """Stop what waits, take back what is in a chat. Returns what the agent is told."""
        first = (await answers.leaving_with(record))[0]
        versions = await answers.versions([record.id])
        carrying = await answers.carrying([first.id, *(version.id for version in versions)])
        told = NOT_LEFT
        for one in carrying:
            job = one.delivery
            if others is not None and made is not None and one.waits:
                formed = shape(others, made, mail=job.channel in self._house.stamps)
                formed.put(job)
                await change(job, subject=job.subject, text=job.text, html=job.html, marks=job.marks)
            elif job.state is DeliveryState.QUEUED:
                await answers.withdraw([job.id], "an agent has taken it back")
            if one.has_left and job.channel in self._house.stamps:
                return BY_MAIL
            if one.has_left:
                told = NOBODY_KNOWS if job.state is DeliveryState.UNKNOWN and not one.begun else UNDER_WAY
        await answers.withdraw_edits([record.id], "an agent has taken it back")
        for one in carrying:
            # Also for what has not left: it says that this record must not leave, whoever tries it again.
            await add(_recall_of(record, one, now))
        return told

    async def _say(self, request_id: int, text: str, now: datetime) -> None:
        async def work() -> None:
            if self._house.desk:
                await jobs.notice(request_id, None, text, now)
            after_commit(self._wake)

        await transaction(work)


async def _refusal(record: CommunicationRecord | None, agent: Agent) -> str | None:
    if record is None or record.direction is Direction.INCOMING:
        return NOT_OURS
    if record.direction is Direction.NOTE:
        return A_NOTE
    return NOT_YOURS if record.agent_id != agent.id and agent.role is Role.AGENT else None


def _recall_of(record: CommunicationRecord, one: Carried, now: datetime) -> Delivery:
    reply = one.delivery
    left = one.has_left
    return Delivery(
        request_id=reply.request_id,
        record_id=record.id,
        kind=DeliveryKind.RECALL,
        channel=reply.channel,
        account=reply.account,
        recipient=reply.recipient,
        conversation=reply.conversation,  # behind what it takes back, if that is still on its way
        priority=jobs.PRIORITIES[DeliveryKind.RECALL],
        concerns=reply.id,
        state=DeliveryState.QUEUED if left else DeliveryState.SENT,
        due_at=now,
        queued_at=now,
        sent_at=None if left else now,
    )
