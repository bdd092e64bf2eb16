"""Judge what a text is about by a fitted model: numpy only, in milliseconds, with reasons.

What it holds is arrays and words, kept as npz with JSON inside and never as pickle: reading a model runs no code.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from intake.understanding.features import Token, features, pieces, tokens

FORMAT = 1
LARGEST = 30_000_000  # bytes of a model, packed or not
_MOST_REASONS = 3
# What reading bytes raises that are no archive, no array or no JSON; found by changing every byte.
_DAMAGE = (
    *(
        ArithmeticError,
        AttributeError,
        EOFError,
        LookupError,
        MemoryError,
        OSError,
        RuntimeError,
        SyntaxError,
        TypeError,
    ),
    *(ValueError, struct.error, zipfile.BadZipFile, zlib.error),
)

Floats = npt.NDArray[np.float32]


class DamagedModel(ValueError):
    """The bytes are no model of ours, or not whole."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The labels with their probabilities, likeliest first; whether the first may be taken for true; and why."""

    ranking: tuple[tuple[str, float], ...]
    sure: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words or pieces that a model knows, and how much each tells. `weights` has a row a term, a column a label."""

    terms: tuple[str, ...]
    rarity: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores become probabilities, and from which probability on the first label is taken for true."""

    temperature: float
    threshold: float


class Model:
    """A fitted model. Never changes after it was made."""

    def __init__(
        self,
        labels: Sequence[str],
        blocks: tuple[Vocabulary, Vocabulary],
        bias: Floats,
        scale: Scale,
        *,
        version: int = 0,
    ) -> None:
        """`blocks` are words and pieces; `bias` is a number a label."""
        self.labels = tuple(labels)
        self.backend = "tfidf"
        self.version = version
        self._blocks = blocks
        self._places = tuple({term: place for place, term in enumerate(block.terms)} for block in blocks)
        self._bias = bias
        self._scale = scale

    def judge(self, text: str, language: str | None) -> Opinion:
        """What `text` (subject, line break, new words) is about. Any string will do; its beginning counts."""
        if not self.labels:
            return Opinion((), False, ())
        found = tokens(text)
        counted = features(found)
        words, parts = self._known(0, counted.terms), self._known(1, counted.pieces)
        scores = self._bias.copy()
        for block, (places, values) in zip(self._blocks, (words, parts), strict=True):
            scores += values @ block.weights[places]
        chances = softmax(scores / self._scale.temperature)
        order = np.argsort(-chances, kind="stable")
        ranking = tuple((self.labels[place], round(float(chances[place]), 4)) for place in order)
        if not len(words[0]) and not len(parts[0]):
            return Opinion(ranking, False, ("no known word in it",))
        sure = float(chances[order[0]]) >= self._scale.threshold
        return Opinion(ranking, sure, self._reasons(found, words, parts, order))

    def _known(self, block: int, counted: dict[str, int]) -> tuple[npt.NDArray[np.intp], Floats]:
        """The terms that the model knows, by their places, and how much of the text each is."""
        places = self._places[block]
        known = [(places[term], count) for term, count in counted.items() if term in places]
        where = np.array([place for place, _ in known], dtype=np.intp)
        values = tf_idf(np.array([count for _, count in known], dtype=np.float32), self._blocks[block].rarity[where])
        return where, values

    def _reasons(
        self,
        found: list[Token],
        words: tuple[npt.NDArray[np.intp], Floats],
        parts: tuple[npt.NDArray[np.intp], Floats],
        order: npt.NDArray[np.intp],
    ) -> tuple[str, ...]:
        """The words that speak for the first label rather than for the second."""
        first, second = order[0], order[min(1, len(order) - 1)]
        said: dict[str, float] = {}
        for block, (places, values) in zip(self._blocks, (words, parts), strict=True):
            gains = values * (block.weights[places, first] - block.weights[places, second])
            said.update(zip((block.terms[place] for place in places), (float(gain) for gain in gains), strict=True))
        points: dict[str, float] = {}
        for token in found:
            if token.unspaced:
                points.update({piece: said[piece] for piece in pieces(token) if len(piece) > 1 and piece in said})
            elif token.folded[0].isalnum():
                points[token.written] = said.get(token.folded, 0.0) + sum(
                    said.get(piece, 0.0) for piece in pieces(token) if len(piece) > 1
                )
        best = sorted((word for word in points if points[word] > 0), key=lambda word: -points[word])
        return tuple(f'word "{word}"' for word in best[:_MOST_REASONS])

    def to_bytes(self) -> bytes:
        """The model as npz. The same model gives the same bytes."""
        head = {
            "format": FORMAT,
            "labels": self.labels,
            "temperature": self._scale.temperature,
            "threshold": self._scale.threshold,
        }
        arrays: dict[str, npt.NDArray[np.generic]] = {"head": _packed(json.dumps(head)), "bias": self._bias}
        for name, block in zip(("words", "pieces"), self._blocks, strict=True):
            arrays[f"{name}_terms"] = _packed(json.dumps(block.terms, ensure_ascii=False))
            arrays[f"{name}_rarity"] = block.rarity
            arrays[f"{name}_weights"] = block.weights.astype(np.float16)
        return _archive(arrays)

    @classmethod
    def from_bytes(cls, content: bytes, version: int = 0) -> Model:
        """Read what `to_bytes` wrote. Raises DamagedModel for everything else, whatever it is."""
        try:
            arrays = _unpacked(content)
            head = json.loads(arrays["head"].tobytes())
            labels = tuple(str(label) for label in head["labels"])
            scale = Scale(float(head["temperature"]), float(head["threshold"]))
            words, parts = (_block(arrays, name, len(labels)) for name in ("words", "pieces"))
            bias = arrays["bias"].astype(np.float32)
            if head["format"] != FORMAT or bias.shape != (len(labels),) or not scale.temperature > 0:
                raise DamagedModel("a model of another format")
        except _DAMAGE as error:
            raise DamagedModel(f"no model: {type(error).__name__}") from error
        return cls(labels, (words, parts), bias, scale, version=version)


