"""Fit a model to labelled texts: for a worker or a command, not for the service, since it loads scipy."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np

from intake.understanding.categories import UNSORTED
from intake.understanding.model import embedding, machines
from intake.understanding.model.calibration import calibrated
from intake.understanding.model.features import fold
from intake.understanding.model.file import Floats
from intake.understanding.model.left_out import Task, ask_left_out, meaning_weights, there, usual, voice_of_meaning
from intake.understanding.model.machines import Places
from intake.understanding.model.meaning import EXCERPT, Meaning, centered
from intake.understanding.model.model import Model, Scale, softmax
from intake.understanding.model.wording import Wording

FOLDS = ((1_000, 5), (10_000, 3))  # up to so many examples that are not weak; of more, each half is asked of the other
LIVE = 100  # examples that weigh more than one: live messages of which an agent has said what they are
MOST_NEAR = 3_000  # confirmed messages that are kept for reasons
MOST_EMBEDDED = 3_000  # examples whose meaning is asked: a minute or two of the processor

Embed = Callable[[Sequence[str]], Floats]  # a row a text; NaN where there was no time


@dataclass(frozen=True, slots=True)
class Example:
    """A text whose label is known; `unsorted` is a text that none of the labels fits. A weak one counts for less."""

    text: str
    label: str
    language: str | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model, what cross-validation says of it, and the label that each example got by the wording of a model
    without it. `by_counts`: how much naive Bayes says in it."""

    model: Model
    scores: dict[str, float]
    left_out: tuple[str | None, ...]
    by_counts: float


def fit(
    examples: Sequence[Example],
    *,
    target_precision: float = 0.95,
    embeddings: bool = False,
    embed: Embed = embedding.embed,
) -> Fitted:
    """Fit to `examples`; the same examples give the same model. Of what it is sure of, so much is to be right.

    With `embeddings`, where the extra is installed, the meaning speaks too if cross-validation says that it helps.
    `embed` is another way to ask it.
    """
    return fitted(counted(examples, embeddings=embeddings, embed=embed), examples, target_precision)


def fitted(task: Task, examples: Sequence[Example], target_precision: float = 0.95) -> Fitted:
    """The same for who has counted the examples already."""
    left_out = ask_left_out(task)
    share = voice_of_meaning(task, left_out)
    blended = left_out.wording + share * left_out.meaning if share else left_out.wording
    familiar = blended.max(axis=1) / (1 + share) + left_out.nearest if share else left_out.familiar
    spoken = _spoken(task, blended)
    scale = calibrated(blended[spoken], task.targets[spoken], familiar[spoken], target_precision)
    alone = None
    if share:
        heard = _spoken(task, left_out.wording)
        alone = calibrated(left_out.wording[heard], task.targets[heard], left_out.familiar[heard], target_precision)
    languages = sorted({example.language for example in examples if example.language and example.label != UNSORTED})
    meaning = _meaning(task, examples, share) if share else None
    model = Model(
        task.labels, languages, _wording(task, left_out.by_counts), meaning, scale, alone, basis=fingerprint(examples)
    )
    guesses = tuple(
        task.labels[int(row.argmax())] if np.isfinite(row).all() and len(row) else None for row in left_out.wording
    )
    return Fitted(model, _scores(task, blended[spoken], spoken, scale), guesses, left_out.by_counts)


def _spoken(task: Task, scores: Floats) -> Places:
    """The examples that are asked how sure it may be: those that somebody spoke of who had not seen them.

    What comes with the program promises more than live messages keep, so those alone as soon as there are enough: when
    agents change more of what it says, the next model says less. Weak ones only where there are no others.
    """
    there = np.isfinite(scores).all(axis=1)
    for least, examples in ((LIVE, task.importance > 1.0), (1, task.importance >= 1.0)):
        if examples.sum() >= least:
            return np.flatnonzero(there & examples)
    return np.flatnonzero(there & (task.importance > 0))


