"""What must be true when a story has ended: each law looks at Telegram's world and at the database, and complains."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.demo.faults import MESSAGES, Family, family_of
from bot.demo.record import Exchange
from storage.kinds import DeliveryKind, DeliveryState, Direction
from storage.models import CommunicationRecord, CustomerRequest, Delivery, Parked
from tests.telegram.story.ledger import TOKEN, Said, Side, number_of
from tests.telegram.story.scenery import Scenery
from tests.telegram.story.watch import NUMBER, Appearance

# A call may be on its way while another one is told to wait; and clocks are read on both sides of a socket.
ON_ITS_WAY_S, CLOCKS_S = 0.25, 0.05
WRITES_DOWN_WITHIN_S = 0.5  # that a chat must wait; a kill before that forgets it
# What the strict simulator may refuse without anybody being wrong: the world has moved on meanwhile.
EXPECTED = (
    "message is not modified", "topic_not_modified", "message thread not found", "topic_deleted", "topic_id_invalid",
    "query is too old", "bot was blocked by the user", "message to copy not found", "message to edit not found",
    "message to delete not found", "message to react not found", "message to be replied not found",
    "the message can't be copied", "terminated by other getupdates", "there are no messages to copy",
    "message to pin not found",
)  # fmt: skip
TROUBLED = (DeliveryState.UNKNOWN, DeliveryState.FAILED)
OWN_FAULTS = ("Traceback (most recent call last)", "our own fault", "delivery failed", "outbox failed")


@dataclass(frozen=True, slots=True)
class Found:
    """What the database says at the end."""

    records: list[CommunicationRecord]
    deliveries: list[Delivery]
    requests: list[CustomerRequest]
    parked: int

    def record_of(self, said: Said) -> CommunicationRecord | None:
        """The record of the message itself, not of a later edit."""
        key = f":{said.place}"
        own = (one for one in self.records if (one.dedupe_key or "").endswith(key) and one.revises is None)
        return next(own, None)

    def replies_of(self, record: CommunicationRecord) -> list[Delivery]:
        """What was to bring an agent's message to the customer; an album travels with its first part."""
        parts = {one.id for one in self.records if one.album is not None and one.album == record.album} | {record.id}
        return [one for one in self.deliveries if one.record_id in parts and one.kind is DeliveryKind.REPLY]


async def found() -> Found:
    """Read all of it; the database must be open."""
    return Found(
        await CommunicationRecord.all().order_by("id"),
        await Delivery.all().order_by("id"),
        await CustomerRequest.all().order_by("id"),
        await Parked.filter(replayed_at=None).count(),
    )


Law = Callable[[Scenery, Found], Iterator[str]]


def every_customer_message_is_stored_once(story: Scenery, there: Found) -> Iterator[str]:
    keys = Counter(record.dedupe_key for record in there.records)
    for said in story.ledger.by(Side.CUSTOMER):
        stored = [key for key in keys if key is not None and key.endswith(f":{said.place}")]
        if len(stored) != 1:
            yield f"{said.token()} has {len(stored)} records"


def every_customer_message_is_in_its_topic(story: Scenery, there: Found) -> Iterator[str]:
    shown = _shown(story)
    threads = _threads(story)
    for said in story.ledger.by(Side.CUSTOMER):
        seen = [one for version in range(said.versions) for one in shown[said.token(version)]]
        record = there.record_of(said)
        if not seen:
            yield f"{said.token()} was never shown on the desk"
        elif record is not None and {one.thread for one in seen} - threads[record.request_id or 0]:
            wrong = {one.thread for one in seen} - threads[record.request_id or 0]
            yield f"{said.token()} of R-{record.request_id} was shown in the threads {wrong}"


def nothing_is_shown_twice(story: Scenery, there: Found) -> Iterator[str]:
    """In one thread a message appears again only where an answer was lost; cards and histories, which quote, aside."""
    for token, seen in _shown(story).items():
        sent = [one for one in seen if not one.edit and not one.again]
        for thread in {one.thread for one in sent}:
            copies = [one for one in sent if one.thread == thread]
            excused = sum(one.answer_lost or story.watch.forgotten(one.at) for one in copies)
            if len(copies) > 1 + excused:
                yield f"{token} was shown {len(copies)} times in thread {thread}, {excused} answers were lost"


def every_answer_arrives_once_or_is_told_of(story: Scenery, there: Found) -> Iterator[str]:
    """Where nobody knows, an agent may send it again, or say that it arrived: then it is his word."""
    pressed = _pressed(story)
    for said in story.ledger.by(Side.ANSWER):
        record = there.record_of(said)
        if record is None:
            yield f"{said.token()} is not stored"
            continue
        arrived = len(_arrived(story, said))
        replies = there.replies_of(record)
        states = {one.state for one in replies}
        if arrived > 1 + sum(pressed["retry", one.id] for one in replies):
            yield f"{said.token()} reached the customer {arrived} times"
        taken_for_arrived = any(pressed["arrived", one.id] for one in replies)
        if not arrived and (not states or DeliveryState.SENT in states) and not taken_for_arrived:
            yield f"{said.token()} did not arrive; its deliveries are {sorted(states)}"
        for one in replies:
            if one.state in TROUBLED and not _told_of(one, there):
                yield f"{said.token()} is {one.state}, and no agent is told"


