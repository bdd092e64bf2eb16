"""What customers want, and what became of it: requests, who takes part, cases, changes."""

from __future__ import annotations

from datetime import date, datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from storage.kinds import CaseStatus, CaseType, Priority, Status
from storage.models.columns import one_of, text_or_null
from storage.models.people import Agent, Customer


class CustomerRequest(Model):
    """What a customer wants of us, from the first message to its resolution."""

    id = fields.BigIntField(primary_key=True)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField("storage.Customer", "requests")
    customer_id: int
    channel: fields.Field[str] = fields.CharField(max_length=32)
    account: fields.Field[str] = fields.CharField(max_length=512)  # which of our addresses it came to and answers from
    reply_to: fields.Field[str] = fields.CharField(max_length=512)  # where answers go
    subject: fields.Field[str] = fields.TextField(default="")
    status: fields.Field[Status] = one_of(Status, Status.NEW)
    category: fields.Field[str] = fields.CharField(max_length=64, default="unsorted")
    category_confidence: fields.Field[float] = fields.FloatField(default=0.0)
    category_reasons: fields.Field[list[str]] = fields.JSONField(default=list)
    priority: fields.Field[Priority] = one_of(Priority, Priority.NORMAL)
    priority_reasons: fields.Field[list[str]] = fields.JSONField(default=list)
    # What it may be about, the likeliest first, as [category, probability], and which version of the model said so.
    # Version 0 comes with the program; null: no model was asked.
    category_choices: fields.Field[list[list[object]] | None] = fields.JSONField(null=True)
    category_model: fields.Field[int | None] = fields.BigIntField(null=True)
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


class AfterSalesCase(Model):
    """Goods that come back, or money that goes back."""

    id = fields.BigIntField(primary_key=True)
    request: fields.OneToOneRelation[CustomerRequest] = fields.OneToOneField("storage.CustomerRequest", "case")
    request_id: int
    type: fields.Field[CaseType] = one_of(CaseType)
    order_number: fields.Field[str | None] = text_or_null()
    product_number: fields.Field[str | None] = text_or_null()
    serial_number: fields.Field[str | None] = fields.CharField(max_length=64, null=True)
    model: fields.Field[str | None] = text_or_null()
    purchased_on: fields.Field[date | None] = fields.DateField(null=True)
    warranty_until: fields.Field[date | None] = fields.DateField(null=True)
    status: fields.Field[CaseStatus] = one_of(CaseStatus)
    missing: fields.Field[list[str]] = fields.JSONField(default=list)
    created_at: fields.Field[datetime] = fields.DatetimeField()
    updated_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    # Where each fact is from: "record 12", "form", "agent 3". What an agent has set is never overwritten.
    sources: fields.Field[dict[str, str] | None] = fields.JSONField(null=True)
    # When its customer was asked for what is missing, which question of the form is before him, and what he skipped.
    asked_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    asking: fields.Field[str | None] = fields.CharField(max_length=32, null=True)
    skipped: fields.Field[list[str] | None] = fields.JSONField(null=True)
    questions: fields.Field[list[str] | None] = fields.JSONField(null=True)  # all that he was asked, as it was numbered
    decision: fields.Field[str | None] = text_or_null()  # why it was approved or refused, as the customer reads it
    return_until: fields.Field[date | None] = fields.DateField(null=True)  # how long the goods may come back for money
    repeats: fields.Field[int | None] = fields.BigIntField(null=True)  # an earlier case of the same serial number

    class Meta:
        table = "after_sales_case"
        indexes = (
            Index(fields=("serial_number",), name="case_by_serial_number"),
            Index(fields=("status",), name="case_by_status"),
        )


class FoundFact(Model):
    """A fact that was read out of a record, and where it stands there: subject, a line break, the new words."""

    id = fields.BigIntField(primary_key=True)
    request: fields.ForeignKeyNullableRelation[CustomerRequest] = fields.ForeignKeyField(
        "storage.CustomerRequest", "facts", null=True
    )
    request_id: int | None
    record_id: fields.Field[int] = fields.BigIntField()
    kind: fields.Field[str] = fields.CharField(max_length=32)
    value: fields.Field[str] = fields.TextField()
    start: fields.Field[int] = fields.IntField()
    end: fields.Field[int] = fields.IntField()
    confidence: fields.Field[float] = fields.FloatField()

    class Meta:
        table = "found_fact"
        indexes = (
            Index(fields=("request_id",), name="fact_by_request"),
            Index(fields=("record_id",), name="fact_by_record"),
        )


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
    before: fields.Field[str | None] = text_or_null()
    after: fields.Field[str | None] = text_or_null()

    class Meta:
        table = "event"
        indexes = (Index(fields=("request_id",), name="event_by_request"),)
