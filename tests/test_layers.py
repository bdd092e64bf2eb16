"""The house's shape: who may import whom."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = {"bot": 3, "intake": 2, "storage": 1}
# The only rooms that may import these.
HOMES = {
    "telegram": ("bot/",),
    "starlette": ("bot/",),
    "uvicorn": ("bot/",),
    "typer": ("bot/",),
    "aiosmtpd": ("intake/mail/", "bot/demo/"),
    "smtplib": ("intake/mail/",),
    "email": ("intake/mail/", "bot/demo/"),
    "dkim": ("intake/mail/",),
    "spf": ("intake/mail/proof/",),
    "dns": ("intake/mail/proof/",),
    "authres": ("intake/mail/proof/",),
    "jinja2": ("intake/replies.py",),
    "tortoise": ("storage/",),
    "asyncpg": ("storage/",),
    # Half a second and 100 MB: loaded where a model is fitted, not where messages come in.
    "sklearn": ("intake/understanding/model/liblinear.py",),
    "scipy": tuple(
        f"intake/understanding/model/{name}.py"
        for name in ("counting", "left_out", "liblinear", "machines", "training")
    ),
}


def _imports() -> Iterator[tuple[str, str]]:
    for room in LAYERS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    yield from ((name, alias.name) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    yield name, node.module


def test_layers_never_import_back() -> None:
    """bot imports intake imports storage, never the other way round."""
    back = [
        f"{name} imports {module}"
        for name, module in _imports()
        if LAYERS.get(module.split(".")[0], 0) > LAYERS[name.split("/")[0]]
    ]
    assert back == []


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_in_its_room(library: str) -> None:
    """What speaks to a wire, a template or a database is imported where that is spoken, nowhere else."""
    strays = [
        f"{name} imports {module}"
        for name, module in _imports()
        if module.split(".")[0] == library and not name.startswith(HOMES[library])
    ]
    assert strays == []


def test_only_one_module_opens_transactions() -> None:
    """Tortoise's own transactions leak when they are cancelled: storage/transaction.py shields them.

    A migration runs before anything else does, and nothing is left to leak when it is cancelled.
    """
    callers = {name for name, module in _imports() if module == "tortoise.transactions"}
    assert callers == {"storage/transaction.py", "storage/migrating.py"}


def test_no_module_of_ours_makes_the_start_slow() -> None:
    """`parse` is started for every mail by some. By share of the whole, for machines differ."""
    command = [sys.executable, "-X", "importtime", "-c", "import intake.mail.line"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stderr
    spent = {name: int(alone) for alone, name in re.findall(r"import time: +(\d+) \| +\d+ \| +(\S+)", said)}
    ours = {name: alone for name, alone in spent.items() if name.startswith(("intake", "storage"))}
    slowest = max(ours, key=lambda name: ours[name])
    assert ours[slowest] < 0.25 * sum(spent.values()), slowest
