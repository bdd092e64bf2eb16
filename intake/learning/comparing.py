"""Does a new model do as well as the one in use on what agents said? Loads scipy: for the worker alone."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from intake.learning.worker import Written
from intake.understanding.categories import UNSORTED
from intake.understanding.model import machines
from intake.understanding.model.features import fold
from intake.understanding.model.left_out import Task
from intake.understanding.model.model import Model

FEW = 200  # messages; so many judged by a model that lacks some of the seeds, too, would say more of those
MOST_ASKED = 300  # of the model in use: the newest tell what it does now
PARTS = 2


@dataclass(frozen=True, slots=True)
class Guesses:
    """What cross-validation said of each row, and how much naive Bayes had to say in it."""

    left_out: Sequence[str | None]
    by_counts: float


def compared(
    rows: Sequence[Written], in_use: bytes, known: float | None, task: Task, guesses: Guesses
) -> dict[str, float]:
    """The share of what agents taught that is right: by models that have not seen it, and by the one in use.

    `task` are the rows as numbers. `known`: that share as it was when
    the model in use was made, of the rows that it was made from: asked itself, it would know these by heart.
    """
    taught = [place for place, row in enumerate(rows) if row.taught and row.label != UNSORTED]
    many = len(taught) > FEW
    guessed = (
        {place: guesses.left_out[place] for place in taught}
        if many
        else _without_each(rows, task, taught, guesses.by_counts)
    )
    if not guessed:
        return {}
    asked = [place for place in guessed if known is None or rows[place].fresh]
    new = sum(label == rows[place].label for place, label in guessed.items())
    old = _share_right(in_use, [rows[place] for place in asked[-MOST_ASKED:]]) * len(asked)
    before = old + (known or 0.0) * (len(guessed) - len(asked))
    return {"confirmed": new / len(guessed), "before": before / len(guessed), "compared": len(guessed)}


def _without_each(
    rows: Sequence[Written], task: Task, taught: Sequence[int], by_counts: float
) -> dict[int, str | None]:
    """The first label of each by a model without it, of the words alone; what the categories begin with is in all of
    them, as it is in the one in use. The same text is always in the same part."""
    parts = np.full(len(rows), -1, dtype=np.intp)
    for place in taught:
        parts[place] = zlib.crc32(fold(rows[place].text).encode("utf-8", "replace")) % PARTS
    found: dict[int, str | None] = {}
    for number in np.unique(parts[parts >= 0]):
        mine, rest = np.flatnonzero(parts == number), np.flatnonzero(parts != number)
        known = task.rows[rest], task.targets[rest], task.importance[rest]
        weights, bias = machines.worded(*known, len(task.labels), by_counts=by_counts, roughly=True)
        best = (task.rows[mine] @ weights + bias).argmax(axis=1)
        found |= {int(place): task.labels[int(label)] for place, label in zip(mine, best, strict=True)}
    return found


def _share_right(in_use: bytes, asked: Sequence[Written]) -> float:
    """Of the model in use, asked by its wording as the others are. Unpacked only now: it takes 20 MiB."""
    if not asked:
        return 0.0
    model = Model.from_bytes(in_use).worded()
    rankings = [model.judge(row.text, row.language).ranking for row in asked]
    return sum(said[:1] != () and said[0][0] == row.label for said, row in zip(rankings, asked, strict=True)) / len(
        asked
    )
