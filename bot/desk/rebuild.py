"""`intake-bot desk rebuild`: make lost topics again, by the service when it runs, else by ourselves."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from rich.console import Console
from rich.progress import Progress

from bot.app import App, assembled
from bot.commands import fitting
from bot.core import house, words
from bot.errors import StartError, Stopped
from bot.one_process import only_one
from bot.settings import Settings
from intake.outbox import Outbox
from intake.outgoing import jobs
from storage import desks, requests, topics
from storage.kinds import request_number
from storage.transaction import transaction

LOOK_EVERY_S = 0.25
CONNECT_WITHIN_S = 30.0


async def rebuild(settings: Settings, ids: Sequence[int], console: Console) -> None:
    """Make the topics of these requests again where they are lost; without ids those of all open requests.

    Raises Stopped when it cannot be done now, StartError when there is no desk.
    """
    if not settings.telegram_on or settings.desk_chat_id is None:
        raise StartError("There is no desk: set INTAKE_TELEGRAM_TOKEN and INTAKE_DESK_CHAT_ID.")
    async with assembled(settings) as app:
        await app.database.connect()
        await fitting(app.database)
        wanted = list(ids) or await desks.open_requests()
        for number in ids:
            if await requests.request_with_customer(number) is None:
                raise Stopped(f"There is no {request_number(number)}.")
        bot, desk = _bot(settings), str(settings.desk_chat_id)
        before = await topics.threads(bot, await desks.now_at(bot, desk))
        async with _somebody_at_work(settings, app):
            for number in wanted:
                await transaction(partial(jobs.rebuild, number, datetime.now(UTC)))
            await _done(wanted, bot, desk)
        after = await topics.threads(bot, await desks.now_at(bot, desk))
    for number in wanted:
        console.print(f"{request_number(number)}: {_outcome(number, before, after)}")
    if not wanted:
        console.print("No request is open.")


def _bot(settings: Settings) -> str:
    return settings.telegram_token.get_secret_value().partition(":")[0]


def _outcome(number: int, before: Mapping[int, str], after: Mapping[int, str]) -> str:
    if number not in after:
        return "its topic could not be made; intake-bot export --kind delivery says why"
    if number not in before:
        return "its topic is made"
    return "its topic was there" if before[number] == after[number] else "its topic is made again"


async def _done(wanted: Sequence[int], bot: str, desk: str) -> None:
    """Wait until nobody has anything left to do. Raises Stopped when the desk is in trouble: the jobs wait then."""
    errors = Console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("topics", total=len(wanted))
        while left := await desks.rebuilding(wanted):
            progress.update(task, completed=len(wanted) - left)
            trouble = await desks.trouble_of(bot, await desks.now_at(bot, desk))
            if trouble is not None and await desks.put_off(wanted):
                raise Stopped(f"{trouble} The topics follow by themselves when that is mended and the service runs.")
            await asyncio.sleep(LOOK_EVERY_S)


@asynccontextmanager
async def _somebody_at_work(settings: Settings, app: App) -> AsyncIterator[None]:
    """The service, if it runs on this SQLite file; else we do the desk's work, and no other."""
    try:
        with only_one(settings):
            async with _ourselves(settings, app):
                yield
    except StartError as error:
        if not isinstance(error.__cause__, BlockingIOError):
            raise
        yield


@asynccontextmanager
async def _ourselves(settings: Settings, app: App) -> AsyncIterator[None]:
    telegram = app.telegram
    if telegram is None or telegram.health is None:
        raise StartError("There is no desk.")
    try:
        async with asyncio.timeout(CONNECT_WITHIN_S):
            await telegram.wire.connect()
    except TimeoutError as error:
        raise Stopped("Telegram cannot be reached, or refuses the token; intake-bot check says more.") from error
    await telegram.health.follow()
    # On PostgreSQL the service may be running: then it is the one that sends, and does the work.
    on_duty = asyncio.create_task(app.duties.run())
    read = words(settings)
    outbox = Outbox(
        house(settings, read),
        {"desk": app.channels["desk"]},
        {},
        read.files,
        f"rebuild:{os.getpid()}",
        alone=False,  # what the service left unfinished is the service's to judge
    )
    working = asyncio.create_task(outbox.run())
    try:
        yield
    finally:
        working.cancel()
        await asyncio.wait([working])
        on_duty.cancel()
        await asyncio.wait([on_duty])
