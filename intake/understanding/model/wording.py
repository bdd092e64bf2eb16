"""What the words of a text say: a weight for each word, piece and run that the model knows, and each label."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from intake.understanding.model.features import BLOCKS, LENGTH, SHARES, Token, evened, fold, pieces, terms, tokens
from intake.understanding.model.file import Array, Contents, Floats
from intake.understanding.model.windows import Known, Places, windows
from intake.understanding.plain_words import has_plain_sign, is_plain

_MOST_REASONS = 3
_WORTH_TELLING = 0.3  # of what the strongest word says
BY_KNOWN_WORDS = 0.3  # how much it counts for a text to be familiar that its words are known


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
        self._places = {term: place for place, term in enumerate(blocks[0].terms)}
        self._known_parts = Known(blocks[1].terms, blocks[2].terms)

    def say(self, text: str, *, foreign: bool = False) -> Said:
        """Any string will do. In a foreign language names and words that it shares tell something, runs across words
        nothing."""
        cut = tokens(text)
        said = terms(cut)
        counted = (self._known(said), *self._known_parts.count(windows(cut)))
        found = self._weighed(counted)
        scores, usual = self._bias.copy(), 0.0
        for block, vocabulary, (places, values) in zip(BLOCKS, self._blocks, found, strict=True):
            if not (foreign and block == "runs"):
                scores += values @ vocabulary.weights[places]
            usual += float(values @ vocabulary.usual[places])
        familiar = float(scores.max()) + usual + BY_KNOWN_WORDS * self._share_known(said)
        return Said(scores, familiar, any(len(places) for places, _ in found), tuple(cut), found)

    def _weighed(self, counted: tuple[tuple[Places, Floats], ...]) -> tuple[tuple[Places, Floats], ...]:
        """How much of a text each known term is: the rare ones more, one that occurs often little more than once."""
        values = [
            ((1 + np.log(counts)) * vocabulary.rarity[places]).astype(np.float32)
            for vocabulary, (places, counts) in zip(self._blocks, counted, strict=True)
        ]
        lengths = np.sqrt([float(some @ some) for some in values])
        factors = np.array(SHARES) * evened(lengths)
        factors *= LENGTH / (float(np.linalg.norm(lengths * factors)) or 1.0)
        scaled = (some * np.float32(factor) for some, factor in zip(values, factors.tolist(), strict=True))
        return tuple((places, some) for (places, _), some in zip(counted, scaled, strict=True))

    def _known(self, counted: dict[str, int]) -> tuple[Places, Floats]:
        """The words and pairs that are known, by their places, and how often each is there."""
        known = [(place, count) for term, count in counted.items() if (place := self._places.get(term)) is not None]
        where, counts = [place for place, _ in known], [count for _, count in known]
        return np.array(where, dtype=np.intp), np.array(counts, dtype=np.float32)

    def _share_known(self, terms: dict[str, int]) -> float:
        """How much of the words is known, the rare ones counting more; 0 for a text without spaces."""
        known = unknown = 0.0
        places, rarity = self._places, self._blocks[0].rarity
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
            gain.update(zip([vocabulary.terms[place] for place in places.tolist()], gains.tolist(), strict=True))
        points: dict[str, float] = {}
        for token in {token.written: token for token in said.tokens}.values():
            if token.unspaced:
                parts = [piece for piece in pieces(token) if len(piece) > 1 and piece in gain]
                points.update({piece: gain[piece] for piece in parts if not has_plain_sign(piece)})
            elif token.folded[0].isalpha() and not is_plain(token.folded):
                gains_of = [gain[piece] for piece in _long_pieces(token.folded) if piece in gain]
                points[token.written] = gain.get(token.folded, 0.0) + sum(gains_of)
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


@lru_cache(maxsize=2048)
def _long_pieces(word: str) -> tuple[str, ...]:
    """Those that may be a reason. Most words are written again and again."""
    return tuple(piece for piece in pieces(Token(word, word, unspaced=False)) if len(piece) > 1)
