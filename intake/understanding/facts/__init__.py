"""Find what a text says of orders, products, money, days and people. Pure, linear, and never raises."""

from intake.understanding.facts.extracting import extract, own_words, warm_up
from intake.understanding.facts.fact import Fact
from intake.understanding.facts.numbers.finding import Patterns

__all__ = ["Fact", "Patterns", "extract", "own_words", "warm_up"]
