"""Ready-made contents of every kind of message that people send."""

from __future__ import annotations

from collections.abc import Callable

from bot.demo import parts
from bot.demo.entities import Formatted
from bot.demo.media import Shape, content_of
from bot.demo.world import World

_PLACE = parts.Location(latitude=52.520008, longitude=13.404954)
_OPTIONS = (parts.PollOption(persistent_id="1", text="yes"), parts.PollOption(persistent_id="2", text="no"))
KINDS: dict[str, Callable[[World, parts.User], parts.Content]] = {
    "sticker": lambda world, user: _file(world, "sticker"),
    "video_note": lambda world, user: _file(world, "video_note"),
    "location": lambda world, user: parts.Content(location=_PLACE),
    "venue": lambda world, user: parts.Content(
        location=_PLACE, venue=parts.Venue(location=_PLACE, title="Repair shop", address="1 Market Street")
    ),
    "contact": lambda world, user: parts.Content(
        contact=parts.Contact(phone_number="+493012345678", first_name=user.first_name, user_id=user.id)
    ),
    "poll": lambda world, user: parts.Content(
        poll=parts.Poll(id=str(user.id), question="Is it repaired?", options=_OPTIONS)
    ),
    "quiz": lambda world, user: parts.Content(
        poll=parts.Poll(id=str(user.id), question="Guess?", options=_OPTIONS, type="quiz", allows_revoting=False)
    ),
    "dice": lambda world, user: parts.Content(dice=parts.Dice(emoji="🎲", value=4)),
    "story": lambda world, user: parts.Content(
        story=parts.Story(chat=parts.Chat(id=user.id, type="private", first_name=user.first_name), id=1)
    ),
}


def of_kind(world: World, user: parts.User, kind: str) -> parts.Content:
    """A message of this kind. One that is not listed looks as one that a bot library does not know: empty."""
    return KINDS[kind](world, user) if kind in KINDS else parts.Content()


def text(said: Formatted) -> parts.Content:
    return parts.Content(text=said.text, entities=said.entities or None)


def _file(world: World, kind: str) -> parts.Content:
    return content_of(world.files.keep(kind, f"a {kind}".encode(), None), Shape())
