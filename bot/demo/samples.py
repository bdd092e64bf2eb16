"""Ready-made contents of every kind of message that people send."""

from __future__ import annotations

from collections.abc import Callable

from bot.demo import parts
from bot.demo.entities import Formatted
from bot.demo.media import Shape, content_of
from bot.demo.world import World

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
_PLACE = parts.Location(latitude=52.520008, longitude=13.404954)
_LIVE = _PLACE.model_copy(update={"live_period": 900, "heading": 90, "horizontal_accuracy": 12.5})
_OPTIONS = (parts.PollOption(persistent_id="1", text="yes"), parts.PollOption(persistent_id="2", text="no"))
_SHOP = parts.Chat(id=-1_001_500_000_001, type="channel", title="A shop's channel")

KINDS: dict[str, Callable[[World, parts.User], parts.Content]] = {
    "text": lambda world, user: text(Formatted("Hello!")),
    "photo": lambda world, user: _file(world, "photo", PNG).model_copy(update={"caption": "It looks like this"}),
    "document": lambda world, user: _file(world, "document", b"%PDF-1.4", "order.pdf"),
    "video": lambda world, user: _file(world, "video", b"a video", "kettle.mp4"),
    "voice": lambda world, user: _file(world, "voice", b"a voice"),
    "audio": lambda world, user: _file(world, "audio", b"a song", "noise.mp3"),
    "animation": lambda world, user: _file(world, "animation", b"a clip", "clip.mp4"),
    "live_photo": lambda world, user: _file(world, "live_photo", b"a photo that moves"),
    "sticker": lambda world, user: _file(world, "sticker", b"a sticker"),
    "video_note": lambda world, user: _file(world, "video_note", b"a round video"),
    "location": lambda world, user: parts.Content(location=_PLACE),
    "live_location": lambda world, user: parts.Content(location=_LIVE),
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
    "paid_media": lambda world, user: parts.Content(
        paid_media=parts.PaidMediaInfo(star_count=5, paid_media=(parts.PaidMediaPreview(),)), caption="Five stars"
    ),
    "checklist": lambda world, user: parts.Content(
        checklist=parts.Checklist(title="To do", tasks=(parts.ChecklistTask(id=1, text="descale it"),))
    ),
    "giveaway": lambda world, user: parts.Content(
        giveaway=parts.Giveaway(chats=(_SHOP,), winners_selection_date=1_800_000_000, winner_count=1)
    ),
    "invoice": lambda world, user: parts.Content(
        invoice=parts.Invoice(
            title="Kettle", description="A new one", start_parameter="k", currency="EUR", total_amount=4900
        )
    ),
}
# What copyMessage refuses; for a quiz, because the bot does not know its answer.
UNCOPYABLE = frozenset({"quiz", "paid_media", "checklist", "giveaway", "invoice"})


def of_kind(world: World, user: parts.User, kind: str) -> parts.Content:
    """A message of this kind. Any name that is not listed gives one of a kind that no library knows yet."""
    return KINDS[kind](world, user) if kind in KINDS else parts.Content(hologram=parts.Hologram(file_id=kind))


def can_be_copied(kind: str) -> bool:
    return kind in KINDS and kind not in UNCOPYABLE


def text(said: Formatted) -> parts.Content:
    return parts.Content(text=said.text, entities=said.entities or None)


def _file(world: World, kind: str, content: bytes, filename: str | None = None) -> parts.Content:
    return content_of(world.files.keep(kind, content, filename), Shape())
