"""Hostile mails against the real program: each is answered as it should be, and a good client waits for none."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bench.load import Client, Letter
from tests.hostile.case import Case
from tests.hostile.conftest import Target
from tests.hostile.cost import Cost, cost
from tests.hostile.witness import served_meanwhile
from tests.kin import children, lives, until
from tests.process import Line

pytestmark = pytest.mark.asyncio(loop_scope="module")

CPU_S = 1.0  # of program and child together, a mail
GREW_MIB = 300.0  # at its highest, with three copies of a mail of 25 MiB and what the allocator keeps


@cache
def cases() -> dict[str, Case]:
    """All mails, by name. Made when they are asked for: they are 300 MB, in each process that collects tests."""
    from tests.hostile.bombs import BOMBS
    from tests.hostile.disguises import DISGUISES

    return {**BOMBS, **DISGUISES}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all of them."""

    stored: dict[str, Line]  # the record or the parked message of each
    spent: dict[str, float]  # CPU seconds of each
    cost: Cost
    acknowledged: set[str]  # the requests whose sender is acknowledged
    to: set[str]  # everybody to whom anything is to leave
    slowest: float  # of the good client's mails, seconds


async def test_each_hostile_mail_is_answered_as_it_should_be_and_a_good_client_waits_for_none(program: Target) -> None:
    """250, kept once, readable, nothing in it obeyed, a second of CPU at most; nobody is written to but its sender.

    One test: its program takes all of them one after the other, which is what they are there for.
    """
    found = await _outcome(program)
    wrong = {name: broken for name in cases() if (broken := [*_unexpected(found, name), *_wild(found.stored[name])])}
    assert wrong == {}
    assert {name: spent for name, spent in found.spent.items() if spent > CPU_S} == {}
    # On a quiet machine less than one second; other tests run beside this one.
    assert found.slowest < 3, "a good client waited"
    assert found.cost.grew_mib < GREW_MIB
    strangers = {to for to in found.to if not to.endswith(("@evil.example", "@customer.example"))}
    # The bank is a look-alike, in letters of another alphabet: its own, and nobody else's.
    assert strangers <= {"info@b\u0430nk.example", "mallory@other.example"}
    assert not any(re.search(r"[\s<>,;:\x00-\x1f]", to) for to in found.to)
    # Whatever files call themselves, they lie by their sha256 and nowhere else.
    lying = {path.name for path in (program.data / "files").rglob("*") if path.is_file()}
    assert lying
    assert all(re.fullmatch(r"[0-9a-f]{62}", name) for name in lying)


async def _outcome(program: Target) -> Outcome:
    """All are handed in, one after the other, while a good client hands in his."""
    spent: dict[str, float] = {}
    async with served_meanwhile(program.port, within_s=60) as witness:
        with cost(program) as used:
            for name, case in cases().items():
                before = _cpu_s(program)
                await _hand_in(program, case)
                # A child is counted once its mother has seen its end.
                await until(lambda: not any(map(children, children(program.pid))))
                spent[name] = _cpu_s(program) - before
    assert lives(program.pid)
    found = await program.export("record", "parked", "delivery")
    kept = {str(line["raw_sha256"]): line for kind in ("record", "parked") for line in found[kind]}
    stored = {name: kept[digest] for name, case in cases().items() if (digest := _digest(case.raw)) in kept}
    assert set(stored) == set(cases())
    letters = [line for line in found["delivery"] if line["channel"] == "mail"]
    acknowledged = {str(line["request"]) for line in letters}
    return Outcome(stored, spent, used, acknowledged, {str(line["to"]) for line in letters}, witness.slowest)


def _unexpected(found: Outcome, name: str) -> Iterator[object]:
    """What is not as the case says."""
    case, line = cases()[name], found.stored[name]
    if "error" in line:
        yield "parked", line["error"]
        return
    files = tuple(file["filename"] for file in line["attachments"])
    names = {key: line[key] for key in ("subject", "author", "attachments")}
    said = json.dumps({**names, "text": line["text"]}, ensure_ascii=False) + json.dumps(names)
    for what, is_wrong in (
        (line["subject"], case.subject is not None and line["subject"] != case.subject),
        (line["text"][:200], case.text is not None and case.text not in line["text"]),
        (line["author"], case.author is not None and line["author"] != case.author),
        (files, case.files is not None and files != case.files),
        (line["defects"], case.defect is not None and not any(case.defect in defect for defect in line["defects"])),
        (case.without, any(words in said for words in case.without)),
        ("acknowledged?", case.acknowledged not in (None, line["request"] in found.acknowledged)),
        ("a request?", case.opens not in (None, line["request"] is not None)),
    ):
        if is_wrong:
            yield what


def _wild(line: Line) -> Iterator[object]:
    """What could turn, break or hide a line, in what agents and terminals are shown."""
    names = [file["filename"] or "" for file in line.get("attachments", ())]
    for words in (line.get("subject", ""), line.get("author", ""), *names):
        if re.search(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", words) or len(words) > 998:
            yield ascii(words[:200])
    if any(len(name) > 255 for name in names):
        yield "a name longer than 255 letters"
    if re.search("[\x00\ud800-\udfff]", line.get("text", "")):
        yield "letters that are none"


async def _hand_in(program: Target, case: Case) -> None:
    async with asyncio.timeout(60):
        client = await Client.connected(program.port)
        try:
            await client.hand_in(Letter(case.mail_from, "", _ended(case.raw)))
        finally:
            client.close()


def _ended(raw: bytes) -> bytes:
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def _digest(raw: bytes) -> str:
    """Of the mail as it is kept: byte for byte."""
    return hashlib.sha256(_ended(raw)).hexdigest()


def _cpu_s(program: Target) -> float:
    """Seconds of the program, and of those who read apart for it."""
    return program.cpu_s + sum(map(_with_its_children_s, children(program.pid)))


def _with_its_children_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
