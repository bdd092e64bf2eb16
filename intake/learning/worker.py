"""The process that fits a model: `python -m intake.learning.worker PARENT`. Data in on stdin, data out on stdout.

In: a line of JSON about the work, a line for each example, an empty line, the model in use as bytes. Out: a line of
scores, the new model as bytes. Beside two commands it alone loads scipy and liblinear, and it ends with its work.
The only file that it writes is that of the embeddings, where the extra `semantic` is used.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from intake.apart.limits import NO_MEMORY, Limits, hold_to
from intake.apart.mother import be_the_first_to_go, die_with
from intake.learning import embedded

LIMITS = Limits(memory=1 << 30, cpu=300, wall=900.0, file=embedded.LARGEST)


@dataclass(frozen=True, slots=True)
class Written:
    """An example as it comes: `taught` by an agent, and `fresh`: the model in use has not seen it."""

    text: str
    label: str
    language: str | None
    weight: float
    taught: bool
    fresh: bool


def main() -> int:
    """Do the work within its limits. Returns the exit code."""
    die_with(int(sys.argv[1]))
    be_the_first_to_go()
    hold_to(LIMITS)
    try:
        scores, content = work(sys.stdin.buffer)
    except MemoryError:
        return NO_MEMORY
    sys.stdout.buffer.write(json.dumps(scores).encode() + b"\n" + content)
    sys.stdout.buffer.flush()
    return 0


def work(given: BinaryIO) -> tuple[dict[str, object], bytes]:
    """Fit to the examples, and compare with the model in use on what agents have taught."""
    from intake.learning.comparing import Guesses, compared
    from intake.understanding.model.training import Example, counted, fitted

    head = json.loads(given.readline())
    rows: list[Written] = []
    while (line := given.readline()).strip():
        rows.append(Written(*json.loads(line)))
    content = given.read()
    examples = [Example(row.text, row.label, row.language, row.weight) for row in rows]
    kept = head["embeddings"]
    embed = embedded.Embedded(Path(kept) if kept else None).embed
    task = counted(examples, embeddings=kept is not None, embed=embed)
    made = fitted(task, examples)
    backend, found, new = made.model.backend, made.scores, made.model.to_bytes()
    guesses = Guesses(made.left_out, made.by_counts)
    del made  # while it is compared, it would take its memory for nothing
    return {**found, **compared(rows, content, head["known"], task, guesses), "backend": backend}, new


if __name__ == "__main__":
    # Without the interpreter's own end: nothing is left to be done, and it takes its time.
    code = main()
    sys.stdout.flush()
    os._exit(code)
