"""The webhook: only Telegram is heard, 200 means stored, and nonsense does no harm."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.app import assembled
from bot.errors import StartError
from bot.receiving.updates import ALLOWED
from bot.web import LARGEST, MISDIRECTED, MOST, SECRET_HEADER
from storage.models import CommunicationRecord, Delivery
from tests.stage import WEBHOOK_SECRET, Stage, Transport, stage

SHOWN = {SECRET_HEADER.decode(): WEBHOOK_SECRET}


@pytest.fixture
async def scene(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(database_url, tmp_path, Transport.WEBHOOK) as made:
        yield made


@pytest.fixture
async def http(scene: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{scene.http_port}", timeout=20) as client:
        yield client


def _update(text: str, number: int = 1, chat: int = 501) -> dict[str, object]:
    """As Telegram writes them, from somebody whom the simulator does not know."""
    person = {"id": chat, "is_bot": False, "first_name": "Boris"}
    where = {"id": chat, "type": "private", "first_name": "Boris"}
    message = {"message_id": number, "date": 1_795_600_000, "chat": where, "from": person, "text": text}
    return {"update_id": number, "message": message}


async def _registered(scene: Stage) -> None:
    await scene.sim.until(lambda: scene.sim.calls_of("setWebhook"), 20)


async def test_whoever_does_not_show_the_secret_is_not_heard(scene: Stage, http: httpx.AsyncClient) -> None:
    """401, whatever comes with it; nothing is read and nothing stored."""
    async with scene.running():
        await _registered(scene)
        for shown in (None, "", "a-secret-of-the-stagE", f"{WEBHOOK_SECRET}x", "gehéim"):
            headers = {} if shown is None else {SECRET_HEADER: shown.encode()}
            answer = await http.post("/telegram", json=_update("let me in"), headers=headers)
            assert answer.status_code == 401
        assert await CommunicationRecord.all().count() == 0


NONSENSE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"update_id=1",
    "no text": b'\xff\xfe{"update_id":1}',
    "a list": b"[1]",
    "no number": b'{"message":{}}',
    "a number in words": b'{"update_id":"1"}',
    "deep": b"[" * 100_000,
    "a long number": b'{"update_id":' + b"9" * 5_000 + b"}",
}


async def test_what_is_no_update_is_refused(scene: Stage, http: httpx.AsyncClient) -> None:
    """400, in a sentence; the next update is taken."""
    async with scene.running():
        await _registered(scene)
        for kind, content in NONSENSE.items():
            answer = await http.post("/telegram", content=content, headers=SHOWN)
            assert (answer.status_code, answer.text) == (400, "This is no update.\n"), kind
        assert (await http.post("/telegram", json=_update("hello"), headers=SHOWN)).status_code == 200


async def test_a_body_without_an_end_is_cut_off(scene: Stage, http: httpx.AsyncClient) -> None:
    """413 as soon as it is too large, however its length is announced."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(2 * LARGEST // 65536):
            yield b" " * 65536

    async with scene.running():
        await _registered(scene)
        for content in (b" " * (LARGEST + 1), endless()):
            answer = await http.post("/telegram", content=content, headers=SHOWN)
            assert answer.status_code == 413


async def test_other_requests_find_nothing(scene: Stage, http: httpx.AsyncClient) -> None:
    """No page, no hint, no traceback."""
    async with scene.running():
        await _registered(scene)
        for method, path, status in (("GET", "/telegram", 405), ("PUT", "/telegram", 405), ("POST", "/other", 404)):
            answer = await http.request(method, path, headers=SHOWN)
            assert answer.status_code == status
            assert "Traceback" not in answer.text


async def test_a_client_that_hangs_up_stops_nothing(scene: Stage, http: httpx.AsyncClient) -> None:
    """Half a body, then a reset: the next one is served."""
    secret = f"{SECRET_HEADER.decode()}: {WEBHOOK_SECRET}"
    head = f"POST /telegram HTTP/1.1\r\nHost: x\r\n{secret}\r\nContent-Length: 1000\r\n\r\n"
    async with scene.running():
        await _registered(scene)
        for _ in range(5):
            _, writer = await asyncio.open_connection("127.0.0.1", scene.http_port)
            writer.write(head.encode() + b'{"update_id":')
            await writer.drain()
            writer.transport.abort()
        assert (await http.post("/telegram", json=_update("hello"), headers=SHOWN)).status_code == 200


