"""The simulator posts updates to a webhook as Telegram does: in lanes, repeated, with the secret."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import defaultdict
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from pydantic import JsonValue
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demo.people import Person
from bot.demo.queue.webhook import SECRET_HEADER
from bot.demo.simulator import Simulator
from bot.demo.wire import HttpServer

DAY_S = 86_400
Update = dict[str, JsonValue]


class Hook:
    """A bot's address. `refusals` are the answers that it gives before it takes anything; a gate holds it up."""

    def __init__(self) -> None:
        self.refusals: list[Response] = []
        self.taken: list[Update] = []
        self.secrets: set[str | None] = set()
        self.gates: dict[str, asyncio.Event] = {}
        self.waiting: defaultdict[str, int] = defaultdict(int)
        self.arrived = asyncio.Event()
        self._server = HttpServer(Starlette(routes=[Route("/hook", self._take, methods=["POST"])]), 0)
        self.url = f"http://127.0.0.1:{self._server.port}/hook"

    async def _take(self, request: Request) -> Response:
        update = json.loads(await request.body())
        kind = next(name for name in update if name != "update_id")
        self.secrets.add(request.headers.get(SECRET_HEADER))
        self.waiting[kind] += 1
        self.arrived.set()
        if kind in self.gates:
            await self.gates[kind].wait()
        if self.refusals:
            return self.refusals.pop(0)
        self.taken.append(update)
        self.arrived.set()
        return Response()

    async def close(self) -> None:
        for gate in self.gates.values():
            gate.set()
        await self._server.stop()

    async def until(self, taken: int = 0, **waiting: int) -> None:
        """Wait until so many updates were taken, and so many of a kind have come."""
        async with asyncio.timeout(10):
            while len(self.taken) < taken or any(self.waiting[kind] < count for kind, count in waiting.items()):
                self.arrived.clear()
                await self.arrived.wait()

    @property
    def texts(self) -> list[str]:
        messages = [update.get("message") for update in self.taken]
        return [str(message["text"]) for message in messages if isinstance(message, dict)]


@pytest_asyncio.fixture
async def hook(sim: Simulator) -> AsyncIterator[Hook]:
    hook = Hook()
    yield hook
    await sim.world.queue.unhook()
    await hook.close()


async def set_webhook(http: httpx.AsyncClient, hook: Hook, **params: JsonValue) -> None:
    asked = {"url": hook.url, "secret_token": "s3cret", **params}
    answer = (await http.post("/setWebhook", json=asked)).json()
    assert answer == {"ok": True, "result": True}


async def info(http: httpx.AsyncClient) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = (await http.get("/getWebhookInfo")).json()["result"]
    return found


async def test_updates_are_posted_with_the_secret_and_forgotten(
    sim: Simulator, http: httpx.AsyncClient, hook: Hook, anna: Person
) -> None:
    """What waited before is posted too; what is answered with 200 waits no more."""
    await set_webhook(http, hook, max_connections=3)
    anna.writes("hello")
    await hook.until(taken=2)
    assert hook.texts == ["/start", "hello"]
    assert hook.secrets == {"s3cret"}
    await sim.until(lambda: not sim.world.queue.waiting)
    told = await info(http)
    assert (told["url"], told["pending_update_count"], told["max_connections"]) == (hook.url, 0, 3)
    assert "last_error_date" not in told


async def test_a_chat_goes_one_at_a_time_and_a_press_overtakes(
    sim: Simulator, http: httpx.AsyncClient, hook: Hook, anna: Person
) -> None:
    """While a message hangs, the next of its chat does not come; other chats, presses and blocks do."""
    other = sim.person("Carla")
    await http.post(
        "/sendMessage",
        json={
            "chat_id": anna.id,
            "text": "x",
            "reply_markup": {"inline_keyboard": [[{"text": "Go", "callback_data": "x"}]]},
        },
    )
    hook.gates["message"] = asyncio.Event()
    await set_webhook(http, hook)
    await hook.until(message=1)
    said = anna.writes("second")
    anna.edits(said, "second, better")
    other.start()
    anna.presses(sim.chat_of(anna)[1], "Go")
    anna.blocks()
    await hook.until(taken=2, message=2)
    assert {next(name for name in update if name != "update_id") for update in hook.taken} == {
        "callback_query",
        "my_chat_member",
    }
    assert hook.waiting["message"] == 2
    assert hook.waiting["edited_message"] == 0
    hook.gates["message"].set()
    await hook.until(taken=6)
    assert hook.texts.index("/start") < hook.texts.index("second")
    assert "edited_message" in hook.taken[-1]


async def test_at_most_so_many_connections_at_once(
    sim: Simulator, http: httpx.AsyncClient, hook: Hook, anna: Person
) -> None:
    """With two connections the third chat waits."""
    hook.gates["message"] = asyncio.Event()
    await set_webhook(http, hook, max_connections=2)
    for name in ("Boris", "Carla"):
        sim.person(name).start()
    await hook.until(message=2)
    assert await info(http)
    assert hook.waiting["message"] == 2
    hook.gates["message"].set()
    await hook.until(taken=3)


