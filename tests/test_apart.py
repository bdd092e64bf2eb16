"""Laws of reading apart: what kills or stalls a child is told of one mail, and of no other."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from intake.apart.children import MOST, TURNS, Children, NoChildError, Places
from intake.apart.end import LENGTH
from intake.mail.apart.setting import Setting
from intake.mail.inbound import Envelope, read
from intake.mail.proof.check import Policy
from intake.mail.proof.verdict import Outcome, Verdict
from intake.mail.reading import HEAVY, Reading, is_heavy
from intake.message import CannotRead, Inbound
from tests.builders import NOW
from tests.deadly import IMPATIENT, LIMITS, MODULE, letter
from tests.kin import children, lives, until
from tests.test_mail_cost import SHAPES, TOKENS

OURS = ("support@shop.example",)
SETTING = Setting(TOKENS, OURS, Policy("assume-pass"))
ENVELOPE = Envelope("anna@customer.example", OURS, "203.0.113.5")


@pytest.fixture
async def reading(request: pytest.FixtureRequest) -> AsyncIterator[Reading]:
    limits = IMPATIENT if "wait" in request.node.name else LIMITS
    made = Reading(SETTING, Children(MODULE, SETTING.packed(), limits))
    try:
        yield made
    finally:
        await made.close()


def _facts(peer: str = ENVELOPE.peer) -> dict[str, str]:
    return {**replace(ENVELOPE, peer=peer).packed(), "received_at": NOW.isoformat()}


async def _read(reading: Reading, raw: bytes) -> Inbound:
    return await reading.apart(raw, _facts())


async def test_a_mail_reads_apart_as_it_reads_here(reading: Reading) -> None:
    """Every shape that anybody has thought of, field by field and byte by byte."""
    for shape, make in SHAPES.items():
        raw = make(2 * HEAVY)
        facts = _facts()
        there = await reading.apart(raw, facts)
        assert there == read(raw, ENVELOPE, TOKENS, OURS, Verdict.unpacked(facts), NOW), shape


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("spin", "more than 1 s of processor time"),
        ("wait", "more than 5 s"),
        ("eat", "more than 512 MiB of memory"),
        ("crash", r"crashed \(SIGSEGV\)"),
        ("leave", r"ended unexpectedly \(7\)"),
        ("fail", r"ZeroDivisionError at deadly\.py:\d+$"),
    ],
)
async def test_what_ends_a_child_is_told_in_words_that_are_ours(reading: Reading, deed: str, words: str) -> None:
    """Once, and the next mail is read as if nothing had been."""
    with pytest.raises(CannotRead, match=words) as ended:
        await _read(reading, letter(deed))
    assert "words of the mail" not in str(ended.value)
    assert (await _read(reading, letter("nothing"))).subject == "nothing"


async def test_mails_that_stall_keep_the_next_one_waiting_for_a_moment_only(reading: Reading) -> None:
    """Four stall at once, on two turns; one that comes behind them is read while they still do."""
    await reading.start()
    stalled = [asyncio.create_task(_read(reading, letter("wait"))) for _ in range(4)]
    await asyncio.sleep(0)
    begun = time.monotonic()
    assert (await _read(reading, letter("nothing"))).subject == "nothing"
    assert not any(task.done() for task in stalled)
    # Two turns of a second each are before it; the machine may be busy with other tests.
    assert time.monotonic() - begun < 4
    assert all(isinstance(end, CannotRead) for end in await asyncio.gather(*stalled, return_exceptions=True))


async def test_a_mother_that_dies_is_no_fault_of_the_mail(reading: Reading) -> None:
    """The mail is to come again, as when the disk fails; and then there is another mother."""
    with pytest.raises(NoChildError):
        await _read(reading, letter("orphan"))
    assert (await _read(reading, letter("nothing"))).subject == "nothing"


async def test_no_child_outlives_its_mother(reading: Reading) -> None:
    """What is at work ends with her, and its mail is to come again."""
    await reading.start()
    mother = reading.process
    assert mother is not None
    waiting = asyncio.create_task(_read(reading, letter("wait")))
    await until(lambda: bool(children(mother)))
    born = children(mother)
    os.kill(mother, signal.SIGKILL)
    with pytest.raises(NoChildError):
        await waiting
    await until(lambda: not any(map(lives, born)))


@pytest.mark.parametrize("heard", [0, 2], ids=["before her first words", "before it has read hers"])
def test_a_mother_whose_program_is_killed_ends_without_a_word(heard: int) -> None:
    """Her log is the program's: a traceback there would be taken for a fault of ours."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", MODULE, str(theirs.fileno()), str(os.getpid())]
    with subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE) as mother:
        theirs.close()
        for piece in (json.dumps(asdict(LIMITS)).encode(), SETTING.packed())[:heard]:
            ours.sendall(len(piece).to_bytes(LENGTH, "big") + piece)
        if heard:
            assert select.select([ours], [], [], 30)[0], "she is never ready"
        # What the kernel does for a process that is killed: what it has not read is thrown away.
        ours.close()
        _, errors = mother.communicate(timeout=30)
    assert (mother.returncode, errors) == (0, b"")


