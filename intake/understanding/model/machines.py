"""Find the weights of terms: sparse matrices, support vectors, naive Bayes. For training alone, who loads scipy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack

from intake.understanding.model.counting import Counted, count
from intake.understanding.model.features import LENGTH, SHARES, evened
from intake.understanding.model.file import Floats
from intake.understanding.model.liblinear import parted
from intake.understanding.model.wording import Vocabulary

COST = 0.6  # of what is wrong on the training texts, against how plain the weights are
PLENTY = 30  # examples of a label in the mean, weak ones not counted
PLENTY_COST = 1.5  # then the examples may say more, and naive Bayes nothing
BY_COUNTS = 0.3  # how much naive Bayes has to say beside the support vectors; it is steadier where examples are few
SPREAD = 0.35  # of the support vectors' scores: what naive Bayes is brought to
SMOOTHING = 0.3
MOST_TERMS = 25_000  # of each block; those that occur in most texts
ABSENT = -2.0  # the bias of a label without an example: below every other

Places = npt.NDArray[np.intp]
Doubles = npt.NDArray[np.float64]


def counted(texts: Sequence[str], inside: Places) -> tuple[csr_matrix, tuple[Vocabulary, ...]]:
    """A row a text, each of the same length, and what its columns stand for: terms of the texts `inside`."""
    rows, known, lines = _counted(texts, inside)
    # Written anew, now that the others are gone: among a quarter of a million they kept all the memory of those.
    terms = [tuple(some.split("\n")) if some else () for some in lines]
    return rows, tuple(replace(one, terms=some) for one, some in zip(known, terms, strict=True))


def _counted(texts: Sequence[str], inside: Places) -> tuple[csr_matrix, list[Vocabulary], list[str]]:
    """A block after the other, each gone when it is done: its terms take more than its rows."""
    blocks, known, parts = list(count(texts)), list[Vocabulary](), list[csr_matrix]()
    for share in SHARES:
        block = blocks.pop(0)
        known.append(vocabulary(block, inside))
        parts.append(_block(block, known[-1], share))
    lines = ["\n".join(one.terms) for one in known]
    _bring_to_one_length(parts)
    return hstack(parts, format="csr"), [replace(one, terms=()) for one in known], lines


def _bring_to_one_length(parts: Sequence[csr_matrix]) -> None:
    """A block after the other: at once, it would take the memory of all of them twice."""
    lengths = np.sqrt(sum(np.square(_lengths(part)) for part in parts))
    factors = (LENGTH / np.maximum(lengths, 1e-9)).astype(np.float32)
    for part in parts:
        _scale(part, factors)


def _lengths(rows: csr_matrix) -> Doubles:
    """Of each text."""
    squares = np.append(np.square(rows.data), np.float32(0))  # for texts without any value, at the end
    sums = np.add.reduceat(squares, rows.indptr[:-1], dtype=np.float64)
    return np.sqrt(np.where(np.diff(rows.indptr) > 0, sums, 0))


def _scale(rows: csr_matrix, factors: Floats) -> None:
    rows.data *= np.repeat(factors, np.diff(rows.indptr))


def vocabulary(counted: Counted, inside: Places) -> Vocabulary:
    """What occurs in the texts `inside`, without weights yet: the most frequent terms."""
    asked = np.zeros(len(counted.ends), dtype=bool)
    asked[inside] = True
    spread = np.bincount(counted.found[asked[counted.texts]], minlength=len(counted.numbers))
    terms = list(counted.numbers)
    chosen = _most_frequent(spread, terms)
    rarity = (np.log((1 + len(inside)) / (1 + spread[chosen])) + 1).astype(np.float32)
    nothing = np.zeros((len(chosen), 0), np.float32)
    return Vocabulary(tuple(terms[number] for number in chosen), rarity, np.zeros(len(chosen), np.float32), nothing)


def _most_frequent(spread: Places, terms: Sequence[str]) -> Places:
    """By their numbers, in the order of the alphabet. Of equals at the border the first of the alphabet."""
    there = np.flatnonzero(spread)
    if len(there) > MOST_TERMS:
        border = np.partition(spread[there], -MOST_TERMS)[-MOST_TERMS]
        sure, equals = np.flatnonzero(spread > border), np.flatnonzero(spread == border)
        more = _by_alphabet(equals, terms)[: MOST_TERMS - len(sure)]
        there = np.concatenate([sure, more])
    return _by_alphabet(there, terms)


def _by_alphabet(numbers: Places, terms: Sequence[str]) -> Places:
    return np.array(sorted(numbers.tolist(), key=terms.__getitem__), dtype=np.intp)


def stranger(texts: int) -> float:
    """The rarity of a word that is in none of so many texts."""
    return float(np.log(1 + texts) + 1)


def worded(
    rows: csr_matrix,
    targets: Places,
    importance: Floats,
    labels: int,
    *,
    by_counts: float = BY_COUNTS,
    roughly: bool = False,
) -> tuple[Floats, Floats]:
    """Weights (a row a term, a column a label) and a bias a label. A target of -1 is of no label: an example against
    each of them. `roughly`: they are only to be measured by."""
    plenty = is_plenty(targets, importance)
    weights, bias = supported(rows, targets, importance, labels, PLENTY_COST if plenty else COST, roughly=roughly)
    if plenty or not by_counts:
        return weights, bias
    return weights + by_counts * bayes(rows, targets, importance, labels), bias


def is_plenty(targets: Places, importance: Floats) -> bool:
    """Are there so many examples of a label that they speak for themselves?"""
    inside = targets >= 0
    return int((importance[inside] >= 1).sum()) >= PLENTY * max(len(np.unique(targets[inside])), 1)


def supported(
    rows: csr_matrix | Floats,
    targets: Places,
    importance: Floats,
    labels: int,
    cost: float,
    *,
    balanced: bool = False,
    roughly: bool = False,
) -> tuple[Floats, Floats]:
    """Support vectors, one label against the rest; of the target -1, if it is there, nothing is told. `balanced`: each
    label counts as much as another, however many examples it has."""
    present = np.unique(targets)
    weights = np.zeros((rows.shape[1], labels), np.float32)
    bias = np.full(labels, ABSENT, np.float32)
    if len(present) < 2:
        bias[present[present >= 0]] = 1.0
        return weights, bias
    classes = np.searchsorted(present, targets)
    shares = np.bincount(classes, importance) * len(present) / importance.sum()
    balance = 1 / shares if balanced else np.ones(len(present))
    found, offset = parted(rows, classes, cost, balance, importance, roughly=roughly)
    if len(present) == 2:  # one line parts two labels
        found, offset = np.vstack([-found, found]), np.concatenate([-offset, offset])
    real = present >= 0
    weights[:, present[real]] = found[real].T
    bias[present[real]] = offset[real]
    return weights, bias


def bayes(rows: csr_matrix, targets: Places, importance: Floats, labels: int) -> Floats:
    """Complement naive Bayes (Rennie and others, 2003) as weights, brought to the spread of the support vectors."""
    inside = np.flatnonzero(targets >= 0)
    rows, targets, importance = rows[inside], targets[inside], importance[inside]
    if len(np.unique(targets)) < 2:
        return np.zeros((rows.shape[1], labels), np.float32)
    chosen = csr_matrix((importance, (targets, np.arange(len(targets)))), shape=(labels, len(targets)))
    mine = np.asarray((chosen @ rows).todense())
    others = mine.sum(axis=0, keepdims=True) - mine + SMOOTHING
    weights = -np.log(others / others.sum(axis=1, keepdims=True)).T
    weights -= weights.mean(axis=1, keepdims=True)
    spread = float(np.std(rows @ weights)) or 1.0
    return np.asarray(weights * (SPREAD / spread), dtype=np.float32)


def _block(counted: Counted, known: Vocabulary, share: float) -> csr_matrix:
    """How much of each text its known terms are, before all blocks are brought to a length."""
    places = np.full(len(counted.numbers), -1, np.int32)
    places[[counted.numbers[term] for term in known.terms]] = np.arange(len(known.terms), dtype=np.int32)
    columns, texts, counts = places[counted.found], counted.texts, counted.counts
    if (columns < 0).any():
        there = columns >= 0
        columns, texts, counts = columns[there], texts[there], counts[there]
    values = (1 + np.log(counts.astype(np.float32))) * known.rarity[columns]
    starts = np.searchsorted(texts, np.arange(len(counted.ends) + 1)).astype(np.int32)
    rows = csr_matrix((values, columns, starts), shape=(len(counted.ends), len(known.terms)))
    _scale(rows, (share * evened(_lengths(rows))).astype(np.float32))
    return rows
