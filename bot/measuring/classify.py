"""Measure how well texts are sorted: a model fitted to some labelled lines judges others, as the service would."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.measuring.rows import milliseconds, rows, share, text
from intake.understanding.categories import UNSORTED
from intake.understanding.model.model import Model, Opinion
from intake.understanding.model.training import Example, fit

_BINS = 15  # of the calibration error
WARM_UP = "Hello"


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled text and what the model said of it before anybody looked at the label."""

    example: Example
    opinion: Opinion
    seconds: float

    @property
    def right(self) -> bool:
        """Is the first label the true one, sure or not?"""
        return bool(self.opinion.ranking) and self.opinion.ranking[0][0] == self.example.label

    @property
    def chance(self) -> float:
        """The probability of the first label."""
        return self.opinion.ranking[0][1] if self.opinion.ranking else 0.0


def measure(
    train: Path, evaluation: Path, corrections: Path | None, *, embeddings: bool, target_precision: float
) -> dict[str, object]:
    """Fit to `train` (and to `corrections`, which overrule it), judge `evaluation`. Raises ValueError, OSError.

    Times are processor seconds and milliseconds of this process; texts are judged one at a time, after a warm-up.
    """
    examples = _corrected(list(lines(train)), list(lines(corrections)) if corrections else [])
    others = list(lines(evaluation))
    if not examples or not others:
        raise ValueError(f"{evaluation if examples else train}: there is no line in it.")
    started = time.process_time()
    fitted = fit(examples, target_precision=target_precision, embeddings=embeddings)
    seconds = time.process_time() - started
    content = fitted.model.to_bytes()
    model = Model.from_bytes(content)
    model.judge(WARM_UP, None)
    judged = [_judged(model, example) for example in others]
    times = [one.seconds for one in judged]
    return {
        "n_train": len(examples),
        "n_eval": len(judged),
        **_scores(judged),
        "train_s": round(seconds, 3),
        "p50_ms": milliseconds(times, 0.50),
        "p99_ms": milliseconds(times, 0.99),
        "model_bytes": len(content),
        "backend": model.backend,
    }


def lines(path: Path) -> Iterator[Example]:
    """`{"text", "label", "lang"?}`, a line each. Raises ValueError that names file and line, OSError."""
    return rows(path, 'the texts "text", "label" and perhaps "lang"', _example)


def _example(row: Mapping[str, object]) -> Example:
    spoken = text(row, "lang") if row.get("lang") is not None else None
    return Example(text(row, "text"), text(row, "label"), spoken)


def _corrected(examples: list[Example], corrections: list[Example]) -> list[Example]:
    """What was said later of the same text counts alone."""
    said = {correction.text: correction for correction in corrections}
    return [example for example in examples if example.text not in said] + list(said.values())


def _judged(model: Model, example: Example) -> Judged:
    unlabelled = replace(example, label="")
    started = time.process_time()
    opinion = model.judge(unlabelled.text, unlabelled.language)
    return Judged(example, opinion, time.process_time() - started)


def _scores(judged: Sequence[Judged]) -> dict[str, object]:
    inside = [one for one in judged if one.example.label != UNSORTED]
    outside = [one for one in judged if one.example.label == UNSORTED]
    answered = [one for one in inside if one.opinion.sure]
    return {
        "accuracy": share(inside, lambda one: one.right),
        "macro_f1": _macro_f1(inside),
        "coverage": share(inside, lambda one: one.opinion.sure),
        "accuracy_covered": share(answered, lambda one: one.right),
        "unsorted_recall": share(outside, lambda one: not one.opinion.sure),
        "ece": _calibration_error(inside),
        "per_lang": {
            language: share(theirs, lambda one: one.right) for language, theirs in sorted(_by_language(inside).items())
        },
    }


def _by_language(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    found: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        found[one.example.language or "?"].append(one)
    return found


def _macro_f1(judged: Sequence[Judged]) -> float | None:
    """The mean of precision and recall of each label that occurs, each label counting the same."""
    labels = sorted({one.example.label for one in judged})
    marks = []
    for label in labels:
        hits = sum(one.right for one in judged if one.example.label == label)
        said = sum(1 for one in judged if one.opinion.ranking and one.opinion.ranking[0][0] == label)
        true = sum(1 for one in judged if one.example.label == label)
        marks.append(2 * hits / (said + true))
    return round(sum(marks) / len(marks), 4) if marks else None


def _calibration_error(judged: Sequence[Judged]) -> float | None:
    """How far the probability of the first label is from how often it is right, by bins of probability."""
    bins: dict[int, list[Judged]] = defaultdict(list)
    for one in judged:
        bins[min(int(one.chance * _BINS), _BINS - 1)].append(one)
    gaps = [abs(sum(one.chance for one in mine) - sum(one.right for one in mine)) for mine in bins.values()]
    return round(sum(gaps) / len(judged), 4) if judged else None
