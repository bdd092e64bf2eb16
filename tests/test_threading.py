"""Which request a message joins: the labelled cases, and what hangs on a join, on both databases."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from intake.incoming.threading import RULES, Bond, Standing
from intake.message import Attachment, Hint, Inbound, Proof, Receipt, Sender
from storage import requests
from storage.kinds import DeliveryKind, Status
from storage.models import AwaitedMessage, CommunicationRecord, CustomerRequest, Delivery, Event
from tests.builders import TOKENS, Core, chat, letter, words
from tests.threading_cases import (
    CASES,
    FORGED,
    UNCLEAR,
    UNPROVEN,
    Case,
    Joins,
    Replies,
    Resolves,
    Says,
    Splits,
    Waits,
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path, acks_per_sender_per_day=0, acks_per_hour=0, requests_per_sender_per_hour=0)


class Told:
    """One case as it happens. Its people are nobody else's, so that many cases share a database."""

    def __init__(self, core: Core, case: Case, number: int) -> None:
        self.core, self.case, self.number = core, case, number
        self.records: dict[str, int] = {}
        self.ours: dict[str, str] = {}  # Message-IDs of what we sent
        self.signed: dict[str, int] = {}  # the request that a message was in when it came
        self.agent = "Maria"

    async def run(self) -> Receipt:
        receipt: Receipt | None = None
        for step in self.case.story:
            receipt = await self._step(step)
        assert receipt is not None, "the last step is a message"
        return receipt

    async def place(self, name: str) -> int:
        """The request that a message is in now."""
        return (await CommunicationRecord.get(id=self.records[name])).request_id or 0

    async def _step(self, step: object) -> Receipt | None:
        agent = await self.core.agent()
        now = self.core.now
        match step:
            case Says():
                receipt = await self.core.accept(await self._mail(step))
                self.records[step.id], self.signed[step.id] = receipt.record, receipt.request or 0
                return receipt
            case Replies(of, name):
                said = words(await self.place(of), "We look into it.")
                await self.core.answers.reply(agent, said, now)
                await self.core.deliver()
                record = await CommunicationRecord.all().order_by("-id").first()
                self.ours[name] = (record.external_id if record else None) or ""
            case Resolves(of):
                assert await self.core.actions.resolve(await self.place(of), agent, now)
            case Joins(source, target):
                assert await self.core.actions.join(await self.place(source), await self.place(target), agent, now)
            case Splits(of):
                assert (await self.core.actions.split(await self.place(of), self.records[of], agent, now)).opened
            case Waits(hours):
                self.core.later(hours=hours)
        return None

    async def _mail(self, step: Says) -> Inbound:
        references = tuple([await self._id(name) for name in step.answers])
        answered = [TOKENS.read_message_id(name) for name in references[::-1]]
        number = await self.place(step.number) if step.number else None
        hints = [
            *([Hint(self.signed[step.to], Proof.SIGNED_ADDRESS)] if step.to else []),
            *(Hint(request, Proof.SIGNED_MESSAGE_ID) for request in answered if request is not None),
            *([Hint(number, Proof.SUBJECT)] if number else []),
        ]
        return letter(
            step.text,
            sender=self._person(step.who),
            subject=step.subject,
            external_id=await self._id(step.message_id or step.id),
            references=references,
            hints=tuple(hints),
            verified=not step.check,
            forged=step.check == FORGED,
            unclear=step.check == UNCLEAR,
            checked="" if step.check == UNPROVEN else step.check,
            conversation=f"{step.conversation}{self.number}" if step.conversation else None,
            copied=tuple(self._person(who) for who in step.cc),
            auto_reason="Auto-Submitted: auto-replied" if step.robot else None,
            may_ack=not step.robot,
        )

    async def _id(self, name: str) -> str:
        if name.startswith("ack "):
            acknowledgement = await Delivery.get(
                record_id=self.records[name.removeprefix("ack ")], kind=DeliveryKind.ACKNOWLEDGEMENT
            )
            return acknowledgement.message_id or ""
        return self.ours.get(name) or f"{name}.{self.number}@customer.example"

    def _person(self, who: str) -> Sender:
        return Sender(f"{who}{self.number}@customer.example", who.title())


