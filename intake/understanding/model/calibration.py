"""How sure a model may be, by what it said of texts that it had not seen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from intake.understanding.model.file import Floats
from intake.understanding.model.model import NEVER, Scale, softmax

# So many of the right answers may be given up to leave strangers alone: more where it errs more anyway.
GIVEN_UP, LEAST_GIVEN_UP, MOST_GIVEN_UP = 0.6, 0.01, 0.10

Bools = npt.NDArray[np.bool_]


def calibrated(scores: Floats, truth: npt.NDArray[np.intp], familiar: Floats, target_precision: float) -> Scale:
    """The scale for left-out `scores` (a row a text) with their true labels, -1 for none of them.

    The temperature that makes the truth least surprising; what is less familiar than nearly all that was told right is
    left alone; of the others, the smallest threshold whose answers are right as often as asked.
    """
    inside = truth >= 0
    if scores.shape[1] < 2 or not inside.any():
        return Scale()
    temperature = _temperature(scores[inside], truth[inside])
    chances = softmax(scores / np.float32(temperature))
    best, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    if not right.any():
        return Scale(temperature)
    given_up = float(np.clip(GIVEN_UP * (1 - right[inside].mean()), LEAST_GIVEN_UP, MOST_GIVEN_UP))
    border = float(np.quantile(familiar[right], given_up))
    near = familiar >= border
    return Scale(temperature, _threshold(best[near], right[near], target_precision), border)


def _temperature(scores: Floats, truth: npt.NDArray[np.intp]) -> float:
    def surprise(temperature: float) -> float:
        chances = softmax(scores / np.float32(temperature))[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(chances, 1e-9)).mean())

    return min((float(one) for one in np.geomspace(0.02, 2.0, 60)), key=surprise)


def _threshold(best: Floats, right: Bools, target_precision: float) -> float:
    order = np.argsort(-best, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= target_precision)
    # Stored probabilities are rounded; what equals the last right one is as sure.
    return round(float(best[order[enough[-1]]]) - 5e-5, 4) if len(enough) else NEVER
