"""HTTP of the simulated Bot API: a server in the caller's event loop, and parameters in every form Telegram takes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

import uvicorn
from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.demo.media import Upload
from bot.demo.refusal import bad_request

PATIENCE_S = 1.0
_FORM_NAME = re.compile(rb'[;\s]name="((?:[^"\\]|\\.)*)"')
_FORM_FILENAME = re.compile(rb'[;\s]filename="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Parameters:
    """What came with a request: values by name, and files by name."""

    values: Mapping[str, JsonValue]
    uploads: Mapping[str, Upload]


class HttpServer:
    """uvicorn without its command line: no signal handlers, no log configuration, a port that is known at once."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        # asyncio turns Nagle's algorithm off for a socket that calls itself TCP only; else each answer waits 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError:
            self._socket.close()
            raise
        self._socket.listen()
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app, http=_Cuttable, log_config=None, access_log=False, lifespan="off", ws="none", log_level="critical"
        )
        self._server = _Quiet(config)
        # The socket listens already, so nobody has to wait for the server to be up.
        self._running = asyncio.create_task(self._server.serve(sockets=[self._socket]))

    async def stop(self) -> None:
        self._server.end.set()
        await self._running
        self._socket.close()


class _Quiet(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.end = asyncio.Event()

    async def main_loop(self) -> None:
        """Ends when told to, not at the next tick: tests start and stop many."""
        await self.end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what was asked, then hang up; uvicorn's own would wait a tenth of a second in any case.

        Who was told to be slow is not waited for.
        """
        for server in self.servers:
            server.close()
        if self.server_state.tasks:
            _, slow = await asyncio.wait(self.server_state.tasks, timeout=PATIENCE_S)
            if slow:
                for connection in list(self.server_state.connections):
                    connection.transport.abort()
                await asyncio.sleep(0)  # the connections are lost in the next turn of the loop
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)
        for server in self.servers:
            await server.wait_closed()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class _Cuttable(H11Protocol):
    """Lets a request reach the connection that it came by."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent has it
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


async def cut(request: Request) -> Response:
    """End the connection. The answer is never seen."""
    transport: asyncio.Transport = request.state.transport
    transport.abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return Response(status_code=502)


async def read(request: Request) -> Parameters:
    """Query, form, JSON or multipart; later ones win. Raises Refused."""
    values: dict[str, JsonValue] = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    body = await request.body()
    content_type = request.headers.get("content-type", "")
    match content_type.partition(";")[0].strip().lower():
        case "application/json" if body:
            values |= _from_json(body)
        case "application/x-www-form-urlencoded":
            values |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        case "multipart/form-data":
            _take_multipart(body, content_type, values, uploads)
    return Parameters(values, uploads)


def _from_json(body: bytes) -> dict[str, JsonValue]:
    try:
        decoded: JsonValue = json.loads(body)
    except ValueError:
        decoded = None
    if not isinstance(decoded, dict):
        raise bad_request("can't parse request body as JSON object")
    return decoded


def _take_multipart(body: bytes, content_type: str, values: dict[str, JsonValue], uploads: dict[str, Upload]) -> None:
    """RFC 7578, as far as HTTP clients write it. A file is meant by its own name unless a value attaches it."""
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if boundary is None:
        raise bad_request("can't parse multipart request: no boundary")
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.group(1).encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name, filename = _FORM_NAME.search(head), _FORM_FILENAME.search(head)
        if name is None:
            raise bad_request("can't parse multipart request: a part without name")
        key = name.group(1).decode()
        if filename is None:
            values[key] = content.decode()
            continue
        kind = re.search(rb"(?i)content-type:\s*([^\r\n;]+)", head)
        uploads[key] = Upload(
            filename.group(1).decode().replace('\\"', '"').replace("%22", '"'),
            kind.group(1).decode().strip() if kind else "application/octet-stream",
            content,
        )
    attached = json.dumps(list(values.values()))
    for key in uploads:
        if f"attach://{key}" not in attached:
            values[key] = f"attach://{key}"
