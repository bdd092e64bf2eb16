"""Mails that stall or kill whoever reads them, against the real program: parked, acknowledged, in nobody's way."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.load import MAILBOX, Client, Letter
from tests.deadly import letter
from tests.hostile.witness import served_meanwhile, wait_until_open
from tests.kin import children, lives, until
from tests.process import Process
from tests.program import program as command

SENDER = "eve@evil.example"
SETTINGS = {"MAILBOXES": MAILBOX, "MAIL_AUTH": "off", "LOG_FORMAT": "json"}


@pytest.fixture
async def deadly(tmp_path: Path) -> AsyncIterator[Process]:
    """The program, with children and a pipeline that obey what a mail tells them to do (tests/deadly.py)."""
    async with Process(tmp_path, SETTINGS, ("tests.deadly",)) as program:
        await _started(program)
        yield program


async def _started(program: Process) -> None:
    await program.start()
    await wait_until_open(program.port)


async def _hand_in(program: Process, raw: bytes) -> float:
    """Seconds to the 250. Raises OSError when the program dies of it."""
    begun = time.monotonic()
    client = await Client.connected(program.port)
    try:
        await client.hand_in(Letter(SENDER, "", raw))
    finally:
        client.close()
    return time.monotonic() - begun


async def test_what_stalls_or_kills_its_reader_is_parked_and_keeps_nobody_waiting(
    deadly: Process, tmp_path: Path
) -> None:
    """250 for each, raw bytes and envelope kept, a good client served within a second; later they are read again."""
    async with served_meanwhile(deadly.port) as witness:
        await _hand_in(deadly, letter("nothing"))
        for deed in ("spin", "eat", "crash"):
            await _hand_in(deadly, letter(deed))
        assert await _hand_in(deadly, letter("nothing, really")) < 2
        await witness.sees()
    parked = (await deadly.export("parked"))["parked"]
    assert [line["error"].split("it ", 1)[1] for line in parked] == [
        "took more than 1 s of processor time",
        "took more than 512 MiB of memory",
        "crashed (SIGSEGV)",
    ]
    assert (await deadly.terminate()).code == 0
    settings = {"mailboxes": MAILBOX, "mail_auth": "off"}
    shown = await command(tmp_path, "parked", "show", "1", **settings)
    assert "reading it took more than 1 s" in shown.out
    assert "X-Deadly: spin" in shown.out
    assert SENDER in shown.out
    # The fault is mended: these are the program's own children.
    replayed = await command(tmp_path, "replay", "--all", **settings)
    assert (replayed.code, replayed.out) == (0, "1: accepted\n2: accepted\n3: accepted\n")
    records = (await deadly.export("record"))["record"]
    assert [line["subject"] for line in records[-3:]] == ["spin", "eat", "crash"]


async def test_a_mail_that_killed_the_program_once_is_read_apart(deadly: Process) -> None:
    """A second time it kills only its reader, and a third. Its sender hears 250 then, and the mail is parked."""
    raw = letter("die", size=0)
    with pytest.raises((OSError, EOFError)):
        await _hand_in(deadly, raw)
    await deadly.kill()
    await _started(deadly)
    async with served_meanwhile(deadly.port):
        for _ in range(2):
            await _hand_in(deadly, raw)
    [parked] = (await deadly.export("parked"))["parked"]
    assert "ended from outside" in parked["error"]


async def test_a_mail_that_killed_the_program_twice_is_parked_unread(deadly: Process) -> None:
    """What kills it after the reading too. The same mail again changes nothing; others are taken all the while."""
    raw = b"From: Eve <eve@evil.example>\r\nSubject: die later\r\n\r\nBoo\r\n"
    for _ in range(2):
        with pytest.raises((OSError, EOFError)):
            await _hand_in(deadly, raw)
        await deadly.kill()
        await _started(deadly)
    for _ in range(2):
        await _hand_in(deadly, raw)
    [parked] = (await deadly.export("parked"))["parked"]
    assert "died 2 times" in parked["error"]
    assert parked["attempts"] == 2


async def test_a_killed_program_leaves_no_reader_behind(deadly: Process) -> None:
    """Whoever reads apart ends with the program, also one that stalls at this moment."""
    await _hand_in(deadly, letter("nothing"))
    [mother] = children(deadly.pid)
    client = await Client.connected(deadly.port)
    await client.begin(Letter(SENDER, "", b""))
    await client.write(Letter(SENDER, "", letter("wait")).on_the_wire)
    await until(lambda: bool(children(mother)))
    [child] = children(mother)
    await deadly.kill()
    client.close()
    await until(lambda: not lives(mother) and not lives(child))
