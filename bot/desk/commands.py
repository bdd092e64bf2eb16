"""What agents can write with a slash: a table of commands, and what each does."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from bot.desk import cards
from bot.desk.said import Said, Verb, words_of
from bot.wire.client import Wire
from bot.wire.content import content
from bot.wire.texts import clean, external_id
from intake.actions import Actions
from intake.answering import Answers, NobodyElse
from intake.joining import CannotMove
from storage import requests, search, topics
from storage.kinds import Role, request_number

NOTE_MARK = "//"
TELEGRAM_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
HELP = """What you write in a request's topic goes to the customer.
/all text: to the customer, with copies to the people whom he named in his mails
//text or /note text: an internal note, never sent
/customer: who the customer is and what else he has asked
/find words: requests by number, name, address or words
/agent: answer somebody's message with it, or give his numeric id (admins)
/split, as an answer to a customer's message: it does not belong here and becomes a request of its own
Resolve, Reopen and Join are buttons on the card, the topic's first message. Join moves a request into the one that its
sender points at; from then on he may add to that one, but its answers go where they went."""

# What the app offers to agents, and to the group's administrators besides.
AGENTS_COMMANDS = (
    ("note", "An internal note, never sent"),
    ("all", "To the customer, with copies to the people whom he named"),
    ("customer", "Who the customer is and what else he has asked"),
    ("find", "Requests by number, name, address or words"),
    ("split", "As an answer to a message: it becomes a request of its own"),
    ("help", "What can be written here"),
)
ADMINS_COMMANDS = (("agent", "Let a colleague answer customers"),)

Command = Callable[[Said], Awaitable[None]]


class Commands:
    """The agents' commands on the desk."""

    def __init__(self, wire: Wire, actions: Actions, answers: Answers, clock: Callable[[], datetime]) -> None:
        self._wire = wire
        self._actions = actions
        self._answers = answers
        self._clock = clock
        self._table: Mapping[str, Command] = {
            "all": self._all,
            "note": self.note,
            "find": self._find,
            "customer": self._customer,
            "split": self._split,
            "agent": self._agent,
            "help": self._help,
        }

    async def run(self, name: str, said: Said) -> None:
        """Do what a command says; one that does not exist is told and does nothing."""
        await self._table.get(name, self._unknown)(said)

    async def note(self, said: Said) -> None:
        if said.request is None:
            await self._tell(said, "A note belongs into a request's topic.")
            return
        await self._keep(said, self._answers.note, said.arguments)

    async def _keep(self, said: Said, verb: Verb, text: str) -> None:
        await verb(said.agent, words_of(said, text, self._wire.bot_id), self._clock())

    async def _all(self, said: Said) -> None:
        if said.request is None:
            await self._tell(said, "Use /all in a request's topic.")
        elif not said.arguments and not content(said.message).files:
            await self._tell(said, "Write the words behind it: /all Dear Anna, dear Bob, …")
        else:
            try:
                await self._keep(said, self._answers.reply_all, said.arguments)
            except NobodyElse as error:
                await self._tell(said, f"{error} Nothing was sent; write it without /all.")

    async def _find(self, said: Said) -> None:
        if not said.arguments:
            await self._tell(said, "Say what to find: /find R-1042, /find anna@example.com, /find broken kettle")
            return
        found = await search.find(said.arguments)
        await self._tell(said, "\n".join(cards.request_line(request) for request in found) or "Nothing found.")

    async def _customer(self, said: Said) -> None:
        request = await requests.request_with_customer(said.request) if said.request is not None else None
        if request is None:
            await self._tell(said, "Use /customer in a request's topic.")
            return
        await self._tell(said, cards.customer_text(request, await search.requests_of(request.customer_id)))

    async def _split(self, said: Said) -> None:
        answered = said.message.reply_to_message
        shown = external_id(self._wire.bot_id, said.message.chat.id, answered.message_id) if answered else ""
        record = await topics.record_shown(shown)
        if said.request is None or record is None:
            await self._tell(said, "Answer the customer's message that does not belong here with /split.")
            return
        try:
            receipt = await self._actions.split(said.request, record, said.agent, self._clock())
        except CannotMove as error:
            await self._tell(said, str(error))
            return
        if receipt.duplicate and receipt.request is not None:
            await self._tell(said, f"This message is in {request_number(receipt.request)}.")

    async def _agent(self, said: Said) -> None:
        if said.agent.role is not Role.ADMIN:
            await self._tell(said, "Only admins add agents.")
            return
        person = said.message.reply_to_message.from_user if said.message.reply_to_message else None
        identity, _, name = said.arguments.partition(" ")
        if not identity and person is not None and not person.is_bot:
            identity, name = str(person.id), person.full_name
        if not TELEGRAM_ID.fullmatch(identity):
            await self._tell(said, "Answer a colleague's message with /agent, or write /agent 123456789 Maria.")
            return
        name = clean(name.strip())
        made = await self._actions.add_agent(identity, name, said.agent.name, self._clock())
        who = name or identity
        await self._tell(said, f"{who} may answer customers now." if made else f"{who} is an agent already.")

    async def _help(self, said: Said) -> None:
        await self._tell(said, HELP)

    async def _unknown(self, said: Said) -> None:
        await self._tell(said, "There is no such command; nothing was sent to the customer. /help lists them.")

    async def _tell(self, said: Said, text: str) -> None:
        await self._actions.tell(said.request, text, self._clock())


def command_in(words: str, bot_name: str) -> tuple[str | None, str]:
    """`/find@our_bot words` as ("find", "words"); another bot's command is none of ours but no message either."""
    if not words.startswith("/") or words.startswith(NOTE_MARK):
        return None, ""
    head, *arguments = words[1:].split(maxsplit=1) or [""]
    name, _, addressed = head.partition("@")
    if addressed and addressed.lower() != bot_name.lower():
        return "", ""
    return name.lower(), arguments[0].strip() if arguments else ""
