"""Learning through the whole program: agents press buttons, every process judges otherwise from then on."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import aiosmtplib
import pytest

from intake.message import Sender
from storage.database import opened
from storage.kinds import request_number
from storage.models import CustomerRequest, Label
from tests import builders
from tests.builders import Core
from tests.crew import WAIT_S, Crew, crew
from tests.learning_cases import NEXT, ODD
from tests.process import Process
from tests.stage import letter

FIRST = 1001


async def _mail(program: Process, text: str, number: int) -> None:
    """A letter of somebody who has not written before, to one of the programs."""
    mail = letter(text, sender=f"anna{number}@customer.example", subject="A question")
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=program.port, start_tls=False)


async def _newest(program: Process) -> CustomerRequest:
    async with program.database():
        found = await CustomerRequest.all().order_by("-id").first()
    assert found is not None
    return found


async def _taught(team: Crew) -> None:
    """Five letters come, and Maria says of each on its card what it is."""
    for number, text in enumerate(ODD):
        await _mail(team.programs[0], text, number)
        topic = request_number(FIRST + number)
        await team.shown(text)
        card = team.desk.topic(topic).messages[0]
        assert (await _newest(team.programs[0])).category == "unsorted"
        if number % 2:
            team.maria.writes_in(team.desk.topic(topic), "/category Repair")
        else:
            team.maria.presses(card, "🏷 Category")
            await team.until(partial(_buttons, team, topic, "● Unsorted"))
            team.maria.presses(team.desk.topic(topic).messages[0], "Repair")
        await team.until(partial(_buttons, team, topic, "🏷 Category"))


def _buttons(team: Crew, topic: str, words: str) -> bool:
    topics = [one for one in team.desk.topics() if topic in one.name and one.messages]
    if not topics:
        return False
    card = topics[0].messages[0]
    return any(button.text == words for row in card.buttons for button in row)


async def _confirmed(team: Crew, topic: str) -> None:
    """Maria says on the card that it is right; then there is nothing to say any more."""
    await team.until(partial(_buttons, team, topic, "👍 Right"))
    team.maria.presses(team.desk.topic(topic).messages[0], "👍 Right")
    await team.until(lambda: not _buttons(team, topic, "👍 Right"))


async def _in_use(team: Crew, version: int) -> None:
    """Wait until every program has said that it uses a version."""
    for program in team.programs:
        await _until(partial(_says, program, version), program)


def _says(program: Process, version: int) -> bool:
    return any("model in use" in line and f"version={version}" in line for line in program.log.splitlines())


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_two_processes_judge_by_what_one_has_learned(database_url: str, tmp_path: Path) -> None:
    """Five corrections on the desk; both take the new version into use without a restart, and a rollback, too."""
    async with crew(database_url, tmp_path, 2) as team:
        await _taught(team)
        await _in_use(team, 1)
        for number, program in enumerate(team.programs):
            await _mail(program, NEXT, 100 + number)
            request = await _newest(program)
            assert (request.category, request.category_model) == ("repair", 1)
        assert team.logs("model made") == 1
        await _confirmed(team, request_number(FIRST + len(ODD)))
        learner = await team.on_duty("learn")
        assert learner.rss_mib < 400
        async with learner.database():
            assert await Label.filter(after="repair").count() == len(ODD) + 1
            assert await Label.filter(before="repair", after="repair", model=1).count() == 1
        listed = await learner.command("model", "list")
        assert "●  1" in listed
        await learner.command("model", "rollback", "0")
        await _in_use(team, 0)
        for number, program in enumerate(team.programs):
            await _mail(program, f"{NEXT} again", 200 + number)
            request = await _newest(program)
            assert (request.category, request.category_model) == ("unsorted", 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_was_learned_survives_a_kill(database_url: str, tmp_path: Path) -> None:
    """A worker does not outlive its program; the next one learns, and its first message after a start is judged so."""
    database, core = await opened(database_url), Core(tmp_path)
    for number, text in enumerate(ODD):
        receipt = await core.accept(builders.letter(text, subject="", sender=Sender(f"anna{number}@customer.example")))
        await core.sorting.categorise(receipt.request or 0, "repair", await core.agent(), core.now)
    await database.close()
    settings = {"DATABASE_URL": database_url, "MAILBOXES": "support@shop.example", "MAIL_AUTH": "off"}
    async with Process(tmp_path / "program", settings) as program:
        await program.start()
        await _until(lambda: _workers(program.pid), program)
        workers = _workers(program.pid)
        await program.kill()
        await _until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in workers), program)
        await program.start()
        await _until(lambda: "model in use" in program.log, program)
        assert program.rss_mib < 400
        await program.terminate()
        await program.start()
        await _mail(program, NEXT, 100)
        request = await _newest(program)
        assert (request.category, request.category_model) == ("repair", 1)


async def _until(true: Callable[[], object], program: Process) -> None:
    """Wait until it is so."""
    end = time.monotonic() + 2 * WAIT_S
    while not true():
        assert time.monotonic() < end, program.log_end()
        await asyncio.sleep(0.02)


def _workers(parent: int) -> list[int]:
    """The processes that fit a model for a program."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = Path(f"/proc/{name}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"intake.learning.worker" in words and str(parent).encode() in words:
            found.append(int(name))
    return found
