"""From a log line of the wire one finds all lines of a message to its last delivery, and back from what is stored."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from pathlib import Path

import aiosmtplib

from bot.demo.mailcatcher import MailCatcher
from bot.demo.simulator import Simulator
from bot.tables import request_text
from intake.incoming.accepting import Parking, Raw
from intake.message import Sender
from storage import parking, requests
from storage.database import Database
from storage.models import CommunicationRecord, Delivery
from storage.traces import current, traced
from tests.builders import Core, letter, words
from tests.process import Line, Process
from tests.stage import MAILBOX
from tests.stage import letter as mail


async def test_a_trace_goes_with_all_that_a_message_causes(database: Database, tmp_path: Path) -> None:
    """On its record and on each delivery that follows; the agent's answer begins another one."""
    core = Core(tmp_path)
    with traced() as came:
        receipt = await core.accept(letter())
    agent = await core.agent()
    with traced() as answered:
        await core.answers.reply(agent, words(receipt.request or 0, "We shall look."), core.now)
    assert came != answered
    records = await CommunicationRecord.all().order_by("id")
    assert [record.trace for record in records] == [came, answered]
    found = defaultdict(set)
    for delivery in await Delivery.all():
        found[delivery.trace].add(str(delivery.kind))
    assert found[came] >= {"acknowledgement", "mirror"}
    assert "reply" in found[answered]
    assert set(found) == {came, answered}


async def test_messages_that_come_at_once_keep_their_traces_apart(database: Database, tmp_path: Path) -> None:
    """Their transactions may share a commit; each row bears the name of its own message."""
    core = Core(tmp_path)

    async def one(number: int) -> tuple[str, int]:
        sender = f"customer{number}@customer.example"
        with traced() as name:
            receipt = await core.accept(letter(sender=Sender(sender)))
        return name, receipt.record

    for name, record in await asyncio.gather(*(one(number) for number in range(40))):
        assert (await CommunicationRecord.get(id=record)).trace == name
        assert {delivery.trace for delivery in await Delivery.filter(record_id=record)} == {name}


async def test_what_is_told_of_a_failure_leads_to_what_failed(database: Database, tmp_path: Path) -> None:
    """A notice of the outbox has the trace of the delivery that it is about."""
    core = Core(tmp_path)
    core.channels["mail"].failures.append(RuntimeError("a fault of ours"))
    with traced() as name:
        await core.accept(letter())
    for _ in range(6):
        core.channels["mail"].failures[:] = [RuntimeError("a fault of ours")]
        await core.deliver()
        core.later(hours=1)
    [notice] = await Delivery.filter(kind="notice")
    assert notice.trace == name
    assert current() is None


async def test_show_tells_the_trace(database: Database, tmp_path: Path) -> None:
    """Of each message, and of what left because of it."""
    core = Core(tmp_path)
    with traced() as name:
        receipt = await core.accept(letter())
    request = await requests.request_with_customer(receipt.request or 0)
    assert request is not None
    records = await requests.records_of(request.id)
    text = "\n".join(request_text(request, None, [], records, await Delivery.filter(kind="acknowledgement")))
    assert text.count(f"trace: {name}") == 1
    assert text.count(f"· trace {name}") == 1


async def test_a_parked_message_keeps_its_trace(database: Database, tmp_path: Path) -> None:
    """It is in the envelope, which `parked show` prints and by which it is handled again."""
    core = Core(tmp_path)

    async def fails() -> None:
        raise ZeroDivisionError

    with traced() as name:
        await Parking(core.house, core.outbox.wake).handle(Raw("mail", "x", b"x", {"peer": "::1"}), fails)
    [row] = await parking.waiting()
    assert row.envelope == {"peer": "::1", "trace": name}


async def test_the_log_of_the_program_leads_from_the_wire_to_the_delivery_and_back(
    database_url: str, tmp_path: Path
) -> None:
    """Mail in, a chat message in, an agent's answer out: each has its trace in all of its lines and rows."""
    sim, catcher = Simulator(), MailCatcher()
    await sim.start()
    await catcher.start()
    settings = {
        "DATABASE_URL": database_url,
        "TELEGRAM_TOKEN": sim.token,
        "TELEGRAM_API_URL": sim.url,
        "TELEGRAM_PACE": "1000",
        "MAILBOXES": MAILBOX,
        "MAIL_AUTH": "off",
        "SMARTHOST": f"smtp://{catcher.host}:{catcher.port}",
        "LOG_FORMAT": "json",
    }
    async with Process(tmp_path, settings) as program:
        desk, maria, boris = sim.forum("Desk"), sim.person("Maria"), sim.person("Boris")
        desk.add(maria, "administrator")
        program.configure({"DESK_CHAT_ID": str(desk.chat_id), "ADMINS": str(maria.id)})
        await program.start()
        _, answer = await aiosmtplib.send(
            mail("Hello"), hostname="127.0.0.1", port=program.port, sender="a@b.example", recipients=[MAILBOX],
            start_tls=False,
        )  # fmt: skip
        boris.start()
        boris.writes("My kettle leaks.")
        topic = await sim.until(lambda: desk.topic("R-1001"), 20)
        maria.writes_in(topic, "We shall look.")
        await catcher.until(lambda mails: len(mails) >= 2, 20)
        await program.settled()
        stored = await program.export("record", "delivery")
        await program.terminate()
        lines = [json.loads(line) for line in program.log.splitlines() if line.startswith("{")]
    await catcher.stop()
    await sim.stop()
    by_trace: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_trace[line.get("trace", "")].append(line)
    # The sender's own log has the name: the answer to his final dot.
    said = re.search(r"stored as ([0-9a-f]{12})\.", answer)
    assert said is not None
    assert {line["event"] for line in by_trace[said[1]]} >= {"accepted", "sent"}
    _lead_to_their_lines(stored, by_trace)
    traces = {record["trace"] for record in stored["record"]}
    assert len(traces) == len(stored["record"]) == 3
    assert traces <= {delivery["trace"] for delivery in stored["delivery"]}


def _lead_to_their_lines(stored: dict[str, list[Line]], by_trace: dict[str, list[Line]]) -> None:
    for record in stored["record"]:
        if record["direction"] == "incoming":
            [accepted] = [line for line in by_trace[record["trace"]] if line["event"] == "accepted"]
            assert accepted["request"] == int(record["request"].removeprefix("R-"))
    for delivery in stored["delivery"]:
        if delivery["trace"] is not None and delivery["state"] == "sent":
            sent = [line for line in by_trace[delivery["trace"]] if line["event"] == "sent"]
            assert delivery["id"] in {line["delivery"] for line in sent}
