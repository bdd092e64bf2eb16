"""Find the weights: what scikit-learn does for training, and nobody else may ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from intake.understanding.features import SHARES, Features
from intake.understanding.model_file import Floats
from intake.understanding.wording import Vocabulary, tf_idf

COST = 0.5  # of what is wrong on the training texts, against how plain the weights are
BY_COUNTS = 0.3  # how much naive Bayes has to say beside the support vectors; it is steadier where examples are few
SPREAD = 0.35  # of the support vectors' scores: what naive Bayes is brought to
SMOOTHING = 0.3
MOST_TERMS = 25_000  # of each block; those that occur in most texts
ABSENT = -2.0  # the bias of a label without an example: below every other

Places = npt.NDArray[np.intp]


def vocabularies(counted: Sequence[Features]) -> tuple[Vocabulary, ...]:
    """What occurs in the texts, without weights yet."""
    blocks = zip(*(one.blocks for one in counted), strict=True) if counted else ((), (), ())
    return tuple(_vocabulary(block) for block in blocks)


def stranger(texts: int) -> float:
    """The rarity of a word that is in none of so many texts."""
    return float(np.log(1 + texts) + 1)


def matrix(counted: Sequence[Features], known: tuple[Vocabulary, ...]) -> csr_matrix:
    """A row a text, a column a term of any block."""
    blocks = [
        share * _block([one.blocks[place] for one in counted], vocabulary)
        for place, (vocabulary, share) in enumerate(zip(known, SHARES, strict=True))
    ]
    return csr_matrix(hstack(blocks, format="csr"))


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
    machine = LinearSVC(C=cost, class_weight=balance, random_state=0)
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


def _vocabulary(counted: Sequence[Counter[str]]) -> Vocabulary:
    spread: Counter[str] = Counter()
    for one in counted:
        spread.update(one.keys())
    frequent = sorted(spread, key=lambda term: (-spread[term], term))
    terms = tuple(sorted(frequent[:MOST_TERMS]))
    often = np.array([spread[term] for term in terms], dtype=np.float32)
    rarity = (np.log((1 + len(counted)) / (1 + often)) + 1).astype(np.float32)
    return Vocabulary(terms, rarity, np.zeros(len(terms), np.float32), np.zeros((len(terms), 0), np.float32))


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
