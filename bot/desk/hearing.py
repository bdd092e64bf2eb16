"""What agents write in the desk's group: answers, notes, commands. Only known agents are heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from telegram import CallbackQuery, Message, Update
from telegram.ext import filters

from bot.desk.buttons import Signer
from bot.desk.by_hand import ByHand
from bot.desk.commands import Commands, command_in
from bot.desk.drawing import Drawing
from bot.desk.group import DeskGroup
from bot.desk.members import Members
from bot.desk.presses import Presses
from bot.desk.said import Said, edited_words, note_in, plain_words, refers_to, words_of
from bot.desk.verbs import Verbs
from bot.wire.content import content
from bot.wire.texts import external_id, units
from storage import answers, topics
from storage.kinds import Direction
from storage.models import Agent

# UTF-16 units. Telegram's apps cut what is longer than 4096 at a place of their choice in the second half.
LONG_NOTE = 2000
NEXT_PIECE = timedelta(seconds=60)
NOTE, ALL = "note", "all"
SAYING = (NOTE, ALL)  # commands behind which words stand
GOES_ON = "This follows on a long note and was kept as its next piece. If it is for the customer, write it once more."
BY_A_BOT = "What another bot has written for you is not sent to the customer. Write it yourself."


class AgentsDesk:
    """Turns what agents write and press into the core's verbs."""

    def __init__(
        self,
        group: DeskGroup,
        verbs: Verbs,
        signer: Signer,
        drawing: Drawing,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._group = group
        self._wire = group.wire
        self._actions = verbs.actions
        self._answers = verbs.answers
        self._clock = clock
        self.members = Members(group, verbs.staff, clock)
        self._commands = Commands(group, verbs, clock)
        self._presses = Presses(group, self.members, verbs, signer, drawing, clock)
        self._by_hand = ByHand(group, verbs.actions, clock)

    async def message(self, update: Update, message: Message) -> None:
        """Handle a message in the desk's group."""
        if filters.StatusUpdate.ALL.check_update(update):
            # Telegram speaks: a topic was made, closed, renamed, something was pinned. None of it is an agent's words.
            await self._by_hand.heard(message, await self.members.agent_who_did(message))
            return
        agent = await self.members.agent_who_wrote(message)
        if agent is None:
            return
        request = await self._request_here(message)
        words = plain_words(message)
        note = note_in(words)
        command, arguments = command_in(words, self._wire.bot.username)
        if self._by_foreign_bot(message):
            await self._tell(request, BY_A_BOT)
        elif note is not None:
            await self._commands.note(Said(agent, message, request, note))
        elif command is not None:
            if message.media_group_id is not None and command not in SAYING:
                # What was meant is not known, so none of the album leaves.
                await self._commands.note(Said(agent, message, request, words))
            await self._commands.run(command, Said(agent, message, request, arguments))
        elif request is not None:
            await self._words(agent, message, request, words)

    async def _words(self, agent: Agent, message: Message, request: int, words: str) -> None:
        """Words without a mark or a command: for the customer, unless what stands before them makes them a note."""
        said = Said(agent, message, request, words)
        if await self._answers_note(message):
            await self._commands.note(said)
        elif await self._continues_note(agent, message, request):
            await self._commands.note(said)
            await self._tell(request, GOES_ON)
        else:
            await self._answers.reply(agent, words_of(said, words, self._wire.bot_id), self._clock())

    async def edited(self, message: Message) -> None:
        """An agent changed what he had written. An edit never makes a note an answer, and runs no command."""
        agent = await self.members.agent_who_wrote(message)
        request = await self._request_here(message)
        if agent is None or request is None or not (message.text or content(message).files):
            return
        words = plain_words(message)
        note = note_in(words)
        command, arguments = command_in(words, self._wire.bot.username)
        text = note if note is not None else arguments if command in SAYING else words
        internal = note is not None or (command is not None and command != ALL) or self._by_foreign_bot(message)
        said = Said(agent, message, request, text)
        new = edited_words(said, text, self._wire.bot_id, internal=internal or await self._answers_note(message))
        await self._answers.edit(agent, new, self._clock())

    async def pressed(self, query: CallbackQuery) -> None:
        """A button was pressed."""
        await self._presses.pressed(query)

    async def _request_here(self, message: Message) -> int | None:
        if not message.is_topic_message or message.message_thread_id is None:
            return None
        return await topics.request_in_thread(str(self._group.chat), str(message.message_thread_id))

    async def _answers_note(self, message: Message) -> bool:
        answered = refers_to(message)
        if answered is None:
            return False
        record = await answers.shown_by(external_id(self._wire.bot_id, message.chat.id, answered))
        return record is not None and await answers.is_note(record)

    async def _continues_note(self, agent: Agent, message: Message, request: int) -> bool:
        """Is it a later piece of a long note? Telegram's apps cut long words, and only the first piece is marked."""
        before = await answers.last_of(request, agent.id)
        if before is None or before.direction is not Direction.NOTE or before.sent_at is None:
            return False
        return units(before.text) >= LONG_NOTE and message.date - before.sent_at <= NEXT_PIECE

    def _by_foreign_bot(self, message: Message) -> bool:
        return message.via_bot is not None and message.via_bot.id != self._wire.bot_id

    async def _tell(self, request: int | None, text: str) -> None:
        if request is not None:
            await self._actions.tell(request, text, self._clock())
