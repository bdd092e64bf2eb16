"""Fit a model to labelled texts. The only importer of scikit-learn: for a worker or a command, not for the service."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from intake.understanding.categories import UNSORTED
from intake.understanding.features import Features, features, tokens
from intake.understanding.model import Floats, Model, Scale, Vocabulary, softmax, tf_idf

FOLDS = 3
MOST_TERMS = 60_000  # of each block; those that occur in most texts
COST = 0.5  # of the support vectors: what is wrong on the training texts against how plain the weights are
NEVER = 2.0  # a threshold that no probability reaches

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Example:
    """A text whose label is known; `unsorted` is a text that none of the labels fits. A weak one counts for less."""

    text: str
    label: str
    language: str | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model, what cross-validation says of it, and the label that each example got by a model without it."""

    model: Model
    scores: dict[str, float]
    left_out: tuple[str | None, ...]


def fit(examples: Sequence[Example], *, target_precision: float = 0.95) -> Fitted:
    """Fit to `examples`; the same examples give the same model. Of what it is sure of, so much is to be right."""
    labels = sorted({example.label for example in examples} - {UNSORTED})
    counted = [features(tokens(example.text)) for example in examples]
    known = [place for place, example in enumerate(examples) if example.label != UNSORTED]
    vocabularies = _vocabularies([counted[place] for place in known])
    matrix = _matrix(counted, vocabularies)
    targets = np.array([labels.index(e.label) if e.label != UNSORTED else -1 for e in examples], dtype=np.intp)
    importance = np.array([example.weight for example in examples])
    scores = _left_out(matrix, targets, importance, _folds(examples), len(labels))
    scale, measured = _calibrated(scores, targets, importance, target_precision)
    weights, bias = _linear(matrix, targets, importance, len(labels))
    border = len(vocabularies[0].terms)
    words = Vocabulary(vocabularies[0].terms, vocabularies[0].rarity, weights[:border])
    parts = Vocabulary(vocabularies[1].terms, vocabularies[1].rarity, weights[border:])
    guesses = tuple(labels[int(row.argmax())] if np.isfinite(row).all() and labels else None for row in scores)
    return Fitted(Model(labels, (words, parts), bias, scale), measured, guesses)


def _vocabularies(counted: Sequence[Features]) -> tuple[Vocabulary, Vocabulary]:
    return _vocabulary([one.terms for one in counted]), _vocabulary([one.pieces for one in counted])


def _vocabulary(counted: Sequence[Counter[str]]) -> Vocabulary:
    spread: Counter[str] = Counter()
    for one in counted:
        spread.update(one.keys())
    terms = tuple(sorted(sorted(spread, key=lambda term: (-spread[term], term))[:MOST_TERMS]))
    often = np.array([spread[term] for term in terms], dtype=np.float32)
    rarity = np.log((1 + len(counted)) / (1 + often)) + 1
    return Vocabulary(terms, rarity.astype(np.float32), np.zeros((len(terms), 0), np.float32))


def _matrix(counted: Sequence[Features], vocabularies: tuple[Vocabulary, Vocabulary]) -> csr_matrix:
    blocks = [
        _block([one.terms for one in counted], vocabularies[0]),
        _block([one.pieces for one in counted], vocabularies[1]),
    ]
    return csr_matrix(hstack(blocks))


def _block(counted: Sequence[Counter[str]], vocabulary: Vocabulary) -> csr_matrix:
    places = {term: place for place, term in enumerate(vocabulary.terms)}
    columns = [np.zeros(0, np.intp)]
    values = [np.zeros(0, np.float32)]
    for one in counted:
        known = [(places[term], count) for term, count in one.items() if term in places]
        where = np.array([place for place, _ in known], dtype=np.intp)
        columns.append(where)
        values.append(tf_idf(np.array([count for _, count in known], np.float32), vocabulary.rarity[where]))
    ends = np.cumsum([len(part) for part in columns])
    shape = (len(counted), len(places))
    return csr_matrix((np.concatenate(values), np.concatenate(columns), ends), shape=shape)


