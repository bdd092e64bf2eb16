"""What agents do in the desk's group: answer, note, press, command. Only known agents are heard."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from telegram import CallbackQuery, Message, Update
from telegram.error import TelegramError
from telegram.ext import filters

from bot import cards
from bot.content import content
from bot.wire import Wire, clean, external_id
from intake.actions import Actions, AgentWords, NobodyElse, NoSuchRequest
from intake.message import Receipt
from storage import requests, search, topics
from storage.kinds import Role, request_id
from storage.models import Agent

log = structlog.get_logger()

NOTE_MARK = "//"
LONG_NOTE = 4000  # UTF-16 units; Telegram's apps split longer words, and only the first piece carries the mark
TELEGRAM_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
HELP = """What you write in a request's topic goes to the customer.
/all text: to the customer, with copies to the people whom he named in his mails
//text or /note text: an internal note, never sent
/customer: who the customer is and what else he has asked
/find words: requests by number, name, address or words
/agent: answer somebody's message with it, or give his numeric id (admins)
Resolve and Reopen are buttons on the card, the topic's first message."""


@dataclass(frozen=True, slots=True)
class Said:
    """An agent's message on the desk, and the request whose topic it stands in."""

    agent: Agent
    message: Message
    request: int | None
    arguments: str


Command = Callable[[Said], Awaitable[None]]


