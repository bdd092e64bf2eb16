"""Telegram as one bot has it: private chats, groups, its queue, files and presses. Judges nothing but rights."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field

from pydantic import JsonValue

from bot.demo import parts, spec
from bot.demo.chats import Chat, Post, Press, Thread, alone, may
from bot.demo.clock import Clock
from bot.demo.media import FileStore
from bot.demo.network import Network
from bot.demo.queue.updates import UpdateQueue
from bot.demo.queue.webhook import Attempt
from bot.demo.record import Deed
from bot.demo.refusal import bad_request, forbidden, migrated


@dataclass(slots=True, eq=False)
class World:
    """One bot and all it can see. `newer`: it speaks a newer Bot API than anybody knows.

    `attempts` is what was posted to its webhooks. `logged_out_until` is after a logOut, by the monotonic clock.
    """

    bot: parts.User
    token: str
    network: Network
    own_files: InitVar[FileStore | None] = None
    files: FileStore = field(init=False)
    chats: dict[int, Chat] = field(default_factory=dict)
    queue: UpdateQueue = field(init=False)
    presses: dict[str, Press] = field(default_factory=dict)
    commands: dict[tuple[str, str], tuple[spec.BotCommand, ...]] = field(default_factory=dict)
    actions: list[tuple[int, str]] = field(default_factory=list)
    newer: bool = False
    attempts: list[Attempt] = field(default_factory=list)
    logged_out_until: float = 0
    _last_private_id: int = 0

    def __post_init__(self, own_files: FileStore | None) -> None:
        self.files = own_files or FileStore()
        self.queue = UpdateQueue(self.network.clock, self.dressed)
        self.chats |= self.network.groups
        self.network.join(self)

    @property
    def clock(self) -> Clock:
        return self.network.clock

    @property
    def users(self) -> dict[int, parts.User]:
        return self.network.users

    def now(self) -> float:
        return self.network.clock.now()

    def touch(self) -> None:
        self.network.touch()

    def revoke_token(self) -> str:
        """A new token, as from BotFather; the old one is worth nothing from now on. Everything else stays."""
        self.token = f"{self.token[:-1]}{(int(self.token[-1]) + 1) % 10}"
        return self.token

    def attempted(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)
        self.touch()

    def dressed(self, value: JsonValue) -> JsonValue:
        """An answer or an update as this bot gets it: with its own ids of files."""
        own = value if self.files.is_first else self.files.translated(value)
        return spec.of_tomorrow(own) if self.newer else own

    def open_private(self, user: parts.User) -> None:
        """The private chat that the bot would have with somebody."""
        info = parts.Chat(
            id=user.id, type="private", first_name=user.first_name, last_name=user.last_name, username=user.username
        )
        self.chats[user.id] = Chat(info)

    def chat(self, chat_id: int | str) -> Chat:
        """The chat that a request names. Raises Refused."""
        chat = self._named(chat_id)
        if chat is None or not (chat.is_private or self.bot.id in chat.members):
            raise bad_request("chat not found")
        if chat.is_private and not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

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
                raise forbidden(f"bot was kicked from the {chat.info.type} chat")
            if status == "left":
                raise forbidden(f"bot is not a member of the {chat.info.type} chat")
        return chat

    def bot_may(self, chat: Chat, right: str) -> bool:
        return may(chat.members.get(self.bot.id), right)

    def leads(self, chat: Chat) -> bool:
        """Is the bot an administrator there? In a private chat it hears everything anyway."""
        member = chat.members.get(self.bot.id)
        return chat.is_private or (member is not None and member.status == "administrator")

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
        """Put a message into a chat, and tell the bots of it as Telegram would. Number 0: it is told, but not kept."""
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
        return self._keep(chat, Post(message, copyable=copyable))

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
        self._keep(chat, Post(root, copyable=False))
        return thread

    def change(self, chat: Chat, post: Post, body: spec.Body, edited: bool = True) -> spec.Message:
        """Replace what a message says."""
        when = int(self.now()) if edited else post.message.edit_date
        post.message = spec.Message.model_validate({**dict(post.message), **dict(body), "edit_date": when})
        self.network.note(Deed.EDITED, chat, post.message, post.message.from_.id, self.bot.id)
        return post.message

    def hears(self, chat: Chat, message: spec.Message, is_service: bool = False) -> bool:
        """Does the bot get this message? In groups, without admin's rights, only commands and replies to itself."""
        if self.leads(chat):
            return True
        if self.bot.id not in chat.members or chat.members[self.bot.id].status != "member":
            return False
        answered = message.reply_to_message
        to_me = answered is not None and answered.from_.id == self.bot.id and answered.forum_topic_created is None
        return is_service or to_me or (message.text or "").startswith("/")

    def _named(self, chat_id: int | str) -> Chat | None:
        """By number, or by @name. Raises Refused for the old number of a group that became a supergroup."""
        name = str(chat_id)
        if name.removeprefix("-").isdigit():
            number = int(name)
            if number in self.network.moved:
                raise migrated(self.network.moved[number])
            return self.chats.get(number)
        chats = self.chats.values()
        return next((chat for chat in chats if chat.info.username and name == f"@{chat.info.username}"), None)

    def _keep(self, chat: Chat, post: Post) -> Post:
        """Store a new message and tell of it."""
        if post.id:
            chat.posts[post.id] = post
        if len(chat.posts) > chat.keeps:
            del chat.posts[next(iter(chat.posts))]
        if not chat.is_private:
            self.network.tell_post(chat, post)
        elif post.is_service or post.message.from_.id != self.bot.id:
            self.queue.put(message=post.message)
        self.network.note(Deed.POSTED, chat, post.message, post.message.from_.id, self.bot.id)
        return post

    def _next_id(self, chat: Chat) -> int:
        """Private chats share one count, the bot's."""
        if not chat.is_private:
            return self.network.next_id(chat)
        self._last_private_id += 1
        return self._last_private_id


def _chain(answered: Post) -> int:
    """In a group without topics: the message at the start of a chain of answers."""
    return answered.message.message_thread_id or answered.id
