"""HTTP: how the program is, for those who watch it, and the webhook that Telegram brings its updates to."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import ipaddress
import json
import socket
from collections.abc import Awaitable, Callable, Collection, Generator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import StartError
from bot.health import Health
from bot.metrics import Metrics
from bot.receiving.updates import RawUpdate, is_update
from bot.receiving.webhook import NotNow, Webhook
from storage.unsaid import unsaid

SECRET_HEADER = b"x-telegram-bot-api-secret-token"
# Telegram's texts are 4096 characters at most; an update with all that it quotes has a hundredth of this.
LARGEST = 1024 * 1024  # bytes
BODY_WITHIN_S = 20.0
AGAIN_AFTER_S = "5"
MOST = 200  # connections at once
AT_ONCE = 256  # are let in before everybody else is looked after again; as many wait to be
STOP_WITHIN_S = 6
# Of names that are given to nobody on the Internet: RFC 6761, RFC 6762, and ICANN's word of 2024 on `internal`.
PRIVATE = ("localhost", "local", "internal")
MISDIRECTED = "This page is not served under that name; ask for it by address.\n"

Page = Callable[[Request], Awaitable[Response]]


class Web:
    """The program's own web server."""

    def __init__(
        self,
        host: str,
        port: int,
        health: Health,
        metrics: Metrics,
        webhook: Webhook | None,
        names: Collection[str] = (),
    ) -> None:
        """`names`: by which the pages may be asked for, besides those that only a private network knows."""
        self.port = port
        self._names = {name.lower() for name in names}
        self._host = host
        self._health = health
        self._metrics = metrics
        self._webhook = webhook
        self._socket: socket.socket | None = None

    @property
    def brings_updates(self) -> bool:
        return self._webhook is not None

    def bind(self) -> None:
        """Take the port; port 0 takes any free one. Raises StartError."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            self._socket = socket.create_server((self._host, self.port), family=family)
        except OSError as error:
            reason = error.strerror or str(error)
            raise StartError(
                f"INTAKE_HTTP_LISTEN {self._host}:{self.port} cannot be listened on: {reason}. Set another, or empty."
            ) from error
        self.port = self._socket.getsockname()[1]

    async def run(self) -> None:
        """Serve until cancelled; then finish what is in flight."""
        if self._socket is None:
            return
        server = _Server(_config(self.routes()))
        serving = asyncio.create_task(server.serve(sockets=[self._socket]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving
            self._socket.close()

    def routes(self) -> Starlette:
        """The pages."""
        pages = (("/healthz", self._alive), ("/readyz", self._ready), ("/metrics", self._measured))
        routes = [Route(path, self._by_our_names(page), methods=["GET"]) for path, page in pages]
        if self._webhook is not None:
            routes.append(Route("/telegram", Deliveries(self._webhook).take, methods=["POST"]))
        return Starlette(routes=routes)

    def _by_our_names(self, page: Page) -> Page:
        """A web page elsewhere can have its own name lead a browser to us, and read what it is told (DNS rebinding)."""

        async def asked(request: Request) -> Response:
            name = host_name(request.headers.get("host", ""))
            if name in self._names or is_private(name):
                return await page(request)
            return PlainTextResponse(MISDIRECTED, status_code=421)  # RFC 9110 §15.5.20

        return asked

    async def _alive(self, request: Request) -> Response:
        """The process runs and answers; whether it can work is the other page's matter."""
        return PlainTextResponse("ok\n")

    async def _ready(self, request: Request) -> Response:
        reasons = await self._health.reasons()
        hints = [unsaid(hint) for hint in self._health.hints]
        answer = {
            "ready": not reasons,
            "reasons": [unsaid(reason) for reason in reasons],
            "troubles": [unsaid(trouble) for trouble in self._health.troubles()],
            "hints": hints,
        }
        return JSONResponse(answer, status_code=503 if reasons else 200)

    async def _measured(self, request: Request) -> Response:
        page, content_type = await self._metrics.page(request.headers.get("accept", ""))
        return Response(page, headers={"Content-Type": content_type})


def host_name(host: str) -> str:
    """The name or the address in a Host header, without its port."""
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return name.lower().rstrip(".")


def is_private(name: str) -> bool:
    """Is it an address, or a name that nobody can buy? None is asked by HTTP/1.0, and not by a browser."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "." not in name or name.rpartition(".")[2] in PRIVATE
    return True


class Deliveries:
    """What Telegram brings: taken when it shows the secret, and answered 200 once it is stored.

    Never answered with a method: its result would be lost.
    """

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook

    async def take(self, request: Request) -> Response:
        if not self._shows_secret(request):
            return PlainTextResponse("The secret is missing or wrong.\n", status_code=401)
        try:
            async with asyncio.timeout(BODY_WITHIN_S):
                body = await _body(request)
        except (TimeoutError, ClientDisconnect):
            return PlainTextResponse("The update did not come whole.\n", status_code=408)
        if body is None:
            return PlainTextResponse(f"An update has {LARGEST} bytes at most.\n", status_code=413)
        update = _update(body)
        if update is None:
            return PlainTextResponse("This is no update.\n", status_code=400)
        try:
            await self._webhook.take(update)
        except NotNow:
            return PlainTextResponse("Not stored; please again.\n", 503, {"Retry-After": AGAIN_AFTER_S})
        return Response(status_code=200)

    def _shows_secret(self, request: Request) -> bool:
        shown = next((value for name, value in request.headers.raw if name == SECRET_HEADER), b"")
        return hmac.compare_digest(shown, self._webhook.secret)


async def _body(request: Request) -> bytes | None:
    """The whole body, or None as soon as it is too large."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _update(body: bytes) -> RawUpdate | None:
    try:
        raw: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return raw if is_update(raw) else None


class Connection(H11Protocol):
    """The library's, with a place among the others. The one that has been silent longest makes room for the next.

    The library counts connections only when a request comes: those that say nothing would be kept without end, until
    the process has no file left to open, for mail neither.
    """

    silent_since = 0.0

    @property
    def is_silent(self) -> bool:
        """Has it no request that we are at?"""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the library's
        self.silent_since = self.loop.time()
        super().connection_made(transport)
        if len(self.connections) > MOST:
            silent = [one for one in self.connections if isinstance(one, Connection) and one.is_silent]
            min(silent, key=lambda one: one.silent_since).make_room()

    def on_response_complete(self) -> None:
        self.silent_since = self.loop.time()
        super().on_response_complete()

    def make_room(self) -> None:
        """Go at once."""
        self.connections.discard(self)
        self.transport.abort()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """The program has its own way to stop."""
        yield


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Connection,
        backlog=AT_ONCE,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST + 1,  # of requests; there are no more connections
        timeout_keep_alive=75,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
