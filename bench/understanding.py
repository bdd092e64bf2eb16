"""How well our labelled messages are understood when they are read as the service reads them, as tables and JSON.

The held halves, each of another hand, are only for measuring: of them nothing but shares is printed. The train half is
in the program's model: its categories are told by models that were fitted without it, a fifth at a time; what was
misread is listed by `train --wrong`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from bench import judging
from bench.judging import Read
from bench.labelled import CHANNELS, FIELDS, HELD, HELD_LATER, LANGUAGES, TRAIN, Row, read
from bot.measuring.rows import milliseconds
from intake.understanding.categories import Categories
from intake.understanding.classifier import Classifier
from intake.understanding.model.model import builtin

HALVES = {"held": (HELD,), "held-later": (HELD_LATER,), "train": TRAIN}
Figures = dict[str, float | None]
# Characters of a text, and each how manieth message is made so long.
LENGTHS = {300: 1, 2_000: 1, 1_000_000: 60}
# What the rows of a table are about.
PARTS = ("all", *CHANNELS, *LANGUAGES)


def main() -> None:
    """Measure, print tables and one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.understanding", description=__doc__)
    parser.add_argument("half", nargs="?", choices=sorted(HALVES), default="held", help="default: %(default)s")
    parser.add_argument("--wrong", action="store_true", help="list what was misread of the train half")
    parser.add_argument("--learning", action="store_true", help="measure what learning brings and costs, some minutes")
    options = parser.parse_args()
    if options.wrong and options.half != "train":
        parser.error("of a held half nothing but shares is shown: it would be tuned on.")
    rows = [row for path in HALVES[options.half] for row in read(path)]
    classifier = Classifier(Categories(), builtin())
    reads = _left_out(rows) if options.half == "train" else judging.read_all(rows, classifier)
    if options.wrong:
        for line in wrong(reads):
            print(line)
    found = figures(reads)
    for characters, some in LENGTHS.items():
        longer = judging.read_all([judging.lengthened(row, characters) for row in rows[::some]], classifier)
        found["time"][f"{characters:,} characters"] = _times(longer)
    if options.learning:
        found |= learning(rows)
    console = Console()
    for title, figures_of in found.items():
        console.print(table(f"{options.half}: {title}", figures_of))
    print(json.dumps({"bench": "understanding", "half": options.half, **found}))


def figures(reads: Sequence[Read]) -> dict[str, dict[str, Figures]]:
    """All that is said of the program as it comes."""
    return {
        "sorting": _by_part(reads, judging.sorting),
        "priority": _by_part(reads, judging.priorities),
        "language": _by_part(reads, judging.languages),
        "facts": {field: judging.facts(reads, field) for field in FIELDS},
        "time": {"as written": _times(reads)},
    }


def learning(rows: Sequence[Row]) -> dict[str, dict[str, Figures]]:
    """What the extra `semantic` tells better of `rows`, and what a refit takes."""
    # It brings scikit-learn along, which takes seconds to load.
    from bench import refitting

    found = {}
    if model := refitting.with_meaning():
        reads = judging.read_all(rows, Classifier(Categories(), model))
        found[f"sorting, {model.backend}"] = _by_part(reads, judging.sorting)
    found["refit"] = {f"{size} examples": refitting.refit(size) for size in refitting.SIZES}
    found["memory"] = {"program": asyncio.run(refitting.memory())}
    return found


def _left_out(rows: Sequence[Row]) -> list[Read]:
    from bench import leaving_out  # scikit-learn, too

    return leaving_out.read_all(rows)


def wrong(reads: Sequence[Read]) -> Iterator[str]:
    """What was misread, a line a mistake, for those who tune on the train half."""
    for one in reads:
        row = one.row
        mistakes = [
            f"{name}: {said!r}, should be {meant!r}"
            for name, said, meant in (
                ("category", one.category, row.label),
                ("priority", one.priority, row.priority),
                ("language", one.language, row.language),
            )
            if said != meant
        ]
        mistakes += [f"not there: {field} {value}" for field, value in sorted(one.facts - one.true_facts)]
        mistakes += [f"not found: {field} {value}" for field, value in sorted(one.true_facts - one.facts)]
        for mistake in mistakes:
            yield f"{mistake} | {row.subject} | {row.text!r}"


def table(title: str, rows: Mapping[str, Figures]) -> Table:
    """The figures for people."""
    made = Table(title=title, padding=(0, 1))
    made.add_column("")
    for name in next(iter(rows.values())):
        made.add_column(name.replace("_", " "), justify="right", no_wrap=True)
    for name, row in rows.items():
        made.add_row(name, *("-" if value is None else f"{value:g}" for value in row.values()))
    return made


def _times(reads: Sequence[Read]) -> Figures:
    times = [one.seconds for one in reads]
    return {"p50_ms": milliseconds(times, 0.5), "p99_ms": milliseconds(times, 0.99), "n": len(reads)}


def _by_part(reads: Sequence[Read], figures_of: Callable[[Sequence[Read]], Figures]) -> dict[str, Figures]:
    return {
        part: figures_of([one for one in reads if part in ("all", one.row.channel, one.row.language)]) for part in PARTS
    }


if __name__ == "__main__":
    main()
