"""How a model is fitted: the counts are those of `features`, the support vectors those of scikit-learn."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.svm import LinearSVC

from intake.understanding.model import machines
from intake.understanding.model.counting import count
from intake.understanding.model.features import tokens
from intake.understanding.model.left_out import ask_left_out
from intake.understanding.model.model import Model
from intake.understanding.model.training import LIVE, Example, counted, fit
from intake.understanding.model.wording import Wording
from intake.understanding.seeds import builtin_seeds
from tests.plain_count import plain_count

ROOT = Path(__file__).parent.parent

NOUNS = ("cup", "pan", "bag", "hat", "pen", "box")
ODD = ("", "a", " ", "日本", "a!", "\ud800x", "é" * 3_000, "รถ ช้า", "x" * 100 + " y")


def test_many_texts_are_counted_as_one_is() -> None:
    """Every text of the seeds, and odd ones: the same terms, as often."""
    texts = [*(seed.text for seed in builtin_seeds()), *ODD]
    for number, block in enumerate(count(texts)):
        names, start = list(block.numbers), 0
        for text, end in zip(texts, block.ends, strict=True):
            found, counts = block.found[start:end].tolist(), block.counts[start:end].tolist()
            assert {names[one]: many for one, many in zip(found, counts, strict=True)} == plain_count(tokens(text))[
                number
            ]
            start = int(end)


def test_the_support_vectors_are_those_of_scikit_learn() -> None:
    """Asked without all that it would import, liblinear says the same, bit for bit."""
    seeds = [seed for seed in builtin_seeds() if seed.language == "en"][:300]
    rows, _ = machines.counted([seed.text for seed in seeds], np.arange(len(seeds), dtype=np.intp))
    labels = sorted({seed.label for seed in seeds})
    targets = np.array([labels.index(seed.label) for seed in seeds], dtype=np.intp)
    importance = np.linspace(0.5, 2, len(seeds), dtype=np.float32)
    weights, bias = machines.supported(rows, targets, importance, len(labels), 0.5, balanced=True)
    known = LinearSVC(C=0.5, tol=0.01, class_weight="balanced", random_state=0)
    known.fit(rows, targets, sample_weight=importance)
    np.testing.assert_allclose(weights.T, known.coef_, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(bias, known.intercept_, rtol=1e-4, atol=1e-6)


def test_a_text_is_to_the_model_what_it_was_when_it_was_fitted() -> None:
    """The same terms weigh the same: else what left-out texts say of the model would not hold when it is asked."""
    texts = [*(seed.text for seed in builtin_seeds()[::40]), *ODD]
    rows, known = machines.counted(texts, np.arange(len(texts), dtype=np.intp))
    weights = np.random.default_rng(1).normal(size=(rows.shape[1], 3)).astype(np.float32)
    ends = np.cumsum([len(block.terms) for block in known])[:-1]
    parts = zip(known, np.split(weights, ends), strict=True)
    asked = Wording(tuple(replace(block, weights=part) for block, part in parts), np.zeros(3, np.float32), 1.0)
    for text, expected in zip(texts, rows @ weights, strict=True):
        np.testing.assert_allclose(asked.say(text).scores, expected, rtol=1e-3, atol=1e-4)


def test_a_number_between_chinese_words_says_less_than_they_do() -> None:
    """It stands alone among the words with spaces: were each kind of term worth the same, it would count for half."""
    rows, known = machines.counted(["我的订单 4711 还没有到", "退款什么时候到账"], np.arange(2))
    row = rows[0]
    number = known[0].terms.index("0000")
    pieces = row[0, len(known[0].terms) : len(known[0].terms) + len(known[1].terms)]
    assert row[0, number] ** 2 < pieces.multiply(pieces).sum() / 1.5


def test_naive_bayes_is_silent_where_it_misleads() -> None:
    """Left-out examples say so: it helps where each label has a word of its own, and not where the pairs decide."""
    labels = ("send", "mend")
    plain = [Example(f"{label} {noun}", label) for label in labels for noun in NOUNS]
    pairs = [
        Example(f"{first} {second} {noun}", labels[(first == "not") != (second == "now")])
        for first in ("not", "yes")
        for second in ("now", "later")
        for noun in NOUNS
    ]
    assert ask_left_out(counted(plain)).by_counts == machines.BY_COUNTS
    assert ask_left_out(counted(pairs)).by_counts == 0


def test_fitting_loads_no_more_of_scikit_learn_than_liblinear() -> None:
    """All of it takes longer to load than most refits take; and who wants all of it later gets it."""
    source = (
        "import sys\n"
        "from intake.understanding.model.training import Example, fit\n"
        "fit([Example(f'{word} it {n}', word) for word in ('mend', 'send') for n in 'abcd'])\n"
        "print([name for name in ('sklearn', 'sklearn.base', 'scipy.stats') if name in sys.modules])\n"
        "from sklearn.svm import LinearSVC\n"
        "print(LinearSVC().fit([[0.0], [1.0]], [0, 1]).predict([[1.0]]))\n"
    )
    said = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n[1]\n"


def test_live_messages_say_how_sure_it_may_be() -> None:
    """A hundred of them that it tells worse than the seeds: it names fewer; of one less it still believes the seeds."""
    seeds = [seed for seed in builtin_seeds() if seed.language == "en"]
    known = [Example(seed.text, seed.label, "en") for seed in seeds]
    labels = sorted({seed.label for seed in seeds})
    # Every third is called what it is not, as where a company means something else by it.
    live = [
        Example(f"{seed.text} hello", seed.label if number % 3 else labels[number % len(labels)], "en", 2.0)
        for number, seed in enumerate(seeds[::2][:LIVE])
    ]
    before, after = (fit([*known, *some]).model for some in (live[1:], live))

    def named(model: Model) -> int:
        return sum(model.judge(one.text, "en").sure for one in known)

    assert named(after) < named(before)
