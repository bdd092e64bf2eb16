"""Mail in floods, of one sender or of very many new ones: nothing is dropped, and the desk is not drowned.

Chats have a measure of their own (chatting.py): there, what answers nothing goes on with the open request anyway.
Called inside the transaction that stores the mail.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from intake import alarms
from intake.house import House
from intake.incoming.opening import NOT_VERIFIED, reply_to
from intake.incoming.threading import Thread
from intake.message import Inbound, PutOff
from intake.outgoing import jobs
from intake.screening import FORGED
from storage import copies, requests
from storage.customers import Known
from storage.kinds import FIRST_REQUEST, INTAKE
from storage.models import CustomerRequest
from storage.transaction import change

WITHIN = timedelta(hours=1)
FOLDED = 200  # mails of one sender that go into one request in an hour; his mail server brings further ones again
FLOOD = "flood"  # as the audit trail calls it
WHY = "its sender opened very many requests within an hour: what follows is kept together"
HELD_BACK = "kept without a topic: very many new senders wrote at once"


async def fold(house: House, message: Inbound, known: Known, where: Thread, now: datetime) -> Thread:
    """Where a mail goes that would open a request: into one, when its sender has opened many. Raises PutOff."""
    most = house.requests_per_sender_per_hour
    if not most or where.request is not None or message.threadless or known.is_new:
        return where
    opened = await requests.opened_since(known.customer.id, message.channel, message.account, now - WITHIN)
    # Whoever forges an address must not get into what its owner has written, nor he among the forgeries.
    writer = (not message.verified, message.forged, reply_to(message))
    alike = [request for request in opened if _writer(request) == writer]
    if len(alike) < most:
        return where
    earlier = await copies.came_at(alike[0].id, FOLDED)
    if earlier is not None and now - earlier < WITHIN:
        raise PutOff(f"more than {FOLDED} mails of one sender within an hour")
    request = await requests.locked_request(alike[0].id)
    if request is None:
        return where
    if house.desk and not await requests.events_since(request.id, FLOOD, now - WITHIN):
        told = f"{most} requests of this sender within an hour"
        await requests.add_event(request.id, now, INTAKE, FLOOD, after=told)
        words = f"{told}: his further mails are kept here, and shown together. /block keeps them from being shown."
        await jobs.notice(request.id, None, words, now)
    return replace(where, request=request, why=WHY, folded=True)


def _writer(request: CustomerRequest) -> tuple[bool, bool, str]:
    """Was the sender of its first mail not proven, or proven to be another, and where do answers go?"""
    forged = FORGED in request.flags
    return NOT_VERIFIED in request.flags or forged, forged, request.reply_to


async def held_back(house: House, message: Inbound, known: Known, request: CustomerRequest, now: datetime) -> bool:
    """Is a new request kept without a topic? Ten thousand forged senders would fill the forum; agents are told once."""
    most = house.topics_per_hour
    if not most or message.threadless or not known.is_new or not house.desk or request.id - most < FIRST_REQUEST:
        return False
    # Numbers are given in turn, so that one row answers how many there were.
    earlier = await requests.opened_at(request.id - most)
    if earlier is None or now - earlier >= WITHIN:
        return False
    await requests.add_event(request.id, now, INTAKE, FLOOD, after=HELD_BACK)
    await change(request, flags=[HELD_BACK, *request.flags])
    words = (
        f"⚠️ More than {most} requests were opened within an hour. By mail, those of people who write for the first "
        "time are kept, but get no topic by themselves until it is less. /queue and /find name them, /topic R-1042 "
        "makes the topic of one. INTAKE_TOPICS_PER_HOUR sets how many."
    )
    await alarms.tell(house, "flood of requests", words, now)
    return True
