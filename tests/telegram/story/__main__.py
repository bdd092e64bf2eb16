"""Play many stories: python -m tests.telegram.story --seeds 50 [--first N] [--steps N] [--on NAME] [--each]."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.databases import Databases, databases
from tests.telegram.story.play import COMBINATIONS, STEPS, Combination, Ended, play

BUILD = Path("build/story")


def main() -> int:
    """Play the stories that are asked for; 1 when one of them broke a law."""
    wanted = _arguments()
    console = Console()
    chosen = [one for one in COMBINATIONS if not wanted.on or str(one) in wanted.on]
    seeds = range(wanted.first, wanted.first + wanted.seeds)
    stories = [
        (seed, combination)
        for seed in seeds
        for combination in (chosen if wanted.each else [chosen[seed % len(chosen)]])
    ]
    ended: defaultdict[str, list[Ended]] = defaultdict(list)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with databases() as there, Progress(*columns, console=console) as bar:
        task = bar.add_task("stories", total=len(stories))
        for seed, combination in stories:
            bar.update(task, description=f"seed {seed} on {combination}")
            story = asyncio.run(_one(seed, combination, wanted.steps, there))
            ended[str(combination)].append(story)
            if story.complaints:
                console.print(f"{story}\n{_kept(story, combination)}", markup=False, highlight=False)
            bar.advance(task)
    console.print(_table(ended))
    return any(story.complaints for stories_there in ended.values() for story in stories_there)


async def _one(seed: int, combination: Combination, steps: int, there: Databases) -> Ended:
    url, folder = await there.new(combination.database)
    return await play(seed, url, folder, combination.transport, steps)


def _kept(story: Ended, combination: Combination) -> str:
    BUILD.mkdir(parents=True, exist_ok=True)
    path = BUILD / f"{story.seed}-{combination}.txt"
    path.write_text("\n".join([str(story), "", *story.transcript]))
    return f"its transcript: {path}; again: python -m tests.telegram.story --first {story.seed} --on {combination}"


def _table(ended: defaultdict[str, list[Ended]]) -> Table:
    table = Table("combination", "stories", "passed", "seconds a story")
    for combination, stories in sorted(ended.items()):
        passed = sum(not story.complaints for story in stories)
        mean = sum(story.seconds for story in stories) / len(stories)
        table.add_row(combination, str(len(stories)), str(passed), f"{mean:.1f}")
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first one")
    parser.add_argument("--steps", type=int, default=STEPS, help="how long each is")
    parser.add_argument("--on", action="append", choices=[str(one) for one in COMBINATIONS], help="only on this")
    parser.add_argument("--each", action="store_true", help="each seed on every combination, not on one of them")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
