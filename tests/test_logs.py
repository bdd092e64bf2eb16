"""No log line ever carries a bot's token, whoever writes it and in whatever form."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from subprocess import run

import pytest

from bot.logs import redacted
from tests.program import environment

TOKEN = "7000000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
# Everything that may write a line: our logs, a library's, its formats, its errors, warnings, and what nobody caught.
SCRIPT = """
import asyncio, logging, sys, threading, warnings
import httpx, structlog
from bot import logs
logs.set_up(sys.argv[1], "debug")
token = sys.argv[2]
url = f"https://api.telegram.org/bot{token}/getMe"
log = structlog.get_logger()
log.info("ours", url=url, nested={"deep": [url]}, raw=url.encode())
log.info(url)
stdlib = logging.getLogger("a.library")
stdlib.info("formatted %s", url)
stdlib.info("mapped %(url)s", {"url": url})
stdlib.info(f"ready {url}")
logging.getLogger("httpx").warning("HTTP Request: POST %s", httpx.URL(url))
def fail():
    secret = url
    raise RuntimeError(f"cannot reach {secret}")
try:
    fail()
except RuntimeError:
    log.exception("ours failed")
    stdlib.exception("theirs failed")
    stdlib.error("stack", stack_info=True, extra={"url": url})
warnings.warn(f"deprecated {url}")
async def main():
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": f"loop {url}", "exception": RuntimeError(url)})
    async def lost():
        fail()
    asyncio.ensure_future(lost())
    await asyncio.sleep(0.01)
asyncio.run(main())
print("end", file=sys.stderr)
fail()
"""


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_line_says_nothing_of_what_there_is_not(tmp_path: Path, form: str) -> None:
    """No request=None: whoever reads it would look for what is missing."""
    script = (
        "import sys, structlog; from bot import logs; logs.set_up(sys.argv[1], 'info');"
        "structlog.get_logger().info('sent', request=None, delivery=3, refused=0)"
    )
    done = run(
        [sys.executable, "-c", script, form], env=environment(tmp_path), capture_output=True, text=True, check=True
    )
    assert "delivery" in done.stderr
    assert "refused" in done.stderr
    assert "request" not in done.stderr


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_token_never_appears_in_any_line(tmp_path: Path, form: str) -> None:
    """Neither in messages nor in arguments, tracebacks, warnings or the event loop's complaints."""
    done = run(
        [sys.executable, "-c", SCRIPT, form, TOKEN],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "end\nTraceback" in done.stderr
    assert done.stderr.count("<token>") >= 16
    assert TOKEN.partition(":")[2] not in done.stderr + done.stdout


@pytest.mark.parametrize("text", ["550 5.1.1 <{}>: no such user", "to={}", "reason='{} is unknown'", '"{}"', "{}, {}"])
def test_a_mail_address_is_found_wherever_it_stands(text: str) -> None:
    """A relay's refusal names whom it refuses; the log of it does not."""
    address = "anna.schmidt+kettle@customer.example"
    assert redacted(text.format(address, address)) == text.format("<address>", "<address>")


def test_all_lines_are_json_for_machines(tmp_path: Path) -> None:
    """One object a line, with a time in UTC, a level and the event: ours and a library's, with or without an error."""
    script = """
import logging, structlog
from bot import logs
logs.set_up("json", "info")
structlog.get_logger().info("accepted", request=1042)
structlog.get_logger().debug("hidden")
logging.getLogger("a.library").warning("two\\nlines %s", 1)
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger().exception("ours")
    logging.getLogger("a.library").exception("theirs")
"""
    done = run([sys.executable, "-c", script], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True)
    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in said] == ["accepted", "two\nlines 1", "ours", "theirs"]
    assert [line["level"] for line in said] == ["info", "warning", "error", "error"]
    assert all(line["timestamp"].endswith("Z") for line in said)
    assert said[0]["request"] == 1042
    assert all("ZeroDivisionError" in line["exception"] for line in said[2:])


def test_what_a_signature_names_is_not_logged(tmp_path: Path) -> None:
    """The library that checks DKIM calls what a stranger wrote an error; our own line says what became of the check."""
    script = """
import dkim
from bot import logs
logs.set_up("json", "debug")
field = b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=secret.example; s=x; h=from; bh=YQ==; b=YQ=="
print(dkim.verify(field + b"\\r\\nFrom: a@secret.example\\r\\n\\r\\nHi\\r\\n", dnsfunc=lambda name, timeout=5: None))
"""
    done = run([sys.executable, "-c", script], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True)
    assert done.stdout == "False\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    "text", ["bot{}/getMe", "https://x/file/bot{}/photos/1.jpg", "{}", "'{}'", "%s{}%s", "token={}&x=1", "\n{}\n"]
)
def test_a_token_is_found_wherever_it_stands(text: str) -> None:
    """In addresses, quotes, lists."""
    assert TOKEN not in redacted(text.format(TOKEN))
    assert redacted(text.format(TOKEN)) == text.format("<token>")


@pytest.mark.parametrize(
    "text", ["at 12:30", "127.0.0.1:8025", "R-1042: resolved", "2026-11-24T09:00:00Z", "12345:short"]
)
def test_what_is_no_token_stays(text: str) -> None:
    """Times, ports and numbers are facts."""
    assert redacted(text) == text