async def _wrong(told: Told, receipt: Receipt) -> list[str]:
    """What is not as it should be."""
    case = told.case
    record = await CommunicationRecord.get(id=receipt.record)
    request = await CustomerRequest.get(id=receipt.request)
    into = None if case.into is None else await told.place(case.into)
    linked = None if case.linked is None else await told.place(case.linked)
    flags = " / ".join(request.flags if receipt.opened else record.flags)
    wrong = []
    if receipt.opened and into is not None:
        wrong.append(f"opened a request instead of joining, {record.threaded_by}, {flags}")
    if not receipt.opened and receipt.request != into:
        wrong.append(f"FALSE JOIN, {record.threaded_by}")
    for expected, found in ((case.why, record.threaded_by), (case.flag, flags)):
        if expected not in found:
            wrong.append(f"{expected!r} not in {found!r}")
    if not case.flag and receipt.opened and not case.linked and "points" in flags:
        wrong.append(f"flagged: {flags}")
    if receipt.opened and request.linked_to != linked:
        wrong.append(f"linked to {request.linked_to}, not {linked}")
    if case.status is not None and request.status is not case.status:
        wrong.append(f"is {request.status}, not {case.status}")
    return wrong


async def test_every_labelled_case_goes_where_it_belongs(core: Core) -> None:
    """At least 60 cases, each with its reason and its flags; not one false join."""
    assert len({case.name for case in CASES}) == len(CASES) >= 60
    wrong: dict[str, list[str]] = {}
    for number, case in enumerate(CASES):
        told = Told(core, case, number)
        if found := await _wrong(told, await told.run()):
            wrong[case.name] = found
    assert wrong == {}


async def test_copies_of_a_mail_to_two_of_our_mailboxes_are_one_record(core: Core) -> None:
    """Whichever comes first decides; the other copy changes nothing."""
    to_support = letter(verified=True)
    to_sales = replace(to_support, account="sales@shop.example")
    first, again = await asyncio.gather(core.accept(to_support), core.accept(to_sales))
    assert first.record == again.record
    assert {first.duplicate, again.duplicate} == {True, False}
    assert await CustomerRequest.all().count() == 1


async def test_a_copied_colleague_is_the_author_and_no_reader(core: Core) -> None:
    """His words stand in the request under his name; answers and acknowledgements go to the customer alone."""
    ben = Sender("ben@customer.example", "Ben")
    opening = letter(verified=True, copied=(ben,))
    first = await core.accept(opening)
    receipt = await core.accept(letter(sender=ben, verified=True, references=(opening.external_id or "",)))
    assert (receipt.request, receipt.opened) == (first.request, False)
    assert (await CommunicationRecord.get(id=receipt.record)).author == "Ben <ben@customer.example>"
    await core.answers.reply(await core.agent(), words(first.request or 0, "We send a lid."), core.now)
    to_people = await Delivery.filter(channel="mail")
    assert {delivery.recipient for delivery in to_people} == {"anna@customer.example"}
    assert [delivery.kind for delivery in to_people].count(DeliveryKind.ACKNOWLEDGEMENT) == 1


async def test_participants_of_a_request_are_bounded_and_named_once(core: Core) -> None:
    """However many people a customer copies, twenty may add; nobody twice, however often he is copied."""
    people = tuple(Sender(f"p{number}@customer.example", "P") for number in range(50))
    first = await core.accept(letter(copied=people[:8]))
    token = (Hint(first.request or 0, Proof.SIGNED_ADDRESS),)
    for start in (0, 4, 30, 40):
        await core.accept(letter(verified=True, hints=token, copied=people[start : start + 10]))
    named = await requests.participants_of(first.request or 0)
    assert [person.value for person in named] == [
        f"p{number}@customer.example" for number in (*range(14), *range(30, 36))
    ]
    assert {person.added_by for person in named} == {"anna@customer.example"}


