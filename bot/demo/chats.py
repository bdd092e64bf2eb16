"""What is in a chat: messages, topics, members, and presses that wait for their answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.demo import parts, spec

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
    is_service: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_service = any(getattr(self.message, name) is not None for name in SERVICE)

    @property
    def id(self) -> int:
        return self.message.message_id

    @property
    def thread_id(self) -> int | None:
        """The topic it is in. Elsewhere `message_thread_id` only tells of a chain of answers."""
        return self.message.message_thread_id if self.message.is_topic_message else None


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


@dataclass(slots=True, eq=False)
class Chat:
    """A chat as the bot sees it. `started` and `blocked` matter in private chats only, the limits in groups.

    `keeps`: so many messages, the oldest go first. `most_topics`: one more is refused.
    """

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
    keeps: int = 1_000_000
    most_topics: int | None = None
    slow_mode_delay: int = 0

    @property
    def id(self) -> int:
        return self.info.id

    @property
    def is_private(self) -> bool:
        return self.info.type == "private"


@dataclass(slots=True)
class Press:
    """A press of a button that waits for its answer. Times in seconds of the simulator's monotonic clock."""

    query: spec.CallbackQuery
    pressed_at: float
    answered_at: float | None = None
    text: str | None = None
    alert: bool = False

    @property
    def answered(self) -> bool:
        return self.answered_at is not None


def may(member: spec.ChatMember | None, right: str) -> bool:
    """Has a member this right of an administrator?"""
    if isinstance(member, spec.ChatMemberOwner):
        return True
    return isinstance(member, spec.ChatMemberAdministrator) and getattr(member, right) is True


def alone(message: spec.Message) -> spec.Message:
    """A message as it appears inside another: without the one that it answers."""
    return message.model_copy(update={"reply_to_message": None})


def content_of_post(post: Post) -> parts.Content:
    """What a message says, without where and by whom."""
    return parts.Content.model_validate({name: getattr(post.message, name) for name in parts.Content.model_fields})
