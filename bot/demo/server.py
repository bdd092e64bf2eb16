"""The way of a request through the simulated Bot API: token, method, parameters, faults, effect, answer."""

from __future__ import annotations

from pydantic import JsonValue
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo import spec, wire
from bot.demo.api.methods import METHODS, Call, understand
from bot.demo.faults import Fault, Faults
from bot.demo.network import Network
from bot.demo.record import Exchange
from bot.demo.refusal import Refused
from bot.demo.world import World


class Server:
    """Listens on loopback and answers for every bot of the network."""

    def __init__(self, network: Network, faults: Faults, port: int) -> None:
        self._network = network
        self._faults = faults
        routes = [
            Route("/bot{token}/{method}", self._answer, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._download, methods=["GET"]),
            Route("/{anything:path}", self._nothing_here, methods=["GET", "POST"]),
        ]
        self._http = wire.HttpServer(Starlette(routes=routes), port)
        self.url = f"http://127.0.0.1:{self._http.port}"

    async def stop(self) -> None:
        await self._http.stop()

    async def _answer(self, request: Request) -> Response:
        method = METHODS.get(request.path_params["method"].lower())
        name = method.name if method else str(request.path_params["method"])
        begun, world, call = self._network.clock.monotonic(), None, None
        params: dict[str, JsonValue] = {}
        try:
            world = self._world(request)
            if method is None:
                raise Refused(404, "Not Found")
            given = await wire.read(request)
            params = dict(given.values)
            call = understand(method, given.values, dict(given.uploads))
            answer = await self._perform(world, call, request, begun)
        except Refused as refused:
            self._record(_refused(name, params, refused, world, call, begun))
            return _refusal(refused)
        except ClientDisconnect:
            return Response(status_code=400)  # never seen: the bot was killed while it asked
        except Exception as error:  # noqa: BLE001  # a defect of ours: stop() raises it, where a test sees it
            self._network.defects.append(error)
            return _refusal(Refused(500, "Internal Server Error"))
        return answer

    async def _perform(self, world: World, call: Call, request: Request, begun: float) -> Response:
        """Do what was asked, with what was planned to go wrong. Raises Refused."""
        method, clock = call.method, self._network.clock
        fault = self._faults.next_for(method.key, call.chat_id, world.bot.id) or Fault("", 1)
        if fault.refusal is not None:
            raise fault.refusal
        if fault.delay_when == "before":
            await clock.sleep(fault.delay)
        if fault.cut == "before":
            self._record(_exchange(call, world, begun, ok=False, description="cut before it had an effect"))
            return await wire.cut(request)
        self._faults.check_rate(method.key, call.chat_id, world.bot.id, clock.monotonic(), call.messages)
        result = spec.as_json(await method.act(world, call.request, call.uploads))
        if not method.is_dressed:
            result = world.dressed(result)
        self._record(_exchange(call, world, begun, ok=True, result=result))
        if fault.delay_when == "after":
            await clock.sleep(fault.delay)
        if fault.cut == "after":
            return await wire.cut(request)
        return JSONResponse({"ok": True, "result": result})

    async def _download(self, request: Request) -> Response:
        try:
            stored = self._world(request).files.by_path.get(request.path_params["path"])
        except Refused as refused:
            return _refusal(refused)
        if stored is None:
            return _refusal(Refused(404, "Not Found"))
        return Response(stored.content, media_type="application/octet-stream")

    async def _nothing_here(self, request: Request) -> Response:
        return _refusal(Refused(404, "Not Found"))

    def _world(self, request: Request) -> World:
        """The bot of a token. Raises Refused."""
        token = request.path_params["token"]
        for world in self._network.worlds.values():
            if world.token == token:
                if world.logged_out_until > self._network.clock.monotonic():
                    raise Refused(400, "Logged out")
                return world
        raise Refused(401, "Unauthorized")

    def _record(self, exchange: Exchange) -> None:
        self._network.record.call(exchange)
        self._network.touch()


def _exchange(
    call: Call, world: World, begun: float, *, ok: bool, result: JsonValue = None, description: str | None = None
) -> Exchange:
    return Exchange(
        method=call.method.name,
        params=call.params,
        ok=ok,
        result=result,
        description=description,
        chat_id=call.chat_id,
        bot_id=world.bot.id,
        at=begun,
    )


def _refused(
    name: str, params: dict[str, JsonValue], refused: Refused, world: World | None, call: Call | None, begun: float
) -> Exchange:
    return Exchange(
        method=name,
        params=call.params if call else params,
        ok=False,
        error_code=refused.error_code,
        description=refused.description,
        retry_after=refused.retry_after,
        chat_id=call.chat_id if call else None,
        bot_id=world.bot.id if world else 0,
        at=begun,
    )


def _refusal(refused: Refused) -> JSONResponse:
    answer: dict[str, JsonValue] = {
        "ok": False,
        "error_code": refused.error_code,
        "description": refused.description,
    }
    if refused.retry_after is not None:
        answer["parameters"] = {"retry_after": refused.retry_after}
    if refused.migrate_to_chat_id is not None:
        answer["parameters"] = {"migrate_to_chat_id": refused.migrate_to_chat_id}
    return JSONResponse(answer, status_code=refused.error_code)
