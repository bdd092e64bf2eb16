"""What a customer can do by himself in a chat: begin anew, see his requests, choose one, close one, pick a language.

Nothing of it opens a request. Each is one transaction with its answer; the same command again changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from intake.cases import wording
from intake.cases.form import Form
from intake.cases.presses import FormPresses
from intake.customers.links import Arrival
from intake.customers.pickers import Asking, Lists, Picker
from intake.house import House
from intake.incoming.rows import ADDRESS_CAP
from intake.incoming.threading import ASKED_NEW, chosen_request, may_go_on
from intake.outgoing import jobs
from intake.replies import Replies
from intake.words.occasions import Event, ReplyFacts
from storage import customers, requests, threads
from storage.customers import Contact, Known
from storage.kinds import CUSTOMER, Status, request_number
from storage.models import CustomerRequest
from storage.requests import OPEN_STATES
from storage.threads import Writer
from storage.transaction import after_commit, change, transaction

AGAIN_AFTER = timedelta(minutes=1)  # a welcome is said once in so long
MOST_ANSWERS = 20  # to the commands of one person in AGAIN_AFTER
MOST_OPEN = 10  # of a customer's requests; who has so many chooses one of them
NUMBER_TO_COME = "R-NUMBERTOCOME"


class SelfService:
    """The customers' own verbs."""

    def __init__(self, house: House, replies: Replies, form: Form, wake: Callable[[], None]) -> None:
        self._house = house
        self._replies = replies
        self._lists = Lists(house, replies)
        self._presses = FormPresses(form)
        self._wake = wake

    async def greet(self, asking: Asking, arrival: Arrival | None, now: datetime) -> None:
        """Answer somebody who only says hello. By which link he came is remembered for his next message."""
        picker = Picker(await self._lists.words(Event.GREETED, asking))

        async def work(known: Known | None) -> Picker:
            if known is not None and arrival is not None and await _counts(arrival, asking, now):
                await change(known.address, came_by=arrival.words)
            return picker

        await self._answer(Event.GREETED, asking, work, now, knows=arrival is not None)

    async def explain(self, asking: Asking, now: datetime) -> None:
        """Say what he can do here."""
        picker = Picker(await self._lists.words(Event.HELPED, asking))
        await self._answer(Event.HELPED, asking, lambda _known: _the(picker), now, knows=False)

    async def begin(self, asking: Asking, now: datetime) -> None:
        """His next message opens a request, whatever is open."""
        begun = Picker(await self._lists.words(Event.BEGUN, asking))
        many = await self._lists.requests(asking, 1, now)

        async def work(known: Known | None) -> Picker:
            return begun if known is not None and await self._begin(known, asking, now) else many

        await self._answer(Event.BEGUN, asking, work, now)

    async def mine(self, asking: Asking, now: datetime) -> None:
        """Show him his requests, to choose from."""
        picker = await self._lists.requests(asking, 1, now)
        await self._answer(Event.LISTED, asking, lambda _known: _the(picker), now, knows=False)

    async def close(self, asking: Asking, now: datetime) -> None:
        """He says that a request is done: the one that he replies to, else the one that he chose, else the newest."""
        closed = await self._lists.words(Event.CLOSED, asking, ReplyFacts(NUMBER_TO_COME))
        nothing = await self._lists.words(Event.CLOSED, asking)

        async def work(known: Known | None) -> Picker:
            request = await self._to_close(known, asking, now) if known is not None else None
            if request is None:
                return Picker(nothing)
            await self._resolve(request, now)
            return Picker(closed.replace(NUMBER_TO_COME, request_number(request.id)))

        await self._answer(Event.CLOSED, asking, work, now)

    async def languages(self, asking: Asking, now: datetime) -> None:
        """Let him pick a language."""
        picker = await self._lists.languages(asking)
        await self._answer(Event.LANGUAGE_ASKED, asking, lambda _known: _the(picker), now, knows=False)

    async def pick(self, asking: Asking, token: str, now: datetime) -> tuple[str, Picker]:
        """He picked one of the choices: a word for him, and what now stands where he picked it."""
        verb, _, argument = token.partition(":")
        match verb:
            case wording.BUTTON:
                return await self._answer_form(asking, token, now)
            case "language" if argument in self._house.languages:
                return await self._speak(asking, argument, now)
            case "page" if argument.isascii() and argument.isdigit():
                return "", await self._lists.requests(asking, int(argument[:4]), now)
            case "new":
                return await self._begin_by_button(asking, now)
            case "request" if argument.isascii() and argument.isdigit():
                return await self._choose(asking, int(argument[:18]), now)
        return await self._lists.words(Event.OUTDATED, asking), await self._lists.requests(asking, 1, now)

    async def _answer_form(self, asking: Asking, token: str, now: datetime) -> tuple[str, Picker]:
        async def work() -> tuple[str, bool]:
            return await self._presses.pressed(token, lambda: self._known(asking, now), now)

        shown, counted = await transaction(work)
        words = "" if counted else await self._lists.words(Event.OUTDATED, asking)
        return words, Picker(shown) if shown else await self._lists.requests(asking, 1, now)

    async def _choose(self, asking: Asking, request_id: int, now: datetime) -> tuple[str, Picker]:
        chosen = await self._lists.words(Event.CHOSEN, asking, ReplyFacts(request_number(request_id)))

        async def work() -> bool:
            known = await self._known(asking, now)
            request = await requests.locked_request(request_id)
            if request is None or request.customer_id != known.customer.id or request.account != asking.account:
                return False
            if not may_go_on(request, now, self._house.reopen):
                return False
            await change(known.address, next_request=request.id, chosen_at=now)
            return True

        words = chosen if await transaction(work) else await self._lists.words(Event.OUTDATED, asking)
        return words, await self._lists.requests(asking, 1, now)

    async def _begin_by_button(self, asking: Asking, now: datetime) -> tuple[str, Picker]:
        async def work() -> bool:
            return await self._begin(await self._known(asking, now), asking, now)

        if await transaction(work):
            words = await self._lists.words(Event.BEGUN, asking)
            return words, Picker(words)
        return await self._lists.words(Event.OUTDATED, asking), await self._lists.requests(asking, 1, now)

    async def _begin(self, known: Known, asking: Asking, now: datetime) -> bool:
        many = await customers.count_in(known.customer.id, asking.channel, asking.account, only_open=True)
        if many >= MOST_OPEN:
            return False
        await change(known.address, next_request=ASKED_NEW, chosen_at=now)
        return True

    async def _speak(self, asking: Asking, language: str, now: datetime) -> tuple[str, Picker]:
        words = self._replies.words(Event.LANGUAGE_CHOSEN, language, ReplyFacts("")).strip()

        async def work() -> None:
            await customers.speaks((await self._known(asking, now)).customer, language)

        await transaction(work)
        return words, Picker(words)

    async def _to_close(self, known: Known, asking: Asking, now: datetime) -> CustomerRequest | None:
        if asking.answers is not None:
            writer = Writer(known.customer.id, asking.channel, asking.sender.value)
            for answered in await threads.answered_by([asking.answers], writer):
                return await _own_open(answered, known)
        chosen = chosen_request(known, now)
        if chosen and (request := await _own_open(chosen, known)) is not None:
            return request
        return await requests.newest_open_request(known.customer.id, asking.channel, asking.account)

    async def _resolve(self, request: CustomerRequest, now: datetime) -> None:
        await requests.add_event(request.id, now, CUSTOMER, "status", request.status, Status.RESOLVED)
        await change(
            request,
            status=Status.RESOLVED,
            updated_at=now,
            resolved_at=now,
            waiting_since=None,
            version=(request.version or 0) + 1,
        )
        if self._house.desk:
            await jobs.notice(request.id, None, "The customer says that this is done.", now)
            await jobs.card(request.id, now)
            await jobs.topic(request.id, now)

    async def _answer(
        self,
        event: Event,
        asking: Asking,
        work: Callable[[Known | None], Awaitable[Picker]],
        now: datetime,
        *,
        knows: bool = True,
    ) -> None:
        """Do the work and queue its answer, once for each command. `knows`: the work needs him among our customers."""

        async def whole() -> None:
            known = await self._known(asking, now) if knows else None
            said = await customers.answers_since(asking.to, now - AGAIN_AFTER)
            if any(one.in_reply_to == asking.message for one in said if asking.message is not None):
                return
            picker = await work(known)
            if len(said) >= MOST_ANSWERS or (event is Event.GREETED and any(one.subject == event for one in said)):
                return
            await jobs.greeting(
                asking.channel,
                asking.account,
                asking.to,
                picker.words,
                now,
                event=event,
                in_reply_to=asking.message,
                choices=picker.choices,
            )
            after_commit(self._wake)

        await transaction(whole)

    async def _known(self, asking: Asking, now: datetime) -> Known:
        sender = asking.sender
        spoken = self._spoken(sender.language)
        contact = Contact(
            asking.channel, sender.value[:ADDRESS_CAP], sender.name, spoken, None, verified=True,
            username=sender.username, reads=sender.language,
        )  # fmt: skip
        return await customers.lock_customer(contact, now)

    def _spoken(self, language: str | None) -> str | None:
        primary = (language or "").partition("-")[0].lower()
        return primary if primary in self._house.languages else None


async def _own_open(request_id: int, known: Known) -> CustomerRequest | None:
    request = await requests.locked_request(request_id)
    if request is None or request.customer_id != known.customer.id or request.status not in OPEN_STATES:
        return None
    return request


async def _counts(arrival: Arrival, asking: Asking, now: datetime) -> bool:
    """Does a link count? Our own ones do so once, and only while their request is there."""
    if arrival.request is None or arrival.nonce is None:
        return True
    if await requests.locked_request(arrival.request) is None:
        return False
    if await requests.has_event(arrival.request, "link used", arrival.nonce):
        return False
    await requests.add_event(arrival.request, now, CUSTOMER, "link used", arrival.nonce, asking.sender.value)
    return True


async def _the(picker: Picker) -> Picker:
    return picker
