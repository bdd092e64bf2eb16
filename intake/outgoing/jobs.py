"""The outgoing jobs that follow from a message or an agent's action. Called inside the transaction that wants them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from intake.house import House
from intake.message import Choice
from storage import blocks, deliveries
from storage.kinds import DeliveryKind, request_number
from storage.models import CommunicationRecord, CustomerRequest, Delivery, Participant, StoredAttachment
from storage.transaction import add
from storage.unsaid import unsaid

DESK, MAIL = "desk", "mail"

QUICKLY = timedelta(seconds=2)  # an answer that is delivered within gets one mark, not two

# Who leaves first when much waits: what a customer reads, then what an agent must know, then a request that nobody has
# seen yet, then what goes on in the others. Above `MESSAGES` lies what only shows again what is so already.
PRIORITIES = {
    DeliveryKind.REPLY: 0,
    DeliveryKind.EDIT: 0,
    DeliveryKind.RECALL: 0,
    DeliveryKind.STEP: 0,
    DeliveryKind.ACKNOWLEDGEMENT: 1,
    DeliveryKind.GREETING: 1,
    DeliveryKind.QUESTION: 1,
    DeliveryKind.NOTICE: 2,
    DeliveryKind.FETCH: 3,
    DeliveryKind.MIRROR: 4,
    DeliveryKind.REBUILD: 5,
    DeliveryKind.CARD: 6,
    DeliveryKind.TOPIC: 6,
    DeliveryKind.BOARD: 7,
    DeliveryKind.MARK: 8,
}
NEW_REQUEST, REVISION = 3, 5  # of a MIRROR: what opens a request, and what only changes what was shown
MESSAGES = REVISION  # up to here it is something that has not been shown


def to_customer(
    house: House,
    request: CustomerRequest,
    record: CommunicationRecord,
    now: datetime,
    *,
    automatic: bool,
    kind: DeliveryKind | None = None,
) -> Delivery:
    """A message to the customer on his own channel, its id already fixed. The caller adds the words and saves it.

    `kind`: what it is, if neither an acknowledgement nor a reply.
    """
    kind = kind or (DeliveryKind.ACKNOWLEDGEMENT if automatic else DeliveryKind.REPLY)
    stamp = house.stamps.get(request.channel)
    return Delivery(
        request=request,
        record=record,
        kind=kind,
        channel=request.channel,
        account=request.account,
        recipient=request.reply_to,
        conversation=f"{request.channel}:{request.id}",
        priority=PRIORITIES[kind],
        message_id=stamp(request.id, secrets.token_hex(8), request.account) if stamp else None,
        recipient_domain=house.organisation(request.reply_to) if automatic else None,
        due_at=now,
        queued_at=now,
    )


def copy_for(other: Participant, message: Delivery) -> Delivery:
    """The same message for somebody else who takes part: the same id and header, but a job, a fate of its own.

    Its conversation is its own too: a copy that waits keeps nothing from the customer.
    """
    return Delivery(
        request_id=message.request_id,
        record_id=message.record_id,
        kind=message.kind,
        channel=message.channel,
        account=message.account,
        recipient=other.value,
        addressed_to=message.recipient,
        cc=message.cc,
        conversation=f"{message.channel}:{message.request_id}:copy:{other.id}",
        priority=message.priority,
        subject=message.subject,
        text=message.text,
        html=message.html,
        message_id=message.message_id,
        in_reply_to=message.in_reply_to,
        references=message.references,
        due_at=message.due_at,
        queued_at=message.queued_at,
    )


def letter(house: House, request: CustomerRequest, failed: Delivery, address: str, now: datetime) -> Delivery:
    """A mail that does what a delivery on another channel could not. The caller adds the words and saves it."""
    mailbox, stamp = house.mailbox or "", house.stamps.get(MAIL)
    return Delivery(
        request=request,
        record_id=failed.record_id,
        kind=DeliveryKind.REPLY,
        channel=MAIL,
        account=mailbox,
        recipient=address,
        conversation=f"{MAIL}:{request.id}",
        priority=PRIORITIES[DeliveryKind.REPLY],
        message_id=stamp(request.id, secrets.token_hex(8), mailbox) if stamp else None,
        concerns=failed.id,
        due_at=now,
        queued_at=now,
    )


async def mirror(
    record: CommunicationRecord, request: CustomerRequest, now: datetime, due_at: datetime | None = None
) -> None:
    """Show a record in the request's topic; not before `due_at`."""
    priority = NEW_REQUEST if request.created_at == now else PRIORITIES[DeliveryKind.MIRROR]
    priority = REVISION if record.revises is not None else priority
    await _to_desk(DeliveryKind.MIRROR, request.id, record.id, "", now, priority=priority, due_at=due_at)


