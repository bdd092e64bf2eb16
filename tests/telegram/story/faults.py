"""What goes wrong in the story: refusals, cut and slow connections, and the end of the program at any point."""

from __future__ import annotations

import asyncio
from random import Random

from tests.telegram.story import agents, customers
from tests.telegram.story.scenery import Scenery

TO_DESK = ("sendMessage", "copyMessage", "createForumTopic", "editMessageText")
TO_CUSTOMER = ("sendMessage", "copyMessage", "copyMessages", "sendMediaGroup", "editMessageText")
KILLS_AT_MOST = 3
ENOUGH_S = 3.0  # for a moment that does not come


async def says_wait(story: Scenery, dice: Random) -> str:
    """429 for one chat, and something to say there."""
    seconds, topic = dice.randrange(1, 4), story.topic(dice)
    customer = story.customer_of(topic) if topic is not None else None
    if customer is None or dice.random() < 0.4:
        story.sim.fail("*", 1, 429, retry_after=seconds, chat_id=story.desk.chat_id)
        return f"fault: 429 for the desk, {seconds} s; {await customers.writes(story, dice)}"
    story.sim.fail("*", 1, 429, retry_after=seconds, chat_id=customer.id)
    return f"fault: 429 for {customer.id}, {seconds} s; {await agents.writes(story, dice)}"


async def fails(story: Scenery, dice: Random) -> str:
    chat, method = _target(story, dice)
    code = dice.choice((500, 502, 504))
    story.sim.fail(method, 1, code, chat_id=chat)
    return f"fault: {code} for {method} in {chat}"


async def cuts(story: Scenery, dice: Random) -> str:
    chat, method = _target(story, dice)
    when = dice.choice(("before", "after"))
    story.sim.cut(method, "after" if when == "after" else "before", chat_id=chat)
    return f"fault: {method} in {chat} cut {when} its effect"


async def loses_the_answer_to_an_answer(story: Scenery, dice: Random) -> str | None:
    """An agent answers; Telegram delivers it and the bot never hears so."""
    topic = story.topic(dice)
    customer = story.customer_of(topic) if topic is not None else None
    if customer is None:
        return None
    await story.started()
    story.sim.cut("*", "after", chat_id=customer.id)
    said = await agents.writes(story, dice)
    came = await _next_call(story, chat=customer.id)
    return f"fault: the call to {customer.id} {'was' if came else 'will be'} cut after its effect; {said}"


async def loses_the_answer_to_a_new_topic(story: Scenery, dice: Random) -> str:
    """Somebody asks something new; the topic is made, and the bot hears no answer, or is killed before it can."""
    await story.started()
    kills = dice.random() < 0.5
    if kills:
        story.sim.slow("createForumTopic", 1.0, chat_id=story.desk.chat_id)
    else:
        story.sim.cut("createForumTopic", chat_id=story.desk.chat_id)
    said = f"{await customers.asks_anew(story, dice)}; {await customers.writes(story, dice)}"
    made = await _next_call(story, "createforumtopic", story.desk.chat_id)
    if kills and made and await _may_end(story):
        await story.kill()
        return f"{said}; killed while the topic was being made"
    return f"{said}; fault: the answer to createForumTopic {'was' if made else 'will be'} {'slow' if kills else 'cut'}"


async def cuts_the_poll(story: Scenery, dice: Random) -> str:
    when = dice.choice(("before", "after"))
    story.sim.cut("getUpdates", "after" if when == "after" else "before")
    return f"fault: getUpdates cut {when} its effect"


async def is_slow(story: Scenery, dice: Random) -> str:
    chat, method = _target(story, dice)
    seconds = dice.uniform(0.2, 1.0)
    story.sim.slow(method, seconds, chat_id=chat)
    return f"fault: {method} in {chat} answers after {seconds:.1f} s"


async def repeats_an_update(story: Scenery, dice: Random) -> str:
    story.sim.duplicate_next_update()
    return "fault: the next update comes twice"


async def kill(story: Scenery, dice: Random) -> str | None:
    """Any moment."""
    if not await _may_end(story):
        return None
    await asyncio.sleep(dice.uniform(0, 0.1))
    await story.kill()
    return "killed at any moment"


async def kill_while_handling(story: Scenery, dice: Random) -> str | None:
    """Between fetch and commit, or between commit and the next offset."""
    if not await _may_end(story):
        return None
    said = await customers.writes(story, dice)
    came = story.transport == "webhook" or await _next_call(story, "getupdates")
    await asyncio.sleep(dice.uniform(0, 0.06))
    await story.kill()
    return f"{said}; killed {'while it handled updates' if came else 'while it was idle'}"


async def kill_while_sending(story: Scenery, dice: Random) -> str | None:
    """A call has had its effect, its answer is on its way."""
    if not await _may_end(story):
        return None
    chat = dice.choice([story.desk.chat_id, *(customer.id for customer in story.customers)])
    story.sim.slow("*", 1.0, chat_id=chat)
    sent = await _next_call(story, chat=chat)
    await asyncio.sleep(dice.uniform(0, 0.02))
    await story.kill()
    return f"killed {f'while {chat} was being written to' if sent else 'while nothing was sent'}"


async def terminate(story: Scenery, dice: Random) -> str | None:
    """A clean stop in the middle of things."""
    if not await _may_end(story):
        return None
    await story.terminate()
    return "stopped cleanly"


async def terminate_and_switch(story: Scenery, dice: Random) -> str | None:
    """The operator changes polling to a webhook, or back; what waits at Telegram must not be lost."""
    if not await _may_end(story):
        return None
    await story.terminate()
    story.switch_transport()
    return f"stopped cleanly, from now on {story.transport}"


async def _may_end(story: Scenery) -> bool:
    """Starting takes seconds: a story has so many ends and no more. One that is being started comes up first."""
    if len(story.watch.kills) + len(story.stops) >= KILLS_AT_MOST:
        return False
    await story.started()
    return True


async def _next_call(story: Scenery, name: str = "", chat: int | None = None) -> bool:
    """Wait until the bot makes such a call, with an effect; not for ever."""
    begin = len(story.sim.calls)

    def made() -> bool:
        return any(
            call.method.lower().startswith(name) and call.chat_id == chat and bool(call.result)
            for call in story.sim.calls[begin:]
        )

    try:
        await story.sim.until(made, ENOUGH_S)
    except TimeoutError:
        return False
    return True


def _target(story: Scenery, dice: Random) -> tuple[int, str]:
    """A chat, and whatever it is written by next, or one method."""
    if dice.random() < 0.6:
        return dice.choice([story.desk.chat_id, dice.choice(story.customers).id]), "*"
    if dice.random() < 0.5:
        return story.desk.chat_id, dice.choice(TO_DESK)
    return dice.choice(story.customers).id, dice.choice(TO_CUSTOMER)