async def test_a_refused_update_comes_again_after_1_2_and_4_seconds(
    sim: Simulator, http: httpx.AsyncClient, hook: Hook, anna: Person
) -> None:
    """The pause doubles; the error can be read; other chats are not held up."""
    hook.refusals = [Response(status_code=503) for _ in range(3)]
    await set_webhook(http, hook)
    for count, pause in enumerate((1, 2, 4), 1):
        await sim.until(lambda count=count: len(sim.world.attempts) == count)  # type: ignore[misc]  # bound now
        sim.world.clock.advance(pause)
    await hook.until(taken=1)
    await sim.until(lambda: len(sim.world.attempts) == 4)
    times = [attempt.at for attempt in sim.world.attempts]
    for (earlier, later), pause in zip(itertools.pairwise(times), (1, 2, 4), strict=True):
        assert pause <= later - earlier < pause + 1
    assert [attempt.status for attempt in sim.world.attempts] == [503, 503, 503, 200]
    assert (await info(http))["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"


async def test_retry_after_is_honoured(sim: Simulator, http: httpx.AsyncClient, hook: Hook, anna: Person) -> None:
    """A webhook may say when it wants the update again."""
    hook.refusals = [Response(status_code=503, headers={"Retry-After": "100"})]
    await set_webhook(http, hook)
    await sim.until(lambda: len(sim.world.attempts) == 1)
    sim.world.clock.advance(100)
    await hook.until(taken=1)
    await sim.until(lambda: len(sim.world.attempts) == 2)
    first, second = sim.world.attempts
    assert 100 <= second.at - first.at < 102


async def test_a_webhook_that_is_gone_for_23_hours_is_removed(
    sim: Simulator, http: httpx.AsyncClient, hook: Hook, anna: Person
) -> None:
    """410 for so long, and nothing else, ends it; the updates wait for a poller."""
    hook.refusals = [Response(status_code=410), Response(status_code=410)]
    await set_webhook(http, hook)
    await sim.until(lambda: len(sim.world.attempts) == 1)
    sim.world.clock.advance(23 * 3600 + 1)
    await sim.until(lambda: sim.world.queue.webhook is None)
    assert len((await http.get("/getUpdates")).json()["result"]) == 1


async def test_nobody_listening_is_a_failure_like_another(
    sim: Simulator, http: httpx.AsyncClient, anna: Person
) -> None:
    """A refused connection is told as an error, and the update kept."""
    answer = await http.post("/setWebhook", json={"url": "http://127.0.0.1:9/hook"})
    assert answer.status_code == 200
    await sim.until(lambda: sim.world.attempts)
    assert sim.world.attempts[0].status is None
    assert "onnect" in str((await info(http))["last_error_message"])
    assert (await info(http))["pending_update_count"] == 1


async def test_an_answer_that_calls_a_method_is_none(
    sim: Simulator, http: httpx.AsyncClient, hook: Hook, anna: Person
) -> None:
    """Telegram would do it and lose the result; here the update comes again."""
    hook.refusals = [Response('{"method": "sendMessage"}')]
    await set_webhook(http, hook)
    await sim.until(lambda: sim.world.attempts)
    assert "calls a method" in str((await info(http))["last_error_message"])
    sim.world.clock.advance(1)
    await hook.until(taken=1)


async def test_webhook_and_polling_exclude_each_other(
    sim: Simulator, http: httpx.AsyncClient, hook: Hook, anna: Person
) -> None:
    """Both conflicts are told in Telegram's words, and a poll that waits is ended."""
    offset = (await http.get("/getUpdates")).json()["result"][0]["update_id"] + 1
    poll = asyncio.create_task(http.get("/getUpdates", params={"offset": offset, "timeout": 30}))
    await sim.world.queue.polling.wait()
    await set_webhook(http, hook)
    assert (await poll).json()["description"] == "Conflict: terminated by setWebhook request"
    refused = (await http.get("/getUpdates")).json()
    assert refused["error_code"] == 409
    assert "can't use getUpdates method while webhook is active" in refused["description"]


async def test_switching_modes_keeps_what_waits(
    sim: Simulator, http: httpx.AsyncClient, hook: Hook, anna: Person
) -> None:
    """From webhook to polling and back nothing is lost, unless it is asked to be dropped."""
    hook.refusals = [Response(status_code=500)]
    await set_webhook(http, hook)
    await sim.until(lambda: sim.world.attempts)
    await http.get("/deleteWebhook")
    assert len((await http.get("/getUpdates")).json()["result"]) == 1
    await set_webhook(http, hook)
    await hook.until(taken=1)
    hook.refusals = [Response(status_code=500)]
    anna.writes("lost")
    await sim.until(lambda: len(sim.world.attempts) == 3)
    await http.get("/deleteWebhook", params={"drop_pending_updates": "true"})
    assert (await http.get("/getUpdates")).json()["result"] == []


async def test_an_update_can_be_posted_twice(sim: Simulator, http: httpx.AsyncClient, hook: Hook, anna: Person) -> None:
    """As if the first 200 had been lost, once."""
    sim.duplicate_next_update()
    await set_webhook(http, hook)
    anna.writes("next")
    await hook.until(taken=3)
    assert hook.texts == ["/start", "/start", "next"]


async def test_a_stopped_simulator_posts_again_when_it_is_back(
    sim: Simulator, http: httpx.AsyncClient, hook: Hook, anna: Person
) -> None:
    """A webhook stays set while Telegram is away."""
    await set_webhook(http, hook)
    await sim.until(lambda: not sim.world.queue.waiting)
    await sim.stop()
    anna.writes("while away")
    await sim.start()
    await hook.until(taken=2)
    assert hook.texts == ["/start", "while away"]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "http://example.org/hook"}, "An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.org:8080/hook"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "nonsense"}, "invalid webhook URL"),
        ({"url": "https://example.org/", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "https://example.org/", "secret_token": "a" * 257}, "secret token is too long"),
        ({"url": "https://example.org/", "max_connections": 101}, "max_connections must be between 1 and 100"),
    ],
)
async def test_addresses_that_telegram_would_not_take(
    http: httpx.AsyncClient, params: dict[str, JsonValue], words: str
) -> None:
    """Refused, and no webhook is set."""
    assert words in (await http.post("/setWebhook", json=params)).json()["description"]
    assert (await info(http))["url"] == ""


