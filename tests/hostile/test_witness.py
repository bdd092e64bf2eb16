"""The good client sees what it is there to see; a witness that sees nothing would prove nothing."""

from __future__ import annotations

import asyncio

import pytest

from bench.load import NotTakenError
from tests.hostile.conftest import Target
from tests.hostile.cost import cost
from tests.hostile.witness import served_meanwhile
from tests.smtp_client import Inside, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
OURS = ("support@shop.example",)


async def test_in_peace_a_good_client_is_served(program: Target) -> None:
    """Again and again, each within a second, at a cost that is no surprise."""
    with cost(program) as spent:
        async with served_meanwhile(program.port) as witness:
            await witness.sees(3)
    assert witness.served >= 5
    assert 0 < witness.slowest < 1
    assert 0 < spent.cpu_s < 5
    assert spent.before_mib <= spent.peak_mib < 400


async def test_a_server_that_keeps_a_good_client_waiting_is_found_out() -> None:
    """One second too long is told, with how long it was."""
    inside = Inside()
    async with serving(inside, mailboxes=OURS) as server:
        watched = served_meanwhile(server.port, within_s=0.2)
        await watched.__aenter__()
        inside.open.clear()
        await inside.until(lambda: inside.begun > len(inside.mails))
        await asyncio.sleep(0.3)
        inside.open.set()
        with pytest.raises(AssertionError, match=r"a good client waited 0\.\d+ s"):
            await watched.__aexit__(None, None, None)


async def test_a_server_that_refuses_a_good_client_is_found_out() -> None:
    """What it said instead of 250 is told."""
    inside = Inside()
    async with serving(inside, mailboxes=OURS) as server:
        with pytest.raises(NotTakenError, match=r"451 4\.3\.0"):
            async with served_meanwhile(server.port):
                inside.error = OSError("disk full")
