"""Logs: events with facts, for people or for machines. Tokens and addresses never get in."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Literal

import structlog

from storage.unsaid import unsaid

# A relay that refuses somebody names him. The bounds keep it linear.
ADDRESS = re.compile(r"[^\s<>()\[\]'\"=:;,@/\\]{1,64}@[^\s<>()\[\]'\"=;,@/\\]{1,255}")
LOUD = ("httpx", "httpcore", "mail.log", "aiosqlite", "tortoise", "asyncio", "uvicorn.error")
# It calls every signature that does not fit an error, in words that the sender of the mail has chosen.
MUTE = "dkimpy"


def set_up(log_format: Literal["console", "json"], level: str) -> None:
    """Send all logs, ours and the libraries', to stderr in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _only_facts,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            *shared,
            *([structlog.processors.format_exc_info] if log_format == "json" else []),
            last,
            redact_line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _Redacting(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([structlog.processors.format_exc_info] if log_format == "json" else []),
                last,
            ],
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    sys.excepthook = _last_words
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(MUTE).setLevel(logging.CRITICAL + 1)


def redacted(text: str) -> str:
    """The text without the secrets and the mail addresses in it."""
    return ADDRESS.sub("<address>", unsaid(text))


def redact_line(_logger: object, _name: str, line: str | MutableMapping[str, Any]) -> str:
    """The last step of every log line."""
    return redacted(str(line))


def _only_facts(_logger: object, _name: str, facts: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A line about no request says none, instead of request=None."""
    for name in [name for name, value in facts.items() if value is None]:
        del facts[name]
    return facts


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """The whole line, its traceback too: arguments alone would leave the error's own words."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def _last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(redacted("".join(traceback.format_exception(kind, error, trace))))
