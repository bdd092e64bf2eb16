"""What learning brings and costs: models fitted to labelled messages, the time of that, and the program's memory."""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.intake import WARM_UP, Run
from bench.labelled import TRAIN, Row, read
from bench.load import MAILBOX, letters
from intake.understanding.builtin import examples
from intake.understanding.model import Model
from intake.understanding.training import Example, fit
from tests.process import Process

SIZES = (1_400, 10_000)
TEXT = 1024  # bytes of a mail


def taught(rows: Sequence[Row]) -> Iterator[tuple[str, Model]]:
    """Models that learned from the seeds and from `rows`, with the name of what they are made of."""
    known = [*examples(), *(Example(_whole(row), row.label, row.language) for row in rows)]
    model = fit(known).model
    yield model.backend, model


def refit(size: int) -> dict[str, float | None]:
    """Fit `size` examples in a process of its own, as the program does. CPU seconds without the imports, MiB."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.refitting", str(size)], check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout)
    return {str(name): float(value) for name, value in found.items()}


async def memory() -> dict[str, float | None]:
    """The program's memory in MiB: after its start, and after a few mails."""
    with tempfile.TemporaryDirectory(prefix="understanding-") as folder:
        async with Process(Path(folder), {"MAILBOXES": MAILBOX, "MAIL_AUTH": "off"}) as program:
            started = await program.start()
            after_start = program.rss_mib
            await Run([program]).hand_in(letters(WARM_UP, seed=1, text=TEXT), reused=True, port=program.port)
            return {
                "start_s": round(started, 2),
                "after_start_mib": round(after_start, 1),
                "after_mails_mib": round(program.rss_mib, 1),
            }


def _made(size: int) -> list[Example]:
    """Examples for measuring time only: labelled messages, each with a piece of others behind it."""
    chance = random.Random(6)
    rows = read(TRAIN)
    made = []
    for _ in range(size):
        row = chance.choice(rows)
        words = chance.choice(rows).text.split()
        made.append(Example(f"{_whole(row)} {' '.join(words[: len(words) // 2])}", row.label, row.language))
    return made


def _whole(row: Row) -> str:
    return f"{row.subject}\n{row.text}".strip()


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
