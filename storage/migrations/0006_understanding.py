from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("storage", "0005_many_processes")]

    initial = False

    operations = [
        ops.CreateModel(
            name="FoundFact",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "request",
                    fields.ForeignKeyField(
                        "storage.CustomerRequest",
                        source_field="request_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="facts",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("record_id", fields.BigIntField()),
                ("kind", fields.CharField(max_length=32)),
                ("value", fields.TextField(unique=False)),
                ("start", fields.IntField()),
                ("end", fields.IntField()),
                ("confidence", fields.FloatField()),
            ],
            options={
                "table": "found_fact",
                "app": "storage",
                "indexes": [
                    Index(fields=["request_id"], name="fact_by_request"),
                    Index(fields=["record_id"], name="fact_by_record"),
                ],
                "pk_attr": "id",
                "table_description": "A fact that was read out of a record, and where it stands there: subject, a line break, the new words.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Label",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "request",
                    fields.ForeignKeyField(
                        "storage.CustomerRequest",
                        source_field="request_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="labels",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("record_id", fields.BigIntField(null=True)),
                ("before", fields.CharField(max_length=64)),
                ("after", fields.CharField(max_length=64)),
                ("model", fields.BigIntField(null=True)),
                (
                    "agent",
                    fields.ForeignKeyField(
                        "storage.Agent",
                        source_field="agent_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="labels",
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "label",
                "app": "storage",
                "indexes": [
                    Index(fields=["request_id", "id"], name="label_by_request"),
                    Index(fields=["at"], name="label_by_time"),
                ],
                "pk_attr": "id",
                "table_description": "What an agent says a request is about: he changed its category, or said that it is right. The last one counts.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ModelVersion",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("in_use_since", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("labels", fields.IntField()),
                ("last_label", fields.BigIntField(default=0)),
                ("rows", fields.IntField()),
                ("backend", fields.CharField(max_length=32)),
                (
                    "scores",
                    fields.JSONField(
                        default=dict, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
                    ),
                ),
                ("basis", fields.CharField(max_length=64)),
                ("refused", fields.TextField(null=True, unique=False)),
                ("sha256", fields.CharField(max_length=64)),
                ("content", fields.BinaryField()),
            ],
            options={
                "table": "model_version",
                "app": "storage",
                "indexes": [Index(fields=["in_use_since"], name="model_in_use")],
                "pk_attr": "id",
                "table_description": "One version of the model that tells categories: arrays and a vocabulary, never code.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="AfterSalesCase",
            name="asked_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="AfterSalesCase",
            name="asking",
            field=fields.CharField(null=True, max_length=32),
        ),
        ops.AddField(
            model_name="AfterSalesCase",
            name="decision",
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name="AfterSalesCase",
            name="repeats",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="AfterSalesCase",
            name="serial_number",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name="AfterSalesCase",
            name="skipped",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.AddField(
            model_name="AfterSalesCase",
            name="sources",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.AddField(
            model_name="AfterSalesCase",
            name="updated_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name="AfterSalesCase",
            index=Index(fields=["serial_number"], name="case_by_serial_number"),
        ),
        ops.AddField(
            model_name="Customer",
            name="email",
            field=fields.CharField(null=True, max_length=512),
        ),
        ops.AddField(
            model_name="Customer",
            name="sources",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.AddField(
            model_name="CustomerRequest",
            name="category_choices",
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
        ),
        ops.AddField(
            model_name="CustomerRequest",
            name="category_model",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='AfterSalesCase',
            name='return_until',
            field=fields.DateField(null=True),
        ),
        ops.AddIndex(
            model_name='AfterSalesCase',
            index=Index(fields=['status'], name='case_by_status'),
        ),
        ops.AddField(
            model_name='AfterSalesCase',
            name='questions',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
    ]
