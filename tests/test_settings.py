"""What an operator may set: what is wrong is named, all of it at once, and no secret is ever repeated."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from bot.secret_key import secret
from bot.setting_values import listen_address
from bot.settings import PREFIX, Settings, SettingsError, load, names_given, unknown_names
from tests.program import program

WRONG = {
    "database_url": "mysql://intake:geheim@db/intake",
    "telegram_token": "geheim",
    "telegram_api_url": "api.telegram.org",
    "telegram_webhook_url": "bot.shop.example/telegram",
    "telegram_webhook_secret": "geheim geheim",
    "http_listen": "8080",
    "desk_chat_id": "the desk",
    "admins": "maria",
    "mailboxes": "support",
    "smtp_listen": "8025",
    "lmtp_listen": "unix:socket",
    "smarthost": "http://shop:geheim@relay.example",
    "mail_auth": "maybe",
    "trusted_forwarders": "192.0.2.0/99",
    "dns_servers": "dns.example",
    "acks_per_hour": "-1",
    "max_sessions": "0",
    "reopen_hours": "soon",
    "log_format": "xml",
    "log_level": "loud",
}


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but those of the test."""
    monkeypatch.chdir(tmp_path)
    for name in names_given():
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)


async def test_all_that_is_wrong_is_named_in_one_run(tmp_path: Path) -> None:
    """Each by its INTAKE_ name, a line each, exit code 78, and no password or token among them."""
    done = await program(tmp_path, "run", **WRONG)
    assert done.code == 78
    assert sorted(line.partition(":")[0] for line in done.err.splitlines()) == sorted(
        f"{PREFIX}{name.upper()}" for name in WRONG
    )
    assert "geheim" not in done.err


async def test_nothing_else_needs_the_settings(tmp_path: Path) -> None:
    """Help and parse work in a broken environment."""
    assert (await program(tmp_path, "--help", **WRONG)).code == 0
    assert (await program(tmp_path, "parse", "missing.eml", **WRONG)).code == 0


