from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index
from storage.models.columns import OnlyOne

# What an earlier version has left under way twice in a conversation is recovered all the same, each by itself.
APART = """
UPDATE delivery SET conversation = 'again:' || id WHERE state = 'sending' AND EXISTS (
    SELECT 1 FROM delivery e WHERE e.conversation = delivery.conversation AND e.state = 'sending' AND e.id < delivery.id)
"""
UNDER_WAY = "CREATE UNIQUE INDEX delivery_under_way ON delivery (conversation) WHERE state = 'sending'"

class Migration(migrations.Migration):
    dependencies = [('storage', '0004_telegram_desk')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Lease',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=128)),
                ('owner', fields.CharField(max_length=64)),
                ('until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('fence', fields.IntField(default=0)),
            ],
            options={'table': 'lease', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'Which process does what only one may do at a time: "poll:<bot>", "send:<bot>". By the database\'s own clock.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Address',
            name='blocked_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Address',
            name='blocked_by',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='CommunicationRecord',
            name='trace',
            field=fields.CharField(null=True, max_length=32),
        ),
        ops.AddField(
            model_name='Delivery',
            name='recipient_domain',
            field=fields.CharField(null=True, max_length=255),
        ),
        ops.AddField(
            model_name='Delivery',
            name='trace',
            field=fields.CharField(null=True, max_length=32),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=Index(fields=['kind', 'recipient_domain', 'queued_at'], name='delivery_domain'),
        ),
        ops.RemoveIndex(model_name='Delivery', name='delivery_by_channel'),
        ops.AddIndex(
            model_name='Delivery',
            index=Index(fields=['channel', 'state', 'priority', 'due_at'], name='delivery_in_line'),
        ),
        ops.RunSQL(APART, ops.RunSQL.noop),
        ops.AddIndex(
            model_name='Delivery',
            index=OnlyOne(fields=['conversation'], name='delivery_under_way', condition={'state': 'sending'}),
        ),
        # The step before makes no unique index.
        ops.RunSQL(['DROP INDEX delivery_under_way', UNDER_WAY], ops.RunSQL.noop),
    ]
