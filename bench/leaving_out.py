"""Judge the messages that the model knows by models that do not: each is fitted to all but some, and reads these."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from bench import judging
from bench.judging import Read
from bench.labelled import Row
from intake.understanding.categories import Categories
from intake.understanding.classifier import Classifier
from intake.understanding.model.builtin import PRECISION, examples
from intake.understanding.model.training import fit

FOLDS = 5


def read_all(rows: Sequence[Row]) -> list[Read]:
    """Every row, read by the program as it would be had nobody labelled that fifth of them."""
    known, categories = examples(), Categories()
    reads: list[Read] = []
    for number in range(FOLDS):
        asked = [row for row in rows if zlib.crc32(row.whole.encode()) % FOLDS == number]
        left_out = {row.whole for row in asked}
        model = fit([one for one in known if one.text not in left_out], target_precision=PRECISION).model
        reads += judging.read_all(asked, Classifier(categories, model))
    return reads
