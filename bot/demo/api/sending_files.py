"""The methods that put files into a chat: send<file> and sendMediaGroup."""

from __future__ import annotations

import uuid

from bot.demo import entities, parts, spec
from bot.demo.api import media_requests, requests
from bot.demo.api.sending import Uploads, place
from bot.demo.media import Shape, content_of
from bot.demo.refusal import Refused, bad_request, strict
from bot.demo.world import World

MIXABLE = ({"photo", "video"}, {"document"}, {"audio"})


def send_photo(world: World, request: media_requests.SendPhoto, uploads: Uploads) -> spec.Message:
    return _send_file(world, request, "photo", request.photo, Shape(), uploads)


def send_document(world: World, request: media_requests.SendDocument, uploads: Uploads) -> spec.Message:
    return _send_file(world, request, "document", request.document, Shape(), uploads)


def send_voice(world: World, request: media_requests.SendVoice, uploads: Uploads) -> spec.Message:
    return _send_file(world, request, "voice", request.voice, Shape(request.duration or 0), uploads)


def send_audio(world: World, request: media_requests.SendAudio, uploads: Uploads) -> spec.Message:
    shape = Shape(request.duration or 0, performer=request.performer, title=request.title)
    return _send_file(world, request, "audio", request.audio, shape, uploads)


def send_video(world: World, request: media_requests.SendVideo, uploads: Uploads) -> spec.Message:
    shape = Shape(request.duration or 0, request.width or 640, request.height or 480)
    return _send_file(world, request, "video", request.video, shape, uploads)


def send_animation(world: World, request: media_requests.SendAnimation, uploads: Uploads) -> spec.Message:
    shape = Shape(request.duration or 0, request.width or 640, request.height or 480)
    return _send_file(world, request, "animation", request.animation, shape, uploads)


def send_video_note(world: World, request: media_requests.SendVideoNote, uploads: Uploads) -> spec.Message:
    """A round video has no caption."""
    where = place(world, request)
    stored = world.files.for_sending("video_note", request.video_note, uploads)
    return where.put(content_of(stored, Shape(request.duration or 0)), request.reply_markup)


def send_sticker(world: World, request: media_requests.SendSticker, uploads: Uploads) -> spec.Message:
    where = place(world, request)
    stored = world.files.for_sending("sticker", request.sticker, uploads)
    return where.put(content_of(stored, Shape()), request.reply_markup)


def send_media_group(
    world: World, request: media_requests.SendMediaGroup, uploads: Uploads
) -> tuple[spec.Message, ...]:
    """An album goes whole or not at all; the refusal names the item."""
    where = place(world, request)
    if not 2 <= len(request.media) <= 10:
        raise strict("an album has 2 to 10 items")
    if not any({item.type for item in request.media} <= together for together in MIXABLE):
        raise bad_request("document and audio can't be mixed with other media types")
    contents = []
    for number, item in enumerate(request.media, 1):
        try:
            contents.append(item_content(world, item, uploads))
        except Refused as refused:
            words = refused.description.removeprefix("Bad Request: ")
            raise bad_request(f'failed to send message #{number} with the error message "{words}"') from None
    album = uuid.uuid4().int % 10**17
    return tuple(where.put(content, album=str(album)) for content in contents)


def item_content(world: World, item: media_requests.InputMedia, uploads: Uploads) -> parts.Content:
    """One file of an album, or the one that takes another's place, with its caption."""
    shape = Shape(item.duration or 0, item.width or 640, item.height or 480, item.performer, item.title)
    return with_caption(content_of(world.files.for_sending(item.type, item.media, uploads), shape), item)


def with_caption(content: parts.Content, request: requests.Captioned) -> parts.Content:
    said = caption_of(request)
    return content.model_copy(update={"caption": said.text or None, "caption_entities": said.entities or None})


def caption_of(request: requests.Captioned) -> entities.Formatted:
    return entities.read(
        request.caption or "",
        request.parse_mode,
        request.caption_entities,
        entities.CAPTION_LIMIT,
        "message caption is too long",
    )


def _send_file(
    world: World, request: media_requests.SendingMedia, kind: str, value: str, shape: Shape, uploads: Uploads
) -> spec.Message:
    where = place(world, request)
    stored = world.files.for_sending(kind, value, uploads)
    return where.put(with_caption(content_of(stored, shape), request), request.reply_markup)
