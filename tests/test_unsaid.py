"""Nothing that the program writes anywhere holds one of its secrets, whoever says it: a relay, Telegram, a library."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import aiosmtplib
import httpx
import pytest

from bot.logs import redacted
from storage import unsaid as unsaid_module
from storage.unsaid import keep_unsaid, unsaid
from tests.ports import free_port
from tests.process import Process
from tests.program import program
from tests.stage import MAILBOX, Stage, stage
from tests.stage import letter as mail

PASSWORD, DB_PASSWORD = 'pÄss/w"rd#7', "db-Pa55 wörd"
WEBHOOK_SECRET, KEY = "a-webhook-secret-Q7", "a secret key of the house"
ANNA = "anna@customer.example"


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test keeps unsaid, the next may say."""
    monkeypatch.setattr(unsaid_module, "_known", set())
    monkeypatch.setattr(unsaid_module, "_anywhere", None)


@pytest.mark.parametrize(
    "text", ["{}", "password={}&x=1", "'{}'", 'you said "{}"?', "smtp://user:{}@host:25", "a{}b", "{}{}", "\n{}\n"]
)
@pytest.mark.parametrize("form", [str, lambda s: quote(s, safe=""), repr, ascii])
def test_a_secret_is_found_wherever_it_stands_and_however_it_is_written(text: str, form: Callable[[str], str]) -> None:
    """As it is, in an address, in a line of JSON or of Python."""
    keep_unsaid([PASSWORD, DB_PASSWORD])
    for secret in (PASSWORD, DB_PASSWORD):
        written = form(secret)
        assert secret not in unsaid(text.format(written, written))
        assert secret[:6] not in unsaid(text.format(written, written))


@pytest.mark.parametrize(
    "url", ["postgres://intake:hunter2@db/x", "smtp://a:b%40c@relay:25", "redis://:pw@h", "x://u:@h"]
)
def test_a_login_in_an_address_is_found_though_nobody_told_us(url: str) -> None:
    """Another program's address in an error is as secret as ours; who is spoken to stays."""
    assert unsaid(f"cannot reach {url} now") == f"cannot reach {re.sub('//.*@', '//<login>@', url)} now"


def test_a_short_secret_does_not_blot_out_the_log() -> None:
    """A password of three letters is in half of all words; it is hidden where it stands as one."""
    keep_unsaid(["the", ""])
    assert unsaid("the letter, smtp://me:the@relay") == "the letter, smtp://<login>@relay"


def test_hiding_is_linear() -> None:
    """A relay may answer with megabytes made to be slow."""
    keep_unsaid([PASSWORD])
    for bait in ("://" + "a" * 300_000, "://a:" * 60_000, "1" * 300_000 + ":", "a@" * 150_000, "pÄss/w" * 50_000):
        begun = time.process_time()
        redacted(bait)
        assert time.process_time() - begun < 2


async def test_no_sink_of_the_program_holds_a_secret(database_url: str, tmp_path: Path) -> None:
    """A relay repeats our password, Telegram our token; log, database, desk, health page and check stay clean."""
    async with stage(database_url, tmp_path) as scene:
        sim, catcher, desk, http_port = scene.sim, scene.catcher, scene.desk, free_port()
        catcher.login = ("intake", PASSWORD)
        settings = _settings(scene, database_url, http_port)
        token = sim.token
        secrets = [PASSWORD, WEBHOOK_SECRET, KEY, token, token.partition(":")[2]]
        secrets += [DB_PASSWORD] if "postgres" in database_url else []
        said = " ".join(secrets)
        catcher.rcpt_answer = f"550 5.7.1 <{ANNA}> refused, your password is {PASSWORD} {quote(PASSWORD)} {KEY}"
        sim.fail("editMessageText", 2, error_code=400, description=f"Bad Request: {said}")
        sim.fail("getChatMember", 3, error_code=401, description=f"Unauthorized: {said}")
        pages = []
        async with Process(tmp_path, settings) as running:
            await running.start()
            await aiosmtplib.send(mail(said), hostname="127.0.0.1", port=running.port, sender=ANNA,
                                  recipients=[MAILBOX], start_tls=False)  # fmt: skip
            boris = sim.person("Boris")
            boris.start()
            boris.writes("Hello")
            topic = await scene.topic("R-1001", "Not delivered")
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{http_port}") as http:
                pages += [(await http.get(page)).text for page in ("/healthz", "/readyz", "/metrics")]
            await running.settled()
            stored = await running.export("delivery", "event", "parked")
            await running.terminate()
            log = running.log
        checked = await program(tmp_path, "check", **{name.lower(): value for name, value in settings.items()})
        shown = [one.text for one in desk.general() if one.from_bot]
        shown += [one.text for one in topic.messages if "Not delivered" in one.text]
        errors = [str(line.get(name)) for kind in stored.values() for line in kind for name in ("last_error", "after")]
    sinks = {"log": log, "pages": "".join(pages), "check": checked.out + checked.err,
             "desk": "".join(shown), "stored": "".join(errors)}  # fmt: skip
    for name, text in sinks.items():
        assert text, name
        for secret in secrets:
            assert secret not in text, f"{name} holds {secret}"
            assert quote(secret, safe="") not in text, f"{name} holds {secret}"
    assert ANNA not in sinks["log"]
    assert "<secret>" in sinks["stored"]
    assert "<secret>" in sinks["desk"]


def _settings(scene: Stage, url: str, http_port: int) -> dict[str, str]:
    login = f"//intake:{quote(DB_PASSWORD)}@"  # the server of the tests trusts whoever comes, with any password
    return {
        "DATABASE_URL": re.sub("//intake@", login, url),
        "SECRET_KEY": KEY,
        "TELEGRAM_TOKEN": scene.sim.token,
        "TELEGRAM_API_URL": scene.sim.url,
        "TELEGRAM_PACE": "1000",
        "TELEGRAM_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{http_port}/telegram",
        "HTTP_LISTEN": f"127.0.0.1:{http_port}",
        "DESK_CHAT_ID": str(scene.desk.chat_id),
        "ADMINS": str(scene.maria.id),
        "MAILBOXES": MAILBOX,
        "MAIL_AUTH": "off",
        "SMARTHOST": f"smtp://intake:{quote(PASSWORD, safe='')}@{scene.catcher.host}:{scene.catcher.port}",
        "LOG_LEVEL": "debug",
    }


@pytest.mark.parametrize("password", ["half#of it", "half/of it", "half?of it", "half:of@it"])
async def test_a_database_address_that_cannot_be_read_is_not_repeated(tmp_path: Path, password: str) -> None:
    """A password that is not written as it must be ends up as a port; no command says it."""
    url = f"postgres://intake:{password}@localhost:x/name"
    done = await program(tmp_path, "migrate", database_url=url)
    assert done.code == 78
    assert "half" not in done.err
