"""Full and read-only disks: said before it is too late, refused for the time being, and healed by room alone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.load import Client, Letter, NotTakenError, letters
from bot.room import LEAST
from tests.faults.disks import Disks, disks
from tests.faults.ward import LARGE, Ward, ward

DISK_MIB = 192


@pytest.fixture
async def mounted(tmp_path: Path) -> AsyncIterator[Disks]:
    """Two disks: for the database, and for all else."""
    async with disks(DISK_MIB, tmp_path / "database", tmp_path / "data") as made:
        yield made


@pytest.fixture
async def patient(tmp_path: Path, mounted: Disks, sqlite_file: Path) -> AsyncIterator[Ward]:
    """The program on those disks, with SQLite."""
    shutil.copy(sqlite_file, mounted.seen(mounted.folders[0]) / "intake.sqlite3")
    async with ward(tmp_path, DATABASE_URL=f"sqlite://{tmp_path}/database/intake.sqlite3") as made:
        made.program.module = ("tests.faults.inside", str(mounted.pid), "bot")
        await made.program.start()
        await made.well()
        yield made


async def _all_there(patient: Ward, mounted: Disks, tmp_path: Path) -> None:
    """End it, and look at a copy of its disks: outside of the namespaces they are not to be seen."""
    await patient.settled()
    assert (await patient.program.terminate()).code == 0
    copy = tmp_path / "copy"
    for folder in mounted.folders:
        await asyncio.to_thread(shutil.copytree, mounted.seen(folder), copy / folder.name)
    patient.program.module = ("bot",)
    patient.program.data = copy / "data"
    patient.program.configure(
        {"DATABASE_URL": f"sqlite://{copy}/database/intake.sqlite3", "DATA_DIR": str(copy / "data")}
    )
    await patient.all_there()


@pytest.mark.parametrize("which", [pytest.param(0, id="database", marks=pytest.mark.long), pytest.param(1, id="files")])
async def test_a_disk_that_fills_is_told_before_it_is_full(
    patient: Ward, mounted: Disks, tmp_path: Path, which: int
) -> None:
    """Mail is put off while there is still room for what is on its way, and chats go on; room heals it."""
    folder = mounted.folders[which]
    mounted.fill(folder, leave=LEAST - (8 << 20))
    await patient.sick("MiB are left in")
    assert await patient.writes() in ("421", "451", "452")
    await patient.says()
    await patient.settled()
    mounted.free(folder)
    await patient.well()
    await _all_there(patient, mounted, tmp_path)


@pytest.mark.parametrize("which", [pytest.param(0, id="database"), pytest.param(1, id="files", marks=pytest.mark.long)])
async def test_a_full_disk_stores_nothing_by_halves(patient: Ward, mounted: Disks, tmp_path: Path, which: int) -> None:
    """A mail whose bytes come when the disk is full is put off, a chat's update comes again; then all is there once."""
    folder = mounted.folders[which]
    [letter] = letters(1, 99, text=600, every=1, attachment=20 * LARGE)
    patient.letters.append(letter)
    client = await Client.connected(patient.program.port)
    await client.begin(letter)
    mounted.fill(folder)
    with pytest.raises(NotTakenError, match=r"^451"):
        await _finished(client, letter)
    await patient.says()
    await patient.sick("MiB are left in")
    mounted.free(folder)
    await patient.well()
    assert await patient.hands_in(letter) == "250"
    await _all_there(patient, mounted, tmp_path)


@pytest.mark.long
async def test_attachments_that_cannot_be_written_are_told(patient: Ward, mounted: Disks, tmp_path: Path) -> None:
    """The folder is read-only for a while: red with the reason, mail put off, chats go on."""
    folder = mounted.folders[1]
    await mounted.remount(folder, "ro")
    await patient.sick("cannot be written")
    assert (await patient.writes(large=True))[:1] == "4"
    await patient.says()
    await patient.settled()
    await mounted.remount(folder, "rw")
    await patient.well()
    await _all_there(patient, mounted, tmp_path)


async def _finished(client: Client, letter: Letter) -> None:
    try:
        await client.write(letter.on_the_wire)
        await client.taken()
    finally:
        client.close()
