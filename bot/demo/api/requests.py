"""The requests that send and edit words: every parameter the simulator knows, with its type. Others are refused."""

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


class SendLocation(Sending):
    latitude: float
    longitude: float
    horizontal_accuracy: float | None = None
    live_period: int | None = None
    heading: int | None = None
    proximity_alert_radius: int | None = None
    reply_markup: Markup | None = None


class SendVenue(Sending):
    latitude: float
    longitude: float
    title: str
    address: str
    reply_markup: Markup | None = None


class SendContact(Sending):
    phone_number: str
    first_name: str
    last_name: str | None = None
    reply_markup: Markup | None = None


class SendDice(Sending):
    emoji: str = "🎲"
    reply_markup: Markup | None = None


class CopyMessages(InChat):
    message_thread_id: int | None = None
    from_chat_id: ChatId
    message_ids: list[int]
    disable_notification: bool = False
    protect_content: bool = False
    remove_caption: bool = False


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
