from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0003_who_takes_part')]

    initial = False

    operations = [
        ops.CreateModel(
            name='BotState',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('bot', fields.CharField(unique=True, max_length=32)),
                ('heard_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('menus', fields.CharField(null=True, max_length=64)),
            ],
            options={'table': 'bot_state', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'What must be remembered of a bot between two runs.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Desk',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('bot', fields.CharField(max_length=32)),
                ('desk', fields.CharField(max_length=32)),
                ('trouble', fields.TextField(null=True, unique=False)),
                ('since', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('board', fields.CharField(null=True, max_length=32)),
                ('moved_to', fields.CharField(null=True, max_length=32)),
            ],
            options={'table': 'desk', 'app': 'storage', 'unique_together': (('bot', 'desk'),), 'pk_attr': 'id', 'table_description': "An agents' forum group, and how it stands with it."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Pace',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('bot', fields.CharField(max_length=32)),
                ('chat', fields.CharField(max_length=32)),
                ('family', fields.CharField(max_length=16)),
                ('per_minute', fields.FloatField()),
                ('tokens', fields.FloatField()),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('paused_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'pace', 'app': 'storage', 'unique_together': (('bot', 'chat', 'family'),), 'pk_attr': 'id', 'table_description': "How fast a bot may write into a chat, as learnt from the wire's refusals."},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Address',
            name='refreshed_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Address',
            name='unreachable',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='Address',
            name='username',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='CommunicationRecord',
            name='album',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='CommunicationRecord',
            name='answers',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='CommunicationRecord',
            name='form',
            field=fields.CharField(null=True, max_length=24),
        ),
        ops.AddField(
            model_name='CommunicationRecord',
            name='marks',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='CommunicationRecord',
            name='quote',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='CommunicationRecord',
            name='revises',
            field=fields.BigIntField(null=True),
        ),
        ops.AddIndex(
            model_name='CommunicationRecord',
            index=Index(fields=['album', 'revises'], name='record_by_album'),
        ),
        ops.AddIndex(
            model_name='CommunicationRecord',
            index=Index(fields=['revises'], name='record_by_revised'),
        ),
        ops.AddField(
            model_name='Customer',
            name='chosen_language',
            field=fields.CharField(null=True, max_length=16),
        ),
        ops.AddField(
            model_name='CustomerRequest',
            name='version',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Delivery',
            name='concerns',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Delivery',
            name='marks',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='Delivery',
            name='quote',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='DeskTopic',
            name='closed',
            field=fields.BooleanField(null=True),
        ),
        ops.AddField(
            model_name='DeskTopic',
            name='icon',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='DeskTopic',
            name='name',
            field=fields.CharField(null=True, max_length=128),
        ),
        ops.AddField(
            model_name='DeskTopic',
            name='title',
            field=fields.CharField(null=True, max_length=128),
        ),
        ops.AddField(
            model_name='MessageLink',
            name='form',
            field=fields.CharField(null=True, max_length=16),
        ),
        ops.AddField(
            model_name='MessageLink',
            name='part',
            field=fields.SmallIntField(null=True),
        ),
        ops.AddField(
            model_name='Address',
            name='language',
            field=fields.CharField(null=True, max_length=16),
        ),
        ops.AddField(
            model_name='Address',
            name='reached_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Address',
            name='next_request',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Address',
            name='chosen_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Address',
            name='came_by',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='Delivery',
            name='choices',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=Index(fields=['channel', 'state', 'priority', 'id'], name='delivery_by_channel'),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=Index(fields=['record_id', 'kind', 'state'], name='delivery_of_record'),
        ),
        ops.AddIndex(
            model_name='Delivery',
            index=Index(fields=['concerns', 'kind'], name='delivery_by_concerned'),
        ),
        ops.AddIndex(
            model_name='MessageLink',
            index=Index(fields=['request_id', 'form'], name='link_by_request'),
        ),
    ]
