"""What a refit brings and costs: a model with the extra `semantic`, the time of that, and the program's memory."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from bench.intake import Run
from bench.labelled import TRAIN, read
from bench.load import MAILBOX, letters
from intake.learning import refitting
from intake.learning.learner import TAUGHT_WEIGHT
from intake.learning.textbook import textbook
from intake.learning.worker import Written
from intake.understanding.categories import Categories
from intake.understanding.model.builtin import PRECISION, examples
from intake.understanding.model.model import Model, builtin
from intake.understanding.model.training import fit
from storage.models import CommunicationRecord, CustomerRequest, Label, ModelVersion
from tests.process import Process

SIZES = (300, 1_400, 10_000)
TEXT = 1024  # bytes of a mail
LABELS = 40
LEARNED_WITHIN_S = 120.0


def with_meaning() -> Model | None:
    """The model that a first refit makes where the extra `semantic` is installed; None where it is not, or no help."""
    model = fit(examples(), target_precision=PRECISION, embeddings=True).model
    return model if "e5" in model.backend else None


def refit(size: int) -> dict[str, float | None]:
    """A first refit to `size` labels as the program does it: with all that the categories begin with, and compared.
    All CPU seconds of the worker, MiB."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.refitting", str(size)], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout)
    return {str(name): float(value) for name, value in found.items()}


async def memory() -> dict[str, float | None]:
    """The program's memory in MiB: after its start, after a few mails, and at most, with
    its worker, while it learns from labels."""
    with tempfile.TemporaryDirectory(prefix="understanding-") as name:
        folder = Path(name)
        settings = {
            "MAILBOXES": MAILBOX,
            "MAIL_AUTH": "off",
            "REQUESTS_PER_SENDER_PER_HOUR": "0",
            "EMBEDDINGS": "off",  # the extra brings 91 MB of its own, whoever wants it
            "DATABASE_URL": f"sqlite://{folder / 'intake.sqlite3'}",
        }
        async with Process(folder, settings) as program, asyncio.timeout(LEARNED_WITHIN_S):
            started = await program.start()
            after_start = program.rss_mib
            await Run([program]).hand_in(letters(LABELS, seed=1, text=TEXT), reused=True, port=program.port)
            after_mails = program.rss_mib
            return {
                "start_s": round(started, 2),
                "after_start_mib": round(after_start, 1),
                "after_mails_mib": round(after_mails, 1),
                "most_while_learning_mib": round(await _while_learning(program), 1),
            }


async def _while_learning(program: Process) -> float:
    """What an agent says of each request becomes a version, by the program's own duty."""
    most = _share_mib(program.pid)
    async with program.database():
        for request in await CustomerRequest.all():
            record = await CommunicationRecord.filter(request=request).first()
            await Label.create(
                request=request,
                record_id=None if record is None else record.id,
                before="unsorted",
                after=("delivery", "repair")[request.id % 2],
                at=datetime.now(UTC),
            )
        while not await ModelVersion.filter(labels__gt=0).exists():
            await asyncio.sleep(0.05)
            most = max(most, _share_mib(program.pid))
    return most


def _share_mib(pid: int) -> float:
    """The memory of a process and of its children, what they share with others by its parts (PSS)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(_pss_kib(one) for one in (str(pid), *children)) / 1024


def _pss_kib(pid: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _made(size: int) -> list[Written]:
    """Labels for measuring time only: labelled messages, each with a piece of others behind it."""
    chance = random.Random(6)
    rows = [row for path in TRAIN for row in read(path)]
    made = []
    for _ in range(size):
        row = chance.choice(rows)
        words = chance.choice(rows).text.split()
        text = f"{row.whole} {' '.join(words[: len(words) // 2])}"
        made.append(Written(text, row.label, row.language, TAUGHT_WEIGHT, taught=True, fresh=True))
    return made


async def _pages(size: int) -> AsyncIterator[list[Written]]:
    yield textbook(Categories())
    yield _made(size)


def main() -> None:
    """Be the process that `refit` starts: the worker is its only child."""
    in_use, begun = builtin().to_bytes(), time.monotonic()
    made = asyncio.run(refitting.fitted(_pages(int(sys.argv[1])), in_use, None))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {
        "cpu_s": round(used.ru_utime + used.ru_stime, 2),
        "wall_s": round(time.monotonic() - begun, 1),
        "model_mb": round(len(made.content) / 1e6, 2),
        "peak_mib": round(used.ru_maxrss / 1024, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
