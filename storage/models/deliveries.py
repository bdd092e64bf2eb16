"""What leaves, and by which messages of the wire it is known."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from storage import traces
from storage.kinds import DeliveryKind, DeliveryState
from storage.models.columns import OnlyOne, one_of, text_or_null
from storage.models.records import CommunicationRecord, StoredAttachment
from storage.models.requests import CustomerRequest


class Delivery(Model):
    """One outgoing job. The only rows that change while they are worked on."""

    id = fields.BigIntField(primary_key=True)
    request: fields.ForeignKeyNullableRelation[CustomerRequest] = fields.ForeignKeyField(
        "storage.CustomerRequest", "deliveries", null=True
    )
    request_id: int | None
    record: fields.ForeignKeyNullableRelation[CommunicationRecord] = fields.ForeignKeyField(
        "storage.CommunicationRecord", "deliveries", null=True
    )
    record_id: int | None
    attachment: fields.ForeignKeyNullableRelation[StoredAttachment] = fields.ForeignKeyField(
        "storage.StoredAttachment", "deliveries", null=True
    )
    attachment_id: int | None
    kind: fields.Field[DeliveryKind] = one_of(DeliveryKind)
    channel: fields.Field[str] = fields.CharField(max_length=32)
    account: fields.Field[str] = fields.CharField(max_length=512, default="")
    recipient: fields.Field[str] = fields.CharField(max_length=512, default="")
    # Jobs of one conversation leave one at a time, oldest first.
    conversation: fields.Field[str] = fields.CharField(max_length=160)
    priority: fields.Field[int] = fields.SmallIntField(default=5)  # 0 leaves first
    subject: fields.Field[str] = fields.TextField(default="")
    text: fields.Field[str] = fields.TextField(default="")
    html: fields.Field[str | None] = text_or_null()
    message_id: fields.Field[str | None] = text_or_null()  # fixed here; each attempt carries the same
    in_reply_to: fields.Field[str | None] = text_or_null()
    references: fields.Field[list[str]] = fields.JSONField(default=list)
    # A copy names the customer as its addressee; both are null in a message to him alone.
    addressed_to: fields.Field[str | None] = fields.CharField(max_length=512, null=True)
    cc: fields.Field[list[str] | None] = fields.JSONField(null=True)
    marks: fields.Field[list[dict[str, object]] | None] = fields.JSONField(null=True)  # formatting of the text
    quote: fields.Field[str | None] = text_or_null()  # the words of `in_reply_to` that it quotes
    concerns: fields.Field[int | None] = fields.BigIntField(null=True)  # the delivery that a notice is about
    choices: fields.Field[list[list[str]] | None] = fields.JSONField(
        null=True
    )  # what its reader can pick: words, token
    state: fields.Field[DeliveryState] = one_of(DeliveryState, DeliveryState.QUEUED)
    attempts: fields.Field[int] = fields.IntField(default=0)  # raised when the job is claimed, before the work
    due_at: fields.Field[datetime] = fields.DatetimeField()
    lease_owner: fields.Field[str | None] = fields.CharField(max_length=64, null=True)
    lease_until: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    fence: fields.Field[int] = fields.IntField(default=0)  # a slow owner's settlement is refused by it
    last_error: fields.Field[str | None] = text_or_null()
    external_id: fields.Field[str | None] = text_or_null()  # the wire's ids, space separated
    queued_at: fields.Field[datetime] = fields.DatetimeField()
    sent_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    # Of an acknowledgement: the organisation it goes to, whose budget it counts against.
    recipient_domain: fields.Field[str | None] = fields.CharField(max_length=255, null=True)
    # Of what came in and caused it.
    trace: fields.Field[str | None] = fields.CharField(max_length=traces.LONGEST, null=True, default=traces.current)

    class Meta:
        table = "delivery"
        indexes = (
            Index(fields=("state", "priority", "id"), name="delivery_due"),
            Index(fields=("conversation", "state", "id"), name="delivery_order"),
            Index(fields=("kind", "queued_at"), name="delivery_budget"),
            Index(fields=("kind", "recipient", "queued_at"), name="delivery_recipient"),
            Index(fields=("kind", "recipient_domain", "queued_at"), name="delivery_domain"),
            Index(fields=("request_id", "id"), name="delivery_by_request"),
            Index(fields=("record_id",), name="delivery_by_record"),
            # With the kind: where it is asked for too, SQLite takes an index of all jobs of a kind for the more exact.
            Index(fields=("record_id", "kind", "state"), name="delivery_of_record"),
            Index(fields=("concerns", "kind"), name="delivery_by_concerned"),
            Index(fields=("message_id",), name="delivery_by_message_id"),
            # The claim: the most urgent first, then what is due longest; what is put off is not looked at.
            Index(fields=("channel", "state", "priority", "due_at"), name="delivery_in_line"),
            # However many processes claim at the same instant, one job of a conversation is under way.
            OnlyOne(fields=("conversation",), name="delivery_under_way", condition={"state": "sending"}),
        )


class MessageLink(Model):
    """One wire message by which a record is known: the customer's own, each part we sent, each copy on the desk."""

    id = fields.BigIntField(primary_key=True)
    request: fields.ForeignKeyRelation[CustomerRequest] = fields.ForeignKeyField("storage.CustomerRequest", "links")
    request_id: int
    record: fields.ForeignKeyNullableRelation[CommunicationRecord] = fields.ForeignKeyField(
        "storage.CommunicationRecord", "links", null=True
    )
    record_id: int | None
    delivery: fields.ForeignKeyNullableRelation[Delivery] = fields.ForeignKeyField(
        "storage.Delivery", "links", null=True
    )
    delivery_id: int | None
    # "bot:chat:message", or the Message-ID of a mail of ours
    external_id: fields.Field[str] = fields.CharField(max_length=512, unique=True)
    form: fields.Field[str | None] = fields.CharField(max_length=16, null=True)  # "text", "caption", "file", "card"
    part: fields.Field[int | None] = fields.SmallIntField(null=True)  # which of the record's messages in its chat

    class Meta:
        table = "message_link"
        indexes = (
            Index(fields=("request_id", "form"), name="link_by_request"),
            Index(fields=("record_id",), name="link_by_record"),
            Index(fields=("delivery_id",), name="link_by_delivery"),
        )
