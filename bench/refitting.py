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
from datetime import UTC, datetime
from pathlib import Path

from bench.intake import Run
from bench.labelled import MORE, TRAIN, read
from bench.load import MAILBOX, letters
from intake.understanding.builtin import PRECISION, examples
from intake.understanding.model import Model
from intake.understanding.training import Example, fit
from storage.models import CommunicationRecord, CustomerRequest, Label, ModelVersion
from tests.process import Process

SIZES = (1_400, 10_000)
TEXT = 1024  # bytes of a mail
LABELS = 40
LEARNED_WITHIN_S = 120.0


def with_meaning() -> Model | None:
    """The model that a first refit makes where the extra `semantic` is installed; None where it is not, or no help."""
    model = fit(examples(), target_precision=PRECISION, embeddings=True).model
    return model if "e5" in model.backend else None


def refit(size: int) -> dict[str, float | None]:
    """Fit `size` examples in a process of its own, as the program does. CPU seconds without the imports, MiB."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.refitting", str(size)], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout)
    return {str(name): float(value) for name, value in found.items()}


async def memory() -> dict[str, float | None]:
    """The program's memory in MiB: after its start, after a few mails, and at most while it learns from labels."""
    with tempfile.TemporaryDirectory(prefix="understanding-") as name:
        folder = Path(name)
        settings = {
            "MAILBOXES": MAILBOX,
            "MAIL_AUTH": "off",
            "REQUESTS_PER_SENDER_PER_HOUR": "0",
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
    most = program.rss_mib
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
            most = max(most, program.rss_mib)
    return most


def _made(size: int) -> list[Example]:
    """Examples for measuring time only: labelled messages, each with a piece of others behind it."""
    chance = random.Random(6)
    rows = (*read(TRAIN), *read(MORE))
    made = []
    for _ in range(size):
        row = chance.choice(rows)
        words = chance.choice(rows).text.split()
        made.append(Example(f"{row.whole} {' '.join(words[: len(words) // 2])}", row.label, row.language))
    return made


def main() -> None:
    """Be the process that `refit` starts."""
    made = _made(int(sys.argv[1]))
    fit(made[:100])
    begun = time.process_time()
    model = fit(made).model
    seconds = time.process_time() - begun
    figures = {
        "cpu_s": round(seconds, 2),
        "model_mb": round(len(model.to_bytes()) / 1e6, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
