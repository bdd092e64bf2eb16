"""The tables. Each class says what one row is; nothing here acts."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from storage.kinds import (
    CaseStatus,
    CaseType,
    DeliveryKind,
    DeliveryState,
    Direction,
    Priority,
    Role,
    Status,
    TopicState,
)

K = TypeVar("K", bound=StrEnum)


def _text_or_null() -> fields.Field[str | None]:
    return fields.TextField(null=True)  # type: ignore[return-value]  # the stub of TextField does not know null


def _kind(kind: type[K], default: K | None = None) -> fields.Field[K]:
    # A description of our own: the stock one lists the members, so that each new member would rebuild the table.
    given = {} if default is None else {"default": default}
    return fields.CharEnumField(kind, description="see storage/kinds.py", max_length=16, **given)


class Customer(Model):
    """A person who writes to us."""

    id = fields.BigIntField(primary_key=True)
    name: fields.Field[str] = fields.TextField(default="")
    language: fields.Field[str | None] = fields.CharField(max_length=16, null=True)
    chosen_language: fields.Field[str | None] = fields.CharField(max_length=16, null=True)  # said so himself
    phone: fields.Field[str | None] = fields.CharField(max_length=64, null=True)
    postal_address: fields.Field[str | None] = _text_or_null()
    created_at: fields.Field[datetime] = fields.DatetimeField()

    addresses: fields.ReverseRelation[Address]

    class Meta:
        table = "customer"


class Address(Model):
    """Where a customer is reached on one channel, and who he is there."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("storage.Customer", "addresses")
    customer_id: int
    channel: fields.Field[str] = fields.CharField(max_length=32)
    value: fields.Field[str] = fields.CharField(max_length=512)  # mail addresses lower-cased
    verified: fields.Field[bool] = fields.BooleanField(default=False)
    username: fields.Field[str | None] = fields.CharField(max_length=64, null=True)  # what the wire calls him besides
    language: fields.Field[str | None] = fields.CharField(max_length=16, null=True)  # what the wire says he reads
    unreachable: fields.Field[str | None] = _text_or_null()  # why nothing reaches him there at present
    reached_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)  # when he last shut or opened the door
    refreshed_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)  # name and username, last looked at
    # Which request his next message is for, when he has said so: 0 is a new one. And the link by which he came.
    next_request: fields.Field[int | None] = fields.BigIntField(null=True)
    chosen_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    came_by: fields.Field[str | None] = _text_or_null()
    created_at: fields.Field[datetime] = fields.DatetimeField()

    class Meta:
        table = "address"
        unique_together = (("channel", "value"),)
        indexes = (Index(fields=("customer_id",), name="address_by_customer"),)


class Agent(Model):
    """Someone of ours who answers. `identity` is his name on the desk's wire (a numeric Telegram id)."""

    id = fields.BigIntField(primary_key=True)
    identity: fields.Field[str] = fields.CharField(max_length=64, unique=True)
    name: fields.Field[str] = fields.TextField(default="")
    role: fields.Field[Role] = _kind(Role, Role.AGENT)
    active: fields.Field[bool] = fields.BooleanField(default=True)
    created_at: fields.Field[datetime] = fields.DatetimeField()

    class Meta:
        table = "agent"


