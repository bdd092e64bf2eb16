"""What must be true when a run has ended. Each law looks at the people, the relay and the database, and complains."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise

from storage.kinds import DeliveryKind, DeliveryState
from tests.chaos.fleet import READY_WITHIN_S
from tests.chaos.found import (
    Found,
    acknowledgements,
    ambiguous,
    arrived,
    copies_by_id,
    excused,
    shown,
)
from tests.chaos.world import World
from tests.telegram.story.ledger import Side

UNSETTLED = (DeliveryState.QUEUED, DeliveryState.SENDING)
OWN_FAULTS = ("Traceback (most recent call last)", "our own fault", "delivery failed", "outbox failed", '"parked"')

Law = Callable[[World, Found], Iterator[str]]


def every_accepted_mail_is_stored(world: World, there: Found) -> Iterator[str]:
    """0 lost: whoever has heard 250 need not keep the mail."""
    for letter in world.letters:
        if letter.taken and not there.of_letter(letter):
            yield f"{letter} had its 250 and is not there"


def nothing_is_stored_twice(world: World, there: Found) -> Iterator[str]:
    """0 doubled: however often it was handed in or fetched."""
    for letter in world.letters:
        if len(there.of_letter(letter)) > 1:
            yield f"{letter} has {len(there.of_letter(letter))} records"
    for said in world.ledger.said:
        if len(there.of_said(said)) > 1:
            yield f"{said.token()} has {len(there.of_said(said))} records"


def every_chat_message_is_stored(world: World, there: Found) -> Iterator[str]:
    """Customers' and agents': Telegram hands an update out until it is confirmed."""
    for said in world.ledger.said:
        if not there.of_said(said):
            yield f"{said.token()} is not there"


def no_mail_bounces(world: World, there: Found) -> Iterator[str]:
    """0 bounced: a failure of ours is never the sender's, and each mail was handed in at last."""
    for letter in world.letters:
        if letter.refusals:
            yield f"{letter} was refused: {letter.refusals[0]}"
        elif not letter.taken:
            yield f"{letter} was never taken"


def every_first_mail_is_acknowledged(world: World, there: Found) -> Iterator[str]:
    """0 unacknowledged, and a robot never."""
    had = acknowledgements(world)
    for matter in world.mails.matters:
        if matter.customer in world.refused:
            continue
        if matter.answered and not had.get(matter.number):
            yield f"matter {matter.number} of {matter.customer} was not acknowledged"
        if not matter.answered and had.get(matter.number):
            yield f"the robot of matter {matter.number} was acknowledged"


def every_first_chat_message_is_acknowledged(world: World, there: Found) -> Iterator[str]:
    """Or an agent knows that it may not have arrived."""
    for person in world.people:
        said = [one for one in world.ledger.by(Side.CUSTOMER) if one.by is person]
        requests = {record.request_id for one in said for record in there.of_said(one)}
        seen = " ".join(message.text for message in world.sim.chat_of(person) if message.from_bot)
        for request in requests - {None}:
            deliveries = [
                one
                for one in there.deliveries
                if one.request_id == request and one.kind is DeliveryKind.ACKNOWLEDGEMENT
            ]
            unsure = any(one.state is DeliveryState.UNKNOWN and there.told_of(one) for one in deliveries)
            if f"R-{request}" not in seen and not unsure:
                yield f"R-{request} of {person.user.first_name} was not acknowledged"


def a_mail_keeps_its_message_id(world: World, there: Found) -> Iterator[str]:
    """So that a repeat shows as one: what says the same thing has the same Message-ID."""
    for number, copies in acknowledgements(world).items():
        ids = {copy.message_id for copy in copies}
        if len(ids) > 1:
            yield f"matter {number} was acknowledged under {len(ids)} Message-IDs"
    answers = [said.token() for said in world.ledger.by(Side.ANSWER)]
    by_answer: defaultdict[str, set[str]] = defaultdict(set)
    for copy in world.relays.copies:
        for token in answers:
            if token in copy.words.partition("\n> ")[0]:
                by_answer[token].add(copy.message_id)
    for token, ids in by_answer.items():
        if len(ids) > 1:
            yield f"the answer {token} left under {len(ids)} Message-IDs"


def a_mail_is_repeated_only_when_an_answer_was_lost(world: World, there: Found) -> Iterator[str]:
    """At most one more than attempts of which nobody knows what came of them."""
    for message_id, copies in copies_by_id(world).items():
        for before, after in pairwise(copies):
            if not ambiguous(world, before):
                yield f"{message_id} came at {before.at:.2f}, was answered, and came again at {after.at:.2f}"


