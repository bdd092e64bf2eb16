"""What was said: messages and notes as they were, their files, and what our code could not read."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from storage import traces
from storage.kinds import Direction
from storage.models.columns import one_of, text_or_null
from storage.models.people import Agent
from storage.models.requests import CustomerRequest


class CommunicationRecord(Model):
    """One message or note, as it was. Rows are only added."""

    id = fields.BigIntField(primary_key=True)
    # A robot's report that belongs to no request has none.
    request: fields.ForeignKeyNullableRelation[CustomerRequest] = fields.ForeignKeyField(
        "storage.CustomerRequest", "records", null=True
    )
    request_id: int | None
    direction: fields.Field[Direction] = one_of(Direction)
    channel: fields.Field[str] = fields.CharField(max_length=32)
    # "channel:key" of the wire, the same for every copy of the same message. Unique: nothing is stored twice.
    dedupe_key: fields.Field[str | None] = fields.CharField(max_length=160, null=True, unique=True)
    external_id: fields.Field[str | None] = text_or_null()
    subject: fields.Field[str] = fields.TextField(default="")
    text: fields.Field[str] = fields.TextField()
    reply_text: fields.Field[str] = fields.TextField(default="")
    html: fields.Field[str | None] = text_or_null()
    author: fields.Field[str] = fields.TextField(default="")
    agent: fields.ForeignKeyNullableRelation[Agent] = fields.ForeignKeyField(
        "storage.Agent", "records", null=True, on_delete=fields.SET_NULL
    )
    agent_id: int | None
    at: fields.Field[datetime] = fields.DatetimeField()  # our clock
    sent_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)  # the sender's clock, for display
    threaded_by: fields.Field[str] = fields.TextField(default="")  # why it is in this request
    verified: fields.Field[bool] = fields.BooleanField(default=False)
    checked: fields.Field[str | None] = text_or_null()  # how the sender was checked, and what came of it
    conversation: fields.Field[str | None] = fields.CharField(max_length=64, null=True)  # the wire's own name of it
    origin: fields.Field[str | None] = text_or_null()  # where the wire can copy it from, whole
    form: fields.Field[str | None] = fields.CharField(max_length=24, null=True)  # "text", "photo", "poll" …
    marks: fields.Field[list[dict[str, object]] | None] = fields.JSONField(
        null=True
    )  # formatting, as intake.words.marks has it
    album: fields.Field[str | None] = fields.CharField(
        max_length=64, null=True
    )  # what the wire calls the album it is of
    # The record whose words this one replaces (an edit), and the record that it replies to, with the words it quotes.
    revises: fields.Field[int | None] = fields.BigIntField(null=True)
    answers: fields.Field[int | None] = fields.BigIntField(null=True)
    quote: fields.Field[str | None] = text_or_null()
    flags: fields.Field[list[str]] = fields.JSONField(default=list)
    defects: fields.Field[list[str]] = fields.JSONField(default=list)
    # Up to 64 KiB, so that an ordinary mail costs one sync; larger ones lie in the file store by their sha256.
    raw_content: fields.Field[bytes | None] = fields.BinaryField(null=True)
    raw_sha256: fields.Field[str | None] = fields.CharField(max_length=64, null=True)
    raw_size: fields.Field[int] = fields.BigIntField(default=0)
    # What the log calls its way.
    trace: fields.Field[str | None] = fields.CharField(max_length=traces.LONGEST, null=True, default=traces.current)

    attachments: fields.ReverseRelation[StoredAttachment]

    class Meta:
        table = "communication_record"
        indexes = (
            Index(fields=("request_id", "id"), name="record_by_request"),
            Index(fields=("external_id",), name="record_by_external_id"),
            Index(fields=("conversation",), name="record_by_conversation"),
            Index(fields=("album", "revises"), name="record_by_album"),
            Index(fields=("revises",), name="record_by_revised"),
        )


class StoredAttachment(Model):
    """A file of a record. Its bytes lie by `sha256` in the file store once `stored`."""

    id = fields.BigIntField(primary_key=True)
    record: fields.ForeignKeyRelation[CommunicationRecord] = fields.ForeignKeyField(
        "storage.CommunicationRecord", "attachments"
    )
    record_id: int
    filename: fields.Field[str | None] = text_or_null()
    content_type: fields.Field[str] = fields.CharField(max_length=255)
    size: fields.Field[int] = fields.BigIntField(default=0)
    sha256: fields.Field[str | None] = fields.CharField(max_length=64, null=True)
    stored: fields.Field[bool] = fields.BooleanField(default=False)
    inline: fields.Field[bool] = fields.BooleanField(default=False)
    content_id: fields.Field[str | None] = text_or_null()
    remote_id: fields.Field[str | None] = text_or_null()  # the wire's handle, to fetch it by
    error: fields.Field[str | None] = text_or_null()  # why it could not be stored

    class Meta:
        table = "attachment"
        indexes = (Index(fields=("record_id",), name="attachment_by_record"),)


class Parked(Model):
    """An input that our own code could not handle: set aside whole, to be tried again after the fix."""

    id = fields.BigIntField(primary_key=True)
    channel: fields.Field[str] = fields.CharField(max_length=32)
    key: fields.Field[str] = fields.CharField(max_length=160, unique=True)
    at: fields.Field[datetime] = fields.DatetimeField()
    attempts: fields.Field[int] = fields.IntField(default=1)
    error: fields.Field[str] = fields.TextField()
    envelope: fields.Field[dict[str, str]] = fields.JSONField(default=dict)  # what the adapter needs to read it again
    raw_content: fields.Field[bytes | None] = fields.BinaryField(null=True)
    raw_sha256: fields.Field[str] = fields.CharField(max_length=64)
    replayed_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)  # set when a later attempt succeeded

    class Meta:
        table = "parked"