async def card(request_id: int, now: datetime) -> None:
    """Bring the request's card up to date."""
    await _decorate(DeliveryKind.CARD, request_id, None, now)


async def topic(request_id: int, now: datetime) -> None:
    """Bring the name, icon and state of the request's topic up to date."""
    await _decorate(DeliveryKind.TOPIC, request_id, None, now)


async def mark(request_id: int, record_id: int, now: datetime, due_at: datetime | None = None) -> None:
    """Show on an agent's message how far its delivery has come; not before `due_at`."""
    await _decorate(DeliveryKind.MARK, request_id, record_id, now, due_at)


async def board(now: datetime) -> None:
    """Bring the summary in General up to date."""
    await _decorate(DeliveryKind.BOARD, None, None, now)


async def notice(
    request_id: int | None,
    record_id: int | None,
    text: str,
    now: datetime,
    concerns: int | None = None,
    name: str = "",
) -> None:
    """Tell the agents something: in the request's topic, or to all of them when it concerns no request.

    `concerns`: the delivery that it is about; the agents get buttons to deal with that. `name`: which alarm it is.
    """
    await _to_desk(DeliveryKind.NOTICE, request_id, record_id, text, now, concerns=concerns, name=name)


async def rebuild(request_id: int, now: datetime) -> None:
    """Make the request's topic again if it is lost, in the order of what else is shown there."""
    if not await deliveries.waits(request_id, DeliveryKind.REBUILD):
        await _to_desk(DeliveryKind.REBUILD, request_id, None, "", now)


async def alarm(channel: str, account: str, to: str, text: str, now: datetime) -> None:
    """Tell one of us, away from the desk, because the desk itself cannot be told."""
    await add(
        Delivery(
            kind=DeliveryKind.NOTICE,
            channel=channel,
            account=account,
            recipient=to,
            conversation=f"{channel}:alarm:{to}",
            priority=PRIORITIES[DeliveryKind.NOTICE],
            text=unsaid(text),
            due_at=now,
            queued_at=now,
        )
    )


async def fetch(
    attachment: StoredAttachment,
    record: CommunicationRecord,
    request: CustomerRequest | None,
    channel: str,
    account: str,
    now: datetime,
) -> None:
    """Fetch an attachment's bytes from the wire: retried work of the outbox, never of the transaction."""
    await add(
        Delivery(
            request=request,
            record=record,
            attachment=attachment,
            kind=DeliveryKind.FETCH,
            channel=channel,
            account=account,
            conversation=f"fetch:{attachment.id}",
            priority=PRIORITIES[DeliveryKind.FETCH],
            due_at=now,
            queued_at=now,
        )
    )


async def greeting(
    channel: str,
    account: str,
    to: str,
    text: str,
    now: datetime,
    *,
    event: str = "",
    in_reply_to: str | None = None,
    choices: Sequence[Choice] = (),
) -> None:
    """A few words to somebody besides his requests: a welcome, the answer to a command. `event`: what they are.

    Nothing to somebody whom agents have blocked.
    """
    if await blocks.is_blocked(channel, to):
        return
    await add(
        Delivery(
            kind=DeliveryKind.GREETING,
            channel=channel,
            account=account,
            recipient=to,
            conversation=f"{channel}:hello:{to}",
            priority=PRIORITIES[DeliveryKind.GREETING],
            subject=event,
            text=text,
            in_reply_to=in_reply_to,
            choices=[[choice.words, choice.token] for choice in choices] or None,
            due_at=now,
            queued_at=now,
        )
    )


async def _decorate(
    kind: DeliveryKind, request_id: int | None, record_id: int | None, now: datetime, due_at: datetime | None = None
) -> None:
    """One waiting job is enough for any number of changes: it shows what is true when it leaves.

    Each has a conversation of its own, so that what waits for quieter times keeps no message waiting.
    """
    if not await deliveries.waits(request_id, kind, record_id):
        await _to_desk(kind, request_id, record_id, "", now, aside=f":{kind}:{record_id or ''}", due_at=due_at)


async def _to_desk(
    kind: DeliveryKind,
    request_id: int | None,
    record_id: int | None,
    text: str,
    now: datetime,
    concerns: int | None = None,
    aside: str = "",
    priority: int | None = None,
    due_at: datetime | None = None,
    name: str = "",
) -> None:
    await add(
        Delivery(
            request_id=request_id,
            record_id=record_id,
            kind=kind,
            channel=DESK,
            conversation=f"{DESK}:{request_number(request_id) if request_id else 'general'}{aside}",
            priority=PRIORITIES[kind] if priority is None else priority,
            subject=name,
            text=unsaid(text),
            concerns=concerns,
            due_at=due_at or now,
            queued_at=now,
        )
    )
