"""Say what is configured, what is reachable and what is missing, in words that tell what to do."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from telegram import ChatMemberAdministrator, ChatMemberOwner
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.errors import StartError
from bot.mail import asks_dns, dkim_signer, starttls
from bot.settings import Settings, listen_address, names_given, nothing_configured, unknown_names
from bot.wire import make_bot
from intake.mail.proof.check import How, Method
from intake.mail.proof.forwarders import Forwarders
from intake.mail.proof.origin import Origin
from intake.mail.send import Smarthost
from intake.mail.signing import same_key
from intake.replies import Replies
from intake.understanding.categories import Categories
from storage.database import DatabaseError, newer_than_code, opened

CONNECT_S = 10
LOOK_UP_S = 3.0
LITTLE_SPACE = 1 << 30  # bytes
RIGHTS = (
    ("can_manage_topics", "Manage topics"),
    ("can_delete_messages", "Delete messages"),
    ("can_pin_messages", "Pin messages"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `fails`: something will not work as it is."""

    text: str
    fails: bool = False
    warns: bool = False


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything, from the settings outwards."""
    for name in unknown_names(names_given()):
        yield Finding(f"{name} is no setting of this version; it has no effect.", warns=True)
    if not settings.telegram_on and not settings.mail_on:
        yield Finding(nothing_configured(), fails=True)
    for finding in (_data_dir(settings.data_dir), *_words(settings)):
        yield finding
    yield await _database(settings)
    async for finding in _telegram(settings):
        yield finding
    async for finding in _mail(settings):
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
    return Finding(f"Data directory {path}: writable, {free >> 30} GiB free.")


def _words(settings: Settings) -> list[Finding]:
    try:
        Categories(settings.categories_file)
    except (OSError, ValueError) as error:
        return [Finding(f"INTAKE_CATEGORIES_FILE: {error}", fails=True)]
    if settings.default_language not in settings.languages:
        spoken = ", ".join(settings.languages)
        return [Finding(f"INTAKE_DEFAULT_LANGUAGE {settings.default_language} is none of {spoken}.", fails=True)]
    replies = Replies(settings.templates_dir, settings.languages, settings.default_language, settings.company)
    problems = [Finding(problem, fails=True) for problem in replies.problems()]
    return problems or [Finding(f"Templates render in {', '.join(settings.languages)}.")]


async def _database(settings: Settings) -> Finding:
    try:
        database = await opened(settings.database, pool_size=1)
    except DatabaseError as error:
        return Finding(str(error), fails=True)
    try:
        state = await database.schema_state()
    finally:
        await database.close()
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if state.unknown:
        return Finding(newer_than_code(state), fails=True)
    if state.missing and not database.is_sqlite:
        return Finding("PostgreSQL answers, but its schema is not up to date. Run: intake-bot migrate", fails=True)
    return Finding(
        f"{kind} answers" + ("; it is set up at the first start." if state.missing else ", schema up to date.")
    )


async def _telegram(settings: Settings) -> AsyncIterator[Finding]:
    if not settings.telegram_on:
        yield Finding("Telegram is off: INTAKE_TELEGRAM_TOKEN is empty (@BotFather gives you one).")
        return
    bot = make_bot(settings.telegram_token.get_secret_value(), settings.telegram_api_url)
    try:
        await bot.initialize()
        yield Finding(f"Telegram knows the bot: @{bot.username}.")
        async for finding in _desk(settings, bot):
            yield finding
    except InvalidToken:
        yield Finding("Telegram does not accept INTAKE_TELEGRAM_TOKEN; get a new one from @BotFather.", fails=True)
    except TelegramError as error:
        yield Finding(f"Telegram cannot be reached at {settings.telegram_api_url}: {type(error).__name__}.", fails=True)
    finally:
        await bot.shutdown()


async def _desk(settings: Settings, bot: ExtBot[None]) -> AsyncIterator[Finding]:
    if settings.desk_chat_id is None:
        yield Finding(
            "There is no desk: make a group with topics, add the bot as an admin, set INTAKE_DESK_CHAT_ID (-100…).",
            fails=True,
        )
        return
    try:
        chat = await bot.get_chat(settings.desk_chat_id)
        member = await bot.get_chat_member(settings.desk_chat_id, bot.id)
    except (BadRequest, Forbidden) as error:
        yield Finding(
            f"INTAKE_DESK_CHAT_ID {settings.desk_chat_id}: Telegram says “{error}”. Is the bot in that group?",
            fails=True,
        )
        return
    if not chat.is_forum:
        yield Finding(
            f"The group “{chat.title}” has no topics: open its settings in Telegram and switch Topics on.", fails=True
        )
    else:
        yield Finding(f"The desk is “{chat.title}”, a group with topics.")
    for right, name in RIGHTS:
        if isinstance(member, ChatMemberOwner) or (
            isinstance(member, ChatMemberAdministrator) and getattr(member, right)
        ):
            yield Finding(f"The bot may: {name}.")
        else:
            yield Finding(
                f"The bot lacks the right “{name}” on the desk: group settings, Administrators, the bot, switch it on.",
                fails=True,
            )
    if settings.admins:
        yield Finding(f"Admins: {', '.join(settings.admins)}. They add agents with /agent on the desk.")
    else:
        yield Finding("INTAKE_ADMINS is empty: nobody can answer. Set your numeric Telegram id.", fails=True)


async def _mail(settings: Settings) -> AsyncIterator[Finding]:
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
    try:
        starttls(settings)
    except StartError as error:
        yield Finding(str(error), fails=True)
    async for finding in _dkim(settings):
        yield finding
    if not settings.telegram_on:
        yield Finding("There is no desk: requests are stored, but nobody sees them.", warns=True)
    async for finding in _senders(settings):
        yield finding
    yield await _relay(settings)


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


async def _relay(settings: Settings) -> Finding:
    url = settings.smarthost.get_secret_value()
    if not url:
        return Finding("INTAKE_SMARTHOST is empty: answers by mail wait in the outbox until it is set.", warns=True)
    try:
        smarthost = Smarthost(url)
    except ValueError as error:
        return Finding(f"INTAKE_SMARTHOST: {error}", fails=True)
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(smarthost.host, smarthost.port)
        writer.close()
    except (OSError, TimeoutError) as error:
        return Finding(
            f"The smarthost {smarthost.host}:{smarthost.port} cannot be reached ({type(error).__name__}). "
            "Is INTAKE_SMARTHOST right, and is that server up?",
            fails=True,
        )
    return Finding(f"The smarthost {smarthost.host}:{smarthost.port} answers.")


async def _senders(settings: Settings) -> AsyncIterator[Finding]:
    """How senders are checked, and whether that can work where mail comes in."""
    method, forwarders = Method.of(settings.mail_auth), Forwarders.of(settings.trusted_forwarders)
    places = [listen for listen in (settings.smtp_listen, settings.lmtp_listen) if listen]
    inside = bool(places) and all(_is_inside(listen) for listen in places)
    place = " and ".join(places)
    match method.how:
        case How.VERIFY if inside and not forwarders.networks:
            yield Finding(
                f"INTAKE_MAIL_AUTH=verify, but mail comes in on {place}, by a mail server of your own: "
                "SPF cannot be checked then, only DKIM. Set trust: with the name that it writes into "
                "Authentication-Results; or let INTAKE_TRUSTED_FORWARDERS name its address.",
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
        yield Finding(
            f"Forwarder {network}: " + (f"what {name} found is believed." if name else "its Received is believed.")
        )
    for sealer in sorted(forwarders.sealers):
        yield Finding(f"Forwarder {sealer}: what it found is believed when its ARC seal holds.")
    if asks_dns(settings):
        yield await asyncio.to_thread(_name_servers, settings)


def _is_inside(listen: str) -> bool:
    """Is this an address that only our own machines reach?"""
    return listen.startswith("unix:") or Origin(listen_address(listen)[0]).inside


def _name_servers(settings: Settings) -> Finding:
    from intake.mail.proof.resolver import SystemResolver  # only who asks needs the library

    if SystemResolver(settings.dns_servers).reachable():
        return Finding("DNS answers.")
    return Finding(
        "No name server answers: senders by mail count as unverified. Look at /etc/resolv.conf or INTAKE_DNS_SERVERS.",
        warns=True,
    )
