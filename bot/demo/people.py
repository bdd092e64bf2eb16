"""What people do beside speaking: start, edit, delete, react, press, share where they are, block the bot."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from bot.demo import menus, parts, spec, views
from bot.demo.api import editing
from bot.demo.chats import Chat, Post, Press
from bot.demo.speaking import Speaker, Which, typed
from bot.demo.views import SimMessage
from bot.demo.world import World

__all__ = ["Person", "Which"]


@dataclass(frozen=True, slots=True)
class Person(Speaker):
    """Somebody with a Telegram account. What they do shows at once, and the bot gets its updates."""

    def with_bot(self, world: World) -> Person:
        """The same person in front of another bot."""
        return Person(world, self.user)

    def start(self, payload: str = "") -> SimMessage:
        """Press the start button, as everybody must before a bot may write to them; with what a deep link carries."""
        chat = self._own_chat()
        if chat.blocked:
            self.unblocks()
        chat.started = True
        return self.writes(f"/start {payload}".strip())

    def menu(self) -> tuple[spec.BotCommand, ...]:
        """The commands that the app offers in the chat with the bot."""
        return menus.menu(self)

    def edits(self, which: Which, text: str, html: bool = False) -> SimMessage:
        """Change an own message: its text, or its caption. The bot hears of it only if something changed."""
        said, was = typed(text, html), self._own(which).message
        field, marks = ("text", "entities") if was.text is not None else ("caption", "caption_entities")
        return self._edited(which, {field: said.text or None, marks: said.entities or None})

    def edits_media(self, which: Which, kind: str, content: bytes, filename: str | None = None) -> SimMessage:
        """Put another file in the place of the one that was sent; the caption stays."""
        nothing = dict.fromkeys(parts.Content.model_fields)
        was = self._own(which).message
        shown = {**dict(self._file(kind, content, filename)), "caption": was.caption}
        return self._edited(which, {**nothing, **shown, "caption_entities": was.caption_entities})

    def moves(self, which: Which, latitude: float, longitude: float) -> SimMessage:
        """Be somewhere else while sharing a live location."""
        was = self._own(which).message.location
        assert was is not None
        return self._edited(which, {"location": was.model_copy(update={"latitude": latitude, "longitude": longitude})})

    def stops_sharing(self, which: Which) -> SimMessage:
        """End a live location: the last place stays."""
        was = self._own(which).message.location
        assert was is not None
        return self._edited(which, {"location": parts.Location(latitude=was.latitude, longitude=was.longitude)})

    def deletes(self, which: Which) -> None:
        """Delete a message. The bot will never know."""
        chat, post = self._post(which)
        editing.remove(self.world, chat, post, self.id)

    def reacts(self, which: Which, emoji: str | None) -> None:
        """React to a message; None takes it back. The bot hears of it only if it asked to."""
        chat, post = self._post(which)
        old, new = post.reactions.get(self.id, ()), (emoji,) if emoji else ()
        editing.set_reactions(self.world, chat, post, self.user, new)
        reaction = spec.MessageReactionUpdated(
            chat=chat.info,
            message_id=post.id,
            user=self.user,
            date=self._date(),
            old_reaction=tuple(spec.ReactionTypeEmoji(emoji=one) for one in old),
            new_reaction=tuple(spec.ReactionTypeEmoji(emoji=one) for one in new),
        )
        if chat.is_private:
            self.world.queue.put(message_reaction=reaction)
        else:
            self.world.network.tell_reaction(chat, reaction)

    def presses(self, which: Which, button: str) -> Press:
        """Press a button, named by what is on it or by its data. The result shows whether the bot answered."""
        chat, post = self._post(which)
        pressed = views.find_button(post.message, button)
        if pressed.callback_data is None:
            raise LookupError(f"{button!r} opens {pressed.url}; the bot does not hear of it")
        return self._pressed(chat, post.message, pressed.callback_data)

    def presses_stale(self, which: SimMessage, data: str) -> Press:
        """Press what the app still shows: a button that was changed meanwhile, or whose message was deleted."""
        chat = self.world.chats[which.chat_id]
        post = chat.posts.get(which.id)
        gone = spec.InaccessibleMessage(chat=chat.info, message_id=which.id)
        return self._pressed(chat, post.message if post else gone, data)

    def asks_inline(self, query: str) -> None:
        """Type the bot's name and some words in any chat. The query lives for 30 seconds."""
        asked = spec.InlineQuery(id=str(uuid.uuid4().int % 10**19), from_=self.world.users[self.id], query=query)
        self.world.queue.put(inline_query=asked)

    def blocks(self) -> None:
        """Stop the bot: it may no longer write."""
        self._own_chat().blocked = True
        self._tell_of_block(spec.ChatMemberMember(user=self.world.bot), spec.ChatMemberBanned(user=self.world.bot))

    def unblocks(self) -> None:
        self._own_chat().blocked = False
        self._tell_of_block(spec.ChatMemberBanned(user=self.world.bot), spec.ChatMemberMember(user=self.world.bot))

    def deletes_account(self) -> None:
        for world in self.world.network.worlds.values():
            world.chats[self.id].deactivated = True
        self.world.touch()

    def calls_themselves(self, name: str, username: str | None = None, language_code: str | None = None) -> None:
        """Take another name, user name and language. The bot sees it with the next message."""
        first, _, last = name.partition(" ")
        new = {"first_name": first, "last_name": last or None, "username": username}
        self.world.network.change_user(self.id, {**new, "language_code": language_code})

    def _pressed(self, chat: Chat, message: spec.Message | spec.InaccessibleMessage, data: str) -> Press:
        query = spec.CallbackQuery(
            id=str(uuid.uuid4().int % 10**19),
            from_=self.world.users[self.id],
            message=message,
            chat_instance=str(abs(chat.id)),
            data=data,
        )
        # Only the bot that wrote the message hears of it.
        author = message.from_.id if isinstance(message, spec.Message) else self.world.bot.id
        hearer = self.world.network.worlds.get(author, self.world)
        press = hearer.presses[query.id] = Press(query, self.world.clock.monotonic())
        hearer.queue.put(callback_query=query)
        self.world.touch()
        return press

    def _tell_of_block(self, old: spec.ChatMember, new: spec.ChatMember) -> None:
        change = spec.ChatMemberUpdated(
            chat=self._own_chat().info,
            from_=self.user,
            date=self._date(),
            old_chat_member=old,
            new_chat_member=new,
        )
        self.world.queue.put(my_chat_member=change)
        self.world.touch()

    def _own(self, which: Which) -> Post:
        post = self._post(which)[1]
        if post.message.from_.id != self.id:
            raise PermissionError("only one's own messages can be edited")
        return post

    def _edited(self, which: Which, changes: dict[str, object]) -> SimMessage:
        """Replace fields of an own message; the bot hears of it if any is new."""
        chat, post = self._post(which)[0], self._own(which)
        was = dict(post.message)
        new = {**was, **changes}
        if new != was:
            body = spec.Body.model_validate({name: new[name] for name in spec.Body.model_fields})
            changed = self.world.change(chat, post, body)
            if chat.is_private:
                self.world.queue.put(edited_message=changed)
            else:
                self.world.network.tell_edit(chat, changed)
        return views.message(self.world, chat, post)
