"""What the words of a text say: a weight for each word, piece and run that the model knows, and each label."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from intake.understanding.features import BLOCKS, SHARES, Token, features, fold, pieces, tokens
from intake.understanding.model_file import Array, Contents, Floats
from intake.understanding.plain_words import has_plain_sign, is_plain

_MOST_REASONS = 3
_WORTH_TELLING = 0.3  # of what the strongest word says
BY_KNOWN_WORDS = 0.3  # how much it counts for a text to be familiar that its words are known

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of one block. `weights`: a row a term, a column a label; `usual`: a text as they mostly are."""

    terms: tuple[str, ...]
    rarity: Floats
    usual: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Said:
    """A text's scores, a number a label; how like the examples it is; is any word known; and what the reasons need."""

    scores: Floats
    familiar: float
    known: bool
    tokens: tuple[Token, ...]
    found: tuple[tuple[Places, Floats], ...]


class Wording:
    """Known words with their weights. Never changes after it was made."""

    def __init__(self, blocks: tuple[Vocabulary, ...], bias: Floats, stranger: float) -> None:
        """`bias` is a number a label, `stranger` the rarity of a word that was never seen."""
        self.stranger = stranger
        self._blocks = blocks
        self._bias = bias
        self._places = tuple({term: place for place, term in enumerate(block.terms)} for block in blocks)

    def say(self, text: str, *, foreign: bool = False) -> Said:
        """Any string will do. In a foreign language names and words that it shares tell something, runs across words
        nothing."""
        cut = tokens(text)
        counted = features(cut).blocks
        found = tuple(self._known(block, counted[block]) for block in range(len(self._blocks)))
        scores, usual = self._bias.copy(), 0.0
        for block, vocabulary, (places, values) in zip(BLOCKS, self._blocks, found, strict=True):
            if not (foreign and block == "runs"):
                scores += values @ vocabulary.weights[places]
            usual += float(values @ vocabulary.usual[places])
        familiar = float(scores.max()) + usual + BY_KNOWN_WORDS * self._share_known(counted[0])
        return Said(scores, familiar, any(len(places) for places, _ in found), tuple(cut), found)

    def _known(self, block: int, counted: dict[str, int]) -> tuple[Places, Floats]:
        """The terms that are known, by their places, and how much of the text each is."""
        places = self._places[block]
        known = [(places[term], count) for term, count in counted.items() if term in places]
        where = np.array([place for place, _ in known], dtype=np.intp)
        counts = np.array([count for _, count in known], dtype=np.float32)
        return where, SHARES[block] * tf_idf(counts, self._blocks[block].rarity[where])

    def _share_known(self, terms: dict[str, int]) -> float:
        """How much of the words is known, the rare ones counting more; 0 for a text without spaces."""
        known = unknown = 0.0
        places, rarity = self._places[0], self._blocks[0].rarity
        for term in terms:
            if " " not in term:
                if term in places:
                    known += float(rarity[places[term]]) ** 2
                else:
                    unknown += self.stranger**2
        return known / (known + unknown) if known else 0.0

    def reasons(self, said: Said, first: int, second: int) -> tuple[str, ...]:
        """The words that speak for the first label rather than for the second; not those that go with any wish."""
        gain: dict[str, float] = {}
        for vocabulary, (places, values) in zip(self._blocks[:2], said.found[:2], strict=True):
            gains = values * (vocabulary.weights[places, first] - vocabulary.weights[places, second])
            gain.update((vocabulary.terms[place], float(more)) for place, more in zip(places, gains, strict=True))
        points: dict[str, float] = {}
        for token in said.tokens:
            parts = [piece for piece in pieces(token) if len(piece) > 1]
            if token.unspaced:
                points.update({piece: gain[piece] for piece in parts if piece in gain and not has_plain_sign(piece)})
            elif token.folded[0].isalpha() and not is_plain(token.folded):
                points[token.written] = gain.get(token.folded, 0.0) + sum(gain.get(piece, 0.0) for piece in parts)
        ranked = sorted((word for word in points if points[word] > 0), key=lambda word: -points[word])
        best = list({fold(word): word for word in reversed(ranked)}.values())[::-1][:_MOST_REASONS]
        return tuple(f'word "{word}"' for word in best if points[word] >= _WORTH_TELLING * points[best[0]])

    def arrays(self) -> dict[str, Array]:
        """What it is kept as. Half the precision is enough for weights."""
        found: dict[str, Array] = {"bias": self._bias}
        for name, block in zip(BLOCKS, self._blocks, strict=True):
            found[f"{name}_terms"] = np.frombuffer("\n".join(block.terms).encode(), dtype=np.uint8)
            found[f"{name}_rarity"] = block.rarity
            found[f"{name}_usual"] = block.usual.astype(np.float16)
            found[f"{name}_weights"] = block.weights.astype(np.float16)
        return found

    @classmethod
    def of(cls, contents: Contents, labels: int, stranger: float) -> Wording:
        """Read what `arrays` gave. Raises DamagedModel."""
        blocks = []
        for name in BLOCKS:
            terms = contents.lines(f"{name}_terms")
            rarity, usual = (contents.floats(f"{name}_{part}", len(terms)) for part in ("rarity", "usual"))
            blocks.append(Vocabulary(terms, rarity, usual, contents.floats(f"{name}_weights", len(terms), labels)))
        return cls(tuple(blocks), contents.floats("bias", labels), stranger)


def tf_idf(counts: Floats, rarity: Floats) -> Floats:
    """How much of a text each term is: of unit length, a term that occurs often counting little more than once."""
    values = (1 + np.log(counts)) * rarity
    length = float(np.sqrt(values @ values))
    return np.asarray(values / length if length else values, dtype=np.float32)
