"""What people do: customers in their private chats with the bot, agents in the topics of a group."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from bot.demo import parts, samples, spec, views
from bot.demo.api import editing
from bot.demo.entities import Formatted, detect, from_html
from bot.demo.media import Shape, content_of
from bot.demo.views import SimMessage, Topic
from bot.demo.world import Chat, Post, Press, Thread, World, may

Which = SimMessage | int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a Telegram account. What they do shows at once, and the bot gets its updates."""

    world: World
    user: parts.User

    @property
    def id(self) -> int:
        return self.user.id

    def start(self, payload: str = "") -> SimMessage:
        """Press the start button, as everybody must before a bot may write to them."""
        chat = self._own_chat()
        if chat.blocked:
            self.unblocks()
        chat.started = True
        return self.writes(f"/start {payload}".strip())

    def writes(self, text: str, reply_to: Which | None = None, html: bool = False) -> SimMessage:
        """Write to the bot in private. `html`: the text carries Telegram's HTML formatting."""
        return self._put(self._own_chat(), samples.text(_typed(text, html)), None, reply_to)

    def sends_photo(self, content: bytes, caption: str = "", reply_to: Which | None = None) -> SimMessage:
        return self._put(self._own_chat(), self._file("photo", content, None, caption), None, reply_to)

    def sends_document(
        self, content: bytes, filename: str, caption: str = "", reply_to: Which | None = None, size: int | None = None
    ) -> SimMessage:
        """Send a file; `size` claims that it is larger than the bytes given."""
        return self._put(self._own_chat(), self._file("document", content, filename, caption, size), None, reply_to)

    def sends_voice(self, content: bytes, reply_to: Which | None = None) -> SimMessage:
        return self._put(self._own_chat(), self._file("voice", content, None), None, reply_to)

    def sends_video(self, content: bytes, filename: str = "video.mp4", caption: str = "") -> SimMessage:
        return self._put(self._own_chat(), self._file("video", content, filename, caption), None, None)

    def sends_audio(self, content: bytes, filename: str = "song.mp3", caption: str = "") -> SimMessage:
        return self._put(self._own_chat(), self._file("audio", content, filename, caption), None, None)

    def sends_album(self, *photos: bytes, caption: str = "") -> list[SimMessage]:
        """Send photos at once: as many updates, tied by one media_group_id; the caption is on the first."""
        album = str(uuid.uuid4().int % 10**17)
        contents = [self._file("photo", photo, None, "" if number else caption) for number, photo in enumerate(photos)]
        return [self._put(self._own_chat(), content, None, None, album=album) for content in contents]

    def sends(self, kind: str, reply_to: Which | None = None) -> SimMessage:
        """Send a ready-made message of another kind: see `samples.KINDS`; any other name is an unsupported one."""
        content = samples.of_kind(self.world, self.user, kind)
        copyable = kind in samples.KINDS and kind != "quiz"
        return self._put(self._own_chat(), content, None, reply_to, copyable)

    def writes_in(self, topic: Topic | int, text: str, reply_to: Which | None = None, html: bool = False) -> SimMessage:
        """Write in a topic of the desk."""
        chat, thread = self._thread(topic)
        return self._put(chat, samples.text(_typed(text, html)), thread, reply_to)

    def sends_document_in(
        self, topic: Topic | int, content: bytes, filename: str, caption: str = "", reply_to: Which | None = None
    ) -> SimMessage:
        chat, thread = self._thread(topic)
        return self._put(chat, self._file("document", content, filename, caption), thread, reply_to)

    def sends_photo_in(
        self, topic: Topic | int, content: bytes, caption: str = "", reply_to: Which | None = None
    ) -> SimMessage:
        chat, thread = self._thread(topic)
        return self._put(chat, self._file("photo", content, None, caption), thread, reply_to)

    def sends_voice_in(self, topic: Topic | int, content: bytes, reply_to: Which | None = None) -> SimMessage:
        chat, thread = self._thread(topic)
        return self._put(chat, self._file("voice", content, None), thread, reply_to)

    def writes_in_general(
        self, text: str, reply_to: Which | None = None, html: bool = False, chat_id: int | None = None
    ) -> SimMessage:
        """Write outside of topics: in General, or in a group without topics. Without `chat_id`, in the only group."""
        return self._put(self._group(chat_id), samples.text(_typed(text, html)), None, reply_to)

    def edits(self, which: Which, text: str, html: bool = False) -> SimMessage:
        """Change an own message: its text, or its caption. The bot hears of it only if something changed."""
        chat, post = self._post(which)
        if post.message.from_.id != self.id:
            raise PermissionError("only one's own messages can be edited")
        said, was = _typed(text, html), post.message
        field, marks = ("text", "entities") if was.text is not None else ("caption", "caption_entities")
        new = {**dict(was), field: said.text or None, marks: said.entities or None}
        if new != dict(was):
            body = spec.Body.model_validate({name: new[name] for name in spec.Body.model_fields})
            changed = self.world.change(post, body)
            if self.world.hears(chat, changed):
                self.world.queue.put(edited_message=changed)
        return views.message(self.world, chat, post)

    def deletes(self, which: Which) -> None:
        """Delete a message. The bot will never know."""
        chat, post = self._post(which)
        editing.remove(self.world, chat, post)

    def reacts(self, which: Which, emoji: str | None) -> None:
        """React to a message; None takes it back. The bot hears of it only if it asked to."""
        chat, post = self._post(which)
        old, new = post.reactions.get(self.id, ()), (emoji,) if emoji else ()
        editing.set_reactions(self.world, post, self.user, new)
        self.world.queue.put(
            message_reaction=spec.MessageReactionUpdated(
                chat=chat.info,
                message_id=post.id,
                user=self.user,
                date=int(self.world.now()),
                old_reaction=tuple(spec.ReactionTypeEmoji(emoji=one) for one in old),
                new_reaction=tuple(spec.ReactionTypeEmoji(emoji=one) for one in new),
            )
        )

    def presses(self, which: Which, button: str) -> Press:
        """Press a button, named by what is on it or by its data. The result shows whether the bot answered."""
        chat, post = self._post(which)
        pressed = views.find_button(post.message, button)
        if pressed.callback_data is None:
            raise LookupError(f"{button!r} opens {pressed.url}; the bot does not hear of it")
        query = spec.CallbackQuery(
            id=str(uuid.uuid4().int % 10**19),
            from_=self.user,
            message=post.message,
            chat_instance=str(abs(chat.id)),
            data=pressed.callback_data,
        )
        press = self.world.presses[query.id] = Press(query, self.world.now())
        self.world.queue.put(callback_query=query)
        self.world.touch()
        return press

    def blocks(self) -> None:
        """Stop the bot: it may no longer write."""
        self._own_chat().blocked = True
        self._tell_of_block(spec.ChatMemberMember(user=self.world.bot), spec.ChatMemberBanned(user=self.world.bot))

    def unblocks(self) -> None:
        self._own_chat().blocked = False
        self._tell_of_block(spec.ChatMemberBanned(user=self.world.bot), spec.ChatMemberMember(user=self.world.bot))

    def deletes_account(self) -> None:
        self._own_chat().deactivated = True
        self.world.touch()

    def _tell_of_block(self, old: spec.ChatMember, new: spec.ChatMember) -> None:
        change = spec.ChatMemberUpdated(
            chat=self._own_chat().info,
            from_=self.user,
            date=int(self.world.now()),
            old_chat_member=old,
            new_chat_member=new,
        )
        self.world.queue.put(my_chat_member=change)
        self.world.touch()

    def _put(
        self,
        chat: Chat,
        content: parts.Content,
        thread: Thread | None,
        reply_to: Which | None,
        copyable: bool = True,
        album: str | None = None,
    ) -> SimMessage:
        self._check_may_write(chat, thread)
        target = self._post(reply_to, chat)[1] if reply_to is not None else None
        body = spec.Body.model_validate({**dict(content), "media_group_id": album})
        post = self.world.post(chat, self.user, body, thread, target, copyable)
        return views.message(self.world, chat, post)

    def _check_may_write(self, chat: Chat, thread: Thread | None) -> None:
        """What Telegram's apps would not let a person do. Raises PermissionError."""
        if chat.is_private:
            if not chat.started or chat.blocked:
                raise PermissionError(f"{self.user.first_name} has not pressed start, or has blocked the bot")
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

    def _own_chat(self) -> Chat:
        return self.world.chats[self.id]

    def _group(self, chat_id: int | None = None) -> Chat:
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


def _typed(text: str, html: bool) -> Formatted:
    return from_html(text) if html else detect(text)
