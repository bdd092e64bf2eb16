"""The process that fits a model: `python -m intake.learning.worker PARENT`. Data in on stdin, data out on stdout.

In: a line of JSON about the work, a line for each example, an empty line, the model in use as bytes. Out: a line of
scores, the new model as bytes. It is the only one beside two commands that loads scikit-learn, and ends with its work.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from intake.apart.limits import NO_MEMORY, Limits, hold_to
from intake.apart.mother import be_the_first_to_go, die_with
from intake.understanding.categories import UNSORTED
from intake.understanding.model import Model

LIMITS = Limits(memory=1 << 30, cpu=240, wall=600.0)


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
    from intake.understanding.training import Example, fit

    head = json.loads(given.readline())
    rows: list[Written] = []
    while (line := given.readline()).strip():
        rows.append(Written(*json.loads(line)))
    in_use = Model.from_bytes(given.read())
    fitted = fit([Example(row.text, row.label, row.language, row.weight) for row in rows])
    compared = _compared(rows, fitted.left_out, in_use, head["known"])
    return {**fitted.scores, **compared, "backend": fitted.model.backend}, fitted.model.to_bytes()


def _compared(
    rows: Sequence[Written], left_out: Sequence[str | None], in_use: Model, known: float | None
) -> dict[str, object]:
    """The share of what agents taught that a model without it gets right, and the same of the model in use.

    `known`: that share as it was when the model in use was made, of the rows that it was made from: asked itself, it
    would know these by heart.
    """
    taught = [place for place, row in enumerate(rows) if row.taught and row.label != UNSORTED]
    if not taught:
        return {}
    new = sum(left_out[place] == rows[place].label for place in taught)
    old = sum(
        known if known is not None and not rows[place].fresh else _first(in_use, rows[place]) == rows[place].label
        for place in taught
    )
    return {"confirmed": new / len(taught), "before": old / len(taught), "compared": len(taught)}


def _first(model: Model, row: Written) -> str | None:
    ranking = model.judge(row.text, row.language).ranking
    return ranking[0][0] if ranking else None


if __name__ == "__main__":
    # Without the interpreter's own end: nothing is left to be done, and it takes its time.
    code = main()
    sys.stdout.flush()
    os._exit(code)
