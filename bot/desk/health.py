"""How it stands with the agents' group: what is wrong with it, since when, who is told, and where it has moved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from telegram import Chat, ChatFullInfo, ChatMember, ChatMemberAdministrator, ChatMemberOwner, ChatMemberUpdated, Update

from bot.desk.group import DeskGroup
from bot.wire.errors import DeskAway, Migrated, Misconfigured
from intake.message import ChannelError
from intake.outgoing import jobs
from storage import desks
from storage.database import DATABASE_AWAY
from storage.transaction import after_commit, transaction

log = structlog.get_logger()

RIGHTS = (
    ("can_manage_topics", "Manage topics"),
    ("can_delete_messages", "Delete messages"),
    ("can_pin_messages", "Pin messages"),
)
AWAY = ("left", "kicked")
LOOK_SOON_S, LOOK_AGAIN_S, LOOK_S = 2.0, 60.0, 600.0  # Telegram did not answer; something is wrong; nothing is
READ_EVERY_S = 5.0  # while something is wrong: what another process was told by Telegram is in the desk's row
SAME_ALARM_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a desk, in words for whoever can mend it."""

    words: str
    gone: bool = False  # not even General can be written to
    blocks: bool = False  # nothing can be shown; a missing right holds up only what needs it
    refused: bool = False  # learnt from a refusal and not to be seen from outside: over when something was shown


# However it was learnt, it is one trouble: told once.
GONE = Trouble(
    "The bot is not in the desk’s group any more, or the group is gone: add it again, as an administrator.",
    gone=True,
    blocks=True,
)