def fingerprint(examples: Sequence[Example]) -> str:
    """What a model was fitted to, in short: other examples, another fingerprint."""
    rows = [(example.text, example.label, example.language, example.weight) for example in examples]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def counted(examples: Sequence[Example], *, embeddings: bool = False, embed: Embed = embedding.embed) -> Task:
    """The examples as numbers; with `embeddings` where the extra is installed."""
    labels = tuple(sorted({example.label for example in examples} - {UNSORTED}))
    inside = np.array([place for place, one in enumerate(examples) if one.label != UNSORTED], dtype=np.intp)
    rows, vocabularies = machines.counted([example.text for example in examples], inside)
    places = {label: place for place, label in enumerate(labels)}
    return Task(
        labels=labels,
        targets=np.array([places.get(example.label, -1) for example in examples], dtype=np.intp),
        importance=np.array([example.weight for example in examples], dtype=np.float32),
        folds=_folds(examples),
        vocabularies=vocabularies,
        rows=rows,
        vectors=_vectors(examples, embed) if embeddings and embedding.installed() and len(labels) > 1 else None,
    )


def _vectors(examples: Sequence[Example], embed: Embed) -> Floats:
    """The embeddings, in half precision as they are kept. Not of weak examples; of too many, of each label the last."""
    by_label: dict[str, list[int]] = defaultdict(list)
    for place in reversed(range(len(examples))):
        if examples[place].weight >= 1:
            by_label[examples[place].label].append(place)
    turns = [place for turn in zip_longest(*by_label.values()) for place in turn if place is not None]
    chosen = turns[:MOST_EMBEDDED]
    found = np.full((len(examples), embedding.SIZE), np.nan, np.float32)
    found[chosen] = embed([examples[place].text for place in chosen]).astype(np.float16)
    return found


def _folds(examples: Sequence[Example]) -> Places:
    """The fold of each example: of each label about as many in each, the same text always in the same."""
    full = sum(example.weight >= 1 for example in examples)
    count = next((count for most, count in FOLDS if full <= most), 2)
    by_label: dict[str, list[int]] = defaultdict(list)
    keys = [zlib.crc32(fold(example.text).encode("utf-8", "replace")) for example in examples]
    for place in sorted(range(len(examples)), key=lambda place: (keys[place], place)):
        by_label[examples[place].label].append(place)
    folds = np.zeros(len(examples), dtype=np.intp)
    for places in by_label.values():
        order = {key: rank for rank, key in enumerate(dict.fromkeys(keys[place] for place in places))}
        for place in places:
            folds[place] = order[keys[place]] % count
    return folds


def _meaning(task: Task, examples: Sequence[Example], share: float) -> Meaning:
    assert task.vectors is not None
    inside = np.flatnonzero((task.targets >= 0) & there(task.vectors))
    center = task.vectors[inside].mean(axis=0)
    vectors = centered(task.vectors[inside], center)
    weights, bias = meaning_weights(task, vectors, inside)
    near = [place for place in range(len(inside)) if task.importance[inside[place]] >= 1.0][-MOST_NEAR:]
    return Meaning(
        share=share,
        center=center,
        weights=weights,
        bias=bias,
        vectors=np.rint(127 * vectors[near]).astype(np.int8),
        labels=tuple(int(task.targets[inside[place]]) for place in near),
        excerpts=tuple(" ".join(examples[inside[place]].text[: 4 * EXCERPT].split())[:EXCERPT] for place in near),
    )


def _wording(task: Task, by_counts: float) -> Wording:
    known = task.rows, task.targets, task.importance, len(task.labels)
    weights, bias = machines.worded(*known, by_counts=by_counts)
    as_mostly = usual(task, np.arange(len(task.targets)))
    blocks, start = [], 0
    for block in task.vocabularies:
        end = start + len(block.terms)
        blocks.append(replace(block, weights=weights[start:end], usual=as_mostly[start:end]))
        start = end
    return Wording(tuple(blocks), bias, machines.stranger(int((task.targets >= 0).sum())))


def _scores(task: Task, scores: Floats, rows: Places, scale: Scale) -> dict[str, float]:
    truth = task.targets[rows]
    inside = truth >= 0
    if not inside.any():
        return {"accuracy": 0.0, "coverage": 0.0}
    chances = softmax(scores[inside] / np.float32(scale.temperature))
    return {
        "accuracy": float((chances.argmax(axis=1) == truth[inside]).mean()),
        "coverage": float((chances.max(axis=1) >= scale.threshold).mean()),
    }
