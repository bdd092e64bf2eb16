"""The commands of docs/backup.md, run as they stand there, bring back all that was stored before the backup."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.load import MAILBOX, Letter, hand_in, letters
from tests.postgres import _binary
from tests.process import ROOT, Process

PAGE = (ROOT / "docs" / "backup.md").read_text()
BEFORE, DURING = 6, 20


@pytest.mark.parametrize("kind", ["SQLite", pytest.param("PostgreSQL", marks=pytest.mark.long)])
async def test_a_backup_made_under_way_is_restored(tmp_path: Path, fresh_url: Callable[[str], str], kind: str) -> None:
    """No row without its file, nothing lost that was taken before; the restored program goes on."""
    shell = _shell(tmp_path, kind)
    url = f"sqlite://{tmp_path}/data/intake.sqlite3" if kind == "SQLite" else fresh_url("postgres")
    # Half of the mails are larger than what a row holds: they and their attachments are files.
    mails = list(letters(BEFORE + DURING, 11, text=600, every=2, attachment=90_000))
    async with Process(tmp_path, {"DATABASE_URL": url, "MAILBOXES": MAILBOX, "MAIL_AUTH": "off"}) as program:
        await program.start()
        await _taken(program, mails[:BEFORE])
        taking = asyncio.create_task(_taken(program, mails[BEFORE:]))
        await _run(tmp_path, shell, f"{kind}: back up", url)
        await taking
        await program.kill()
        shutil.move(tmp_path / "data", tmp_path / "data.broken")
        if kind == "PostgreSQL":
            url = await _empty(url, shell, tmp_path)
            program.configure({"DATABASE_URL": url})
        await _run(tmp_path, shell, f"{kind}: restore", url)
        await program.start()
        stored = (await program.export("record"))["record"]
        there = {record["message_id"] for record in stored}
        assert {mail.message_id for mail in mails[:BEFORE]} <= there
        for file in (file for record in stored for file in record["attachments"]):
            name = file["sha256"]
            assert (program.data / "files" / name[:2] / name[2:]).stat().st_size == file["size"]
        await _taken(program, mails)
        stored = (await program.export("record"))["record"]
        assert sorted(record["message_id"] for record in stored) == sorted(mail.message_id for mail in mails)


async def _taken(program: Process, mails: list[Letter]) -> None:
    for mail in mails:
        await hand_in(program.port, mail)


def _shell(folder: Path, kind: str) -> dict[str, str]:
    """What the commands find: `intake-bot`, and the database's own tools."""
    tools = folder / "bin"
    tools.mkdir()
    command = tools / "intake-bot"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bot "$@"\n')
    command.chmod(0o755)
    path = [str(tools), os.environ["PATH"]]
    if kind == "PostgreSQL":
        path.insert(0, str(_binary("pg_dump").parent))
    elif shutil.which("sqlite3") is None:
        pytest.skip("sqlite3, the command line of SQLite, is not installed")
    return {"PATH": os.pathsep.join(path), "PYTHONPATH": str(ROOT)}


async def _run(folder: Path, shell: dict[str, str], heading: str, url: str) -> None:
    """Run the block of commands below a heading."""
    section = PAGE.partition(f"## {heading}\n")[2]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert block is not None, heading
    settings = {
        "INTAKE_DATABASE_URL": url,
        "INTAKE_MAILBOXES": MAILBOX,
        "INTAKE_SMTP_LISTEN": "",
        "INTAKE_MAIL_AUTH": "off",
    }
    await _sh(folder, shell | settings, block[1])


async def _empty(url: str, shell: dict[str, str], folder: Path) -> str:
    server, _, name = url.rpartition("/")
    await _sh(folder, shell, f'psql "{server}/postgres" -qc "CREATE DATABASE {name}_restored"')
    return f"{server}/{name}_restored"


async def _sh(folder: Path, environment: dict[str, str], commands: str) -> None:
    child = await asyncio.create_subprocess_exec(
        *("sh", "-e", "-c", commands),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await child.communicate()
    assert child.returncode == 0, out.decode()
