"""What all bots share: users, groups, the clock; and who hears of what happens in a group."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.demo import parts, spec
from bot.demo.chats import Chat, Post
from bot.demo.clock import Clock
from bot.demo.record import Deed, Happening, Record

if TYPE_CHECKING:
    from bot.demo.world import World

GENERAL = 1
# core.telegram.org/bots/faq and limits.tginfo.me: administrators and bots of one group.
MOST_ADMINISTRATORS, MOST_BOTS = 50, 20


@dataclass(slots=True, eq=False)
class Network:
    """Telegram itself. `touch` tells those who wait that something changed; `defects` is what went wrong in here.

    `moved` has the new ids of groups that became supergroups.
    """

    clock: Clock = field(default_factory=Clock)
    users: dict[int, parts.User] = field(default_factory=dict)
    groups: dict[int, Chat] = field(default_factory=dict)
    worlds: dict[int, World] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    defects: list[Exception] = field(default_factory=list)
    record: Record = field(default_factory=Record)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def touch(self) -> None:
        self.changed.set()

    def join(self, world: World) -> None:
        """A new bot: it has a private chat with everybody, and is in no group yet."""
        self.worlds[world.bot.id] = world
        for user in self.users.values():
            if not user.is_bot:
                world.open_private(user)

    def add_user(self, user: parts.User) -> None:
        """A person, with the private chats that the bots would have with them; or a bot of another house."""
        self.users[user.id] = user
        for world in self.worlds.values():
            if not user.is_bot:
                world.open_private(user)

    def change_user(self, user_id: int, changes: dict[str, str | None]) -> None:
        """A user by another name."""
        new = self.users[user_id] = self.users[user_id].model_copy(update=changes)
        for world in self.worlds.values():
            chat = world.chats[user_id]
            named = {"first_name": new.first_name, "last_name": new.last_name, "username": new.username}
            chat.info = chat.info.model_copy(update=named)
        self.touch()

    def add_group(self, title: str, is_forum: bool, kind: str = "supergroup") -> Chat:
        """A group without members. Basic groups have other ids than supergroups."""
        number = len(self.groups) + len(self.moved) + 1
        first = -1_002_000_000_000 if kind == "supergroup" else -4_000_000_000
        info = parts.Chat.model_validate(
            {"id": first - number, "type": kind, "title": title, "is_forum": True if is_forum else None}
        )
        return self._found(Chat(info))

    def migrate(self, chat: Chat) -> parts.Chat:
        """A group becomes a supergroup: another id, the same people. Here its messages and topics go with it."""
        old, new = chat.info, self.add_group(chat.info.title or "", is_forum=bool(chat.info.is_forum)).info
        del self.groups[old.id]
        self.moved[old.id] = new.id
        chat.info = new
        for post in chat.posts.values():
            post.message = post.message.model_copy(update={"chat": new})
        self._found(chat)
        for world in self.worlds.values():
            world.chats.pop(old.id, None)
        return new

    def admit(self, chat: Chat, member: spec.ChatMember) -> None:
        """Make somebody a member, or change what he is. Raises PermissionError beyond Telegram's limits."""
        others = [one for one in chat.members.values() if one.user.id != member.user.id and one.status != "left"]
        leading = ("creator", "administrator")
        if member.status in leading and sum(one.status in leading for one in others) >= MOST_ADMINISTRATORS:
            raise PermissionError(f"a group has at most {MOST_ADMINISTRATORS} administrators")
        if member.user.is_bot and sum(one.user.is_bot for one in others) >= MOST_BOTS:
            raise PermissionError(f"a group has at most {MOST_BOTS} bots")
        chat.members[member.user.id] = member
        self.touch()

    def note(
        self, deed: Deed, chat: Chat, message: spec.Message, by: int, bot_id: int, emojis: tuple[str, ...] = ()
    ) -> None:
        """Write down what happened to a message."""
        owner = bot_id if chat.is_private else None
        self.record.happenings.append(Happening(self.clock.monotonic(), deed, chat.id, owner, message, by, emojis))
        self.touch()

    def tell_post(self, chat: Chat, post: Post) -> None:
        """A new message in a group. Bots hear each other's service messages, not each other's words."""
        if post.message.from_.id in self.worlds and not post.is_service:
            return
        for world in self.worlds.values():
            if world.hears(chat, post.message, post.is_service):
                world.queue.put(message=post.message)

    def tell_edit(self, chat: Chat, message: spec.Message) -> None:
        for world in self.worlds.values():
            if world.hears(chat, message):
                world.queue.put(edited_message=message)

    def tell_reaction(self, chat: Chat, reaction: spec.MessageReactionUpdated) -> None:
        """Only administrators hear of reactions."""
        for world in self.worlds.values():
            if world.leads(chat):
                world.queue.put(message_reaction=reaction)

    def tell_change(self, chat: Chat, change: spec.ChatMemberUpdated) -> None:
        """Everybody hears of his own status, administrators of others'."""
        for world in self.worlds.values():
            if change.new_chat_member.user.id == world.bot.id:
                world.queue.put(my_chat_member=change)
            elif world.leads(chat):
                world.queue.put(chat_member=change)
        self.touch()

    def next_id(self, chat: Chat) -> int:
        """Supergroups count by themselves. The number 1 is never a topic: it is General's."""
        chat.last_id = max(chat.last_id + 1, GENERAL + 1)
        return chat.last_id

    def _found(self, chat: Chat) -> Chat:
        self.groups[chat.id] = chat
        for world in self.worlds.values():
            world.chats[chat.id] = chat
        return chat
