"""Who writes to us and who answers: customers, their addresses, agents."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from storage.kinds import Role
from storage.models.columns import one_of, text_or_null


class Customer(Model):
    """A person who writes to us."""

    id = fields.BigIntField(primary_key=True)
    name: fields.Field[str] = fields.TextField(default="")
    language: fields.Field[str | None] = fields.CharField(max_length=16, null=True)
    chosen_language: fields.Field[str | None] = fields.CharField(max_length=16, null=True)  # said so himself
    phone: fields.Field[str | None] = fields.CharField(max_length=64, null=True)
    postal_address: fields.Field[str | None] = text_or_null()
    email: fields.Field[str | None] = fields.CharField(max_length=512, null=True)  # as he wrote it; proves nothing
    # Where name, phone, postal_address and email are from: "record 12", "shared contact", "agent 3".
    sources: fields.Field[dict[str, str] | None] = fields.JSONField(null=True)
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
    unreachable: fields.Field[str | None] = text_or_null()  # why nothing reaches him there at present
    reached_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)  # when he last shut or opened the door
    refreshed_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)  # name and username, last looked at
    # Which request his next message is for, when he has said so: 0 is a new one. And the link by which he came.
    next_request: fields.Field[int | None] = fields.BigIntField(null=True)
    chosen_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    came_by: fields.Field[str | None] = text_or_null()
    # An agent has blocked him here: what he writes is kept, and nobody is told and nothing answered.
    blocked_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    blocked_by: fields.Field[str | None] = text_or_null()
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
    role: fields.Field[Role] = one_of(Role, Role.AGENT)
    active: fields.Field[bool] = fields.BooleanField(default=True)
    created_at: fields.Field[datetime] = fields.DatetimeField()

    class Meta:
        table = "agent"
