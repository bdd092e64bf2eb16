"""Judge what a text is about by a fitted model: numpy only, in milliseconds, with reasons.

Two parts may speak: the wording (words and pieces of words) and, where the extra `semantic` is installed, the meaning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from intake.understanding.model.file import Array, Contents, DamagedModel, Floats, archive, packed
from intake.understanding.model.meaning import Meaning
from intake.understanding.model.wording import Wording

__all__ = ["DamagedModel", "Model", "Opinion", "Scale", "builtin"]

FORMAT = 1
NEVER = 2.0  # a threshold that no probability reaches
STRANGER = 0.25  # so much less familiar a text may be by its words where the meaning speaks, too


@dataclass(frozen=True, slots=True)
class Opinion:
    """The labels with their probabilities, likeliest first; whether the first may be taken for true; and why."""

    ranking: tuple[tuple[str, float], ...]
    sure: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """How scores become probabilities, from which probability on the first label is taken for true, and how familiar
    a text must be for that: what is like nothing that was learned is left alone, however plainly one label wins."""

    temperature: float = 1.0
    threshold: float = NEVER
    familiar: float = 0.0


class Model:
    """A fitted model. Never changes after it was made."""

    def __init__(
        self,
        labels: Sequence[str],
        languages: Sequence[str],
        wording: Wording,
        meaning: Meaning | None = None,
        scale: Scale | None = None,
        alone: Scale | None = None,
        version: int = 0,
        basis: str = "",
    ) -> None:
        """`languages` are those of the examples; none: not known. `basis` is the examples' fingerprint.

        `alone` is the scale for the wording where the meaning does not speak; without one nobody is sure there.
        """
        self.labels = tuple(labels)
        self.languages = tuple(languages)
        self.version = version
        self.basis = basis
        self.backend = "tfidf" if meaning is None else "tfidf+e5"
        self._wording = wording
        self._meaning = meaning
        self._scale = scale or Scale()
        self._alone = (alone or Scale()) if meaning is not None else self._scale

    def judge(self, text: str, language: str | None) -> Opinion:
        """What `text` (subject, line break, new words) is about. Any string will do; its beginning counts.

        In a language that no example was in, the words say nothing: there the meaning alone speaks, or nobody is sure.
        """
        if not self.labels:
            return Opinion((), False, ())
        foreign = language is not None and bool(self.languages) and language not in self.languages
        said = self._wording.say(text, foreign=foreign)
        scale, scores, familiar, sure = self._alone, said.scores, said.familiar, not foreign and said.known
        meant = self._meaning.say(text) if self._meaning else None
        if self._meaning and meant:
            scores = self._meaning.blended(said.scores, meant.scores, foreign=foreign)
            # What is strange by its words is strange: to the meaning everything is a little like something.
            scale, sure = self._scale, foreign or said.familiar >= self._alone.familiar - STRANGER
            familiar = self._meaning.familiar(scores, meant.nearest)
        chances = softmax(scores / scale.temperature)
        order = np.argsort(-chances, kind="stable").tolist()
        ranking = tuple(
            (self.labels[place], round(chance, 4)) for place, chance in zip(order, chances[order].tolist(), strict=True)
        )
        sure = sure and ranking[0][1] >= scale.threshold and familiar >= scale.familiar
        near = self._meaning.near(meant, order[0]) if self._meaning and meant else ()
        words = () if foreign else self._wording.reasons(said, order[0], order[min(1, len(order) - 1)])
        return Opinion(ranking, sure, (*near, *words) or ("no known word in it",))

    def worded(self) -> Model:
        """The same without the meaning."""
        if self._meaning is None:
            return self
        return Model(
            self.labels, self.languages, self._wording, scale=self._alone, version=self.version, basis=self.basis
        )

    def to_bytes(self) -> bytes:
        """The model as npz. The same model gives the same bytes."""
        head = {
            "format": FORMAT,
            "basis": self.basis,
            "labels": self.labels,
            "languages": self.languages,
            "scale": astuple(self._scale),
            "alone": astuple(self._alone),
            "stranger": self._wording.stranger,
            "share": self._meaning.share if self._meaning else 0.0,
        }
        arrays: dict[str, Array] = {"head": packed(head), **self._wording.arrays()}
        return archive({**arrays, **(self._meaning.arrays() if self._meaning else {})})

    @classmethod
    def from_bytes(cls, content: bytes, version: int = 0) -> Model:
        """Read what `to_bytes` wrote. Raises DamagedModel for everything else, whatever it is."""
        contents = Contents(content)
        head = contents.json("head")
        try:
            if not isinstance(head, dict) or head["format"] != FORMAT:
                raise DamagedModel("a model of another format")
            labels, languages = ([str(name) for name in head[part]] for part in ("labels", "languages"))
            scale, alone = (Scale(*(float(number) for number in head[name])) for name in ("scale", "alone"))
            stranger, share, basis = float(head["stranger"]), float(head["share"]), str(head["basis"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise DamagedModel(f"head: {error}") from error
        if not (scale.temperature > 0 and alone.temperature > 0):
            raise DamagedModel("a temperature of nothing")
        wording = Wording.of(contents, len(labels), stranger)
        meaning = Meaning.of(contents, len(labels), share) if share else None
        return cls(labels, languages, wording, meaning, scale, alone, version, basis)


@cache
def builtin() -> Model:
    """The model that comes with the program, fitted to the seeds."""
    return Model.from_bytes(files("intake.understanding.model").joinpath("builtin.npz").read_bytes())


def softmax(scores: Floats) -> Floats:
    """Probabilities, a row a text (or one text's)."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)