def every_customer_reads_in_order(story: Scenery, there: Found) -> Iterator[str]:
    """What agents said in one request, as it first appeared at the customer."""
    pressed = _pressed(story)
    troubled = {one.record_id for one in there.deliveries if one.state in TROUBLED or pressed["retry", one.id]}
    first: dict[int, list[tuple[float, Said]]] = defaultdict(list)
    for said in story.ledger.by(Side.ANSWER):
        record = there.record_of(said)
        arrived = _arrived(story, said)
        if record is not None and record.request_id is not None and arrived and record.id not in troubled:
            first[record.request_id].append((arrived[0].at, said))
    for request, said_there in first.items():
        yield from _disorder(f"R-{request} at the customer", said_there)


def every_topic_reads_in_order(story: Scenery, there: Found) -> Iterator[str]:
    """What a customer said in one request, as it first appeared on the desk."""
    shown = _shown(story)
    first: dict[int, list[tuple[float, Said]]] = defaultdict(list)
    for said in story.ledger.by(Side.CUSTOMER):
        record = there.record_of(said)
        if record is not None and record.request_id is not None and shown[said.token()]:
            first[record.request_id].append((shown[said.token()][0].at, said))
    for request, said_there in first.items():
        yield from _disorder(f"R-{request} on the desk", said_there)


def nothing_silent_reaches_a_customer(story: Scenery, there: Found) -> Iterator[str]:
    """Not even as an attempt: no note, no word of General or of a stranger is in any call to a customer."""
    customers = {customer.id for customer in story.customers}
    for call in story.sim.calls:
        for match in TOKEN.finditer(str(call.params)) if call.chat_id in customers else ():
            if match[1] == Side.SILENT:
                yield f"{match[0]} was in a call of {call.method} to {call.chat_id}"
    for seen in story.watch.appearances:
        for token in seen.tokens if seen.chat in customers else ():
            if token[1] == Side.SILENT:
                yield f"{token} appeared at {seen.chat}"
    quiet = {record.id for record in there.records if record.direction is Direction.NOTE}
    for delivery in there.deliveries:
        if delivery.record_id in quiet and delivery.channel != "desk" and delivery.kind is not DeliveryKind.FETCH:
            yield f"delivery {delivery.id} would bring the note {delivery.record_id} to {delivery.channel}"


def the_last_words_are_what_the_desk_sees(story: Scenery, there: Found) -> Iterator[str]:
    shown = _shown(story)
    for said in story.ledger.by(Side.CUSTOMER):
        if said.versions > 1 and not shown[said.last_token]:
            yield f"the desk has not seen {said.last_token}, the last of {said.versions} versions"


def the_last_words_are_what_the_customer_sees_or_agents_are_told(story: Scenery, there: Found) -> Iterator[str]:
    notices = [one for one in there.deliveries if one.kind is DeliveryKind.NOTICE]
    for said in story.ledger.by(Side.ANSWER):
        if said.versions == 1:
            continue
        seen = any(said.last_token in one.tokens for one in story.watch.appearances if one.chat != story.desk.chat_id)
        record = there.record_of(said)
        told = record is not None and any(one.request_id == record.request_id for one in notices)
        if not seen and not told:
            yield f"nobody but the agent knows of {said.last_token}"


def nobody_is_asked_before_his_time(story: Scenery, there: Found) -> Iterator[str]:
    origin = story.watch.begun
    for early in story.sim.record.early:
        call = early.call
        if family_of(call.method.lower()) is Family.FREE:
            continue  # one limit for unlike questions is the simulator's own
        told = max((one.at for one in story.sim.calls if _asks_to_wait(one, call)), default=call.at)
        on_its_way = call.at < told + ON_ITS_WAY_S or call.at > early.until - CLOCKS_S
        if not on_its_way and not story.watch.killed_between(told - origin, told - origin + WRITES_DOWN_WITHIN_S):
            yield (
                f"{call.method} to {call.chat_id} at {call.at - origin:.2f}, "
                f"told at {told - origin:.2f} to wait until {early.until - origin:.2f}"
            )


def every_press_is_answered(story: Scenery, there: Found) -> Iterator[str]:
    for press in story.sim.world.presses.values():
        if not press.answered:
            yield f"the press of {press.query.data} by {press.query.from_.first_name} was not answered"


def every_request_has_one_topic(story: Scenery, there: Found) -> Iterator[str]:
    alive = Counter(match[0] for topic in story.desk.topics() if (match := NUMBER.match(topic.name)))
    for number, count in alive.items():
        if count > 1:
            yield f"{number} has {count} topics"


def no_request_is_opened_twice(story: Scenery, there: Found) -> Iterator[str]:
    opened = Counter(int(request.reply_to) for request in there.requests)
    for customer in story.customers:
        allowed = 1 + story.closings.get(customer.id, 0)
        if opened[customer.id] > allowed:
            yield f"{customer.user.first_name} has {opened[customer.id]} requests, {allowed} could be"


