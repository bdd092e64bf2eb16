"""Play whole runs: python -m tests.chaos [--on NAME] [--seed N] [--short] [--times N]."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.chaos.play import FULL, SHORT, Ended, play
from tests.chaos.world import SETUPS, Place, Setup
from tests.databases import Databases, databases

BUILD = Path("build/chaos")


def main() -> int:
    """Play what is asked for; 1 when a law was broken."""
    wanted = _arguments()
    console = Console()
    chosen = [one for one in SETUPS if not wanted.on or str(one) in wanted.on]
    first = wanted.seed if wanted.seed is not None else random.randrange(1 << 32)
    ended: list[Ended] = []
    with databases() as there:
        for seed in range(first, first + wanted.times):
            for setup in chosen:
                console.print(f"seed {seed} on {setup} …")
                run = asyncio.run(_one(seed, setup, there, short=wanted.short))
                console.print(f"{run}\n{_kept(run)}", markup=False, highlight=False)
                ended.append(run)
    console.print(_table(ended))
    return any(run.complaints for run in ended)


async def _one(seed: int, setup: Setup, there: Databases, *, short: bool) -> Ended:
    url, folder = await there.new(setup.database)
    return await play(seed, setup, Place(url, folder), SHORT if short else FULL)


def _kept(run: Ended) -> str:
    BUILD.mkdir(parents=True, exist_ok=True)
    path = BUILD / f"{run.seed}-{run.setup}.txt"
    path.write_text("\n".join([str(run), "", *run.transcript]))
    for number, log in enumerate(run.logs):
        path.with_suffix(f".{number}.log").write_text(log)
    return f"its transcript: {path}; again: python -m tests.chaos --seed {run.seed} --on {run.setup}"


def _table(ended: list[Ended]) -> Table:
    table = Table("", *(f"{run.setup}\nseed {run.seed}" for run in ended))
    for name in ended[0].figures:
        table.add_row(name, *(run.figures[name] for run in ended))
    table.add_row("complaints", *(str(len(run.complaints)) for run in ended))
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--on", action="append", choices=[str(one) for one in SETUPS], help="only on this")
    parser.add_argument("--seed", type=int, help="the first one; none: any")
    parser.add_argument("--times", type=int, default=1, help="how many seeds")
    parser.add_argument("--short", action="store_true", help="as in the tests")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
