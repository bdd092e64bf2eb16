"""Say what is configured, what is reachable and what is missing, in words that tell what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from bot import one_key
from bot.checks.finding import Finding
from bot.checks.mail import mail_findings
from bot.checks.telegram import telegram_findings
from bot.core import files
from bot.errors import StartError
from bot.secret_key import secret
from bot.settings import Settings, names_given, unknown_names
from bot.unset import nothing_configured
from intake.policy import Policy
from intake.replies import Replies
from intake.understanding.categories import Categories
from storage.database import Database, DatabaseError, opened
from storage.migrating import SchemaState, newer_than_code

LITTLE_SPACE = 1 << 30  # bytes
SHORT_KEY = 16  # letters
GUESSED = (
    "INTAKE_SECRET_KEY is short: whoever guesses it writes into other people's requests. openssl rand -hex 32 makes "
    "a good one; with another key the reply addresses that are out there are not recognised any more."
)


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything, from the settings outwards."""
    for name in unknown_names(names_given()):
        yield Finding(f"{name} is no setting of this version; it has no effect.", warns=True)
    if not settings.telegram_on and not settings.mail_on:
        yield Finding(nothing_configured(), fails=True)
    for finding in (_data_dir(settings.data_dir), *_words(settings)):
        yield finding
    if 0 < len(settings.secret_key.get_secret_value()) < SHORT_KEY:
        yield Finding(GUESSED, warns=True)
    yield await _files(settings)
    for finding in await _database(settings):
        yield finding
    async for finding in telegram_findings(settings):
        yield finding
    async for finding in mail_findings(settings):
        yield finding


def _data_dir(path: Path) -> Finding:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
        free = shutil.disk_usage(path).free
    except OSError as error:
        return Finding(
            f"The data directory {path} cannot be written: {error.strerror}. Set INTAKE_DATA_DIR.", fails=True
        )
    if free < LITTLE_SPACE:
        return Finding(f"The data directory {path} has only {free >> 20} MiB left.", warns=True)
    if path.stat().st_mode & 0o077:
        words = f"The data directory {path} holds customers' mail, and other users may look into it: chmod 700 {path}"
        return Finding(words, warns=True)
    return Finding(f"Data directory {path}: writable, {free >> 30} GiB free.")


def _words(settings: Settings) -> list[Finding]:
    own = _own_files(settings)
    if any(finding.fails for finding in own):
        return own
    if settings.default_language not in settings.languages:
        spoken = ", ".join(settings.languages)
        return [Finding(f"INTAKE_DEFAULT_LANGUAGE {settings.default_language} is none of {spoken}.", fails=True)]
    replies = Replies(settings.templates_dir, settings.languages, settings.default_language, settings.company)
    problems = [Finding(problem, fails=True) for problem in replies.problems()]
    found = [*own, *(problems or [Finding(f"Templates render in {', '.join(settings.languages)}.")])]
    if settings.company == Settings.model_fields["company"].default:
        found.append(Finding(f"INTAKE_COMPANY is not set: customers read “{settings.company}”.", warns=True))
    return found


def _own_files(settings: Settings) -> list[Finding]:
    """The operator's own files: what is wrong with each, or what it holds."""
    found = []
    if settings.categories_file is not None:
        try:
            categories = Categories(settings.categories_file)
        except (OSError, ValueError) as error:
            found.append(Finding(f"INTAKE_CATEGORIES_FILE: {error}", fails=True))
        else:
            found.append(Finding(f"Categories: {', '.join(categories.keys)} ({settings.categories_file})."))
            if unheard := sorted(categories.own_languages - {*settings.languages, "en"}):
                words = f"{settings.categories_file} has words in {', '.join(unheard)}, which INTAKE_LANGUAGES lacks."
                found.append(Finding(words, warns=True))
    if settings.policy_file is not None:
        try:
            policy = Policy.read(settings.policy_file)
        except (OSError, ValueError) as error:
            found.append(Finding(f"INTAKE_POLICY_FILE: {error}", fails=True))
        else:
            lines, numbers = len(policy.warranties), len(policy.numbers.patterns)
            words = f"Policy: {lines} product lines, {numbers} patterns of numbers ({settings.policy_file})."
            found.append(Finding(words))
    return found


async def _files(settings: Settings) -> Finding:
    """Write and read a file of a few bytes; it stays, and is the same each time."""
    where = "the data directory" if not settings.files_url else settings.files_url.partition("?")[0]
    try:
        kept = files(settings)
        await kept.read(await kept.save(b"intake-bot check"))
    except StartError as error:
        return Finding(str(error), fails=True)
    except OSError as error:
        set_by = "INTAKE_FILES_URL" if settings.files_url else "INTAKE_DATA_DIR"
        return Finding(f"Attachments cannot be kept in {where}: {error.strerror}. Look at {set_by}.", fails=True)
    return Finding(f"Attachments are kept in {where}.")


async def _database(settings: Settings) -> list[Finding]:
    try:
        database = await opened(settings.database, pool_size=1)
    except DatabaseError as error:
        return [Finding(str(error), fails=True)]
    try:
        state = await database.schema_state()
        shared = not database.is_sqlite and state.fits
        return [_schema(database, state), *(await _key(settings) if shared else ())]
    finally:
        await database.close()


async def _key(settings: Settings) -> list[Finding]:
    """Where several processes can be at work on a database, they must sign with the same key."""
    try:
        if await one_key.differs(secret(settings)):
            return [Finding(one_key.ANOTHER, fails=True)]
    except OSError as error:
        return [Finding(f"The secret key cannot be read: {error.strerror}.", fails=True)]
    if not settings.secret_key.get_secret_value():
        kept = settings.data_dir / "secret.key"
        words = f"INTAKE_SECRET_KEY is not set. Before a second machine comes, set it everywhere to what {kept} holds."
        return [Finding(words, warns=True)]
    return []


def _schema(database: Database, state: SchemaState) -> Finding:
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if state.unknown:
        return Finding(newer_than_code(state), fails=True)
    if state.missing and not database.is_sqlite:
        return Finding("PostgreSQL answers, but its schema is not up to date. Run: intake-bot migrate", fails=True)
    return Finding(
        f"{kind} answers" + ("; it is set up at the first start." if state.missing else ", schema up to date.")
    )
