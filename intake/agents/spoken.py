"""An agent's words: as the desk has read them, and as the rows that they become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.message import Attachment, Mark
from intake.outgoing import jobs
from intake.words.marks import as_rows
from storage import requests
from storage.kinds import Direction
from storage.models import Agent, CommunicationRecord, CustomerRequest, StoredAttachment
from storage.transaction import add

NOTES = "note"  # the channel of what stays in the house


@dataclass(frozen=True, slots=True)
class AgentWords:
    """What an agent wrote for a request, as the desk read it. `key` is the same for every copy of the same message."""

    request: int
    key: str
    text: str  # his own words; empty for a file without any
    external_id: str  # the wire's id of the agent's own message
    channel: str  # the wire that holds it and its files
    account: str
    origin: str | None = None  # where the wire can copy it from, whole
    attachments: tuple[Attachment, ...] = ()
    line: str = ""  # what to read where he has written no words: "[photo]"
    form: str | None = None  # what the wire calls this kind of content
    marks: tuple[Mark, ...] = ()  # formatting of the text
    album: str | None = None  # several messages of one album have the same
    answers: str | None = None  # the wire's id of the message on the desk that it replies to
    quote: str | None = None  # the words of that message that it quotes
    said_at: datetime | None = None  # the wire's clock
    edits: str | None = None  # the key of the message whose words these replace
    internal: bool = False  # they carry the mark of a note: not for the customer, whatever they were before


def dedupe_key(key: str) -> str:
    """How a record is known by the key of its message."""
    return f"agent:{key}"


async def keep(
    agent: Agent,
    words: AgentWords,
    direction: Direction,
    request: CustomerRequest,
    now: datetime,
    *,
    revises: int | None = None,
    answers: int | None = None,
    files: Sequence[Attachment] | None = None,
) -> CommunicationRecord:
    """Store an agent's words, with the jobs that fetch their files. Inside the transaction that wants them.

    `revises`: the record whose words these replace; then `files` are those that are new with it.
    """
    record = _record(agent, words, direction, request, now, revises, answers)
    await add(record)
    if revises is None:  # the message that an edit changes is known by its first words
        await requests.add_link(request.id, record.id, words.external_id)
    for file in words.attachments if files is None else files:
        await _keep_file(file, record, request, words, now)
    return record


async def keep_note(agent: Agent, words: AgentWords, request: CustomerRequest, now: datetime) -> CommunicationRecord:
    """Store an agent's words as a note."""
    record = await keep(agent, words, Direction.NOTE, request, now)
    await requests.add_event(request.id, now, agent.name, "note")
    return record


def _record(
    agent: Agent,
    words: AgentWords,
    direction: Direction,
    request: CustomerRequest,
    now: datetime,
    revises: int | None,
    answers: int | None,
) -> CommunicationRecord:
    return CommunicationRecord(
        request=request,
        direction=direction,
        channel=NOTES if direction is Direction.NOTE else request.channel,
        dedupe_key=dedupe_key(words.key),
        text=words.text or words.line,
        # What stands for a file is not his words, and must never become its caption.
        reply_text=words.text or ("" if words.attachments else words.line),
        author=agent.name,
        agent=agent,
        at=now,
        sent_at=words.said_at,
        threaded_by="an agent wrote it in the request's topic",
        verified=True,
        origin=words.origin,
        form=words.form,
        marks=as_rows(words.marks),
        album=words.album if revises is None else None,
        revises=revises,
        answers=answers,
        quote=words.quote,
        flags=["edited"] if revises is not None else [],
    )


async def _keep_file(
    file: Attachment, record: CommunicationRecord, request: CustomerRequest, words: AgentWords, now: datetime
) -> None:
    attachment = StoredAttachment(
        record=record,
        filename=file.filename,
        content_type=file.content_type[:255],
        size=file.size,
        remote_id=file.remote_id,
        error=file.error,
    )
    await add(attachment)
    if file.error is None:
        await jobs.fetch(attachment, record, request, words.channel, words.account, now)
