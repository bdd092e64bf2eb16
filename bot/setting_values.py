"""What the value of a setting may be: a type for each kind, which refuses in an operator's words."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, SecretStr
from pydantic_settings import NoDecode

from intake.mail.proof.check import Method
from intake.mail.proof.forwarders import Forwarders
from intake.mail.proof.servers import name_server
from storage.buckets import BucketAddress

Listed = Annotated[tuple[str, ...], NoDecode]  # comma separated, not JSON
TELEGRAM_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
TOKEN = re.compile(r"[0-9]{1,19}:[A-Za-z0-9_-]+", re.ASCII)
# core.telegram.org/bots/api#setwebhook
WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)


def _telegram_ids(value: tuple[str, ...]) -> tuple[str, ...]:
    for entry in value:
        if not TELEGRAM_ID.fullmatch(entry):
            raise ValueError(f"{entry!r} is no numeric Telegram id; ask @userinfobot for yours")
    return value


def _group(value: int) -> int:
    if value >= 0:
        raise ValueError(f"{value} is no group's number; that of a group with topics begins with -100")
    return value


def _token(value: SecretStr) -> SecretStr:
    given = value.get_secret_value()
    if given and not TOKEN.fullmatch(given):
        raise ValueError("this is no bot's token; @BotFather gives you one, as 123456789:AbC…")
    return value


def _web_address(value: str) -> str:
    if not re.match(r"https?://[^/]", value):
        raise ValueError(f"{value!r} must begin with https:// or http://")
    return value


def _webhook(value: str) -> str:
    """http:// is for a Bot API server of one's own; Telegram's takes https alone, and says so."""
    return _web_address(value) if value else value


def _webhook_secret(value: SecretStr) -> SecretStr:
    given = value.get_secret_value()
    if given and not WEBHOOK_SECRET.fullmatch(given):
        raise ValueError("Telegram takes up to 256 letters, digits, _ and -, as from openssl rand -hex 32")
    return value


def _mail_addresses(value: tuple[str, ...]) -> tuple[str, ...]:
    for entry in value:
        if not re.fullmatch(r"[^\s@<>,;]+@[^\s@<>,;]+", entry):
            raise ValueError(f"{entry!r} is no mail address")
    return tuple(entry.lower() for entry in value)


def _mail_auth(value: str) -> str:
    Method.of(value)
    return value


def _forwarders(value: tuple[str, ...]) -> tuple[str, ...]:
    Forwarders.of(value)
    return value


def _name_servers(value: tuple[str, ...]) -> tuple[str, ...]:
    for entry in value:
        name_server(entry)
    return value


def _smarthost(value: SecretStr) -> SecretStr:
    if value.get_secret_value():
        from intake.mail.send import Smarthost  # only when it is set: the mail library is slow to load

        Smarthost(value.get_secret_value())
    return value


def _database(value: str) -> str:
    if value and not value.startswith(("sqlite://", "postgres://", "postgresql://")):
        raise ValueError("it must begin with sqlite:// or postgres://")
    return value


def _files(value: str) -> str:
    if value:
        BucketAddress.of(value)
    return value


def _host_port(value: str) -> str:
    if value:
        listen_address(value)
    return value


def _host_port_or_socket(value: str) -> str:
    if value.startswith(("unix:", "/")):
        if not re.fullmatch(r"unix:/.+", value):
            raise ValueError(f"{value!r} must be unix: with a whole path, as unix:/run/intake/lmtp")
        return value
    return _host_port(value)


def listen_address(value: str) -> tuple[str, int]:
    """`host:port` as a pair. Raises ValueError."""
    host, _, port = value.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{value!r} must be host:port, as 127.0.0.1:8025")
    return host.strip("[]"), int(port)


TelegramIds = Annotated[Listed, AfterValidator(_telegram_ids)]
GroupId = Annotated[int, AfterValidator(_group)]
Token = Annotated[SecretStr, AfterValidator(_token)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
WebhookUrl = Annotated[str, AfterValidator(_webhook)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]
MailAddresses = Annotated[Listed, AfterValidator(_mail_addresses)]
MailAuth = Annotated[str, AfterValidator(_mail_auth)]
ForwarderNames = Annotated[Listed, AfterValidator(_forwarders)]
NameServers = Annotated[Listed, AfterValidator(_name_servers)]
Relay = Annotated[SecretStr, AfterValidator(_smarthost)]
FilesUrl = Annotated[str, AfterValidator(_files)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
HostPort = Annotated[str, AfterValidator(_host_port)]
HostPortOrSocket = Annotated[str, AfterValidator(_host_port_or_socket)]
