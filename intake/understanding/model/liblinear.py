"""Liblinear's support vectors, from scikit-learn's compiled part alone.

All of scikit-learn and of scipy.stats, which it imports, takes 0.7 s of processor time and 75 MiB to load, more than
most refits; the compiled part needs none of it. A test holds it to what LinearSVC says.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from intake.understanding.model.file import Floats

_HOLLOW = ("sklearn", "sklearn.svm", "sklearn.utils")  # packages that are imported without what they would import
_DUAL, _PRIMAL = 1, 2  # liblinear's numbers of its solvers for the squared hinge loss
# What is nearer to the best weights tells no text from another, and takes longer. Each solver has its own measure. With
# few rows exactness costs nothing, and where nobody is sure any more depends on it.
_FEW = 3_000
_TOLERANCE = {_DUAL: 0.5, _PRIMAL: 0.001}
_EXACT = {_DUAL: 0.01, _PRIMAL: 0.001}
# For weights that are asked once, to measure by: what they say of many texts is the same in half the time.
_ROUGH = {_DUAL: 1.5, _PRIMAL: 0.001}
_MOST_ROUNDS = 1_000
_SEED = 209_652_396  # what LinearSVC(random_state=0) draws

Places = npt.NDArray[np.intp]
Doubles = npt.NDArray[np.float64]
_Answer = tuple[Doubles, npt.NDArray[np.int32]]


def parted(
    rows: csr_matrix | Floats,
    classes: Places,
    cost: float,
    balance: Doubles,
    importance: Floats,
    *,
    roughly: bool = False,
) -> tuple[Doubles, Doubles]:
    """Weights (a row a class) and biases, one class against the rest; of two classes only one row, for the second.

    `classes` are numbered from 0 without gaps, at least two; `balance` is a factor of the cost for each. `roughly`: if
    the rows are many.
    """
    sparse = isinstance(rows, csr_matrix)
    solver = _DUAL if rows.shape[0] < rows.shape[1] else _PRIMAL
    tolerance = _EXACT if rows.shape[0] <= _FEW else _ROUGH if roughly else _TOLERANCE
    raw, _ = _train()(
        rows if sparse else np.ascontiguousarray(rows),
        classes.astype(np.float64),
        sparse,
        solver,
        tolerance[solver],
        1.0,  # the constant that the bias is the weight of
        cost,
        balance,
        _MOST_ROUNDS,
        _SEED,
        0.1,  # only for regression
        importance.astype(np.float64),
    )
    return raw[:, :-1], raw[:, -1]


def _train() -> Callable[..., _Answer]:
    hollow = {} if "sklearn" in sys.modules else {name: _package(name) for name in _HOLLOW}
    sys.modules.update(hollow)
    try:
        liblinear = import_module("sklearn.svm._liblinear")
        liblinear.set_verbosity_wrap(0)  # it would print its progress between what we say
        train: Callable[..., _Answer] = liblinear.train_wrap
        return train
    finally:
        for name in hollow:  # whoever wants the real ones later gets them
            del sys.modules[name]


def _package(name: str) -> ModuleType:
    spec = find_spec("sklearn")
    places = spec.submodule_search_locations if spec is not None else None
    package = ModuleType(name)
    package.__path__ = [os.path.join(place, *name.split(".")[1:]) for place in places or ()]
    return package
