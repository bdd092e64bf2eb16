"""What agents say: answers to the customer on his own channel, and notes that never leave the house."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

from intake.agents import replying, wording
from intake.agents.amending import Amending
from intake.agents.named import NoSuchRequest, locked
from intake.agents.recalling import Recalling
from intake.agents.replying import AlbumChanged, Answer
from intake.agents.spoken import AgentWords, dedupe_key, keep_note
from intake.agents.withholding import withhold
from intake.house import House
from intake.message import Receipt
from intake.outgoing import jobs
from intake.replies import Replies
from storage import answers, requests
from storage.kinds import Direction, request_number
from storage.models import Agent, CommunicationRecord, CustomerRequest, Participant
from storage.transaction import after_commit, transaction

LEFT_ALREADY = "Other pictures of this album have left already; /del as an answer to one of them takes it back."


class NobodyElse(Exception):
    """There is nobody to send a copy to. The message is a sentence for the agent."""


class Answers:
    """The agents' words. Who may speak is the desk's question."""

    def __init__(self, house: House, replies: Replies, wake: Callable[[], None]) -> None:
        self._house = house
        self._replies = replies
        self._wake = wake
        self._amending = Amending(house, replies, wake)
        self._recalling = Recalling(house, replies, wake)

    async def reply(self, agent: Agent, words: AgentWords, now: datetime) -> Receipt:
        """Send an agent's words to the customer on his own channel; the same is sent once. Raises NoSuchRequest."""
        request = await self._known(words.request)
        return await self._answer(agent, words, request, (), now)

    async def reply_all(self, agent: Agent, words: AgentWords, now: datetime) -> Receipt:
        """Send an agent's words to the customer, with a copy to everybody whom he named and who is not one of us.

        Raises NoSuchRequest, and NobodyElse when that would be a message to the customer alone.
        """
        request = await self._known(words.request)
        if request.channel not in self._house.stamps:
            raise NobodyElse("This is a chat with one person.")
        known = {address.value.lower() for address in request.customer.addresses} | {request.reply_to.lower()}
        others = tuple(
            other
            for other in await requests.participants_of(request.id)
            if other.channel == request.channel
            and other.value.lower() not in known
            and not self._house.is_ours(other.value)
        )
        if not others:
            raise NobodyElse("Nobody else takes part in this request.")
        return await self._answer(agent, words, request, others, now)

    async def note(self, agent: Agent, words: AgentWords, now: datetime) -> Receipt:
        """Keep an internal note with a request. It never leaves the house, and what waits of its album neither."""

        async def work() -> Receipt:
            request = await locked(words.request)
            if words.album is not None:
                parts = [part for part in await answers.of_album(words.album) if part.direction is Direction.OUTGOING]
                if parts and not await withhold(self._house, request, parts, agent, now) and self._house.desk:
                    await jobs.notice(request.id, None, LEFT_ALREADY, now)
            record = await keep_note(agent, words, request, now)
            after_commit(self._wake)
            return Receipt(record.id, request.id, opened=False)

        return await self._once(words, work)

    async def edit(self, agent: Agent, words: AgentWords, now: datetime) -> Receipt | None:
        """Bring what the customer has or will get up to an agent's new words, or tell the agent why not.

        None: nothing was changed, not even the record.
        """
        return await self._amending.edit(agent, words, now)

    async def recall(self, agent: Agent, request_id: int, record_id: int, now: datetime) -> None:
        """Take an answer back: from the outbox, or from the customer's chat. The agent is told what came of it."""
        await self._recalling.recall(agent, request_id, record_id, now)

    async def correct(self, agent: Agent, request_id: int, record_id: int, now: datetime) -> bool:
        """Send the newest words of an answer that has left by mail as another mail. False: that is done already."""
        return await self._amending.correct(agent, request_id, record_id, now)

    async def _once(self, words: AgentWords, work: Callable[[], Awaitable[Receipt]]) -> Receipt:
        """Do it unless the same message of the agent has done it before."""

        async def unless_known() -> Receipt:
            await locked(words.request)
            known = await requests.record_by_key(dedupe_key(words.key))
            if known is not None:
                return Receipt(known.id, known.request_id, opened=False, duplicate=True)
            return await work()

        return await transaction(unless_known)

    async def _known(self, request_id: int) -> CustomerRequest:
        request = await requests.request_with_customer(request_id)
        if request is None:
            raise NoSuchRequest(request_number(request_id))
        return request

    async def _answer(
        self,
        agent: Agent,
        words: AgentWords,
        request: CustomerRequest,
        others: Sequence[Participant],
        now: datetime,
    ) -> Receipt:
        """Render, then store with what must leave. What is answered is what the agent can have seen: read before."""
        answered = await self._answered_record(words, request)
        asked = answered if answered is not None and answered.direction is Direction.INCOMING else None
        asked = asked or await requests.last_incoming(request.id)
        while True:
            album = await replying.album_of(words)
            said = wording.together([*map(wording.of_record, album.joined), wording.of_words(words)])
            # Nobody becomes a reader of the conversation by a copy.
            made = await wording.rendered(self._replies, request, agent.name, said, None if others else asked)
            answer = Answer(words, said, made, asked, answered, album, others)
            try:
                return await self._once(words, partial(replying.store, self._house, self._wake, agent, answer, now))
            except AlbumChanged:
                continue

    async def _answered_record(self, words: AgentWords, request: CustomerRequest) -> CommunicationRecord | None:
        """The record that an agent's message replies to, when it belongs to the same request."""
        record = await answers.shown_by(words.answers) if words.answers is not None else None
        return record if record is not None and record.request_id == request.id else None
