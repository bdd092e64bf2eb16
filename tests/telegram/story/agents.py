"""What agents do in the story: answers, notes that must never leave, presses, and what hands do to topics."""

from __future__ import annotations

from random import Random

from bot.demo.people import Person
from bot.demo.views import SimMessage, Topic
from tests.telegram.story.customers import edit, may_open_another
from tests.telegram.story.ledger import Side
from tests.telegram.story.scenery import Scenery, number_of_topic

TEXTS = (
    "We look into it. @", "Bitte schicken Sie ein Foto. @", "1 < 2 & 3 > 2 @", "@", "😀 @", "*no* _markdown_ @",
    "https://shop.example/?a=1&b=@",
)  # fmt: skip
FORMATTED = ("<b>Sure</b>, @", "😀 <i>see</i> <code>@</code>", "<s>no</s> yes @")
NOTES = ("//@", "// @ he is difficult", "/note @", "//\n@")
COMMANDS = ("/customer", "/find kettle", "/help", "/nonsense", "/status")
# What ends a request, so that the customer's next message may open another one.
ENDS = ("resolve", "close", "spam")


async def writes(story: Scenery, dice: Random) -> str | None:
    agent, topic = dice.choice(story.agents), story.topic(dice)
    if topic is None:
        return None
    number, _, words = story.words(Side.ANSWER, dice.choice(TEXTS))
    return story.heard(number, Side.ANSWER, agent, agent.writes_in(topic, words), topic)


async def writes_formatted(story: Scenery, dice: Random) -> str | None:
    agent, topic = dice.choice(story.agents), story.topic(dice)
    if topic is None:
        return None
    number, _, words = story.words(Side.ANSWER, dice.choice(FORMATTED))
    return story.heard(number, Side.ANSWER, agent, agent.writes_in(topic, words, html=True), topic)


async def replies(story: Scenery, dice: Random) -> str | None:
    """To a message in the topic: a customer's is answered, a note is continued."""
    agent, topic = dice.choice(story.agents), story.topic(dice)
    if topic is None or not topic.messages:
        return None
    target = dice.choice(topic.messages)
    side = Side.SILENT if is_note(story, target) else Side.ANSWER
    number, _, words = story.words(side, "as to this: @")
    return story.heard(number, side, agent, agent.writes_in(topic, words, reply_to=target), topic, reply=True)


async def sends_photo(story: Scenery, dice: Random) -> str | None:
    agent, topic = dice.choice(story.agents), story.topic(dice)
    if topic is None:
        return None
    number, word, caption = story.words(Side.ANSWER, dice.choice(("", "so: @")))
    return story.heard(number, Side.ANSWER, agent, agent.sends_photo_in(topic, word.encode(), caption), topic)


async def sends_document(story: Scenery, dice: Random) -> str | None:
    agent, topic = dice.choice(story.agents), story.topic(dice)
    if topic is None:
        return None
    number, word, caption = story.words(Side.ANSWER, dice.choice(("", "the manual @")))
    sent = agent.sends_document_in(topic, word.encode(), "manual.pdf", caption)
    return story.heard(number, Side.ANSWER, agent, sent, topic)


async def sends_voice(story: Scenery, dice: Random) -> str | None:
    agent, topic = dice.choice(story.agents), story.topic(dice)
    if topic is None:
        return None
    number, word, _ = story.words(Side.ANSWER, "@")
    return story.heard(number, Side.ANSWER, agent, agent.sends_voice_in(topic, word.encode()), topic)


async def sends_album(story: Scenery, dice: Random) -> str | None:
    agent, topic = dice.choice(story.agents), story.topic(dice)
    if topic is None:
        return None
    return album(story, dice, Side.ANSWER, agent, topic, "all of it @" if dice.random() < 0.5 else "")


async def notes_with_an_album(story: Scenery, dice: Random) -> str | None:
    """One caption, on any of its parts, makes all of it a note."""
    agent, topic = dice.choice(story.agents), story.topic(dice)
    if topic is None:
        return None
    return album(story, dice, Side.SILENT, agent, topic, dice.choice(NOTES))


async def edits(story: Scenery, dice: Random) -> str | None:
    return edit(story, dice, story.ledger.by(Side.ANSWER))


async def notes(story: Scenery, dice: Random) -> str | None:
    agent, topic = dice.choice(story.agents), story.topic(dice)
    if topic is None:
        return None
    number, _, words = story.words(Side.SILENT, dice.choice(NOTES))
    return story.heard(number, Side.SILENT, agent, agent.writes_in(topic, words), topic)


async def notes_with_a_file(story: Scenery, dice: Random) -> str | None:
    agent, topic = dice.choice(story.agents), story.topic(dice)
    if topic is None:
        return None
    number, word, words = story.words(Side.SILENT, dice.choice(NOTES))
    return story.heard(number, Side.SILENT, agent, agent.sends_photo_in(topic, word.encode(), words), topic)


