"""The program's side of work that is done apart: asks the mother for a child, talks with it, hears how it ended."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import structlog

import intake
from intake.apart.end import FAILED, LENGTH
from intake.apart.limits import Limits, why_it_ended
from intake.apart.mother import READY, STATUS
from intake.message import CannotRead

log = structlog.get_logger()

START_WITHIN_S = 60.0
LATE_S = 5.0  # after its time is up a child is dead; if not, it is its mother that fails
TURNS = 2  # children that work at the same time, each while it is quick
BUFFER = 1 << 20  # bytes
QUICK_S = 1.0  # after that the next one begins all the same
MOST = 8  # children at once, of which all but the quick ones are about to be stopped
# What another process of ours needs of our environment. No secret lies in any of these.
ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "LD_PRELOAD", "PYTHONHOME")


class NoChildError(OSError):
    """There is no child for the work at present: a failure of the machine, not of what was to be read."""


class Child:
    """The program's end of the connection to one child."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, piece: bytes) -> None:
        self._writer.write(len(piece).to_bytes(LENGTH, "big"))
        # By and by: what the socket does not take at once is copied.
        for start in range(0, len(piece), BUFFER):
            self._writer.write(piece[start : start + BUFFER])
            await self._writer.drain()

    async def receive(self) -> bytes:
        """The next piece. Raises CannotRead when the work failed, and what only `Children` understands if it died."""
        head = await self._reader.readexactly(1 + LENGTH)
        piece = await self._reader.readexactly(int.from_bytes(head[1:], "big"))
        if head[:1] == FAILED:
            raise CannotRead(piece.decode("ascii", "replace"))
        return piece


class Children:
    """Children for one kind of work. Their mother is started when she is first needed, and again when she died."""

    def __init__(self, module: str, setting: bytes, limits: Limits) -> None:
        """`module`: run with `-m`, it serves as mother (intake/apart/mother.py). `setting` is the first she hears."""
        self._module = module
        self._setting = setting
        self._limits = limits
        self._mother: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None
        self._starting = asyncio.Lock()
        self._turns = asyncio.Semaphore(TURNS)
        self._places = Places(MOST)

    @property
    def pid(self) -> int | None:
        """The mother's, while she lives."""
        return self._mother.pid if self._mother is not None and self._mother.returncode is None else None

    async def start(self) -> None:
        """See to it that there is a mother. Raises NoChildError."""
        async with self._starting:
            if self.pid is None:
                await self.close()
                try:
                    async with asyncio.timeout(START_WITHIN_S):
                        await self._start()
                except (OSError, TimeoutError) as error:
                    await self.close()
                    log.error("no process for reading apart", error=type(error).__name__)
                    raise NoChildError("No process for reading apart can be started.") from error

    async def close(self) -> None:
        """Let the mother go, and with her all of her children."""
        control, self._control = self._control, None
        mother, self._mother = self._mother, None
        if control is not None:
            control.close()
        if mother is not None:
            if mother.returncode is None:
                mother.kill()
            await mother.wait()

    @asynccontextmanager
    async def child(self, of: str = "") -> AsyncIterator[Child]:
        """A child for one piece of work. Raises CannotRead when it dies of it, NoChildError when there is none.

        `of`: whose the work is, see `Places`.
        """
        async with self._places.one(of), _turn(self._turns):
            await self.start()
            connection, told = self._asked()
            try:
                reader, writer = await asyncio.open_connection(sock=connection, limit=BUFFER)
                try:
                    async with asyncio.timeout(self._limits.wall + LATE_S):
                        yield Child(reader, writer)
                except (EOFError, ConnectionError) as error:
                    raise await self._end(told) from error
                except TimeoutError as error:
                    await self.close()
                    raise NoChildError("The processes for reading apart do not answer.") from error
                finally:
                    writer.close()
                    with contextlib.suppress(ConnectionError):
                        await writer.wait_closed()
            finally:
                os.close(told)

    async def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            root = str(Path(intake.__file__).parent.parent)
            kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
            path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
            self._mother = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self._module, str(theirs.fileno()), str(os.getpid())),
                pass_fds=(theirs.fileno(),),
                env={**kept, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                # Ctrl-C goes to all of a terminal's group; who is reading is to finish.
                start_new_session=True,
            )
        loop = asyncio.get_running_loop()
        self._control.setblocking(False)
        limits = json.dumps(asdict(self._limits)).encode()
        for piece in (limits, self._setting):
            await loop.sock_sendall(self._control, len(piece).to_bytes(LENGTH, "big") + piece)
        if await loop.sock_recv(self._control, 1) != READY:
            raise NoChildError("The process for reading apart has ended.")

    def _asked(self) -> tuple[socket.socket, int]:
        """The connection to a new child, and the handle from which its end is read. Raises NoChildError."""
        assert self._control is not None, "asked before start"
        ours, theirs = socket.socketpair()
        told, tells = os.pipe()
        try:
            socket.send_fds(self._control, [b"c"], [theirs.fileno(), tells])
        except OSError as error:
            ours.close()
            os.close(told)
            raise NoChildError("The process for reading apart does not answer.") from error
        finally:
            theirs.close()
            os.close(tells)
        return ours, told

    async def _end(self, told: int) -> Exception:
        """What became of a child whose connection has ended."""
        status = await asyncio.to_thread(os.read, told, STATUS)
        if not status:
            # Nobody was there to hear its last words: its mother died too, or there was no child.
            return NoChildError("The process for reading apart has ended.")
        return CannotRead(why_it_ended(int.from_bytes(status, "big", signed=True), self._limits))


class Places:
    """Shared out: who has many gets another only while many are free, so that one who fills his leaves some."""

    def __init__(self, most: int) -> None:
        self.free = most
        self._held: Counter[str] = Counter()
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def one(self, of: str) -> AsyncIterator[None]:
        """Wait for a place and have it. `of`: whose it is; empty: of nobody who must be held to a share."""
        asked = of, asyncio.get_running_loop().create_future()
        self._waiting.append(asked)
        self._share_out()
        try:
            await asked[1]
            yield
        finally:
            if asked in self._waiting:
                self._waiting.remove(asked)
            else:
                self.free += 1
                self._held[of] -= 1
                if not self._held[of]:
                    del self._held[of]
            self._share_out()

    def _share_out(self) -> None:
        """To those who have waited longest, but for those who have their share."""
        for asked in list(self._waiting):
            of, place = asked
            if self.free > (2 * self._held[of] if of else 0) and not place.cancelled():
                self._waiting.remove(asked)
                self.free -= 1
                self._held[of] += 1
                place.set_result(None)


@asynccontextmanager
async def _turn(turns: asyncio.Semaphore) -> AsyncIterator[None]:
    """A turn, given back early when it takes long: what stalls keeps nobody waiting for more than a moment."""
    given_back = False

    def give_back() -> None:
        nonlocal given_back
        if not given_back:
            given_back = True
            turns.release()

    await turns.acquire()
    early = asyncio.get_running_loop().call_later(QUICK_S, give_back)
    try:
        yield
    finally:
        early.cancel()
        give_back()
