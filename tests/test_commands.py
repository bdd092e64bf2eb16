"""The command line, as scripts and operators see it: each command is a process of its own."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import pty
import re
import signal
import socket
import sys
import time
import tomllib
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest

from bot import app, duties, web
from intake import outbox
from intake.agents import case_facts
from intake.agents.casework import Remark
from intake.mail import channel
from intake.message import Attachment, Sender
from storage import parking, search
from storage.database import Database
from storage.kinds import CaseStatus
from storage.models import CustomerRequest, Parked
from tests.builders import NOW, Core, chat, letter, words
from tests.ports import free_port
from tests.program import ROOT, Ended, ended, environment, program, running, started

COMMANDS = (
    *("run", "demo", "check", "migrate", "parse", "classify", "lang", "extract", "export", "list", "show", "parked"),
    *("replay", "stats", "model"),
)
# What other programs may rely on. A field may be added; one that goes is a broken promise.
FIELDS = {
    "customer": "id name language addresses phone postal_address created_at",
    "request": "number customer channel subject status category category_confidence priority tags assignee created_at "
    "first_response_due_at first_responded_at resolved_at",
    "record": "request direction channel external_id message_id subject text reply_text author at threaded_by verified "
    "checked raw_sha256 attachments flags",
    "case": "request type order_number product_number serial_number model purchased_on warranty_until return_until "
    "status missing decision sources repeats created_at updated_at",
    "delivery": "request record channel to state attempts last_error external_id queued_at sent_at",
    "event": "request at actor what before after",
    "parked": "id channel at attempts error raw_sha256",
}
MAIL = (
    b"From: Anna <anna@customer.example>\r\nSubject: Late\r\nMessage-ID: <1@customer.example>\r\n\r\nAm I too late?\r\n"
)
SERIAL = next(one for one in case_facts.FIELDS if one.column == "serial_number")
ENVELOPE = {
    "mail_from": "anna@customer.example",
    "recipients": "support@shop.example",
    "peer": "192.0.2.1",
    "received_at": NOW.isoformat(),
}


CHECKED = "none: no DMARC; no DKIM signature"


async def _filled(folder: Path) -> None:
    """Two customers on two channels, a case, a file, an answer, a note, a message set aside."""
    core = Core(folder, desk=True)
    file = Attachment("bill.pdf", "application/pdf", 4, b"%PDF")
    await core.accept(
        letter(
            "I want to return my kettle, order number 4711-0815.\nIt is broken.",
            subject="=1+1",
            attachments=(file,),
            checked=CHECKED,
        )
    )
    core.later(days=1)
    await core.accept(chat("Where is my parcel?", sender=Sender("501", "@SUM(A1)", "en")))
    agent = await core.agent()
    await core.answers.reply(agent, words(1001, "We take it back."), core.now)
    await core.answers.note(agent, words(1002, "not urgent"), core.now)
    await core.actions.resolve(1002, agent, core.now)
    await core.deliver()
    await parking.park("mail", "one", MAIL, ENVELOPE, "RuntimeError", core.now)


def _lines(done: Ended) -> list[dict[str, object]]:
    assert (done.code, done.err) == (0, "")
    return [json.loads(line) for line in done.out.splitlines()]


async def test_every_command_teaches(tmp_path: Path) -> None:
    """--help says what the command is for, and exits 0."""
    for command in COMMANDS:
        done = await program(tmp_path, command, "--help")
        assert done.code == 0
        assert f"Usage: intake-bot {command}" in done.out
        assert len(done.out.splitlines()) > 5
    whole = await program(tmp_path, "--help")
    assert whole.code == 0
    for command in COMMANDS:
        assert re.search(rf"^\W+{command}\s+[A-Z]", whole.out, re.M), command
    assert os.listdir(tmp_path) == []


async def test_both_names_are_the_same_program(tmp_path: Path) -> None:
    """The console script calls what `python -m bot` calls, and says the same."""
    module, function = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["intake-bot"].split(
        ":"
    )
    assert callable(getattr(import_module(module), function))
    script = f"import sys; sys.argv[0] = '/usr/bin/intake-bot'; from {module} import {function}; {function}()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, "--help", env=environment(tmp_path), stdout=-1, stderr=-1
    )
    assert (await ended(process)).out == (await program(tmp_path, "--help")).out


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("nonsense", "No such command 'nonsense'"),
        ("--nonsense", "No such option: --nonsense"),
        ("parse", "FILE"),
        ("show", "R-1042|ID"),
        ("show nonsense", "R-1042"),
        ("export --kind nonsense", "--kind: there is no 'nonsense', but customer, request, record"),
        ("export --since yesterday", "--since: 'yesterday' is no time; write 2026-11-24"),
        ("export --since 0001-01-01T00:00+14:00", "--since: '0001-01-01T00:00+14:00' is no time"),
        ("demo --port 99999", "--port"),
        ("export --format xml", "jsonl"),
        ("export --format csv", "--kind"),
        ("export --format csv --kind record,event", "--kind"),
        ("export --customer anna", "--customer"),
        ("export --customer 9223372036854775808", "--customer"),
        ("list --customer 9223372036854775808", "--customer"),
        ("list --status nonsense", "resolved"),
        ("parked show first", "ID"),
        ("parked show 9223372036854775808", "ID"),
        ("replay", "--all"),
        ("replay 1 --all", "--all"),
    ],
)
async def test_wrong_usage_is_one_clear_line(tmp_path: Path, command: str, told: str) -> None:
    """Exit code 2, the line names what was wrong, and nothing was touched."""
    done = await program(tmp_path, *command.split())
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert len(done.err.splitlines()) == 1
    assert os.listdir(tmp_path) == []


async def test_a_bare_call_shows_the_help(tmp_path: Path) -> None:
    """Whoever types only the name is taught, not scolded."""
    done = await program(tmp_path)
    assert (done.code, done.err) == (2, "")
    assert "Usage: intake-bot" in done.out


async def test_run_without_settings_says_what_to_set_and_where_to_get_it(tmp_path: Path) -> None:
    """The first thing that a new operator sees."""
    done = await program(tmp_path, "run")
    assert done.code == 78
    for told in ("@BotFather", "INTAKE_TELEGRAM_TOKEN", "INTAKE_MAILBOXES", "intake-bot demo", ".env.example"):
        assert told in done.err


async def test_migrating_twice_at_once_is_safe(empty_url: str, tmp_path: Path) -> None:
    """Both end well, each migration ran once, and a third time changes nothing."""
    both = await asyncio.gather(*(program(tmp_path, "migrate", database_url=empty_url) for _ in range(2)))
    assert [done.code for done in both] == [0, 0], [done.err for done in both]
    told = "".join(done.out for done in both)
    assert told.count("migrated 0001_initial") == 1
    assert told.count("up to date") == 1
    assert (await program(tmp_path, "migrate", database_url=empty_url)).out == "The database is up to date.\n"
    assert _lines(await program(tmp_path, "export", database_url=empty_url)) == []


async def test_a_database_newer_than_the_program_is_left_alone(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """Old code on a new database says so and exits 78, whatever it was to do."""
    await database.connection.execute_script(
        "INSERT INTO tortoise_migrations (app, name, applied_at) "
        "VALUES ('storage', '9999_from_the_future', '2030-01-01 00:00:00+00:00')"
    )
    for command in ("run", "migrate", "list", "export"):
        done = await program(tmp_path, command, database_url=database_url, mailboxes="a@shop.example")
        assert (command, done.code) == (command, 78)
        assert "newer than this program" in done.err
        assert "9999_from_the_future" in done.err


async def test_a_database_that_is_not_up_to_date_is_migrated_by_command(empty_url: str, tmp_path: Path) -> None:
    """PostgreSQL may serve others, so run does not migrate it; looking at either never does."""
    commands = ["list", "export", "parked", "replay --all"] + (["run"] if empty_url.startswith("postgres") else [])
    for command in commands:
        done = await program(tmp_path, *command.split(), database_url=empty_url, mailboxes="a@shop.example")
        assert (command, done.code) == (command, 78)
        # A file that is not there is no database to migrate: perhaps it is the wrong folder.
        missing = empty_url.startswith("sqlite:") and command != "replay --all"
        assert ("There is no database" if missing else "intake-bot migrate") in done.err


async def test_every_exported_line_has_its_promised_fields(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """JSON a line, all kinds, times in UTC, requests by their numbers."""
    await _filled(tmp_path)
    lines = _lines(await program(tmp_path, "export", database_url=database_url))
    assert {line["kind"] for line in lines} == set(FIELDS)
    for line in lines:
        kind = str(line["kind"])
        assert set(FIELDS[kind].split()) <= set(line), kind
        assert line.get("request") in (None, "R-1001", "R-1002")
        for name, value in line.items():
            if (name == "at" or name.endswith("_at")) and value is not None:
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)", str(value)), (kind, name)
    record = next(line for line in lines if line["kind"] == "record")
    assert "It is broken." in str(record["text"])
    [file] = record["attachments"] if isinstance(record["attachments"], list) else []
    assert set(file) >= {"filename", "content_type", "size", "sha256", "stored"}
    customer = next(line for line in lines if line["kind"] == "customer")
    assert record["checked"] == CHECKED
    assert customer["addresses"] == [{"channel": "mail", "value": "anna@customer.example", "verified": False}]


async def test_export_takes_what_is_asked_for(database: Database, database_url: str, tmp_path: Path) -> None:
    """--kind, --since and --customer narrow it, together and alone."""
    await _filled(tmp_path)

    async def exported(*options: str) -> list[dict[str, object]]:
        return _lines(await program(tmp_path, "export", *options, database_url=database_url))

    assert {line["kind"] for line in await exported("--kind", "request, case")} == {"request", "case"}
    assert [line["number"] for line in await exported("--kind", "request", "--since", "2026-11-25")] == ["R-1002"]
    late = (NOW + timedelta(days=1, seconds=1)).isoformat()
    assert await exported("--since", late) == []
    annas = await exported("--customer", "1")
    assert {line["kind"] for line in annas} >= {"customer", "request", "record", "case", "delivery"}
    assert {line["request"] for line in annas if "request" in line} == {"R-1001"}
    assert await exported("--customer", "99") == []


async def test_no_cell_of_a_csv_export_is_a_formula(database: Database, database_url: str, tmp_path: Path) -> None:
    """A customer's `=1+1` stays text in a spreadsheet; numbers stay numbers."""
    await _filled(tmp_path)
    for kind, name, cell in (("request", "subject", "'=1+1"), ("customer", "name", "'@SUM(A1)")):
        done = await program(tmp_path, "export", "--format", "csv", "--kind", kind, database_url=database_url)
        rows = list(csv.DictReader(io.StringIO(done.out)))
        assert set(FIELDS[kind].split()) <= set(rows[0])
        assert cell in [row[name] for row in rows]
        assert all(not value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


async def test_list_shows_the_requests_that_were_asked_for(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """By state, category and customer; newest first; nothing is said of nothing."""
    await _filled(tmp_path)
    category = (await CustomerRequest.get(id=1001)).category

    async def listed(*options: str) -> list[str]:
        done = await program(tmp_path, "list", *options, database_url=database_url)
        assert (done.code, done.err) == (0, "")
        return re.findall(r"R-\d+", done.out)

    assert await listed() == ["R-1002", "R-1001"]
    assert await listed("--status", "resolved") == ["R-1002"]
    assert "R-1001" in await listed("--category", category)
    assert await listed("--category", "nonsense") == []
    assert await listed("--customer", "1") == ["R-1001"]


async def test_show_prints_a_request_or_a_customer(database: Database, database_url: str, tmp_path: Path) -> None:
    """By the request's number or the customer's id, with all that was said."""
    await _filled(tmp_path)

    async def shown(name: str) -> Ended:
        return await program(tmp_path, "show", name, database_url=database_url)

    for name in ("R-1001", "r-1001", "1001"):
        text = (await shown(name)).out
        for told in (
            "R-1001",
            "4711-0815",
            "It is broken.",
            "We take it back.",
            "bill.pdf",
            "anna@customer.example",
            CHECKED,
        ):
            assert told in text, (name, told)
    customer = (await shown("1")).out
    assert "anna@customer.example (not verified)" in customer
    assert "R-1001" in customer
    nobody = await shown("R-9999")
    assert (nobody.code, nobody.out, nobody.err) == (1, "", "There is no R-9999.\n")


async def test_what_a_terminal_would_obey_is_not_printed(database: Database, database_url: str, tmp_path: Path) -> None:
    """A customer's escape sequences never reach the operator's terminal."""
    await Core(tmp_path).accept(
        letter(
            "bell \x07 and \x1b[2J clear", subject="\x1b]0;title\x07", sender=Sender("a@customer.example", "\x1b[31m")
        )
    )
    for command in (("show", "R-1001"), ("show", "1"), ("list",)):
        done = await program(tmp_path, *command, database_url=database_url)
        assert done.code == 0
        assert "\x1b" not in done.out
        assert "\x07" not in done.out


async def test_a_parked_message_is_listed_shown_and_replayed(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """Set aside whole, tried again once the fault is mended, and then gone from the list."""
    await parking.park("mail", "one", MAIL, ENVELOPE, "RuntimeError", NOW)
    settings = {"database_url": database_url, "mailboxes": "support@shop.example"}
    for command in (("parked",), ("parked", "list")):
        done = await program(tmp_path, *command, **settings)
        assert "RuntimeError" in done.out
        assert "2026-11-24 09:00" in done.out
    assert "Am I too late?" in (await program(tmp_path, "parked", "show", "1", **settings)).out
    nobody = await program(tmp_path, "parked", "show", "99", **settings)
    assert (nobody.code, nobody.err) == (1, "There is no parked message 99.\n")

    replayed = await program(tmp_path, "replay", "1", **settings)
    assert (replayed.code, replayed.out) == (0, "1: accepted\n")
    [record] = _lines(await program(tmp_path, "export", "--kind", "record", **settings))
    assert "Am I too late?" in str(record["text"])
    assert (await program(tmp_path, "parked", **settings)).out == "Nothing is parked.\n"
    again = await program(tmp_path, "replay", "1", **settings)
    assert again.code == 1
    assert "replayed before" in again.err
    assert (await program(tmp_path, "replay", "--all", **settings)).code == 0


async def test_what_still_cannot_be_handled_stays_parked(database: Database, database_url: str, tmp_path: Path) -> None:
    """Exit code 1, another attempt counted, and the others are replayed all the same."""
    await parking.park("mail", "broken", MAIL, {}, "RuntimeError", NOW)
    await parking.park("telegram", "other", b"{}", {}, "RuntimeError", NOW)
    await parking.park("mail", "whole", MAIL, ENVELOPE, "RuntimeError", NOW)
    settings = {"database_url": database_url, "mailboxes": "support@shop.example"}
    done = await program(tmp_path, "replay", "--all", **settings)
    assert done.code == 1
    assert "2 of 3 still cannot be handled" in done.err
    assert "channel telegram is not configured" in done.out
    assert "3: accepted" in done.out
    assert [(row.id, row.attempts) for row in await parking.waiting()] == [(1, 2), (2, 2)]
    assert (await Parked.get(id=1)).raw_content == MAIL


async def test_a_reader_who_has_seen_enough_causes_no_noise(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """`intake-bot export | head -1` is an ordinary thing to do."""
    for _ in range(5):
        await Core(tmp_path).accept(letter("word " * 50_000))
    process = await asyncio.create_subprocess_shell(
        f"{{ {sys.executable} -m bot export; echo $? >&2; }} | head -c 100",
        env=environment(tmp_path, database_url=database_url),
        stdout=-1,
        stderr=-1,
    )
    done = await ended(process)
    assert (len(done.out), done.err) == (100, "0\n")


def _read(terminal: int) -> bytes:
    """What is written on a terminal until its other end is closed."""
    shown = b""
    with suppress(OSError):  # Linux ends a terminal so
        while part := os.read(terminal, 4096):
            shown += part
    return shown


async def test_progress_is_shown_on_a_terminal_only(database: Database, database_url: str, tmp_path: Path) -> None:
    """A bar for people, clean lines for programs."""
    await _filled(tmp_path)
    ours, theirs = pty.openpty()
    reading = asyncio.create_task(asyncio.to_thread(_read, ours))
    try:
        process = await started(tmp_path, ["export"], {"database_url": database_url}, err=theirs)
    finally:
        os.close(theirs)
    done = await ended(process)
    shown = await reading
    os.close(ours)
    assert all(json.loads(line) for line in done.out.splitlines())
    assert b"customer" in shown
    assert (await program(tmp_path, "export", database_url=database_url)).err == ""


async def test_parse_needs_nothing_and_goes_on_after_a_file_it_cannot_read(tmp_path: Path) -> None:
    """A line a file, in order; a missing file, a folder and a name that is no text cost only their own line."""
    odd = os.fsdecode(b"\xff.eml")
    (tmp_path / odd).write_bytes(MAIL)
    done = await program(tmp_path, "parse", "missing.eml", str(tmp_path), odd, database_url="mysql://nonsense")
    missing, folder, read = (json.loads(line) for line in done.out.splitlines())
    assert missing == {"path": "missing.eml", "error": "No such file or directory"}
    assert set(folder) == {"path", "error"}
    assert read["error"] is None
    assert read["path"] == odd
    assert (done.code, done.err) == (0, "")


async def test_run_stops_at_once_when_told_to(tmp_path: Path) -> None:
    """SIGTERM, exit code 0 within ten seconds."""
    port = free_port()
    async with running(tmp_path, port) as process:
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        done = await ended(process)
        assert done.code == 0, done.err
        assert time.monotonic() - begun < 10
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass


def test_what_each_may_take_at_the_end_adds_up() -> None:
    """Leases are given back once the outbox has ended, and the database is closed after that: if one ate up what the
    next one needs, the program would be cut off by force and its leases would last.
    """
    assert outbox.STOP_WITHIN_S + duties.GIVE_BACK_WITHIN_S + 1 <= app.END_WITHIN_S
    assert max(channel.STOP_WITHIN, web.STOP_WITHIN_S) + 1 <= app.END_WITHIN_S < 10


async def test_a_second_run_on_the_same_data_is_refused(tmp_path: Path) -> None:
    """SQLite serves one process; the first goes on undisturbed."""
    port = free_port()
    async with running(tmp_path, port) as first:
        second = await program(tmp_path, "run", mailboxes="a@shop.example", smtp_listen=f"127.0.0.1:{free_port()}")
        assert second.code == 78
        assert "running" in second.err
        assert "PostgreSQL" in second.err
        assert first.returncode is None


async def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    """A sentence with the address, exit code 78."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        done = await program(tmp_path, "run", mailboxes="a@shop.example", smtp_listen=place)
    assert done.code == 78
    assert f"{place} cannot be listened on" in done.err


async def test_cases_are_listed_shown_and_found(database: Database, database_url: str, tmp_path: Path) -> None:
    """Those under way, those in one state; with the earlier case of the same piece; by any of its numbers."""
    core = Core(tmp_path)
    maria = await core.agent()
    for text in ("Hello, when do you open?", "Good morning, a question"):
        request = (await core.accept(letter(text))).request or 0
        await core.sorting.categorise(request, "repair", maria, core.now)
        await core.casework.set_fact(request, SERIAL, "KX00AB12", maria, core.now)
    await core.casework.step(1001, CaseStatus.REFUSED, maria, core.now, remark=Remark("late", "Sorry"))

    async def listed(*options: str) -> list[str]:
        done = await program(tmp_path, "list", *options, database_url=database_url)
        return re.findall(r"R-\d+", done.out)

    assert await listed("--case", "all") == ["R-1001", "R-1002"]
    assert await listed("--case", "refused") == ["R-1001"]
    assert await listed("--case", "done") == []
    assert (await program(tmp_path, "list", "--case", "open", database_url=database_url)).code == 2
    shown = (await program(tmp_path, "show", "R-1002", database_url=database_url)).out
    assert "after-sales case, incomplete" in shown
    assert "serial KX00AB12" in shown
    assert [row.id for row in await search.find("kx00ab12")] == [1002, 1001]


@pytest.mark.parametrize("command", ["run", "list", "migrate"])
async def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path, command: str) -> None:
    """A path below a file: a sentence with the path, exit code 78."""
    (tmp_path / "file").write_text("")
    done = await program(tmp_path, command, mailboxes="a@shop.example", data_dir=tmp_path / "file" / "data")
    assert done.code == 78
    assert str(tmp_path / "file" / "data") in done.err.splitlines()[-1]


@pytest.mark.parametrize("command", ["run", "list", "migrate", "replay --all"])
async def test_a_damaged_database_is_called_so_and_kept(tmp_path: Path, command: str) -> None:
    """Garbage in the place of the database: a sentence, exit code 78, and not a byte of it changed."""
    path = tmp_path / "data" / "intake.sqlite3"
    path.parent.mkdir()
    path.write_bytes(b"garbage" * 1000)
    done = await program(tmp_path, *command.split(), mailboxes="a@shop.example")
    assert done.code == 78
    assert f"{path} is damaged" in done.err
    assert path.read_bytes() == b"garbage" * 1000


async def test_a_folder_in_the_place_of_the_database_is_called_so(tmp_path: Path) -> None:
    """Nothing that stands there is a traceback."""
    (tmp_path / "data" / "intake.sqlite3").mkdir(parents=True)
    done = await program(tmp_path, "list")
    assert done.code == 78
    assert "cannot be opened: Is a directory" in done.err


@pytest.mark.parametrize("command", ["list", "migrate", "export", "replay --all"])
async def test_a_database_server_that_does_not_answer_is_a_sentence(tmp_path: Path, command: str) -> None:
    """It may come back: exit code 1, without the password."""
    url = f"postgres://intake:geheim@127.0.0.1:{free_port()}/intake"
    done = await program(tmp_path, *command.split(), mailboxes="a@shop.example", database_url=url)
    assert done.code == 1
    assert "does not answer" in done.err
    assert "geheim" not in done.err


async def test_a_database_that_the_server_does_not_have_is_a_sentence(postgres_server: str, tmp_path: Path) -> None:
    """A slip in the name is told as such."""
    done = await program(tmp_path, "list", database_url=f"{postgres_server}nowhere")
    assert done.code in (1, 78)
    assert "nowhere" in done.err
    assert len(done.err.splitlines()) == 1
