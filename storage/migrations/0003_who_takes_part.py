from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('storage', '0002_request_numbers')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AwaitedMessage',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('request', fields.ForeignKeyField('storage.CustomerRequest', source_field='request_id', db_constraint=True, to_field='id', related_name='awaited', on_delete=OnDelete.CASCADE)),
                ('external_id', fields.CharField(max_length=512)),
            ],
            options={'table': 'awaited_message', 'app': 'storage', 'unique_together': (('external_id', 'request_id'),), 'indexes': [Index(fields=['request_id'], name='awaited_by_request')], 'pk_attr': 'id', 'table_description': 'A message that an earlier one answers and that has not come yet. It will belong to the same request.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Participant',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('request', fields.ForeignKeyField('storage.CustomerRequest', source_field='request_id', db_constraint=True, to_field='id', related_name='participants', on_delete=OnDelete.CASCADE)),
                ('channel', fields.CharField(max_length=32)),
                ('value', fields.CharField(max_length=512)),
                ('name', fields.TextField(default='', unique=False)),
                ('added_by', fields.TextField(default='', unique=False)),
                ('added_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'participant', 'app': 'storage', 'unique_together': (('request_id', 'channel', 'value'),), 'pk_attr': 'id', 'table_description': 'Somebody besides the customer who may add to a request: the customer or an agent named him. Never a reader.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='CommunicationRecord',
            name='checked',
            field=fields.TextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='CommunicationRecord',
            name='conversation',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddIndex(
            model_name='CommunicationRecord',
            index=Index(fields=['conversation'], name='record_by_conversation'),
        ),
        ops.AddField(
            model_name='CustomerRequest',
            name='linked_to',
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name='Delivery',
            name='addressed_to',
            field=fields.CharField(null=True, max_length=512),
        ),
        ops.AddField(
            model_name='Delivery',
            name='cc',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
    ]
