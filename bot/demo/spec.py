"""The objects that the simulated Bot API answers with and puts into updates, as core.telegram.org/bots/api has them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from bot.demo import parts


class AcceptedGiftTypes(parts.Object):
    unlimited_gifts: bool = False
    limited_gifts: bool = False
    unique_gifts: bool = False
    premium_subscription: bool = False
    gifts_from_channels: bool = False


class ChatFullInfo(parts.Chat):
    accent_color_id: int = 0
    max_reaction_count: int = 11
    accepted_gift_types: AcceptedGiftTypes = AcceptedGiftTypes()
    pinned_message: Message | None = None
    slow_mode_delay: int | None = None


class MessageOriginUser(parts.Object):
    type: Literal["user"] = "user"
    date: int
    sender_user: parts.User


class MessageOriginHiddenUser(parts.Object):
    type: Literal["hidden_user"] = "hidden_user"
    date: int
    sender_user_name: str


class MessageOriginChat(parts.Object):
    type: Literal["chat"] = "chat"
    date: int
    sender_chat: parts.Chat
    author_signature: str | None = None


class MessageOriginChannel(parts.Object):
    type: Literal["channel"] = "channel"
    date: int
    chat: parts.Chat
    message_id: int


MessageOrigin = Annotated[
    MessageOriginUser | MessageOriginHiddenUser | MessageOriginChat | MessageOriginChannel,
    Field(discriminator="type"),
]


class ExternalReplyInfo(parts.Object):
    """A message answered from another chat or topic. What it says in words is only in the quote."""

    origin: MessageOrigin
    chat: parts.Chat | None = None
    message_id: int | None = None
    photo: tuple[parts.PhotoSize, ...] | None = None
    document: parts.Document | None = None
    voice: parts.Voice | None = None
    video: parts.Video | None = None


class Body(parts.Content):
    """All of a message but where, when and by whom it was written; also the service messages."""

    sender_chat: parts.Chat | None = None
    via_bot: parts.User | None = None
    forward_origin: MessageOrigin | None = None
    is_automatic_forward: Literal[True] | None = None
    external_reply: ExternalReplyInfo | None = None
    quote: parts.TextQuote | None = None
    has_protected_content: Literal[True] | None = None
    media_group_id: str | None = None
    new_chat_members: tuple[parts.User, ...] | None = None
    left_chat_member: parts.User | None = None
    new_chat_title: str | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None
    pinned_message: Message | None = None
    forum_topic_created: parts.ForumTopicCreated | None = None
    forum_topic_edited: parts.ForumTopicEdited | None = None
    forum_topic_closed: parts.ForumTopicClosed | None = None
    forum_topic_reopened: parts.ForumTopicReopened | None = None
    general_forum_topic_hidden: parts.GeneralForumTopicHidden | None = None
    general_forum_topic_unhidden: parts.GeneralForumTopicUnhidden | None = None
    reply_markup: parts.InlineKeyboardMarkup | None = None


class Message(Body):
    message_id: int
    message_thread_id: int | None = None
    from_: parts.User = Field(alias="from")
    date: int
    chat: parts.Chat
    is_topic_message: Literal[True] | None = None
    reply_to_message: Message | None = None
    edit_date: int | None = None


class MessageId(parts.Object):
    message_id: int


class ForumTopic(parts.Object):
    message_thread_id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str | None = None


class ChatMemberOwner(parts.Object):
    status: Literal["creator"] = "creator"
    user: parts.User
    is_anonymous: bool = False


class ChatMemberAdministrator(parts.Object):
    status: Literal["administrator"] = "administrator"
    user: parts.User
    can_be_edited: bool = False
    is_anonymous: bool = False
    can_manage_chat: bool = True
    can_delete_messages: bool = True
    can_manage_video_chats: bool = False
    can_restrict_members: bool = False
    can_promote_members: bool = False
    can_change_info: bool = False
    can_invite_users: bool = True
    can_post_stories: bool = False
    can_edit_stories: bool = False
    can_delete_stories: bool = False
    can_send_welcome_messages: bool = False
    can_pin_messages: bool = True
    can_manage_topics: bool | None = None


class ChatMemberMember(parts.Object):
    status: Literal["member"] = "member"
    user: parts.User


class ChatMemberLeft(parts.Object):
    status: Literal["left"] = "left"
    user: parts.User


class ChatMemberBanned(parts.Object):
    status: Literal["kicked"] = "kicked"
    user: parts.User
    until_date: int = 0


ChatMember = Annotated[
    ChatMemberOwner | ChatMemberAdministrator | ChatMemberMember | ChatMemberLeft | ChatMemberBanned,
    Field(discriminator="status"),
]


class ChatMemberUpdated(parts.Object):
    chat: parts.Chat
    from_: parts.User = Field(alias="from")
    date: int
    old_chat_member: ChatMember
    new_chat_member: ChatMember


class ReactionTypeEmoji(parts.Object):
    type: Literal["emoji"] = "emoji"
    emoji: str


class MessageReactionUpdated(parts.Object):
    chat: parts.Chat
    message_id: int
    user: parts.User
    date: int
    old_reaction: tuple[ReactionTypeEmoji, ...]
    new_reaction: tuple[ReactionTypeEmoji, ...]


class InaccessibleMessage(parts.Object):
    """A message that was deleted, or is too old."""

    chat: parts.Chat
    message_id: int
    date: Literal[0] = 0


class CallbackQuery(parts.Object):
    id: str
    from_: parts.User = Field(alias="from")
    message: Message | InaccessibleMessage
    chat_instance: str
    data: str


class InlineQuery(parts.Object):
    id: str
    from_: parts.User = Field(alias="from")
    query: str
    offset: str = ""


class BotCommand(parts.Object):
    command: str
    description: str


class WebhookInfo(parts.Object):
    url: str = ""
    has_custom_certificate: bool = False
    pending_update_count: int
    ip_address: str | None = None
    last_error_date: int | None = None
    last_error_message: str | None = None
    max_connections: int | None = None
    allowed_updates: tuple[str, ...] | None = None


class Update(parts.Object):
    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    my_chat_member: ChatMemberUpdated | None = None
    chat_member: ChatMemberUpdated | None = None
    message_reaction: MessageReactionUpdated | None = None
    inline_query: InlineQuery | None = None
    teleportation: parts.Hologram | None = None  # a kind that no library knows yet


ChatFullInfo.model_rebuild()
Body.model_rebuild()

Answer = bool | parts.Object | tuple[parts.Object, ...] | list[JsonValue]


def of_tomorrow(value: JsonValue) -> JsonValue:
    """The same from a newer Bot API: every object has a field that nobody knows yet."""
    if isinstance(value, list):
        return [of_tomorrow(item) for item in value]
    if isinstance(value, dict):
        return {name: of_tomorrow(item) for name, item in value.items()} | {"of_tomorrow": {"deep": [{"er": 1}]}}
    return value


def as_json(answer: Answer) -> JsonValue:
    """The answer as it goes over the wire: no nulls, `from` instead of `from_`."""
    if isinstance(answer, bool | list):
        return answer
    if isinstance(answer, tuple):
        return [as_json(item) for item in answer]
    dumped: dict[str, JsonValue] = answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    return dumped