async def test_updates_live_for_a_day_and_presses_for_150_seconds(
    sim: Simulator, http: httpx.AsyncClient, anna: Person
) -> None:
    """What nobody fetched in time is gone."""
    await http.post(
        "/sendMessage",
        json={
            "chat_id": anna.id,
            "text": "x",
            "reply_markup": {"inline_keyboard": [[{"text": "Go", "callback_data": "x"}]]},
        },
    )
    anna.presses(sim.chat_of(anna)[-1], "Go")

    async def kinds() -> list[str]:
        return [list(update)[1] for update in (await http.get("/getUpdates")).json()["result"]]

    assert await kinds() == ["message", "callback_query"]
    sim.world.clock.advance(151)
    assert await kinds() == ["message"]
    sim.world.clock.advance(DAY_S)
    assert await kinds() == []


async def test_after_a_silent_week_the_number_is_random_and_may_be_lower(
    sim: Simulator, http: httpx.AsyncClient, anna: Person
) -> None:
    """An old offset, which does not fit any more, is overlooked; later numbers follow each other again."""
    (old,) = (await http.get("/getUpdates")).json()["result"]
    await http.get("/getUpdates", params={"offset": old["update_id"] + 1})
    sim.world.clock.advance(7 * DAY_S + 1)
    sim.world.queue.chance.seed(1)
    for text in ("back", "again"):
        anna.writes(text)
    late = (await http.get("/getUpdates", params={"offset": old["update_id"] + 1})).json()["result"]
    assert [update["message"]["text"] for update in late] == ["back", "again"]
    assert late[0]["update_id"] < old["update_id"]
    assert late[1]["update_id"] == late[0]["update_id"] + 1


async def test_with_brakes_on_hasty_pollers_wait(sim: Simulator, http: httpx.AsyncClient, anna: Person) -> None:
    """The same offset too soon gets one update, or is held for three seconds when there is none."""
    sim.world.queue.brakes = True
    anna.writes("two")
    assert len((await http.get("/getUpdates", params={"offset": 1})).json()["result"]) == 2
    assert len((await http.get("/getUpdates", params={"offset": 1})).json()["result"]) == 1
    sim.world.clock.advance(10)
    last = sim.world.queue.next_id
    assert (await http.get("/getUpdates", params={"offset": last})).json()["result"] == []
    held = asyncio.create_task(http.get("/getUpdates", params={"offset": last}))
    sim.world.queue.polling.clear()
    await sim.world.queue.polling.wait()
    anna.writes("while held")
    assert len((await held).json()["result"]) == 1


async def test_answers_in_chunks_and_closed_connections_are_understood(
    sim: Simulator, http: httpx.AsyncClient, anna: Person
) -> None:
    """Whatever HTTP/1.1 allows an address to answer; rubbish is a failure like another."""
    answers = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
        b"rubbish\r\n\r\n",
        b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
    ]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while answers:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            await reader.readexactly(int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0]))
            writer.write(answers.pop(0))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    await http.post("/setWebhook", json={"url": f"http://127.0.0.1:{address[1]}/hook?a=b"})
    anna.writes("second")
    anna.writes("third")
    await sim.until(lambda: len(sim.world.attempts) == 3)
    sim.clock.advance(1)
    await sim.until(lambda: not sim.world.queue.waiting)
    assert [attempt.status for attempt in sim.world.attempts] == [200, 204, None, 200]
    await sim.world.queue.unhook()
    server.close()
