"""The documents say what the program does: settings, dependencies, migrations, templates."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

from pydantic import SecretStr
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

from bot.desk.command_table import TABLE
from bot.metrics import COUNTED
from bot.settings import PREFIX, Settings
from storage.database import config

ROOT = Path(__file__).parent.parent
EDGE_CASES = 52  # of customers, answers and the desk on Telegram


def _defaults() -> dict[str, str]:
    found = {}
    for name, field in Settings.model_fields.items():
        value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
        found[f"{PREFIX}{name.upper()}"] = shown
    return found


def test_the_example_file_names_every_setting_with_its_default() -> None:
    """`.env.example` is the settings, no more and no less."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = dict(line.removeprefix("#").split("=", 1) for line in lines if line.startswith(f"#{PREFIX}"))
    assert named == _defaults()


def test_the_settings_page_names_every_setting_with_its_meaning() -> None:
    """docs/settings.md is the settings, no more and no less."""
    rows = re.findall(r"^\| `(\w+)` \| (?:`([^`]*)`|empty) \| (.+) \|$", (ROOT / "docs/settings.md").read_text(), re.M)
    assert {name: default for name, default, _ in rows} == _defaults()
    assert {name: meaning for name, _, meaning in rows} == {
        f"{PREFIX}{name.upper()}": field.description for name, field in Settings.model_fields.items()
    }


def test_every_dependency_has_its_reason() -> None:
    """docs/dependencies.md has a row for each dependency of pyproject.toml, and for no other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(name for names in project["optional-dependencies"].values() for name in names),
    ]
    names = {re.split(r"[\[<>=]", name)[0] for name in wanted}
    rows = re.findall(r"^\| ([\w-]+) \|", (ROOT / "docs/dependencies.md").read_text(), re.M)
    assert set(rows) - {"name"} == names
    assert len(rows) == len(set(rows))


def test_every_dependency_is_pinned_without_an_address() -> None:
    """constraints.txt holds a version of each, and names no index."""
    text = (ROOT / "constraints.txt").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[\[<>=]", name)[0] for name in project["dependencies"]}
    assert names <= set(re.findall(r"^([\w-]+)==", text, re.M))
    assert "://" not in text


def test_the_agents_page_names_every_command() -> None:
    """docs/agents.md teaches the commands of the desk, no more and no less."""
    rows = re.findall(r"^\| (`/.+?) \|", (ROOT / "docs/agents.md").read_text(), re.M)
    assert set(re.findall(r"`/(\w+)", " ".join(rows))) == {row.name for row in TABLE}


def test_the_operators_page_names_every_metric() -> None:
    """docs/operating.md says what each figure of /metrics is, no more and no less."""
    written = re.findall(r"^\| `(intake_\w+)[{`]", (ROOT / "docs/operating.md").read_text(), re.M)
    code = (ROOT / "bot/metrics.py").read_text()
    counted = {f"{row.name}_total" for row in COUNTED}
    assert set(written) == counted | (set(re.findall(r'"(intake_\w+)"', code)) - {row.name for row in COUNTED})


def test_every_edge_case_of_telegram_has_a_test() -> None:
    """The cases are numbered, and the tests that prove one say so: `test_e07_…`. Each has one."""
    modules = [ast.parse(path.read_text()) for path in (ROOT / "tests").rglob("test_*.py")]
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = [node.name for module in modules for node in module.body if isinstance(node, functions)]
    numbers = [
        number for name in names if (of := re.match(r"test((?:_e\d\d)+)_", name)) for number in of[1].split("_e")
    ]
    assert {int(number) for number in numbers if number} == set(range(1, EDGE_CASES + 1))


async def test_the_models_and_the_migrations_agree(tmp_path: Path) -> None:
    """Whoever changes a model writes the migration."""
    wanted = config(f"sqlite://{tmp_path / 'none.sqlite3'}")
    async with TortoiseContext() as context:
        await context.init(config=wanted, init_connections=False)
        assert context.apps is not None
        changes = await MigrationAutodetector(context.apps, wanted["apps"]).changes()
    assert [str(change) for change in changes] == []


def test_the_rooms_name_every_module() -> None:
    """Who looks for a thing finds its module in the picture; what is gone from the code is gone from there."""
    rooms = (ROOT / "docs" / "architecture.md").read_text().partition("## Rooms")[2].partition("\n## ")[0]
    named = set(re.findall(r"\w+", rooms))
    folders = ("bot", "bot/receiving", "bot/checks", "bot/wire", "bot/chat", "bot/desk", "intake", "storage")
    modules = {path.stem for folder in folders for path in (ROOT / folder).glob("*.py")} - {"__init__"}
    assert modules - named == set()
    files = set(re.findall(r"\w+\.py", rooms))
    assert files - {path.name for room in ("bot", "intake", "storage") for path in (ROOT / room).rglob("*.py")} == set()