async def test_without_a_program_a_mother_is_killed_neither_by_its_stop_nor_by_ctrl_c(reading: Reading) -> None:
    """Service managers signal all processes of a unit; the mail that is being read is to be finished."""
    await reading.start()
    mother = reading.process
    assert mother is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(mother, number)
    assert (await _read(reading, letter("nothing"))).subject == "nothing"
    assert reading.process == mother


async def test_the_verdict_is_known_even_of_a_mail_that_kills_its_reader() -> None:
    """Keys are rotated: what was proven on the day it came is kept beside the parked mail, and not asked for again."""
    reading = Reading(SETTING)
    try:
        facts = _facts()
        read_once = await reading.apart(b"From: a@b.example\r\n\r\n" + b"x" * HEAVY, facts)
        assert (facts["outcome"], read_once.verified) == (Outcome.PASS, True)
        facts["outcome"] = Outcome.FAIL
        assert (await reading.apart(b"From: a@b.example\r\n\r\nx", facts)).forged
    finally:
        await reading.close()


def test_an_ordinary_mail_is_not_heavy() -> None:
    """A letter of the corpus with a small picture pays nothing for hostile ones."""
    letters = [path.read_bytes() for path in (Path(__file__).parent / "corpus").rglob("*.eml")]
    assert len(letters) > 20
    assert sum(map(is_heavy, letters)) < len(letters) / 10
    assert is_heavy(b"a" * (HEAVY + 1))


async def test_what_one_stranger_stalls_keeps_no_other_waiting(reading: Reading) -> None:
    """However many of his are under way: he has a share of the places, and the others are there for the others."""
    stalled = [asyncio.create_task(reading.apart(letter("wait"), _facts("8.8.8.8"))) for _ in range(2 * MOST)]
    try:
        await until(lambda: reading.process is not None and len(children(reading.process)) >= TURNS)
        began = time.monotonic()
        for _ in range(MOST):
            assert (await reading.apart(letter("nothing"), _facts("9.9.9.9"))).text
        assert time.monotonic() - began < LIMITS.wall - 1
        assert not any(task.done() for task in stalled[MOST:])
    finally:
        for task in stalled:
            task.cancel()
        await asyncio.gather(*stalled, return_exceptions=True)


async def test_places_are_shared_out_and_none_is_lost() -> None:
    """Of eight one has three, and who gives up waiting takes none with him; our own mail server may have all."""
    places, having = Places(8), asyncio.Event()

    async def have(of: str) -> None:
        async with places.one(of):
            await having.wait()

    tasks = [asyncio.create_task(have("8.8.8.8")) for _ in range(8)]
    await asyncio.sleep(0)
    assert places.free == 5
    for task in tasks[:6]:
        task.cancel()
    await asyncio.gather(*tasks[:6], return_exceptions=True)
    assert places.free == 6
    tasks += [asyncio.create_task(have("")) for _ in range(9)]
    await asyncio.sleep(0)
    assert places.free == 0
    having.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert places.free == 8
