"""Which methods the simulated Bot API has, and how a request's parameters become a call of one."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args, get_origin

from pydantic import JsonValue, ValidationError

from bot.demo import spec
from bot.demo.api import (
    asking,
    chat_requests,
    copying,
    editing,
    hooks,
    media_requests,
    requests,
    sending,
    sending_files,
    topics,
)  # fmt: skip
from bot.demo.api.sending import Uploads
from bot.demo.refusal import Refused, bad_request, strict
from bot.demo.world import World

R = TypeVar("R", bound=requests.Request)

# What Telegram answers when a required parameter is missing, where it is not the usual sentence.
MISSING = {
    "chat_id": "chat_id is empty",
    "from_chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "user_id": "invalid user_id specified",
    "file_id": "file_id not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "voice": "there is no voice in the request",
    "audio": "there is no audio in the request",
    "video": "there is no video in the request",
    "animation": "there is no animation in the request",
    "video_note": "there is no video note in the request",
    "sticker": "there is no sticker in the request",
}


@dataclass(frozen=True, slots=True)
class Method:
    """A method by the name that Telegram writes it with."""

    name: str
    request: type[requests.Request]
    act: Callable[[World, requests.Request, Uploads], Awaitable[spec.Answer]]

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def is_dressed(self) -> bool:
        """Is its answer as the bot sees it already? Updates are dressed when they are queued."""
        return self.name == "getUpdates"


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose parameters are understood. `messages` is how many it would put into its chat."""

    method: Method
    request: requests.Request
    params: dict[str, JsonValue]
    uploads: Uploads

    @property
    def chat_id(self) -> int | None:
        given = self.params.get("chat_id")
        return int(given) if isinstance(given, int | str) and str(given).lstrip("-").isdigit() else None

    @property
    def messages(self) -> int:
        many = self.params.get("message_ids", self.params.get("media"))
        return len(many) if isinstance(many, list) else 1


def understand(method: Method, raw: Mapping[str, JsonValue], uploads: Uploads) -> Call:
    """Check parameters against the method's. Raises Refused, in strict words where Telegram would be lenient."""
    fields = method.request.model_fields
    decoded: dict[str, JsonValue] = {}
    for name, value in raw.items():
        as_text = name not in fields or _is_text(fields[name].annotation)
        decoded[name] = value if as_text or not isinstance(value, str) else _decoded(value)
    try:
        # JSON, because only there strictness still takes an object for a model and a list for a tuple.
        request = method.request.model_validate_json(json.dumps(decoded))
    except ValidationError as error:
        raise _refusal(method, error) from None
    return Call(method, request, request.model_dump(mode="json", exclude_unset=True), uploads)


def _is_text(annotation: object) -> bool:
    """Is a parameter written as it is, or as JSON?"""
    if get_origin(annotation) is Literal:
        return isinstance(get_args(annotation)[0], str)
    return annotation is str or any(_is_text(part) for part in _alternatives(annotation))


def _alternatives(annotation: object) -> tuple[object, ...]:
    return () if get_origin(annotation) in (None, list, tuple) else get_args(annotation)


def _decoded(value: str) -> JsonValue:
    try:
        decoded: JsonValue = json.loads(value)
    except ValueError:
        return value
    return decoded