def what_is_refused_for_good_is_not_tried_again(world: World, there: Found) -> Iterator[str]:
    """A 550 fails a delivery at once, and the agents hear of it."""
    for address in world.refused:
        deliveries = [one for one in there.deliveries if one.recipient == address]
        allowed = len(deliveries) + len(world.fleet.kills)
        if world.relays.bounced[address] > allowed:
            yield f"{address} was refused {world.relays.bounced[address]} times for {len(deliveries)} mails"
        for one in deliveries:
            if one.state is not DeliveryState.FAILED or not there.told_of(one):
                yield f"the mail {one.id} to {address} is {one.state}, agents told: {there.told_of(one)}"


def every_matter_has_its_request(world: World, there: Found) -> Iterator[str]:
    """Threads: what belongs together is together, and nothing else. A mail that was parked was late."""
    requests: defaultdict[int, set[int | None]] = defaultdict(set)
    late = {letter.matter.number for letter in world.letters if letter.matter and there.was_parked(letter)}
    for letter in world.letters:
        for record in there.of_letter(letter):
            if letter.matter is None and record.request_id is not None:
                yield f"{letter} is in R-{record.request_id}"
            elif letter.matter is not None and record.request_id is None:
                yield f"{letter} is in no request"
            elif letter.matter is not None:
                requests[letter.matter.number].add(record.request_id)
    matters: defaultdict[int | None, set[int]] = defaultdict(set)
    for number, ids in requests.items():
        if len(ids) > 1 and number not in late:
            yield f"matter {number} is spread over {sorted(map(str, ids))}"
        for request in ids:
            matters[request].add(number)
    for request, numbers in matters.items():
        if len(numbers) > 1:
            yield f"R-{request} holds the matters {sorted(numbers)}"


def every_chat_has_its_requests(world: World, there: Found) -> Iterator[str]:
    """Of one person each, and one for each who closed none."""
    for person in world.people:
        said = [one for one in world.ledger.by(Side.CUSTOMER) if one.by is person]
        ids = {record.request_id for one in said for record in there.of_said(one)}
        if len(ids) > 1:
            yield f"{person.user.first_name} has {len(ids)} requests"
        for number in ids - {None}:
            if there.requests[number or 0].reply_to != str(person.id):
                yield f"R-{number} is not {person.user.first_name}'s"


def every_item_is_in_one_place(world: World, there: Found) -> Iterator[str]:
    """Request, follow-up, machine mail, or still parked; its further copies were duplicates."""
    for letter in world.letters:
        waits = any(row.raw_content == letter.raw and row.replayed_at is None for row in there.parked)
        places = len(there.of_letter(letter)) + waits
        if letter.taken and places != 1:
            yield f"{letter} is in {places} places"
    opened = Counter(record.request_id for record in there.records if record.threaded_by.startswith("the first"))
    for request, count in opened.items():
        if count > 1:
            yield f"R-{request} was opened {count} times"


def everything_is_shown_on_the_desk(world: World, there: Found) -> Iterator[str]:
    """Each message in the topic of its request."""
    seen = shown(world)
    threads: defaultdict[int, set[int | None]] = defaultdict(set)
    for thread, name in world.watch.topics_made:
        threads[world.number_of_topic(name) or 0].add(thread)
    for token, request in _incoming(world, there):
        where = {one.thread for one in seen.get(token, ())}
        if not where:
            yield f"{token} of R-{request} was never shown"
        elif where - threads[request]:
            yield f"{token} of R-{request} was shown in the threads {where - threads[request]}"


def nothing_is_shown_twice(world: World, there: Found) -> Iterator[str]:
    """But where an answer was lost; cards and histories, which quote, aside."""
    for token, seen in shown(world).items():
        sent = [one for one in seen if not one.edit and not one.again]
        for thread in {one.thread for one in sent}:
            copies = [one for one in sent if one.thread == thread]
            for before, after in pairwise(copies):
                if not excused(world, before):
                    yield f"{token} was shown at {before.at:.2f} and again at {after.at:.2f} in thread {thread}"


def every_request_has_one_topic(world: World, there: Found) -> Iterator[str]:
    alive = Counter(world.number_of_topic(topic.name) for topic in world.desk.topics())
    for number, count in alive.items():
        if number is not None and count > 1:
            yield f"R-{number} has {count} topics"


def every_answer_arrives_once_or_is_told_of(world: World, there: Found) -> Iterator[str]:
    """By mail at least once; in a chat once, or an agent is told that nobody knows."""
    words = [copy.words for copy in world.relays.copies]
    for said in world.ledger.by(Side.ANSWER):
        for record in there.of_said(said):
            replies = [one for one in there.deliveries if one.record_id == record.id and one.kind is DeliveryKind.REPLY]
            by_mail = any(said.token() in text for text in words)
            in_chat = len(arrived(world, said))
            told = any(there.told_of(one) for one in replies if one.state not in (DeliveryState.SENT, *UNSETTLED))
            if not replies:
                yield f"{said.token()} was to leave by nothing"
            elif in_chat > 1:
                yield f"{said.token()} reached the chat {in_chat} times"
            elif not by_mail and not in_chat and not told:
                yield f"{said.token()} did not arrive: {[str(one.state) for one in replies]}"


