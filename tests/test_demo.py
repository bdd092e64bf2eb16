"""The playground does what the README promises, without settings, and takes mail from outside."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiosmtplib
import pytest

from bot.settings import PREFIX
from tests.stage import letter

WAIT_S = 60


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The demo as a newcomer starts it, in an empty home."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    # An operator's own settings must not leak into the playground.
    environment |= {"HOME": str(tmp_path), "COLUMNS": "160", f"{PREFIX}SMARTHOST": "smtp://mail.example.invalid:25"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "demo", "--port", "0", "--no-browser"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    yield process
    if process.returncode is None:
        process.kill()
        await process.wait()


async def _until(process: asyncio.subprocess.Process, words: str) -> str:
    """What the program prints, up to these words."""
    assert process.stdout is not None
    printed = b""
    async with asyncio.timeout(WAIT_S):
        while words.encode() not in printed:
            chunk = await process.stdout.read(4096)
            assert chunk, printed.decode()
            printed += chunk
    return printed.decode()


async def _mail(port: int, text: str, to: str) -> None:
    await aiosmtplib.send(
        letter(text, to=to),
        hostname="127.0.0.1",
        port=port,
        sender="anna@customer.example",
        recipients=[to],
        start_tls=False,
    )


async def test_the_demo_plays_its_story_then_takes_mail_until_it_is_stopped(
    demo: asyncio.subprocess.Process,
) -> None:
    """The requests, both sides of each conversation, the case; then a mail from outside; then a clean end."""
    printed = await _until(demo, "Ctrl-C stops it.")
    for words in (
        *("R-1001", "R-1002", "R-1003", "R-1004"),
        "The lamp is on, the water stays cold",  # the customer's mail
        # Told by what each wrote, and not by the number of an order that all of them give.
        *("Anna Schmidt · repair", "Jürgen Müller · invoice", "Boris Petrov · delivery", "Li Wei · return"),
        "A new kettle is on its way",  # the agent's answer, on both sides
        "That was quick, thank you!",
        "Ihre Nachricht ist angekommen",  # acknowledged in the customer's language
        "Спасибо!",
        "3 lines folded, one tap away",  # what Anna quotes
        "return-label.pdf",
        "order_number 20260815-33",  # the after-sales case
        "4 request",
    ):
        assert words in printed, printed
    found = re.search(r"--server 127\.0\.0\.1:(\d+)", printed)
    assert found is not None
    port = int(found[1])
    await _mail(port, "One more question", "support@demo.example")
    printed = await _until(demo, "@demo.example)\n")
    answers = re.search(r"We have your message \[R-1005\] \(answers go to (\S+)\)\n", printed)
    assert answers is not None
    await _mail(port, "And another one", answers[1])
    assert "desk, in R-1005" in await _until(demo, "And another one")
    demo.send_signal(signal.SIGINT)
    async with asyncio.timeout(WAIT_S):
        assert await demo.wait() == 0
