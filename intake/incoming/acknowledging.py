"""Acknowledge the message that opened a request: one message, which also asks for what an after-sales case needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from intake.cases.form import Form
from intake.cases.wording import NUMBER_TO_COME
from intake.house import House
from intake.incoming.rows import Beside
from intake.message import Choice, Inbound
from intake.outgoing import budgets, jobs
from intake.replies import Replies
from intake.words.occasions import Event, Rendered, ReplyFacts
from storage.kinds import CaseStatus, request_number
from storage.models import AfterSalesCase, CommunicationRecord, CustomerRequest
from storage.transaction import add, after_commit


class Acknowledging:
    """Queues acknowledgements, inside the transaction that opens their requests."""

    def __init__(self, house: House, replies: Replies, form: Form, wake: Callable[[], None]) -> None:
        self._house = house
        self._form = form
        self._wake = wake
        # The words of each language, rendered once: they hold nothing of a message but the number.
        self._words = {
            language: replies.render(Event.ACKNOWLEDGED, language, ReplyFacts(number=NUMBER_TO_COME))
            for language in {*house.languages, house.default_language}
        }

    async def acknowledge(
        self,
        message: Inbound,
        request: CustomerRequest,
        record: CommunicationRecord,
        begun: Sequence[Beside],
        now: datetime,
    ) -> None:
        """Queue it, as long as the budget lasts: without an acknowledgement nothing is asked either.

        `begun`: what was stored with the request, its after-sales case among it if it has one.
        """
        organisation = self._house.organisation(request.reply_to)
        budget = await budgets.used_up(self._house, request.reply_to, organisation, now)
        if budget is not None:
            await budgets.withhold(self._house, request, budget, now)
            return
        case = next((row for row in begun if isinstance(row, AfterSalesCase)), None)
        words, choices = await self._said(request, record, case, now)
        delivery = jobs.to_customer(self._house, request, record, now, automatic=True)
        delivery.subject = words.subject
        delivery.text = words.chat if message.threadless else words.text
        delivery.html = None if message.threadless else words.html
        delivery.choices = [[choice.words, choice.token] for choice in choices] or None
        delivery.in_reply_to = message.external_id
        delivery.references = [*message.references, *([message.external_id] if message.external_id else [])]
        await add(delivery)
        after_commit(self._wake)

    async def _said(
        self,
        request: CustomerRequest,
        record: CommunicationRecord,
        case: AfterSalesCase | None,
        now: datetime,
    ) -> tuple[Rendered, tuple[Choice, ...]]:
        if case is not None and case.status in (CaseStatus.ASKED, CaseStatus.COMPLETE):
            return await self._form.first_words(case, request, record, now)
        made = self._words.get(request.language or "", self._words[self._house.default_language])
        number = request_number(request.id)
        return Rendered(
            subject=made.subject.replace(NUMBER_TO_COME, number),
            text=made.text.replace(NUMBER_TO_COME, number),
            html=made.html.replace(NUMBER_TO_COME, number),
            chat=made.chat.replace(NUMBER_TO_COME, number),
        ), ()
