"""A press on a button below a question of the form: he does not know, or not now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from intake.cases.form import Form
from intake.cases.wording import LATER, SKIP
from storage import forms, requests, threads
from storage.customers import Known
from storage.models import AfterSalesCase, CustomerRequest
from storage.requests import OPEN_STATES


class FormPresses:
    """What the form's buttons do."""

    def __init__(self, form: Form) -> None:
        self._form = form

    async def pressed(self, token: str, known: Callable[[], Awaitable[Known]], now: datetime) -> tuple[str, bool]:
        """Inside a transaction: what now stands where he pressed, without buttons, and whether the press counted.

        "" when no message of ours has such a button.
        """
        _, verb, number, question = (*token.split(":", 3), "", "", "")[:4]
        who = await known()
        first = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
        led = await threads.final_request(first)
        request = await requests.locked_request(led.id) if led is not None else None
        if request is None or request.customer_id != who.customer.id or who.address.blocked_at is not None:
            return "", False
        shown = await forms.question_with([first, request.id], token)
        case = await requests.case_of(request.id)
        if shown is None or case is None or request.status not in OPEN_STATES:
            return "" if shown is None else shown.text, False
        said = await self._done(verb, question, case, request, now)
        return (shown.text, False) if said is None else (f"{shown.text}\n\n{said}", True)

    async def _done(
        self, verb: str, question: str, case: AfterSalesCase, request: CustomerRequest, now: datetime
    ) -> str | None:
        """Do it; the words that say so, or None when the question is not before him any more."""
        words = self._form.words(request.language)
        record = await requests.last_incoming(request.id)
        if verb == SKIP and record is not None and await self._form.skip(case, question, request, record, now):
            return words.said("skipped")
        if verb == LATER and case.asking == question and await self._form.put_off(case, request, now):
            return words.said("put off")
        return None
