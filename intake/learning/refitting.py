"""Have a model fitted in a process of its own, which may die of it: niced, limited, gone when we are."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import structlog

import intake
from intake.apart.children import ENVIRONMENT
from intake.apart.limits import NO_MEMORY, why_it_ended
from intake.learning.worker import LIMITS, Written
from intake.understanding.model.file import LARGEST, DamagedModel
from intake.understanding.model.model import Model

log = structlog.get_logger()

MODULE = "intake.learning.worker"
LATE_S = 10.0  # after its time is up it is dead
# One thread: it is to give way, not to hurry; and each thread of theirs reserves memory of its own.
# What is freed goes back to the machine at once, not when the process ends: it has freed much before it needs most.
FRUGAL = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_ARENA_MAX": "1"}
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}


class NotFitted(Exception):
    """No model came of it. The message is for the operator."""


class TooMuch(NotFitted):
    """There were more examples than it had memory for."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A new model as bytes, how it is made, and what was measured of it (`worker.work`)."""

    content: bytes
    backend: str
    scores: dict[str, float]


async def fitted(
    examples: AsyncIterator[list[Written]], in_use: bytes, known: float | None, kept: Path | None = None
) -> Fitted:
    """Fit a model to examples, which come in pages, and compare it with the one in use. Raises NotFitted.

    `known`: what was measured of the one in use when it was made. `kept`: where the embeddings are; None: without them.
    """
    process = await _started()
    try:
        async with asyncio.timeout(LIMITS.wall + LATE_S):
            reading = asyncio.create_task(_read(process))
            try:
                await _tell(process, head(known, kept), examples, in_use)
                out = await reading
            finally:
                reading.cancel()
            code = await process.wait()
    except TimeoutError as error:
        raise NotFitted("Fitting a model took too long.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code == NO_MEMORY:
        raise TooMuch("Fitting a model took more memory than it may have.")
    if code:
        raise NotFitted(f"Fitting a model failed: {why_it_ended(code, LIMITS)}.")
    return await asyncio.to_thread(checked, out)


async def _started() -> asyncio.subprocess.Process:
    root = str(Path(intake.__file__).parent.parent)
    kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", MODULE, str(os.getpid())),
            env={**kept, **ONE_THREAD, **FRUGAL, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # a traceback may hold a customer's words
            # Ctrl-C goes to all of a terminal's group.
            start_new_session=True,
        )
    except OSError as error:
        raise NotFitted(f"No process for fitting a model can be started ({type(error).__name__}).") from error


async def _tell(
    process: asyncio.subprocess.Process, first: str, examples: AsyncIterator[list[Written]], in_use: bytes
) -> None:
    """Page by page, so that nobody waits for us to write twenty thousand."""
    assert process.stdin is not None, "asked for"
    stdin = process.stdin
    # Who died has said why by his exit code.
    with contextlib.suppress(ConnectionError):
        stdin.write(first.encode())
        async for page in examples:
            stdin.write("".join(line(one) for one in page).encode())
            await stdin.drain()
        stdin.write(b"\n")
        stdin.write(in_use)
        await stdin.drain()
    stdin.close()


def head(known: float | None, kept: Path | None) -> str:
    """What the process is told of its work."""
    return json.dumps({"known": known, "embeddings": str(kept.absolute()) if kept is not None else None}) + "\n"


def line(one: Written) -> str:
    """An example as it is written to the process."""
    return json.dumps([one.text, one.label, one.language, one.weight, one.taught, one.fresh]) + "\n"


async def _read(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None, "asked for"
    out = bytearray()
    while piece := await process.stdout.read(1 << 16):
        out += piece
        if len(out) > LARGEST:
            process.kill()
            raise NotFitted("The fitted model is larger than a model may be.")
    return bytes(out)


def checked(out: bytes) -> Fitted:
    """What the process wrote, if it is a model: a version that nobody can load shall not be stored."""
    head, _, content = out.partition(b"\n")
    try:
        said = json.loads(head)
        backend = str(said.pop("backend"))
        Model.from_bytes(content)
    except (ValueError, KeyError, AttributeError, DamagedModel) as error:
        raise NotFitted("What came of fitting is no model.") from error
    return Fitted(content, backend, {str(name): float(value) for name, value in said.items()})
