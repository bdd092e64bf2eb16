"""The requests that send files or put one in the place of another: every parameter the simulator knows."""

from __future__ import annotations

from typing import Literal

from bot.demo.api import requests


class SendingMedia(requests.Sending, requests.Captioned):
    reply_markup: requests.Markup | None = None


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


class SendAnimation(SendingMedia):
    animation: str
    duration: int | None = None
    width: int | None = None
    height: int | None = None
    has_spoiler: bool | None = None
    show_caption_above_media: bool | None = None


class SendVideoNote(requests.Sending):
    video_note: str
    duration: int | None = None
    length: int | None = None
    reply_markup: requests.Markup | None = None


class SendSticker(requests.Sending):
    sticker: str
    emoji: str | None = None
    reply_markup: requests.Markup | None = None


class InputMedia(requests.Captioned):
    media: str
    type: Literal["photo", "video", "document", "audio", "animation"]
    duration: int | None = None
    width: int | None = None
    height: int | None = None
    performer: str | None = None
    title: str | None = None
    has_spoiler: bool | None = None
    supports_streaming: bool | None = None
    show_caption_above_media: bool | None = None
    disable_content_type_detection: bool | None = None


class SendMediaGroup(requests.Sending):
    media: list[InputMedia]


class EditMessageMedia(requests.EditingMessage):
    media: InputMedia