@cache
def builtin() -> Model:
    """The model that comes with the program, fitted to the seeds."""
    return Model.from_bytes(files("intake.understanding").joinpath("builtin.npz").read_bytes())


def tf_idf(counts: Floats, rarity: Floats) -> Floats:
    """How much of a text each term is: of unit length, a term that occurs often counting little more than once."""
    values = (1 + np.log(counts)) * rarity
    length = float(np.sqrt(values @ values))
    return np.asarray(values / length if length else values, dtype=np.float32)


def softmax(scores: Floats) -> Floats:
    """Probabilities, a row a text (or one text's)."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)


def _block(arrays: dict[str, npt.NDArray[np.generic]], name: str, labels: int) -> Vocabulary:
    terms = tuple(str(term) for term in json.loads(arrays[f"{name}_terms"].tobytes()))
    rarity, weights = (arrays[f"{name}_{part}"].astype(np.float32) for part in ("rarity", "weights"))
    if rarity.shape != (len(terms),) or weights.shape != (len(terms), labels):
        raise DamagedModel("words and weights do not fit")
    if not (np.isfinite(rarity).all() and np.isfinite(weights).all()):
        raise DamagedModel("weights that are no numbers")
    return Vocabulary(terms, rarity, weights)


def _packed(text: str) -> npt.NDArray[np.generic]:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _archive(arrays: dict[str, npt.NDArray[np.generic]]) -> bytes:
    """As numpy.savez_compressed, which writes the time of day into it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            part = io.BytesIO()
            np.lib.format.write_array(part, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), part.getvalue(), zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def _unpacked(content: bytes) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of an archive, after a look at how large they would become."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
            raise DamagedModel("larger than any model")
        return {name.removesuffix(".npy"): _array(archive.read(name)) for name in archive.namelist()}


def _array(content: bytes) -> npt.NDArray[np.generic]:
    """As numpy reads it, but a header can neither ask for memory that the content does not fill nor for objects."""
    part = io.BytesIO(content)
    np.lib.format.read_magic(part)
    shape, _, kind = np.lib.format.read_array_header_1_0(part)
    if kind not in (np.dtype(np.uint8), np.dtype(np.int8), np.dtype(np.float16), np.dtype(np.float32)):
        raise DamagedModel("an array of another kind")
    return np.frombuffer(content, dtype=kind, offset=part.tell()).reshape(shape)
