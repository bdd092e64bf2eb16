"""What is: the users, chats, topics, messages and files of the simulated Telegram. Judges nothing but rights."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from pydantic import JsonValue

from bot.demo import parts, spec
from bot.demo.clock import Clock
from bot.demo.media import FileStore
from bot.demo.queue.updates import UpdateQueue
from bot.demo.queue.webhook import Attempt
from bot.demo.refusal import bad_request, forbidden

GENERAL = 1
SERVICE = (
    "new_chat_members", "left_chat_member", "new_chat_title", "pinned_message",
    "migrate_to_chat_id", "migrate_from_chat_id",
    "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened",
    "general_forum_topic_hidden", "general_forum_topic_unhidden",
)  # fmt: skip


@dataclass(slots=True)
class Post:
    """A message in its chat, with what is around it. `copyable` is False for what Telegram refuses to copy."""

    message: spec.Message
    reactions: dict[int, tuple[str, ...]] = field(default_factory=dict)
    copyable: bool = True

    @property
    def id(self) -> int:
        return self.message.message_id

    @property
    def thread_id(self) -> int | None:
        """The topic it is in. Elsewhere `message_thread_id` only tells of a chain of answers."""
        return self.message.message_thread_id if self.message.is_topic_message else None

    @property
    def is_service(self) -> bool:
        return any(getattr(self.message, name) is not None for name in SERVICE)


@dataclass(slots=True)
class Thread:
    """A topic of a forum. Its id is that of the service message that made it."""

    id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None = None
    closed: bool = False


@dataclass(slots=True)
class General:
    """The topic without a number, which every forum has."""

    name: str = "General"
    closed: bool = False
    hidden: bool = False


@dataclass(slots=True)
class Chat:
    """A chat as the bot sees it. `started` and `blocked` matter in private chats only."""

    info: parts.Chat
    posts: dict[int, Post] = field(default_factory=dict)
    members: dict[int, spec.ChatMember] = field(default_factory=dict)
    threads: dict[int, Thread] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    general: General = field(default_factory=General)
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    last_id: int = 0

    @property
    def id(self) -> int:
        return self.info.id

    @property
    def is_private(self) -> bool:
        return self.info.type == "private"


@dataclass(slots=True)
class Press:
    """A press of a button that waits for its answer."""

    query: spec.CallbackQuery
    pressed_at: float
    answered: bool = False
    text: str | None = None
    alert: bool = False


@dataclass(slots=True)
class World:
    """Everything there is, for one bot. `touch` tells those who wait that something changed.

    `newer`: it speaks a newer Bot API than anybody knows. `attempts` is what was posted to webhooks; `defects` is what
    went wrong in the simulator itself.
    """

    bot: parts.User
    clock: Clock = field(default_factory=Clock)
    users: dict[int, parts.User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: FileStore = field(default_factory=FileStore)
    queue: UpdateQueue = field(init=False)
    presses: dict[str, Press] = field(default_factory=dict)
    commands: dict[tuple[str, str], tuple[spec.BotCommand, ...]] = field(default_factory=dict)
    actions: list[tuple[int, str]] = field(default_factory=list)
    newer: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    defects: list[Exception] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _last_private_id: int = 0

    def __post_init__(self) -> None:
        self.queue = UpdateQueue(self.clock, self.dressed)

    def dressed(self, value: JsonValue) -> JsonValue:
        """An answer or an update as this bot gets it."""
        return spec.of_tomorrow(value) if self.newer else value

    def now(self) -> float:
        return self.clock.now()

    def attempted(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)
        self.touch()

    def touch(self) -> None:
        self.changed.set()

    def add_user(self, user: parts.User) -> None:
        """A person, and the private chat that the bot would have with them."""
        info = parts.Chat(
            id=user.id, type="private", first_name=user.first_name, last_name=user.last_name, username=user.username
        )
        self.users[user.id] = user
        self.chats[user.id] = Chat(info)

    def add_bot_user(self, user: parts.User) -> None:
        """Another house's bot: no private chat with it."""
        self.users[user.id] = user

    def change_user(self, user: parts.User, changes: dict[str, str | None]) -> None:
        """A user by another name."""
        new = self.users[user.id].model_copy(update=changes)
        chat = self.chats[user.id]
        named = {"first_name": new.first_name, "last_name": new.last_name, "username": new.username}
        self.users[user.id], chat.info = new, chat.info.model_copy(update=named)
        self.touch()

    def add_group(self, title: str, is_forum: bool, bot_member: spec.ChatMember) -> Chat:
        number = sum(not chat.is_private for chat in self.chats.values()) + 1
        info = parts.Chat(
            id=-1_002_000_000_000 - number, type="supergroup", title=title, is_forum=True if is_forum else None
        )
        chat = self.chats[info.id] = Chat(info, members={self.bot.id: bot_member})
        return chat

    def chat(self, chat_id: int | str) -> Chat:
        """The chat that a request names. Raises Refused."""
        for chat in self.chats.values():
            if str(chat_id) == str(chat.id) or (chat.info.username and chat_id == f"@{chat.info.username}"):
                if chat.is_private and not chat.started:
                    raise forbidden("bot can't initiate conversation with a user")
                return chat
        raise bad_request("chat not found")

    def reachable(self, chat_id: int | str) -> Chat:
        """The chat that a request wants to act in. Raises Refused if the bot is not welcome there."""
        chat = self.chat(chat_id)
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.is_private:
            status = chat.members[self.bot.id].status
            if status == "kicked":
                raise forbidden("bot was kicked from the supergroup chat")
            if status == "left":
                raise forbidden("bot is not a member of the supergroup chat")
        return chat

    def bot_may(self, chat: Chat, right: str) -> bool:
        return may(chat.members.get(self.bot.id), right)

    def post(
        self,
        chat: Chat,
        author: parts.User,
        body: spec.Body,
        thread: Thread | None = None,
        reply_to: Post | None = None,
        copyable: bool = True,
        number: int | None = None,
    ) -> Post:
        """Put a message into a chat, and tell the bot of it as Telegram would. Number 0: it is told, but not kept."""
        root = chat.posts.get(thread.id) if thread else None
        answered = reply_to or (None if body.external_reply else root)
        chain = None if chat.is_private or chat.info.is_forum or reply_to is None else _chain(reply_to)
        message = spec.Message.model_validate(
            {
                **dict(body),
                "message_id": self._next_id(chat) if number is None else number,
                "message_thread_id": thread.id if thread else chain,
                "is_topic_message": True if thread else None,
                "from_": self.users.get(author.id, author),
                "date": int(self.now()),
                "chat": chat.info,
                # Whatever is no reply in a topic counts as a reply to the message that made the topic.
                "reply_to_message": alone(answered.message) if answered else None,
            }
        )
        return self.keep(chat, Post(message, copyable=copyable))

    def keep(self, chat: Chat, post: Post) -> Post:
        """Store a new message; the bot hears of it unless it is its own ordinary one."""
        if post.id:
            chat.posts[post.id] = post
        if post.is_service or post.message.from_.id != self.bot.id:
            self._tell(chat, post)
        self.touch()
        return post

    def open_thread(self, chat: Chat, author: parts.User, created: parts.ForumTopicCreated) -> Thread:
        """Make a topic by the service message that is its root."""
        number = self._next_id(chat)
        thread = Thread(number, created.name, created.icon_color, created.icon_custom_emoji_id)
        chat.threads[number] = thread
        root = spec.Message(
            message_id=number,
            message_thread_id=number,
            is_topic_message=True,
            from_=author,
            date=int(self.now()),
            chat=chat.info,
            forum_topic_created=created,
        )
        self.keep(chat, Post(root, copyable=False))
        return thread

    def change(self, post: Post, body: spec.Body, edited: bool = True) -> spec.Message:
        """Replace what a message says."""
        when = int(self.now()) if edited else post.message.edit_date
        post.message = spec.Message.model_validate({**dict(post.message), **dict(body), "edit_date": when})
        self.touch()
        return post.message

    def hears(self, chat: Chat, message: spec.Message) -> bool:
        """Does the bot get this message? In groups, without admin's rights, only commands and replies to itself."""
        if chat.is_private:
            return True
        status = chat.members[self.bot.id].status
        answered = message.reply_to_message
        addressed = (message.text or "").startswith("/") or (
            answered is not None and answered.from_.id == self.bot.id and answered.forum_topic_created is None
        )
        return status == "administrator" or (status == "member" and addressed)

    def _next_id(self, chat: Chat) -> int:
        """Supergroups count by themselves; private chats share one count, the bot's."""
        if chat.is_private:
            self._last_private_id += 1
            return self._last_private_id
        chat.last_id += 1
        # The number 1 is never a topic: it is General's.
        chat.last_id = max(chat.last_id, GENERAL + 1)
        return chat.last_id

    def _tell(self, chat: Chat, post: Post) -> None:
        if post.is_service or self.hears(chat, post.message):
            self.queue.put(message=post.message)


def _chain(answered: Post) -> int:
    """In a group without topics: the message at the start of a chain of answers."""
    return answered.message.message_thread_id or answered.id


def may(member: spec.ChatMember | None, right: str) -> bool:
    """Has a member this right of an administrator?"""
    if isinstance(member, spec.ChatMemberOwner):
        return True
    return isinstance(member, spec.ChatMemberAdministrator) and getattr(member, right) is True


def alone(message: spec.Message) -> spec.Message:
    """A message as it appears inside another: without the one that it answers."""
    return message.model_copy(update={"reply_to_message": None})
