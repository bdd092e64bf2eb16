"""What a text means, by its embedding: a second voice in a model, and the only one in languages it never learned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import structlog

from intake.understanding.model import embedding
from intake.understanding.model.embedding import SIZE
from intake.understanding.model.file import Array, Contents, DamagedModel, Floats, packed

_MOST_REASONS = 2
_LIKE = 0.35  # the cosine from which on a confirmed message is a reason
EXCERPT = 60  # characters of it

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Meant:
    """A text's scores by its meaning, and how near it is to each confirmed message."""

    scores: Floats
    nearness: Floats

    @property
    def nearest(self) -> float:
        """The cosine of the nearest."""
        return float(self.nearness.max()) if len(self.nearness) else 0.0


@dataclass(frozen=True, slots=True)
class Meaning:
    """Weights on the embedding, and confirmed messages with theirs. `share`: its voice against the wording's one."""

    share: float
    center: Floats
    weights: Floats
    bias: Floats
    vectors: npt.NDArray[np.int8]
    labels: tuple[int, ...]
    excerpts: tuple[str, ...]

    def say(self, text: str) -> Meant | None:
        """None where the extra is not there, or does not work: then the wording speaks alone."""
        try:
            vector = centered(embedding.embed([text]), self.center)[0]
        except (ImportError, OSError, RuntimeError) as error:
            log.warning("no meaning", error=type(error).__name__)
            return None
        return Meant(vector @ self.weights + self.bias, self.vectors.astype(np.float32) @ vector / 127)

    def blended(self, wording: Floats, meaning: Floats, *, foreign: bool) -> Floats:
        """The scores of both, of the same size whether both speak or the meaning alone."""
        return np.asarray(meaning * (1 + self.share) if foreign else wording + self.share * meaning, dtype=np.float32)

    def familiar(self, scores: Floats, nearest: float) -> float:
        """How like the examples a text is: one label speaks for it, and a message near it is known."""
        return float(scores.max()) / (1 + self.share) + nearest

    def near(self, meant: Meant, label: int) -> tuple[str, ...]:
        """The confirmed messages of this label that are most like it."""
        order = [int(place) for place in np.argsort(-meant.nearness, kind="stable")[:20]]
        like = [place for place in order if self.labels[place] == label and meant.nearness[place] >= _LIKE]
        return tuple(f'like "{self.excerpts[place]}"' for place in like[:_MOST_REASONS])

    def arrays(self) -> dict[str, Array]:
        """What it is kept as."""
        return {
            "meaning_center": self.center,
            "meaning_weights": self.weights,
            "meaning_bias": self.bias,
            "near_vectors": self.vectors,
            "near_labels": packed(self.labels),
            "near_excerpts": packed(self.excerpts),
        }

    @classmethod
    def of(cls, contents: Contents, labels: int, share: float) -> Meaning:
        """Read what `arrays` gave. Raises DamagedModel."""
        excerpts, known = contents.strings("near_excerpts"), contents.json("near_labels")
        if not isinstance(known, list) or len(known) != len(excerpts):
            raise DamagedModel("messages and labels do not fit")
        if not all(isinstance(label, int) and 0 <= label < labels for label in known):
            raise DamagedModel("a label that is none")
        center = contents.floats("meaning_center", SIZE)
        weights = contents.floats("meaning_weights", SIZE, labels)
        vectors = contents.small("near_vectors", len(excerpts), SIZE)
        return cls(share, center, weights, contents.floats("meaning_bias", labels), vectors, tuple(known), excerpts)


def centered(vectors: Floats, center: Floats) -> Floats:
    """What parts the texts from one another, without what all have in common; of length one."""
    found = vectors - center
    lengths = np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)
    return np.asarray(found / lengths, dtype=np.float32)
