"""What models say of the examples that they have not seen: by it the voices are chosen, and how sure they may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from intake.understanding.model import machines
from intake.understanding.model.file import Floats
from intake.understanding.model.machines import Places
from intake.understanding.model.meaning import centered
from intake.understanding.model.wording import BY_KNOWN_WORDS, Vocabulary

MEANING_COST = 0.5
SHARES = (1.5, 6.0)  # of the meaning against the wording: which is best is asked of the examples
WORTH = 0.01  # so much better must be what is not the usual: the meaning against none, no naive Bayes against some


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
class LeftOut:
    """What models said of the examples that they had not seen: NaN where nobody spoke. `by_counts`: how much naive
    Bayes says in the wording."""

    wording: Floats
    familiar: Floats
    meaning: Floats
    nearest: Floats
    by_counts: float = 0.0


def ask_left_out(task: Task) -> LeftOut:
    """Ask of each fold the models that are fitted to all others."""
    texts, labels = len(task.targets), len(task.labels)
    wording, meaning = (np.full((texts, labels), np.nan, np.float32) for _ in range(2))
    familiar, nearest = (np.full(texts, np.nan, np.float32) for _ in range(2))
    counts = np.zeros((texts, labels), np.float32)
    plenty = machines.is_plenty(task.targets, task.importance)
    for number in np.unique(task.folds):
        mine, rest = np.flatnonzero(task.folds == number), np.flatnonzero(task.folds != number)
        if not (task.targets[rest] >= 0).any():
            continue
        known = task.rows[rest], task.targets[rest], task.importance[rest], labels
        weights, bias = machines.worded(*known, by_counts=0.0, roughly=True)
        wording[mine] = task.rows[mine] @ weights + bias
        if not plenty:
            counts[mine] = task.rows[mine] @ machines.bayes(*known)
        familiar[mine] = task.rows[mine] @ usual(task, rest) + BY_KNOWN_WORDS * _share_known(task, mine, rest)
        if task.vectors is not None:
            meaning[mine], nearest[mine] = _meant(task, task.vectors, mine, rest)
    by_counts = 0.0 if plenty else _voice_of_counts(task, wording, counts)
    wording += by_counts * counts
    return LeftOut(wording, familiar + wording.max(axis=1, initial=-np.inf), meaning, nearest, by_counts)


def _voice_of_counts(task: Task, wording: Floats, counts: Floats) -> float:
    """The usual one; none where the examples are told clearly better without."""
    rows = _asked(task, wording)
    without, both = (_right(task, rows, scores) for scores in (wording, wording + machines.BY_COUNTS * counts))
    return 0.0 if without > both + WORTH else machines.BY_COUNTS


def _asked(task: Task, scores: Floats) -> Places:
    """The examples of which somebody spoke, those of no label and weak ones aside."""
    return np.flatnonzero(np.isfinite(scores).all(axis=1) & (task.targets >= 0) & (task.importance >= 1.0))


def _right(task: Task, rows: Places, scores: Floats) -> float:
    """Of which share of the rows the first label is the true one."""
    return float((scores[rows].argmax(axis=1) == task.targets[rows]).mean()) if len(rows) else 0.0


def _share_known(task: Task, mine: Places, rest: Places) -> Floats:
    """How much of the words of mine is in the rest, the rare ones counting more; as Wording says it of a text."""
    single = np.array([" " not in term for term in task.vocabularies[0].terms], dtype=bool)
    weight = np.where(single, task.vocabularies[0].rarity ** 2, 0)
    words = task.rows[:, : len(single)] > 0
    seen = np.asarray(words[rest].sum(axis=0)).ravel() > 0
    known = words[mine] @ np.where(seen, weight, 0)
    all_of_them = words[mine] @ weight
    share = np.divide(known, all_of_them, out=np.zeros(len(mine)), where=all_of_them > 0)
    return np.asarray(share, dtype=np.float32)


def usual(task: Task, rows: Places) -> Floats:
    """A text as they mostly are, of length one."""
    inside = rows[task.targets[rows] >= 0]
    mean = np.asarray(task.rows[inside].mean(axis=0)).ravel() if len(inside) else np.zeros(task.rows.shape[1])
    return np.asarray(mean / (float(np.linalg.norm(mean)) or 1.0), dtype=np.float32)


def _meant(task: Task, vectors: Floats, mine: Places, rest: Places) -> tuple[Floats, Floats]:
    inside = rest[(task.targets[rest] >= 0) & there(vectors)[rest]]
    if not len(inside):
        return np.full((len(mine), len(task.labels)), np.nan, np.float32), np.full(len(mine), np.nan, np.float32)
    center = vectors[inside].mean(axis=0)
    known, asked = centered(vectors[inside], center), centered(vectors[mine], center)
    weights, bias = meaning_weights(task, known, inside)
    return asked @ weights + bias, (asked @ known.T).max(axis=1)


def there(vectors: Floats) -> npt.NDArray[np.bool_]:
    """Which examples have an embedding."""
    return np.isfinite(vectors[:, 0])


def meaning_weights(task: Task, vectors: Floats, rows: Places) -> tuple[Floats, Floats]:
    """Weights and bias on the embeddings of these rows."""
    return machines.supported(
        vectors, task.targets[rows], task.importance[rows], len(task.labels), MEANING_COST, balanced=True
    )


def voice_of_meaning(task: Task, left_out: LeftOut) -> float:
    """The first that is best, none where it does not help."""
    rows = _asked(task, left_out.meaning)
    if task.vectors is None or not len(rows):
        return 0.0

    def right(share: float) -> float:
        return _right(task, rows, left_out.wording + share * left_out.meaning)

    best = 0.0
    for share in SHARES:
        if right(share) > right(best) + WORTH:
            best = share
    return best
