"""What agents can write with a slash, and what each command does. The table of them is in command_table.py."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from bot.desk import cards
from bot.desk.case_commands import CaseCommands
from bot.desk.command_table import Where, help_text, may, row
from bot.desk.group import DeskGroup
from bot.desk.lists import Lists
from bot.desk.said import NOTE_MARK, Said, Verb, answered_by, words_of
from bot.desk.verbs import Verbs
from bot.wire.content import content
from bot.wire.texts import clean, external_id
from intake.agents.answering import NobodyElse
from intake.agents.deeds import Outcome
from intake.agents.joining import CannotMove
from intake.agents.named import NoSuchRequest
from storage import agents, requests, search, topics
from storage.kinds import Priority, Role, request_id, request_number
from storage.models import Agent

TELEGRAM_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
NOBODY, REMOVE = ("nobody", "none", "-"), "remove"
NO_SUCH = "There is no such command; nothing was sent to the customer. /help lists them."

Command = Callable[[Said], Awaitable[None]]
Change = Callable[[int, Agent, datetime], Awaitable[Outcome]]


class Commands:
    """The agents' commands on one desk."""

    def __init__(self, group: DeskGroup, verbs: Verbs, clock: Callable[[], datetime]) -> None:
        self._group = group
        self._verbs = verbs
        self._clock = clock
        self._lists = Lists(group, clock, verbs.troubles)
        self._cases = CaseCommands(verbs.casework, verbs.case_asking, clock)
        self._table: Mapping[str, Command] = {
            "all": self._all,
            "note": self.note,
            "del": self._take_back,
            "assign": self._assign,
            "category": self._category,
            "right": self._plain(verbs.sorting.right),
            "priority": self._priority,
            "case": self._case,
            "resolve": self._plain(verbs.sorting.resolve),
            "reopen": self._plain(verbs.sorting.reopen),
            "spam": self._plain(verbs.sorting.spam),
            "block": self._block,
            "unblock": self._unblock,
            "split": self._split,
            "customer": self._customer,
            "find": self._listed(self._lists.found),
            "topic": self._topic,
            "mine": self._listed(self._lists.mine),
            "queue": self._listed(self._lists.queue),
            "status": self._listed(self._lists.status),
            "accuracy": self._listed(self._lists.accuracy),
            "agents": self._listed(self._lists.agents),
            "agent": self._agent,
            "help": self._help,
        }

    async def run(self, name: str, said: Said) -> None:
        """Do what a command says; what does not exist, or not here, or not for him, is told and does nothing."""
        known, command = row(name), self._table.get(name)
        if known is None or command is None:
            await self._tell(said, NO_SUCH)
        elif known.where is Where.TOPIC and said.request is None:
            await self._tell(said, f"Use /{name} in a request's topic.")
        elif not may(said.agent.role, known.role):
            await self._tell(said, f"Only {known.role}s may use /{name}.")
        else:
            await command(said)

    async def note(self, said: Said) -> None:
        if said.request is None:
            await self._tell(said, "A note belongs into a request's topic.")
            return
        await self._keep(said, self._verbs.answers.note, said.arguments)

    async def _keep(self, said: Said, verb: Verb, text: str) -> None:
        await verb(said.agent, words_of(said, text, self._group.bot), self._clock())

    async def _all(self, said: Said) -> None:
        if not said.arguments and not content(said.message).files:
            await self._tell(said, "Write the words behind it: /all Dear Anna, dear Bob, …")
            return
        try:
            await self._keep(said, self._verbs.answers.reply_all, said.arguments)
        except NobodyElse as error:
            await self._tell(said, f"{error} Nothing was sent; write it without /all.")

    async def _take_back(self, said: Said) -> None:
        answered = answered_by(said.message)
        shown = external_id(self._group.bot, said.message.chat.id, answered.message_id) if answered else ""
        record = await topics.record_shown(shown)
        if record is None:
            await self._tell(said, "Answer the message that the customer shall not have with /del.")
            return
        await self._verbs.answers.recall(said.agent, said.request or 0, record, self._clock())

    async def _assign(self, said: Said) -> None:
        request, wanted, now = said.request or 0, said.arguments, self._clock()
        if wanted.lower() in NOBODY:
            await self._change(said, self._verbs.sorting.unassign(request, said.agent, now))
            return
        whom = said.agent if wanted.lower() in ("", "me") else await agents.agent_called(wanted)
        if whom is None:
            await self._tell(said, "No agent, or more than one, is called so. /agents lists them.")
        elif whom.id != said.agent.id and not may(said.agent.role, Role.LEAD):
            await self._tell(said, "Only leads assign requests to others.")
        else:
            await self._change(said, self._verbs.sorting.assign(request, whom, said.agent, now))

    async def _category(self, said: Said) -> None:
        choices, wanted = self._verbs.sorting.choices, said.arguments.casefold()
        key = next((key for key, name in choices if wanted in (key.casefold(), name.casefold())), None)
        if key is None:
            names = ", ".join(name for _, name in choices)
            await self._tell(said, f"Write one of these behind /category: {names}.")
            return
        await self._change(said, self._verbs.sorting.categorise(said.request or 0, key, said.agent, self._clock()))

    async def _priority(self, said: Said) -> None:
        wanted = said.arguments.lower()
        if wanted not in tuple(Priority):
            await self._tell(said, f"Write one of these behind /priority: {', '.join(Priority)}.")
            return
        verb = self._verbs.sorting.prioritise
        await self._change(said, verb(said.request or 0, Priority(wanted), said.agent, self._clock()))

    async def _case(self, said: Said) -> None:
        if answer := await self._cases.answer(said):
            await self._tell(said, answer)

    async def _block(self, said: Said) -> None:
        """`/block` in a topic: its customer; anywhere: `/block anna@example.com`."""
        blocking, now = self._verbs.blocking, self._clock()
        if said.arguments:
            await self._tell_outcome(said, blocking.block_address(said.arguments, said.agent, now))
        elif said.request is not None:
            await self._change(said, blocking.block(said.request, said.agent, now))
        else:
            await self._tell(said, "Write whom: /block anna@example.com, or /block in his request's topic.")

    async def _unblock(self, said: Said) -> None:
        blocking, now = self._verbs.blocking, self._clock()
        if said.arguments:
            await self._tell_outcome(said, blocking.unblock_address(said.arguments, said.agent, now))
        elif said.request is not None:
            await self._change(said, blocking.unblock(said.request, said.agent, now))
        else:
            await self._tell(said, await blocking.listed())

    async def _topic(self, said: Said) -> None:
        number = request_id(said.arguments)
        if number is None:
            await self._tell(said, "Write which: /topic R-1042")
            return
        try:
            came = await self._verbs.sorting.show(number, self._clock())
        except NoSuchRequest as error:
            came = Outcome(False, f"{error} does not exist.")
        await self._tell(said, came.says)

    async def _tell_outcome(self, said: Said, deed: Awaitable[Outcome]) -> None:
        """The topic that shows what was changed may be another one: say it here."""
        await self._tell(said, (await deed).says)

    def _plain(self, verb: Change) -> Command:
        """A command that needs nothing but the request."""

        async def command(said: Said) -> None:
            await self._change(said, verb(said.request or 0, said.agent, self._clock()))

        return command

    async def _change(self, said: Said, deed: Awaitable[Outcome]) -> None:
        """The card shows what was changed; only what was not is told."""
        try:
            came = await deed
        except NoSuchRequest as error:
            came = Outcome(False, f"{error} does not exist.")
        if not came.done:
            await self._tell(said, came.says)

    def _listed(self, lines: Callable[[Said], Awaitable[str]]) -> Command:
        async def command(said: Said) -> None:
            await self._tell(said, await lines(said))

        return command

    async def _customer(self, said: Said) -> None:
        if said.arguments:
            outcome = await self._verbs.customer_data.set(said.request or 0, said.arguments, said.agent, self._clock())
            await self._tell(said, outcome.says)
            return
        request = await requests.request_with_customer(said.request or 0)
        if request is not None:
            others = await search.requests_of(request.customer_id)
            await self._tell(said, cards.customer_text(request, others))

    async def _split(self, said: Said) -> None:
        answered = said.message.reply_to_message
        record = None
        if answered is not None and answered.message_id != said.message.message_thread_id:
            shown = external_id(self._group.bot, said.message.chat.id, answered.message_id)
            record = await topics.record_shown(shown)
        if said.request is None or record is None:
            await self._tell(said, "Answer the customer's message that does not belong here with /split.")
            return
        try:
            receipt = await self._verbs.actions.split(said.request, record, said.agent, self._clock())
        except CannotMove as error:
            await self._tell(said, str(error))
            return
        if receipt.duplicate and receipt.request is not None:
            await self._tell(said, f"This message is in {request_number(receipt.request)}.")

    async def _agent(self, said: Said) -> None:
        """`/agent 123456789 lead Maria`, or as an answer to somebody's message `/agent lead`."""
        answered = said.message.reply_to_message
        # A message in a topic that answers nobody "answers" the one that made the topic.
        meant = answered is not None and answered.message_id != said.message.message_thread_id
        person = answered.from_user if answered is not None and meant else None
        parts = said.arguments.split()
        identity = parts.pop(0) if parts and TELEGRAM_ID.fullmatch(parts[0]) else ""
        role = parts.pop(0).lower() if parts and parts[0].lower() in (*Role, REMOVE) else None
        name = clean(" ".join(parts))
        if not identity and person is not None and not person.is_bot:
            identity, name = str(person.id), name or clean(person.full_name)
        if not identity:
            told = "Answer a colleague's message with /agent, or write /agent 123456789 lead Maria."
            await self._tell(said, told)
        elif role == REMOVE:
            await self._tell(said, (await self._verbs.staff.dismiss(identity, said.agent, self._clock())).says)
        else:
            wanted = Role(role) if role is not None else Role.AGENT
            came = await self._verbs.staff.appoint(identity, name, wanted, said.agent, self._clock())
            await self._tell(said, came.says)

    async def _help(self, said: Said) -> None:
        await self._tell(said, help_text(said.agent.role, in_topic=said.request is not None))

    async def _tell(self, said: Said, text: str) -> None:
        await self._verbs.actions.tell(said.request, text, self._clock())


def command_in(words: str, bot_name: str) -> tuple[str | None, str]:
    """`/find@our_bot words` as ("find", "words"); another bot's command is none of ours but no message either."""
    if not words.startswith("/") or words.startswith(NOTE_MARK):
        return None, ""
    head, *arguments = words[1:].split(maxsplit=1) or [""]
    name, _, addressed = head.partition("@")
    if addressed and addressed.lower() != bot_name.lower():
        return "", ""
    return name.lower(), arguments[0].strip() if arguments else ""