class AgentsDesk:
    """Turns what agents write and press into the core's verbs."""

    def __init__(
        self, wire: Wire, chat: int, actions: Actions, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._wire = wire
        self._chat = chat
        self._actions = actions
        self._clock = clock
        self._commands: Mapping[str, Command] = {
            "all": self._all,
            "note": self._note,
            "find": self._find,
            "customer": self._customer,
            "agent": self._agent,
            "help": self._help,
        }

    async def message(self, update: Update, message: Message) -> None:
        """Handle a message in the desk's group."""
        if filters.StatusUpdate.ALL.check_update(update):
            # Telegram speaks: a topic was made, closed, renamed, something was pinned. None of it is an agent's words.
            if message.forum_topic_created and message.from_user and message.from_user.id == self._wire.bot_id:
                await self._adopt(message)
            return
        agent = await self._known(message)
        if agent is None:
            return
        request = await self._request_here(message)
        words = message.text or message.caption or ""
        command, arguments = _command(words, self._wire.bot.username)
        said = Said(agent, message, request, arguments)
        if command is not None:
            await self._commands.get(command, self._unknown)(said)
        elif words.startswith(NOTE_MARK):
            await self._note(Said(agent, message, request, words.removeprefix(NOTE_MARK).strip()))
        elif request is not None and (await self._answers_note(message) or await self._continues_note(message)):
            await self._note(Said(agent, message, request, words))
        elif request is not None:
            await self._reply(said)

    async def edited(self, message: Message) -> None:
        """An agent changed what he had written; the customer keeps what was sent."""
        agent = await self._known(message)
        request = await self._request_here(message)
        if agent is not None and request is not None:
            told = "An edit does not reach the customer. Send the correction as a new message."
            await self._actions.tell(request, told, self._clock())

    async def pressed(self, query: CallbackQuery) -> None:
        """A button on a card. Answered once it has had its effect; when the database is away the press comes again."""
        await self._answer(query, await self._press(query))

    async def _press(self, query: CallbackQuery) -> str:
        agent = await requests.agent_by_identity(str(query.from_user.id))
        if agent is None:
            return "Only agents may press this. An admin can add you with /agent."
        deed, _, number = (query.data or "").partition(":")
        request = request_id(number)
        if deed not in ("resolve", "reopen") or request is None:
            return "This button does nothing any more."
        do = self._actions.resolve if deed == "resolve" else self._actions.reopen
        try:
            changed = await do(request, agent, self._clock())
        except NoSuchRequest as error:
            return f"{error} does not exist."
        if deed == "resolve":
            return "Resolved." if changed else "It was resolved already."
        return "Open again." if changed else "It was open already."

    async def _answer(self, query: CallbackQuery, text: str) -> None:
        try:
            await self._wire.bot.answer_callback_query(query.id, text)
        except TelegramError as error:
            # The press has had its effect; an answer that came too late changes nothing.
            log.info("press not answered", error=type(error).__name__)

    async def _reply(self, said: Said) -> None:
        await self._keep(said, self._actions.reply, said.message.text or said.message.caption or "")

    async def _all(self, said: Said) -> None:
        if said.request is None:
            await self._tell(said, "Use /all in a request's topic.")
        elif not said.arguments and not content(said.message).files:
            await self._tell(said, "Write the words behind it: /all Dear Anna, dear Bob, …")
        else:
            try:
                await self._keep(said, self._actions.reply_all, said.arguments)
            except NobodyElse as error:
                await self._tell(said, f"{error} Nothing was sent; write it without /all.")

    async def _note(self, said: Said) -> None:
        if said.request is None:
            await self._tell(said, "A note belongs into a request's topic.")
            return
        await self._keep(said, self._actions.note, said.arguments)

    async def _keep(
        self, said: Said, verb: Callable[[Agent, AgentWords, datetime], Awaitable[Receipt]], text: str
    ) -> None:
        message, bot = said.message, self._wire.bot_id
        found = content(message)
        key = external_id(bot, message.chat.id, message.message_id)
        words = AgentWords(
            request=said.request or 0,
            key=key,
            # A file whose caption is nothing but a command has no words; one without a caption gets a line to read.
            text=clean(text) or ("" if message.text or message.caption else found.text),
            external_id=key,
            channel="telegram",
            account=str(bot),
            origin=f"{message.chat.id}:{message.message_id}",
            attachments=found.files,
        )
        await verb(said.agent, words, self._clock())

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

    async def _adopt(self, message: Message) -> None:
        """Our own new topic: if a crash came between making it and remembering it, it is remembered now."""
        created = message.forum_topic_created
        number = cards.number_in_topic(created.name) if created else None
        if number is not None and message.message_thread_id is not None:
            adopted = await topics.adopt(
                number, str(self._wire.bot_id), str(self._chat), str(message.message_thread_id)
            )
            if adopted:
                log.info("topic adopted", request=number)

    async def _known(self, message: Message) -> Agent | None:
        """The agent who writes. Anonymous admins, channels, other bots and strangers are nobody."""
        person = message.from_user
        if person is None or person.is_bot or message.sender_chat is not None or message.message_id == 0:
            return None
        agent = await requests.agent_by_identity(str(person.id))
        if agent is None:
            log.info("not an agent", chat="desk")
        elif not agent.name:
            await requests.name_agent(agent, clean(person.full_name))
        return agent

    async def _request_here(self, message: Message) -> int | None:
        if not message.is_topic_message or message.message_thread_id is None:
            return None
        return await topics.request_in_thread(str(self._chat), str(message.message_thread_id))

    async def _answers_note(self, message: Message) -> bool:
        answered = message.reply_to_message
        if answered is None or answered.message_id == message.message_thread_id:
            return False  # a message in a topic always "answers" the topic's first service message
        return await topics.shows_note(external_id(self._wire.bot_id, message.chat.id, answered.message_id))

    async def _continues_note(self, message: Message) -> bool:
        """Does the message go on with a note: a later picture of its album, a later piece of its long text?

        Only the first of them carries the mark. They come one after the other, so the message before tells.
        """
        before = external_id(self._wire.bot_id, message.chat.id, message.message_id - 1)
        if message.media_group_id is not None and not message.caption:
            return await topics.shows_note(before)
        return await topics.shows_note(before, longer_than=LONG_NOTE)


def _command(words: str, bot_name: str) -> tuple[str | None, str]:
    """`/find@our_bot words` as ("find", "words"); another bot's command is none of ours but no message either."""
    if not words.startswith("/") or words.startswith(NOTE_MARK):
        return None, ""
    head, *arguments = words[1:].split(maxsplit=1) or [""]
    name, _, addressed = head.partition("@")
    if addressed and addressed.lower() != bot_name.lower():
        return "", ""
    return name.lower(), arguments[0].strip() if arguments else ""
