"""What agents teach the categories, and the versions of the model that came of it."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from storage.models.columns import text_or_null
from storage.models.people import Agent
from storage.models.requests import CustomerRequest


class Label(Model):
    """What an agent says a request is about: he changed its category, or said that it is right. The last one counts."""

    id = fields.BigIntField(primary_key=True)
    request: fields.ForeignKeyRelation[CustomerRequest] = fields.ForeignKeyField("storage.CustomerRequest", "labels")
    request_id: int
    # The message whose words teach it. Its words are not copied: who erases a message erases what was learned from it.
    record_id: fields.Field[int | None] = fields.BigIntField(null=True)
    before: fields.Field[str] = fields.CharField(max_length=64)  # the verdict that he saw
    after: fields.Field[str] = fields.CharField(max_length=64)  # the same when he said that it is right; "": taken back
    model: fields.Field[int | None] = fields.BigIntField(null=True)  # the version whose verdict it was
    agent: fields.ForeignKeyNullableRelation[Agent] = fields.ForeignKeyField(
        "storage.Agent", "labels", null=True, on_delete=fields.SET_NULL
    )
    agent_id: int | None
    at: fields.Field[datetime] = fields.DatetimeField()

    class Meta:
        table = "label"
        indexes = (
            Index(fields=("request_id", "id"), name="label_by_request"),
            Index(fields=("at",), name="label_by_time"),
        )


class ModelVersion(Model):
    """One version of the model that tells categories: arrays and a vocabulary, never code."""

    id = fields.BigIntField(primary_key=True)
    created_at: fields.Field[datetime] = fields.DatetimeField()
    in_use_since: fields.Field[datetime | None] = fields.DatetimeField(null=True)  # the latest of them is in use
    labels: fields.Field[int] = fields.IntField()  # confirmed by agents, that it was made from
    last_label: fields.Field[int] = fields.BigIntField(default=0)  # the newest of these
    rows: fields.Field[int] = fields.IntField()  # in all, with those that come with the program
    backend: fields.Field[str] = fields.CharField(max_length=32)
    scores: fields.Field[dict[str, float]] = fields.JSONField(default=dict)
    basis: fields.Field[str] = fields.CharField(max_length=64)  # a fingerprint of the categories and the library
    refused: fields.Field[str | None] = text_or_null()  # why it was not taken into use
    sha256: fields.Field[str] = fields.CharField(max_length=64)  # of its content
    content: fields.Field[bytes] = fields.BinaryField()

    class Meta:
        table = "model_version"
        indexes = (Index(fields=("in_use_since",), name="model_in_use"),)