class DeskHealth:
    """Watches one desk. What is wrong is written into its row, told once, and over by itself when it is mended."""

    def __init__(
        self,
        group: DeskGroup,
        admins: Sequence[str],
        wake: Callable[[], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`admins`: who is told in private when the group itself cannot be written to."""
        self._group = group
        self._admins = admins
        self._wake = wake
        self._clock = clock
        self._trouble: Trouble | None = None
        self._told: dict[str, datetime] = {}
        self._moving = asyncio.Lock()

    @property
    def trouble(self) -> str | None:
        """What is wrong with the desk, or None. It is the process that sends to it which looks after it."""
        return self._trouble.words if self._trouble is not None and self._group.wire.duty.ours else None

    async def follow(self) -> None:
        """The group may have another id than the settings say, or than it had when we last looked."""
        today = int(await desks.now_at(str(self._group.bot), str(self._group.chat)))
        if today != self._group.chat:
            log.warning("the desk has moved; set INTAKE_DESK_CHAT_ID to it", desk=today)
            self._group.chat = today

    async def watch(self) -> None:
        """Look at the desk now and then, until cancelled. Most troubles are heard of sooner, by what they refuse."""
        while True:
            looked = False
            try:
                await self.follow()
                looked = await self.look()
                if looked and self._trouble is not None:
                    await self._until_mended()
                    continue
            except DATABASE_AWAY as error:
                log.warning("the desk's state is not written", error=type(error).__name__)
            await asyncio.sleep(LOOK_S if looked else LOOK_SOON_S)

    async def _until_mended(self) -> None:
        """Until somebody else says so, and a minute at most: Telegram may have told another process of ours."""
        for _ in range(int(LOOK_AGAIN_S / READ_EVERY_S)):
            await asyncio.sleep(READ_EVERY_S)
            if await desks.trouble_of(str(self._group.bot), str(self._group.chat)) is None:
                return

    async def look(self) -> bool:
        """Ask Telegram how it stands with the group. False: Telegram did not answer."""
        try:
            found = await self._asked()
        except ChannelError as error:
            log.info("the desk was not looked at", error=type(error).__name__)
            return False
        if found is not None or self._trouble is None or not self._trouble.refused:
            await self._note(found)
        return True

    async def refused(self, error: DeskAway) -> None:
        """Something could not be shown. Whose fault it is can be seen, or at least be told as Telegram told it."""
        if self._trouble is not None:
            return  # known; it is looked at every minute
        try:
            found = await self._asked()
        except ChannelError:
            found = None
        await self._note(found or Trouble(str(error), refused=True))

    async def went_well(self) -> None:
        """Something was shown."""
        if self._trouble is not None and self._trouble.refused:
            await self._note(None)

    def gate(self, *, general: bool = False) -> None:
        """Raises DeskAway while nothing can be shown: Telegram need not refuse each job by itself.

        `general`: it is for General, which is there without topics, too.
        """
        if self._trouble is not None and (self._trouble.gone if general else self._trouble.blocks):
            raise DeskAway(self._trouble.words, after=LOOK_AGAIN_S)

    async def has_topics(self) -> None:
        """Raises DeskAway when it is not one topic that is missing, but all of them are switched off."""
        await self.look()
        self.gate()

    async def changed(self, update: Update) -> None:
        """What the bot may do in a group has changed, or a group has another id."""
        message, change = update.message, update.my_chat_member
        if message is not None and message.migrate_to_chat_id and message.chat.id == self._group.chat:
            await self.moved(message.migrate_to_chat_id)
        elif message is not None and message.migrate_from_chat_id == self._group.chat:
            await self.moved(message.chat.id)
        elif change is not None and change.chat.id == self._group.chat:
            await self._note(trouble_of(change.chat, change.new_chat_member))
        elif change is not None:
            await self._elsewhere(change)

    async def moved(self, new: int) -> None:
        """The group has become a supergroup, with another id: the desk goes on there."""
        async with self._moving:  # both groups say it, and every message that the old one refuses
            old = self._group.chat
            if new == old:
                return
            if int(await desks.now_at(str(self._group.bot), str(old))) == new:  # another process was told first
                self._group.chat, self._trouble = new, None
                return
            await desks.move(str(self._group.bot), str(old), str(new))
            self._group.chat, self._trouble = new, None
        told = f"This group has a new id, {new}. The desk goes on; set INTAKE_DESK_CHAT_ID to it."
        log.error("the desk has moved; set INTAKE_DESK_CHAT_ID to it", desk=new)

        async def work() -> None:
            await jobs.notice(None, None, told, self._clock())
            await desks.resume(jobs.DESK, self._clock())
            after_commit(self._wake)

        await transaction(work)

    async def _asked(self) -> Trouble | None:
        """Raises ChannelError when Telegram does not say."""
        bot, chat = self._group.wire.bot, self._group.chat
        try:
            group = await self._group.wire.call(chat, lambda: bot.get_chat(chat), family="member")
            member = await self._group.wire.call(chat, lambda: bot.get_chat_member(chat, bot.id), family="member")
        except Misconfigured as error:
            log.info("the desk is not to be reached", reason=str(error))
            return GONE
        except Migrated as error:
            await self.moved(error.new_chat)
            return None
        return trouble_of(group, member, slow=bool(group.slow_mode_delay))

    async def _note(self, trouble: Trouble | None) -> None:
        """Write down how it stands; what is new is told, and what was put off goes on when all is well."""
        self._trouble = trouble
        now, words = self._clock(), trouble.words if trouble is not None else None

        async def work() -> None:
            before = await desks.set_trouble(str(self._group.bot), str(self._group.chat), words, now)
            if before is None:
                return
            if trouble is not None:
                log.error("the desk is in trouble", trouble=trouble.words)
                told = f"⚠️ {trouble.words} Nothing is lost: what waits is shown when it is mended."
                await self._alarm(told, now, in_private=trouble.gone)
            else:
                log.info("the desk is well again")
                await self._alarm(f"✅ Mended: {before.trouble} What waited is shown now.", now)
            await desks.resume(jobs.DESK, now)
            after_commit(self._wake)

        await transaction(work)

    async def _alarm(self, told: str, now: datetime, *, in_private: bool = False) -> None:
        """Tell it where it can be read, and not twice an hour."""
        last = self._told.get(told)
        if last is not None and now - last < SAME_ALARM_AFTER:
            return
        self._told[told] = now
        if not in_private:
            await jobs.notice(None, None, told, now)
            return
        for admin in self._admins:
            # Whoever has never started the bot cannot be written to; the log has it in any case.
            await jobs.alarm("telegram", str(self._group.bot), admin, told, now)

    async def _elsewhere(self, change: ChatMemberUpdated) -> None:
        """The bot is in a group that is no desk: that is no harm, but nobody is heard there."""
        chat, away = change.chat, change.new_chat_member.status in AWAY
        words = (
            None if away else f"The bot is in “{chat.title}” ({chat.id}), which is not the desk: nobody is heard there."
        )
        now = self._clock()

        async def work() -> None:
            if await desks.set_trouble(str(self._group.bot), str(chat.id), words, now) is not None and words:
                log.warning("the bot was added to a group that is not the desk", chat=chat.id)
                await jobs.notice(None, None, f"⚠️ {words} To move the desk there, set INTAKE_DESK_CHAT_ID.", now)
                after_commit(self._wake)

        await transaction(work)


def trouble_of(chat: Chat | ChatFullInfo, member: ChatMember, slow: bool = False) -> Trouble | None:
    """What a desk's group lacks, or None. Pure."""
    name = f"the desk’s group “{chat.title}”"
    if member.status in AWAY:
        return GONE
    if not chat.is_forum:
        return Trouble(f"Topics are off in {name}: open its settings in Telegram and switch Topics on.", blocks=True)
    if isinstance(member, ChatMemberOwner):
        return None
    if not isinstance(member, ChatMemberAdministrator):
        # Administrators are exempt from slow mode; a plain member is held up by it and does not hear the agents.
        held_up = " It is in slow mode, too, which holds up all but administrators." if slow else ""
        return Trouble(f"The bot is no administrator of {name}: make it one, with {_listed(RIGHTS)}.{held_up}")
    missing = [(right, name) for right, name in RIGHTS if not getattr(member, right)]
    if missing:
        return Trouble(f"The bot lacks the right {_listed(missing)} in {name}: Administrators, the bot, switch it on.")
    return None


def _listed(rights: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"“{name}”" for _, name in rights)
