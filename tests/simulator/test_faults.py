"""The simulator's update queue, and what goes wrong on demand."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from pydantic import JsonValue

from bot.demo.people import Person
from bot.demo.simulator import Simulator


async def ids(http: httpx.AsyncClient, **params: int) -> list[int]:
    answer = await http.get("/getUpdates", params=params)
    return [update["update_id"] for update in answer.json()["result"]]


async def send(http: httpx.AsyncClient, chat_id: int, text: str = "x") -> httpx.Response:
    return await http.post("/sendMessage", json={"chat_id": chat_id, "text": text})


async def test_only_an_offset_confirms(sim: Simulator, http: httpx.AsyncClient, anna: Person) -> None:
    """Without offset the head comes again and again; an offset forgets what lies before it."""
    anna.writes("two")
    first, second = await ids(http)
    assert await ids(http) == [first, second]
    assert await ids(http, limit=1) == [first]
    assert await ids(http, offset=second) == [second]
    assert await ids(http) == [second]
    assert await ids(http, offset=first) == [second]
    assert await ids(http, offset=second + 1) == []


async def test_a_strange_offset_falls_back_to_the_head(sim: Simulator, http: httpx.AsyncClient, anna: Person) -> None:
    """An offset far in the future confirms nothing; a negative one keeps only the last."""
    for number in range(4):
        anna.writes(str(number))
    everything = await ids(http)
    assert await ids(http, offset=everything[-1] + 1000) == everything
    assert await ids(http, offset=-2) == everything[-2:]
    assert await ids(http) == everything[-2:]


async def test_limit_is_between_1_and_100(sim: Simulator, http: httpx.AsyncClient, anna: Person) -> None:
    """At most 100 updates are handed out, whatever was asked for."""
    for number in range(120):
        anna.writes(str(number))
    assert [len(await ids(http, limit=limit)) for limit in (1, 100, 1000)] == [1, 100, 100]


async def test_a_long_poll_waits_for_news(sim: Simulator, http: httpx.AsyncClient, anna: Person) -> None:
    """It answers at once when something happens, and empty when its time is over."""
    (known,) = await ids(http)
    assert await ids(http, offset=known + 1, timeout=1) == []
    poll = asyncio.create_task(ids(http, offset=known + 1, timeout=30))
    started = time.monotonic()
    await sim.world.queue.polling.wait()
    anna.writes("news")
    assert await poll == [known + 1]
    assert time.monotonic() - started < 5


async def test_the_older_of_two_pollers_is_sent_away(sim: Simulator, http: httpx.AsyncClient, anna: Person) -> None:
    """The first gets 409, the second gets the update."""
    (known,) = await ids(http)
    params = {"offset": known + 1, "timeout": 30}
    older = asyncio.create_task(http.get("/getUpdates", params=params))
    await sim.world.queue.polling.wait()
    newer = asyncio.create_task(ids(http, **params))
    assert (await older).status_code == 409
    anna.writes("news")
    assert await newer == [known + 1]


async def test_kinds_that_were_not_asked_for_are_left_out(
    sim: Simulator, http: httpx.AsyncClient, anna: Person
) -> None:
    """Reactions come only on demand, and the demand is remembered."""
    said = anna.writes("x")
    anna.reacts(said, "👍")
    assert len(await ids(http)) == 2
    await http.post("/getUpdates", json={"allowed_updates": ["message", "message_reaction"]})
    anna.reacts(said, None)
    anna.blocks()
    assert len(await ids(http)) == 3


async def test_an_update_can_come_twice(sim: Simulator, http: httpx.AsyncClient, anna: Person) -> None:
    """Although it was confirmed, the same update comes once more, and only once."""
    sim.duplicate_next_update()
    (first,) = await ids(http)
    assert await ids(http, offset=first + 1) == [first]
    assert await ids(http, offset=first + 1) == []


async def test_planned_refusals_befall_so_many_calls(sim: Simulator, http: httpx.AsyncClient, anna: Person) -> None:
    """Count, chat and method are respected; the refused calls have no effect."""
    other = sim.person("Carla")
    other.start()
    sim.fail("sendMessage", count=2, retry_after=7, chat_id=anna.id)
    assert (await send(http, other.id)).status_code == 200
    refused = await send(http, anna.id)
    assert refused.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    assert [(await send(http, anna.id)).status_code for _ in range(2)] == [429, 200]
    sim.fail("*", error_code=502)
    assert (await http.get("/getMe")).status_code == 502
    assert [call.ok for call in sim.calls_of("sendMessage")] == [True, False, False, True]


@pytest.mark.parametrize(("when", "arrived"), [("before", 0), ("after", 1)])
async def test_a_cut_connection_answers_nothing(
    sim: Simulator, http: httpx.AsyncClient, anna: Person, when: str, arrived: int
) -> None:
    """The caller cannot know whether it had an effect; we can."""
    sim.cut("sendMessage", when="before" if when == "before" else "after")
    with pytest.raises(httpx.TransportError):
        await send(http, anna.id)
    assert len(sim.chat_of(anna)) - 1 == arrived
    assert (await send(http, anna.id)).status_code == 200


async def test_a_slow_answer_comes_after_its_effect(sim: Simulator, http: httpx.AsyncClient, anna: Person) -> None:
    """Whoever hangs up too early has sent the message nevertheless."""
    sim.slow("sendMessage", seconds=0.5)
    with pytest.raises(httpx.ReadTimeout):
        await http.post("/sendMessage", json={"chat_id": anna.id, "text": "x"}, timeout=0.2)
    assert sim.chat_of(anna)[-1].text == "x"


async def test_a_slow_answer_does_not_keep_the_simulator_from_stopping(
    sim: Simulator, http: httpx.AsyncClient, anna: Person
) -> None:
    """Whoever waits for it is cut off after a second."""
    sim.slow("sendMessage", seconds=3600)
    waiting = asyncio.create_task(send(http, anna.id))
    await sim.until(lambda: sim.calls_of("sendMessage"))
    await sim.stop()
    with pytest.raises(httpx.TransportError):
        await waiting


async def test_flood_control_counts_per_chat(sim: Simulator, http: httpx.AsyncClient, anna: Person) -> None:
    """20 a minute in a group, topics included; one a second in private after a burst of three; off by default."""
    desk = sim.forum("Desk")
    assert [(await send(http, anna.id)).status_code for _ in range(3)] == [200] * 3
    sim.flood_control()
    assert [(await send(http, anna.id)).status_code for _ in range(4)] == [200, 200, 200, 429]
    sim.clock.advance(3)
    assert (await send(http, anna.id)).status_code == 200
    made = await http.post("/createForumTopic", json={"chat_id": desk.chat_id, "name": "R-1"})
    assert made.status_code == 200
    statuses = [(await send(http, desk.chat_id)).status_code for _ in range(20)]
    assert statuses == [200] * 19 + [429]
    parameters: dict[str, JsonValue] = (await send(http, desk.chat_id)).json()["parameters"]
    retry_after = parameters["retry_after"]
    assert isinstance(retry_after, int)
    assert 50 <= retry_after <= 60


async def test_without_rights_a_bot_hears_only_what_is_meant_for_it(
    sim: Simulator, http: httpx.AsyncClient, anna: Person
) -> None:
    """Privacy mode: commands and replies to its own messages, no more."""
    group = sim.group("Neighbours")
    group.add(anna)
    await send(http, group.chat_id, "hello")
    anna.writes_in_general("nice weather")
    anna.writes_in_general("/help")
    anna.writes_in_general("thanks", reply_to=group.general()[0])
    result = (await http.get("/getUpdates")).json()["result"]
    assert [update["message"]["text"] for update in result] == ["/start", "/help", "thanks"]


async def test_waiting_ends_when_the_world_changes(sim: Simulator, anna: Person) -> None:
    """`until` gives what the predicate gave, takes LookupError for not yet, and has a timeout."""
    desk = sim.forum("Desk")
    waiting = asyncio.create_task(sim.until(lambda: desk.topic("R-1")))
    await asyncio.sleep(0)
    desk.create_topic("R-1 by hand", by=anna)
    assert (await waiting).name == "R-1 by hand"
    with pytest.raises(TimeoutError):
        await sim.until(lambda: False, timeout=0.01)


async def test_a_stopped_simulator_goes_on_where_it_was(anna: Person, sim: Simulator) -> None:
    """Stopping frees the port and keeps the world; a waiting poller is let go."""
    port = int(sim.url.rpartition(":")[2])
    async with httpx.AsyncClient(timeout=20) as client:
        poll = asyncio.create_task(client.get(f"{sim.url}/bot{sim.token}/getUpdates?offset=-1&timeout=30"))
        assert (await poll).status_code == 200
        late = asyncio.create_task(client.get(f"{sim.url}/bot{sim.token}/getUpdates?offset=510000002&timeout=30"))
        await sim.world.queue.polling.wait()
        await sim.stop()
        assert (await late).json() == {"ok": True, "result": []}
    await sim.start(port)
    assert sim.url.endswith(f":{port}")
    assert [one.text for one in sim.chat_of(anna)] == ["/start"]


async def test_people_cannot_do_what_their_app_would_not_let_them(sim: Simulator, anna: Person) -> None:
    """No word before start, none in a foreign group, none in a closed topic for plain members."""
    desk, carla = sim.forum("Desk"), sim.person("Carla")
    with pytest.raises(PermissionError):
        carla.writes("hello")
    desk.add(anna, "administrator")
    desk.add(carla, "member")
    topic = desk.create_topic("R-1", by=anna)
    desk.close_topic(topic, by=anna)
    anna.writes_in(topic, "administrators may")
    with pytest.raises(PermissionError):
        carla.writes_in(topic, "members may not")
    with pytest.raises(LookupError):
        carla.presses(desk.topic("R-1").messages[0], "Resolve")
