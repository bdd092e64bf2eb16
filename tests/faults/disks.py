"""Small disks in memory, in namespaces of their own: they can be filled, freed and made read-only without rights."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

NAMESPACES = ("unshare", "--user", "--map-root-user", "--mount")
PIECE = 1 << 20


class Disks:
    """Mounted in the namespaces of the process `pid`; outside of them the folders are empty."""

    def __init__(self, pid: int, folders: Sequence[Path]) -> None:
        self.pid = pid
        self.folders = tuple(folders)

    def seen(self, folder: Path) -> Path:
        """The path by which a folder's disk is seen from outside."""
        return Path(f"/proc/{self.pid}/root") / folder.relative_to("/")

    def fill(self, folder: Path, *, leave: int = 0) -> None:
        """Until no more than `leave` bytes are free."""
        with (self.seen(folder) / "ballast").open("ab", buffering=0) as ballast, suppress(OSError):
            while (free := shutil.disk_usage(self.seen(folder)).free) > leave:
                ballast.write(bytes(min(PIECE, free - leave)))

    def free(self, folder: Path) -> None:
        (self.seen(folder) / "ballast").unlink()

    async def remount(self, folder: Path, options: str) -> None:
        enter = ["nsenter", "-t", str(self.pid), "-U", "-m", "--preserve-credentials"]
        done = await asyncio.create_subprocess_exec(*enter, "mount", "-o", f"remount,{options}", str(folder))
        assert await done.wait() == 0


@asynccontextmanager
async def disks(mib: int, *folders: Path) -> AsyncIterator[Disks]:
    """One disk of so many MiB for each of these folders. Skips the test where that is not possible."""
    for tool in ("unshare", "nsenter", "mount"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed; it is in util-linux")
    if (await asyncio.to_thread(subprocess.run, [*NAMESPACES, "true"], capture_output=True)).returncode:
        pytest.skip("this machine allows no user namespaces: sysctl kernel.unprivileged_userns_clone=1")
    mounts = " && ".join(f"mount -t tmpfs -o size={mib}m,mode=700 none '{folder}'" for folder in folders)
    for folder in folders:
        folder.mkdir(parents=True)
    keeper = await asyncio.create_subprocess_exec(
        *(*NAMESPACES, "sh", "-c", f"{mounts} && echo mounted && exec cat"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert keeper.stdout is not None
        assert await keeper.stdout.readline() == b"mounted\n"
        yield Disks(keeper.pid, folders)
    finally:
        keeper.kill()
        await keeper.wait()
