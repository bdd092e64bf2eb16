"""What `intake-bot check` says of mail: taken where, signed how, senders checked by whom, sent through whom."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from bot.checks.finding import Finding
from bot.errors import StartError
from bot.mail import asks_dns, dkim_signer, starttls
from bot.setting_values import listen_address
from bot.settings import Settings
from intake.mail.proof.check import How, Method
from intake.mail.proof.forwarders import Forwarders
from intake.mail.proof.origin import Network, Origin
from intake.mail.send import Patience, Smarthost
from intake.mail.signing import same_key
from intake.message import TryAgain

PATIENCE = Patience(connect=10, command=10, whole=20)
LOOK_UP_S = 3.0
# A network that holds this share of all addresses or more (a 256th) is no forwarder's.
WIDE = 8


async def mail_findings(settings: Settings) -> AsyncIterator[Finding]:
    """Look at all that mail needs."""
    if not settings.mail_on:
        yield Finding("Mail is off: INTAKE_MAILBOXES is empty.")
        return
    places = [
        f"{listen} ({protocol})"
        for protocol, listen in (("SMTP", settings.smtp_listen), ("LMTP", settings.lmtp_listen))
        if listen
    ]
    place = " and ".join(places) or "no address: INTAKE_SMTP_LISTEN and INTAKE_LMTP_LISTEN are empty"
    yield Finding(f"Mail for {', '.join(settings.mailboxes)} will be taken on {place}.", warns=not places)
    for finding in (*_listening(settings), *_starttls(settings)):
        yield finding
    async for finding in _dkim(settings):
        yield finding
    if not settings.telegram_on:
        yield Finding("There is no desk: requests are stored, but nobody sees them.", warns=True)
    async for finding in _senders(settings):
        yield finding
    for finding in await _relay(settings):
        yield finding


def _listening(settings: Settings) -> list[Finding]:
    """What would keep us from listening."""
    found = []
    for name, listen in (("INTAKE_SMTP_LISTEN", settings.smtp_listen), ("INTAKE_LMTP_LISTEN", settings.lmtp_listen)):
        reason = _obstacle(listen) if listen else None
        if reason:
            found.append(Finding(f"{listen} cannot be listened on: {reason}. Look at {name}.", fails=True))
    return found


def _obstacle(listen: str) -> str | None:
    if _is_socket(listen):
        folder = Path(listen.removeprefix("unix:")).parent
        if not folder.is_dir():
            return f"there is no folder {folder}"
        return None if os.access(folder, os.W_OK | os.X_OK) else f"the folder {folder} is not ours to write to"
    host, port = listen_address(listen)
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except OSError as error:
        # Taken: most likely by the service itself, which may run while this is asked.
        return None if error.errno == errno.EADDRINUSE else error.strerror
    return None


def _starttls(settings: Settings) -> list[Finding]:
    try:
        offered = starttls(settings) is not None
    except StartError as error:
        return [Finding(str(error), fails=True)]
    if offered:
        return [Finding("STARTTLS is offered.")]
    open_to_all = settings.smtp_listen and not _is_inside(settings.smtp_listen)
    if open_to_all and Method.of(settings.mail_auth).how is not How.TRUST:
        told = "STARTTLS is not offered: mail comes in unencrypted. Set INTAKE_SMTP_TLS_CERT and INTAKE_SMTP_TLS_KEY."
        return [Finding(told, warns=True)]
    return []


async def _dkim(settings: Settings) -> AsyncIterator[Finding]:
    """Does the key sign, for the right domain, and can receivers find its other half?"""
    try:
        signer = dkim_signer(settings)
    except StartError as error:
        yield Finding(str(error), fails=True)
        return
    if signer is None:
        return
    records = await asyncio.to_thread(_texts, settings, signer.record_name)
    publish = f'Publish in the DNS: {signer.record_name}. TXT "{signer.record}"'
    if records is None:
        yield Finding(f"DKIM signs; the DNS cannot be asked whether the key is published. {publish}", warns=True)
    elif same_key(records, signer):
        yield Finding(f"DKIM signs for {signer.domain}, and its key is published.")
    else:
        told = "another key is published" if records else "its key is not published"
        yield Finding(f"DKIM signs, but {told}: receivers would refuse the mail. {publish}", fails=True)
    for mailbox in settings.mailboxes:
        if not signer.speaks_for(mailbox):
            yield Finding(f"INTAKE_DKIM_DOMAIN {signer.domain} says nothing for mail from {mailbox}.", warns=True)


def _texts(settings: Settings, name: str) -> tuple[str, ...] | None:
    """The TXT records of a name; None when the DNS does not answer within a few seconds."""
    from intake.mail.proof.resolver import Kind, NoAnswerError, SystemResolver  # only who asks needs the library

    try:
        return SystemResolver(settings.dns_servers).look_up(name, Kind.TXT, LOOK_UP_S).records
    except NoAnswerError:
        return None


async def _relay(settings: Settings) -> list[Finding]:
    """Does the smarthost take us, login and all?"""
    url = settings.smarthost.get_secret_value()
    if not url:
        return [Finding("INTAKE_SMARTHOST is empty: answers by mail wait in the outbox until it is set.", warns=True)]
    name = socket.getfqdn()
    try:
        smarthost = Smarthost(url, hostname=name, patience=PATIENCE)
    except ValueError as error:
        return [Finding(f"INTAKE_SMARTHOST: {error}", fails=True)]
    place = f"{smarthost.host}:{smarthost.port}"
    try:
        await smarthost.greet()
    except TryAgain as error:
        asked = "Is INTAKE_SMARTHOST right, and is that server up?"
        return [Finding(f"The smarthost {place} does not take us. {error} {asked}", fails=True)]
    login = f" and takes the login of {smarthost.user}" if smarthost.user else ""
    return [Finding(f"The smarthost {place} answers{login}."), *greeting(name, smarthost.host)]


def greeting(own_name: str, host: str) -> list[Finding]:
    """What a relay out in the world dislikes about the name that we greet it with."""
    relay = Origin(host)
    if "." in own_name or host == "localhost" or (relay.address is not None and relay.inside):
        return []
    told = f"This machine calls itself “{own_name}”; relays want a whole name, as mx.example.com: set its host name."
    return [Finding(told, warns=True)]


async def _senders(settings: Settings) -> AsyncIterator[Finding]:
    """How senders are checked, and whether that can work where mail comes in."""
    method, forwarders = Method.of(settings.mail_auth), Forwarders.of(settings.trusted_forwarders)
    places = [listen for listen in (settings.smtp_listen, settings.lmtp_listen) if listen]
    inside = bool(places) and all(_is_inside(listen) for listen in places)
    place = " and ".join(places)
    match method.how:
        case How.VERIFY if inside and (not forwarders.networks or all(map(_is_socket, places))):
            yield Finding(
                f"INTAKE_MAIL_AUTH=verify, but mail comes in on {place}, by a mail server of your own: "
                "SPF cannot be checked then, only DKIM. Set trust: with the name that it writes into "
                "Authentication-Results; or let INTAKE_TRUSTED_FORWARDERS name its address (a socket has none).",
                warns=True,
            )
        case How.VERIFY:
            yield Finding("Senders are checked by SPF, DKIM and DMARC.")
        case How.TRUST:
            yield Finding(
                f"Senders are proven by the Authentication-Results that {method.authserv_id} writes."
                + ("" if inside else f" {place} must be reached by that server only: others could lie."),
                warns=not inside,
            )
        case How.OFF:
            yield Finding("INTAKE_MAIL_AUTH=off: every sender by mail counts as unverified.")
        case How.ASSUME_PASS:
            yield Finding(
                "INTAKE_MAIL_AUTH=assume-pass believes every sender. It is for demo and tests only.", warns=True
            )
    for network, name in forwarders.networks:
        yield _forwarder(network, name)
    for sealer in sorted(forwarders.sealers):
        yield Finding(f"Forwarder {sealer}: what it found is believed when its ARC seal holds.")
    if asks_dns(settings):
        yield await asyncio.to_thread(_name_servers, settings)


def _forwarder(network: Network, name: str) -> Finding:
    if network.prefixlen < WIDE:
        told = "this is no forwarder's network; whoever is in it can pass for anybody. Name the forwarder's own."
        return Finding(f"INTAKE_TRUSTED_FORWARDERS {network}: {told}", warns=True)
    return Finding(
        f"Forwarder {network}: " + (f"what {name} found is believed." if name else "its Received is believed.")
    )


def _is_inside(listen: str) -> bool:
    """Is this an address that only our own machines reach?"""
    return _is_socket(listen) or Origin(listen_address(listen)[0]).inside


def _is_socket(listen: str) -> bool:
    return listen.startswith("unix:")


def _name_servers(settings: Settings) -> Finding:
    from intake.mail.proof.resolver import SystemResolver  # only who asks needs the library

    if SystemResolver(settings.dns_servers).reachable():
        return Finding("DNS answers.")
    return Finding(
        "No name server answers: senders by mail count as unverified. Look at /etc/resolv.conf or INTAKE_DNS_SERVERS.",
        warns=True,
    )
