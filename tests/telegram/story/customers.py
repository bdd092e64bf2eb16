"""What customers do in the story: every kind of message, edits, replies, blocks, commands."""

from __future__ import annotations

from random import Random

from bot.demo.people import Person
from bot.demo.views import SimMessage
from tests.telegram.story.ledger import Said, Side
from tests.telegram.story.scenery import Scenery

TEXTS = (
    "My kettle leaks @", "Wo bleibt mein Paket? @", "¿Cuándo llega mi pedido? @", "Чайник не работает @",
    "I want my money back @", "Here is a <tag> & more @", "😀 @ 👩‍👩‍👧", "@", "  @ \n\n\n second line", "Thanks! @",
)  # fmt: skip
FORMATTED = (
    "<b>Bold</b> and <i>slanted</i> @",
    "😀 <b>@</b> <code>x &lt; y</code>",
    "<u>see</u> https://shop.example/@",
)
OTHER_KINDS = ("sticker", "location", "contact", "poll", "dice", "venue", "video_note", "quiz", "story", "unheard of")
COMMANDS = ("/my", "/help", "/language", "/start", "/start from_shop-42")


async def writes(story: Scenery, dice: Random) -> str:
    person = dice.choice(story.customers)
    number, _, words = story.words(Side.CUSTOMER, dice.choice(TEXTS))
    return story.heard(number, Side.CUSTOMER, person, person.writes(words))


async def writes_formatted(story: Scenery, dice: Random) -> str:
    person = dice.choice(story.customers)
    number, _, words = story.words(Side.CUSTOMER, dice.choice(FORMATTED))
    return story.heard(number, Side.CUSTOMER, person, person.writes(words, html=True))


async def writes_long(story: Scenery, dice: Random) -> str:
    """As long as an app lets anybody write."""
    person = dice.choice(story.customers)
    number, word, _ = story.words(Side.CUSTOMER, "@")
    text = (word + " " + "lorem ipsum <dolor> " * 300)[: dice.randrange(3000, 4096)]
    return story.heard(number, Side.CUSTOMER, person, person.writes(text))


async def replies(story: Scenery, dice: Random) -> str | None:
    """To something in his chat, of the bot or his own. What belongs to a closed request may open one of its own."""
    person = dice.choice(story.customers)
    there = story.sim.chat_of(person)
    if not there:
        return None
    number, _, words = story.words(Side.CUSTOMER, "about that: @")
    said = person.writes(words, reply_to=dice.choice(there))
    if story.closings.get(person.id):
        may_open_another(story, person)
    return story.heard(number, Side.CUSTOMER, person, said, reply=True)


async def sends_photo(story: Scenery, dice: Random) -> str:
    person = dice.choice(story.customers)
    number, word, caption = story.words(Side.CUSTOMER, dice.choice(("", "look: @")))
    return story.heard(number, Side.CUSTOMER, person, person.sends_photo(word.encode(), caption))


async def sends_document(story: Scenery, dice: Random) -> str:
    person = dice.choice(story.customers)
    number, word, caption = story.words(Side.CUSTOMER, dice.choice(("", "the bill @")))
    return story.heard(number, Side.CUSTOMER, person, person.sends_document(word.encode(), "bill.pdf", caption))


async def sends_voice(story: Scenery, dice: Random) -> str:
    person = dice.choice(story.customers)
    number, word, _ = story.words(Side.CUSTOMER, "@")
    return story.heard(number, Side.CUSTOMER, person, person.sends_voice(word.encode()))


async def sends_album(story: Scenery, dice: Random) -> str:
    """Two to four photos; the caption, if any, is on the first."""
    person = dice.choice(story.customers)
    named = [story.words(Side.CUSTOMER, "@") for _ in range(dice.randrange(2, 5))]
    caption = f"all of it {named[0][1]}" if dice.random() < 0.5 else ""
    parts = person.sends_album(*(word.encode() for _, word, _ in named), caption=caption)
    lines = [
        story.heard(number, Side.CUSTOMER, person, part) for (number, _, _), part in zip(named, parts, strict=True)
    ]
    return "; ".join(lines)


async def sends_something_else(story: Scenery, dice: Random) -> str:
    """It bears no token; what is asked of it is that nothing breaks."""
    person, kind = dice.choice(story.customers), dice.choice(OTHER_KINDS)
    return f"{person.user.first_name} sends a {kind} #{person.sends(kind).id}"


async def edits(story: Scenery, dice: Random) -> str | None:
    """One of his last messages that have words."""
    return edit(story, dice, story.ledger.by(Side.CUSTOMER))


async def blocks(story: Scenery, dice: Random) -> str | None:
    person = dice.choice(story.customers)
    chat = story.sim.world.chats[person.id]
    if chat.blocked:
        return None
    person.blocks()
    return f"{person.user.first_name} blocks the bot"


async def unblocks(story: Scenery, dice: Random) -> str | None:
    blocked = [person for person in story.customers if story.sim.world.chats[person.id].blocked]
    if not blocked:
        return None
    person = dice.choice(blocked)
    person.unblocks()
    return f"{person.user.first_name} unblocks the bot"


async def commands(story: Scenery, dice: Random) -> str:
    person, command = dice.choice(story.customers), dice.choice(COMMANDS)
    return f"{person.user.first_name} {command} #{person.writes(command).id}"


async def asks_anew(story: Scenery, dice: Random) -> str:
    """A command after which the next message may open another request."""
    person, command = dice.choice(story.customers), dice.choice(("/new", "/close"))
    told = person.writes(command)
    may_open_another(story, person)
    return f"{person.user.first_name} {command} #{told.id}"


def may_open_another(story: Scenery, person: Person) -> None:
    story.closings[person.id] = story.closings.get(person.id, 0) + 1


def edit(story: Scenery, dice: Random, candidates: list[Said]) -> str | None:
    """Somebody changes his words; the new version bears a token of its own."""
    there = [said for said in candidates[-8:] if _has_words(story, said.message)]
    if not there:
        return None
    said = dice.choice(there)
    said.versions += 1
    said.by.edits(said.message, f"changed my mind: {said.last_token}")
    return f"{said.by.user.first_name} edits #{said.message.id} to {said.last_token}"


def _has_words(story: Scenery, message: SimMessage) -> bool:
    there = message.id in story.sim.world.chats[message.chat_id].posts
    return there and (message.kind == "text" or bool(message.text))
