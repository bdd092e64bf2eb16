"""Does a new model do as well as the one in use on what agents said? Loads scikit-learn: for the worker alone."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from intake.learning.worker import Written
from intake.understanding import machines
from intake.understanding.categories import UNSORTED
from intake.understanding.features import fold
from intake.understanding.model import Model

FOLDS = 2


def compared(rows: Sequence[Written], in_use: Model, known: float | None) -> dict[str, float]:
    """The share of what agents taught that is right: by models that have not seen it, and by the one in use.

    What the categories begin with is never left out: both have it. `known`: that share as it was when the model in use
    was made, of the rows that it was made from: asked itself, it would know these by heart.
    """
    taught = [place for place, row in enumerate(rows) if row.taught and row.label != UNSORTED]
    if not taught:
        return {}
    guessed = _left_out(rows, taught)
    new = sum(guessed[place] == rows[place].label for place in taught)
    old = sum(
        known if known is not None and not rows[place].fresh else _first(in_use, rows[place]) == rows[place].label
        for place in taught
    )
    return {"confirmed": new / len(taught), "before": old / len(taught), "compared": len(taught)}


def _left_out(rows: Sequence[Written], taught: Sequence[int]) -> dict[int, str]:
    """The first label of each by a model without it, of the words alone. The same text is always in the same fold."""
    counted = machines.count([row.text for row in rows])
    everything = np.arange(len(rows), dtype=np.intp)
    matrix = machines.matrix(counted, tuple(machines.vocabulary(block, everything) for block in counted))
    del counted
    labels = sorted({row.label for row in rows} - {UNSORTED})
    places = {label: place for place, label in enumerate(labels)}
    targets = np.array([places.get(row.label, -1) for row in rows], dtype=np.intp)
    importance = np.array([row.weight for row in rows], dtype=np.float32)
    folds = np.full(len(rows), -1, dtype=np.intp)
    for place in taught:
        folds[place] = zlib.crc32(fold(rows[place].text).encode("utf-8", "replace")) % FOLDS
    found: dict[int, str] = {}
    for number in range(FOLDS):
        mine, rest = np.flatnonzero(folds == number), np.flatnonzero(folds != number)
        weights, bias = machines.worded(matrix[rest], targets[rest], importance[rest], len(labels))
        best = (matrix[mine] @ weights + bias).argmax(axis=1)
        found |= {int(place): labels[int(label)] for place, label in zip(mine, best, strict=True)}
    return found


def _first(model: Model, row: Written) -> str | None:
    ranking = model.judge(row.text, row.language).ranking
    return ranking[0][0] if ranking else None
