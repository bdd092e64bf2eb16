"""Each hostile conversation is answered as it must be, costs little, and keeps no good client waiting."""

from __future__ import annotations

import asyncio
import contextlib
import itertools

import pytest

from storage.models import CommunicationRecord
from tests.hostile.conftest import Target
from tests.hostile.cost import cost
from tests.hostile.dialogs import Dialog, dialogs
from tests.hostile.witness import served_meanwhile
from tests.smtp_client import Client

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST_CPU_S = 1.0  # the good client's mails with it
MOST_MIB = 150.0  # more than before: the biggest mail, and it once more while it is put together
ALL = tuple(dialogs())
_numbers = itertools.count(1)


@pytest.mark.parametrize("dialog", ALL, ids=[dialog.name for dialog in ALL])
async def test_a_hostile_dialog_is_answered_as_it_must_be(program: Target, dialog: Dialog) -> None:
    """The codes, no more and no fewer; what is stored of it; within a second of CPU; the good client served."""
    mark = f"dialog{next(_numbers):04}mark"
    with cost(program) as spent:
        async with served_meanwhile(program.port):
            heard = await played(program, dialog.marked(mark))
    assert heard == [codes.split() for _, codes in dialog.turns]
    async with program.database():
        assert await CommunicationRecord.filter(text__contains=mark).count() == dialog.stored
    assert spent.cpu_s < MOST_CPU_S
    assert spent.grew_mib < MOST_MIB


async def played(program: Target, dialog: Dialog) -> list[list[str]]:
    """Say all of it and hear the answers to each turn; then the server must be there still, or be gone, as expected."""
    port = program.lmtp_port if dialog.lmtp else program.port
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    client = Client(reader, writer)
    try:
        assert (await client.hear()).startswith("220 ")
        heard = []
        for said, codes in dialog.turns:
            writing = asyncio.create_task(_write(writer, said))
            heard.append([(await _hear(client))[:3] for _ in codes.split()])
            await writing
        if dialog.closed:
            assert await _hear(client) == ""
        else:
            assert (await client.exchange(b"NOOP\r\n"))[:3] == "250"
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
    return heard


async def _write(writer: asyncio.StreamWriter, said: bytes) -> None:
    # Who is hung up on cannot say all that he wanted to.
    with contextlib.suppress(ConnectionError):
        writer.write(said)
        await writer.drain()


async def _hear(client: Client) -> str:
    """The next answer, a sentence with a code; empty when the server hung up."""
    try:
        answer = await client.hear()
    except ConnectionError:
        return ""
    assert "Error" not in answer
    assert answer.isascii()
    return answer