async def test_a_crowd_that_says_nothing_keeps_nobody_out(scene: Stage, http: httpx.AsyncClient) -> None:
    """Whoever has been silent longest makes room; the process never holds more of them than it has places for."""
    async with scene.running():
        await _registered(scene)
        files = len(os.listdir("/proc/self/fd"))
        async with contextlib.AsyncExitStack() as crowd:
            for _ in range(3 * MOST):
                crowd.enter_context(socket.create_connection(("127.0.0.1", scene.http_port), timeout=5))
                await asyncio.sleep(0)  # the server's turn
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.post("/telegram", json=_update("hello"), headers=SHOWN)).status_code == 200
            # The clients' own ends are this process's, too.
            assert len(os.listdir("/proc/self/fd")) - files - 3 * MOST < MOST + 20
        assert await CommunicationRecord.filter(text="hello").exists()


async def test_an_update_is_stored_once_it_is_answered(scene: Stage, http: httpx.AsyncClient) -> None:
    """200 with nothing in it: a method in the answer would be done and its outcome lost. Twenty copies are one."""
    async with scene.running():
        await _registered(scene)
        copies = [http.post("/telegram", json=_update("My kettle is broken."), headers=SHOWN) for _ in range(20)]
        answers = await asyncio.gather(*copies)
        assert {(answer.status_code, answer.content) for answer in answers} == {(200, b"")}
        assert await CommunicationRecord.filter(text="My kettle is broken.").count() == 1


async def test_the_webhook_is_registered_with_all_that_it_needs(scene: Stage) -> None:
    """The secret, what we read, how many at once; and what waits is kept."""
    boris = scene.sim.person("Boris")
    boris.start()
    boris.writes("I was here before you.")
    async with scene.running():
        await scene.topic("R-1001", "I was here before you.")
        [call] = scene.sim.calls_of("setWebhook")
    assert call.params["secret_token"] == WEBHOOK_SECRET
    assert call.params["allowed_updates"] == list(ALLOWED)
    assert call.params["max_connections"] == 20
    assert not call.params.get("drop_pending_updates")


async def test_somebody_elses_webhook_is_replaced_and_told(scene: Stage) -> None:
    """In General, by the name of its host."""
    async with httpx.AsyncClient(base_url=f"{scene.sim.url}/bot{scene.sim.token}") as telegram:
        await telegram.post("/setWebhook", json={"url": f"{scene.sim.url}/other"})
        async with scene.running():
            await scene.sim.until(
                lambda: [said for said in scene.desk.general() if "a webhook at 127.0.0.1" in said.text], 20
            )
        info = (await telegram.get("/getWebhookInfo")).json()["result"]
    assert info["url"].endswith(f":{scene.http_port}/telegram")


