"""Answers that their agent edits or corrects. What has left by mail cannot be changed any more.

A note stays a note and never leaves, however it is edited; an answer that becomes one is stopped where it can be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from intake.agents import wording
from intake.agents.named import locked
from intake.agents.spoken import AgentWords, dedupe_key, keep
from intake.agents.withholding import withhold
from intake.agents.wording import Words, shape
from intake.house import House
from intake.message import Attachment, Receipt
from intake.outgoing import jobs
from intake.replies import Replies
from intake.words.marks import as_rows
from intake.words.occasions import Rendered
from storage import answers, requests
from storage.kinds import DeliveryKind, DeliveryState, Direction
from storage.models import Agent, CommunicationRecord, CustomerRequest, Delivery
from storage.transaction import add, after_commit, change, transaction

NEVER_SENT = "That message was not sent to the customer, and an edit does not send it. Write it as a new message."
STAYS_NOTE = "This stays a note, and nothing of it was sent. What the customer shall read is written as a new message."
IS_NOTE_NOW = "It had not left yet: it is a note now, and the customer gets nothing of it."
HAS_LEFT = (
    "The customer keeps what was sent before; the new words are kept as a note. "
    "/del as an answer to that message takes it back."
)
TAKEN_BACK = "That message was taken back. What the customer shall read is written as a new message."
BY_MAIL = "This answer was sent already, and a mail cannot be changed. The new words can follow as a correction."
NOT_ARRIVED = "That message has not arrived so far; if it is sent again, then with the new words."
UNSETTLED = "Nobody knows how much of that message has arrived. Once that is settled, edit it again."


@dataclass(frozen=True, slots=True)
class Edit:
    """New words for an earlier message, as they were read and rendered before the transaction."""

    words: AgentWords
    original: CommunicationRecord
    newest: CommunicationRecord
    files: tuple[Attachment, ...]  # that are new with it
    own: Words
    said: Words  # with those of the album that leave together with it
    made: Rendered


class Amending:
    """The verbs for what an agent has said already."""

    def __init__(self, house: House, replies: Replies, wake: Callable[[], None]) -> None:
        self._house = house
        self._replies = replies
        self._wake = wake

    async def edit(self, agent: Agent, words: AgentWords, now: datetime) -> Receipt | None:
        """Bring what the customer has or will get up to an agent's new words, or tell the agent why not."""
        original = await answers.by_key(dedupe_key(words.edits or ""))
        request = None
        if original is not None and original.request_id is not None:
            request = await requests.request_with_customer(original.request_id)
        if original is None or request is None:
            if not words.internal:
                await transaction(partial(self._tell, words.request, NEVER_SENT, now))
                self._wake()
            return None
        edit = await self._read(agent, words, original, request)
        return await transaction(partial(self._revise, agent, edit, request.id, now))

    async def correct(self, agent: Agent, request_id: int, record_id: int, now: datetime) -> bool:
        """Send the newest words of an answer as another mail; `record_id`: any version of it. False: done already."""
        record = await requests.record_with_files(record_id)
        request = await requests.request_with_customer(request_id)
        if record is None or request is None or record.agent_id is None:
            return False
        root = record.revises or record.id
        versions = await answers.versions([root])
        newest = versions[-1] if versions else record
        asked = await requests.last_incoming(request.id)
        made = await wording.rendered(self._replies, request, newest.author, wording.of_record(newest), asked)

        async def work() -> bool:
            locked_request = await locked(request.id)
            carrying = await answers.carrying([root, *(version.id for version in versions)])
            sent = next((one.delivery for one in carrying if one.delivery.addressed_to is None), None)
            if sent is None or newest.id in {one.delivery.record_id for one in carrying}:
                return False
            if await answers.is_note(newest) or await answers.is_note(record):
                return False
            delivery = jobs.to_customer(self._house, locked_request, newest, now, automatic=False)
            shape(wording.of_record(newest), made, mail=request.channel in self._house.stamps).put(delivery)
            delivery.in_reply_to = sent.message_id
            delivery.references = [*sent.references, *([sent.message_id] if sent.message_id else [])]
            await add(delivery)
            await requests.add_event(request.id, now, agent.name, "correction", before=f"record {root}")
            after_commit(self._wake)
            return True

        return await transaction(work)

    async def _read(
        self, agent: Agent, words: AgentWords, original: CommunicationRecord, request: CustomerRequest
    ) -> Edit:
        parts = await answers.leaving_with(original)
        versions = await answers.versions([original.id, *(part.id for part in parts)])
        own = wording.of_words(words)
        gone = await answers.taken_back([part.id for part in parts]) - {original.id}
        said = [
            own if part.id == original.id else wording.of_record(answers.newest(part, versions))
            for part in parts
            if part.id not in gone
        ]
        shown = {file.remote_id for file in answers.newest_file(original, versions).attachments}
        carrying = await answers.carrying([part.id for part in parts])
        # Nobody becomes a reader of the conversation by a copy.
        asked = None if any(one.delivery.cc for one in carrying) else await requests.last_incoming(request.id)
        together = wording.together(said)
        return Edit(
            words,
            original,
            answers.newest(original, versions),
            tuple(file for file in words.attachments if file.remote_id not in shown),
            own,
            together,
            await wording.rendered(self._replies, request, agent.name, together, asked),
        )

    async def _revise(self, agent: Agent, edit: Edit, request_id: int, now: datetime) -> Receipt | None:
        request = await locked(request_id)
        known = await requests.record_by_key(dedupe_key(edit.words.key))
        if known is not None:
            return Receipt(known.id, known.request_id, opened=False, duplicate=True)
        after_commit(self._wake)
        was_note = await answers.is_note(edit.original)
        gone = bool(await answers.taken_back([edit.original.id]))
        if not was_note and gone and not edit.words.internal:
            await self._tell(request.id, TAKEN_BACK, now)
            return None
        if wording.of_record(edit.newest).same_as(edit.own) and not edit.files and not edit.words.internal:
            return None
        internal = was_note or edit.words.internal
        if was_note and not edit.words.internal:
            await self._tell(request.id, STAYS_NOTE, now)
        elif internal and not was_note:
            await self._withhold(request, edit.original, agent, now)
        direction = Direction.NOTE if internal else Direction.OUTGOING
        original = edit.original
        record = await keep(agent, edit.words, direction, request, now, revises=original.id, files=edit.files)
        await requests.add_event(request.id, now, agent.name, "edit", before=f"record {original.id}")
        if not internal:
            await self._bring(request, record, edit, now)
        return Receipt(record.id, request.id, opened=False)

    async def _withhold(
        self, request: CustomerRequest, original: CommunicationRecord, agent: Agent, now: datetime
    ) -> None:
        """The answer has become a note: what has not left stays here, with all of its album."""
        album = [original] if original.album is None else await answers.of_album(original.album)
        parts = [part for part in album if part.direction is Direction.OUTGOING]
        done = await withhold(self._house, request, parts, agent, now)
        await self._tell(request.id, IS_NOTE_NOW if done else HAS_LEFT, now)

    async def _bring(self, request: CustomerRequest, record: CommunicationRecord, edit: Edit, now: datetime) -> None:
        """Change what waits, queue an edit of what is in the customer's chat, tell of what cannot be changed."""
        parts = await answers.leaving_with(edit.original)
        versions = await answers.versions([edit.original.id])
        told: dict[str, int] = {}
        for one in await answers.carrying([parts[0].id, *(version.id for version in versions)]):
            job = one.delivery
            if job.channel in self._house.stamps:
                if job.state in (DeliveryState.SENT, DeliveryState.SENDING):
                    told.setdefault(BY_MAIL, job.id)
                    continue
            elif one.begun and job.state is DeliveryState.UNKNOWN:
                told.setdefault(UNSETTLED, job.id)
                continue
            elif one.begun or job.state in (DeliveryState.SENT, DeliveryState.SENDING):
                await self._queue_edit(job, edit, now)
            # What goes on by itself ends as it was begun, and the edit follows. What an agent must send again must not
            # bring the rest of words that are not there any more.
            if job.state is DeliveryState.FAILED or (job.state is not DeliveryState.SENT and not one.begun):
                formed = shape(edit.said, edit.made, mail=job.channel in self._house.stamps)
                formed.put(job)
                await change(job, subject=job.subject, text=job.text, html=job.html, marks=job.marks)
            if job.state in (DeliveryState.FAILED, DeliveryState.UNKNOWN):
                told.setdefault(NOT_ARRIVED, job.id)
        for sentence, concerned in told.items():
            # Only what can follow as a correction gets a button; what failed has its own notice.
            await self._tell(request.id, sentence, now, record.id, concerned if sentence == BY_MAIL else None)

    async def _queue_edit(self, reply: Delivery, edit: Edit, now: datetime) -> None:
        """One waiting edit is enough: it brings the newest words."""
        alone = edit.said.text == edit.own.text  # the template stands around the words of an album's only author
        formed = shape(edit.said, edit.made, mail=False)
        text, marks = (formed.text, formed.marks) if alone else (edit.own.text, as_rows(edit.own.marks))
        waiting = await answers.waiting_edit(reply.id, edit.original.id)
        if waiting is not None:
            await change(waiting, text=text, marks=marks)
            return
        await add(
            Delivery(
                request_id=reply.request_id,
                record_id=edit.original.id,
                kind=DeliveryKind.EDIT,
                channel=reply.channel,
                account=reply.account,
                recipient=reply.recipient,
                conversation=reply.conversation,  # behind what it edits, if that is still on its way
                priority=jobs.PRIORITIES[DeliveryKind.EDIT],
                text=text,
                marks=marks,
                concerns=reply.id,
                due_at=now,
                queued_at=now,
            )
        )

    async def _tell(
        self, request_id: int, text: str, now: datetime, record: int | None = None, concerns: int | None = None
    ) -> None:
        if self._house.desk:
            await jobs.notice(request_id, record, text, now, concerns=concerns)
