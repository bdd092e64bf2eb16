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
import numpy.typing as npt
from scipy.sparse import csr_matrix

from intake.understanding.categories import UNSORTED
from intake.understanding.model import embedding, machines
from intake.understanding.model.calibration import calibrated
from intake.understanding.model.features import fold
from intake.understanding.model.file import Floats
from intake.understanding.model.machines import Places
from intake.understanding.model.meaning import EXCERPT, Meaning, centered
from intake.understanding.model.model import Model, Scale, softmax
from intake.understanding.model.wording import BY_KNOWN_WORDS, Vocabulary, Wording

FOLDS = ((1_000, 5), (10_000, 3))  # up to so many examples that are not weak; of more, each half is asked of the other
MEANING_COST = 0.5
SHARES = (1.5, 6.0)  # of the meaning against the wording: which is best is asked of the examples
WORTH = 0.01  # so much better must be what costs more: the meaning against none, another share against the usual one
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
    without it."""

    model: Model
    scores: dict[str, float]
    left_out: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """The examples as numbers. A target of -1 is of no label; `vectors` are the embeddings, if they are wanted, NaN for
    examples that have none."""

    labels: tuple[str, ...]
    targets: Places
    importance: Floats
    folds: Places
    vocabularies: tuple[Vocabulary, ...]
    rows: csr_matrix
    vectors: Floats | None


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """What models said of the examples that they had not seen: NaN where nobody spoke."""

    wording: Floats
    familiar: Floats
    meaning: Floats
    nearest: Floats


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
    left_out = _left_out(task)
    share = _share(task, left_out)
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
    model = Model(task.labels, languages, _wording(task), meaning, scale, alone, basis=fingerprint(examples))
    guesses = tuple(
        task.labels[int(row.argmax())] if np.isfinite(row).all() and len(row) else None for row in left_out.wording
    )
    return Fitted(model, _scores(task, blended[spoken], spoken, scale), guesses)


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


def _left_out(task: Task) -> _LeftOut:
    shape = (len(task.targets), len(task.labels))
    found = _LeftOut(*(np.full(size, np.nan, np.float32) for size in (shape, shape[0], shape, shape[0])))
    for number in np.unique(task.folds):
        mine, rest = np.flatnonzero(task.folds == number), np.flatnonzero(task.folds != number)
        if not (task.targets[rest] >= 0).any():
            continue
        known = task.rows[rest], task.targets[rest], task.importance[rest]
        weights, bias = machines.worded(*known, shape[1], roughly=True)
        found.wording[mine] = task.rows[mine] @ weights + bias
        found.familiar[mine] = found.wording[mine].max(axis=1) + _familiar(task, mine, rest)
        if task.vectors is not None:
            found.meaning[mine], found.nearest[mine] = _meant(task, task.vectors, mine, rest)
    return found


def _familiar(task: Task, mine: Places, rest: Places) -> Floats:
    """How like the rest of the examples mine are, by their words; as Wording says it of a text."""
    usual = _usual(task, rest)
    single = np.array([" " not in term for term in task.vocabularies[0].terms], dtype=bool)
    weight = np.where(single, task.vocabularies[0].rarity ** 2, 0)
    words = task.rows[:, : len(single)] > 0
    seen = np.asarray(words[rest].sum(axis=0)).ravel() > 0
    known = words[mine] @ np.where(seen, weight, 0)
    all_of_them = words[mine] @ weight
    share = np.divide(known, all_of_them, out=np.zeros(len(mine)), where=all_of_them > 0)
    return np.asarray(task.rows[mine] @ usual + BY_KNOWN_WORDS * share, dtype=np.float32)


def _usual(task: Task, rows: Places) -> Floats:
    """A text as they mostly are, of length one."""
    inside = rows[task.targets[rows] >= 0]
    mean = np.asarray(task.rows[inside].mean(axis=0)).ravel() if len(inside) else np.zeros(task.rows.shape[1])
    return np.asarray(mean / (float(np.linalg.norm(mean)) or 1.0), dtype=np.float32)


def _meant(task: Task, vectors: Floats, mine: Places, rest: Places) -> tuple[Floats, Floats]:
    inside = rest[(task.targets[rest] >= 0) & _there(vectors)[rest]]
    if not len(inside):
        return np.full((len(mine), len(task.labels)), np.nan, np.float32), np.full(len(mine), np.nan, np.float32)
    center = vectors[inside].mean(axis=0)
    known, asked = centered(vectors[inside], center), centered(vectors[mine], center)
    weights, bias = _meaning_weights(task, known, inside)
    return asked @ weights + bias, (asked @ known.T).max(axis=1)


def _there(vectors: Floats) -> npt.NDArray[np.bool_]:
    """Which examples have an embedding."""
    return np.isfinite(vectors[:, 0])


def _meaning_weights(task: Task, vectors: Floats, rows: Places) -> tuple[Floats, Floats]:
    return machines.supported(
        vectors, task.targets[rows], task.importance[rows], len(task.labels), MEANING_COST, balanced=True
    )


def _share(task: Task, left_out: _LeftOut) -> float:
    """The voice of the meaning: the first that is best, nothing where it does not help."""
    rows = np.flatnonzero(np.isfinite(left_out.meaning).all(axis=1) & (task.targets >= 0) & (task.importance >= 1.0))
    if task.vectors is None or not len(rows):
        return 0.0

    def right(share: float) -> float:
        scores = left_out.wording[rows] + share * left_out.meaning[rows]
        return float((scores.argmax(axis=1) == task.targets[rows]).mean())

    best = 0.0
    for share in SHARES:
        if right(share) > right(best) + WORTH:
            best = share
    return best


def _meaning(task: Task, examples: Sequence[Example], share: float) -> Meaning:
    assert task.vectors is not None
    inside = np.flatnonzero((task.targets >= 0) & _there(task.vectors))
    center = task.vectors[inside].mean(axis=0)
    vectors = centered(task.vectors[inside], center)
    weights, bias = _meaning_weights(task, vectors, inside)
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


def _wording(task: Task) -> Wording:
    weights, bias = machines.worded(task.rows, task.targets, task.importance, len(task.labels))
    usual = _usual(task, np.arange(len(task.targets)))
    blocks, start = [], 0
    for block in task.vocabularies:
        end = start + len(block.terms)
        blocks.append(replace(block, weights=weights[start:end], usual=usual[start:end]))
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
