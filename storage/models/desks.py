"""How it stands with the agents' forum and with the bots that write into it."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from storage.kinds import TopicState
from storage.models.columns import one_of, text_or_null
from storage.models.requests import CustomerRequest


class Desk(Model):
    """An agents' forum group, and how it stands with it."""

    id = fields.BigIntField(primary_key=True)
    bot: fields.Field[str] = fields.CharField(max_length=32)
    desk: fields.Field[str] = fields.CharField(max_length=32)
    trouble: fields.Field[str | None] = text_or_null()  # what is wrong with it, in words, or null
    since: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    board: fields.Field[str | None] = fields.CharField(max_length=32, null=True)  # the summary's message in General
    moved_to: fields.Field[str | None] = fields.CharField(max_length=32, null=True)  # the supergroup it has become

    class Meta:
        table = "desk"
        unique_together = (("bot", "desk"),)


class DeskTopic(Model):
    """A request's place on a desk. `bot` and `desk` are in the key, so that several of both can come."""

    id = fields.BigIntField(primary_key=True)
    request: fields.ForeignKeyRelation[CustomerRequest] = fields.ForeignKeyField("storage.CustomerRequest", "topics")
    request_id: int
    bot: fields.Field[str] = fields.CharField(max_length=32)
    desk: fields.Field[str] = fields.CharField(max_length=32)
    thread: fields.Field[str | None] = fields.CharField(max_length=32, null=True)
    card: fields.Field[str | None] = fields.CharField(max_length=32, null=True)  # the card's message
    state: fields.Field[TopicState] = one_of(TopicState, TopicState.CREATING)
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


class Lease(Model):
    """Which process does what only one may do at a time: "poll:<bot>", "send:<bot>". By the database's own clock."""

    id = fields.BigIntField(primary_key=True)
    name: fields.Field[str] = fields.CharField(max_length=128, unique=True)
    owner: fields.Field[str] = fields.CharField(max_length=64)
    until: fields.Field[datetime] = fields.DatetimeField()
    fence: fields.Field[int] = fields.IntField(default=0)  # raised each time that it changes hands

    class Meta:
        table = "lease"