async def test_a_webhook_that_was_removed_is_set_again_and_told(scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second program that polls removes it first; what comes afterwards still comes to us."""
    monkeypatch.setattr("bot.receiving.webhook.LOOK_EVERY_S", 0.1)
    boris = scene.sim.person("Boris")
    async with scene.running():
        await _registered(scene)
        async with httpx.AsyncClient(base_url=f"{scene.sim.url}/bot{scene.sim.token}") as telegram:
            await telegram.post("/deleteWebhook")
        boris.start()
        boris.writes("Hello?")
        await scene.topic("R-1001", "Hello?")
        await scene.sim.until(
            lambda: [said for said in scene.desk.general() if "the webhook was gone" in said.text], 20
        )
    assert len(scene.sim.calls_of("setWebhook")) == 2


async def test_a_change_of_the_way_keeps_the_queue(scene: Stage) -> None:
    """Webhook, polling, webhook: what came in between is there, once, and nobody is alarmed."""
    boris = scene.sim.person("Boris")
    boris.start()
    for text, changes in (
        ("brought", {}),
        ("fetched", {"telegram_webhook_url": "", "http_listen": ""}),
        ("brought again", {}),
    ):
        boris.writes(text)
        async with scene.running(**changes):
            await scene.heard()
            await scene.settled()
            records = await CommunicationRecord.filter(text__not="").order_by("id")
            notices = await Delivery.filter(request_id__isnull=True, kind="notice").count()
    assert [record.text for record in records] == ["brought", "fetched", "brought again"]
    assert notices == 0


async def _readiness(http: httpx.AsyncClient, status: int) -> dict[str, list[str]]:
    """What the page says once it has this status."""
    async with asyncio.timeout(20):
        while True:
            answer = await http.get("/readyz")
            if answer.status_code == status:
                told: dict[str, list[str]] = answer.json()
                return told
            await asyncio.sleep(0.02)


async def test_health_and_readiness_are_told(scene: Stage, http: httpx.AsyncClient) -> None:
    """Alive as soon as it serves; ready once Telegram and the database answer; hints are no failures."""
    async with scene.running(smarthost=""):
        await _registered(scene)
        assert (await http.get("/healthz")).status_code == 200
        told = await _readiness(http, 200)
    assert told["reasons"] == []
    assert [hint for hint in told["hints"] if "INTAKE_SMARTHOST" in hint]


@pytest.mark.parametrize("page", ["/healthz", "/readyz", "/metrics"])
async def test_a_name_that_is_not_ours_is_told_nothing(scene: Stage, http: httpx.AsyncClient, page: str) -> None:
    """A page elsewhere may lead a browser here under its own name; addresses and names of private networks are asked
    by those who watch.
    """
    async with scene.running():
        await _registered(scene)
        for name in ("evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example"):
            answer = await http.get(page, headers={"Host": name})
            assert (answer.status_code, answer.text) == (421, MISDIRECTED), name
        for name in ("127.0.0.1", "[::1]:8080", "localhost:8080", "intake", "intake.internal", "10.1.2.3:8080"):
            assert (await http.get(page, headers={"Host": name})).status_code in (200, 503), name


async def test_the_webhook_is_asked_by_any_name(scene: Stage, http: httpx.AsyncClient) -> None:
    """A proxy may hand on what it was asked by; the secret is what counts."""
    async with scene.running():
        await _registered(scene)
        headers = {**SHOWN, "Host": "bot.example.com"}
        assert (await http.post("/telegram", json=_update("hello"), headers=headers)).status_code == 200


async def test_what_is_wrong_is_told_by_the_readiness(scene: Stage, http: httpx.AsyncClient) -> None:
    """503 with the reasons in words; alive all the same, for a restart would not help."""
    scene.sim.fail("getWebhookInfo", error_code=401, description="Unauthorized")
    async with scene.running():
        await scene.sim.until(lambda: scene.sim.calls_of("getWebhookInfo"), 20)
        [reason] = (await _readiness(http, 503))["reasons"]
        assert "@BotFather" in reason or "not answered" in reason
        assert (await http.get("/healthz")).status_code == 200


async def test_a_desk_that_is_lost_is_told_by_the_readiness(scene: Stage, http: httpx.AsyncClient) -> None:
    """As the agents are told it; and not when all is mended."""
    async with scene.running():
        await _registered(scene)
        await _readiness(http, 200)
        scene.desk.bot_becomes("left")
        [reason] = (await _readiness(http, 503))["reasons"]
        assert "The bot is not in" in reason
        scene.desk.bot_rights(can_manage_topics=True, can_delete_messages=True, can_pin_messages=True)
        await _readiness(http, 200)


async def test_a_port_that_is_taken_is_named(scene: Stage) -> None:
    """The webhook cannot do without its port, nor is one that somebody asked for left out in silence."""
    async with assembled(scene.settings()) as app:
        with (
            socket.create_server(("127.0.0.1", scene.http_port)),
            pytest.raises(StartError, match=f"INTAKE_HTTP_LISTEN 127.0.0.1:{scene.http_port} cannot be listened on"),
        ):
            await app.serve(asyncio.Event())
