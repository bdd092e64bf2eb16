"""What can be said in a chat: words and files of every kind, in private or in a topic, with what goes beside them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from bot.demo import parts, samples, spec, views
from bot.demo.chats import Chat, Post, Thread, content_of_post, may
from bot.demo.entities import Formatted, detect, from_html, length
from bot.demo.media import Shape, content_of
from bot.demo.views import SimMessage, Topic
from bot.demo.world import World

Which = SimMessage | int


@dataclass(frozen=True, slots=True)
class File:
    """A file of an album: its kind is photo, video, document or audio."""

    kind: str
    content: bytes
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What goes with a message beside its content. `number` 0 is Telegram's for a message that has none."""

    reply_to: Which | None = None
    quote: str = ""
    album: str | None = None
    origin: spec.MessageOrigin | None = None
    via: parts.User | None = None
    protected: bool = False
    copyable: bool = True
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who writes: a person, or who speaks for a chat (`sender_chat`), such as an anonymous administrator."""

    world: World
    user: parts.User
    sender_chat: parts.Chat | None = None
    automatic: bool = False

    @property
    def id(self) -> int:
        return self.user.id

    def writes(self, text: str, reply_to: Which | None = None, html: bool = False, quote: str = "") -> SimMessage:
        """Write to the bot in private. `html`: the text carries Telegram's HTML formatting."""
        return self._say(None, samples.text(typed(text, html)), Beside(reply_to, quote))

    def writes_in(
        self, topic: Topic | int, text: str, reply_to: Which | None = None, html: bool = False, quote: str = ""
    ) -> SimMessage:
        """Write in a topic of the desk. An answer to what was said in another topic becomes an external reply."""
        return self._say(topic, samples.text(typed(text, html)), Beside(reply_to, quote))

    def writes_in_general(
        self, text: str, reply_to: Which | None = None, html: bool = False, chat_id: int | None = None
    ) -> SimMessage:
        """Write outside of topics: in General, or in a group without topics. Without `chat_id`, in the only group."""
        return self._put(self._group(chat_id), None, samples.text(typed(text, html)), Beside(reply_to))

    def writes_via(self, bot: str, text: str, topic: Topic | int | None = None) -> SimMessage:
        """Send what an inline bot offered."""
        via = parts.User(id=93_372_553, is_bot=True, first_name=bot.title(), username=bot)
        return self._say(topic, samples.text(typed(text, False)), Beside(via=via))

    def whispers(self, text: str, topic: Topic | int | None = None) -> SimMessage:
        """A message with the number 0, as ephemeral ones have it: it reaches the bot and stays nowhere."""
        return self._say(topic, samples.text(typed(text, False)), Beside(number=0))

    def sends_photo(self, content: bytes, caption: str = "", reply_to: Which | None = None) -> SimMessage:
        return self._say(None, self._file("photo", content, None, caption), Beside(reply_to))

    def sends_photo_in(
        self, topic: Topic | int, content: bytes, caption: str = "", reply_to: Which | None = None
    ) -> SimMessage:
        return self._say(topic, self._file("photo", content, None, caption), Beside(reply_to))

    def sends_document(
        self, content: bytes, filename: str, caption: str = "", reply_to: Which | None = None, size: int | None = None
    ) -> SimMessage:
        """Send a file; `size` claims that it is larger than the bytes given."""
        return self._say(None, self._file("document", content, filename, caption, size), Beside(reply_to))

    def sends_document_in(
        self, topic: Topic | int, content: bytes, filename: str, caption: str = "", reply_to: Which | None = None
    ) -> SimMessage:
        return self._say(topic, self._file("document", content, filename, caption), Beside(reply_to))

    def sends_voice(self, content: bytes, reply_to: Which | None = None) -> SimMessage:
        return self._say(None, self._file("voice", content, None), Beside(reply_to))

    def sends_voice_in(self, topic: Topic | int, content: bytes, reply_to: Which | None = None) -> SimMessage:
        return self._say(topic, self._file("voice", content, None), Beside(reply_to))

    def sends_video(
        self, content: bytes, filename: str = "video.mp4", caption: str = "", topic: Topic | int | None = None
    ) -> SimMessage:
        return self._say(topic, self._file("video", content, filename, caption), Beside())

    def sends_audio(
        self, content: bytes, filename: str = "song.mp3", caption: str = "", topic: Topic | int | None = None
    ) -> SimMessage:
        return self._say(topic, self._file("audio", content, filename, caption), Beside())

    def sends_album(
        self,
        *files: bytes | File,
        caption: str = "",
        caption_on: int = 0,
        topic: Topic | int | None = None,
        reply_to: Which | None = None,
        album: str | None = None,
    ) -> list[SimMessage]:
        """Send files at once (bytes are photos): as many updates, tied by one media_group_id, the caption on one.

        Give the `album` of an earlier message to let a part come late.
        """
        beside = Beside(reply_to, album=album or str(uuid.uuid4().int % 10**17))
        shown = []
        for number, file in enumerate(files):
            one = file if isinstance(file, File) else File("photo", file)
            words = caption if number == caption_on else ""
            shown.append(self._say(topic, self._file(one.kind, one.content, one.filename, words), beside))
        return shown

    def sends(
        self, kind: str, reply_to: Which | None = None, topic: Topic | int | None = None, protected: bool = False
    ) -> SimMessage:
        """Send a ready-made message: see `samples.KINDS`; any other name is a kind that no library knows yet.

        `protected`: it may not be copied or forwarded.
        """
        content = samples.of_kind(self.world, self.user, kind)
        beside = Beside(reply_to, protected=protected, copyable=samples.can_be_copied(kind) and not protected)
        return self._say(topic, content, beside)

    def forwards(self, what: SimMessage | str, hidden: bool = False, topic: Topic | int | None = None) -> SimMessage:
        """Forward a message that can be seen, or a channel's post (a text). `hidden`: its author allows no link."""
        if isinstance(what, str):
            shop = parts.Chat(id=-1_001_500_000_001, type="channel", title="A shop's channel", username="shop")
            origin: spec.MessageOrigin = spec.MessageOriginChannel(date=self._date(), chat=shop, message_id=7)
            return self._say(topic, samples.text(detect(what)), Beside(origin=origin))
        post = self._post(what)[1]
        return self._say(topic, content_of_post(post), Beside(origin=self._origin(post.message, hidden)))

    def _origin(self, said: spec.Message, hidden: bool) -> spec.MessageOrigin:
        if hidden:
            return spec.MessageOriginHiddenUser(date=said.date, sender_user_name=views.name_of(said.from_))
        return spec.MessageOriginUser(date=said.date, sender_user=said.from_)

    def _say(self, topic: Topic | int | None, content: parts.Content, beside: Beside) -> SimMessage:
        chat, thread = (self._own_chat(), None) if topic is None else self._thread(topic)
        return self._put(chat, thread, content, beside)

    def _put(self, chat: Chat, thread: Thread | None, content: parts.Content, beside: Beside) -> SimMessage:
        self._check_may_write(chat, thread)
        answered, external, quote = self._answered(chat, thread, beside)
        body = spec.Body.model_validate(
            {
                **dict(content),
                "media_group_id": beside.album,
                "sender_chat": self.sender_chat,
                "is_automatic_forward": self.automatic or None,
                "via_bot": beside.via,
                "forward_origin": beside.origin,
                "external_reply": external,
                "quote": quote,
                "has_protected_content": beside.protected or None,
            }
        )
        post = self.world.post(chat, self.user, body, thread, answered, beside.copyable, beside.number)
        return views.message(self.world, chat, post)

    def _answered(
        self, chat: Chat, thread: Thread | None, beside: Beside
    ) -> tuple[Post | None, spec.ExternalReplyInfo | None, parts.TextQuote | None]:
        """What a message answers: here, or across chats and topics; and the words quoted from it."""
        if beside.reply_to is None:
            return None, None, None
        there, post = self._post(beside.reply_to, chat)
        quote = None
        if beside.quote:
            words = post.message.text or post.message.caption or ""
            # Raises ValueError: what is not there cannot be quoted.
            before = words[: words.index(beside.quote)]
            quote = parts.TextQuote(text=beside.quote, position=length(before), is_manual=True)
        if there is chat and (not chat.info.is_forum or post.thread_id == (thread.id if thread else None)):
            return post, None, quote
        external = spec.ExternalReplyInfo(
            origin=self._origin(post.message, hidden=False),
            chat=there.info if not there.is_private else None,
            message_id=post.id if not there.is_private else None,
            photo=post.message.photo,
            document=post.message.document,
            voice=post.message.voice,
            video=post.message.video,
        )
        return None, external, quote

    def _check_may_write(self, chat: Chat, thread: Thread | None) -> None:
        """What Telegram's apps would not let a person do. Raises PermissionError."""
        if chat.is_private:
            if not chat.started or chat.blocked:
                raise PermissionError(f"{self.user.first_name} has not pressed start, or has blocked the bot")
            return
        if self.sender_chat is not None:
            return
        member = chat.members.get(self.id)
        if member is None or member.status in ("left", "kicked"):
            raise PermissionError(f"{self.user.first_name} is no member of {chat.info.title}")
        if thread is not None and thread.closed and not may(member, "can_manage_topics"):
            raise PermissionError(f"the topic {thread.name!r} is closed")

    def _file(
        self, kind: str, content: bytes, filename: str | None, caption: str = "", size: int | None = None
    ) -> parts.Content:
        stored = self.world.files.keep(kind, content, filename, size=size)
        said = detect(caption)
        return content_of(stored, Shape()).model_copy(
            update={"caption": said.text or None, "caption_entities": said.entities or None}
        )

    def _date(self) -> int:
        return int(self.world.now())

    def _own_chat(self) -> Chat:
        return self.world.chats[self.id]

    def _group(self, chat_id: int | None = None) -> Chat:
        if self.sender_chat is not None:
            return self.world.chats[chat_id or self.sender_chat.id]
        groups = [chat for chat in self.world.chats.values() if self.id in chat.members]
        found = [chat for chat in groups if chat_id in (None, chat.id)]
        if len(found) != 1:
            raise LookupError(f"{self.user.first_name} is in {len(groups)} groups; say which one by chat_id")
        return found[0]

    def _thread(self, topic: Topic | int) -> tuple[Chat, Thread]:
        if isinstance(topic, int):
            chat = self._group()
            return chat, chat.threads[topic]
        chat = self.world.chats[topic.chat_id]
        return chat, chat.threads[topic.thread_id]

    def _post(self, which: Which, default: Chat | None = None) -> tuple[Chat, Post]:
        """A message by itself, or by its number in the person's own chat. Raises KeyError."""
        if isinstance(which, int):
            chat = default or self._own_chat()
            return chat, chat.posts[which]
        chat = self.world.chats[which.chat_id]
        return chat, chat.posts[which.id]


def typed(text: str, html: bool) -> Formatted:
    return from_html(text) if html else detect(text)
