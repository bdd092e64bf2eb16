"""A mail server that hands mails in to us: a queue, several connections, again after 4xx and after lost answers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.chaos.letters import Letter

CONNECTIONS = 6
PATIENCE_S = 30.0  # for an answer
AGAIN_S = (0.05, 0.4)  # a real one waits for minutes
REUSED = 0.6  # how likely a connection is kept for the next mail
HANGS_UP = 0.04  # how likely it loses the answer itself, after the final dot
GIVES_UP_IN_THE_MIDDLE = 0.03

AtDot = Callable[[int, Letter], Awaitable[None]]  # the final dot has left to this process, no answer has been read


class Away(Exception):
    """No answer: the server is not there, or the connection has ended."""


@dataclass(slots=True)
class Line:
    """One SMTP connection to one of the processes."""

    process: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, line: str) -> str:
        await self.write(line.encode() + b"\r\n")
        return await self.hear()

    async def write(self, content: bytes) -> None:
        try:
            self.writer.write(content)
            await self.writer.drain()
        except OSError as error:
            raise Away(type(error).__name__) from error

    async def hear(self) -> str:
        """The last line of the next answer. Raises Away."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    line = await self.reader.readline()
                    if not line.endswith(b"\n"):
                        raise Away("the server hung up")
                    if line[3:4] != b"-":
                        return line.decode("ascii", "replace").strip()
        except (OSError, TimeoutError) as error:
            raise Away(type(error).__name__) from error

    def hang_up(self) -> None:
        self.writer.close()
        self.writer.transport.abort()


class Office:
    """Takes mails and does not rest until each has its 250, or has been refused for good."""

    def __init__(
        self, ports: Sequence[int], at_dot: AtDot, tell: Callable[[str], None], dice: Random, *, troubled: bool = True
    ) -> None:
        """`ports`: of the processes; each takes mail for all, as the hosts of an MX record do."""
        self.accepted = asyncio.Event()  # something has changed
        self.troubled = troubled
        self._ports = ports
        self._at_dot = at_dot
        self._tell = tell
        self._dice = dice
        self._waiting: asyncio.Queue[Letter] = asyncio.Queue()
        self._unfinished = 0

    @property
    def unfinished(self) -> int:
        """How many mails it has that are not handed in."""
        return self._unfinished

    def post(self, letter: Letter) -> None:
        self._unfinished += 1
        self._waiting.put_nowait(letter)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(CONNECTIONS):
                tasks.create_task(self._hand_in())

    async def _hand_in(self) -> None:
        line: Line | None = None
        try:
            while True:
                letter = await self._waiting.get()
                answer = ""
                while answer[:1] not in ("2", "5"):
                    line, answer = await self._try(line, letter)
                self._unfinished -= 1
                self.accepted.set()
        finally:
            if line is not None:
                line.hang_up()

    async def _try(self, line: Line | None, letter: Letter) -> tuple[Line | None, str]:
        """One attempt. Gives the connection, if it is kept, and the answer; empty when there was none."""
        try:
            line = line or await self._connected()
            answer = await self._transaction(line, letter)
            await self._heard(letter, answer)
        except Away as error:
            self._tell(f"    mail {letter.token} → no answer: {error}")
            if line is not None:
                line.hang_up()
            await self._rest()
            return None, ""
        if answer[:1] != "2" or self._dice.random() > REUSED:
            with contextlib.suppress(Away):
                await line.write(b"QUIT\r\n")
            line.writer.close()
            return None, answer
        return line, answer

    async def _heard(self, letter: Letter, answer: str) -> None:
        self._tell(f"    mail {letter.token} → {answer}")
        if answer[:1] == "2":
            letter.taken += 1
        elif answer[:1] == "5":
            letter.refusals.append(answer)
        else:
            await self._rest()

    async def _transaction(self, line: Line, letter: Letter) -> str:
        """Hand a mail in. Gives the first answer that is not what was hoped for, or the last one. Raises Away."""
        commands = [f"MAIL FROM:<{letter.sender}>", *(f"RCPT TO:<{one}>" for one in letter.recipients), "DATA"]
        for command in commands:
            answer = await line.say(command)
            if answer[:1] not in ("2", "3"):
                return answer
        content = letter.on_the_wire
        if self.troubled and self._dice.random() < GIVES_UP_IN_THE_MIDDLE:
            await line.write(content[: len(content) // 2])
            raise Away("our own connection broke in the middle of the mail")
        await line.write(content)
        letter.dots += 1
        await self._at_dot(line.process, letter)
        if self.troubled and self._dice.random() < HANGS_UP:
            raise Away("our own connection broke after the final dot")
        return await line.hear()

    async def _connected(self) -> Line:
        process = self._dice.randrange(len(self._ports))
        try:
            line = Line(process, *await asyncio.open_connection("127.0.0.1", self._ports[process]))
        except OSError as error:
            raise Away(f"process {process} is not there") from error
        try:
            greeting = await line.hear()
            if not greeting.startswith("220"):
                raise Away(greeting)
            await line.say("EHLO mx.customer.example")
        except BaseException:
            line.hang_up()
            raise
        return line

    async def _rest(self) -> None:
        await asyncio.sleep(self._dice.uniform(*AGAIN_S))