async def test_awaited_messages_are_bounded_and_forgotten_when_they_come(core: Core) -> None:
    """A request waits for the ten newest of what it answers, for none that is known, and not for what has come."""
    known = letter(verified=True, sender=Sender("carl@other.example"))
    await core.accept(known)
    unknown = [f"x{number}@customer.example" for number in range(30)]
    references = (*unknown, "y" * 600, known.external_id or "")
    receipt = await core.accept(letter(verified=True, references=references))
    awaited = await AwaitedMessage.filter(request_id=receipt.request).order_by("id")
    assert [row.external_id for row in awaited] == [f"x{number}@customer.example" for number in range(29, 19, -1)]
    parent = await core.accept(letter(verified=True, external_id="x25@customer.example"))
    assert parent.request == receipt.request
    assert await AwaitedMessage.filter(external_id="x25@customer.example").count() == 0


async def test_a_message_that_points_everywhere_costs_little_and_says_little(core: Core) -> None:
    """Hundreds of a stranger's pointers: three flags, one link, no join."""
    for number in range(12):
        await core.accept(
            letter(verified=True, sender=Sender(f"c{number}@customer.example"), external_id=f"id{number}")
        )
    receipt = await core.accept(
        letter(
            sender=Sender("eve@other.example"),
            verified=True,
            references=tuple(f"id{number}" for number in range(12)) * 20,
            hints=tuple(Hint(1001 + number, Proof.SUBJECT) for number in range(300)),
        )
    )
    request = await CustomerRequest.get(id=receipt.request)
    assert receipt.opened
    assert len([flag for flag in request.flags if flag.startswith("points at")]) == 3
    assert request.linked_to is not None


async def test_a_flood_of_reused_ids_does_not_hide_the_customers_own(core: Core) -> None:
    """However many strangers use the Message-ID of his mail, his answer finds his request."""
    first = await core.accept(letter(verified=True, external_id="m1@customer.example"))
    for number in range(80):
        sender = Sender(f"eve{number % 3}@other.example")
        await core.accept(letter(verified=True, sender=sender, external_id="m1@customer.example"))
    answer = letter(verified=True, references=("m1@customer.example",))
    assert (await core.accept(answer)).request == first.request


async def test_the_agents_are_told_once_that_a_request_is_not_reopened_again(core: Core) -> None:
    """Three times a day by its customer's messages; what comes then is kept and shown, and one notice says why."""
    agent = await core.agent()
    first = await core.accept(letter())
    token = (Hint(first.request or 0, Proof.SIGNED_ADDRESS),)
    await core.actions.resolve(first.request or 0, agent, core.now)
    for _ in range(8):
        receipt = await core.accept(letter(hints=token))
        assert receipt.request == first.request
        assert await Delivery.filter(kind=DeliveryKind.MIRROR, record_id=receipt.record).count() == 1
        await core.actions.resolve(first.request or 0, agent, core.now)
    changes = await Event.filter(request_id=first.request, what="status", actor="customer")
    assert len(changes) == 3
    assert await Delivery.filter(kind=DeliveryKind.NOTICE, text__contains="within a day").count() == 1
    assert await core.actions.reopen(first.request or 0, agent, core.now)