def _refusal(method: Method, error: ValidationError) -> Refused:
    problem = error.errors(include_url=False, include_input=False)[0]
    path = ".".join(str(step) for step in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return strict(f'{method.name} has no parameter "{path}", or it is not simulated')
    if problem["type"] == "missing" and len(problem["loc"]) == 1:
        return bad_request(MISSING.get(path, f'parameter "{path}" is required'))
    return bad_request(f'can\'t parse parameter "{path}" of {method.name}: {problem["msg"]}')


def _plain(request: type[R], act: Callable[[World, R], spec.Answer]) -> Method:
    async def call(world: World, given: requests.Request, uploads: Uploads) -> spec.Answer:
        assert isinstance(given, request)
        return act(world, given)

    return Method(_name(request), request, call)


def _with_files(request: type[R], act: Callable[[World, R, Uploads], spec.Answer]) -> Method:
    async def call(world: World, given: requests.Request, uploads: Uploads) -> spec.Answer:
        assert isinstance(given, request)
        return act(world, given, uploads)

    return Method(_name(request), request, call)


def _waiting(request: type[R], act: Callable[[World, R], Awaitable[spec.Answer]]) -> Method:
    async def call(world: World, given: requests.Request, uploads: Uploads) -> spec.Answer:
        assert isinstance(given, request)
        return await act(world, given)

    return Method(_name(request), request, call)


def _name(request: type[requests.Request]) -> str:
    return request.__name__[0].lower() + request.__name__[1:]


_ALL = (
    _plain(chat_requests.GetMe, asking.get_me),
    _plain(chat_requests.LogOut, asking.log_out),
    _plain(chat_requests.Close, asking.close),
    _waiting(chat_requests.GetUpdates, hooks.get_updates),
    _waiting(chat_requests.SetWebhook, hooks.set_webhook),
    _waiting(chat_requests.DeleteWebhook, hooks.delete_webhook),
    _plain(chat_requests.GetWebhookInfo, hooks.webhook_info),
    _plain(requests.SendMessage, sending.send_message),
    _plain(requests.SendLocation, sending.send_location),
    _plain(requests.SendVenue, sending.send_venue),
    _plain(requests.SendContact, sending.send_contact),
    _plain(requests.SendDice, sending.send_dice),
    _plain(requests.CopyMessage, copying.copy_message),
    _plain(requests.CopyMessages, copying.copy_messages),
    _with_files(media_requests.SendPhoto, sending_files.send_photo),
    _with_files(media_requests.SendDocument, sending_files.send_document),
    _with_files(media_requests.SendVoice, sending_files.send_voice),
    _with_files(media_requests.SendVideo, sending_files.send_video),
    _with_files(media_requests.SendAudio, sending_files.send_audio),
    _with_files(media_requests.SendAnimation, sending_files.send_animation),
    _with_files(media_requests.SendVideoNote, sending_files.send_video_note),
    _with_files(media_requests.SendSticker, sending_files.send_sticker),
    _with_files(media_requests.SendMediaGroup, sending_files.send_media_group),
    _plain(requests.EditMessageText, editing.edit_text),
    _plain(requests.EditMessageCaption, editing.edit_caption),
    _with_files(media_requests.EditMessageMedia, editing.edit_media),
    _plain(requests.EditMessageReplyMarkup, editing.edit_markup),
    _plain(chat_requests.DeleteMessage, editing.delete_message),
    _plain(chat_requests.DeleteMessages, editing.delete_messages),
    _plain(chat_requests.PinChatMessage, editing.pin),
    _plain(chat_requests.UnpinChatMessage, editing.unpin),
    _plain(chat_requests.UnpinAllChatMessages, editing.unpin_all),
    _plain(chat_requests.UnpinAllForumTopicMessages, editing.unpin_topic),
    _plain(chat_requests.SetMessageReaction, editing.react),
    _plain(chat_requests.CreateForumTopic, topics.create),
    _plain(chat_requests.EditForumTopic, topics.edit),
    _plain(chat_requests.CloseForumTopic, topics.close),
    _plain(chat_requests.ReopenForumTopic, topics.reopen),
    _plain(chat_requests.DeleteForumTopic, topics.delete),
    _plain(chat_requests.EditGeneralForumTopic, topics.edit_general),
    _plain(chat_requests.CloseGeneralForumTopic, topics.close_general),
    _plain(chat_requests.ReopenGeneralForumTopic, topics.reopen_general),
    _plain(chat_requests.HideGeneralForumTopic, topics.hide_general),
    _plain(chat_requests.UnhideGeneralForumTopic, topics.unhide_general),
    _plain(chat_requests.GetForumTopicIconStickers, topics.icon_stickers),
    _plain(chat_requests.AnswerCallbackQuery, asking.answer_query),
    _plain(chat_requests.SendChatAction, asking.chat_action),
    _plain(chat_requests.GetChat, asking.get_chat),
    _plain(chat_requests.GetChatMember, asking.get_chat_member),
    _plain(chat_requests.GetChatAdministrators, asking.get_administrators),
    _plain(chat_requests.LeaveChat, asking.leave_chat),
    _plain(chat_requests.GetFile, asking.get_file),
    _plain(chat_requests.SetMyCommands, asking.set_commands),
    _plain(chat_requests.DeleteMyCommands, asking.delete_commands),
    _plain(chat_requests.GetMyCommands, asking.get_commands),
)
METHODS = {method.name.lower(): method for method in _ALL}
