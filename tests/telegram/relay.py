"""What stands between Telegram and the program's webhook: a reverse proxy, which can lose answers."""

from __future__ import annotations

import asyncio

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.demo import wire


class Relay:
    """Hands updates on to the program's webhook, and its answers back, unless it is told to lose them."""

    def __init__(self, port: int) -> None:
        """`port`: where the program listens."""
        self.lose_answers = False
        self.came = asyncio.Event()  # an update is on its way to the program
        self.answered = asyncio.Event()  # the program has answered, whether Telegram hears of it or not
        self._to = f"http://127.0.0.1:{port}/telegram"
        self._server = wire.HttpServer(Starlette(routes=[Route("/telegram", self._pass, methods=["POST"])]), 0)
        self.url = f"http://127.0.0.1:{self._server.port}/telegram"

    async def close(self) -> None:
        await self._server.stop()

    async def _pass(self, request: Request) -> Response:
        headers = {name: value for name, value in request.headers.items() if name not in ("host", "connection")}
        self.came.set()
        try:
            async with httpx.AsyncClient(timeout=60) as client:
                answer = await client.post(self._to, content=await request.body(), headers=headers)
        except httpx.HTTPError:
            return Response(status_code=502)
        self.answered.set()
        if self.lose_answers:
            await wire.cut(request)
        return Response(answer.content, answer.status_code, {"Retry-After": answer.headers.get("Retry-After", "0")})
