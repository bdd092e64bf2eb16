"""What is there when a run has ended, in the database and at the people, and how it belongs to what was said."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass

from storage.kinds import DeliveryKind, DeliveryState
from storage.models import CommunicationRecord, CustomerRequest, Delivery, Parked
from tests.chaos.letters import Letter
from tests.chaos.relays import Copy
from tests.chaos.world import World
from tests.telegram.story.ledger import Said
from tests.telegram.story.watch import Appearance

# A kill may hit while a call or a mail is being taken: before it appears to us, or long after on a busy machine.
BEFORE_S, AFTER_S = 2.0, 8.0


@dataclass(frozen=True, slots=True)
class Found:
    """What the database says at the end."""

    records: list[CommunicationRecord]
    deliveries: list[Delivery]
    requests: dict[int, CustomerRequest]
    parked: list[Parked]
    of_raw: dict[str, list[CommunicationRecord]]  # by the sha256 of the mail
    of_chat: dict[str, list[CommunicationRecord]]  # by chat and message

    def of_letter(self, letter: Letter) -> list[CommunicationRecord]:
        return self.of_raw[hashlib.sha256(letter.raw).hexdigest()]

    def of_said(self, said: Said) -> list[CommunicationRecord]:
        return self.of_chat[said.place]

    def was_parked(self, letter: Letter) -> bool:
        return any(row.raw_content == letter.raw for row in self.parked)

    def told_of(self, delivery: Delivery) -> bool:
        """Have the agents read that this did not arrive, or that nobody knows?"""
        return any(
            one.kind is DeliveryKind.NOTICE
            and one.state is DeliveryState.SENT
            and (one.concerns == delivery.id or (one.record_id == delivery.record_id and one.record_id is not None))
            for one in self.deliveries
        )


async def found() -> Found:
    """Read all of it; the database must be open."""
    records = await CommunicationRecord.all().order_by("id")
    of_raw: defaultdict[str, list[CommunicationRecord]] = defaultdict(list)
    of_chat: defaultdict[str, list[CommunicationRecord]] = defaultdict(list)
    for record in records:
        of_raw[record.raw_sha256 or ""].append(record)
        place = ":".join((record.dedupe_key or "").split(":")[-2:])
        if record.channel == "telegram" or record.agent_id is not None:
            of_chat[place].append(record)
    requests = {request.id: request for request in await CustomerRequest.all()}
    deliveries = await Delivery.all().order_by("id")
    return Found(records, deliveries, requests, await Parked.all(), of_raw, of_chat)


def copies_by_id(world: World) -> dict[str, list[Copy]]:
    """What the relay has, by Message-ID, in the order in which it came."""
    copies: defaultdict[str, list[Copy]] = defaultdict(list)
    for copy in world.relays.copies:
        copies[copy.message_id].append(copy)
    return copies


def acknowledgements(world: World) -> dict[int, list[Copy]]:
    """What customers had by themselves, by the matter that it is about."""
    had: defaultdict[int, list[Copy]] = defaultdict(list)
    for copy in world.relays.copies:
        letter = world.mails.by_id(copy.answers)
        if copy.automatic and letter is not None and letter.matter is not None:
            had[letter.matter.number].append(copy)
    return had


def ambiguous(world: World, copy: Copy) -> bool:
    """Could the process that sent this not know that it arrived?"""
    killed = any(copy.at - BEFORE_S <= at <= copy.at + AFTER_S for at, who in world.fleet.kills if who == copy.process)
    gone = any(begun - BEFORE_S <= copy.at <= ended for begun, ended in world.relays.outages)
    return copy.lost or killed or gone


def shown(world: World) -> dict[str, list[Appearance]]:
    """Where each token appeared on the desk."""
    seen: defaultdict[str, list[Appearance]] = defaultdict(list)
    for one in world.watch.appearances:
        for token in one.tokens if one.chat == world.desk.chat_id else ():
            seen[token].append(one)
    return seen


def arrived(world: World, said: Said) -> list[Appearance]:
    """Where an agent's words appeared in customers' chats."""
    word = said.token()
    return [one for one in world.watch.appearances if one.chat != world.desk.chat_id and word in one.tokens]


def excused(world: World, one: Appearance) -> bool:
    """Could the program not know that this appeared on the desk, or not write down that it did?"""
    if any(begun - BEFORE_S <= one.at <= ended for begun, ended in world.hiccups):
        return True
    return one.answer_lost or world.watch.killed_between(one.at - BEFORE_S, one.at + AFTER_S)
