"""One running program for all hostile tests of a module, on SQLite; SMTP and LMTP on ports of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bench.load import MAILBOX
from tests.hostile.witness import wait_until_open
from tests.ports import free_port
from tests.process import Process

OTHER_MAILBOX = "returns@shop.example"


class Target(Process):
    """The program that is attacked; `lmtp_port` beside its `port` for SMTP."""

    lmtp_port: int = 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def program(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    """`intake-bot run`, alive before and after. Tests of it run in the module's loop (`loop_scope="module"`).

    Nothing leaves it: no relay is set, and no sender is checked.
    """
    lmtp_port, folder = free_port(), tmp_path_factory.mktemp("hostile")
    settings = {
        "DATABASE_URL": f"sqlite://{folder / 'intake.sqlite3'}",
        "MAILBOXES": f"{MAILBOX},{OTHER_MAILBOX}",
        "MAIL_AUTH": "off",
        "LMTP_LISTEN": f"127.0.0.1:{lmtp_port}",
        "ACKS_PER_SENDER_PER_DAY": "0",
        "ACKS_PER_HOUR": "0",
        "REQUESTS_PER_SENDER_PER_HOUR": "0",
        "TOPICS_PER_HOUR": "0",
        "LOG_FORMAT": "json",
    }
    async with Target(folder, settings) as target:
        target.lmtp_port = lmtp_port
        await target.start()
        # It listens before it has loaded everything; the first mail waits for that, and it is nobody's attack.
        await wait_until_open(target.port)
        yield target
        stopped = await target.terminate()
        assert stopped.code == 0, target.log_end()
        assert "Traceback" not in target.log