def _folds(examples: Sequence[Example]) -> Places:
    """The fold of each example: of each label about as many in each, the same text always in the same."""
    by_label: dict[str, list[int]] = defaultdict(list)
    keys = [zlib.crc32(" ".join(t.folded for t in tokens(example.text)).encode()) for example in examples]
    for place in sorted(range(len(examples)), key=lambda place: (keys[place], place)):
        by_label[examples[place].label].append(place)
    folds = np.zeros(len(examples), dtype=np.intp)
    for places in by_label.values():
        order = {key: rank for rank, key in enumerate(dict.fromkeys(keys[place] for place in places))}
        for place in places:
            folds[place] = order[keys[place]] % FOLDS
    return folds


def _left_out(matrix: csr_matrix, targets: Places, importance: Floats, folds: Places, labels: int) -> Floats:
    """The scores of each example by a model that has not seen it. A label that is not there gets none: NaN."""
    scores = np.full((matrix.shape[0], labels), np.nan, np.float32)
    for fold in range(FOLDS):
        rest = np.flatnonzero(folds != fold)
        mine = np.flatnonzero(folds == fold)
        if not len(mine) or not (targets[rest] >= 0).any():
            continue
        weights, bias = _linear(matrix[rest], targets[rest], importance[rest], labels)
        scores[mine] = matrix[mine] @ weights + bias
    return scores


def _linear(matrix: csr_matrix, targets: Places, importance: Floats, labels: int) -> tuple[Floats, Floats]:
    """Weights, a row a term and a column a label, and a bias a label. A label without an example gets a low bias."""
    rows = np.flatnonzero(targets >= 0)
    present = np.unique(targets[rows])
    weights = np.zeros((matrix.shape[1], labels), np.float32)
    bias = np.full(labels, -2.0, np.float32)
    if len(present) == 1:
        bias[present[0]] = 1.0
    if len(present) < 2:
        return weights, bias
    machine = LinearSVC(C=COST, random_state=0).fit(matrix[rows], targets[rows], sample_weight=importance[rows])
    found, offset = machine.coef_, machine.intercept_
    if len(present) == 2:  # one line parts two labels
        found, offset = np.vstack([-found, found]), np.concatenate([-offset, offset])
    weights[:, present] = found.T
    bias[present] = offset
    return weights, bias


def _calibrated(
    scores: Floats, targets: Places, importance: Floats, target_precision: float
) -> tuple[Scale, dict[str, float]]:
    """The temperature that fits the left-out scores best, and the smallest threshold that keeps the precision."""
    counted = importance >= 1.0 if (importance >= 1.0).any() else importance > 0  # weak examples are no messages
    rows = np.flatnonzero(np.isfinite(scores).all(axis=1) & counted)
    if not len(rows) or scores.shape[1] < 2:  # of one label nothing can be told
        return Scale(1.0, NEVER), {"accuracy": 0.0, "coverage": 0.0}
    mine, truth = scores[rows], targets[rows]
    inside = truth >= 0
    temperature = min(np.geomspace(0.02, 2.0, 60), key=lambda t: _surprise(mine[inside], truth[inside], float(t)))
    chances = softmax(mine / np.float32(temperature))
    best, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    threshold = _threshold(best, right, target_precision)
    measured = {
        "accuracy": float(right[inside].mean()) if inside.any() else 0.0,
        "coverage": float((best[inside] >= threshold).mean()) if inside.any() else 0.0,
    }
    return Scale(float(temperature), threshold), measured


def _surprise(scores: Floats, truth: Places, temperature: float) -> float:
    chances = softmax(scores / np.float32(temperature))[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(chances, 1e-9)).mean()) if len(truth) else 0.0


def _threshold(best: Floats, right: npt.NDArray[np.bool_], target_precision: float) -> float:
    order = np.argsort(-best, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= target_precision)
    return float(best[order[enough[-1]]]) if len(enough) else NEVER