async def continues_a_note(story: Scenery, dice: Random) -> str | None:
    notes = [said for said in story.ledger.by(Side.SILENT) if said.by in story.agents and not said.gone]
    if not notes:
        return None
    note = dice.choice(notes[-5:])
    topic = _topic_of(story, note.message)
    if topic is None:
        return None
    agent = dice.choice(story.agents)
    number, _, words = story.words(Side.SILENT, "and besides @")
    return story.heard(number, Side.SILENT, agent, agent.writes_in(topic, words, reply_to=note.message), topic, True)


async def edits_a_note(story: Scenery, dice: Random) -> str | None:
    """Without its mark, it is a note still."""
    return edit(story, dice, story.ledger.by(Side.SILENT))


async def talks_elsewhere(story: Scenery, dice: Random) -> str:
    """In General; whoever speaks there speaks to no customer."""
    agent = dice.choice([*story.agents, story.stranger])
    number, _, words = story.words(Side.SILENT, "who takes this? @")
    return story.heard(number, Side.SILENT, agent, agent.writes_in_general(words))


async def stranger_talks(story: Scenery, dice: Random) -> str | None:
    """A member of the group who is no agent of ours."""
    topic = story.topic(dice)
    if topic is None or topic.closed:
        return None
    number, _, words = story.words(Side.SILENT, "I am no agent @")
    return story.heard(number, Side.SILENT, story.stranger, story.stranger.writes_in(topic, words), topic)


async def commands(story: Scenery, dice: Random) -> str | None:
    agent, topic = dice.choice(story.agents), story.topic(dice)
    command = dice.choice(COMMANDS)
    if topic is None:
        return None
    return f"{agent.user.first_name} {command} in {topic.name[:8]} #{agent.writes_in(topic, command).id}"


async def presses(story: Scenery, dice: Random) -> str | None:
    """Any button that is there, as stale as it may be; sometimes by somebody who may not."""
    topic = story.topic(dice)
    buttons = [
        (message, button)
        for message in (topic.messages if topic else ())
        for row in message.buttons
        for button in row
        if button.callback_data is not None
    ]
    if topic is None or not buttons:
        return None
    message, button = dice.choice(buttons)
    who = story.stranger if dice.random() < 0.1 else dice.choice(story.agents)
    who.presses(message, button.callback_data or "")
    customer = story.customer_of(topic)
    if customer is not None and (button.callback_data or "").startswith(ENDS):
        may_open_another(story, customer)
    return f"{who.user.first_name} presses {button.text!r} {button.callback_data} on #{message.id} in {topic.name[:8]}"


async def closes_by_hand(story: Scenery, dice: Random) -> str | None:
    topic = story.topic(dice)
    if topic is None:
        return None
    agent, customer = dice.choice(story.agents), story.customer_of(topic)
    if topic.closed:
        story.desk.reopen_topic(topic, agent)
        return f"{agent.user.first_name} reopens {topic.name[:8]} by hand"
    story.desk.close_topic(topic, agent)
    if customer is not None:
        may_open_another(story, customer)
    return f"{agent.user.first_name} closes {topic.name[:8]} by hand"


async def renames(story: Scenery, dice: Random) -> str | None:
    topic = story.topic(dice)
    if topic is None:
        return None
    agent = dice.choice(story.agents)
    story.desk.rename_topic(topic, f"{topic.name} !", agent)
    return f"{agent.user.first_name} renames {topic.name[:8]}"


async def deletes_a_topic(story: Scenery, dice: Random) -> str | None:
    """Only while nothing waits for the bot: what an agent said in it is then known."""
    topic = story.topic(dice)
    if topic is None or story.sim.world.queue.waiting:
        return None
    story.desk.delete_topic(topic)
    story.deleted_topics.add(topic.thread_id)
    for said in story.ledger.said:
        said.gone |= said.message.chat_id == story.desk.chat_id and said.message.thread_id == topic.thread_id
    return f"somebody deletes the topic {topic.name[:8]}({topic.thread_id})"


def album(story: Scenery, dice: Random, side: Side, agent: Person, topic: Topic, caption: str) -> str:
    """Two or three photos of an agent, the caption, if any, on the first."""
    named = [story.words(side, "@") for _ in range(dice.randrange(2, 4))]
    files = [word.encode() for _, word, _ in named]
    parts = agent.sends_album(*files, caption=caption.replace("@", named[0][1]), topic=topic)
    lines = [story.heard(number, side, agent, part, topic) for (number, _, _), part in zip(named, parts, strict=True)]
    return "; ".join(lines)


def is_note(story: Scenery, message: SimMessage) -> bool:
    """Did an agent of ours write this, for his colleagues only?"""
    said = story.ledger.at(message)
    return said is not None and said.side is Side.SILENT and said.by in story.agents


def _topic_of(story: Scenery, message: SimMessage) -> Topic | None:
    for topic in story.desk.topics():
        if topic.thread_id == message.thread_id and number_of_topic(topic) is not None:
            return topic
    return None