class CustomerRequest(Model):
    """What a customer wants of us, from the first message to its resolution."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("storage.Customer", "requests")
    customer_id: int
    channel: fields.Field[str] = fields.CharField(max_length=32)
    account: fields.Field[str] = fields.CharField(max_length=512)  # which of our addresses it came to and answers from
    reply_to: fields.Field[str] = fields.CharField(max_length=512)  # where answers go
    subject: fields.Field[str] = fields.TextField(default="")
    status: fields.Field[Status] = _kind(Status, Status.NEW)
    category: fields.Field[str] = fields.CharField(max_length=64, default="unsorted")
    category_confidence: fields.Field[float] = fields.FloatField(default=0.0)
    category_reasons: fields.Field[list[str]] = fields.JSONField(default=list)
    priority: fields.Field[Priority] = _kind(Priority, Priority.NORMAL)
    priority_reasons: fields.Field[list[str]] = fields.JSONField(default=list)
    tags: fields.Field[list[str]] = fields.JSONField(default=list)
    flags: fields.Field[list[str]] = fields.JSONField(default=list)  # what an agent should be wary of
    language: fields.Field[str | None] = fields.CharField(max_length=16, null=True)
    assignee: fields.ForeignKeyNullableRelation[Agent] = fields.ForeignKeyField(
        "storage.Agent", "requests", null=True, on_delete=fields.SET_NULL
    )
    assignee_id: int | None
    created_at: fields.Field[datetime] = fields.DatetimeField()
    updated_at: fields.Field[datetime] = fields.DatetimeField()
    first_response_due_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    first_responded_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    waiting_since: fields.Field[datetime | None] = fields.DatetimeField(null=True)  # the customer waits for us
    resolved_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    snoozed_until: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    # The request that its first message points at without being allowed into it; an agent may join the two.
    linked_to: fields.Field[int | None] = fields.BigIntField(null=True)
    # Raised by whatever changes what the card's buttons mean: a press on an older card is refused.
    version: fields.Field[int | None] = fields.IntField(null=True)

    participants: fields.ReverseRelation[Participant]

    class Meta:
        table = "customer_request"
        indexes = (
            Index(fields=("customer_id", "status"), name="request_by_customer"),
            Index(fields=("status", "updated_at"), name="request_by_status"),
        )


class CommunicationRecord(Model):
    """One message or note, as it was. Rows are only added."""

    id = fields.BigIntField(primary_key=True)
    # A robot's report that belongs to no request has none.
    request: fields.ForeignKeyNullableRelation[CustomerRequest] = fields.ForeignKeyField(
        "storage.CustomerRequest", "records", null=True
    )
    request_id: int | None
    direction: fields.Field[Direction] = _kind(Direction)
    channel: fields.Field[str] = fields.CharField(max_length=32)
    # "channel:key" of the wire, the same for every copy of the same message. Unique: nothing is stored twice.
    dedupe_key: fields.Field[str | None] = fields.CharField(max_length=160, null=True, unique=True)
    external_id: fields.Field[str | None] = _text_or_null()
    subject: fields.Field[str] = fields.TextField(default="")
    text: fields.Field[str] = fields.TextField()
    reply_text: fields.Field[str] = fields.TextField(default="")
    html: fields.Field[str | None] = _text_or_null()
    author: fields.Field[str] = fields.TextField(default="")
    agent: fields.ForeignKeyNullableRelation[Agent] = fields.ForeignKeyField(
        "storage.Agent", "records", null=True, on_delete=fields.SET_NULL
    )
    agent_id: int | None
    at: fields.Field[datetime] = fields.DatetimeField()  # our clock
    sent_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)  # the sender's clock, for display
    threaded_by: fields.Field[str] = fields.TextField(default="")  # why it is in this request
    verified: fields.Field[bool] = fields.BooleanField(default=False)
    checked: fields.Field[str | None] = _text_or_null()  # how the sender was checked, and what came of it
    conversation: fields.Field[str | None] = fields.CharField(max_length=64, null=True)  # the wire's own name of it
    origin: fields.Field[str | None] = _text_or_null()  # where the wire can copy it from, whole
    form: fields.Field[str | None] = fields.CharField(max_length=24, null=True)  # "text", "photo", "poll" …
    marks: fields.Field[list[dict[str, object]] | None] = fields.JSONField(
        null=True
    )  # formatting, as intake.marks has it
    album: fields.Field[str | None] = fields.CharField(
        max_length=64, null=True
    )  # what the wire calls the album it is of
    # The record whose words this one replaces (an edit), and the record that it replies to, with the words it quotes.
    revises: fields.Field[int | None] = fields.BigIntField(null=True)
    answers: fields.Field[int | None] = fields.BigIntField(null=True)
    quote: fields.Field[str | None] = _text_or_null()
    flags: fields.Field[list[str]] = fields.JSONField(default=list)
    defects: fields.Field[list[str]] = fields.JSONField(default=list)
    # Up to 64 KiB, so that an ordinary mail costs one sync; larger ones lie in the file store by their sha256.
    raw_content: fields.Field[bytes | None] = fields.BinaryField(null=True)
    raw_sha256: fields.Field[str | None] = fields.CharField(max_length=64, null=True)
    raw_size: fields.Field[int] = fields.BigIntField(default=0)

    attachments: fields.ReverseRelation[StoredAttachment]

    class Meta:
        table = "communication_record"
        indexes = (
            Index(fields=("request_id", "id"), name="record_by_request"),
            Index(fields=("external_id",), name="record_by_external_id"),
            Index(fields=("conversation",), name="record_by_conversation"),
            Index(fields=("album",), name="record_by_album"),
            Index(fields=("revises",), name="record_by_revised"),
        )


class StoredAttachment(Model):
    """A file of a record. Its bytes lie by `sha256` in the file store once `stored`."""

    id = fields.BigIntField(primary_key=True)
    record: fields.ForeignKeyRelation[CommunicationRecord] = fields.ForeignKeyField(
        "storage.CommunicationRecord", "attachments"
    )
    record_id: int
    filename: fields.Field[str | None] = _text_or_null()
    content_type: fields.Field[str] = fields.CharField(max_length=255)
    size: fields.Field[int] = fields.BigIntField(default=0)
    sha256: fields.Field[str | None] = fields.CharField(max_length=64, null=True)
    stored: fields.Field[bool] = fields.BooleanField(default=False)
    inline: fields.Field[bool] = fields.BooleanField(default=False)
    content_id: fields.Field[str | None] = _text_or_null()
    remote_id: fields.Field[str | None] = _text_or_null()  # the wire's handle, to fetch it by
    error: fields.Field[str | None] = _text_or_null()  # why it could not be stored

    class Meta:
        table = "attachment"
        indexes = (Index(fields=("record_id",), name="attachment_by_record"),)


class AfterSalesCase(Model):
    """Goods that come back, or money that goes back."""

    id = fields.BigIntField(primary_key=True)
    request: fields.OneToOneRelation[CustomerRequest] = fields.OneToOneField("storage.CustomerRequest", "case")
    request_id: int
    type: fields.Field[CaseType] = _kind(CaseType)
    order_number: fields.Field[str | None] = _text_or_null()
    product_number: fields.Field[str | None] = _text_or_null()
    model: fields.Field[str | None] = _text_or_null()
    purchased_on: fields.Field[date | None] = fields.DateField(null=True)
    warranty_until: fields.Field[date | None] = fields.DateField(null=True)
    status: fields.Field[CaseStatus] = _kind(CaseStatus)
    missing: fields.Field[list[str]] = fields.JSONField(default=list)
    created_at: fields.Field[datetime] = fields.DatetimeField()

    class Meta:
        table = "after_sales_case"


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
    kind: fields.Field[DeliveryKind] = _kind(DeliveryKind)
    channel: fields.Field[str] = fields.CharField(max_length=32)
    account: fields.Field[str] = fields.CharField(max_length=512, default="")
    recipient: fields.Field[str] = fields.CharField(max_length=512, default="")
    # Jobs of one conversation leave one at a time, oldest first.
    conversation: fields.Field[str] = fields.CharField(max_length=160)
    priority: fields.Field[int] = fields.SmallIntField(default=5)  # 0 leaves first
    subject: fields.Field[str] = fields.TextField(default="")
    text: fields.Field[str] = fields.TextField(default="")
    html: fields.Field[str | None] = _text_or_null()
    message_id: fields.Field[str | None] = _text_or_null()  # fixed here; each attempt carries the same
    in_reply_to: fields.Field[str | None] = _text_or_null()
    references: fields.Field[list[str]] = fields.JSONField(default=list)
    # A copy names the customer as its addressee; both are null in a message to him alone.
    addressed_to: fields.Field[str | None] = fields.CharField(max_length=512, null=True)
    cc: fields.Field[list[str] | None] = fields.JSONField(null=True)
    marks: fields.Field[list[dict[str, object]] | None] = fields.JSONField(null=True)  # formatting of the text
    quote: fields.Field[str | None] = _text_or_null()  # the words of `in_reply_to` that it quotes
    concerns: fields.Field[int | None] = fields.BigIntField(null=True)  # the delivery that a notice is about
    choices: fields.Field[list[list[str]] | None] = fields.JSONField(
        null=True
    )  # what its reader can pick: words, token
    state: fields.Field[DeliveryState] = _kind(DeliveryState, DeliveryState.QUEUED)
    attempts: fields.Field[int] = fields.IntField(default=0)  # raised when the job is claimed, before the work
    due_at: fields.Field[datetime] = fields.DatetimeField()
    lease_owner: fields.Field[str | None] = fields.CharField(max_length=64, null=True)
    lease_until: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    fence: fields.Field[int] = fields.IntField(default=0)  # a slow owner's settlement is refused by it
    last_error: fields.Field[str | None] = _text_or_null()
    external_id: fields.Field[str | None] = _text_or_null()  # the wire's ids, space separated
    queued_at: fields.Field[datetime] = fields.DatetimeField()
    sent_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery"
        indexes = (
            Index(fields=("state", "priority", "id"), name="delivery_due"),
            Index(fields=("conversation", "state", "id"), name="delivery_order"),
            Index(fields=("kind", "queued_at"), name="delivery_budget"),
            Index(fields=("kind", "recipient", "queued_at"), name="delivery_recipient"),
            Index(fields=("request_id", "id"), name="delivery_by_request"),
            Index(fields=("record_id",), name="delivery_by_record"),
            Index(fields=("message_id",), name="delivery_by_message_id"),
            Index(fields=("channel", "state", "priority", "id"), name="delivery_by_channel"),
        )


class DeskTopic(Model):
    """A request's place on a desk. `bot` and `desk` are in the key, so that several of both can come."""

    id = fields.BigIntField(primary_key=True)
    request: fields.ForeignKeyRelation[CustomerRequest] = fields.ForeignKeyField("storage.CustomerRequest", "topics")
    request_id: int
    bot: fields.Field[str] = fields.CharField(max_length=32)
    desk: fields.Field[str] = fields.CharField(max_length=32)
    thread: fields.Field[str | None] = fields.CharField(max_length=32, null=True)
    card: fields.Field[str | None] = fields.CharField(max_length=32, null=True)  # the card's message
    state: fields.Field[TopicState] = _kind(TopicState, TopicState.CREATING)
    # What the wire shows now, as far as we have set or heard it; null: not known.
    name: fields.Field[str | None] = fields.CharField(max_length=128, null=True)
    icon: fields.Field[str | None] = fields.CharField(max_length=64, null=True)
    closed: fields.Field[bool | None] = fields.BooleanField(null=True)
    title: fields.Field[str | None] = fields.CharField(max_length=128, null=True)  # an agent's own words for the name
    created_at: fields.Field[datetime] = fields.DatetimeField()

    class Meta:
        table = "desk_topic"
        unique_together = (("request_id", "bot", "desk"),)
        indexes = (Index(fields=("desk", "thread"), name="topic_by_thread"),)


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
            Index(fields=("record_id",), name="link_by_record"),
            Index(fields=("delivery_id",), name="link_by_delivery"),
        )