@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_wrong_value_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, beginning with the name."""
    monkeypatch.setenv(f"{PREFIX}{name.upper()}", WRONG[name])
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value).startswith(f"{PREFIX}{name.upper()}: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MAX_MAIL_SIZE", "25MiB", "a whole number is wanted, without a unit"),
        ("MAX_MAIL_SIZE", "9", "it must be at least 65536"),
        ("REOPEN_HOURS", "3d", "a number is wanted, without a unit"),
        ("LOG_FORMAT", "xml", "it must be 'console' or 'json'"),
        ("LMTP_LISTEN", "/run/lmtp", "'/run/lmtp' must be unix: with a whole path, as unix:/run/intake/lmtp"),
        ("LMTP_LISTEN", "unix:lmtp", "'unix:lmtp' must be unix: with a whole path, as unix:/run/intake/lmtp"),
        ("SMARTHOST", "relay.example", "it must begin with smtp://"),
    ],
)
def test_what_is_wrong_is_said_in_words(name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in a library's."""
    monkeypatch.setenv(f"{PREFIX}{name}", value)
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value).startswith(f"{PREFIX}{name}: {told}")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"TELEGRAM_WEBHOOK_URL": "https://bot.shop.example/telegram"}, "INTAKE_TELEGRAM_WEBHOOK_SECRET: without it"),
        (
            {
                "TELEGRAM_WEBHOOK_URL": "https://bot.shop.example/telegram",
                "TELEGRAM_WEBHOOK_SECRET": "geheim",
                "HTTP_LISTEN": "",
            },
            "INTAKE_HTTP_LISTEN: it is off",
        ),
        (
            {"TELEGRAM_WEBHOOK_URL": "http://bot.shop.example/telegram", "TELEGRAM_WEBHOOK_SECRET": "geheim"},
            "INTAKE_TELEGRAM_WEBHOOK_URL: Telegram brings messages to https:// alone",
        ),
    ],
)
def test_a_webhook_that_anybody_or_nobody_could_reach_is_refused(
    given: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It needs a secret, a port to come in by, and https where Telegram itself is to come."""
    for name, value in given.items():
        monkeypatch.setenv(f"{PREFIX}{name}", value)
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value).startswith(told)
    assert "geheim" not in str(refused.value)


def test_a_number_that_is_no_groups_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever leaves the -100 out of his desk's number would pour customers' messages into a person's chat."""
    monkeypatch.setenv(f"{PREFIX}DESK_CHAT_ID", "2000000001")
    with pytest.raises(SettingsError, match=r"^INTAKE_DESK_CHAT_ID: 2000000001 is no group's number"):
        load()


def test_empty_means_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `.env` whose values were never filled in gives the defaults."""
    for name in Settings.model_fields:
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", "")
    assert load() == Settings(_env_file=None)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`.env` is read from the folder in which the program starts."""
    (tmp_path / ".env").write_text(f"{PREFIX}COMPANY=From the file\n{PREFIX}ADMINS=1, 2 ,\n")
    monkeypatch.setenv(f"{PREFIX}COMPANY", "From the environment")
    settings = load()
    assert settings.company == "From the environment"
    assert settings.admins == ("1", "2")


def test_a_file_of_settings_that_is_no_text_is_called_so(tmp_path: Path) -> None:
    """Garbage in `.env` is a sentence."""
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        load()


def test_a_slip_of_the_pen_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with our prefix that no setting reads, in the environment or in `.env`; no others."""
    monkeypatch.setenv(f"{PREFIX}TELEGRAM_TOKENS", "x")
    monkeypatch.setenv("OTHER_THING", "x")
    (tmp_path / ".env").write_text(f"{PREFIX}MAILBOXS=a@shop.example\n{PREFIX}COMPANY=Kettle Shop\n")
    assert unknown_names(names_given()) == [f"{PREFIX}MAILBOXS", f"{PREFIX}TELEGRAM_TOKENS"]


def test_mailboxes_are_lower_case_and_names_of_hosts_may_be_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses are compared without regard to case."""
    monkeypatch.setenv(f"{PREFIX}MAILBOXES", "Support@Shop.example, hilfe@bücher.example")
    assert load().mailboxes == ("support@shop.example", "hilfe@bücher.example")


@pytest.mark.parametrize("value", ["unix:/run/intake/lmtp", "127.0.0.1:8024", ""])
def test_lmtp_listens_on_a_port_or_a_socket(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or nowhere."""
    monkeypatch.setenv(f"{PREFIX}LMTP_LISTEN", value)
    assert load().lmtp_listen == value


@pytest.mark.parametrize(
    ("value", "pair"),
    [("127.0.0.1:25", ("127.0.0.1", 25)), ("[::1]:8025", ("::1", 8025)), ("mail.example:0", ("mail.example", 0))],
)
def test_a_listening_address_is_a_host_and_a_port(value: str, pair: tuple[str, int]) -> None:
    """IPv6 stands in brackets."""
    assert listen_address(value) == pair


@pytest.mark.parametrize("value", ["8025", ":25", "host:", "host:x", "host:65536", "host:-1", "host:²"])
def test_what_is_no_listening_address_is_refused(value: str) -> None:
    """ValueError, with the example to follow."""
    with pytest.raises(ValueError, match=r"127\.0\.0\.1:8025"):
        listen_address(value)


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that are printed or logged by accident give nothing away."""
    for name, value in (
        ("SECRET_KEY", "geheim1"),
        ("TELEGRAM_TOKEN", "1:geheim2"),
        ("SMARTHOST", "smtp://u:geheim3@relay.example:25"),
    ):
        monkeypatch.setenv(f"{PREFIX}{name}", value)
    settings = load()
    assert "geheim" not in f"{settings!r} {settings} {settings.model_dump()}"


def test_the_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    """Generated at the first start, the same at every later one, readable by the owner alone."""
    settings = Settings(_env_file=None, data_dir=tmp_path / "data")
    first = secret(settings)
    assert len(first) >= 32
    assert secret(settings) == first
    assert secret(Settings(_env_file=None, data_dir=tmp_path / "other")) != first
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()] == [0o600]
    assert secret(Settings(_env_file=None, secret_key="given")) == b"given"
