"""The groups that agents work in: who belongs to them, what the bot may do there, and their topics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.demo import parts, spec, views
from bot.demo.api import topics
from bot.demo.api.editing import pin_post, remove
from bot.demo.chats import Chat, Thread
from bot.demo.menus import menu
from bot.demo.people import Person
from bot.demo.speaking import Speaker
from bot.demo.views import SimMessage, Topic
from bot.demo.world import World

# Telegram's own accounts, the same in every group.
ANONYMOUS = parts.User(id=1_087_968_824, is_bot=True, first_name="Group", username="GroupAnonymousBot")
CHANNEL_BOT = parts.User(id=136_817_688, is_bot=True, first_name="Channel", username="Channel_Bot")
TELEGRAM = parts.User(id=777_000, is_bot=False, first_name="Telegram")
SOMEBODY = 0  # an administrator, no matter which
Status = Literal["creator", "administrator", "member", "left", "kicked"]


@dataclass(frozen=True, slots=True)
class Group:
    """A supergroup, with topics or without."""

    world: World
    chat: Chat

    @property
    def chat_id(self) -> int:
        return self.chat.id

    def add(self, person: Person, status: Status = "member") -> None:
        """Make somebody a member, or change what he is. The bot is told nothing, as of those there before it."""
        self.world.network.admit(self.chat, _member(person.user, status))

    def seen_by(self, world: World) -> Group:
        """The same group in front of another bot, whose rights it then changes."""
        return Group(world, self.chat)

    def add_bot(self, world: World, status: Status = "administrator") -> None:
        """Another bot of ours comes in; it hears of it."""
        self.seen_by(world).bot_becomes(status)

    def remove(self, person: Person) -> None:
        """Somebody leaves: a service message; and a change of members, if the bot asked for such."""
        self._becomes(person, "left", by=person)
        self.world.post(self.chat, person.user, spec.Body(left_chat_member=person.user), copyable=False)

    def joins(self, person: Person) -> None:
        """Somebody comes in: a service message; and a change of members, if the bot asked for such."""
        self._becomes(person, "member", by=person)
        self.world.post(self.chat, person.user, spec.Body(new_chat_members=(person.user,)), copyable=False)

    def changes(self, person: Person, status: Status, by: Person) -> None:
        """Somebody is promoted, demoted or banned; the bot hears of it if it asked for chat_member."""
        self._becomes(person, status, by)

    def anonymous(self, person: Person) -> Speaker:
        """An administrator who hides behind the group. His presses still carry his own id: press as the person."""
        member = _administrator(person.user).model_copy(update={"is_anonymous": True})
        self.chat.members[person.id] = member
        return Speaker(self.world, ANONYMOUS, sender_chat=self.chat.info)

    def as_channel(self, title: str) -> Speaker:
        """Somebody who writes in the name of a channel of his."""
        return Speaker(self.world, CHANNEL_BOT, sender_chat=_channel(title))

    def linked_channel(self, title: str) -> Speaker:
        """The channel whose posts Telegram forwards into this group by itself."""
        return Speaker(self.world, TELEGRAM, sender_chat=_channel(title), automatic=True)

    def bot_rights(
        self,
        can_manage_topics: bool | None = None,
        can_delete_messages: bool | None = None,
        can_pin_messages: bool | None = None,
    ) -> None:
        """Make the bot an administrator with these rights; None leaves one as it is."""
        old = self.chat.members.get(self.world.bot.id)
        base = old if isinstance(old, spec.ChatMemberAdministrator) else _administrator(self.world.bot)
        wanted = {
            "can_manage_topics": can_manage_topics,
            "can_delete_messages": can_delete_messages,
            "can_pin_messages": can_pin_messages,
        }
        given = {right: value for right, value in wanted.items() if value is not None}
        self._bot_becomes(spec.ChatMemberAdministrator.model_validate({**dict(base), **given}))

    def bot_becomes(self, status: Status) -> None:
        """The bot is demoted, promoted, kicked or taken in again."""
        self._bot_becomes(_member(self.world.bot, status))

    def migrates(self) -> int:
        """The group becomes a supergroup with another id, which is returned. Both sides are told of it."""
        old = self.chat.info
        actor = next((one.user for one in self.chat.members.values() if not one.user.is_bot), self.world.bot)
        new = self.world.network.migrate(self.chat)
        moving = spec.Body(migrate_to_chat_id=new.id)
        self.world.post(Chat(old, members=self.chat.members), actor, moving, copyable=False, number=self.chat.last_id)
        self.world.post(self.chat, actor, spec.Body(migrate_from_chat_id=old.id), copyable=False)
        return new.id

    def limits(self, topics: int | None = None, messages: int = 1_000_000) -> None:
        """How many topics it may have, and how many messages it keeps; beyond, the oldest go."""
        self.chat.most_topics, self.chat.keeps = topics, messages

    def slow_mode(self, seconds: int) -> None:
        """So long must members wait between two messages. Administrators need not."""
        self.chat.slow_mode_delay = seconds

    def menu_of(self, person: Person) -> tuple[spec.BotCommand, ...]:
        """The commands that somebody's app offers in this group."""
        return menu(Person(self.world, person.user), self.chat)

    def turn_topics(self, on: bool) -> None:
        """Somebody switches the topics of the group on or off."""
        self.chat.info = self.chat.info.model_copy(update={"is_forum": True if on else None})
        self.world.touch()

    def topics(self) -> list[Topic]:
        """The topics in the order in which they were made; deleted ones are gone."""
        return views.topics(self.world, self.chat, tuple(self.chat.threads.values()))

    def topic(self, name_prefix: str) -> Topic:
        """The first topic whose name begins so. Raises LookupError, which `Simulator.until` takes for "not yet"."""
        for thread in self.chat.threads.values():
            if thread.name.startswith(name_prefix):
                return views.topics(self.world, self.chat, (thread,))[0]
        raise LookupError(f"no topic {name_prefix!r} among {[thread.name for thread in self.chat.threads.values()]}")

    def general(self) -> list[SimMessage]:
        """What was written outside of topics."""
        return views.messages(self.world, self.chat)

    def create_topic(self, name: str, by: Person) -> Topic:
        created = parts.ForumTopicCreated(name=name, icon_color=topics.ICON_COLORS[0])
        thread = self.world.open_thread(self.chat, by.user, created)
        return views.topics(self.world, self.chat, (thread,))[0]

    def rename_topic(self, topic: Topic | int, name: str, by: Person) -> None:
        thread = self._thread(topic)
        topics.change(self.world, self.chat, thread, by.user, name, thread.icon_custom_emoji_id)

    def close_topic(self, topic: Topic | int, by: Person) -> None:
        topics.set_closed(self.world, self.chat, self._thread(topic), by.user, closed=True)

    def reopen_topic(self, topic: Topic | int, by: Person) -> None:
        topics.set_closed(self.world, self.chat, self._thread(topic), by.user, closed=False)

    def give_icon(self, topic: Topic | int, emoji: str | None, by: Person) -> None:
        """Change the icon of a topic; None takes it away."""
        thread = self._thread(topic)
        icon = next(number for number, one in topics.ICONS.items() if one == emoji) if emoji else None
        topics.change(self.world, self.chat, thread, by.user, thread.name, icon)

    def pins(self, message: SimMessage, by: Person) -> None:
        pin_post(self.world, self.chat, self.chat.posts[message.id], by.user)

    def hide_general(self, hidden: bool, by: Person) -> None:
        topics.set_general_hidden(self.world, self.chat, by.user, hidden)

    def close_general(self, closed: bool, by: Person) -> None:
        topics.set_general_closed(self.world, self.chat, by.user, closed)

    def renames(self, title: str, by: Person) -> None:
        """Give the whole group another title."""
        self.chat.info = self.chat.info.model_copy(update={"title": title})
        self.world.post(self.chat, by.user, spec.Body(new_chat_title=title), copyable=False)

    def delete_topic(self, topic: Topic | int) -> None:
        """A topic goes with all that is in it. The bot is not told."""
        topics.remove(self.world, self.chat, self._thread(topic).id, by=SOMEBODY)

    def delete_message(self, message: SimMessage) -> None:
        """An administrator deletes a message, whosever it is. The bot is not told."""
        remove(self.world, self.chat, self.chat.posts[message.id], by=SOMEBODY)

    def _thread(self, topic: Topic | int) -> Thread:
        return self.chat.threads[topic if isinstance(topic, int) else topic.thread_id]

    def _becomes(self, person: Person, status: Status, by: Person) -> None:
        old = self.chat.members.get(person.id) or spec.ChatMemberLeft(user=person.user)
        new = _member(person.user, status)
        self.world.network.admit(self.chat, new)
        self.world.network.tell_change(self.chat, self._change(by.user, old, new))

    def _bot_becomes(self, new: spec.ChatMember) -> None:
        old = self.chat.members.get(self.world.bot.id) or spec.ChatMemberLeft(user=self.world.bot)
        self.world.network.admit(self.chat, new)
        actor = next((one.user for one in self.chat.members.values() if not one.user.is_bot), self.world.bot)
        self.world.network.tell_change(self.chat, self._change(actor, old, new))

    def _change(self, by: parts.User, old: spec.ChatMember, new: spec.ChatMember) -> spec.ChatMemberUpdated:
        return spec.ChatMemberUpdated(
            chat=self.chat.info, from_=by, date=int(self.world.now()), old_chat_member=old, new_chat_member=new
        )


def found(world: World, title: str, is_forum: bool, kind: str = "supergroup") -> Group:
    """A new group. In a forum the bot is an administrator with all the rights it needs, else a plain member."""
    member = _administrator(world.bot) if is_forum else spec.ChatMemberMember(user=world.bot)
    group = Group(world, world.network.add_group(title, is_forum, kind))
    world.network.admit(group.chat, member)
    return group


def _channel(title: str) -> parts.Chat:
    return parts.Chat(id=-1_001_400_000_001, type="channel", title=title)


def _member(user: parts.User, status: Status) -> spec.ChatMember:
    match status:
        case "creator":
            return spec.ChatMemberOwner(user=user)
        case "administrator":
            return _administrator(user)
        case "member":
            return spec.ChatMemberMember(user=user)
        case "left":
            return spec.ChatMemberLeft(user=user)
        case "kicked":
            return spec.ChatMemberBanned(user=user)


def _administrator(user: parts.User) -> spec.ChatMemberAdministrator:
    return spec.ChatMemberAdministrator(user=user, can_manage_topics=True)
