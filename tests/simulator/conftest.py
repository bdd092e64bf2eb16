"""A fresh simulator, a client of each kind that speaks to it, and the people of most of its tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from telegram import Bot

from bot.demo.groups import Group
from bot.demo.people import Person
from bot.demo.simulator import Simulator


@pytest_asyncio.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A Bot API of our own, on a port of its own."""
    async with Simulator() as simulator:
        yield simulator


@pytest_asyncio.fixture
async def ptb(sim: Simulator) -> AsyncIterator[Bot]:
    """python-telegram-bot as its client."""
    async with Bot(sim.token, base_url=sim.url + "/bot", base_file_url=sim.url + "/file/bot") as bot:
        yield bot


@pytest_asyncio.fixture
async def http(sim: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    """A bare client, for what no library would send."""
    async with httpx.AsyncClient(base_url=f"{sim.url}/bot{sim.token}", timeout=20) as client:
        yield client


@pytest.fixture
def desk(sim: Simulator) -> Group:
    """A forum."""
    return sim.forum("Support desk")


@pytest.fixture
def anna(sim: Simulator) -> Person:
    """Somebody who has opened a chat with the bot."""
    person = sim.person("Anna Schmidt", language_code="de")
    person.start()
    return person


@pytest.fixture
def agent(sim: Simulator, desk: Group) -> Person:
    """An administrator of the forum."""
    person = sim.person("Boris Agent")
    desk.add(person, "administrator")
    return person
