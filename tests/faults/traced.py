"""What the running program asks of the kernel, in order, by strace; and calls that fail because strace says so."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

CALLS = "fdatasync,fsync,sendto,rename"
_LINE = re.compile(r"^(?P<pid>\d+) +(?:<\.\.\. (?P<resumed>\w+) resumed>|(?P<call>\w+)\()(?P<rest>.*)$")
_RETURNED = re.compile(r"\) += ")
_UNFINISHED = " <unfinished ...>"


@dataclass(frozen=True, slots=True)
class Call:
    """A call that returned. `words` as strace shows them, with the paths of files."""

    name: str
    words: str


class Trace:
    """strace on one process, writing into a file."""

    def __init__(self, child: asyncio.subprocess.Process, file: Path) -> None:
        self._child = child
        self._file = file

    async def calls(self) -> list[Call]:
        """End the tracing; gives what was called, in the order in which it returned."""
        await self.end()
        begun: dict[str, str] = {}
        found = []
        for line in self._file.read_text(errors="replace").splitlines():
            match = _LINE.match(line)
            if match is None:
                continue
            pid, rest = match["pid"], match["rest"]
            if rest.endswith(_UNFINISHED):
                begun[pid] = rest.removesuffix(_UNFINISHED)
            else:
                words = _RETURNED.sub(") = ", begun.pop(pid, "") + rest)
                found.append(Call(match["call"] or match["resumed"], words))
        return found

    async def end(self) -> None:
        if self._child.returncode is None:
            self._child.send_signal(signal.SIGINT)
            await self._child.wait()


@asynccontextmanager
async def traced(pid: int, file: Path, inject: str = "") -> AsyncIterator[Trace]:
    """Trace a process. `inject`: calls that fail meanwhile, as strace names them."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    what = ["-e", f"trace={CALLS}", *(["-e", f"inject={inject}"] if inject else [])]
    child = await asyncio.create_subprocess_exec(
        *("strace", "-f", "-y", "-s", "64", "-o", str(file), *what, "-p", str(pid)), stderr=asyncio.subprocess.PIPE
    )
    assert child.stderr is not None
    said = (await child.stderr.readline()).decode()
    if "attached" not in said:
        pytest.skip(f"strace may not watch here: {said}")
    trace = Trace(child, file)
    try:
        yield trace
    finally:
        await trace.end()
