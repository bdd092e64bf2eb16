"""What agents write in the desk's group: answers, notes, commands. Only known agents are heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from telegram import CallbackQuery, Message, Update
from telegram.ext import filters

from bot.desk.buttons import Signer
from bot.desk.by_hand import ByHand
from bot.desk.commands import NOTE_MARK, Commands, command_in
from bot.desk.drawing import Drawing
from bot.desk.group import DeskGroup
from bot.desk.members import Members
from bot.desk.presses import Presses
from bot.desk.said import Said, words_of
from bot.desk.verbs import Verbs
from bot.wire.texts import external_id
from storage import topics

LONG_NOTE = 4000  # UTF-16 units; Telegram's apps split longer words, and only the first piece carries the mark


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
        words = message.text or message.caption or ""
        command, arguments = command_in(words, self._wire.bot.username)
        said = Said(agent, message, request, arguments)
        if command is not None:
            await self._commands.run(command, said)
        elif words.startswith(NOTE_MARK):
            await self._commands.note(Said(agent, message, request, words.removeprefix(NOTE_MARK).strip()))
        elif request is not None and (await self._answers_note(message) or await self._continues_note(message)):
            await self._commands.note(Said(agent, message, request, words))
        elif request is not None:
            await self._answers.reply(said.agent, words_of(said, words, self._wire.bot_id), self._clock())

    async def edited(self, message: Message) -> None:
        """An agent changed what he had written; the customer keeps what was sent."""
        agent = await self.members.agent_who_wrote(message)
        request = await self._request_here(message)
        if agent is not None and request is not None:
            told = "An edit does not reach the customer. Send the correction as a new message."
            await self._actions.tell(request, told, self._clock())

    async def pressed(self, query: CallbackQuery) -> None:
        """A button was pressed."""
        await self._presses.pressed(query)

    async def _request_here(self, message: Message) -> int | None:
        if not message.is_topic_message or message.message_thread_id is None:
            return None
        return await topics.request_in_thread(str(self._group.chat), str(message.message_thread_id))

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
