"""Ask a customer for what his case still needs, read what he answers, say back what was understood. Nothing twice.

Where he stands is in the case's row alone, so that he may answer after days and restarts. Called inside the transaction
of his message or his press, with the request's row locked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from intake.after_sales import LETTER
from intake.cases import correcting, keeping
from intake.cases import reading as answering
from intake.cases.reading import Answers, Asked
from intake.cases.saying import say, told
from intake.cases.values import Place
from intake.cases.wording import SKIP, FormTexts, FormWords, token
from intake.coverage import known
from intake.house import House
from intake.message import Choice, Inbound
from intake.outgoing import budgets, jobs
from intake.understanding.reading import Reading
from intake.words.occasions import Rendered
from storage import customers, forms, requests
from storage.kinds import CUSTOMER, INTAKE, CaseStatus, request_number
from storage.models import AfterSalesCase, CommunicationRecord, Customer, CustomerRequest
from storage.transaction import after_commit, change

# When a few words without a number may be the answer: not before he can have read the question, and not much later,
# unless they reply to it.
NEXT_AFTER, NEXT_WITHIN = timedelta(seconds=3), timedelta(minutes=30)


class Form:
    """The form of the after-sales cases."""

    def __init__(self, house: House, texts: FormTexts, wake: Callable[[], None]) -> None:
        self._house = house
        self._texts = texts
        self._wake = wake

    def warm_up(self) -> None:
        """Render what it says, so that no message waits for that."""
        self._texts.warm_up()

    async def first_words(
        self, case: AfterSalesCase, request: CustomerRequest, record: CommunicationRecord, now: datetime
    ) -> tuple[Rendered, tuple[Choice, ...]]:
        """The acknowledgement of the message that opened a case: it asks, or says that nothing is missing."""
        words = self._texts.of(request.language)
        number, chat = request_number(request.id), request.channel not in self._house.stamps
        if case.status is not CaseStatus.ASKED or not case.missing:
            return words.says_back(number, told(case, record), opened=True, complete=True), ()
        await self._asked(case, case.missing[0] if chat else LETTER, now)
        choices = words.choices(request.id, case.missing[0]) if chat else ()
        return words.asks(number, case.missing, chat=chat, opened=True), choices

    async def ask(
        self, case: AfterSalesCase, request: CustomerRequest, record: CommunicationRecord, by: str, now: datetime
    ) -> None:
        """An agent has the customer asked, who was not asked by himself. `record`: what he said last."""
        words, chat = self._texts.of(request.language), request.channel not in self._house.stamps
        await self._asked(case, case.missing[0] if chat else LETTER, now, by)
        choices = words.choices(request.id, case.missing[0]) if chat else ()
        made = words.asks(request_number(request.id), case.missing, chat=chat, opened=False)
        await say(self._house, request, record, made, choices, now, by)
        if chat:
            await customers.asked_last_in(request, now)
        after_commit(self._wake)

    async def begin(self, request: CustomerRequest, record: CommunicationRecord, now: datetime) -> None:
        """A request that began without words is a case, now that there are some: ask, or say that it is complete."""
        case = await requests.case_of(request.id)
        if case is None or case.asked_at is not None or request.first_responded_at is not None:
            return
        await change(case, sources=known(case, record.id).sources)
        if await budgets.was_withheld(request.id):
            return
        if case.status is CaseStatus.ASKED and case.missing:
            await self._asked(case, case.missing[0], now)
            await self._ask(case.missing[0], request, record, now)
        elif case.status is CaseStatus.COMPLETE:
            await self._say_back(case, request, record, now)

    async def heard(
        self,
        message: Inbound,
        reading: Reading,
        sender: Customer,
        request: CustomerRequest,
        record: CommunicationRecord,
        now: datetime,
    ) -> None:
        """A further message of a person's: does the customer say what was missing?"""
        if message.wordless or sender.id != request.customer_id:
            return
        case = await requests.case_of(request.id)
        if case is None:
            return
        await correcting.propose(self._house, case, reading.facts, request, record, now)
        if case.status is not CaseStatus.ASKED:
            return
        after_commit(self._wake)
        skip = token(SKIP, request.id, case.asking or "")
        is_reply = message.answers is not None and await forms.shows(message.answers, skip)
        place = Place.ITS_OWN if is_reply else _place(case, now)
        agent_goes_on = await _agent_goes_on(case, request)
        letter = None if message.threadless else message.text
        if letter is not None and agent_goes_on and not await forms.asks(request.id, ("", *message.references)[-1]):
            # An agent may have numbered questions of his own.
            letter = None
        answers = self._read(letter, reading, case, request, now, place if not agent_goes_on else None)
        if answers.later and case.asking is not None:
            await self._end(case, request, now)
            return
        asking = case.asking
        known_by_now = asking not in (None, LETTER, *case.missing) and bool(answers.values or answers.unknown)
        moved = await keeping.take(self._house, case, answers, request, record, now)
        if asking is not None and (moved or known_by_now or agent_goes_on):
            await self._go_on(case, asking, request, record, now)

    async def edited(
        self,
        original: CommunicationRecord,
        reading: Reading,
        sender: Customer,
        request: CustomerRequest,
        record: CommunicationRecord,
        now: datetime,
    ) -> None:
        """He has edited a message: what was read out of it is read again. `record`: the new words."""
        case = await requests.case_of(request.id) if sender.id == request.customer_id else None
        if case is None:
            return
        if case.status in (CaseStatus.ASKED, CaseStatus.COMPLETE):
            today, words = now.astimezone(UTC).date(), self._texts.of(request.language)
            asked = Asked(tuple(case.questions or ()), (), None, words.written(), words.frame())
            own = correcting.own_columns(case, await forms.editions(original.id))
            said = reading.reply_text, reading.facts, asked, reading.language or request.language, today
            again = correcting.read_again(case, own, *said)
            await keeping.replace(self._house, case, again, request, record, now)
            answers, asking = Answers(answering.from_facts(reading.facts, today)), case.asking
            if not own and original.at > (case.updated_at or now) and not await _agent_goes_on(case, request):
                # Nothing could be read in what came after the question. Now, perhaps.
                answers = self._read(None, reading, case, request, now, _place(case, original.at))
            took = case.status is CaseStatus.ASKED and await keeping.take(
                self._house, case, answers, request, record, now
            )
            if took and asking is not None and request.status in requests.OPEN_STATES:
                await self._go_on(case, asking, request, record, now)
        await correcting.propose(self._house, case, reading.facts, request, record, now)

    async def skip(
        self, case: AfterSalesCase, question: str, request: CustomerRequest, record: CommunicationRecord, now: datetime
    ) -> bool:
        """He does not know. False: this question is not before him any more."""
        if case.status is not CaseStatus.ASKED or case.asking != question:
            return False
        after_commit(self._wake)
        await keeping.take(self._house, case, Answers(unknown=(question,)), request, record, now)
        await self._go_on(case, question, request, record, now)
        return True

    async def put_off(self, case: AfterSalesCase, request: CustomerRequest, now: datetime) -> bool:
        """He wants no questions. False: there are none before him."""
        if case.status is not CaseStatus.ASKED or case.asking is None:
            return False
        await self._end(case, request, now)
        return True

    def words(self, language: str | None) -> FormWords:
        return self._texts.of(language)

    def _read(
        self,
        letter: str | None,
        reading: Reading,
        case: AfterSalesCase,
        request: CustomerRequest,
        now: datetime,
        place: Place | None,
    ) -> Answers:
        """`letter`: the whole of a mail.

        `place`: None when an agent talks with him, so that a bare number or name need be no answer to us.
        """
        today = now.astimezone(UTC).date()
        language = reading.language or request.language
        found = answering.from_facts(reading.facts, today)
        answers = Answers()
        if case.questions:
            words = self._texts.of(request.language)
            # An answer to what an agent has said meanwhile is one, too.
            missing = tuple(dict.fromkeys((*case.missing, *([case.asking] if case.asking in case.questions else []))))
            asked = Asked(tuple(case.questions), missing, case.asking, words.written(), words.frame())
            if letter is not None:
                answers = answering.read_letter(letter, reading.reply_text, asked, language, today)
            elif place is not None and case.asking is not None:
                answers = answering.read_chat(reading.reply_text, asked, language, today, place)
        return replace(answers, values={**found, **answers.values})

    async def _go_on(
        self, case: AfterSalesCase, asking: str, request: CustomerRequest, record: CommunicationRecord, now: datetime
    ) -> None:
        """Ask the next question, or say back what was understood when there is none. `asking`: the one before him."""
        if await _agent_goes_on(case, request):
            # Two voices at once would be one too many.
            await change(case, asking=None)
            return
        questions, left = case.questions or [], [one for one in case.missing if one not in (case.skipped or ())]
        if asking == LETTER and set(left).intersection(questions):
            return
        if asking == LETTER or not left:
            await change(case, asking=None)
            await self._say_back(case, request, record, now)
        elif asking not in left:
            # What the case needs since an agent has turned it into another one comes last.
            behind = questions[questions.index(asking) + 1 :] if asking in questions else []
            to_ask = (*behind, *(question for question in left if question not in questions))
            following = next((question for question in to_ask if question in left), None)
            new = [following] if following is not None and following not in questions else []
            await change(case, asking=following, questions=[*questions, *new])
            if following is not None:
                await self._ask(following, request, record, now)

    async def _asked(self, case: AfterSalesCase, asking: str, now: datetime, by: str = INTAKE) -> None:
        await requests.add_event(case.request_id, now, by, "case asked", after=", ".join(case.missing))
        await change(case, asked_at=now, asking=asking, questions=list(case.missing), updated_at=now)

    async def _end(self, case: AfterSalesCase, request: CustomerRequest, now: datetime) -> None:
        await change(case, asking=None, updated_at=now)
        await requests.add_event(request.id, now, CUSTOMER, "case questions put off", after=", ".join(case.missing))
        if self._house.desk:
            words = "The customer wants no further questions now; what the case still needs is for you to ask."
            await jobs.notice(request.id, None, words, now)
        after_commit(self._wake)

    async def _ask(self, question: str, request: CustomerRequest, record: CommunicationRecord, now: datetime) -> None:
        words = self._texts.of(request.language)
        asked = words.question(question)
        choices = words.choices(request.id, question)
        await say(self._house, request, record, Rendered("", asked, "", asked), choices, now)
        await customers.asked_last_in(request, now)
        after_commit(self._wake)

    async def _say_back(
        self, case: AfterSalesCase, request: CustomerRequest, record: CommunicationRecord, now: datetime
    ) -> None:
        complete = case.status is CaseStatus.COMPLETE
        number, words = request_number(request.id), self._texts.of(request.language)
        made = words.says_back(number, told(case, record), opened=False, complete=complete)
        await say(self._house, request, record, made, (), now)
        after_commit(self._wake)


async def _agent_goes_on(case: AfterSalesCase, request: CustomerRequest) -> bool:
    """Has an agent answered him, and not only had him asked?"""
    if request.first_responded_at is None:
        return False
    return case.asked_at is None or await forms.agent_spoke_since(request.id, case.asked_at)


def _place(case: AfterSalesCase, at: datetime) -> Place:
    """How sure it is that what came then answers the question before him."""
    return Place.NEXT if NEXT_AFTER <= at - (case.updated_at or at) < NEXT_WITHIN else Place.SOMEWHERE
