"""The mail channel, as the settings want it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from bot.errors import StartError
from bot.setting_values import listen_address
from bot.settings import Settings
from intake.incoming.accepting import Parking
from intake.mail.apart.setting import Setting
from intake.mail.channel import MailChannel
from intake.mail.limits import Limits
from intake.mail.proof.check import Policy
from intake.mail.send import Smarthost
from intake.mail.server import Listen, MailServer, Presence
from intake.mail.signing import KeyUnusable, Signer, read_signer
from intake.mail.tokens import Tokens
from storage.files import Files


def mail_server(settings: Settings, full: Callable[[], str | None] = lambda: None) -> MailServer | None:
    """The server for SMTP and LMTP, as it is set; None when neither is. Raises StartError.

    `full` says why no mail can be taken at present.
    """
    if not settings.smtp_listen and not settings.lmtp_listen:
        return None
    limits = Limits(
        size=settings.max_mail_size, sessions=settings.max_sessions, sessions_per_peer=settings.max_sessions_per_ip
    )
    presence = Presence(hostname=socket.getfqdn(), tls=starttls(settings))
    smtp, lmtp = (_listen(value) for value in (settings.smtp_listen, settings.lmtp_listen))
    return MailServer(settings.mailboxes, smtp, limits, lmtp=lmtp, presence=presence, full=full)


def _listen(value: str) -> Listen | None:
    if not value:
        return None
    if value.startswith("unix:"):
        return Listen(path=Path(value.removeprefix("unix:")))
    host, port = listen_address(value)
    return Listen(host=host, port=port)


def mail_channel(
    settings: Settings, server: MailServer | None, tokens: Tokens, files: Files, parking: Parking
) -> MailChannel:
    """Mail, in and out, as it is set. Raises StartError."""
    url = settings.smarthost.get_secret_value()
    signer = dkim_signer(settings)
    try:
        smarthost = Smarthost(url, hostname=socket.getfqdn(), signer=signer) if url else None
    except ValueError as error:
        raise StartError(f"INTAKE_SMARTHOST: {error}") from error
    return MailChannel(
        server=server,
        smarthost=smarthost,
        setting=Setting(tokens, tuple(settings.mailboxes), _policy(settings)),
        company=settings.company,
        read_file=files.read,
        parking=parking,
    )


def asks_dns(settings: Settings) -> bool:
    """Does checking a sender need DNS?"""
    return _policy(settings).asks_dns


def _policy(settings: Settings) -> Policy:
    return Policy(settings.mail_auth, tuple(settings.trusted_forwarders), tuple(settings.dns_servers))


def starttls(settings: Settings) -> ssl.SSLContext | None:
    """The certificate for STARTTLS, when one is set. Raises StartError."""
    if settings.smtp_tls_cert is None:
        if settings.smtp_tls_key is not None:
            raise StartError("INTAKE_SMTP_TLS_KEY is set and INTAKE_SMTP_TLS_CERT is not.")
        return None
    for name, path in (("CERT", settings.smtp_tls_cert), ("KEY", settings.smtp_tls_key)):
        try:
            if path is not None:
                path.read_bytes()
        except OSError as error:
            raise StartError(f"INTAKE_SMTP_TLS_{name} {path} cannot be read: {error.strerror}.") from error
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        # Without a password of ours OpenSSL asks the terminal for one.
        context.load_cert_chain(settings.smtp_tls_cert, settings.smtp_tls_key, password="")
    except (OSError, ssl.SSLError) as error:
        mismatch = isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH"
        wanted = "the key belongs to another certificate" if mismatch else "they are not PEM, or the key has a password"
        raise StartError(f"INTAKE_SMTP_TLS_CERT and INTAKE_SMTP_TLS_KEY cannot be used: {wanted}.") from error
    return context


def dkim_signer(settings: Settings) -> Signer | None:
    """What signs our mail, when it is set. Raises StartError."""
    given = {
        "INTAKE_DKIM_DOMAIN": settings.dkim_domain,
        "INTAKE_DKIM_SELECTOR": settings.dkim_selector,
        "INTAKE_DKIM_KEY_FILE": settings.dkim_key_file,
    }
    if not any(given.values()):
        return None
    if missing := [name for name, value in given.items() if not value]:
        names = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'}"
        raise StartError(f"DKIM needs all three of its settings; {names} empty.")
    assert settings.dkim_key_file is not None
    try:
        return read_signer(settings.dkim_domain, settings.dkim_selector, settings.dkim_key_file)
    except (OSError, KeyUnusable) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StartError(f"INTAKE_DKIM_KEY_FILE {settings.dkim_key_file} cannot be used: {reason}") from error
