"""Turn a row of the outbox into what a channel sends. What must not leave the house ends here, whoever queued it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.message import Choice, Outbound, Part, StoredFile, Undeliverable
from intake.words.marks import from_rows
from storage import answers, deliveries, links, requests
from storage.kinds import DeliveryKind, Direction
from storage.models import CommunicationRecord, Delivery, StoredAttachment

# Jobs that carry an agent's words to people, or tell what he has done; and those that leave by themselves.
WORDS = (DeliveryKind.REPLY, DeliveryKind.STEP, DeliveryKind.EDIT)
OURS = (DeliveryKind.ACKNOWLEDGEMENT, DeliveryKind.QUESTION, DeliveryKind.GREETING)
TO_PEOPLE = (*WORDS, DeliveryKind.RECALL, *OURS)


@dataclass(frozen=True, slots=True)
class Content:
    """What of an outgoing message its record holds, and not its job."""

    form: str | None = None
    origin: str | None = None
    files: tuple[StoredFile, ...] = ()
    album: tuple[Part, ...] = ()
    in_reply_to: str | None = None


async def outgoing(delivery: Delivery) -> Outbound:
    """A delivery as its channel reads it, with the files that go with an agent's words.

    Raises Undeliverable for a note, for words that have become one, and for what an agent has taken back.
    """
    found = await _content(delivery)
    return Outbound(
        delivery=delivery.id,
        kind=delivery.kind,
        channel=delivery.channel,
        account=delivery.account,
        to=delivery.recipient,
        attempt=delivery.attempts,
        request=delivery.request_id,
        record=delivery.record_id,
        subject=delivery.subject,
        text=delivery.text,
        html=delivery.html,
        message_id=delivery.message_id,
        in_reply_to=delivery.in_reply_to or found.in_reply_to,
        references=tuple(delivery.references),
        addressed_to=delivery.addressed_to,
        cc=tuple(delivery.cc or ()),
        automatic=delivery.kind in (DeliveryKind.ACKNOWLEDGEMENT, DeliveryKind.QUESTION),
        origin=found.origin,
        files=found.files,
        form=found.form,
        album=found.album,
        marks=from_rows(delivery.marks),
        quote=delivery.quote,
        concerns=delivery.concerns,
        choices=tuple(Choice(words, token) for words, token in delivery.choices or ()),
        sent_parts=await deliveries.parts_sent(delivery.id) if delivery.attempts > 1 else (),
    )


async def _content(delivery: Delivery) -> Content:
    if delivery.kind not in TO_PEOPLE or delivery.record_id is None:
        return Content()
    record = await requests.record_with_files(delivery.record_id)
    if record is None or record.direction is Direction.NOTE:
        raise Undeliverable("this is a note, and notes never leave")
    if delivery.kind not in WORDS:
        return Content()
    parts = await answers.leaving_with(record) if delivery.kind is not DeliveryKind.EDIT else [record]
    roots = {part.revises or part.id for part in parts}
    versions = await answers.versions(roots)
    if any(one.direction is Direction.NOTE for one in (*parts, *versions)):
        raise Undeliverable("these words have become a note, and notes never leave")
    gone = await answers.taken_back(roots)
    kept = [part for part in parts if (part.revises or part.id) not in gone]
    if not kept:
        raise Undeliverable("an agent has taken it back")
    if delivery.kind is DeliveryKind.EDIT:
        newer = [one for one in versions if one.attachments]
        return _single(newer[-1] if newer else record, files=bool(newer))
    answered = await _answered(delivery, record)
    if len(kept) == 1:
        return replace(_single(answers.newest_file(kept[0], versions)), in_reply_to=answered)
    alone = sum(1 for part in kept if answers.newest(part, versions).reply_text) == 1
    album = tuple(_part(part, versions, delivery, alone=alone) for part in kept)
    return Content(files=tuple(file for part in album for file in part.files), album=album, in_reply_to=answered)


def _single(record: CommunicationRecord, *, files: bool = True) -> Content:
    return Content(record.form, record.origin, _files(record) if files else ())


def _part(
    part: CommunicationRecord, versions: Sequence[CommunicationRecord], delivery: Delivery, *, alone: bool
) -> Part:
    """A part of an album in its newest words; with the template around them where no other part has any."""
    words, file = answers.newest(part, versions), answers.newest_file(part, versions)
    templated = alone and bool(words.reply_text) and bool(delivery.text)
    return Part(
        record=part.id,
        form=file.form,
        origin=part.origin,
        text=delivery.text if templated else words.reply_text,
        marks=from_rows(delivery.marks if templated else words.marks),
        files=_files(file),
    )


def _files(record: CommunicationRecord) -> tuple[StoredFile, ...]:
    return tuple(_file(file) for file in record.attachments)


def _file(file: StoredAttachment) -> StoredFile:
    return StoredFile(
        attachment=file.id,
        filename=file.filename or "file",
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256 if file.stored else None,
        remote_id=file.remote_id,
        error=file.error,
    )


async def _answered(delivery: Delivery, record: CommunicationRecord) -> str | None:
    """The message at the customer that an answer to one of our own refers to."""
    if delivery.in_reply_to is not None or record.answers is None:
        return None
    return await links.first_in(record.answers, f"{delivery.account}:{delivery.recipient}:")