def nothing_is_parked(story: Scenery, there: Found) -> Iterator[str]:
    if there.parked:
        yield f"{there.parked} updates are parked"


def the_outbox_is_empty(story: Scenery, there: Found) -> Iterator[str]:
    for delivery in there.deliveries:
        if delivery.state in (DeliveryState.QUEUED, DeliveryState.SENDING):
            yield f"delivery {delivery.id} ({delivery.kind}) is {delivery.state}: {delivery.last_error}"


def telegram_refuses_nothing_for_its_form(story: Scenery, there: Found) -> Iterator[str]:
    for call in story.sim.calls:
        words = (call.description or "").lower()
        bad = call.error_code in (400, 403, 404, 409)
        if bad and not any(known in words for known in EXPECTED):
            yield f"{call.method} to {call.chat_id}: {call.description}"


def the_program_finds_no_fault_in_itself(story: Scenery, there: Found) -> Iterator[str]:
    log = story.program.log
    for sign in OWN_FAULTS:
        if sign in log:
            words = log[log.index(sign) :]
            # A traceback ends where the next line of the log begins, with the year.
            end = re.search(r"^20\d\d-", words, re.MULTILINE)
            yield f"its log says {words[: end.start() if end else None][-1500:]}"


def it_stops_in_time_when_asked(story: Scenery, there: Found) -> Iterator[str]:
    for stopped in story.stops:
        if stopped.code != 0 or stopped.seconds > 10:
            yield f"SIGTERM: exit {stopped.code} after {stopped.seconds:.1f} s"


LAWS: tuple[Law, ...] = (
    every_customer_message_is_stored_once,
    every_customer_message_is_in_its_topic,
    nothing_is_shown_twice,
    every_answer_arrives_once_or_is_told_of,
    every_customer_reads_in_order,
    every_topic_reads_in_order,
    nothing_silent_reaches_a_customer,
    the_last_words_are_what_the_desk_sees,
    the_last_words_are_what_the_customer_sees_or_agents_are_told,
    nobody_is_asked_before_his_time,
    every_press_is_answered,
    every_request_has_one_topic,
    no_request_is_opened_twice,
    nothing_is_parked,
    the_outbox_is_empty,
    telegram_refuses_nothing_for_its_form,
    the_program_finds_no_fault_in_itself,
    it_stops_in_time_when_asked,
)


def broken(story: Scenery, there: Found) -> list[str]:
    """Every complaint, each with the name of its law."""
    return [f"{law.__name__}: {complaint}" for law in LAWS for complaint in law(story, there)]


def _shown(story: Scenery) -> defaultdict[str, list[Appearance]]:
    """Where each token appeared on the desk."""
    shown: defaultdict[str, list[Appearance]] = defaultdict(list)
    for seen in story.watch.appearances:
        for token in seen.tokens if seen.chat == story.desk.chat_id else ():
            shown[token].append(seen)
    return shown


def _arrived(story: Scenery, said: Said) -> list[Appearance]:
    """Where an agent's message appeared at customers, in whichever version."""
    return [
        seen
        for seen in story.watch.appearances
        if seen.chat != story.desk.chat_id
        and not seen.edit
        and any(number_of(token) == said.number for token in seen.tokens)
    ]


def _pressed(story: Scenery) -> Counter[tuple[str, int]]:
    """How often each button of a notice about a delivery was pressed: deed and delivery."""
    pressed: Counter[tuple[str, int]] = Counter()
    for press in story.sim.world.presses.values():
        deed, _, _, delivery, *_ = [*(press.query.data or "").split(":"), "", "", "", ""]
        if delivery.isdigit():
            pressed[deed, int(delivery)] += 1
    return pressed


def _asks_to_wait(one: Exchange, call: Exchange) -> bool:
    """Was this refusal the one that told the bot not to make that call yet?"""
    family = family_of(call.method.lower())
    # Which of the methods that only change something share a limit is not known: each is taken by itself.
    same = family_of(one.method.lower()) is family if family in MESSAGES else one.method == call.method
    return one.retry_after is not None and one.at < call.at and one.chat_id == call.chat_id and same


def _threads(story: Scenery) -> defaultdict[int, set[int | None]]:
    """The threads that were ever made for each request."""
    made: defaultdict[int, set[int | None]] = defaultdict(set)
    for thread, name in story.watch.topics_made:
        match = NUMBER.match(name)
        if match is not None:
            made[int(match[0].removeprefix("R-"))].add(thread)
    return made


def _disorder(where: str, said: list[tuple[float, Said]]) -> Iterator[str]:
    latest = float("-inf")
    for at, one in said:
        if at < latest:
            yield f"{where}: {one.token()} came before what was said earlier"
        latest = max(latest, at)


def _told_of(delivery: Delivery, there: Found) -> bool:
    return any(
        one.kind is DeliveryKind.NOTICE
        and one.state is DeliveryState.SENT
        and (one.concerns == delivery.id or one.record_id == delivery.record_id)
        for one in there.deliveries
    )
