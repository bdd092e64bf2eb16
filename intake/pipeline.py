"""Accept a message: understand it, then store it with all that follows from it in one transaction.

When `accept` returns, everything is stored; when it raises, nothing is. Only then may the wire be acknowledged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from time import perf_counter

import structlog

from intake import screening
from intake.agents import blocking
from intake.cases.form import Form
from intake.cases.wording import FormTexts
from intake.house import House
from intake.incoming import chatting, floods, returned, urgency
from intake.incoming.acknowledging import Acknowledging
from intake.incoming.gathering import gather
from intake.incoming.opening import open_request, say_sources, sort_by_first_words
from intake.incoming.reopening import courtesy_of, go_on
from intake.incoming.rows import Beside, Kept, attachment_row, contact, dedupe_key, store_record
from intake.incoming.threading import Thread, remember, thread
from intake.incoming.under_way import UnderWay
from intake.message import Attachment, Inbound, Receipt
from intake.outgoing import jobs
from intake.replies import Replies
from intake.screening import Treatment
from intake.tally import What, tally
from intake.understanding.classifier import Classifier
from intake.understanding.patience import BEFORE, EVERYTHING, Patience
from intake.understanding.reading import NotSorted, Reader, Reading
from storage import copies, requests, threads
from storage.customers import Known, lock_customer
from storage.files import Files
from storage.models import CommunicationRecord, CustomerRequest
from storage.transaction import Conflict, add, after_commit, change, transaction

log = structlog.get_logger()

RAW_IN_ROW = 64 * 1024  # bytes; larger raw mail lies in the file store


class Intake:
    """The pipeline with what it needs: the company's facts, its words, what tells categories, its files."""

    def __init__(
        self, house: House, replies: Replies, classifier: Classifier, files: Files, wake: Callable[[], None]
    ) -> None:
        self._house = house
        self._replies = replies
        self._classifier = classifier
        self._files = files
        self._wake = wake
        self._under_way = UnderWay()
        self.patience = Patience(
            Reader(classifier, house.languages, lambda: house.policy.numbers.patterns), house.languages
        )
        self.form = Form(house, FormTexts(replies, house.languages, house.default_language), wake)
        self._acknowledging = Acknowledging(house, replies, self.form, wake)

    async def accept(self, message: Inbound, now: datetime) -> Receipt:
        """Store a message exactly once, with its request, its after-sales case and all that must leave because of it.

        Raises whatever the database or the disk raises; then nothing is stored and the sender must try again.
        """
        started = perf_counter()
        reading = await self.patience.read(message, EVERYTHING if self._under_way.begins(message) else BEFORE)
        kept = await self._keep_files(message)
        try:
            receipt = await self._stored(message, reading, kept, now)
        except NotSorted:
            # It opens a request after all. Nothing is stored yet.
            receipt = await self._stored(message, await self.patience.sort(message, reading), kept, now)
        self._under_way.went(message, receipt)
        took = perf_counter() - started
        tally.add(What.DUPLICATE if receipt.duplicate else What.ACCEPTED, message.channel)
        tally.took(message.channel, took)
        log.info(
            "accepted",
            channel=message.channel,
            record=receipt.record,
            request=receipt.request,
            opened=receipt.opened,
            duplicate=receipt.duplicate,
            ms=round(took * 1000, 1),
        )
        return receipt

    async def _stored(self, message: Inbound, reading: Reading, kept: Kept, now: datetime) -> Receipt:
        work = partial(self._store, message, reading, kept, now)
        try:
            return await transaction(work)
        except Conflict:
            # Somebody else stored the same customer or the same message at the same instant: now it can be seen.
            return await transaction(work)

    async def _keep_files(self, message: Inbound) -> Kept:
        raw = message.raw
        if raw is None:
            raw_sha256, in_row = None, None
        elif len(raw) <= RAW_IN_ROW:
            raw_sha256, in_row = hashlib.sha256(raw).hexdigest(), raw
        else:
            raw_sha256, in_row = await self._files.save(raw), None
        return Kept(raw_sha256, in_row, tuple([await self._keep(file) for file in message.attachments]))

    async def _keep(self, file: Attachment) -> str | None:
        return None if file.content is None else await self._files.save(file.content)

    async def _store(self, message: Inbound, reading: Reading, kept: Kept, now: datetime) -> Receipt:
        treatment, rule = screening.screen(message)
        if treatment is Treatment.ASIDE:
            return await self._store_aside(message, reading, kept, now, None, rule)
        if treatment is Treatment.REPORT:
            return await self._store_report(message, reading, kept, now, rule)
        known = await lock_customer(contact(message, reading), now)
        stored = await requests.record_by_key(dedupe_key(message))
        if stored is not None:
            return Receipt(stored.id, stored.request_id, opened=False, duplicate=True)
        if known.address.blocked_at is not None:
            message, record = await blocking.keep(message, reading, kept, known, now)
            await self._store_attachments(message, record, None, kept, now)
            return Receipt(record.id, record.request_id, opened=False)
        if message.edits is not None and (edited := await copies.original(message.edits, message.channel)) is not None:
            return await self._store_edit(message, edited, reading, kept, known, rule, now)
        return await self._store_new(message, reading, kept, known, treatment, rule, now)

    async def _store_new(
        self,
        message: Inbound,
        reading: Reading,
        kept: Kept,
        known: Known,
        treatment: Treatment,
        rule: str,
        now: datetime,
    ) -> Receipt:
        polite = await courtesy_of(self._house, message, reading, known.customer)
        answered = await copies.named(message.answers, message.channel) if message.answers is not None else None
        where = await thread(message, known, answered, now, self._house.reopen, courteous=polite is not None)
        where = await floods.fold(self._house, message, known, where, now)
        request, before = where.request, where.request.updated_at if where.request is not None else None
        opened = request is None
        begun: list[Beside] = []
        if request is None:
            facts = (message, reading, known, where, rule, now)
            request, begun = await open_request(self._house, self._classifier.categories, *facts)
        else:
            if treatment is Treatment.WELCOME and polite is None:
                await urgency.raise_again(self._house, message, known, request, reading.urgency, now)
            await go_on(self._house, request, known.customer, treatment, polite, now)
        flags = (*where.flags, *chatting.remarks(message, known))
        answers = answered.record if answered else None
        record = await store_record(
            message, reading, kept, request.id, where.why, rule, now, flags, answers=answers, beside=begun
        )
        await say_sources(begun, record)
        if treatment is Treatment.WELCOME:
            await remember(message, record, request, known.customer, opened)
        await gather(message, reading.facts, record, known, now)
        await self._store_attachments(message, record, request, kept, now)
        if opened and treatment is Treatment.WELCOME:
            await self._acknowledging.acknowledge(message, request, record, begun, now)
        if not (opened and await floods.held_back(self._house, message, known, request, now)):
            await self._show(record, request, where, before if message.threadless else None, now)
        if message.threadless:
            await self._follow_up(message, reading, known, record, request, opened, treatment, now)
        says_more = not opened and treatment is Treatment.WELCOME and polite is None and not where.folded
        if says_more and self._is_case(request):
            await self.form.heard(message, reading, known.customer, request, record, now)
        return Receipt(record.id, request.id, opened)

    async def _store_edit(
        self,
        message: Inbound,
        original: CommunicationRecord,
        reading: Reading,
        kept: Kept,
        known: Known,
        rule: str,
        now: datetime,
    ) -> Receipt:
        """New words for a message that is stored: never a request, never an acknowledgement."""
        request = await requests.locked_request(original.request_id) if original.request_id is not None else None
        if not await chatting.is_new_file(message, original):
            message, kept = replace(message, attachments=()), replace(kept, attachments=())
        record = await chatting.revise(message, original, reading, kept, rule, now)
        await gather(message, reading.facts, record, known, now)
        await self._store_attachments(message, record, request, kept, now)
        if request is not None:
            await change(request, updated_at=now)
            await sort_by_first_words(self._house, self._classifier.categories, request, message, reading, known, now)
            if not rule and not message.wordless and self._is_case(request):
                await self.form.edited(original, reading, known.customer, request, record, now)
            if self._house.desk:
                await chatting.show_edit(record, request, now)
            after_commit(self._wake)
        return Receipt(record.id, original.request_id, opened=False)

    async def _follow_up(
        self,
        message: Inbound,
        reading: Reading,
        known: Known,
        record: CommunicationRecord,
        request: CustomerRequest,
        opened: bool,
        treatment: Treatment,
        now: datetime,
    ) -> None:
        """What a chat's message changes besides."""
        await chatting.settle_choice(known, request, opened, now)
        facts = (request, message, reading, known, now)
        sorted_now = not opened and await sort_by_first_words(self._house, self._classifier.categories, *facts)
        if sorted_now and treatment is Treatment.WELCOME and self._is_case(request):
            await self.form.begin(request, record, now)
        if self._house.desk:
            await chatting.note_customer(known, now)
            if sorted_now:
                await jobs.card(request.id, now)
                await jobs.topic(request.id, now)

    def _is_case(self, request: CustomerRequest) -> bool:
        """Is it one that has an after-sales case?"""
        return self._classifier.categories.case(request.category) is not None

    async def _store_attachments(
        self, message: Inbound, record: CommunicationRecord, request: CustomerRequest | None, kept: Kept, now: datetime
    ) -> None:
        attachments = [
            attachment_row(record, file, sha256)
            for file, sha256 in zip(message.attachments, kept.attachments, strict=True)
        ]
        await add(*attachments)
        for attachment in attachments:
            if not attachment.stored and attachment.remote_id is not None and attachment.error is None:
                await jobs.fetch(attachment, record, request, message.channel, message.account, now)
                after_commit(self._wake)

    async def _show(
        self,
        record: CommunicationRecord,
        request: CustomerRequest,
        where: Thread,
        before: datetime | None,
        now: datetime,
    ) -> None:
        if self._house.desk:
            await chatting.show(record, request, where.album, before, now, folded=where.folded)
            after_commit(self._wake)

    async def _store_report(self, message: Inbound, reading: Reading, kept: Kept, now: datetime, rule: str) -> Receipt:
        """A report belongs to what it speaks of; one that speaks of nothing we know stands aside."""
        report = message.bounce
        found = await returned.concerned(report, message.channel) if report is not None else []
        about = next((one.delivery.request_id for one in found if one.delivery.request_id), None)
        # What waited in the outbox when its request was joined still names that one, where nobody reads any more.
        read = await threads.final_request(about) if about is not None else None
        request = await requests.locked_request(read.id) if read is not None else None
        if report is None or request is None:
            return await self._store_aside(message, reading, kept, now, None, rule)
        receipt = await self._store_aside(message, reading, kept, now, request.id, rule)
        if not receipt.duplicate:
            for one in found:
                await returned.tell(self._house, request, one, report.kind, now)
            after_commit(self._wake)
        return receipt

    async def _store_aside(
        self, message: Inbound, reading: Reading, kept: Kept, now: datetime, request_id: int | None, rule: str
    ) -> Receipt:
        known = await requests.record_by_key(dedupe_key(message))
        if known is not None:
            return Receipt(known.id, known.request_id, opened=False, duplicate=True)
        why = "it reports on a message of ours" if request_id else ""
        record = await store_record(message, reading, kept, request_id, why, rule, now)
        await self._store_attachments(message, record, None, kept, now)
        return Receipt(record.id, request_id, opened=False)