async def test_thanks_leave_the_clock_alone_and_an_event(core: Core) -> None:
    """Stored and shown, but nobody waits for an answer to them."""
    first = await core.accept(letter())
    agent = await core.agent()
    await core.actions.resolve(first.request or 0, agent, core.now)
    thanks = letter("Thanks a lot, Maria!\n\nAnna", subject="Re: A question [R-1001]")
    receipt = await core.accept(replace(thanks, hints=(Hint(first.request or 0, Proof.SIGNED_ADDRESS),)))
    request = await CustomerRequest.get(id=first.request)
    assert (request.status, request.waiting_since) == (Status.RESOLVED, None)
    assert await Event.filter(request_id=first.request, what="courtesy", actor="customer").count() == 1
    assert await Delivery.filter(kind=DeliveryKind.MIRROR, record_id=receipt.record).count() == 1


async def test_thanks_in_a_chat_do_not_reopen(core: Core) -> None:
    """A chat's newest resolved request takes them; a file with them is more than thanks."""
    first = await core.accept(chat())
    agent = await core.agent()
    await core.actions.resolve(first.request or 0, agent, core.now)
    assert (await core.accept(chat("Спасибо большое! 🙏"))).request == first.request
    assert (await CustomerRequest.get(id=first.request)).status is Status.RESOLVED
    photo = Attachment("photo.jpg", "image/jpeg", 5, b"photo")
    assert (await core.accept(chat("Спасибо!", attachments=(photo,)))).request == first.request
    assert (await CustomerRequest.get(id=first.request)).status is Status.OPEN


async def test_a_picture_in_a_signature_is_no_reason_to_reopen(core: Core) -> None:
    """A small picture within the mail is a logo; a larger one may show what is still broken."""
    first = await core.accept(letter())
    agent = await core.agent()
    token = (Hint(first.request or 0, Proof.SIGNED_ADDRESS),)
    await core.actions.resolve(first.request or 0, agent, core.now)
    for size, status in ((4_000, Status.RESOLVED), (400_000, Status.OPEN)):
        logo = Attachment("logo.png", "image/png", size, b"x" * size, inline=True, content_id="logo")
        await core.accept(letter("Thanks!", subject="", hints=token, attachments=(logo,)))
        assert (await CustomerRequest.get(id=first.request)).status is status


async def test_customers_and_participants_who_write_at_once_do_not_lock_each_other_out(core: Core) -> None:
    """Each locks his own row, then the request; people who take part in each other's requests write crosswise."""
    people = [Sender(f"p{number}@customer.example", f"P{number}") for number in range(4)]
    opened = {
        person.value: await core.accept(letter(sender=person, verified=True, copied=tuple(people))) for person in people
    }
    work = [
        core.accept(
            letter(
                f"{round_} {writer.value}",
                sender=writer,
                verified=True,
                copied=tuple(people),
                hints=(Hint(opened[owner.value].request or 0, Proof.SIGNED_ADDRESS),),
            )
        )
        for round_ in range(3)
        for writer in people
        for owner in people
    ]
    receipts = await asyncio.gather(*work)
    assert not any(receipt.opened for receipt in receipts)
    assert len({receipt.record for receipt in receipts}) == len(work)
    assert await CustomerRequest.all().count() == 4


def test_the_document_shows_the_table_as_it_is() -> None:
    """docs/threading.md says row by row who joins by what."""
    text = (Path(__file__).parent.parent / "docs/threading.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]
    shown = {row[0]: row[1:] for row in rows if set(row[1:]) <= {"joins", "new"}}
    assert list(shown) == [bond.value for bond, _ in RULES] == [bond.value for bond in Bond]
    for bond, joined_by in RULES:
        assert shown[bond] == ["joins" if standing in joined_by else "new" for standing in Standing]


def test_the_document_names_tests_and_cases_that_exist() -> None:
    """Each special case has its test."""
    root = Path(__file__).parent.parent
    text = (root / "docs/threading.md").read_text()
    tests = "".join(path.read_text() for path in (root / "tests").glob("test_threading*.py"))
    named = re.findall(r"`(test_\w+)`", text)
    assert len(named) >= 6
    assert [name for name in named if f"def {name}(" not in tests] == []
    assert set(re.findall(r'case "([^"]+)"', text)) <= {case.name for case in CASES}