class Desk(Model):
    """An agents' forum group, and how it stands with it."""

    id = fields.BigIntField(primary_key=True)
    bot: fields.Field[str] = fields.CharField(max_length=32)
    desk: fields.Field[str] = fields.CharField(max_length=32)
    trouble: fields.Field[str | None] = _text_or_null()  # what is wrong with it, in words, or null
    since: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    board: fields.Field[str | None] = fields.CharField(max_length=32, null=True)  # the summary's message in General
    moved_to: fields.Field[str | None] = fields.CharField(max_length=32, null=True)  # the supergroup it has become

    class Meta:
        table = "desk"
        unique_together = (("bot", "desk"),)


class BotState(Model):
    """What must be remembered of a bot between two runs."""

    id = fields.BigIntField(primary_key=True)
    bot: fields.Field[str] = fields.CharField(max_length=32, unique=True)
    heard_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)  # Telegram last had nothing more for us
    menus: fields.Field[str | None] = fields.CharField(max_length=64, null=True)  # a hash of the commands it shows

    class Meta:
        table = "bot_state"


class Pace(Model):
    """How fast a bot may write into a chat, as learnt from the wire's refusals."""

    id = fields.BigIntField(primary_key=True)
    bot: fields.Field[str] = fields.CharField(max_length=32)
    chat: fields.Field[str] = fields.CharField(max_length=32)
    family: fields.Field[str] = fields.CharField(max_length=16)  # the methods that share a limit
    per_minute: fields.Field[float] = fields.FloatField()
    tokens: fields.Field[float] = fields.FloatField()  # messages that may go at once, at `at`
    at: fields.Field[datetime] = fields.DatetimeField()
    paused_until: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta:
        table = "pace"
        unique_together = (("bot", "chat", "family"),)