def every_conversation_is_in_order(world: World, there: Found) -> Iterator[str]:
    """What was stored first is shown first; what agents said first arrives first."""
    seen = shown(world)
    shown_at: defaultdict[int, list[tuple[float, str]]] = defaultdict(list)
    for token, request in _incoming(world, there):
        if seen.get(token):
            shown_at[request].append((seen[token][0].at, token))
    had_at: defaultdict[int, list[tuple[float, str]]] = defaultdict(list)
    for said in world.ledger.by(Side.ANSWER):
        first = [one.at for one in arrived(world, said)]
        first += [copy.at for copy in world.relays.copies if said.token() in copy.words.partition("\n> ")[0]]
        for record in there.of_said(said) if first else ():
            had_at[record.request_id or 0].append((min(first), said.token()))
    yield from _disorder("on the desk", shown_at)
    yield from _disorder("at the customer", had_at)


def the_outbox_is_empty(world: World, there: Found) -> Iterator[str]:
    for one in there.deliveries:
        if one.state in UNSETTLED:
            yield f"delivery {one.id} ({one.kind} by {one.channel}) is {one.state}: {one.last_error}"


def nothing_stays_parked(world: World, there: Found) -> Iterator[str]:
    """A message may be set aside when kills hit it again and again, and for nothing else; its replay goes well."""
    for row in there.parked:
        if row.replayed_at is None:
            yield f"parked {row.id} by {row.channel}: {row.error}"


def it_is_ready_soon_after_a_start(world: World, there: Found) -> Iterator[str]:
    """Within three seconds of its own: a machine that has other things to do makes everything take longer."""
    for start in world.fleet.starts:
        if start.own > READY_WITHIN_S:
            yield f"a start took {start.seconds:.2f} s, {start.own:.2f} of them its own"


def it_stops_in_time_when_asked(world: World, there: Found) -> Iterator[str]:
    for stopped in world.fleet.stops:
        if stopped.code != 0 or stopped.seconds > 10:
            yield f"SIGTERM: exit {stopped.code} after {stopped.seconds:.1f} s"


def none_ends_by_itself(world: World, there: Found) -> Iterator[str]:
    for number, code in world.fleet.ended():
        yield f"process {number} has ended by itself with exit code {code}"


def the_program_finds_no_fault_in_itself(world: World, there: Found) -> Iterator[str]:
    for number, log in enumerate(world.fleet.logs()):
        for line in log.splitlines():
            if any(sign in line for sign in OWN_FAULTS):
                yield f"the log of process {number} says {line[:600]}"


LAWS: tuple[Law, ...] = (
    every_accepted_mail_is_stored,
    nothing_is_stored_twice,
    every_chat_message_is_stored,
    no_mail_bounces,
    every_first_mail_is_acknowledged,
    every_first_chat_message_is_acknowledged,
    a_mail_keeps_its_message_id,
    a_mail_is_repeated_only_when_an_answer_was_lost,
    what_is_refused_for_good_is_not_tried_again,
    every_matter_has_its_request,
    every_chat_has_its_requests,
    every_item_is_in_one_place,
    everything_is_shown_on_the_desk,
    nothing_is_shown_twice,
    every_request_has_one_topic,
    every_answer_arrives_once_or_is_told_of,
    every_conversation_is_in_order,
    the_outbox_is_empty,
    nothing_stays_parked,
    it_is_ready_soon_after_a_start,
    it_stops_in_time_when_asked,
    none_ends_by_itself,
    the_program_finds_no_fault_in_itself,
)


def broken(world: World, there: Found) -> list[str]:
    """Every complaint, each with the name of its law."""
    return [f"{law.__name__}: {complaint}" for law in LAWS for complaint in law(world, there)]


def _incoming(world: World, there: Found) -> list[tuple[str, int]]:
    """Customers' messages of both channels that are in a request, in the order in which they were stored."""
    letters = [(record, letter.token) for letter in world.letters for record in there.of_letter(letter)]
    chats = [(record, said.token()) for said in world.ledger.by(Side.CUSTOMER) for record in there.of_said(said)]
    both = sorted([*letters, *chats], key=lambda pair: pair[0].id)
    return [(token, record.request_id) for record, token in both if record.request_id is not None]


def _disorder(where: str, conversations: dict[int, list[tuple[float, str]]]) -> Iterator[str]:
    for request, said in conversations.items():
        latest = float("-inf")
        for at, token in said:
            if at < latest:
                yield f"R-{request} {where}: {token} came before what was said earlier"
            latest = max(latest, at)
