from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

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
    ]