class Participant(Model):
    """Somebody besides the customer who may add to a request: the customer or an agent named him. Never a reader."""

    id = fields.BigIntField(primary_key=True)
    request: fields.ForeignKeyRelation[CustomerRequest] = fields.ForeignKeyField(
        "storage.CustomerRequest", "participants"
    )
    request_id: int
    channel: fields.Field[str] = fields.CharField(max_length=32)
    value: fields.Field[str] = fields.CharField(max_length=512)  # mail addresses lower-cased
    name: fields.Field[str] = fields.TextField(default="")
    added_by: fields.Field[str] = fields.TextField(default="")
    added_at: fields.Field[datetime] = fields.DatetimeField()

    class Meta:
        table = "participant"
        unique_together = (("request_id", "channel", "value"),)


class AwaitedMessage(Model):
    """A message that an earlier one answers and that has not come yet. It will belong to the same request."""

    id = fields.BigIntField(primary_key=True)
    request: fields.ForeignKeyRelation[CustomerRequest] = fields.ForeignKeyField("storage.CustomerRequest", "awaited")
    request_id: int
    external_id: fields.Field[str] = fields.CharField(max_length=512)

    class Meta:
        table = "awaited_message"
        unique_together = (("external_id", "request_id"),)
        indexes = (Index(fields=("request_id",), name="awaited_by_request"),)


class Event(Model):
    """One change of a request: who did what, when. The audit trail."""

    id = fields.BigIntField(primary_key=True)
    request: fields.ForeignKeyNullableRelation[CustomerRequest] = fields.ForeignKeyField(
        "storage.CustomerRequest", "events", null=True
    )
    request_id: int | None
    at: fields.Field[datetime] = fields.DatetimeField()
    actor: fields.Field[str] = fields.TextField()
    what: fields.Field[str] = fields.CharField(max_length=64)
    before: fields.Field[str | None] = _text_or_null()
    after: fields.Field[str | None] = _text_or_null()

    class Meta:
        table = "event"
        indexes = (Index(fields=("request_id",), name="event_by_request"),)


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
