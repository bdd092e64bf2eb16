"""The requests that send and edit messages: every parameter the simulator knows, with its type. Others are refused."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.demo import parts

ChatId = int | str
ParseMode = Literal["HTML", "html", "", "Markdown", "MarkdownV2"]


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class InChat(Request):
    chat_id: ChatId


class KeyboardButton(Request):
    text: str
    style: str | None = None
    request_contact: bool | None = None
    request_location: bool | None = None


class ReplyKeyboardMarkup(Request):
    keyboard: list[list[KeyboardButton]]
    is_persistent: bool | None = None
    resize_keyboard: bool | None = None
    one_time_keyboard: bool | None = None
    input_field_placeholder: str | None = None
    selective: bool | None = None


class ReplyKeyboardRemove(Request):
    remove_keyboard: Literal[True]
    selective: bool | None = None


class ForceReply(Request):
    force_reply: Literal[True]
    input_field_placeholder: str | None = None
    selective: bool | None = None


class InlineButton(Request):
    text: str
    style: Literal["danger", "success", "primary"] | None = None
    icon_custom_emoji_id: str | None = None
    url: str | None = None
    callback_data: str | None = None


class InlineKeyboard(Request):
    inline_keyboard: list[list[InlineButton]]


Markup = InlineKeyboard | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply


class Entity(Request):
    type: str
    offset: int
    length: int
    url: str | None = None
    user: parts.User | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None


class LinkPreviewOptions(Request):
    is_disabled: bool | None = None
    url: str | None = None
    prefer_small_media: bool | None = None
    prefer_large_media: bool | None = None
    show_above_text: bool | None = None


class ReplyParameters(Request):
    message_id: int
    chat_id: ChatId | None = None
    allow_sending_without_reply: bool = False
    quote: str | None = None
    quote_parse_mode: ParseMode | None = None
    quote_entities: list[Entity] | None = None
    quote_position: int | None = None


class Sending(InChat):
    message_thread_id: int | None = None
    disable_notification: bool = False
    protect_content: bool = False
    reply_parameters: ReplyParameters | None = None


class SendMessage(Sending):
    text: str
    parse_mode: ParseMode | None = None
    entities: list[Entity] | None = None
    link_preview_options: LinkPreviewOptions | None = None
    reply_markup: Markup | None = None


class Captioned(Request):
    caption: str | None = None
    parse_mode: ParseMode | None = None
    caption_entities: list[Entity] | None = None


class CopyMessage(Sending, Captioned):
    from_chat_id: ChatId
    message_id: int
    show_caption_above_media: bool | None = None
    reply_markup: Markup | None = None


class CopyMessages(InChat):
    message_thread_id: int | None = None
    from_chat_id: ChatId
    message_ids: list[int]
    disable_notification: bool = False
    protect_content: bool = False
    remove_caption: bool = False


class SendingMedia(Sending, Captioned):
    reply_markup: Markup | None = None


class SendPhoto(SendingMedia):
    photo: str
    has_spoiler: bool | None = None
    show_caption_above_media: bool | None = None


class SendDocument(SendingMedia):
    document: str
    disable_content_type_detection: bool | None = None


class SendVoice(SendingMedia):
    voice: str
    duration: int | None = None


class SendAudio(SendingMedia):
    audio: str
    duration: int | None = None
    performer: str | None = None
    title: str | None = None


class SendVideo(SendingMedia):
    video: str
    duration: int | None = None
    width: int | None = None
    height: int | None = None
    has_spoiler: bool | None = None
    supports_streaming: bool | None = None
    show_caption_above_media: bool | None = None


class InputMedia(Captioned):
    media: str
    type: Literal["photo", "video", "document", "audio"]
    duration: int | None = None
    width: int | None = None
    height: int | None = None
    performer: str | None = None
    title: str | None = None
    has_spoiler: bool | None = None
    supports_streaming: bool | None = None
    show_caption_above_media: bool | None = None
    disable_content_type_detection: bool | None = None


class SendMediaGroup(Sending):
    media: list[InputMedia]


class EditingMessage(InChat):
    message_id: int
    reply_markup: InlineKeyboard | None = None


class EditMessageText(EditingMessage):
    text: str
    parse_mode: ParseMode | None = None
    entities: list[Entity] | None = None
    link_preview_options: LinkPreviewOptions | None = None


class EditMessageCaption(EditingMessage, Captioned):
    show_caption_above_media: bool | None = None


class EditMessageReplyMarkup(EditingMessage):
    pass
