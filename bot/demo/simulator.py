"""A Bot API server for tests and the playground: behaves as api.telegram.org does, and forgives nothing.

Give its `url` to the program instead of Telegram's, then let people act and look at what they see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from pydantic import JsonValue
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo import groups, parts, spec, views, wire
from bot.demo.api.methods import METHODS, Call, understand
from bot.demo.faults import DESCRIPTIONS, Fault, Faults, When
from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.refusal import Refused, too_many_requests
from bot.demo.views import SimMessage
from bot.demo.world import World

BOT_ID = 7_000_000_001
TOKEN = f"{BOT_ID}:AAHsimulated-token-for-tests-0123456"
FIRST_PERSON_ID = 510_000_001
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. `params` as they were understood, or as they came if they were refused."""

    method: str
    params: dict[str, JsonValue]
    ok: bool
    result: JsonValue = None
    error_code: int | None = None
    description: str | None = None


class Simulator:
    """One bot's Telegram. Start it in the event loop that runs the program, or in any other."""

    def __init__(self) -> None:
        self.token = TOKEN
        self.bot_id = BOT_ID
        self.username = "intake_demo_bot"
        self.url = ""
        self.calls: list[Exchange] = []
        self.observers: list[Callable[[Exchange], None]] = []
        self.world = World(parts.User(id=BOT_ID, is_bot=True, first_name="Support", username=self.username))
        self.faults = Faults()
        self._server: wire.HttpServer | None = None

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes any free one. Raises OSError."""
        routes = [
            Route("/bot{token}/{method}", self._answer, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._download, methods=["GET"]),
            Route("/{anything:path}", self._nothing_here, methods=["GET", "POST"]),
        ]
        self._server = wire.HttpServer(Starlette(routes=routes), port)
        self.world.queue.open()
        self.url = f"http://127.0.0.1:{self._server.port}"

    async def stop(self) -> None:
        """Let pollers go and end. What is in the world stays; it may be started again.

        Raises an ExceptionGroup of what went wrong in the simulator itself or in its observers, if anything did.
        """
        await self.world.queue.close()
        if self._server is not None:
            await self._server.stop()
            self._server = None
        if self.world.defects:
            defects, self.world.defects = self.world.defects, []
            raise ExceptionGroup("the simulator itself is wrong", defects)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def person(self, name: str, language_code: str | None = "en", username: str | None = None) -> Person:
        """Somebody new on Telegram, who has not met the bot yet."""
        first, _, last = name.partition(" ")
        user = parts.User(
            id=FIRST_PERSON_ID + len(self.world.users),
            is_bot=False,
            first_name=first,
            last_name=last or None,
            username=username,
            language_code=language_code,
        )
        self.world.add_user(user)
        return Person(self.world, user)

    def other_bot(self, name: str) -> Person:
        """A bot of another house, in bot-to-bot mode: what it writes in a group is told."""
        user = parts.User(id=BOT_ID + 900 + len(self.world.users), is_bot=True, first_name=name, username=f"{name}_bot")
        self.world.add_bot_user(user)
        return Person(self.world, user)

    def forum(self, title: str) -> Group:
        """A supergroup with topics, in which the bot is an administrator."""
        return groups.found(self.world, title, is_forum=True)

    def group(self, title: str) -> Group:
        """A supergroup without topics, in which the bot is a plain member (privacy mode: it hears only commands)."""
        return groups.found(self.world, title, is_forum=False)

    def chat_of(self, person: Person) -> list[SimMessage]:
        """What somebody sees in his chat with the bot, oldest first."""
        return views.messages(self.world, self.world.chats[person.id])

    def calls_of(self, method: str) -> list[Exchange]:
        return [call for call in self.calls if call.method == method]

    async def until(self, predicate: Callable[[], T], timeout: float = 10) -> T:
        """Wait until the predicate is true; give what it gave. LookupError counts as not yet. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while True:
                try:
                    if result := predicate():
                        return result
                except LookupError:
                    pass
                self.world.changed.clear()
                await self.world.changed.wait()

    def fail(
        self,
        method: str,
        count: int = 1,
        error_code: int = 429,
        description: str = "",
        retry_after: int | None = None,
        chat_id: int | None = None,
    ) -> None:
        """Refuse the next `count` calls of a method ("*": of any), before they have an effect."""
        if error_code == 429 and not description:
            refusal = too_many_requests(retry_after or 3)
        else:
            refusal = Refused(error_code, description or DESCRIPTIONS[error_code], retry_after)
        self.faults.plan(Fault(method, count, chat_id, refusal))

    def cut(self, method: str, when: When = "after", count: int = 1, chat_id: int | None = None) -> None:
        """End the connection without an answer, before or after the call had its effect."""
        self.faults.plan(Fault(method, count, chat_id, cut=when))

    def slow(
        self, method: str, seconds: float, when: When = "after", count: int = 1, chat_id: int | None = None
    ) -> None:
        """Take time, before or after the call has its effect."""
        self.faults.plan(Fault(method, count, chat_id, delay=seconds, delay_when=when))

    def flood_control(self, on: bool = True) -> None:
        """Refuse more than 20 messages a minute in a group and more than one a second in a private chat."""
        self.faults.flood_control = on

    def duplicate_next_update(self) -> None:
        """Hand the next update out twice, as after a lost confirmation."""
        self.world.queue.repeat_next()

    def newer_api(self, on: bool = True) -> None:
        """Speak a Bot API of tomorrow: unknown fields in every object, and an update of an unknown kind at once."""
        self.world.newer = on
        if on:
            self.world.queue.put(teleportation=parts.Hologram(file_id="x"))

    async def _answer(self, request: Request) -> Response:
        """The way of a request: token, method, parameters, faults, effect, answer."""
        method = METHODS.get(request.path_params["method"].lower())
        params: dict[str, JsonValue] = {}
        try:
            if request.path_params["token"] != self.token:
                raise Refused(401, "Unauthorized")
            if method is None:
                raise Refused(404, "Not Found")
            given = await wire.read(request)
            params = dict(given.values)
            call = understand(method, given.values, dict(given.uploads))
            params = call.params
            result = await self._perform(call, request)
        except Refused as refused:
            name = method.name if method else str(request.path_params["method"])
            self._record(Exchange(name, params, False, None, refused.error_code, refused.description))
            return _refusal(refused)
        except ClientDisconnect:
            return Response(status_code=400)  # never seen: the bot was killed while it asked
        except Exception as error:  # noqa: BLE001  # a defect of ours: stop() raises it, where a test sees it
            self.world.defects.append(error)
            return _refusal(Refused(500, "Internal Server Error"))
        if result is None:
            return Response(status_code=502)  # never seen: the connection is gone
        return JSONResponse({"ok": True, "result": result})

    async def _perform(self, call: Call, request: Request) -> JsonValue:
        """Do what was asked, with what was planned to go wrong. None: the connection was cut. Raises Refused."""
        name = call.method.name.lower()
        fault = self.faults.next_for(name, call.chat_id) or Fault(name, 1)
        if fault.refusal is not None:
            raise fault.refusal
        if fault.delay_when == "before":
            await self.world.clock.sleep(fault.delay)
        if fault.cut == "before":
            self._record(Exchange(call.method.name, call.params, False, description="cut before it had an effect"))
            await wire.cut(request)
            return None
        self.faults.check_rate(name, call.chat_id, self.world.clock.monotonic(), call.messages)
        result = spec.as_json(await call.method.act(self.world, call.request, call.uploads))
        if call.method.name != "getUpdates":  # its updates are dressed already
            result = self.world.dressed(result)
        self._record(Exchange(call.method.name, call.params, True, result))
        if fault.delay_when == "after":
            await self.world.clock.sleep(fault.delay)
        if fault.cut == "after":
            await wire.cut(request)
            return None
        return result

    async def _download(self, request: Request) -> Response:
        stored = self.world.files.by_path.get(request.path_params["path"])
        if request.path_params["token"] != self.token:
            return _refusal(Refused(401, "Unauthorized"))
        if stored is None:
            return _refusal(Refused(404, "Not Found"))
        return Response(stored.content, media_type="application/octet-stream")

    async def _nothing_here(self, request: Request) -> Response:
        return _refusal(Refused(404, "Not Found"))

    def _record(self, exchange: Exchange) -> None:
        self.calls.append(exchange)
        self.world.touch()
        for observe in self.observers:
            observe(exchange)


def _refusal(refused: Refused) -> JSONResponse:
    answer: dict[str, JsonValue] = {
        "ok": False,
        "error_code": refused.error_code,
        "description": refused.description,
    }
    if refused.retry_after is not None:
        answer["parameters"] = {"retry_after": refused.retry_after}
    return JSONResponse(answer, status_code=refused.error_code)
