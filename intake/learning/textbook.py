"""What a model begins with: the categories' own messages and words; and a fingerprint of all that it rests on."""

from __future__ import annotations

import hashlib
import json
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.resources import files

from intake.learning.worker import Written
from intake.understanding.categories import Categories
from intake.understanding.model import embedding
from intake.understanding.seeds import BY_WORDS


def textbook(categories: Categories) -> list[Written]:
    """Every message of the categories, and every word as a weak example of its own."""
    messages = [
        Written(seed.text, seed.label, seed.language, 1.0, taught=False, fresh=False) for seed in categories.seeds
    ]
    words = [
        Written(word.text, word.label, word.language, BY_WORDS, taught=False, fresh=False)
        for word in categories.phrases
    ]
    return [*messages, *words]


@lru_cache(maxsize=2)  # asked every minute; categories are another object when they change
def basis(categories: Categories, *, meaning: bool) -> str:
    """The same for the same categories, the same way of fitting, with the meaning or without, and the same library."""
    digest = hashlib.sha256(_code())
    if meaning:
        digest.update(embedding.edition().encode())
    for one in textbook(categories):
        digest.update(json.dumps([one.text, one.label, one.language, one.weight]).encode())
    digest.update(json.dumps(categories.keys).encode())
    return digest.hexdigest()


@cache
def delivered() -> str:
    """What the model rests on that comes with the program: its own categories, and no meaning."""
    return basis(Categories(), meaning=False)


@cache
def _code() -> bytes:
    """All that fits and asks a model."""
    modules = sorted(files("intake.understanding.model").iterdir(), key=lambda path: path.name)
    code = (module.read_bytes() for module in modules if module.name.endswith(".py"))
    return version("scikit-learn").encode() + b"".join(code)
