"""Find the weights: what scikit-learn does for training, and nobody else may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from intake.understanding.features import BLOCKS, SHARES, features, tokens
from intake.understanding.model_file import Floats
from intake.understanding.wording import Vocabulary, tf_idf

TOLERANCE = 0.001  # what is nearer to the best weights tells no text from another, and takes longer
COST = 0.5  # of what is wrong on the training texts, against how plain the weights are
BY_COUNTS = 0.3  # how much naive Bayes has to say beside the support vectors; it is steadier where examples are few
SPREAD = 0.35  # of the support vectors' scores: what naive Bayes is brought to
SMOOTHING = 0.3
MOST_TERMS = 25_000  # of each block; those that occur in most texts
ABSENT = -2.0  # the bias of a label without an example: below every other

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each term of a block occurs in each text, by its number. Counters would take ten times the memory."""

    numbers: dict[str, int]
    rows: list[tuple[npt.NDArray[np.int32], Floats]]


def count(texts: Sequence[str]) -> tuple[Counted, ...]:
    """Cut all texts, a block after the other in the order of BLOCKS."""
    blocks = tuple(Counted({}, []) for _ in BLOCKS)
    for text in texts:
        for counted, found in zip(blocks, features(tokens(text)).blocks, strict=True):
            numbers = [counted.numbers.setdefault(term, len(counted.numbers)) for term in found]
            counted.rows.append((np.array(numbers, np.int32), np.array(list(found.values()), np.float32)))
    return blocks


def vocabulary(counted: Counted, inside: Places) -> Vocabulary:
    """What occurs in the texts `inside`, without weights yet: the most frequent terms."""
    numbers = [np.zeros(0, np.int32), *(counted.rows[place][0] for place in inside)]
    spread = np.bincount(np.concatenate(numbers), minlength=len(counted.numbers))
    terms = list(counted.numbers)
    frequent = sorted(np.flatnonzero(spread), key=lambda number: (-spread[number], terms[number]))[:MOST_TERMS]
    chosen = sorted(frequent, key=lambda number: terms[number])
    often = spread[np.array(chosen, dtype=np.intp)].astype(np.float32)
    rarity = (np.log((1 + len(inside)) / (1 + often)) + 1).astype(np.float32)
    nothing = np.zeros((len(chosen), 0), np.float32)
    return Vocabulary(tuple(terms[number] for number in chosen), rarity, np.zeros(len(chosen), np.float32), nothing)


def stranger(texts: int) -> float:
    """The rarity of a word that is in none of so many texts."""
    return float(np.log(1 + texts) + 1)


def matrix(blocks: tuple[Counted, ...], known: tuple[Vocabulary, ...]) -> csr_matrix:
    """A row a text, a column a term of any block."""
    parts = [share * _block(block, terms) for block, terms, share in zip(blocks, known, SHARES, strict=True)]
    return csr_matrix(hstack(parts, format="csr"))


def worded(rows: csr_matrix, targets: Places, importance: Floats, labels: int) -> tuple[Floats, Floats]:
    """Weights (a row a term, a column a label) and a bias a label. A target of -1 is of no label: an example against
    each of them."""
    inside = np.flatnonzero(targets >= 0)
    weights, bias = supported(rows, targets, importance, labels, COST)
    if len(np.unique(targets[inside])) < 2:
        return weights, bias
    return weights + BY_COUNTS * _bayes(rows[inside], targets[inside], importance[inside], labels), bias


def supported(
    rows: csr_matrix | Floats, targets: Places, importance: Floats, labels: int, cost: float, balance: str | None = None
) -> tuple[Floats, Floats]:
    """Support vectors, one label against the rest; of the target -1, if it is there, nothing is told."""
    present = np.unique(targets)
    weights = np.zeros((rows.shape[1], labels), np.float32)
    bias = np.full(labels, ABSENT, np.float32)
    if len(present) < 2:
        bias[present[present >= 0]] = 1.0
        return weights, bias
    machine = LinearSVC(C=cost, class_weight=balance, tol=TOLERANCE, random_state=0)
    machine.fit(rows, targets, sample_weight=importance)
    found, offset = machine.coef_, machine.intercept_
    if len(present) == 2:  # one line parts two labels
        found, offset = np.vstack([-found, found]), np.concatenate([-offset, offset])
    real = present >= 0
    weights[:, present[real]] = found[real].T
    bias[present[real]] = offset[real]
    return weights, bias


def _bayes(rows: csr_matrix, targets: Places, importance: Floats, labels: int) -> Floats:
    """Complement naive Bayes (Rennie and others, 2003) as weights, brought to the spread of the support vectors."""
    chosen = csr_matrix((importance, (targets, np.arange(len(targets)))), shape=(labels, len(targets)))
    mine = np.asarray((chosen @ rows).todense())
    others = mine.sum(axis=0, keepdims=True) - mine + SMOOTHING
    weights = -np.log(others / others.sum(axis=1, keepdims=True)).T
    weights -= weights.mean(axis=1, keepdims=True)
    spread = float(np.std(rows @ weights)) or 1.0
    return np.asarray(weights * (SPREAD / spread), dtype=np.float32)


def _block(counted: Counted, known: Vocabulary) -> csr_matrix:
    places = np.full(len(counted.numbers), -1, np.int32)
    for place, term in enumerate(known.terms):
        places[counted.numbers[term]] = place
    columns = [np.zeros(0, np.int32)]
    values = [np.zeros(0, np.float32)]
    for numbers, counts in counted.rows:
        where = places[numbers]
        there = where >= 0
        columns.append(where[there])
        values.append(tf_idf(counts[there], known.rarity[where[there]]))
    ends = np.cumsum([len(part) for part in columns])
    return csr_matrix(
        (np.concatenate(values), np.concatenate(columns), ends), shape=(len(counted.rows), len(known.terms))
    )
