"""Which request a message joins: the labelled cases, and what hangs on a join, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake.message import Hint, Inbound, Proof, Receipt, Sender
from storage.kinds import DeliveryKind
from storage.models import CommunicationRecord, CustomerRequest, Delivery
from tests.builders import TOKENS, Core, letter, words
from tests.threading_cases import CASES, FORGED, UNPROVEN, Case, Joins, Replies, Resolves, Says, Splits, Waits

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def core(tmp_path: Path) -> Core:
    return Core(tmp_path, acks_per_sender_per_day=0, acks_per_hour=0)


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
                await self.core.actions.reply(agent, said, now)
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
