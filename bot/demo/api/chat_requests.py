"""The requests about chats, topics, files and updates: every parameter the simulator knows, with its type."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.demo.api.requests import ChatId, InChat, Request


class Reaction(Request):
    type: Literal["emoji", "custom_emoji", "paid"]
    emoji: str | None = None
    custom_emoji_id: str | None = None


class Command(Request):
    command: str
    description: str


class Scope(Request):
    type: Literal[
        "default", "all_private_chats", "all_group_chats", "all_chat_administrators",
        "chat", "chat_administrators", "chat_member",
    ]  # fmt: skip
    chat_id: ChatId | None = None
    user_id: int | None = None


class OfMessage(InChat):
    message_id: int


class DeleteMessage(OfMessage):
    pass


class DeleteMessages(InChat):
    message_ids: list[int]


class PinChatMessage(OfMessage):
    disable_notification: bool = False


class UnpinChatMessage(InChat):
    message_id: int | None = None


class UnpinAllChatMessages(InChat):
    pass


class UnpinAllForumTopicMessages(InChat):
    message_thread_id: int


class SetMessageReaction(OfMessage):
    reaction: Annotated[list[Reaction], Field(default_factory=list)]
    is_big: bool = False


class CreateForumTopic(InChat):
    name: str
    icon_color: int | None = None
    icon_custom_emoji_id: str | None = None


class OfTopic(InChat):
    message_thread_id: int


class EditForumTopic(OfTopic):
    name: str | None = None
    icon_custom_emoji_id: str | None = None


class CloseForumTopic(OfTopic):
    pass


class ReopenForumTopic(OfTopic):
    pass


class DeleteForumTopic(OfTopic):
    pass


class EditGeneralForumTopic(InChat):
    name: str


class CloseGeneralForumTopic(InChat):
    pass


class ReopenGeneralForumTopic(InChat):
    pass


class HideGeneralForumTopic(InChat):
    pass


class UnhideGeneralForumTopic(InChat):
    pass


class AnswerCallbackQuery(Request):
    callback_query_id: str
    text: str | None = None
    show_alert: bool = False
    url: str | None = None
    cache_time: int = 0


class SendChatAction(InChat):
    message_thread_id: int | None = None
    action: str


class GetMe(Request):
    pass


class LogOut(Request):
    pass


class Close(Request):
    pass


class GetForumTopicIconStickers(Request):
    pass


class GetWebhookInfo(Request):
    pass


class DeleteWebhook(Request):
    drop_pending_updates: bool = False


class SetWebhook(Request):
    url: str = ""
    ip_address: str | None = None
    max_connections: int | None = None
    allowed_updates: list[str] | None = None
    drop_pending_updates: bool = False
    secret_token: str | None = None


class GetUpdates(Request):
    offset: int = 0
    limit: int = 100
    timeout: int = 0
    allowed_updates: list[str] | None = None


class GetChat(InChat):
    pass


class LeaveChat(InChat):
    pass


class GetChatAdministrators(InChat):
    return_bots: bool = False


class GetChatMember(InChat):
    user_id: int


class GetFile(Request):
    file_id: str


class OfCommands(Request):
    scope: Scope = Scope(type="default")
    language_code: Annotated[str, Field(max_length=2)] = ""


class SetMyCommands(OfCommands):
    commands: list[Command]


class DeleteMyCommands(OfCommands):
    pass


class GetMyCommands(OfCommands):
    pass
