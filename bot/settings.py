"""Every setting: its name, its default, what it means. Read from the environment and from `.env`, prefix INTAKE_."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self
from urllib.parse import unquote

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict

from bot.setting_values import (
    DatabaseUrl,
    FilesUrl,
    ForwarderNames,
    GroupId,
    HostPort,
    HostPortOrSocket,
    Listed,
    MailAddresses,
    MailAuth,
    NameServers,
    Relay,
    TelegramIds,
    Token,
    WebAddress,
    WebhookSecret,
    WebhookUrl,
)
from storage.unsaid import keep_unsaid

PREFIX = "INTAKE_"
PASSWORD = re.compile(r"://[^:@/]*:(.+)@")  # in an address, as far as its last @
MIB = 1024 * 1024
TELEGRAM = "https://api.telegram.org"
# Empty is a value for these; for all others it means that they are not set.
SWITCHED_OFF_BY_EMPTY = ("smtp_listen", "http_listen")


class SettingsError(Exception):
    """The settings cannot be used. The message says which and why, a line each."""


class Settings(BaseSettings):
    """What an operator may set. The descriptions are printed in `.env.example` and in docs/settings.md."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        extra="ignore",
        frozen=True,
    )

    database_url: DatabaseUrl = Field(
        "", description="Empty: SQLite in the data directory. Or postgres://user:password@host:port/name."
    )
    data_dir: Path = Field(Path("data"), description="Attachments, large raw mails, the generated key, the database.")
    files_url: FilesUrl = Field(
        "",
        description="Empty: attachments are in the data directory. Or s3://bucket/prefix, for several machines "
        "(docs/scaling.md).",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs reply addresses and buttons. Empty: generated into the data directory at the first start. "
        "The same on all machines.",
    )
    telegram_token: Token = Field(SecretStr(""), description="The bot's token from @BotFather. Empty: Telegram is off.")
    telegram_api_url: WebAddress = Field(
        TELEGRAM, description="Telegram's servers, a local Bot API server, or a simulator."
    )
    telegram_pace: float = Field(
        1.0,
        gt=0,
        description="How fast to write to Telegram: 1 is what it lets one bot do; "
        "less when other programs use the bot too.",
    )
    telegram_webhook_url: WebhookUrl = Field(
        "",
        description="Where Telegram reaches us, https://…/telegram (docs/webhook.md). Empty: we ask it for news.",
    )
    telegram_webhook_secret: WebhookSecret = Field(
        SecretStr(""),
        description="What Telegram must show there: up to 256 letters, digits, _ and -, as from openssl rand -hex 32.",
    )
    http_listen: HostPort = Field(
        "127.0.0.1:8080",
        description="Where /healthz, /readyz, /metrics and the webhook are served: host:port. Empty: off.",
    )
    desk_chat_id: GroupId | None = Field(
        None, description="The agents' forum group: a supergroup with topics, -100… Empty: no desk."
    )
    admins: TelegramIds = Field(
        (), description="Numeric Telegram ids, comma separated. They answer and may add agents."
    )
    mailboxes: MailAddresses = Field(
        (), description="Addresses that we take mail for, comma separated. Empty: mail is off."
    )
    smtp_listen: HostPort = Field("127.0.0.1:8025", description="Where to take mail: host:port. Empty: off.")
    lmtp_listen: HostPortOrSocket = Field(
        "", description="Where your own mail server hands mail over by LMTP: host:port or unix:/path. Empty: off."
    )
    smtp_tls_cert: Path | None = Field(None, description="Certificate chain (PEM): offers STARTTLS.")
    smtp_tls_key: Path | None = Field(None, description="The certificate's private key (PEM).")
    smarthost: Relay = Field(
        SecretStr(""),
        description="The server that sends our mail: smtp://, smtps:// or smtp+starttls://user:password@host:port. "
        "Empty: replies by mail wait.",
    )
    dkim_domain: str = Field("", description="Signs what we send, with the two below. Empty: unsigned.")
    dkim_selector: str = Field("", description="The name under which the public key is published in the DNS.")
    dkim_key_file: Path | None = Field(None, description="The private key (PEM): RSA or Ed25519.")
    mail_auth: MailAuth = Field(
        "verify",
        description="Who checks senders. verify: we do, by SPF, DKIM and DMARC. trust:NAME: your mail server has, and "
        "writes Authentication-Results under that name. off: nobody, all count as unverified. assume-pass: demo and "
        "tests only.",
    )
    trusted_forwarders: ForwarderNames = Field(
        (),
        description="Hosts of mailboxes that forward to us, whose own check is taken, comma separated: networks "
        "(192.0.2.0/24, or 192.0.2.0/24=NAME in their Authentication-Results) and ARC sealers (google.com); "
        "docs/forwarded-mailboxes.md.",
    )
    dns_servers: NameServers = Field(
        (), description="Name servers for these checks, address or address:port, comma separated. Empty: the system's."
    )
    acks_per_sender_per_day: int = Field(5, ge=0, description="Acknowledgements to one address a day. 0: no limit.")
    acks_per_hour: int = Field(600, ge=0, description="Acknowledgements in all an hour. 0: no limit.")
    requests_per_sender_per_hour: int = Field(
        10,
        ge=0,
        description="Requests that one sender opens by mail in an hour; more mails go into the newest. 0: no limit.",
    )
    topics_per_hour: int = Field(
        200,
        ge=0,
        description="Requests an hour, after which those of new senders by mail get no topic. 0: no limit.",
    )
    max_mail_size: int = Field(25 * MIB, ge=64 * 1024, description="Bytes; larger mails are refused.")
    max_sessions: int = Field(200, ge=1, description="SMTP sessions at once.")
    max_sessions_per_ip: int = Field(
        10, ge=1, description="SMTP sessions at once from one address, or one /64 of IPv6."
    )
    languages: Listed = Field(("en", "zh", "es", "de", "ru"), description="Languages that customers are answered in.")
    default_language: str = Field("en", description="When a customer's language is none of these.")
    company: str = Field("Example Ltd", description="Your name, as customers read it.")
    templates_dir: Path | None = Field(None, description="Your own texts, over the built-in ones (docs/templates.md).")
    categories_file: Path | None = Field(None, description="Your own categories (docs/adding-a-rule.md).")
    embeddings: Literal["auto", "off"] = Field(
        "auto",
        description="auto: the extra semantic, if it is installed, tells what messages mean, where that is better. "
        "off: it is not used.",
    )
    policy_file: Path | None = Field(
        None, description="Your warranties, numbers, deadlines and important customers (docs/policy.md)."
    )
    reopen_hours: float = Field(
        72, ge=0, description="How long a customer's answer reopens a resolved request instead of opening a new one."
    )
    log_format: Literal["console", "json"] = Field("console", description="json for machines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unset(cls, values: dict[str, object]) -> dict[str, object]:
        """An empty variable means the default, but for those that are switched off by it."""
        return {name: value for name, value in values.items() if value != "" or name in SWITCHED_OFF_BY_EMPTY}

    @field_validator("admins", "mailboxes", "languages", "trusted_forwarders", "dns_servers", mode="before")
    @classmethod
    def _split(cls, value: str | Iterable[str]) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(part.strip() for part in parts if part.strip())

    @model_validator(mode="after")
    def _webhook(self) -> Self:
        """Raises ValueError for a webhook that nobody could trust or reach."""
        if self.telegram_webhook_url and not self.telegram_webhook_secret.get_secret_value():
            raise ValueError(
                f"{PREFIX}TELEGRAM_WEBHOOK_SECRET: without it anybody could speak for Telegram; set it to what "
                "openssl rand -hex 32 prints"
            )
        if self.telegram_webhook_url and not self.http_listen:
            raise ValueError(f"{PREFIX}HTTP_LISTEN: it is off, and the webhook needs it")
        plain = self.telegram_webhook_url.startswith("http://")
        if plain and self.telegram_api_url.rstrip("/") == TELEGRAM:
            raise ValueError(f"{PREFIX}TELEGRAM_WEBHOOK_URL: Telegram brings messages to https:// alone")
        return self

    @property
    def telegram_on(self) -> bool:
        return bool(self.telegram_token.get_secret_value())

    @property
    def mail_on(self) -> bool:
        return bool(self.mailboxes)

    @property
    def reopen(self) -> timedelta:
        return timedelta(hours=self.reopen_hours)

    @property
    def database(self) -> str:
        """The database's URL, the default filled in."""
        return self.database_url or f"sqlite://{(self.data_dir / 'intake.sqlite3').absolute()}"


def load() -> Settings:
    """Read the settings. Raises SettingsError with a line for each that cannot be used."""
    try:
        settings = Settings()
        keep_unsaid(secrets_in(settings))
        return settings
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        raise SettingsError("\n".join(_line(problem) for problem in problems)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read as UTF-8 text: {error}") from None


def secrets_in(settings: Settings) -> list[str]:
    """All that is secret in the settings: tokens, keys, the passwords in addresses."""
    values = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    passwords = [found[1] for url in (settings.database_url, *values) if (found := PASSWORD.search(url)) is not None]
    tokens = [settings.telegram_token.get_secret_value().partition(":")[2]]
    # What a bucket is opened with is not ours to name, but ours to keep.
    others = [os.environ.get("AWS_SECRET_ACCESS_KEY", ""), os.environ.get("AWS_SESSION_TOKEN", "")]
    return [*values, *passwords, *map(unquote, passwords), *tokens, *others]


def _line(problem: ErrorDetails) -> str:
    """What is wrong, after the setting's name. What concerns several settings names them itself."""
    names = [f"{PREFIX}{str(name).upper()}: " for name in problem["loc"][:1]]
    return "".join([*names, _in_words(problem)])


def _in_words(problem: ErrorDetails) -> str:
    """What is wrong with a value, for somebody who does not know pydantic."""
    facts = problem.get("ctx", {})
    match problem["type"]:
        case "int_parsing" | "int_from_float":
            return "a whole number is wanted, without a unit"
        case "float_parsing":
            return "a number is wanted, without a unit"
        case "greater_than_equal":
            return f"it must be at least {facts['ge']}"
        case "literal_error":
            return f"it must be {facts['expected']}"
    return problem["msg"].removeprefix("Value error, ")


def names_given() -> list[str]:
    """The names of all variables that are set: in the environment and in `.env`."""
    return [*os.environ, *DotEnvSettingsSource(Settings).env_vars]


def access_in_env_file() -> dict[str, str]:
    """The variables AWS_… of `.env`, by which a bucket is reached. Those of the environment are read by its library."""
    found = DotEnvSettingsSource(Settings).env_vars.items()
    return {name: value for name, value in found if name.lower().startswith("aws_") and value}


def unknown_names(environment: Iterable[str]) -> list[str]:
    """Variables with our prefix that no setting reads: a slip of the pen, or a setting of another version."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    given = {name.upper() for name in environment}
    return sorted(name for name in given if name.startswith(PREFIX) and name not in known)
