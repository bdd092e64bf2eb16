"""What happens in a run: mails, chat messages, agents' answers, and what goes wrong; and the plan that orders them."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from random import Random

import asyncpg

from bot.demo.views import Topic
from tests.chaos.letters import Kind
from tests.chaos.world import World
from tests.databases import CUT_CONNECTIONS
from tests.telegram.story.ledger import Said, Side

Act = Callable[[World, Random], Awaitable[None]]

KINDS: tuple[tuple[Kind, float], ...] = (
    (Kind.FIRST, 30),
    (Kind.AGAIN, 10),
    (Kind.ANSWER, 16),
    (Kind.REFERENCE, 9),
    (Kind.EARLY, 5),
    (Kind.STRANGER, 8),
    (Kind.AWAY, 4),
    (Kind.ROBOT, 4),
    (Kind.REPORT, 3),
)
TWICE = 0.08  # how likely a mail is handed in by two connections at the same time
CHAT = ("My kettle leaks @", "Wo bleibt mein Paket? @", "Чайник не работает @", "¿Cuándo llega? @", "@", "😀 @")
ANSWERS = ("We look into it. @", "Bitte schicken Sie ein Foto. @", "1 < 2 & 3 > 2 @", "@")
ENOUGH_S = 6.0  # for a moment that does not come
LOCKED_S = 11.0  # twice as long as SQLite waits for a lock


async def mail(world: World, dice: Random) -> None:
    kind = dice.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS])[0]
    for letter in world.mails.write(kind, dice, world.relays.ours):
        twice = dice.random() < TWICE
        world.tell(f"mail {letter}{' twice at once' * twice}")
        for _ in range(1 + twice):
            world.office.post(letter)


async def chat(world: World, dice: Random) -> None:
    person = dice.choice(world.people)
    number, word = world.ledger.next_token(Side.CUSTOMER)
    words = dice.choice(CHAT).replace("@", word)
    match dice.randrange(12):
        case 0:
            said = person.sends_photo(word.encode(), dice.choice(("", words)))
        case 1:
            said = person.sends_document(word.encode(), "bill.pdf", words)
        case _:
            said = person.writes(words)
    world.ledger.add(Said(number, Side.CUSTOMER, person, said))
    world.tell(f"{person.user.first_name} says {word}")


async def answer(world: World, dice: Random) -> None:
    """An agent writes into a topic, whichever channel its customer uses."""
    topics = [topic for topic in world.desk.topics() if world.number_of_topic(topic.name) is not None]
    if not topics:
        return
    topic, agent = dice.choice(topics), dice.choice(world.agents)
    number, word = world.ledger.next_token(Side.ANSWER)
    said = agent.writes_in(topic, dice.choice(ANSWERS).replace("@", word))
    world.ledger.add(Said(number, Side.ANSWER, agent, said, world.number_of_topic(topic.name)))
    world.tell(f"{agent.user.first_name} answers {word} in {_named(topic)}")


# What goes wrong.


async def kill_at_any_moment(world: World, dice: Random) -> None:
    await asyncio.sleep(dice.uniform(0, 0.3))
    await _kill_somebody(world, dice)


async def kill_after_the_final_dot(world: World, dice: Random) -> None:
    """A mail is whole at the program, and its sender has no answer."""
    if not await world.after_dot.kills_within(ENOUGH_S):
        await _kill_somebody(world, dice)


async def kill_while_a_mail_is_unanswered(world: World, dice: Random) -> None:
    """The relay has a mail of ours and has not said so."""
    if not await world.unanswered.kills_within(ENOUGH_S):
        await _kill_somebody(world, dice)


async def kill_while_a_call_is_unanswered(world: World, dice: Random) -> None:
    """Telegram has done what it was asked for, and its answer is on its way."""
    chat_id = dice.choice([world.desk.chat_id, *(person.id for person in world.people)])
    world.sim.slow("*", 1.0, chat_id=chat_id)
    await _next_call(world, chat_id)
    await asyncio.sleep(dice.uniform(0, 0.02))
    await _kill_who_speaks_to_telegram(world, dice)


async def kill_while_updates_are_handled(world: World, dice: Random) -> None:
    """Between the fetch and the commit, or between the commit and the next offset."""
    await chat(world, dice)
    await _next_call(world, None)
    await asyncio.sleep(dice.uniform(0, 0.06))
    await _kill_who_speaks_to_telegram(world, dice)


async def kill_all(world: World, dice: Random) -> None:
    """As when the power fails."""
    await asyncio.gather(*(world.fleet.kill(number) for number in world.fleet.up))


async def terminate(world: World, dice: Random) -> None:
    """An upgrade: a clean stop in the middle of things."""
    if world.fleet.up:
        await world.fleet.terminate(dice.choice(world.fleet.up))


async def database_hiccup(world: World, dice: Random) -> None:
    """Locked for longer than anybody waits; or every connection is cut, again and again."""
    begun = world.watch.now
    world.tell("=== the database is away")
    if world.setup.database == "sqlite":
        await asyncio.to_thread(_lock, world.place.url.removeprefix("sqlite://"))
    else:
        await _cut_connections(world.place.url)
    world.hiccups.append((begun, world.watch.now))
    world.tell("=== the database is back")


async def relay_away(world: World, dice: Random) -> None:
    world.tell("=== the relay is away")
    await world.relays.away(dice.uniform(0.5, 2.0))
    world.tell("=== the relay is back")


KILLS: tuple[tuple[Act, float], ...] = (
    (kill_after_the_final_dot, 5),
    (kill_while_a_mail_is_unanswered, 5),
    (kill_at_any_moment, 3),
    (kill_while_a_call_is_unanswered, 3),
    (kill_while_updates_are_handled, 2),
    (kill_all, 1),
)
OTHER_TROUBLES: tuple[Act, ...] = (database_hiccup, relay_away, terminate)


@dataclass(frozen=True, slots=True)
class Size:
    """How much happens in a run."""

    mails: int
    messages: int
    answers: int
    kills: int
    others: int  # troubles that are no kills
    kinds: tuple[tuple[Act, float], ...] = KILLS
    troubles: tuple[Act, ...] = OTHER_TROUBLES


@dataclass(frozen=True, slots=True)
class Step:
    """One step, with its dice. A trouble goes on beside what follows; one follows the other."""

    act: Act
    seed: int
    trouble: bool = False


def plan(seed: int, size: Size) -> list[Step]:
    """The steps of this seed, which alone it follows from. Troubles are spread evenly over all that is said."""
    dice = Random(seed)
    acts = [*[mail] * size.mails, *[chat] * size.messages, *[answer] * size.answers]
    dice.shuffle(acts)
    kills = dice.choices([act for act, _ in size.kinds], [weight for _, weight in size.kinds], k=size.kills)
    troubles = [*kills, *(size.troubles[number % len(size.troubles)] for number in range(size.others))]
    dice.shuffle(troubles)
    steps = [Step(act, dice.randrange(1 << 32)) for act in acts]
    every = len(steps) / (len(troubles) + 1)
    for number, act in reversed(list(enumerate(troubles, 1))):
        steps.insert(round(number * every), Step(act, dice.randrange(1 << 32), trouble=True))
    return steps


async def _kill_somebody(world: World, dice: Random) -> None:
    await world.fleet.all_up()
    await world.fleet.kill(dice.choice(world.fleet.up))


async def _kill_who_speaks_to_telegram(world: World, dice: Random) -> None:
    number = await world.speaks_to_telegram()
    if number is None or not await world.fleet.kill(number):
        await _kill_somebody(world, dice)


async def _next_call(world: World, chat_id: int | None) -> None:
    """Wait until the bot has called with an effect, in this chat or for updates; not for ever."""
    begin = len(world.sim.calls)

    def made() -> bool:
        return any(call.chat_id == chat_id and bool(call.result) for call in world.sim.calls[begin:])

    try:
        await world.sim.until(made, ENOUGH_S)
    except TimeoutError:
        world.tell(f"no call to {chat_id} came")


def _named(topic: Topic) -> str:
    return f"{topic.name[:8]}({topic.thread_id})"


def _lock(path: str) -> None:
    with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(LOCKED_S)
        connection.execute("ROLLBACK")


async def _cut_connections(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for _ in range(15):
            await connection.execute(CUT_CONNECTIONS)
            await asyncio.sleep(0.1)
    finally:
        await connection.close()
