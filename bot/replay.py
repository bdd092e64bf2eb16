"""Try parked messages again: the same reading and accepting that the wires do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import Progress

from bot.app import App, assembled
from bot.commands import fitting
from bot.errors import StartError, Stopped
from bot.settings import Settings
from intake.apart.children import NoChildError
from intake.message import CannotRead
from storage import parking


async def replay(settings: Settings, ids: Sequence[int], console: Console) -> None:
    """Try parked messages again. Raises Stopped when some still cannot be handled."""
    errors = Console(stderr=True)
    async with assembled(settings) as app:
        await app.database.connect()
        await fitting(app.database)
        rows = [row for row in await parking.waiting() if not ids or row.id in ids]
        failed = 0
        with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
            for row in progress.track(rows, description="Replaying"):
                failed += not await _replay_one(app, row.id, console)
    missing = set(ids) - {row.id for row in rows}
    if missing:
        raise Stopped(f"Not parked, or replayed before: {', '.join(map(str, sorted(missing)))}.")
    if failed:
        raise Stopped(
            f"{failed} of {len(rows)} still cannot be handled. They stay parked, whole: intake-bot parked show ID."
        )
    if not rows:
        console.print("Nothing is parked.")


async def _replay_one(app: App, parked_id: int, console: Console) -> bool:
    row = await parking.parked(parked_id)
    if row is None:
        return False
    try:
        await app.replay(row.channel, row.raw_content or b"", row.envelope)
    except Exception as error:  # noqa: BLE001 - the message may fail at anything, which is why it was parked
        # Only our own sentences: a foreign error may hold a customer's words.
        reason = str(error) if isinstance(error, StartError | CannotRead | NoChildError) else type(error).__name__
        await parking.failed_again(parked_id, reason)
        console.print(f"{parked_id}: still parked: {reason}")
        return False
    await parking.replayed(parked_id, datetime.now(UTC))
    console.print(f"{parked_id}: accepted")
    return True
